"""Runs our search and mctx by turns and prints medians and their ratio.

`cargo bench --bench search --no-run` says where our program is; then
`python3 benches/peers/search_pairs.py PROGRAM [rounds]` (with jax and mctx installed).
"""
import json
import statistics
import subprocess
import sys
from pathlib import Path


def main():
    program, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5
    peer = Path(__file__).parent / "mctx_speed.py"
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(json.loads(subprocess.check_output([program, "--json"])))
        theirs.append(json.loads(subprocess.check_output([sys.executable, peer])))
    for task in ours[0]:
        pairs = [(a[task], b[task]) for a, b in zip(ours, theirs)]
        ratios = sorted(b / a for a, b in pairs)
        mine, other = (statistics.median(x) * 1e3 for x in zip(*pairs))
        print(
            f"{task}: {mine:.4f} ms here, {other:.4f} ms there, "
            f"ratio {statistics.median(ratios):.1f} ({ratios[0]:.1f} to {ratios[-1]:.1f})"
        )


if __name__ == "__main__":
    main()
