"""Networks, losses and Adam on fixed numbers, by JAX in 64 bits.

Number k of tensor t of lane l is sin(1.3 k + 0.7 t + 0.4 l + 0.2) / 2, gains are 1 + that / 5.
Number k of the input of lane l is cos(0.9 k + l), of the target sin(0.37 k + l).

networks.csv, columns case,what,lane,index,value:
  output     of the network, batch and features in row-major order
  loss       mean of the squared error over batch and features
  gradient   of the loss for all parameters, tensor after tensor
  input      gradient of the loss for the input
  after      all parameters after five steps of Adam; lane 0: rate 0.01, no clip; lane 1: rate
             0.05, betas 0.8 and 0.99, epsilon 1e-4, clip at the norm 0.1 over all tensors
  huber, cross, chosen   value and gradient of these losses for a prediction of 3 rows of 4

Run: python3 tests/data/networks.py   (needs jax)
"""
import csv
from pathlib import Path

import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)
HERE = Path(__file__).parent
LANES, BATCH = 2, 3

CASES = {
    # inputs, hidden, outputs, hidden activation, last activation, layer norm
    "relu": (3, [5, 4], 2, jax.nn.relu, lambda x: x, False),
    "tanh": (3, [4], 2, jnp.tanh, jnp.tanh, False),
    "silu": (4, [6, 5], 1, jax.nn.silu, lambda x: x, True),
}
RATES = [(0.01, 0.9, 0.999, 1e-8, None), (0.05, 0.8, 0.99, 1e-4, 0.1)]


def filled(shape, tensor, lane):
    k = jnp.arange(shape[0] * shape[1], dtype=jnp.float64)
    return (jnp.sin(1.3 * k + 0.7 * tensor + 0.4 * lane + 0.2) / 2).reshape(shape)


def parameters(case, lane):
    inputs, hidden, outputs, _, _, norm = CASES[case]
    widths, tensors = [inputs, *hidden, outputs], []
    for layer, (i, o) in enumerate(zip(widths, widths[1:])):
        shapes = [(i, o), (1, o)] + ([(1, o), (1, o)] if norm and layer < len(hidden) else [])
        for part, shape in enumerate(shapes):
            x = filled(shape, len(tensors), lane)
            tensors.append(1 + x / 5 if part == 2 else x)
    return tensors


def forward(case, tensors, x):
    _, hidden, _, act, last, norm = CASES[case]
    tensors = list(tensors)
    for layer in range(len(hidden) + 1):
        w, b = tensors.pop(0), tensors.pop(0)
        x = x @ w + b
        if norm and layer < len(hidden):
            gain, shift = tensors.pop(0), tensors.pop(0)
            mean, var = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
            x = (x - mean) / jnp.sqrt(var + 1e-5) * gain + shift
        x = act(x) if layer < len(hidden) else last(x)
    return x


def loss(case, tensors, x, y):
    return jnp.mean((forward(case, tensors, x) - y) ** 2)


def adam(case, tensors, x, y, rate, beta1, beta2, epsilon, clip):
    m = [jnp.zeros_like(p) for p in tensors]
    v = [jnp.zeros_like(p) for p in tensors]
    for t in range(1, 6):
        g = jax.grad(lambda p: loss(case, p, x, y))(tensors)
        norm = jnp.sqrt(sum((a**2).sum() for a in g))
        if clip is not None and norm > clip:
            g = [a * clip / norm for a in g]
        m = [beta1 * a + (1 - beta1) * b for a, b in zip(m, g)]
        v = [beta2 * a + (1 - beta2) * b**2 for a, b in zip(v, g)]
        mh = [a / (1 - beta1**t) for a in m]
        vh = [a / (1 - beta2**t) for a in v]
        tensors = [p - rate * a / (jnp.sqrt(b) + epsilon) for p, a, b in zip(tensors, mh, vh)]
    return tensors


def flat(tensors):
    return jnp.concatenate([t.ravel() for t in tensors])


def networks(write):
    for case, (inputs, _, outputs, *_) in CASES.items():
        for lane in range(LANES):
            x = jnp.cos(0.9 * jnp.arange(BATCH * inputs) + lane).reshape(BATCH, inputs)
            y = jnp.sin(0.37 * jnp.arange(BATCH * outputs) + lane).reshape(BATCH, outputs)
            p = parameters(case, lane)
            write(case, "output", lane, forward(case, p, x))
            write(case, "loss", lane, loss(case, p, x, y))
            write(case, "gradient", lane, flat(jax.grad(lambda p: loss(case, p, x, y))(p)))
            write(case, "input", lane, jax.grad(lambda x: loss(case, p, x, y))(x))
            write(case, "after", lane, flat(adam(case, p, x, y, *RATES[lane])))


def losses(write):
    chosen = jnp.array([[0, 0, 1.0, 0], [1, 0, 0, 0], [0, 0, 0, 1]])
    p = jnp.array([[0.1, 0.2, 0.3, 0.4], [0, 0, 1.0, 0], [0, 0, 0, 0]])

    def huber(y, t):
        e = jnp.abs(y - t)
        return jnp.mean(jnp.where(e < 0.5, e**2 / 2, 0.5 * e - 0.125))

    for lane in range(LANES):
        y = jnp.cos(0.9 * jnp.arange(12) + lane).reshape(3, 4)
        t = 2 * jnp.sin(0.37 * jnp.arange(12) + lane).reshape(3, 4)
        of = {
            "huber": lambda y: huber(y, t),
            "cross": lambda y: -jnp.mean((p * jax.nn.log_softmax(y)).sum(-1)),
            "chosen": lambda y: jnp.mean(((y * chosen).sum(-1) - t[:, 0]) ** 2),
        }
        for name, f in of.items():
            write(name, "loss", lane, f(y))
            write(name, "gradient", lane, jax.grad(f)(y))


def main():
    with open(HERE / "networks.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["case", "what", "lane", "index", "value"])

        def write(case, what, lane, values):
            for index, value in enumerate(jnp.ravel(values)):
                out.writerow([case, what, lane, index, f"{float(value):.9g}"])

        networks(write)
        losses(write)


if __name__ == "__main__":
    main()
