"""Dyna-Q and Dyna-Q+ in mazes that change, in plain Python.

Source: Sutton & Barto, Reinforcement Learning, 2nd ed., examples 8.2 and 8.3 with
the footnote on Dyna-Q+.  6 x 9 cells, start (5,3), goal (0,8), a wall in row 3:
  blocking   gap at column 8, after 1000 steps at column 0 instead;  n = 10, 3000 steps
  shortcut   gap at column 0, after 3000 steps at column 8 as well;  n = 50, 6000 steps
gamma 0.95, alpha 1, eps 0.1, Q = 0, ties broken at random, +1 at the goal.

Dyna-Q plans from pairs taken so far.  Dyna-Q+ plans from every action of every
state left so far; an action never taken gives reward 0 and stays; the imagined
reward has kappa * sqrt(real steps since the pair was taken) added, where a pair
never taken counts from the start of the run.

Writes changing_mazes.csv next to this script (std over seeds):
  maze,kappa,step,mean_reward,std_reward,seeds      reward collected in the first `step` steps
  (kappa 0 is Dyna-Q), and for the shortcut maze rows with step = found: the share of
  seeds that collect at least 68 in the last 1000 steps (the long way allows 62).

Run: python3 tests/data/changing_mazes.py [seeds]    (default 100, for the blocking maze four
times as many; about four minutes on 2 cores)
"""
import math
import random
import statistics
import sys
from multiprocessing import Pool
from pathlib import Path

HERE = Path(__file__).parent
CELLS = [(r, c) for r in range(6) for c in range(9)]
START, GOAL = (5, 3), (0, 8)
STEPS = ((-1, 0), (0, 1), (1, 0), (0, -1))
MAZES = {
    "blocking": dict(gaps=({8}, {0}), switch=1000, n=10, total=3000),
    "shortcut": dict(gaps=({0}, {0, 8}), switch=3000, n=50, total=6000),
}
KAPPAS = (0.0, 1e-4, 1e-3)


def move(cell, action, gaps):
    r, c = cell[0] + STEPS[action][0], cell[1] + STEPS[action][1]
    inside = 0 <= r < 6 and 0 <= c < 9
    if not inside or (r == 3 and c not in gaps):
        return cell
    return r, c


def run(job):
    name, kappa, seed = job
    maze = MAZES[name]
    rng = random.Random(f"{name} {kappa} {seed}")
    draw = rng.random
    q = {cell: [0.0] * 4 for cell in CELLS}
    seen = {}      # (cell, action) -> (reward, next cell), what the model says
    last = {}      # (cell, action) -> step of the last try
    pairs = []     # where planning may begin
    cell, reward, curve = START, 0, []
    for step in range(1, maze["total"] + 1):
        values = q[cell]
        if draw() < 0.1:
            action = int(draw() * 4)
        else:
            top = max(values)
            action = rng.choice([a for a in range(4) if values[a] == top])
        after = move(cell, action, maze["gaps"][step > maze["switch"]])
        gain = 1.0 if after == GOAL else 0.0
        values[action] = gain if after == GOAL else gain + 0.95 * max(q[after])
        if kappa and (cell, 0) not in last:
            for a in range(4):
                pairs.append((cell, a))
                seen[cell, a] = (0.0, cell)
                last[cell, a] = 0
        elif not kappa and (cell, action) not in seen:
            pairs.append((cell, action))
        seen[cell, action] = (gain, after)
        last[cell, action] = step
        for _ in range(maze["n"]):
            pair = pairs[int(draw() * len(pairs))]
            r, to = seen[pair]
            if kappa:
                r += kappa * math.sqrt(step - last[pair])
            q[pair[0]][pair[1]] = r if to == GOAL else r + 0.95 * max(q[to])
        cell = START if after == GOAL else after
        reward += after == GOAL
        if step % 1000 == 0:
            curve.append(reward)
    return curve


def main():
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    keys = [(name, kappa) for name in MAZES for kappa in KAPPAS]
    with Pool(2) as pool, open(HERE / "changing_mazes.csv", "w") as out:
        out.write("maze,kappa,step,mean_reward,std_reward,seeds\n")
        for name, kappa in keys:
            count = seeds * (4 if name == "blocking" else 1)
            curves = pool.map(run, [(name, kappa, s) for s in range(count)], chunksize=5)
            for i, column in enumerate(zip(*curves)):
                mean, std = statistics.mean(column), statistics.stdev(column)
                out.write(f"{name},{kappa},{1000 * (i + 1)},{mean:.4f},{std:.4f},{count}\n")
            if name == "shortcut":
                found = [float(c[5] - c[4] >= 68) for c in curves]
                mean, std = statistics.mean(found), statistics.stdev(found)
                out.write(f"{name},{kappa},found,{mean:.4f},{std:.4f},{count}\n")


if __name__ == "__main__":
    main()
