"""Learning curves of tabular Dyna-Q on the Dyna maze, in plain Python.

Source: Sutton & Barto, Reinforcement Learning, 2nd ed., chapter 8, figures 8.2
and 8.3.  gamma 0.95, alpha 0.1, eps 0.1, Q = 0, 50 episodes, n in {0, 5, 50}.
Planning picks uniformly among the distinct (state, action) pairs taken so far.
Actions: 0 up, 1 right, 2 down, 3 left; state = row * 9 + col.  With probability
eps a uniformly random action, otherwise uniformly among the maximal ones.

Acting and planning draw from two separate streams per seed.  Q stays zero until
the first goal, so episode 1 is the same for every n of a seed (asserted).

Writes, next to this script (std is the sample standard deviation over seeds):
  dyna_maze.csv         n,episode,mean_steps,std_steps,seeds
  dyna_maze_arrows.csv  n,mean_states,std_states,seeds
                        states with any non-zero Q, counted 20 real steps after
                        the end of episode 1 (planning of that step included).
                        That is 20 steps into episode 2, or, for the few seeds
                        that finish episode 2 sooner, early in episode 3.

Run: python3 tests/data/dyna_maze.py [seeds]      (default 1000, about half a minute)
"""
import random
import statistics
import sys
from multiprocessing import Pool
from pathlib import Path

ROWS, COLS, START, GOAL = 6, 9, (2, 0), (0, 8)
WALLS = {(1, 2), (2, 2), (3, 2), (0, 7), (1, 7), (2, 7), (4, 5)}
MOVES = [(-1, 0), (0, 1), (1, 0), (0, -1)]
GAMMA, ALPHA, EPS = 0.95, 0.1, 0.1
PLANNING, EPISODES, ARROW_STEP = (0, 5, 50), 50, 20
HERE = Path(__file__).parent


def outcome(s, a):
    """(s, a, reward, next state, terminal) of one move in the maze."""
    row, col = divmod(s, COLS)
    r2, c2 = row + MOVES[a][0], col + MOVES[a][1]
    if not (0 <= r2 < ROWS and 0 <= c2 < COLS) or (r2, c2) in WALLS:
        r2, c2 = row, col
    done = (r2, c2) == GOAL
    return (s, a, float(done), r2 * COLS + c2, done)


MAZE = [[outcome(s, a) for a in range(4)] for s in range(ROWS * COLS)]
START_STATE = START[0] * COLS + START[1]


def q_update(q, s, a, r, s2, done):
    target = r if done else r + GAMMA * max(q[s2])
    q[s][a] += ALPHA * (target - q[s][a])


def run(n, seed):
    """Steps of each episode, and the number of states with a non-zero Q."""
    act, plan = random.Random(2 * seed).random, random.Random(2 * seed + 1).random
    q = [[0.0] * 4 for _ in MAZE]
    seen, known = [], set()  # the model: one outcome per pair taken so far
    steps, total, arrows = [], 0, None
    for _ in range(EPISODES):
        s, done, count = START_STATE, False, 0
        while not done:
            if act() < EPS:
                a = int(act() * 4)
            else:
                top = max(q[s])
                best = [b for b in range(4) if q[s][b] == top]
                a = best[int(act() * len(best))]
            real = MAZE[s][a]
            q_update(q, *real)
            if (s, a) not in known:
                known.add((s, a))
                seen.append(real)
            for _ in range(n):
                q_update(q, *seen[int(plan() * len(seen))])
            s, done = real[3], real[4]
            count += 1
            total += 1
            if steps and total == steps[0] + ARROW_STEP:
                arrows = sum(any(row) for row in q)
        steps.append(count)
    return steps, arrows


def one_seed(seed):
    runs = [run(n, seed) for n in PLANNING]
    assert len({steps[0] for steps, _ in runs}) == 1, "episode 1 must not depend on n"
    return runs


def main():
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with Pool(2) as pool:
        results = pool.map(one_seed, range(seeds), chunksize=5)
    with open(HERE / "dyna_maze.csv", "w") as curve, open(HERE / "dyna_maze_arrows.csv", "w") as arrows:
        curve.write("n,episode,mean_steps,std_steps,seeds\n")
        arrows.write("n,mean_states,std_states,seeds\n")
        for i, n in enumerate(PLANNING):
            for ep in range(EPISODES):
                x = [runs[i][0][ep] for runs in results]
                curve.write(f"{n},{ep + 1},{statistics.mean(x):.4f},{statistics.stdev(x):.4f},{seeds}\n")
            x = [runs[i][1] for runs in results]
            arrows.write(f"{n},{statistics.mean(x):.4f},{statistics.stdev(x):.4f},{seeds}\n")


if __name__ == "__main__":
    main()
