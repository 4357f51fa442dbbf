"""Whole MVE real steps a second, in JAX (one jitted scan over world, replay and updates) or PyTorch.

The same work as `benches/steering.rs`: the pendulum, actor and critic 2x64, model 2x64, horizon 3
with TD-k, one model batch of 128 and one critic-and-actor batch of 64 after every real step, Adam,
soft targets, replay. Prints JSON: seconds a real step, best of the rounds.

Run: python3 mve_speed.py jax|torch [steps]
"""
import json
import math
import sys
import time

GAMMA, SCALE, TAU, BATCH, MODEL_BATCH, HORIZON, RATE = 0.98, 0.02, 0.02, 64, 128, 3, 1e-3
WARM = 1000
SIZES = {"actor": (3, 64, 64, 1), "critic": (4, 64, 64, 1), "model": (4, 64, 64, 4)}


def with_jax(steps):
    import jax
    import jax.numpy as jnp

    def init(key, sizes):
        layers = []
        for n, m in zip(sizes, sizes[1:]):
            key, a, b = jax.random.split(key, 3)
            lim = n**-0.5
            layers.append(
                (
                    jax.random.uniform(a, (n, m), minval=-lim, maxval=lim),
                    jax.random.uniform(b, (m,), minval=-lim, maxval=lim),
                )
            )
        return layers

    def forward(layers, x):
        for w, b in layers[:-1]:
            x = jax.nn.relu(x @ w + b)
        w, b = layers[-1]
        return x @ w + b

    def adam(params, grads, state):
        m, v, t = state
        t = t + 1
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, grads)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, grads)
        move = lambda p, m, v: p - RATE * (m / (1 - 0.9**t)) / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8)
        return jax.tree.map(move, params, m, v), (m, v, t)

    act = lambda p, s: jnp.tanh(forward(p, s))
    q = lambda p, s, a: forward(p, jnp.concatenate([s, a], -1))[..., 0]

    def reward(s, a):
        angle = jnp.arctan2(s[..., 1], s[..., 0])
        return -(angle**2 + 0.1 * s[..., 2] ** 2 + 0.001 * (2 * a[..., 0]) ** 2)

    def learn(nets, opts, rows, more):
        actor, critic, actor_t, critic_t, model = nets
        adam_a, adam_c, adam_m = opts

        def model_loss(p):
            s, a, r, s2 = more[:, :3], more[:, 3:4], more[:, 4:5], more[:, 5:8]
            want = jnp.concatenate([s2 - s, SCALE * r], -1)
            return ((forward(p, jnp.concatenate([s, a], -1)) - want) ** 2).mean()

        model, adam_m = adam(model, jax.grad(model_loss)(model), adam_m)
        s, a, x = rows[:, :3], rows[:, 3:4], rows[:, 5:8]
        xs, us, rs = [s], [a], [SCALE * rows[:, 4]]
        for _ in range(HORIZON):
            u = act(actor_t, x)
            xs.append(x), us.append(u), rs.append(SCALE * reward(x, u))
            x = x + forward(model, jnp.concatenate([x, u], -1))[:, :3]
        y, ys = q(critic_t, x, act(actor_t, x)), []
        for r in rs[::-1]:
            y = r + GAMMA * y
            ys.insert(0, y)
        xs, us, ys = jnp.stack(xs), jnp.stack(us), jnp.stack(ys)
        critic_loss = lambda p: ((q(p, xs, us) - ys) ** 2).mean(1).sum() / HORIZON
        critic, adam_c = adam(critic, jax.grad(critic_loss)(critic), adam_c)
        actor, adam_a = adam(actor, jax.grad(lambda p: -q(critic, s, act(p, s)).mean())(actor), adam_a)
        soft = lambda t, p: jax.tree.map(lambda t, p: t + TAU * (p - t), t, p)
        nets = (actor, critic, soft(actor_t, actor), soft(critic_t, critic), model)
        return nets, (adam_a, adam_c, adam_m)

    def step(carry, i):
        nets, opts, memory, angle, speed, key = carry
        key, k1, k2, k3, k4 = jax.random.split(key, 5)
        s = jnp.stack([jnp.cos(angle), jnp.sin(angle), speed])
        noise = jax.random.normal(k1, (1,))
        a = jnp.where(i < WARM, jnp.tanh(noise), jnp.clip(act(nets[0], s) + 0.1 * noise, -1, 1))
        speed2 = jnp.clip(speed + (15 * jnp.sin(angle) + 6 * a[0]) * 0.05, -8, 8)
        angle2 = angle + 0.05 * speed2
        s2 = jnp.stack([jnp.cos(angle2), jnp.sin(angle2), speed2])
        row = jnp.concatenate([s, a, reward(s, a)[None], s2])
        memory = jax.lax.dynamic_update_slice(memory, row[None], (i, 0))
        rows = memory[jax.random.randint(k2, (BATCH,), 0, i + 1)]
        more = memory[jax.random.randint(k3, (MODEL_BATCH,), 0, i + 1)]
        nets, opts = jax.lax.cond(
            i >= WARM, lambda n, o: learn(n, o, rows, more), lambda n, o: (n, o), nets, opts
        )
        angle2 = jnp.where((i + 1) % 200 == 0, jax.random.uniform(k4, minval=-3, maxval=3), angle2)
        return (nets, opts, memory, angle2, speed2, key), None

    @jax.jit
    def run(carry, begin):
        return jax.lax.scan(step, carry, begin + jnp.arange(WARM))[0]

    keys = jax.random.split(jax.random.key(0), 4)
    nets = [init(k, SIZES[name]) for k, name in zip(keys, ("actor", "critic", "model"))]
    fresh = lambda p: (jax.tree.map(jnp.zeros_like, p), jax.tree.map(jnp.zeros_like, p), 0)
    memory = jnp.zeros((steps + 2 * WARM, 8))
    carry = (
        (nets[0], nets[1], nets[0], nets[1], nets[2]),
        tuple(fresh(p) for p in nets),
        memory, jnp.array(3.0), jnp.array(0.0), keys[3],
    )
    carry = jax.block_until_ready(run(carry, 0))
    best = math.inf
    for begin in range(WARM, WARM + steps, WARM):
        at = time.perf_counter()
        carry = jax.block_until_ready(run(carry, begin))
        best = min(best, (time.perf_counter() - at) / WARM)
    return best


