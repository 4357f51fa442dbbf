"""Losses of an unrolled latent model and their gradients, by JAX's automatic differentiation in 64
bits. Weights and data are formulas that the test repeats, so that only results are stored.

python tests/data/muzero/unroll.py > tests/data/muzero/unroll.csv
"""

import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)

LANES, B, K, F, L, A, W, N = 2, 4, 3, 3, 5, 2, 6, 3
NAMES = ["representation", "dynamics", "reward", "value", "policy", "predictor", "decoder"]


def wave(count, step, shift):
    """What weights and data are made of; rounded to 32 bits like those of the test."""
    index = np.arange(count, dtype=np.float64)
    return np.sin(index * step + shift).astype(np.float32).astype(np.float64)


def sizes(atoms):
    return [(F, L), (L + A, L), (L + A, atoms), (L, atoms), (L, A), (L, L), (L, F)]


def weights(lane, atoms):
    """One list of tensors a network; each tensor has a wave of its own."""
    tensor, all_networks = 0, []
    for inputs, outputs in sizes(atoms):
        network = []
        for rows, columns in [(inputs, W), (1, W), (W, outputs), (1, outputs)]:
            flat = wave(LANES * rows * columns, 1.7, tensor * 0.9)
            network.append(0.5 * flat.reshape(LANES, rows, columns)[lane])
            tensor += 1
        all_networks.append(network)
    return all_networks


def mlp(network, x):
    w0, b0, w1, b1 = network
    return jnp.maximum(x @ w0 + b0, 0.0) @ w1 + b1


def min_max(x):
    low, high = x.min(-1, keepdims=True), x.max(-1, keepdims=True)
    span = high - low
    return (x - low) / jnp.where(span < 1e-5, span + 1e-5, span)


def squash(x):
    return np.sign(x) * (np.sqrt(np.abs(x) + 1) - 1) + 0.001 * x


def unsquash(y):
    root = jnp.sqrt(1 + 0.004 * (jnp.abs(y) + 1.001))
    return jnp.sign(y) * (((root - 1) / 0.002) ** 2 - 1)


def two_hot(x):
    y = np.clip(squash(x), -N, N) + N
    low = int(np.floor(y))
    code = np.zeros(2 * N + 1)
    code[low] = 1 - (y - low)
    if low < 2 * N:
        code[low + 1] = y - low
    return code


def number_loss(outputs, target, atoms):
    if atoms == 1:
        return 0.5 * (outputs[0] - squash(target)) ** 2
    return -(two_hot(target) * jax.nn.log_softmax(outputs)).sum()


def decode(outputs):
    if outputs.shape[-1] == 1:
        return unsquash(outputs[..., 0])
    shares = jax.nn.softmax(outputs)
    return unsquash((shares * jnp.arange(-N, N + 1)).sum(-1))


def halve(x, scale=0.5):
    return scale * x + (1 - scale) * jax.lax.stop_gradient(x)


