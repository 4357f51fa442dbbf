"""Landscapes of four losses over the pendulum's plane, by NumPy and JAX alone.

Writes beside itself
  critic.csv     weights of a small critic that sees (cos, sin, speed): layer,row,column,weight
                 (the bias is the last row),
  losses.csv     losses of predictions and their derivatives after angle and speed, by jax.grad,
                 in the plane's own numbers ("state") and in what is seen ("seen"),
  optimum.csv    value iteration on 181 by 161 points: values ("value"), the steepest differences of
                 neighbours along the angle ("slope", between a point and the next), and central
                 differences ("central"),
  far.csv        at the points nearest to four references: the share of points farther than 1 whose
                 loss is under 1 % of its median.

    python landscape.py
"""

import csv
import pathlib

import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)
HERE = pathlib.Path(__file__).parent
REFERENCES = [(np.pi / 2, 0.0), (2.0, 1.0), (-1.0, 2.0), (0.5, -1.0)]


def write(name, head, rows):
    with open(HERE / name, "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(head)
        out.writerows(rows)


def wrap(angle):
    return (angle + np.pi) % (2 * np.pi) - np.pi


# ---------------------------------------------------------------- a critic and its losses

def network(rng):
    sizes = [3, 12, 12, 1]
    layers = []
    for rows, columns in zip(sizes[:-1], sizes[1:]):
        weight = rng.normal(size=(rows, columns)) * 1.2 / np.sqrt(rows)
        layers.append(np.vstack([weight, 0.3 * rng.normal(size=(1, columns))]))
    layers[-1] *= 20.0
    return layers


def critic(layers, seen):
    x = seen
    for index, layer in enumerate(layers):
        x = x @ layer[:-1] + layer[-1]
        if index + 1 < len(layers):
            x = jnp.tanh(x)
    return x[0]


def see(place):
    return jnp.array([jnp.cos(place[0]), jnp.sin(place[0]), place[1]])


def losses(layers, seen):
    """The four losses of a predicted place, as functions of it."""
    value = lambda place: critic(layers, see(place))

    def error_and_slope(target, place):
        if seen:
            slope = jax.grad(lambda x: critic(layers, x))(see(target))
            return see(place) - see(target), slope
        turned = (place[0] - target[0] + jnp.pi) % (2 * jnp.pi) - jnp.pi
        return jnp.array([turned, place[1] - target[1]]), jax.grad(value)(target)

    def squared(target, place):
        return jnp.sum(error_and_slope(target, place)[0] ** 2)

    def vaml(target, place):
        return (value(target) - value(place)) ** 2

    def bounded(target, place):
        error, slope = error_and_slope(target, place)
        return jnp.sum((slope * error) ** 2)

    def unbounded(target, place):
        error, slope = error_and_slope(target, place)
        return jnp.dot(slope, error) ** 2

    return value, [squared, vaml, bounded, unbounded]


def golden_losses():
    rng = np.random.default_rng(0)
    layers = network(rng)
    rows = [(n, r, c, repr(float(w))) for n, layer in enumerate(layers)
            for r, line in enumerate(layer) for c, w in enumerate(line)]
    write("critic.csv", ["layer", "row", "column", "weight"], rows)
    rows = []
    for seen in (False, True):
        value, four = losses(layers, seen)
        for target in REFERENCES[:3]:
            target = jnp.array(target)
            for _ in range(12):
                place = jnp.array([rng.uniform(-np.pi, np.pi), rng.uniform(-8, 8)])
                row = ["seen" if seen else "state", *target, *place, value(place),
                       *jax.grad(value)(place)]
                for loss in four:
                    row += [loss(target, place), *jax.grad(loss, argnums=1)(target, place)]
                rows.append([row[0]] + [repr(float(x)) for x in row[1:]])
    head = ["coordinates", "theta", "omega", "at_theta", "at_omega", "value", "value_theta",
            "value_omega"]
    for name in ("squared", "vaml", "bounded", "unbounded"):
        head += [name, f"{name}_theta", f"{name}_omega"]
    write("losses.csv", head, rows)


# ---------------------------------------------------------------- value iteration

def value_iteration(gamma=0.99):
    """V on 181 by 161 points; the last angle is the first one a turn further."""
    angles = np.linspace(-np.pi, np.pi, 181)[:-1]
    speeds = np.linspace(-8, 8, 161)
    torques = np.linspace(-2, 2, 21)
    th, om, u = np.meshgrid(angles, speeds, torques, indexing="ij")
    reward = -(wrap(th) ** 2 + 0.1 * om**2 + 0.001 * u**2)
    new = np.clip(om + (15.0 * np.sin(th) + 3.0 * u) * 0.05, -8, 8)
    at = ((th + new * 0.05 + np.pi) / (2 * np.pi / 180)) % 180
    left = np.floor(at).astype(int) % 180
    across = at - np.floor(at)
    right = (left + 1) % 180
    up = (new + 8) / 0.1
    low = np.minimum(np.floor(up).astype(int), 159)
    up = up - low
    v = np.zeros((180, 161))
    for _ in range(5000):
        below = v[left, low] * (1 - across) + v[right, low] * across
        above = v[left, low + 1] * (1 - across) + v[right, low + 1] * across
        new = (reward + gamma * (below * (1 - up) + above * up)).max(axis=2)
        change = np.abs(new - v).max()
        v = new
        if change < 1e-4:
            break
    return angles, speeds, v


def golden_optimum():
    angles, speeds, v = value_iteration()
    rows = [("value", a, s, v[a, s]) for a in range(0, 180, 20) for s in range(0, 161, 32)]
    pitch = angles[1] - angles[0]
    steep = np.abs(np.diff(np.vstack([v, v[:1]]), axis=0)) / pitch
    for rank in np.argsort(steep.ravel())[::-1][:3]:
        a, s = np.unravel_index(rank, steep.shape)
        rows.append(("slope", a, s, steep[a, s]))
    slope_a = (np.roll(v, -1, axis=0) - np.roll(v, 1, axis=0)) / (2 * pitch)
    slope_s = np.gradient(v, 0.1, axis=1)
    rows += [("central", a, 80, slope_a[a, 80]) for a in (135, 176)]
    write("optimum.csv", ["what", "angle", "speed", "number"],
          [(w, a, s, repr(float(x))) for w, a, s, x in rows])
    th, om = np.meshgrid(angles, speeds, indexing="ij")
    rows = []
    for place in REFERENCES:
        a, w = round((place[0] + np.pi) / pitch) % 180, round((place[1] + 8) / 0.1)
        e = np.stack([wrap(th - angles[a]), om - speeds[w]])
        g = np.array([slope_a[a, w], slope_s[a, w]])
        far = np.sqrt((e**2).sum(axis=0)) > 1
        shares = []
        four = [(e**2).sum(axis=0), (v[a, w] - v) ** 2,
                ((g[:, None, None] * e) ** 2).sum(axis=0),
                ((g[:, None, None] * e).sum(axis=0)) ** 2]
        for loss in four:
            shares.append(float((far & (loss < 0.01 * np.median(loss))).mean()))
        rows.append([repr(float(x)) for x in (angles[a], speeds[w], v[a, w], *g, *shares)])
    write("far.csv", ["theta", "omega", "value", "value_theta", "value_omega", "squared", "vaml",
                      "bounded", "unbounded"], rows)


if __name__ == "__main__":
    golden_losses()
    golden_optimum()
