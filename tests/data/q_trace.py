"""A fixed stream of Q-learning updates and the table it must produce, bit for bit.

2000 real transitions of a uniformly random walk on the Dyna maze (Sutton &
Barto, 2nd ed., chapter 8, fig. 8.2; back to the start after the goal), each
followed by 5 imagined ones: outcomes of pairs drawn uniformly among the
distinct (state, action) pairs taken so far.  All 12000 are applied in file
order to a zero table in float64:

  target = r                           if terminal
           r + gamma * max_a Q[s2][a]  otherwise
  Q[s][a] = Q[s][a] + alpha * (target - Q[s][a])

with alpha 0.1 and gamma 0.95, every operation rounded on its own (no fused
multiply-add).  State = row * 9 + col; actions 0 up, 1 right, 2 down, 3 left.

Writes, next to this script:
  q_trace_input.csv  kind,s,a,r,s_next,terminal   (kind real | imagined)
  q_trace_q.csv      s,a,q   all 54 x 4 entries, shortest digits that round-trip

Run: python3 tests/data/q_trace.py
"""
import random
import sys
from pathlib import Path

sys.dont_write_bytecode = True  # leave no cache folder behind
from dyna_maze import MAZE, START_STATE, q_update

HERE = Path(__file__).parent


def main():
    rng = random.Random(8)
    q = [[0.0] * 4 for _ in MAZE]
    seen, s = [], START_STATE
    with open(HERE / "q_trace_input.csv", "w") as out:
        out.write("kind,s,a,r,s_next,terminal\n")
        for _ in range(2000):
            real = MAZE[s][rng.randrange(4)]
            if real not in seen:
                seen.append(real)
            batch = [("real", real)] + [("imagined", rng.choice(seen)) for _ in range(5)]
            for kind, (s0, a, r, s2, done) in batch:
                q_update(q, s0, a, r, s2, done)
                out.write(f"{kind},{s0},{a},{r!r},{s2},{int(done)}\n")
            s = START_STATE if real[4] else real[3]
    with open(HERE / "q_trace_q.csv", "w") as out:
        out.write("s,a,q\n")
        for s, row in enumerate(q):
            for a, x in enumerate(row):
                out.write(f"{s},{a},{x!r}\n")


if __name__ == "__main__":
    main()
