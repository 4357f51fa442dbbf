"""Training steps of the same networks here and in JAX, by turns.

`cargo bench --bench nn --no-run` says where our program is; then
`python3 benches/peers/nn_pairs.py PROGRAM [rounds]` (needs jax). One step is forward, backward of
the mean squared error, and Adam, for P networks 4-w-w-4 at once; jax.jit with donated buffers.
"""
import json
import statistics
import subprocess
import sys
import time

import jax
import jax.numpy as jnp
import numpy as np

TASKS = [(1, 64, 64), (1, 64, 256), (1, 256, 256), (8, 64, 64), (8, 64, 256), (30, 64, 64)]


def forward(layers, x):
    for index, (w, b) in enumerate(layers):
        x = x @ w + b
        if index + 1 < len(layers):
            x = jax.nn.relu(x)
    return x


def loss(layers, x, y):
    return jnp.sum(jnp.mean((forward(layers, x) - y) ** 2, axis=(1, 2)))


def step(state, x, y):
    layers, first, second, t = state
    g = jax.grad(loss)(layers, x, y)
    t = t + 1
    first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, g)
    second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, g)
    rate, root = 1e-3 / (1 - 0.9**t), 1 / jnp.sqrt(1 - 0.999**t)
    move = lambda p, m, v: p - rate * m / (jnp.sqrt(v) * root + 1e-8)
    return jax.tree.map(move, layers, first, second), first, second, t


def case(lanes, width, batch):
    dice = np.random.default_rng(0)
    shapes = [(4, width), (width, width), (width, 4)]
    def uniform(i, o):
        return jnp.asarray(dice.uniform(-1, 1, (lanes, i, o)) / i**0.5, jnp.float32)

    layers = [(uniform(i, o), jnp.zeros((lanes, 1, o))) for i, o in shapes]
    zeros = lambda: jax.tree.map(jnp.zeros_like, layers)
    wave = jnp.arange(lanes * batch * 4, dtype=jnp.float32).reshape(lanes, batch, 4) * 0.7
    return (layers, zeros(), zeros(), jnp.float32(0)), jnp.sin(wave), jnp.sin(wave + 1)


def measure(task, rounds=3, span=0.2):
    state, x, y = case(*task)
    run = jax.jit(step, donate_argnums=0)
    for _ in range(10):
        state = run(state, x, y)
    jax.block_until_ready(state)
    walls, cores = [], []
    for _ in range(rounds):
        start, busy, calls = time.perf_counter(), time.process_time(), 0
        while time.perf_counter() - start < span:
            state = run(state, x, y)
            # Without it hundreds of steps would wait in a queue beyond the span.
            if calls % 16 == 15:
                jax.block_until_ready(state)
            calls += 1
        jax.block_until_ready(state)
        walls.append((time.perf_counter() - start) / calls)
        cores.append((time.process_time() - busy) / calls)
    return min(walls), statistics.median(cores)


def main():
    program, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(json.loads(subprocess.check_output([program, "--json"])))
        theirs.append({f"{p} x {w} wide, batch {b}": measure((p, w, b)) for p, w, b in TASKS})
    for index, clock in enumerate(("wall", "cores")):
        for task in ours[0]:
            pairs = [(a[task][index], b[task][index]) for a, b in zip(ours, theirs)]
            ratios = sorted(b / a for a, b in pairs)
            mine, other = (statistics.median(x) * 1e6 for x in zip(*pairs))
            print(
                f"{clock} {task}: {mine:.1f} us here, {other:.1f} us there, "
                f"ratio {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
            )


if __name__ == "__main__":
    main()
