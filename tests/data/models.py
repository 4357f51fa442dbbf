"""What each model must have learned from fixed experiences, and what planning with it converges to.

900 steps of a uniformly random walk in a random world of 12 places (3 rows, 4 columns) and 3
actions: three possible next states a pair, rewards from a normal distribution, one step in ten
ends the episode; action 2 is never tried in state 7.  With gamma = 0.9:

  p,s,a,s2,value       counts: share of the steps that went on to s2 (-1: that ended)
  r,s,a,0,value        mean reward
  mean,s,a,i,value     mean features: i = 0 goes on, 1 row, 2 column; the end is all zero
  linear,a,i,j,value   weight of feature i for the next feature j (3: reward), numpy lstsq
  full,s,a,0,value     Q of the learned distribution, by value iteration to a standstill
  place,s,a,0,value    Q where what follows is worth what the cell nearest to the mean place is
  last,s,a,0,value     Q of the last outcome of every pair
Pairs without data have Q = 0 and are left out elsewhere.

Writes models_input.csv (s,a,r,s_next,end) and models.csv (what,a,b,c,value).

Run: python3 tests/data/models.py
"""
import math
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
ROWS, COLS, A, GAMMA = 3, 4, 3, 0.9
S = ROWS * COLS


def experiences():
    rng = np.random.default_rng(2011)
    nexts = rng.integers(0, S, (S, A, 3))
    s, rows = 0, []
    for _ in range(900):
        a = int(rng.integers(0, 2 if s == 7 else A))
        s2 = int(nexts[s, a, rng.integers(0, 3)])
        end = bool(rng.random() < 0.1)
        rows.append((s, a, float(rng.normal()), s2, end))
        s = 0 if end else s2
    return rows


def phi(s):
    return np.array([1.0, s // COLS, s % COLS])


def fixpoint(known, target):
    q = np.zeros((S, A))
    for _ in range(5000):
        new = np.zeros((S, A))
        for s, a in known:
            new[s, a] = target(q.max(axis=1), s, a)
        if np.abs(new - q).max() == 0.0:
            return q
        q = new
    return q


def near(f):
    row, col = f[1] / f[0], f[2] / f[0]
    for x in (row, col):
        assert abs((x - math.floor(x)) - 0.5) > 1e-6, "a tie would leave the cell open"
    row = min(max(math.floor(row + 0.5), 0), ROWS - 1)
    return row * COLS + min(max(math.floor(col + 0.5), 0), COLS - 1)


def main():
    rows = experiences()
    with open(HERE / "models_input.csv", "w") as out:
        out.write("s,a,r,s_next,end\n")
        for s, a, r, s2, end in rows:
            out.write(f"{s},{a},{r!r},{s2},{int(end)}\n")
    log = {}
    for s, a, r, s2, end in rows:
        log.setdefault((s, a), []).append((r, s2, end))
    assert len(log) == S * A - 1
    out = open(HERE / "models.csv", "w")
    out.write("what,a,b,c,value\n")

    def write(what, a, b, c, value):
        out.write(f"{what},{a},{b},{c},{float(value)!r}\n")

    p, reward, mean = {}, {}, {}
    for (s, a), seen in sorted(log.items()):
        p[s, a] = np.zeros(S)
        for _, s2, end in seen:
            p[s, a][s2] += 0.0 if end else 1.0 / len(seen)
        reward[s, a] = np.mean([r for r, _, _ in seen])
        mean[s, a] = np.mean([np.zeros(3) if end else phi(s2) for _, s2, end in seen], axis=0)
        for s2 in range(S):
            write("p", s, a, s2, p[s, a][s2])
        write("p", s, a, -1, np.mean([end for _, _, end in seen]))
        write("r", s, a, 0, reward[s, a])
        for i in range(3):
            write("mean", s, a, i, mean[s, a][i])
    for a in range(A):
        mine = [row for row in rows if row[1] == a]
        x = np.array([phi(s) for s, *_ in mine])
        y = np.array([[*(np.zeros(3) if end else phi(s2)), r] for _, _, r, s2, end in mine])
        w = np.linalg.lstsq(x, y, rcond=None)[0]
        for i in range(3):
            for j in range(4):
                write("linear", a, i, j, w[i, j])
    tables = {
        "full": lambda v, s, a: reward[s, a] + GAMMA * p[s, a] @ v,
        "place": lambda v, s, a: reward[s, a] + GAMMA * mean[s, a][0] * v[near(mean[s, a])],
        "last": lambda v, s, a: log[s, a][-1][0]
        + (0.0 if log[s, a][-1][2] else GAMMA * v[log[s, a][-1][1]]),
    }
    for name, target in tables.items():
        q = fixpoint(sorted(log), target)
        for s in range(S):
            for a in range(A):
                write(name, s, a, 0, q[s, a])


if __name__ == "__main__":
    main()
