"""Speed of tabular Dyna-Q on the Dyna maze in plain Python (lists, no packages).

Sutton & Barto, 2nd ed., chapter 8, fig. 8.2: gamma 0.95, alpha 0.1, eps 0.1.

  python3 benches/peers/dyna_python.py --n 50 --steps 20000
      one lane; prints planning_updates_per_second (env_steps_per_second if n = 0)
  python3 benches/peers/dyna_python.py --lesson
      n = 0, 5, 50 with 30 lanes of 50 episodes each; prints lesson_seconds
"""
import argparse
import random
import time

ROWS, COLS, START, GOAL = 6, 9, 18, 8
WALLS = {(1, 2), (2, 2), (3, 2), (0, 7), (1, 7), (2, 7), (4, 5)}
MOVES = [(-1, 0), (0, 1), (1, 0), (0, -1)]
GAMMA, ALPHA, EPS = 0.95, 0.1, 0.1


def env_step(s, a):
    row, col = divmod(s, COLS)
    r2, c2 = row + MOVES[a][0], col + MOVES[a][1]
    if not (0 <= r2 < ROWS and 0 <= c2 < COLS) or (r2, c2) in WALLS:
        return 0.0, s, False
    s2 = r2 * COLS + c2
    return float(s2 == GOAL), s2, s2 == GOAL


def q_update(q, s, a, r, s2, done):
    target = r if done else r + GAMMA * max(q[s2])
    q[s][a] += ALPHA * (target - q[s][a])


def run_lane(n, seed, max_steps=None, max_episodes=None):
    """Dyna-Q until either limit; returns the number of real steps."""
    rnd = random.Random(seed).random
    q = [[0.0] * 4 for _ in range(ROWS * COLS)]
    model, seen = {}, []
    s, steps, episodes = START, 0, 0
    while steps != max_steps and episodes != max_episodes:
        if rnd() < EPS:
            a = int(rnd() * 4)
        else:
            top = max(q[s])
            best = [b for b in range(4) if q[s][b] == top]
            a = best[int(rnd() * len(best))]
        r, s2, done = env_step(s, a)
        q_update(q, s, a, r, s2, done)
        if (s, a) not in model:
            seen.append((s, a))
        model[s, a] = (r, s2, done)
        for _ in range(n):
            pair = seen[int(rnd() * len(seen))]
            q_update(q, *pair, *model[pair])
        s = START if done else s2
        steps += 1
        episodes += done
    return steps


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--n", type=int, default=50)
    args.add_argument("--steps", type=int, default=20000)
    args.add_argument("--lesson", action="store_true")
    args = args.parse_args()
    begin = time.perf_counter()
    if args.lesson:
        for n in (0, 5, 50):
            for lane in range(30):
                run_lane(n, lane, max_episodes=50)
        print(f"lesson_seconds {time.perf_counter() - begin:.3f}")
        return
    run_lane(args.n, 0, max_steps=args.steps)
    rate = args.steps * max(args.n, 1) / (time.perf_counter() - begin)
    print(f"{'planning_updates' if args.n else 'env_steps'}_per_second {rate:.0f}")


if __name__ == "__main__":
    main()
