"""Value expansion with a wrong model and a wrong tail, in random reward processes.

20 states with 4 possible next states each, reward 1 in every tenth state, gamma 0.95. The model is
a mixture of the process and of another one like it, the tail is the value plus noise. For each
setting and horizon: the root-mean-square error of the expansion over the standard deviation of the
value.

Writes mve_mrp_worlds.csv (seed,s,reward,noise, then 4 pairs next:probability of the process and 4 of
the other one) and mve_mrp.csv (tail,mixture,seed,horizon,error).

Run: python3 tests/data/mve_mrp.py
"""
import csv
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
STATES, NEXT, GAMMA, SEEDS = 20, 4, 0.95, 20
HORIZONS = (0, 1, 2, 3, 5, 8, 12, 20, 40)
SETTINGS = ((1.0, 0.0), (1.0, 0.1), (0.3, 0.3), (0.3, 0.5))


def process(rng):
    p = np.zeros((STATES, STATES))
    rows = []
    for s in range(STATES):
        following = rng.choice(STATES, NEXT, replace=False)
        odds = np.round(rng.dirichlet(np.ones(NEXT)), 5)
        odds[-1] = round(1.0 - odds[:-1].sum(), 5)
        p[s, following] = odds
        rows.append([f"{n}:{o:.5f}" for n, o in zip(following, odds)])
    return p, rows


def main():
    worlds, errors = [], []
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        p, rows = process(rng)
        other, other_rows = process(rng)
        reward = (np.arange(STATES) % 10 == 0).astype(float)
        noise = np.round(rng.normal(size=STATES), 5)
        for s in range(STATES):
            worlds.append([seed, s, reward[s], noise[s], *rows[s], *other_rows[s]])
        value = np.linalg.solve(np.eye(STATES) - GAMMA * p, reward)
        for tail, mixture in SETTINGS:
            model = (1.0 - mixture) * p + mixture * other
            # Closed form: sum of powers, not the loop of the program.
            for h in HORIZONS:
                powers = [np.linalg.matrix_power(GAMMA * model, t) for t in range(h + 1)]
                start = value + tail * value.std() * noise
                expanded = sum(powers[:h], np.zeros_like(p)) @ reward + powers[h] @ start
                error = np.sqrt(np.mean((expanded - value) ** 2)) / value.std()
                errors.append([tail, mixture, seed, h, f"{error:.12g}"])
    for name, head, table in (
        ("mve_mrp_worlds.csv", "seed,s,reward,noise,n0,n1,n2,n3,m0,m1,m2,m3", worlds),
        ("mve_mrp.csv", "tail,mixture,seed,horizon,error", errors),
    ):
        with open(HERE / name, "w", newline="") as file:
            file.write(head + "\n")
            csv.writer(file, lineterminator="\n").writerows(table)
    table = np.array([[float(x) for x in row] for row in errors])
    for tail, mixture in SETTINGS:
        rows = table[(table[:, 0] == tail) & (table[:, 1] == mixture)]
        print(tail, mixture, {h: round(rows[rows[:, 3] == h, 4].mean(), 3) for h in HORIZONS})


if __name__ == "__main__":
    main()
