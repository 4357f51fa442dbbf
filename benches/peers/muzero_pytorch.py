"""Whole training of MuZero on the cart-pole in PyTorch, in real steps a second.

Written in the style of the public PyTorch MuZeros (muzero-general, muzero-pytorch): a tree of Python
objects, one call of the networks for each simulation, numpy targets from a replay of games with
priorities, one optimiser. Networks, simulations, unrolling, targets and updates are those of our agent
(`examples/muzero_study.rs` with the keys below), so that both do the same work; nothing here is
slower than those programs do it, and what they add (Ray actors, checkpoints, logs) is left out.

    pip install torch numpy
    python3 benches/peers/muzero_pytorch.py [--steps 1500] [--updates 0.5] [--threads 1]

Prints JSON: real steps a second after the first 300 steps, and the mean length of the last episodes.
"""
import argparse
import json
import math
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

GAMMA, SIMULATIONS, K, TD, BATCH, LATENT, WIDTH, SUPPORT = 0.997, 25, 5, 10, 32, 32, 64, 20
RATE, CLIP, VALUE, CONSISTENCY, ALPHA, CAPACITY, PART = 0.002, 10.0, 0.25, 2.0, 0.5, 20_000, 200
ACTIONS, NOISE, CONCENTRATION, TEMPERATURE = 2, 0.25, 0.3, 0.25
SCALE = torch.tensor([2.4, 3.0, 0.20943951, 3.0])


class CartPole:
    """Gymnasium's CartPole-v1."""

    def __init__(self, rng):
        self.rng = rng

    def reset(self):
        self.s, self.t = self.rng.uniform(-0.05, 0.05, 4), 0
        return self.s.astype(np.float32)

    def step(self, action):
        x, v, th, w = self.s
        force = 10.0 if action == 1 else -10.0
        cos, sin = math.cos(th), math.sin(th)
        temp = (force + 0.05 * w * w * sin) / 1.1
        acc = (9.8 * sin - cos * temp) / (0.5 * (4.0 / 3.0 - 0.1 * cos * cos / 1.1))
        self.s = np.array([x + 0.02 * v, v + 0.02 * (temp - 0.05 * acc * cos / 1.1), th + 0.02 * w, w + 0.02 * acc])
        self.t += 1
        over = abs(self.s[0]) > 2.4 or abs(self.s[2]) > 12 * math.pi / 180
        return self.s.astype(np.float32), 1.0, over, not over and self.t >= 500


def mlp(inputs, outputs, zero=False):
    net = nn.Sequential(nn.Linear(inputs, WIDTH), nn.ReLU(), nn.Linear(WIDTH, outputs))
    if zero:
        nn.init.zeros_(net[2].weight)
        nn.init.zeros_(net[2].bias)
    return net


def min_max(z):
    low, high = z.min(-1, keepdim=True)[0], z.max(-1, keepdim=True)[0]
    span = high - low
    return (z - low) / torch.where(span < 1e-5, span + 1e-5, span)


class Networks(nn.Module):
    def __init__(self):
        super().__init__()
        atoms = 2 * SUPPORT + 1
        self.h, self.g = mlp(4, LATENT), mlp(LATENT + ACTIONS, LATENT)
        self.reward = mlp(LATENT + ACTIONS, atoms, True)
        self.value, self.policy = mlp(LATENT, atoms, True), mlp(LATENT, ACTIONS, True)
        self.predictor = mlp(LATENT, LATENT)

    def enter(self, seen):
        return min_max(self.h(seen / SCALE))

    def follow(self, z, action):
        pair = torch.cat([z, F.one_hot(action, ACTIONS).float()], -1)
        return self.reward(pair), min_max(self.g(pair))


def squash(x):
    return torch.sign(x) * (torch.sqrt(torch.abs(x) + 1) - 1) + 0.001 * x


def decode(logits):
    y = (torch.softmax(logits, -1) * torch.arange(-SUPPORT, SUPPORT + 1)).sum(-1)
    return torch.sign(y) * (((torch.sqrt(1 + 0.004 * (torch.abs(y) + 1.001)) - 1) / 0.002) ** 2 - 1)


