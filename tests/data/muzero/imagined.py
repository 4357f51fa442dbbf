"""Losses of imagined rollouts and their gradients, by JAX's automatic differentiation in 64 bits.
Where a gradient stops is said with stop_gradient alone. Weights and data are those of unroll.py.

python tests/data/muzero/imagined.py > tests/data/muzero/imagined.csv
"""

import jax
import jax.numpy as jnp
import numpy as np

from unroll import A, B, LANES, N, NAMES, data, decode, halve, min_max, mlp, wave, weights

LANE, GAMMA = 1, 0.9
stop = jax.lax.stop_gradient


def squash(x):
    return jnp.sign(x) * (jnp.sqrt(jnp.abs(x) + 1) - 1) + 0.001 * x


def two_hot(x):
    return jnp.maximum(0, 1 - jnp.abs(jnp.clip(squash(x), -N, N) - jnp.arange(-N, N + 1)))


def loss(networks, case):
    """Which gradients flow: into the prediction, the target's reward, the target's value, through
    states; and which of value, reward and dynamics are trained."""
    prediction, target_reward, target_value, state = case["flows"]
    keep = lambda network, trained: network if trained else jax.tree.map(stop, network)
    h, g, reward, value, policy = networks[:5]
    value, reward, g = [keep(n, t) for n, t in zip((value, reward, g), case["trains"])]
    depth, lam = case["depth"], case["lam"]
    places = data()[-1][LANE]
    dice = 0.5 + 0.5 * wave(LANES * (depth + 1) * B, 2.3, 0.4).reshape(LANES, depth + 1, B)
    z = min_max(mlp(h, data()[0][LANE, 0]))
    z = z if case["roots"] else stop(z)
    outputs, rewards, logits, taken = [], [], [], []
    for k in range(depth + 2):
        z = z if state else stop(z)
        outputs.append(mlp(value, z))
        if k > depth:
            break
        logits.append(mlp(policy, stop(z)))
        chance = jax.nn.softmax(logits[k])
        action = (dice[LANE, k][:, None] >= jnp.cumsum(chance, -1)).sum(-1).clip(0, A - 1)
        taken.append(action)
        pair = jnp.concatenate([halve(z), jnp.eye(A)[action]], -1)
        rewards.append(decode(mlp(reward, pair)))
        z = min_max(mlp(g, pair))
    values = [decode(said) for said in outputs]
    r = [x if target_reward else stop(x) for x in rewards]
    v = [x if target_value else stop(x) for x in values]
    targets = [None] * (depth + 1)
    for k in reversed(range(depth + 1)):
        later = v[k + 1] if k == depth else (1 - lam) * v[k + 1] + lam * targets[k + 1]
        targets[k] = r[k] + GAMMA * later
    terms, acting = [], 0.0
    for k in range(depth + 1):
        said = outputs[k] if prediction else stop(outputs[k])
        if target_reward or target_value or case["atoms"] == 1:
            each = 0.5 * (squash(targets[k]) - squash(decode(said))) ** 2
        else:
            each = -(jax.vmap(two_hot)(targets[k]) * jax.nn.log_softmax(said)).sum(-1)
        terms.append((places * each).sum() / B)
        gain = stop(squash(targets[k]) - squash(values[k]))
        logs = jax.nn.log_softmax(logits[k])
        even = -(jnp.exp(logs) * logs).sum(-1)
        chosen = jnp.take_along_axis(logs, taken[k][:, None], -1)[:, 0]
        acting += (places * (-gain * chosen - 0.01 * even)).sum() / B
    acting = acting if case["policy"] else 0.0
    means = [jnp.stack([x.mean() for x in part]) for part in (rewards, values, targets)]
    return sum(terms) + acting, (*means, jnp.stack(terms), jnp.asarray(acting))


ALL = (True, True, True)
CATEGORICAL = 2 * N + 1


def case(flows, trains=ALL, atoms=CATEGORICAL, depth=3, lam=0.0, policy=False, roots=False):
    return dict(flows=flows, trains=trains, atoms=atoms, depth=depth, lam=lam, policy=policy,
                roots=roots)


CASES = {
    "dyna": case((True, False, False, False), (True, False, False)),
    "direct": case((True, False, False, True), lam=0.5, policy=True, roots=True),
    "reverse": case((False, True, True, True), depth=2, lam=0.5),
    "residual": case((True, True, True, True), roots=True),
    "scalar": case((True, True, True, True), atoms=1, lam=0.7),
    "own": case((True, True, False, True), (True, True, False), atoms=1, depth=1, lam=0.3),
}


def main():
    print("case,what,index,number")
    for name, case in CASES.items():
        networks = weights(LANE, case["atoms"])
        gradients, numbers = jax.grad(loss, has_aux=True)(networks, case)

        def say(what, numbers):
            for index, number in enumerate(np.asarray(numbers).reshape(-1)):
                print(f"{name},{what},{index},{number:.8g}")

        for what, part in zip(["reward", "value", "target", "term", "policy"], numbers):
            say(what, part)
        for network, tensors in zip(NAMES[:5], gradients):
            for tensor, kind in zip(tensors, ["0.weight", "0.bias", "1.weight", "1.bias"]):
                say(f"{network}.{kind}", tensor)


main()
