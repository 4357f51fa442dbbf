"""mctx, jitted, on the tasks of `benches/search.rs`: seconds of one call each, as a line of JSON.

  network_P  50 simulations of muzero_policy for P roots over a network: latent 64, dynamics
             68 -> 64 -> 64 and reward, prediction 64 -> 64 and heads for 4 actions, rectified
  table_P    50 simulations of muzero_policy for P roots over a random table, 100 states, 4 actions
  gumbel_P   the same with gumbel_muzero_policy

Single precision, compiled before the clock starts, without noise; root evaluation included, as
there.  `pip install jax mctx`; `python3 benches/peers/mctx_speed.py [seconds a task]`.
"""
import functools
import json
import sys
import time

import jax
import jax.numpy as jnp
import mctx

WIDTH, ACTIONS, STATES, BUDGET = 64, 4, 100, 50


def layer(key, inputs, out):
    return jax.random.normal(key, (inputs, out)) / inputs**0.5, jnp.zeros(out)


def network(key):
    names = ("dynamics1", "dynamics2", "reward", "trunk", "heads")
    shapes = ((WIDTH + ACTIONS, WIDTH), (WIDTH, WIDTH), (WIDTH, 1), (WIDTH, WIDTH), (WIDTH, 5))
    keys = jax.random.split(key, len(names))
    return {n: layer(k, *s) for n, k, s in zip(names, keys, shapes)}


def apply(params, name, x):
    weights, bias = params[name]
    return x @ weights + bias


def predict(params, latent):
    heads = apply(params, "heads", jax.nn.relu(apply(params, "trunk", latent)))
    return heads[:, :ACTIONS], heads[:, ACTIONS]


def network_step(params, _key, action, latent):
    x = jnp.concatenate([latent, jax.nn.one_hot(action, ACTIONS)], -1)
    latent = jax.nn.relu(apply(params, "dynamics1", x))
    latent = jax.nn.relu(apply(params, "dynamics2", latent))
    reward = apply(params, "reward", latent)[:, 0]
    logits, value = predict(params, latent)
    discount = jnp.full_like(reward, 0.997)
    out = mctx.RecurrentFnOutput(reward=reward, discount=discount, prior_logits=logits, value=value)
    return out, latent


def table(key):
    k = jax.random.split(key, 4)
    shape = (STATES, ACTIONS)
    return {
        "next": jax.random.randint(k[0], shape, 0, STATES),
        "reward": jax.random.uniform(k[1], shape),
        "logits": jax.random.uniform(k[2], shape),
        "value": jax.random.uniform(k[3], (STATES,)),
    }


def table_step(params, _key, action, state):
    after = params["next"][state, action]
    reward = params["reward"][state, action]
    out = mctx.RecurrentFnOutput(
        reward=reward,
        discount=jnp.full_like(reward, 0.95),
        prior_logits=params["logits"][after],
        value=params["value"][after],
    )
    return out, after


@functools.partial(jax.jit, static_argnums=(0,))
def network_search(policy, params, key, latent):
    logits, value = predict(params, latent)
    root = mctx.RootFnOutput(prior_logits=logits, value=value, embedding=latent)
    return policy(params, key, root, network_step, num_simulations=BUDGET).action


@functools.partial(jax.jit, static_argnums=(0,))
def table_search(policy, params, key, state):
    root = mctx.RootFnOutput(
        prior_logits=params["logits"][state], value=params["value"][state], embedding=state
    )
    out = policy(params, key, root, table_step, num_simulations=BUDGET, max_depth=20)
    return out.action


def clock(call, seconds):
    call().block_until_ready()
    begun, calls = time.perf_counter(), 0
    while time.perf_counter() - begun < seconds:
        call().block_until_ready()
        calls += 1
    return (time.perf_counter() - begun) / calls


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 0.3
    key = jax.random.PRNGKey(0)
    net, tab = network(key), table(key)
    puct = functools.partial(mctx.muzero_policy, dirichlet_fraction=0.0)
    gumbel = functools.partial(mctx.gumbel_muzero_policy, gumbel_scale=0.0)
    timed = {}
    for p in (1, 32):
        latent, state = jax.random.uniform(key, (p, WIDTH)), jnp.arange(p)
        calls = {
            "network": lambda: network_search(puct, net, key, latent),
            "table": lambda: table_search(puct, tab, key, state),
            "gumbel": lambda: table_search(gumbel, tab, key, state),
        }
        timed |= {f"{name}_{p}": clock(call, seconds) for name, call in calls.items()}
    print(json.dumps(timed))


if __name__ == "__main__":
    main()
