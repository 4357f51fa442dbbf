"""Steps a second of our pendulum and cart-pole beside Gymnasium's own, by turns on one core.

`cargo bench --bench worlds --no-run` says where our program is; then
`python3 benches/peers/pendulum_pairs.py PROGRAM [rounds]` (with gymnasium installed). Gymnasium is
timed twice: `gymnasium.make`, as people use it, and the bare environment without its wrappers,
which has no time limit of its own and is reset every 200 or 500 steps here.
"""
import json
import statistics
import subprocess
import sys
import time

import gymnasium
import numpy as np

STEPS = 60_000


def speed(env, actions, limit):
    env.reset(seed=1)
    begun, length = time.perf_counter(), 0
    for step in range(STEPS):
        _, _, terminated, truncated, _ = env.step(actions[step % len(actions)])
        length += 1
        if terminated or truncated or length == limit:
            env.reset()
            length = 0
    return STEPS / (time.perf_counter() - begun)


def theirs():
    rng = np.random.default_rng(7)
    torques = list(rng.uniform(-2, 2, (4096, 1)).astype(np.float32))
    pushes = [int(a) for a in rng.integers(0, 2, 4096)]
    told = {}
    for name, id_, actions, limit in (
        ("pendulum", "Pendulum-v1", torques, 200),
        ("cart-pole", "CartPole-v1", pushes, 500),
    ):
        made = gymnasium.make(id_)
        told[name] = (speed(made, actions, limit), speed(made.unwrapped, actions, limit))
    return told


def main():
    program, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5
    ours, peers = [], []
    for _ in range(rounds):
        ours.append(json.loads(subprocess.check_output([program, "--json"])))
        peers.append(theirs())
    for name in ours[0]:
        for index, what in enumerate(("made", "bare")):
            pairs = [(a[name], b[name][index]) for a, b in zip(ours, peers)]
            ratios = sorted(a / b for a, b in pairs)
            mine, other = (statistics.median(x) for x in zip(*pairs))
            print(
                f"{name}, {what}: {mine / 1e6:.1f} million steps/s here, {other / 1e3:.1f} thousand "
                f"there, ratio {statistics.median(ratios):.0f} ({ratios[0]:.0f} to {ratios[-1]:.0f})"
            )


if __name__ == "__main__":
    main()
