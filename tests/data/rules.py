"""Fixed experiences, and the table each learning rule must make of them, bit for bit.

1200 steps of a uniformly random walk in a random world of 12 states and 4 actions
(three possible next states a pair, rewards from a normal distribution, one step in
ten ends the episode).  From them, in float64, every operation rounded on its own:

  sarsa       Q += alpha ((r + gamma Q[s2][a2]) - Q), the end worth 0; a2 from the file
  expected    v = (1 - eps) max + eps (((q0 + q1) + q2) + q3) / 4
  first-visit G = r + gamma G, backwards; Q += (1 / N) (G - Q) at first visits
  curious     Q += alpha (((r + kappa sqrt(tau)) + gamma max) - Q), tau from the file
  sweep-last  prioritized sweeping with the last outcome, theta 0.001, 3 updates a step
  sweep-count the same with counts: rewards summed for each outcome (next state, end),
              these sums added in the order first seen and divided by N; Q towards
              r + gamma sum (count / N) V(s2) over outcomes that go on, same order;
              predecessors weighted by the share of their steps that led there
alpha 0.5 for the sweeping, 0.1 otherwise; gamma 0.9, eps 0.2, kappa 0.01.

Writes rules_input.csv (s,a,r,s_next,end,a_next,tau) and rules_q.csv (rule,s,a,q).

Run: python3 tests/data/rules.py
"""
import math
import random
from pathlib import Path

HERE = Path(__file__).parent
S, A, GAMMA, EPS, KAPPA, THETA = 12, 4, 0.9, 0.2, 0.01, 0.001


def experiences():
    rng = random.Random(88)
    nexts = {(s, a): rng.sample(range(S), 3) for s in range(S) for a in range(A)}
    s, a, tried, rows = 0, rng.randrange(A), {}, []
    for t in range(1, 1201):
        s2, end = rng.choice(nexts[s, a]), rng.random() < 0.1
        a2 = rng.randrange(A)
        rows.append((s, a, rng.gauss(0.0, 1.0), s2, end, a2, t - tried.get((s, a), 0)))
        tried[s, a] = t
        s, a = (0, rng.randrange(A)) if end else (s2, a2)
    return rows


def sarsa(q, rows):
    for s, a, r, s2, end, a2, _ in rows:
        q[s][a] += 0.1 * ((r if end else r + GAMMA * q[s2][a2]) - q[s][a])


def expected(q, rows):
    for s, a, r, s2, end, _, _ in rows:
        w, x, y, z = q[s2]
        v = (1.0 - EPS) * max(w, x, y, z) + EPS * ((((w + x) + y) + z) / 4.0)
        q[s][a] += 0.1 * ((r if end else r + GAMMA * v) - q[s][a])


def first_visit(q, rows):
    counts, episode = {}, []
    for s, a, r, _, end, _, _ in rows:
        episode.append((s, a, r))
        if not end:
            continue
        g = 0.0
        for t in reversed(range(len(episode))):
            s0, a0, r0 = episode[t]
            g = r0 + GAMMA * g
            if all(step[:2] != (s0, a0) for step in episode[:t]):
                n = counts[s0, a0] = counts.get((s0, a0), 0) + 1
                q[s0][a0] += (1.0 / n) * (g - q[s0][a0])
        episode = []


def curious(q, rows):
    for s, a, r, s2, end, _, tau in rows:
        lifted = r + KAPPA * math.sqrt(tau)
        q[s][a] += 0.1 * ((lifted if end else lifted + GAMMA * max(q[s2])) - q[s][a])


def sweep(q, rows, target, leads):
    """`target(q, log, pair)`; `leads(log, pair, state)` is the weight of a predecessor."""
    log, queue = {}, {}

    def offer(pair, weight):
        p = weight * abs(target(q, log, pair) - q[pair[0]][pair[1]])
        if p > THETA:
            queue[pair] = max(p, queue.get(pair, 0.0))

    for s, a, r, s2, end, _, _ in rows:
        log.setdefault((s, a), []).append((r, s2, end))
        offer((s, a), 1.0)
        for _ in range(min(3, len(rows))):
            if not queue:
                break
            best = max(queue.values())
            tied = [pair for pair, p in queue.items() if p == best]
            assert len(tied) == 1, "ties would leave the order open"
            s0, a0 = tied[0]
            del queue[s0, a0]
            q[s0][a0] += 0.5 * (target(q, log, (s0, a0)) - q[s0][a0])
            for pair in log:
                weight = leads(log, pair, s0)
                if weight > 0.0:
                    offer(pair, weight)


def last_target(q, log, pair):
    r, s2, end = log[pair][-1]
    return r if end else r + GAMMA * max(q[s2])


def last_leads(log, pair, state):
    return float(log[pair][-1][1] == state)


def count_target(q, log, pair):
    groups = {}
    for r, s2, end in log[pair]:
        groups.setdefault((s2, end), []).append(r)
    n, reward, value = len(log[pair]), 0.0, 0.0
    for (s2, end), rewards in groups.items():
        total = 0.0
        for r in rewards:
            total += r
        reward += total
        if not end:
            value += (len(rewards) / n) * max(q[s2])
    return reward / n + GAMMA * value


def count_leads(log, pair, state):
    return sum(s2 == state for _, s2, _ in log[pair]) / len(log[pair])


RULES = {
    "sarsa": sarsa,
    "expected": expected,
    "first-visit": first_visit,
    "curious": curious,
    "sweep-last": lambda q, rows: sweep(q, rows, last_target, last_leads),
    "sweep-count": lambda q, rows: sweep(q, rows, count_target, count_leads),
}


def main():
    rows = experiences()
    with open(HERE / "rules_input.csv", "w") as out:
        out.write("s,a,r,s_next,end,a_next,tau\n")
        for s, a, r, s2, end, a2, tau in rows:
            out.write(f"{s},{a},{r!r},{s2},{int(end)},{a2},{tau}\n")
    with open(HERE / "rules_q.csv", "w") as out:
        out.write("rule,s,a,q\n")
        for name, rule in RULES.items():
            q = [[0.0] * A for _ in range(S)]
            rule(q, rows)
            for s in range(S):
                for a in range(A):
                    out.write(f"{name},{s},{a},{q[s][a]!r}\n")


if __name__ == "__main__":
    main()