def two_hot(x):
    y = squash(x).clamp(-SUPPORT, SUPPORT) + SUPPORT
    low = y.floor().long()
    code = torch.zeros(*x.shape, 2 * SUPPORT + 1)
    code.scatter_(-1, low.unsqueeze(-1), (1 - (y - low)).unsqueeze(-1))
    code.scatter_add_(-1, (low + 1).clamp(max=2 * SUPPORT).unsqueeze(-1), (y - low).unsqueeze(-1))
    return code


class Node:
    __slots__ = ("prior", "visits", "sum", "children", "z", "reward")

    def __init__(self, prior):
        self.prior, self.visits, self.sum, self.children, self.z, self.reward = prior, 0, 0.0, {}, None, 0.0

    def value(self):
        return self.sum / self.visits if self.visits else 0.0

    def expand(self, reward, z, logits):
        self.reward, self.z = reward, z
        for action, p in enumerate(torch.softmax(logits, -1).tolist()):
            self.children[action] = Node(p)


def search(nets, seen, rng):
    """pUCT with one range of values a tree, as in the pseudo-code of the paper."""
    root = Node(0.0)
    z = nets.enter(torch.from_numpy(seen))
    root.expand(0.0, z, nets.policy(z))
    root.visits, root.sum = 1, decode(nets.value(z)).item()
    for child, x in zip(root.children.values(), rng.dirichlet([CONCENTRATION] * ACTIONS)):
        child.prior = (1 - NOISE) * child.prior + NOISE * x
    low, high = math.inf, -math.inf
    for _ in range(SIMULATIONS):
        node, path = root, [root]
        while node.children:
            weight = math.sqrt(node.visits) * (1.25 + math.log((node.visits + 19653) / 19652))

            def score(child):
                q = child.reward + GAMMA * child.value()
                norm = (q - low) / max(high - low, 0.05) if child.visits and high >= low else 0.0
                return norm + child.prior * weight / (1 + child.visits)

            action, node = max(node.children.items(), key=lambda item: score(item[1]))
            path.append(node)
        reward, z = nets.follow(path[-2].z, torch.tensor(action))
        node.expand(decode(reward).item(), z, nets.policy(z))
        gain = decode(nets.value(z)).item()
        for node in reversed(path):
            node.sum += gain
            node.visits += 1
            gain = node.reward + GAMMA * gain
            if node is not root:
                q = node.reward + GAMMA * node.value()
                low, high = min(low, q), max(high, q)
    visits = np.array([child.visits for child in root.children.values()], dtype=np.float64)
    return visits / visits.sum(), root.value()


def target(game, t):
    length = len(game["rewards"])
    if t >= length:
        return 0.0 if game["over"] else None
    until = min(t + TD, length)
    gain = 0.0 if until == length and game["over"] else game["values"][until]
    for reward in reversed(game["rewards"][t:until]):
        gain = reward + GAMMA * gain
    return gain


