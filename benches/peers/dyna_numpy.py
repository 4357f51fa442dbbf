"""Speed of tabular Dyna-Q on the Dyna maze with NumPy arrays.

Sutton & Barto, 2nd ed., chapter 8, fig. 8.2: gamma 0.95, alpha 0.1, eps 0.1.
One lane keeps Q and the model in arrays and applies the planning updates one
after another, as the algorithm demands; lanes are independent, so --lanes runs
many of them at once with every operation vectorised over the lanes.

  python3 benches/peers/dyna_numpy.py --n 50 --steps 4000
      one lane; prints planning_updates_per_second (env_steps_per_second if n = 0)
  python3 benches/peers/dyna_numpy.py --n 50 --steps 500 --lanes 1000
      the same, summed over the lanes
  python3 benches/peers/dyna_numpy.py --lesson
      n = 0, 5, 50 with 30 lanes of 50 episodes each, one lane after another;
      prints lesson_seconds
  python3 benches/peers/dyna_numpy.py --lesson --lanes 30
      the same lesson with the 30 lanes of each run vectorised
"""
import argparse
import time

import numpy as np

ROWS, COLS, START, GOAL = 6, 9, 18, 8
WALLS = {(1, 2), (2, 2), (3, 2), (0, 7), (1, 7), (2, 7), (4, 5)}
MOVES = [(-1, 0), (0, 1), (1, 0), (0, -1)]
GAMMA, ALPHA, EPS = 0.95, 0.1, 0.1


def maze():
    """Next state of every (state, action)."""
    nxt = np.empty((ROWS * COLS, 4), dtype=np.int64)
    for s in range(ROWS * COLS):
        row, col = divmod(s, COLS)
        for a, (dr, dc) in enumerate(MOVES):
            r2, c2 = row + dr, col + dc
            free = 0 <= r2 < ROWS and 0 <= c2 < COLS and (r2, c2) not in WALLS
            nxt[s, a] = r2 * COLS + c2 if free else s
    return nxt


NEXT = maze()


def run_lane(n, seed, max_steps=None, max_episodes=None):
    """Dyna-Q, one lane, until either limit."""
    rng = np.random.default_rng(seed)
    q = np.zeros((ROWS * COLS, 4))
    model_r, model_s = np.zeros(q.shape), np.zeros(q.shape, dtype=np.int64)
    model_done, taken = np.zeros(q.shape, dtype=bool), np.zeros(q.shape, dtype=bool)
    seen = []
    s, steps, episodes = START, 0, 0
    while steps != max_steps and episodes != max_episodes:
        if rng.random() < EPS:
            a = rng.integers(4)
        else:
            a = rng.choice(np.flatnonzero(q[s] == q[s].max()))
        s2 = NEXT[s, a]
        done = s2 == GOAL
        r = float(done)
        q[s, a] += ALPHA * (r + GAMMA * (not done) * q[s2].max() - q[s, a])
        model_r[s, a], model_s[s, a], model_done[s, a] = r, s2, done
        if not taken[s, a]:
            taken[s, a] = True
            seen.append((s, a))
        for i in rng.integers(len(seen), size=n):
            ps, pa = seen[i]
            future = (not model_done[ps, pa]) * q[model_s[ps, pa]].max()
            q[ps, pa] += ALPHA * (model_r[ps, pa] + GAMMA * future - q[ps, pa])
        s = START if done else s2
        steps += 1
        episodes += bool(done)


def run_lanes(n, seed, lanes, max_steps=None, max_episodes=None):
    """Dyna-Q, many lanes at once; a lane that has finished its episodes is dropped."""
    rng = np.random.default_rng(seed)
    pairs = ROWS * COLS * 4
    q = np.zeros((lanes, pairs))  # flat (state, action) index
    model_r, model_s = np.zeros((lanes, pairs)), np.zeros((lanes, pairs), dtype=np.int64)
    model_done, taken = np.zeros((lanes, pairs), dtype=bool), np.zeros((lanes, pairs), dtype=bool)
    seen, count = np.zeros((lanes, pairs), dtype=np.int64), np.zeros(lanes, dtype=np.int64)
    s, episodes = np.full(lanes, START), np.zeros(lanes, dtype=np.int64)
    live, steps = np.arange(lanes), 0

    def update(pair, r, s2, done):
        future = q.reshape(lanes, -1, 4)[live, s2].max(axis=1) * ~done
        q[live, pair] += ALPHA * (r + GAMMA * future - q[live, pair])

    while steps != max_steps and len(live):
        row = q.reshape(lanes, -1, 4)[live, s[live]]
        tie = rng.random((len(live), 4))
        greedy = np.where(row == row.max(axis=1, keepdims=True), tie, -1.0)
        random = rng.random(len(live)) < EPS
        a = np.where(random, tie.argmax(axis=1), greedy.argmax(axis=1))
        s2 = NEXT[s[live], a]
        pair, done = s[live] * 4 + a, s2 == GOAL
        update(pair, done, s2, done)
        model_r[live, pair], model_s[live, pair], model_done[live, pair] = done, s2, done
        new = live[~taken[live, pair]]
        new_pair = pair[~taken[live, pair]]
        seen[new, count[new]], taken[new, new_pair] = new_pair, True
        count[new] += 1
        for u in rng.random((n, len(live))):
            p = seen[live, (u * count[live]).astype(np.int64)]
            update(p, model_r[live, p], model_s[live, p], model_done[live, p])
        s[live] = np.where(done, START, s2)
        episodes[live] += done
        steps += 1
        if max_episodes:
            live = live[episodes[live] < max_episodes]


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--n", type=int, default=50)
    args.add_argument("--steps", type=int, default=4000)
    args.add_argument("--lanes", type=int, default=1)
    args.add_argument("--lesson", action="store_true")
    args = args.parse_args()
    begin = time.perf_counter()
    if args.lesson:
        for n in (0, 5, 50):
            if args.lanes > 1:
                run_lanes(n, 0, 30, max_episodes=50)
            else:
                for lane in range(30):
                    run_lane(n, lane, max_episodes=50)
        print(f"lesson_seconds {time.perf_counter() - begin:.3f}")
        return
    if args.lanes > 1:
        run_lanes(args.n, 0, args.lanes, max_steps=args.steps)
    else:
        run_lane(args.n, 0, max_steps=args.steps)
    rate = args.lanes * args.steps * max(args.n, 1) / (time.perf_counter() - begin)
    print(f"{'planning_updates' if args.n else 'env_steps'}_per_second {rate:.0f}")


if __name__ == "__main__":
    main()
