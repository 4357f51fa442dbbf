"""Gymnasium's own Pendulum-v1 and CartPole-v1, stepped from many states with random actions.

Writes physical_pendulum.csv and physical_cart_pole.csv beside this file, one walk after the other.
The first row of a walk is the state it begins in, without an action; every other row is an action
and what Gymnasium answered: reward, the state in 64 bits, what is seen in 32 bits, and the end.
A walk of the pendulum is its time limit of 200 steps; that of the cart-pole ends with the task, or
with the time limit of 500 where something like a hand balances the pole.

Torques are handed over in 64 bits, so that Gymnasium computes in 64 bits throughout.

    pip install gymnasium numpy
    python tests/data/physical.py
"""

import csv
import pathlib

import gymnasium
import numpy as np

HERE = pathlib.Path(__file__).parent


def walk(env, state, act):
    """Rows of one walk; `act(state, step)` chooses."""
    env.reset(seed=0)
    env.unwrapped.state = np.array(state, dtype=np.float64)
    yield ["", "", *state, *[""] * env.observation_space.shape[0], 0, 0]
    step, over = 0, False
    while not over:
        action = act(env.unwrapped.state, step)
        seen, reward, terminated, truncated, _ = env.step(action)
        told = float(np.asarray(action).reshape(-1)[0])
        ends = [int(terminated), int(truncated)]
        yield [told, float(reward), *map(float, env.unwrapped.state), *map(str, seen), *ends]
        step, over = step + 1, terminated or truncated


def write(name, keys, env, walks):
    with open(HERE / name, "w", newline="") as file:
        rows = csv.writer(file)
        seen = [f"seen_{i}" for i in range(env.observation_space.shape[0])]
        rows.writerow(["walk", "action", "reward", *keys, *seen, "terminated", "truncated"])
        for number, (state, act) in enumerate(walks):
            for row in walk(env, state, act):
                short = [f"{x:.12g}" if isinstance(x, float) and row[0] == "" else x for x in row]
                rows.writerow([number, *short])


def main():
    rng = np.random.default_rng(7)
    pendulum = []
    for number in range(16):
        state = [float(f"{x:.12g}") for x in (rng.uniform(-4, 4), rng.uniform(-8, 8))]
        # Beyond the limits too: Gymnasium cuts them off.
        most = 2.0 if number % 3 else 3.0
        torques = rng.uniform(-most, most, 200).round(6)
        pendulum.append((state, lambda _, step, torques=torques: torques[step : step + 1]))
    write("physical_pendulum.csv", ["theta", "omega"], gymnasium.make("Pendulum-v1"), pendulum)
    cart = []
    for number in range(24):
        state = [float(f"{x:.12g}") for x in rng.uniform(-1, 1, 4) * [2.3, 1.5, 0.2, 1.5]]
        random = rng.integers(0, 2, 500)
        fall = lambda _, step, random=random: int(random[step])
        cart.append((state, fall))
    for number in range(3):
        state = [float(f"{x:.12g}") for x in rng.uniform(-0.05, 0.05, 4)]
        random = rng.uniform(size=500)

        def balance(at, step, random=random):
            if random[step] < 0.1:
                return int(random[step] < 0.05)
            return int(at[2] + 0.3 * at[3] + 0.05 * at[0] + 0.1 * at[1] > 0)

        cart.append((state, balance))
    write("physical_cart_pole.csv", ["x", "v", "theta", "omega"], gymnasium.make("CartPole-v1"), cart)


if __name__ == "__main__":
    main()
