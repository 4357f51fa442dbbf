"""How many updates prioritized sweeping and Dyna-Q need in mazes of growing size.

Source: Sutton & Barto, Reinforcement Learning, 2nd ed., section 8.4 and example 8.4,
with settings of a public reimplementation: the Dyna maze with every cell split into
f x f, the goal a block of f x f, the start the upper left part of the old one;
gamma 0.95, alpha 0.5, eps 0.1, n = 5, theta 1e-4.  After each episode the greedy way
(first of equal actions; none while a row on it is flat) is followed; the run ends
once it is no longer than 1.2 * 14 * f.  An update is a change of one entry of Q:
six a step for Dyna-Q, one for each pair taken from the queue for the sweeping.

Writes sweeping.csv next to this script:  agent,f,mean_updates,std_updates,seeds

Run: python3 tests/data/sweeping.py [seeds]      (default 60, about two minutes on 2 cores)
"""
import heapq
import random
import statistics
import sys
from multiprocessing import Pool
from pathlib import Path

HERE = Path(__file__).parent
WALLS = {(1, 2), (2, 2), (3, 2), (0, 7), (1, 7), (2, 7), (4, 5)}
GAMMA, ALPHA, EPS, N, THETA = 0.95, 0.5, 0.1, 5, 1e-4


class Maze:
    def __init__(self, f):
        self.f, self.rows, self.cols = f, 6 * f, 9 * f
        self.start = (2 * f, 0)
        self.free = [
            (r, c) for r in range(self.rows) for c in range(self.cols)
            if (r // f, c // f) not in WALLS
        ]
        known = set(self.free)
        self.table = {}
        for r, c in self.free:
            for a, (dr, dc) in enumerate(((-1, 0), (0, 1), (1, 0), (0, -1))):
                to = (r + dr, c + dc)
                to = to if to in known else (r, c)
                end = (to[0] // f, to[1] // f) == (0, 8)
                self.table[(r, c), a] = (1.0 if end else 0.0, to, end)


def choose(rng, row):
    if rng.random() < EPS:
        return rng.randrange(4)
    top = max(row)
    return rng.choice([a for a in range(4) if row[a] == top])


def good_way(maze, q):
    at, limit = maze.start, 1.2 * 14 * maze.f
    steps = 0
    while steps <= limit:
        row = q[at]
        if min(row) == max(row):
            return False
        _, at, end = maze.table[at, row.index(max(row))]
        steps += 1
        if end:
            return steps <= limit
    return False


def dyna(maze, rng):
    q = {s: [0.0] * 4 for s in maze.free}
    known, pairs, updates = set(), [], 0

    def update(s, a):
        r, to, end = maze.table[s, a]
        target = r if end else r + GAMMA * max(q[to])
        q[s][a] += ALPHA * (target - q[s][a])

    while not good_way(maze, q):
        s, end = maze.start, False
        while not end:
            a = choose(rng, q[s])
            update(s, a)
            if (s, a) not in known:
                known.add((s, a))
                pairs.append((s, a))
            for _ in range(N):
                update(*pairs[int(rng.random() * len(pairs))])
            updates += 1 + N
            _, s, end = maze.table[s, a]
    return updates


def sweeping(maze, rng):
    q = {s: [0.0] * 4 for s in maze.free}
    before = {s: {} for s in maze.free}      # state -> pairs known to lead to it, in order
    waiting, heap, updates, order = {}, [], 0, 0

    def target(pair):
        r, to, end = maze.table[pair]
        return r if end else r + GAMMA * max(q[to])

    def offer(pair):
        nonlocal order
        p = abs(target(pair) - q[pair[0]][pair[1]])
        if p > THETA and p > waiting.get(pair, 0.0):
            waiting[pair] = p
            order += 1
            heapq.heappush(heap, (-p, order, pair))

    while not good_way(maze, q):
        s, end = maze.start, False
        while not end:
            a = choose(rng, q[s])
            _, to, end = maze.table[s, a]
            before[to][s, a] = True
            offer((s, a))
            left = N
            while left and heap:
                p, _, pair = heapq.heappop(heap)
                if waiting.get(pair) != -p:
                    continue                 # an entry that was raised since
                del waiting[pair]
                q[pair[0]][pair[1]] += ALPHA * (target(pair) - q[pair[0]][pair[1]])
                updates += 1
                left -= 1
                for other in before[pair[0]]:
                    offer(other)
            s = to
    return updates


AGENTS = {"prioritized-sweeping": sweeping, "dyna-q": dyna}


def job(args):
    name, f, seed = args
    return AGENTS[name](Maze(f), random.Random(f"{name} {f} {seed}"))


def main():
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    with Pool(2) as pool, open(HERE / "sweeping.csv", "w") as out:
        out.write("agent,f,mean_updates,std_updates,seeds\n")
        for name in AGENTS:
            for f in (1, 2, 3):
                x = pool.map(job, [(name, f, s) for s in range(seeds)], chunksize=1)
                out.write(f"{name},{f},{statistics.mean(x):.2f},{statistics.stdev(x):.2f},{seeds}\n")


if __name__ == "__main__":
    main()
