"""Sarsa and Expected Sarsa in the gusty windy grid, Monte-Carlo control in a small one, NumPy.

Source: Sutton & Barto, Reinforcement Learning, 2nd ed., example 6.5 and exercise 6.10
with four moves: 7 x 10 cells, start (3,0), goal (3,7), upward wind 0001112210 by
column left, one cell more or less with probability 1/3 each where it blows; -1 a
step.  A move goes one cell (held at the edge), then the wind blows cell by cell,
held at the edge, stopped at the goal (the book lets it blow on; the shortest way
without gusts is 10 here, 15 there).  gamma 1, eps 0.1, Q = 0.

  sarsa, expected-sarsa   alpha 0.5, section 6.4 and 6.6
  monte-carlo             first visits, mean of all returns, section 5.4, in 3 x 4 calm
                          cells with +1 at the goal and gamma 0.95

Writes, next to this script:
  windy.csv          agent,episode,mean_steps,std_steps,seeds
  windy_values.csv   gust,row,col,action,q    optimal action values, gust 0 and 2/3

Run: python3 tests/data/windy.py [seeds]      (default 200, about a minute on 2 cores)
"""
import sys
from multiprocessing import Pool
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
ROWS, COLS, START, GOAL = 7, 10, (3, 0), (3, 7)
WIND = (0, 0, 0, 1, 1, 1, 2, 2, 1, 0)
EPISODES = 60
SHOWN = (1, 2, 3, 5, 10, 20, 40, 60)


def land(row, col, action, extra):
    """Index of the cell where a move ends."""
    push = WIND[col] + (extra if WIND[col] else 0)
    row = min(max(row + (-1, 0, 1, 0)[action], 0), ROWS - 1)
    col = min(max(col + (0, 1, 0, -1)[action], 0), COLS - 1)
    while push > 0 and (row, col) != GOAL:
        row, push = max(row - 1, 0), push - 1
    return row * COLS + col


# [extra wind -1, 0, +1][cell][action]
LAND = np.array([
    [[land(s // COLS, s % COLS, a, extra) for a in range(4)] for s in range(ROWS * COLS)]
    for extra in (-1, 0, 1)
])
FIRST, LAST = START[0] * COLS + START[1], GOAL[0] * COLS + GOAL[1]


def act(q, s, rng):
    if rng.random() < 0.1:
        return int(rng.integers(4))
    best = np.flatnonzero(q[s] == q[s].max())
    return int(best[int(rng.random() * len(best))])


def temporal(q, rng, expected):
    s, steps, a = FIRST, 0, act(q, FIRST, rng)
    while s != LAST:
        to = int(LAND[int(rng.random() * 3), s, a])
        if expected:
            value = 0.9 * q[to].max() + 0.1 * q[to].mean()
            later = None
        else:
            later = act(q, to, rng)
            value = q[to, later]
        target = -1.0 if to == LAST else value - 1.0
        q[s, a] += 0.5 * (target - q[s, a])
        s, steps = to, steps + 1
        a = act(q, s, rng) if later is None else later
    return steps


def monte_carlo(q, rng, counts):
    """One episode in a calm grid of 3 x 4 cells, (0,0) to (2,3): +1 at the goal, gamma 0.95."""
    path, s = [], 0
    while s != 11:
        a = act(q, s, rng)
        path.append((s, a))
        row = min(max(s // 4 + (-1, 0, 1, 0)[a], 0), 2)
        col = min(max(s % 4 + (0, 1, 0, -1)[a], 0), 3)
        s = row * 4 + col
    first = {}
    for t, pair in enumerate(path):
        first.setdefault(pair, t)
    for pair, t in first.items():
        counts[pair] += 1
        q[pair] += (0.95 ** (len(path) - t - 1) - q[pair]) / counts[pair]
    return len(path)


def run(args):
    name, seed = args
    rng = np.random.default_rng([seed, len(name)])
    q, counts = np.zeros((ROWS * COLS, 4)), np.zeros((ROWS * COLS, 4))
    if name == "monte-carlo":
        return [monte_carlo(q, rng, counts) for _ in range(EPISODES)]
    return [temporal(q, rng, name == "expected-sarsa") for _ in range(EPISODES)]


def optimal(gust):
    weights = np.array([gust / 2, 1 - gust, gust / 2])
    value = np.zeros(ROWS * COLS)
    while True:
        q = np.einsum("w,wsa->sa", weights, value[LAND]) - 1.0
        new = q.max(axis=1)
        new[LAST] = 0.0
        if np.abs(new - value).max() < 1e-12:
            return q
        value = new


def main():
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with open(HERE / "windy_values.csv", "w") as out:
        out.write("gust,row,col,action,q\n")
        for gust in (0.0, 2 / 3):
            q = optimal(gust)
            for s in range(ROWS * COLS):
                for a in range(4 if s != LAST else 0):
                    out.write(f"{gust!r},{s // COLS},{s % COLS},{a},{q[s, a]:.10f}\n")
    with Pool(2) as pool, open(HERE / "windy.csv", "w") as out:
        out.write("agent,episode,mean_steps,std_steps,seeds\n")
        for name in ("sarsa", "expected-sarsa", "monte-carlo"):
            x = np.array(pool.map(run, [(name, s) for s in range(seeds)], chunksize=5))
            for e in SHOWN:
                column = x[:, e - 1]
                out.write(f"{name},{e},{column.mean():.4f},{column.std(ddof=1):.4f},{seeds}\n")


if __name__ == "__main__":
    main()
