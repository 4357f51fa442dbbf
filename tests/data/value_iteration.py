"""Exact optimal action values of two gridworlds, gamma = 0.95.

  dyna_maze        the 6 x 9 maze of Sutton & Barto, 2nd ed., chapter 8, fig. 8.2
  stochastic_grid  slip, column wind, pit, goal and a punished cell; its rules and
                   map are in stochastic_grid.toml, which this script reads (wind
                   in the manner of Sutton & Barto, example 6.5)

Method: policy iteration in exact rational arithmetic (the linear system of each
policy is solved with fractions), so the result satisfies the Bellman optimality
equation exactly; a float value iteration must agree to 1e-12 (asserted).  V is
the maximum of Q over the actions.

Writes value_iteration.csv next to this script: world,row,col,action,q with 17
significant digits; walls and terminal cells are left out.  Actions: 0 up,
1 right, 2 down, 3 left.

Run: python3 tests/data/value_iteration.py      (Python 3.11 or newer, no packages)
"""
import tomllib
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
MOVES = [(-1, 0), (0, 1), (1, 0), (0, -1)]
GAMMA = Fraction(95, 100)
DYNA_MAZE = {
    "name": "dyna_maze", "slip": 0, "wind": [0] * 9, "rewards": {},
    "goal_reward": 1, "pit_reward": 0, "step_reward": 0,
    "map": ".......#G\n..#....#.\nS.#....#.\n..#......\n.....#...\n.........\n",
}


def exact(x):
    """The decimal number as written, e.g. 0.2 -> 1/5."""
    return Fraction(str(x))


def build(world):
    """{cell: per action a list of (probability, reward, next cell or None)}."""
    grid = dict(((r, c), ch) for r, line in enumerate(world["map"].split())
                for c, ch in enumerate(line))
    pay = {ch: exact(x) for ch, x in world["rewards"].items()}
    pay |= {"G": exact(world["goal_reward"]), "P": exact(world["pit_reward"])}
    slip, step_reward = exact(world["slip"]), exact(world["step_reward"])

    def shift(cell, move):
        new = (cell[0] + move[0], cell[1] + move[1])
        return new if grid.get(new, "#") != "#" else cell

    def land(cell, direction):
        new = shift(cell, MOVES[direction])
        for _ in range(world["wind"][cell[1]]):
            if grid[new] not in "GP":
                new = shift(new, MOVES[0])
        reward = step_reward + (pay.get(grid[new], 0) if new != cell else 0)
        return reward, None if grid[new] in "GP" else new

    return {cell: [[(p, *land(cell, d % 4)) for p, d in
                    ((1 - slip, a), (slip / 2, a + 1), (slip / 2, a + 3)) if p]
                   for a in range(4)]
            for cell, ch in grid.items() if ch not in "#GP"}


def backup(outcomes, v, gamma):
    return sum(p * (r + gamma * v[s2] if s2 else r) for p, r, s2 in outcomes)


def solve_policy(mdp, policy):
    """V of a policy from (I - gamma P) V = R by exact Gauss-Jordan elimination."""
    cells = list(mdp)
    at = {s: i for i, s in enumerate(cells)}
    n = len(cells)
    rows = [[Fraction(int(i == j)) for j in range(n)] + [Fraction(0)] for i in range(n)]
    for i, s in enumerate(cells):
        for p, r, s2 in mdp[s][policy[s]]:
            rows[i][n] += p * r
            if s2:
                rows[i][at[s2]] -= GAMMA * p
    for k in range(n):
        pivot = next(i for i in range(k, n) if rows[i][k])
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [x / rows[k][k] for x in rows[k]]
        for i in range(n):
            if i != k and (f := rows[i][k]):
                rows[i] = [x - f * y if y else x for x, y in zip(rows[i], rows[k])]
    return {s: rows[at[s]][n] for s in cells}


def policy_iteration(mdp):
    policy = {s: 0 for s in mdp}
    while True:
        v = solve_policy(mdp, policy)
        q = {s: [backup(o, v, GAMMA) for o in mdp[s]] for s in mdp}
        stale = [s for s in mdp if max(q[s]) > q[s][policy[s]]]
        if not stale:
            assert all(max(q[s]) == v[s] for s in mdp)
            return q
        for s in stale:
            policy[s] = q[s].index(max(q[s]))


def value_iteration(mdp):
    """The same by float sweeps, only to check the exact answer."""
    mdp = {s: [[(float(p), float(r), s2) for p, r, s2 in o] for o in acts] for s, acts in mdp.items()}
    v = dict.fromkeys(mdp, 0.0)
    for _ in range(1000):
        v = {s: max(backup(o, v, 0.95) for o in mdp[s]) for s in mdp}
    return v


def main():
    worlds = [DYNA_MAZE, tomllib.loads((HERE / "stochastic_grid.toml").read_text())]
    with open(HERE / "value_iteration.csv", "w") as out:
        out.write("world,row,col,action,q\n")
        for world in worlds:
            mdp = build(world)
            assert all(sum(p for p, _, _ in o) == 1 for acts in mdp.values() for o in acts)
            q, v = policy_iteration(mdp), value_iteration(mdp)
            assert all(abs(float(max(q[s])) - v[s]) < 1e-12 for s in mdp)
            for (row, col), values in sorted(q.items()):
                for a, x in enumerate(values):
                    out.write(f"{world['name']},{row},{col},{a},{float(x):.17g}\n")


if __name__ == "__main__":
    main()
