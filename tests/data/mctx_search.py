"""Visit counts and values of mctx (DeepMind's search in JAX) on random tabular models.

Every model comes from splitmix64 with its own seed, so that the test makes the same numbers without
a file: see `model` below.  Double precision, no Dirichlet noise, no Gumbel draws.  mctx adds
1e-7 times a uniform draw to its pUCT scores to break ties; nothing else is random.

  puct     muzero_policy, c1 1.25, c2 19652, values rescaled by parent and siblings
  gumbel   gumbel_muzero_policy, at most 16 actions considered, c_visit 50, c_scale 0.1

Writes, next to this script, mctx_search.csv:
  rule,model,states,actions,budget,depth,value,best,visits,q,policy
  (lists joined by blanks; q of an action never tried is `-`)

Run: pip install jax mctx numpy && python3 tests/data/mctx_search.py      (about two minutes)
"""
import csv
from pathlib import Path

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp
import mctx
import numpy as np

HERE = Path(__file__).parent
GAMMA = 0.95
EACH = 50
# states, actions, budget, most depth
GROUPS = ((8, 2, 32, 32), (12, 3, 50, 50), (16, 4, 64, 5), (20, 6, 50, 50), (10, 18, 40, 40))
WORD = (1 << 64) - 1


def splitmix(seed):
    """Uniform numbers in [0, 1) with 53 bits."""
    state = seed
    while True:
        state = (state + 0x9E3779B97F4A7C15) & WORD
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & WORD
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & WORD
        yield ((z ^ (z >> 31)) >> 11) / (1 << 53)


def model(seed, states, actions):
    """next, reward, discount and logits [S, A], value [S], illegal [A], in this order of draws.

    For every pair: next state, reward in [-1, 1), end of the task with probability 0.05, logit in
    [-2, 2).  Then a value in [-2, 2) for every state.  Then the root (state 0): in every second
    model action 0 is illegal.
    """
    u = splitmix(seed)
    nxt = np.zeros((states, actions), int)
    reward, discount, logits = (np.zeros((states, actions)) for _ in range(3))
    for s in range(states):
        for a in range(actions):
            nxt[s, a] = int(next(u) * states)
            reward[s, a] = 2 * next(u) - 1
            discount[s, a] = 0.0 if next(u) < 0.05 else GAMMA
            logits[s, a] = 4 * next(u) - 2
    value = np.array([4 * next(u) - 2 for _ in range(states)])
    illegal = np.zeros(actions)
    illegal[0] = seed % 2
    return nxt, reward, discount, logits, value, illegal


def search(group):
    """Both searches on all models of a group at once."""
    index, (states, actions, budget, depth) = group
    seeds = [1000 * (index + 1) + i for i in range(EACH)]
    stacked = (jnp.array(np.stack(x)) for x in zip(*(model(s, states, actions) for s in seeds)))
    nxt, reward, discount, logits, value, illegal = stacked
    rows = jnp.arange(EACH)

    def recurrent(_params, _key, action, state):
        after = nxt[rows, state, action]
        # What follows the end is worth nothing, and stays where it is.
        out = mctx.RecurrentFnOutput(
            reward=reward[rows, state, action],
            discount=discount[rows, state, action],
            prior_logits=logits[rows, after],
            value=value[rows, after],
        )
        return out, after

    root = mctx.RootFnOutput(
        prior_logits=logits[:, 0], value=value[:, 0], embedding=jnp.zeros(EACH, int)
    )
    common = dict(
        params=(),
        rng_key=jax.random.PRNGKey(0),
        root=root,
        recurrent_fn=recurrent,
        num_simulations=budget,
        max_depth=depth,
        invalid_actions=illegal,
    )
    puct = mctx.muzero_policy(**common, dirichlet_fraction=0.0, temperature=0.0)
    gumbel = mctx.gumbel_muzero_policy(**common, gumbel_scale=0.0)
    for rule, out in (("puct", puct), ("gumbel", gumbel)):
        summary = out.search_tree.summary()
        for i, seed in enumerate(seeds):
            visits = np.asarray(summary.visit_counts[i], int)
            q = np.asarray(summary.qvalues[i])
            said = [f"{x:.8f}" if n > 0 else "-" for n, x in zip(visits, q)]
            yield [
                rule, seed, states, actions, budget, depth,
                f"{float(summary.value[i]):.8f}", int(out.action[i]),
                " ".join(map(str, visits)), " ".join(said),
                " ".join(f"{x:.6f}" for x in np.asarray(out.action_weights[i])),
            ]


def main():
    with open(HERE / "mctx_search.csv", "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        names = "rule,model,states,actions,budget,depth,value,best,visits,q,policy"
        table.writerow(names.split(","))
        for group in enumerate(GROUPS):
            table.writerows(search(group))


if __name__ == "__main__":
    main()
