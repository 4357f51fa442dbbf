"""Random walk of Sutton & Barto, example 6.2, in plain Python: the golden data of
tests/prediction.rs. Run it from this folder: python3 random_walk.py > random_walk.csv

Five states in a row, start in the middle, a coin for every step, +1 for leaving at the right end,
no discount. TD(0) and constant-alpha Monte-Carlo (every visit, updated after the episode) start
from 0.5 everywhere. One row per setting and number of episodes: mean over RUNS runs of the root
mean square error over the five states, and the standard deviation of one run.
"""

import random

RUNS = 4000
EPISODES = [10, 25, 50, 100]
TRUE = [i / 6 for i in range(1, 6)]


def walk(dice):
    """States visited, and the reward at the end."""
    at, way = 2, []
    while 0 <= at <= 4:
        way.append(at)
        at += 1 if dice.random() < 0.5 else -1
    return way, 1.0 if at == 5 else 0.0


def td(values, way, reward, alpha):
    for here, after in zip(way, way[1:]):
        values[here] += alpha * (values[after] - values[here])
    values[way[-1]] += alpha * (reward - values[way[-1]])


def monte_carlo(values, way, reward, alpha):
    for here in reversed(way):
        values[here] += alpha * (reward - values[here])


def error(values):
    return (sum((v - t) ** 2 for v, t in zip(values, TRUE)) / 5) ** 0.5


def main():
    print("agent,alpha,episodes,mean,sd")
    settings = [("td-prediction", td, a) for a in (0.05, 0.1, 0.15)]
    settings += [("monte-carlo-prediction", monte_carlo, a) for a in (0.01, 0.02, 0.04)]
    for name, learn, alpha in settings:
        dice = random.Random(f"{name} {alpha}")
        errors = {n: [] for n in EPISODES}
        for _ in range(RUNS):
            values = [0.5] * 5
            for episode in range(1, max(EPISODES) + 1):
                learn(values, *walk(dice), alpha)
                if episode in errors:
                    errors[episode].append(error(values))
        for n, found in errors.items():
            mean = sum(found) / RUNS
            sd = (sum((e - mean) ** 2 for e in found) / (RUNS - 1)) ** 0.5
            print(f"{name},{alpha},{n},{mean:.6f},{sd:.6f}")


if __name__ == "__main__":
    main()
