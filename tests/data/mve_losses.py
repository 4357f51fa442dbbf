"""Losses of MVE on DDPG and their gradients on fixed weights, by JAX in 64 bits.

Networks are ReLU layers, weights [in, out]; the actor ends in tanh. The k-th number of a network, in
the order w0 b0 w1 b1 w2 b2, is 0.5 sin(0.7 k + c), c = 1 actor, 2 critic, 3 its target, 4 the
actor's target, 5 model. Actions are in [-1, 1], the torque is twice that; the critic learns a tenth
of the reward. The model predicts the change of (cos, sin, speed) and the tenth of the reward.

Writes mve_batch.csv (i,x0,x1,x2,a,r,y0,y1,y2,end) and mve_losses.csv
(loss,horizon,td_k,reward,actor,value,targets,gradient).

Run: python3 tests/data/mve_losses.py
"""
import csv
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)
HERE = Path(__file__).parent
GAMMA, SCALE, BATCH = 0.97, 0.1, 6
ACTOR, CRITIC, MODEL = (3, 8, 8, 1), (4, 8, 8, 1), (4, 8, 8, 4)


def network(sizes, c):
    k, layers = 0, []
    for n, m in zip(sizes, sizes[1:]):
        w = 0.5 * np.sin(0.7 * np.arange(k, k + n * m) + c)
        k += n * m
        b = 0.5 * np.sin(0.7 * np.arange(k, k + m) + c)
        k += m
        layers.append((jnp.array(w.reshape(n, m)), jnp.array(b)))
    return layers


def forward(layers, x):
    for w, b in layers[:-1]:
        x = jax.nn.relu(x @ w + b)
    w, b = layers[-1]
    return x @ w + b


def act(actor, s):
    return jnp.tanh(forward(actor, s))


def q(critic, s, a):
    return forward(critic, jnp.concatenate([s, a], -1))[:, 0]


def reward(s, a):
    angle = jnp.arctan2(s[:, 1], s[:, 0])
    return -(angle**2 + 0.1 * s[:, 2] ** 2 + 0.001 * (2.0 * a[:, 0]) ** 2)


def batch():
    i = np.arange(BATCH)
    angle, speed, a = 2.5 * np.sin(1.3 * i + 0.2), 4 * np.cos(0.9 * i), np.sin(2.1 * i)
    s = np.stack([np.cos(angle), np.sin(angle), speed], -1)
    r = -(angle**2 + 0.1 * speed**2 + 0.001 * (2 * a) ** 2)
    speed2 = np.clip(speed + (15 * np.sin(angle) + 3 * 2 * a) * 0.05, -8, 8)
    angle2 = angle + 0.05 * speed2
    s2 = np.stack([np.cos(angle2), np.sin(angle2), speed2], -1)
    end = (i == 4).astype(float)
    return s, a[:, None], r, s2, end


def targets(horizon, known, mu, critic_target, actor_target, model, data):
    s, a, r, s2, end = data
    states, actions, rewards, x = [s], [a], [SCALE * r], s2
    for _ in range(horizon):
        u = act(mu, x)
        out = forward(model, jnp.concatenate([x, u], -1))
        states.append(x), actions.append(u)
        rewards.append(SCALE * reward(x, u) if known else out[:, 3])
        x = x + out[:, :3]
    y = q(critic_target, x, act(mu, x))
    found = []
    for t in range(horizon, -1, -1):
        discount = GAMMA * (1 - end) if t == 0 else GAMMA
        y = rewards[t] + discount * y
        found.insert(0, y)
    return states, actions, found


def main():
    data = tuple(jnp.array(x) for x in batch())
    s, a, r, s2, end = data
    with open(HERE / "mve_batch.csv", "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow("i,x0,x1,x2,a,r,y0,y1,y2,end".split(","))
        for i in range(BATCH):
            row = np.concatenate([s[i], a[i], r[i : i + 1], s2[i]])
            table.writerow([i, *(f"{x:.9g}" for x in row), int(end[i])])
    actor, critic = network(ACTOR, 1), network(CRITIC, 2)
    critic_target, actor_target, model = network(CRITIC, 3), network(ACTOR, 4), network(MODEL, 5)
    rows = []

    def note(kind, of, params, *labels, targets=()):
        value, gradient = jax.value_and_grad(of)(params)
        flat = [np.ravel(x) for layer in gradient for x in layer]
        number = lambda xs: " ".join(f"{x:.9g}" for x in xs)
        rows.append([kind, *labels, f"{value:.12g}", number(targets), number(np.concatenate(flat))])

    for horizon in (0, 1, 3):
        for td_k in (0, 1):
            for known in (0, 1):
                for live in (0, 1):
                    mu = actor if live else actor_target
                    xs, us, ys = targets(
                        horizon, known, mu, critic_target, actor_target, model, data
                    )

                    def loss(critic):
                        first = (q(critic, xs[0], us[0]) - ys[0]) ** 2
                        if not td_k or horizon == 0:
                            return first.mean()
                        rest = sum(
                            (q(critic, x, u) - y) ** 2 for x, u, y in zip(xs[1:], us[1:], ys[1:])
                        )
                        return ((first + (1 - end) * rest) / horizon).mean()

                    note(
                        "critic", loss, critic, horizon, td_k,
                        "known" if known else "learned", "live" if live else "target",
                        targets=np.concatenate(ys),
                    )
    note("actor", lambda p: -q(critic, s, act(p, s)).mean(), actor, "", "", "", "")

    def model_loss(p):
        out = forward(p, jnp.concatenate([s, a], -1))
        want = jnp.concatenate([s2 - s, SCALE * r[:, None]], -1)
        return ((out - want) ** 2).mean()

    note("model", model_loss, model, "", "", "", "")
    with open(HERE / "mve_losses.csv", "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow("loss,horizon,td_k,reward,actor,value,targets,gradient".split(","))
        table.writerows(rows)


if __name__ == "__main__":
    main()