def data():
    """Sights, actions, rewards, values, policies, what is known, and weights of places."""
    seen = wave(LANES * (K + 1) * B * F, 0.7, 0.3).reshape(LANES, K + 1, B, F)
    actions = (np.arange(LANES * K * B) * 7 // 3 % A).reshape(LANES, K, B)
    rewards = 2.0 * wave(LANES * K * B, 1.1, 0.5).reshape(LANES, K, B)
    values = 5.0 * wave(LANES * (K + 1) * B, 1.3, 0.1).reshape(LANES, K + 1, B)
    share = 0.5 + 0.5 * wave(LANES * (K + 1) * B, 0.4, 0.2).reshape(LANES, K + 1, B)
    policies = np.stack([share, 1 - share], -1)
    known = np.ones((LANES, K, B))
    has_reward, has_value = np.ones((LANES, K, B)), np.ones((LANES, K + 1, B))
    # Place 1 is past the end of its task from step 2 on, place 2 past a cut.
    known[:, 1:, 1] = known[:, 1:, 2] = 0
    policies[:, 2:, 1] = policies[:, 2:, 2] = 0
    has_reward[:, 1:, 2] = has_value[:, 1:, 2] = 0
    places = 0.6 + 0.4 * wave(LANES * B, 0.8, 0.6).reshape(LANES, B)
    return seen, actions, rewards, values, policies, known, has_reward, has_value, places


def losses(networks, lane, case):
    atoms, equivalent, learns, consistency = case
    h, g, reward, value, policy, predictor, decoder = networks
    seen, actions, rewards, values, policies, known, has_reward, has_value, places = [
        part[lane] for part in data()
    ]
    parts = dict(reward=0.0, value=0.0, policy=0.0, consistency=0.0, decoder=0.0)
    latent = min_max(mlp(h, seen[0]))
    # Where consistency draws to: constants, standardised over all rows that are known.
    reached = jax.lax.stop_gradient(min_max(mlp(h, jnp.asarray(seen[1:]))))
    rows = reached[known > 0]
    reached = (reached - rows.mean(0)) / jnp.sqrt(rows.var(0) + 1e-5)
    roots = None
    for k in range(K + 1):
        share = places / B * (1.0 if k == 0 else 1.0 / K)
        if k > 0:
            pair = jnp.concatenate([halve(latent), np.eye(A)[actions[k - 1]]], -1)
            said = mlp(reward, pair)
            for b in range(B):
                if has_reward[k - 1, b]:
                    loss = number_loss(said[b], rewards[k - 1, b], atoms)
                    parts["reward"] += share[b] * loss
            latent = min_max(mlp(g, pair))
        read = latent if equivalent else jax.lax.stop_gradient(latent)
        said, logits = mlp(value, read), mlp(policy, read)
        if k == 0:
            roots = decode(said)
        for b in range(B):
            if has_value[k, b]:
                parts["value"] += share[b] * 0.25 * number_loss(said[b], values[k, b], atoms)
            logs = jax.nn.log_softmax(logits[b])
            if learns == "search":
                parts["policy"] -= share[b] * (policies[k, b] * logs).sum()
            elif has_value[k, b]:
                now = decode(said[b])
                gain = squash(values[k, b]) - jax.lax.stop_gradient(
                    jnp.sign(now) * (jnp.sqrt(jnp.abs(now) + 1) - 1) + 0.001 * now
                )
                parts["policy"] -= share[b] * gain * (policies[k, b] * logs).sum()
        if k > 0 and consistency:
            target = reached[k - 1]
            said = mlp(predictor, latent)
            for b in range(B):
                if known[k - 1, b]:
                    lengths = jnp.linalg.norm(said[b]) * jnp.linalg.norm(target[b])
                    cosine = (said[b] * target[b]).sum() / lengths
                    parts["consistency"] += share[b] * consistency * (1 - cosine)
        if not equivalent:
            said = mlp(decoder, latent)
            for b in range(B):
                if k == 0 or known[k - 1, b]:
                    parts["decoder"] += share[b] * 0.5 * ((said[b] - seen[k, b]) ** 2).sum()
    return sum(parts.values()), (parts, roots)


CASES = {
    "categorical": (2 * N + 1, True, "search", 2.0),
    "scalar": (1, False, "gradient", 0.0),
}


def main():
    print("case,lane,what,index,number")
    for name, case in CASES.items():
        for lane in range(LANES):
            networks = weights(lane, case[0])
            slope = jax.grad(losses, has_aux=True)(networks, lane, case)
            gradients, (parts, roots) = slope

            def say(what, numbers):
                for index, number in enumerate(np.asarray(numbers).reshape(-1)):
                    print(f"{name},{lane},{what},{index},{number:.9g}")

            for part, loss in parts.items():
                say(part, loss)
            say("root", roots)
            for network, tensors in zip(NAMES, gradients):
                for tensor, kind in zip(tensors, ["0.weight", "0.bias", "1.weight", "1.bias"]):
                    say(f"{network}.{kind}", tensor)


if __name__ == "__main__":
    main()
