"""Gradients of the self-consistency losses by JAX's automatic differentiation.

The loss of Farquhar et al. (2021) in tables, written once, with `stop_gradient` where each variant
has it; nothing is differentiated by hand.  Parameters come from splitmix64 (see `numbers`), in the
order logits [S, A, S], rewards [S, A], values [S], policy logits [S, A], start logits [S], each
number 4 u - 2.

Writes, next to this script, self_consistency.csv:
  variant,seed,states,actions,depth,gamma,lambda,loss,d_logits,d_rewards,d_values
  (lists joined by blanks)

Run: pip install jax numpy && python3 tests/data/self_consistency.py
"""
import csv
from pathlib import Path

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp
import numpy as np

HERE = Path(__file__).parent
WORD = (1 << 64) - 1
SIZES = ((3, 1), (4, 2))
DEPTHS = (0, 1, 3, 5)


def numbers(seed):
    state = seed
    while True:
        state = (state + 0x9E3779B97F4A7C15) & WORD
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & WORD
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & WORD
        yield 4 * (((z ^ (z >> 31)) >> 11) / (1 << 53)) - 2


def draw(stream, *shape):
    return jnp.array([next(stream) for _ in range(int(np.prod(shape)))]).reshape(shape)


def loss(params, policy, start, depth, gamma, lam, variant):
    sg = jax.lax.stop_gradient
    model = {k: sg(params[k]) if variant == "dyna" else params[k] for k in ("logits", "rewards")}
    p = jax.nn.softmax(model["logits"], -1)
    z = [start]
    rewards = []
    for _ in range(depth + 1):
        rewards.append(jnp.einsum("s,sa,sa->", z[-1], policy, model["rewards"]))
        z.append(jnp.einsum("s,sa,sat->t", z[-1], policy, p))
    v = [jnp.dot(x, params["values"]) for x in z]
    y = rewards[depth] + gamma * v[depth + 1]
    targets = [y]
    for k in range(depth - 1, -1, -1):
        y = rewards[k] + gamma * ((1 - lam) * v[k + 1] + lam * y)
        targets.insert(0, y)
    total = 0.0
    for target, value in zip(targets, v):
        if variant in ("dyna", "direct"):
            target = sg(target)
        if variant == "reverse":
            value = sg(value)
        total += 0.5 * (target - value) ** 2
    return total


def main():
    with open(HERE / "self_consistency.csv", "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        names = "variant,seed,states,actions,depth,gamma,lambda,loss,d_logits,d_rewards,d_values"
        table.writerow(names.split(","))
        seed = 0
        for states, actions in SIZES:
            for depth in DEPTHS:
                for lam in (0.0, 0.7):
                    seed += 1
                    stream = numbers(seed)
                    params = {
                        "logits": draw(stream, states, actions, states),
                        "rewards": draw(stream, states, actions),
                        "values": draw(stream, states),
                    }
                    policy = jax.nn.softmax(draw(stream, states, actions), -1)
                    start = jax.nn.softmax(draw(stream, states))
                    for variant in ("dyna", "direct", "reverse", "residual"):
                        value, g = jax.value_and_grad(loss)(
                            params, policy, start, depth, 0.9, lam, variant
                        )
                        lists = [
                            " ".join(f"{x:.12g}" for x in np.ravel(g[k]))
                            for k in ("logits", "rewards", "values")
                        ]
                        row = [variant, seed, states, actions, depth, 0.9, lam, f"{value:.12g}"]
                        table.writerow(row + lists)


if __name__ == "__main__":
    main()
