"""The optimum of Pendulum-v1 on 100 fixed starts, by NumPy: an independent value iteration.

361 angles by 321 speeds, 21 torques, discount 0.99, bilinear interpolation; then 200 steps of the
policy that is greedy one step ahead of the values, in the exact dynamics, undiscounted. The starts
are the middles of 10 by 10 equal parts of [-pi, pi] x [-1, 1]. Writes pendulum_optimum.csv beside
this file and prints the mean, and the mean over 2000 starts drawn as Gymnasium draws them.

    python tests/data/pendulum_optimum.py
"""

import pathlib

import numpy as np

GAMMA, ANGLES, SPEEDS = 0.99, 361, 321
TORQUES = np.linspace(-2, 2, 21)
OMEGA = np.linspace(-8, 8, SPEEDS)
THETA = -np.pi + 2 * np.pi * np.arange(ANGLES) / ANGLES


def step(theta, omega, torque):
    wrapped = (theta + np.pi) % (2 * np.pi) - np.pi
    reward = -(wrapped**2 + 0.1 * omega**2 + 0.001 * torque**2)
    omega = np.clip(omega + (15 * np.sin(theta) + 3 * torque) * 0.05, -8, 8)
    return theta + omega * 0.05, omega, reward


def corners(theta, omega):
    a = ((theta + np.pi) % (2 * np.pi)) / (2 * np.pi) * ANGLES
    left = np.minimum(a.astype(int), ANGLES - 1)
    s = (omega + 8) / 16 * (SPEEDS - 1)
    low = np.minimum(s.astype(int), SPEEDS - 2)
    return left, low, a - left, s - low


def read(values, left, low, across, up):
    right = (left + 1) % ANGLES
    below = values[low, left] * (1 - across) + values[low, right] * across
    above = values[low + 1, left] * (1 - across) + values[low + 1, right] * across
    return below * (1 - up) + above * up


def solve():
    theta, omega = np.meshgrid(THETA, OMEGA)
    follows = []
    for torque in TORQUES:
        t, o, reward = step(theta, omega, torque)
        follows.append((corners(t, o), reward))
    values = np.zeros((SPEEDS, ANGLES))
    for _ in range(3000):
        new = np.max([r + GAMMA * read(values, *c) for c, r in follows], axis=0)
        change = np.abs(new - values).max()
        values = new
        if change < 1e-3:
            break
    return values


def returns(values, theta, omega):
    total = np.zeros_like(theta)
    for _ in range(200):
        worth = []
        for torque in TORQUES:
            t, o, reward = step(theta, omega, torque)
            worth.append(reward + GAMMA * read(values, *corners(t, o)))
        torque = TORQUES[np.argmax(worth, axis=0)]
        theta, omega, reward = step(theta, omega, torque)
        total += reward
    return total


def main():
    values = solve()
    middle = 2 * (np.arange(10) + 0.5) / 10 - 1
    theta, omega = (x.ravel() for x in np.meshgrid(np.pi * middle, middle, indexing="ij"))
    best = returns(values, theta, omega)
    rng = np.random.default_rng(1)
    many = returns(values, rng.uniform(-np.pi, np.pi, 2000), rng.uniform(-1, 1, 2000))
    here = pathlib.Path(__file__).parent / "pendulum_optimum.csv"
    with open(here, "w") as file:
        file.write("theta,omega,value,optimum\n")
        value = read(values, *corners(theta, omega))
        for row in zip(theta, omega, value, best):
            file.write(",".join(f"{x:.6f}" for x in row) + "\n")
    print(f"100 starts: mean {best.mean():.1f}; 2000 random starts: mean {many.mean():.1f}")
    print(f"std {many.std():.0f}, median {np.median(many):.0f}, worst {many.min():.0f}")


if __name__ == "__main__":
    main()
