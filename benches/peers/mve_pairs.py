"""Runs our MVE, the one in JAX and the one in PyTorch by turns, and prints medians and ratios.

`cargo bench --bench steering --no-run` says where our program is; then
`python3 benches/peers/mve_pairs.py PROGRAM [rounds]` (with jax and torch installed).
"""
import json
import statistics
import subprocess
import sys
from pathlib import Path


def main():
    program, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5
    peer = Path(__file__).parent / "mve_speed.py"
    seconds = {"ours": [], "jax": [], "torch": []}
    for _ in range(rounds):
        seconds["ours"].append(json.loads(subprocess.check_output([program, "--json"]))["mve"])
        for name, steps in (("jax", "5000"), ("torch", "1500")):
            out = subprocess.check_output([sys.executable, peer, name, steps])
            seconds[name].append(json.loads(out)[name])
    ours = statistics.median(seconds["ours"])
    print(f"here: {1 / ours:.0f} real steps a second ({ours * 1e6:.0f} us each)")
    for name in ("jax", "torch"):
        ratios = sorted(b / a for a, b in zip(seconds["ours"], seconds[name]))
        other = statistics.median(seconds[name])
        print(
            f"{name}: {1 / other:.0f} a second, ratio {statistics.median(ratios):.2f} "
            f"({ratios[0]:.2f} to {ratios[-1]:.2f})"
        )


if __name__ == "__main__":
    main()
