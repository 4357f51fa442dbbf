"""Gradients of MuZero's grounded loss in tables by JAX's automatic differentiation.

The model is unrolled along the actions really taken; values meet targets and rewards meet payments of
real experience (Schrittwieser et al. 2020, without the policy head; figure 1c of Farquhar et al. 2021).
Parameters are drawn as in `self_consistency.py`; then K + 1 targets and K + 1 payments, 4 u - 2 each,
and K + 1 actions, floor((4 u - 2 + 2) / 4 * A).

Writes, next to this script, unrolled.csv:
  seed,states,actions,depth,taken,targets,paid,d_logits,d_rewards,d_values   (lists joined by blanks)

Run: pip install jax numpy && python3 tests/data/unrolled.py
"""
import csv

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp
import numpy as np

from self_consistency import HERE, draw, numbers

CASES = [(s, a, k) for s, a in ((3, 1), (4, 2), (5, 3)) for k in (0, 1, 3, 5)]


def loss(params, start, taken, targets, paid):
    p = jax.nn.softmax(params["logits"], -1)
    z, total = start, 0.0
    for action, target, reward in zip(taken, targets, paid):
        total += 0.5 * (target - z @ params["values"]) ** 2
        total += 0.5 * (reward - z @ params["rewards"][:, action]) ** 2
        z = z @ p[:, action]
    return total


def main():
    with open(HERE / "unrolled.csv", "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        names = "seed,states,actions,depth,taken,targets,paid,d_logits,d_rewards,d_values"
        table.writerow(names.split(","))
        for seed, (states, actions, depth) in enumerate(CASES, start=201):
            stream = numbers(seed)
            params = {
                "logits": draw(stream, states, actions, states),
                "rewards": draw(stream, states, actions),
                "values": draw(stream, states),
            }
            draw(stream, states, actions)  # the policy, which plays no part
            start = jax.nn.softmax(draw(stream, states))
            targets, paid = draw(stream, depth + 1), draw(stream, depth + 1)
            taken = [int((next(stream) + 2) / 4 * actions) for _ in range(depth + 1)]
            g = jax.grad(loss)(params, start, taken, targets, paid)
            text = lambda xs: " ".join(f"{x:.12g}" for x in np.ravel(xs))
            row = [seed, states, actions, depth, " ".join(map(str, taken)), text(targets), text(paid)]
            table.writerow(row + [text(g[k]) for k in ("logits", "rewards", "values")])


if __name__ == "__main__":
    main()