def with_torch(steps):
    import torch
    from torch import nn

    torch.set_num_threads(1)

    def net(sizes, last=None):
        layers = []
        for n, m in zip(sizes, sizes[1:]):
            layers += [nn.Linear(n, m), nn.ReLU()]
        return nn.Sequential(*layers[:-1], *([last] if last else []))

    actor, actor_t = net(SIZES["actor"], nn.Tanh()), net(SIZES["actor"], nn.Tanh())
    critic, critic_t = net(SIZES["critic"]), net(SIZES["critic"])
    model = net(SIZES["model"])
    actor_t.load_state_dict(actor.state_dict()), critic_t.load_state_dict(critic.state_dict())
    adams = [torch.optim.Adam(p.parameters(), lr=RATE) for p in (actor, critic, model)]
    memory = torch.zeros(steps + 2 * WARM, 8)

    def q(p, s, a):
        return p(torch.cat([s, a], -1))[..., 0]

    def reward(s, a):
        angle = torch.atan2(s[:, 1], s[:, 0])
        return -(angle**2 + 0.1 * s[:, 2] ** 2 + 0.001 * (2 * a[:, 0]) ** 2)

    def down(adam, loss):
        adam.zero_grad(), loss.backward(), adam.step()

    def learn(n):
        more = memory[torch.randint(0, n, (MODEL_BATCH,))]
        want = torch.cat([more[:, 5:8] - more[:, :3], SCALE * more[:, 4:5]], -1)
        down(adams[2], ((model(more[:, :4]) - want) ** 2).mean())
        rows = memory[torch.randint(0, n, (BATCH,))]
        s, a, x = rows[:, :3], rows[:, 3:4], rows[:, 5:8]
        xs, us, rs, ys = [s], [a], [SCALE * rows[:, 4]], []
        with torch.no_grad():
            for _ in range(HORIZON):
                u = actor_t(x)
                xs.append(x), us.append(u), rs.append(SCALE * reward(x, u))
                x = x + model(torch.cat([x, u], -1))[:, :3]
            y = q(critic_t, x, actor_t(x))
            for r in rs[::-1]:
                y = r + GAMMA * y
                ys.insert(0, y)
        xs, us, ys = torch.stack(xs), torch.stack(us), torch.stack(ys)
        down(adams[1], ((q(critic, xs, us) - ys) ** 2).mean(1).sum() / HORIZON)
        down(adams[0], -q(critic, s, actor(s)).mean())
        with torch.no_grad():
            for t, p in ((actor_t, actor), (critic_t, critic)):
                for x, y in zip(t.parameters(), p.parameters()):
                    x.lerp_(y, TAU)

    angle, speed, begun, counted = 3.0, 0.0, 0.0, 0
    for i in range(WARM + steps):
        s = torch.tensor([math.cos(angle), math.sin(angle), speed])
        with torch.no_grad():
            a = float((actor(s) + 0.1 * torch.randn(1)).clamp(-1, 1))
        paid = -(math.remainder(angle, math.tau) ** 2 + 0.1 * speed**2 + 0.004 * a * a)
        speed = min(8.0, max(-8.0, speed + (15 * math.sin(angle) + 6 * a) * 0.05))
        angle += 0.05 * speed
        memory[i] = torch.tensor([*s, a, paid, math.cos(angle), math.sin(angle), speed])
        if i == WARM:
            begun = time.perf_counter()
        if i >= WARM:
            learn(i + 1)
            counted += 1
        if (i + 1) % 200 == 0:
            angle, speed = 6 * float(torch.rand(1)) - 3, 0.0
    return (time.perf_counter() - begun) / counted


if __name__ == "__main__":
    how, steps = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5000
    print(json.dumps({how: {"jax": with_jax, "torch": with_torch}[how](steps)}))
