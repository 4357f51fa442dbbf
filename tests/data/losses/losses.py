"""Losses of a model and their gradients after its weights on fixed networks, by JAX in 64 bits.

Networks and batch are those of mve_losses.py: the k-th number of a network is 0.5 sin(0.7 k + c),
c = 3 the target critic, 4 the target actor, 5 the model, 6 the network of spreads (the same shape as
the model, raw log-variances held softly between -10 and 0.5). V(s) = Q'(s, mu'(s)) with the action
held where it is. Every loss is divided by the outputs of the model (three of the state, one reward)
and is a mean over the batch; `share` is how much squared error of the state is added.

Writes losses.csv: loss,share,value,gradient; for the likelihood a second row with the gradient after
weights of the spread, lower and upper bounds. Also slopes.csv: i,g0,g1,g2 of V at s', and
snippet.csv: the snippet of the post on VaGraM on random vectors (g, e, loss).

Run: python3 tests/data/losses/losses.py
"""
import csv
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from mve_losses import ACTOR, CRITIC, MODEL, SCALE, act, batch, forward, network, q  # noqa: E402

jax.config.update("jax_enable_x64", True)


def main():
    s, a, r, s2, _ = (jnp.array(x) for x in batch())
    critic, mu, model, spread = (network(n, c) for n, c in ((CRITIC, 3), (ACTOR, 4), (MODEL, 5), (MODEL, 6)))
    x = jnp.concatenate([s, a], -1)
    want = jnp.concatenate([s2 - s, SCALE * r[:, None]], -1)

    def v(state):
        return q(critic, state[None], jax.lax.stop_gradient(act(mu, state[None])))[0]

    g = jax.vmap(jax.grad(v))(s2)

    def parts(p):
        out = forward(p, x)
        e = out - want
        return out, e[:, :3], e[:, 3] ** 2

    def mse(p, _):
        return ((forward(p, x) - want) ** 2).mean()

    def vaml(p, share):
        out, e, reward = parts(p)
        off = jax.vmap(v)(s + out[:, :3]) - jax.vmap(v)(s2)
        return ((off**2 + share * (e**2).sum(-1) + reward) / 4).mean()

    def vagram(p, share):
        _, e, reward = parts(p)
        return ((((g * e) ** 2).sum(-1) + share * (e**2).sum(-1) + reward) / 4).mean()

    def unbounded(p, share):
        _, e, reward = parts(p)
        return (((g * e).sum(-1) ** 2 + share * (e**2).sum(-1) + reward) / 4).mean()

    def nll(p, w, low, high):
        e = forward(p, x) - want
        logs = high - jax.nn.softplus(high - forward(w, x))
        logs = low + jax.nn.softplus(logs - low)
        return (e**2 * jnp.exp(-logs) + logs).mean() + 0.01 * (high - low).sum()

    number = lambda xs: " ".join(f"{x:.9g}" for x in xs)
    flat = lambda tree: np.concatenate([np.ravel(leaf) for leaf in jax.tree.leaves(tree)])
    rows = []
    for name, loss in (("mse", mse), ("vaml", vaml), ("vagram", vagram), ("vagram-unbounded", unbounded)):
        for share in (0.0, 1.0):
            value, gradient = jax.value_and_grad(loss)(model, share)
            rows.append([name, share, f"{value:.12g}", number(flat(gradient))])
    low, high = jnp.full(4, -10.0), jnp.full(4, 0.5)
    value, (p, *rest) = jax.value_and_grad(nll, (0, 1, 2, 3))(model, spread, low, high)
    rows.append(["likelihood", 0, f"{value:.12g}", number(flat(p))])
    rows.append(["spread", 0, f"{value:.12g}", number(flat(rest))])
    with open(HERE / "losses.csv", "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow("loss,share,value,gradient".split(","))
        table.writerows(rows)
    with open(HERE / "slopes.csv", "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow("i,g0,g1,g2".split(","))
        table.writerows([i, *(f"{x:.9g}" for x in row)] for i, row in enumerate(np.asarray(g)))

    def vagram_loss(model_prediction, environment_sample, value_function):
        err = model_prediction - environment_sample
        _, grad = jax.value_and_grad(value_function)(environment_sample)
        return jnp.square(grad * err).sum()

    dice = np.random.default_rng(7)
    with open(HERE / "snippet.csv", "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow("gradient,error,loss".split(","))
        for n in (1, 2, 3, 5, 8):
            w, at, said = (jnp.array(dice.normal(size=n)) for _ in range(3))
            value = lambda z: jnp.sin(w @ z) + (w * z * z).sum()
            found = vagram_loss(said, at, value)
            grad = jax.grad(value)(at)
            table.writerow([number(np.asarray(grad)), number(np.asarray(said - at)), f"{found:.12g}"])


if __name__ == "__main__":
    main()
