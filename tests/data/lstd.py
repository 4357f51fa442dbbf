"""Least-squares temporal differences on two worlds with features.

walk    40 episodes of the 19-state random walk (start 10, +1 at the right end, gamma 0.98)
        with five triangles as features.
garnet  500 steps in a random world of 20 states with 4 next states each, gamma 0.9, 5 random
        features a state.

For each: the features of every state, the transitions, and theta from numpy.linalg.solve.

Writes lstd_features.csv (world,s,i,x), lstd_steps.csv (world,s,r,s_next; s_next = -1 ends) and
lstd.csv (world,i,theta).

Run: python3 tests/data/lstd.py
"""
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent


def walk(rng):
    centres = np.linspace(0.0, 18.0, 5)
    phi = np.array([[max(0.0, 1.0 - abs(s - c) / 4.5) for c in centres] for s in range(19)])
    steps = []
    for _ in range(40):
        s = 9
        while 0 <= s < 19:
            s2 = s + (1 if rng.random() < 0.5 else -1)
            steps.append((s, 1.0 if s2 == 19 else 0.0, s2 if 0 <= s2 < 19 else -1))
            s = s2
    return phi, steps, 0.98


def garnet(rng):
    nexts, reward = rng.integers(0, 20, (20, 4)), rng.normal(size=20)
    phi = rng.normal(size=(20, 5))
    s, steps = 0, []
    for _ in range(500):
        s2 = int(nexts[s, rng.integers(0, 4)])
        steps.append((s, float(reward[s]), s2))
        s = s2
    return phi, steps, 0.9


def lstd(phi, steps, gamma):
    zero = np.zeros(phi.shape[1])
    x = np.array([phi[s] for s, _, _ in steps])
    y = np.array([zero if s2 < 0 else phi[s2] for _, _, s2 in steps])
    r = np.array([r for _, r, _ in steps])
    return np.linalg.solve(x.T @ (x - gamma * y), x.T @ r)


def main():
    files = [open(HERE / name, "w") for name in ("lstd_features.csv", "lstd_steps.csv", "lstd.csv")]
    for file, head in zip(files, ("world,s,i,x", "world,s,r,s_next", "world,i,theta")):
        file.write(head + "\n")
    for name, make in (("walk", walk), ("garnet", garnet)):
        phi, steps, gamma = make(np.random.default_rng(1996))
        for s, row in enumerate(phi):
            for i, x in enumerate(row):
                files[0].write(f"{name},{s},{i},{float(x)!r}\n")
        for s, r, s2 in steps:
            files[1].write(f"{name},{s},{r!r},{s2}\n")
        for i, weight in enumerate(lstd(phi, steps, gamma)):
            files[2].write(f"{name},{i},{float(weight)!r}\n")


if __name__ == "__main__":
    main()