def update(nets, adams, games, rng):
    sums = np.array([game["odds"].sum() for game in games])
    picks = rng.choice(len(games), BATCH, p=sums / sums.sum())
    places, chances = [], []
    for pick in picks:
        odds = games[pick]["odds"]
        at = rng.choice(len(odds), p=odds / odds.sum())
        places.append((games[pick], at))
        chances.append(odds[at] / sums.sum())
    weights = 1 / (sum(len(g["rewards"]) for g in games) * np.array(chances))
    weights = torch.tensor(weights / weights.max(), dtype=torch.float32)
    seen = np.zeros((K + 1, BATCH, 4), np.float32)
    actions, known = np.zeros((K, BATCH), np.int64), np.zeros((K, BATCH), np.float32)
    rewards, has_r = np.zeros((K, BATCH), np.float32), np.zeros((K, BATCH), np.float32)
    values, has_v = np.zeros((K + 1, BATCH), np.float32), np.zeros((K + 1, BATCH), np.float32)
    policies = np.zeros((K + 1, BATCH, ACTIONS), np.float32)
    for b, (game, at) in enumerate(places):
        length = len(game["rewards"])
        for k in range(K + 1):
            t = at + k
            seen[k, b] = game["seen"][min(t, length)]
            goal = target(game, t)
            values[k, b], has_v[k, b] = (0.0, 0.0) if goal is None else (goal, 1.0)
            if t < length:
                policies[k, b] = game["policies"][t]
            if k:
                known[k - 1, b] = t <= length
                inside = t - 1 < length
                actions[k - 1, b] = game["actions"][t - 1] if inside else rng.integers(ACTIONS)
                rewards[k - 1, b] = game["rewards"][t - 1] if inside else 0.0
                has_r[k - 1, b] = inside or game["over"]
    seen, actions, known = map(torch.from_numpy, (seen, actions, known))
    has_r, has_v, policies = map(torch.from_numpy, (has_r, has_v, policies))
    code_r, code_v = two_hot(torch.from_numpy(rewards)), two_hot(torch.from_numpy(values))
    with torch.no_grad():
        reached = nets.enter(seen[1:])
        rows = reached[known > 0]
        reached = (reached - rows.mean(0)) / torch.sqrt(rows.var(0, unbiased=False) + 1e-5)
    z, loss, first = nets.enter(seen[0]), 0.0, None
    for k in range(K + 1):
        share = weights / BATCH * (1.0 if k == 0 else 1.0 / K)
        if k:
            z = 0.5 * z + 0.5 * z.detach()
            reward, z = nets.follow(z, actions[k - 1])
            loss = loss - (share * has_r[k - 1] * (code_r[k - 1] * F.log_softmax(reward, -1)).sum(-1)).sum()
            away = 1 - F.cosine_similarity(nets.predictor(z), reached[k - 1], dim=-1)
            loss = loss + CONSISTENCY * (share * known[k - 1] * away).sum()
        value, logits = nets.value(z), nets.policy(z)
        first = value if k == 0 else first
        loss = loss - VALUE * (share * has_v[k] * (code_v[k] * F.log_softmax(value, -1)).sum(-1)).sum()
        loss = loss - (share * (policies[k] * F.log_softmax(logits, -1)).sum(-1)).sum()
    adams.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(nets.parameters(), CLIP)
    adams.step()
    for (game, at), now, goal, has in zip(places, decode(first.detach()).tolist(), values[0], has_v[0]):
        if has:
            game["odds"][at] = (abs(now - goal) + 1e-3) ** ALPHA


def fresh():
    return dict(seen=[], actions=[], rewards=[], policies=[], values=[], over=False)


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--steps", type=int, default=1500)
    args.add_argument("--updates", type=float, default=0.5)
    args.add_argument("--threads", type=int, default=1)
    args = args.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    rng = np.random.default_rng(1)
    nets, world = Networks(), CartPole(rng)
    adams = torch.optim.Adam(nets.parameters(), RATE)
    games, game, seen, earned, lengths, length = [], fresh(), world.reset(), 0.0, [], 0
    begun = None
    for step in range(args.steps + 300):
        if step == 300:
            begun = time.perf_counter()
        with torch.no_grad():
            policy, value = search(nets, seen, rng)
        odds = policy ** (1 / TEMPERATURE)
        action = rng.choice(ACTIONS, p=odds / odds.sum())
        next_seen, reward, over, cut = world.step(action)
        for key, x in zip(("seen", "actions", "rewards", "policies", "values"), (seen, action, reward, policy, value)):
            game[key].append(x)
        length += 1
        if over or cut or len(game["rewards"]) >= PART:
            game["seen"].append(next_seen)
            game["over"] = over
            with torch.no_grad():
                last = 0.0 if over else decode(nets.value(nets.enter(torch.from_numpy(next_seen)))).item()
            game["values"].append(last)
            errors = [abs(game["values"][t] - target(game, t)) for t in range(len(game["rewards"]))]
            game["odds"] = (np.array(errors) + 1e-3) ** ALPHA
            games.append(game)
            while sum(len(g["rewards"]) for g in games) > CAPACITY and len(games) > 1:
                games.pop(0)
            game = fresh()
        seen = next_seen
        if over or cut:
            seen = world.reset()
            lengths, length = (lengths + [length])[-20:], 0
        if games:
            earned += args.updates
            while earned >= 1:
                update(nets, adams, games, rng)
                earned -= 1
    seconds = time.perf_counter() - begun
    print(json.dumps(dict(steps_per_second=args.steps / seconds, last_lengths=float(np.mean(lengths)), **vars(args))))


main()
