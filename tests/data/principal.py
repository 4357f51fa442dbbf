"""Principal components of 40 points in 6 dimensions, by NumPy's eigh of the covariance.

  point,i,...  the points, rounded to 32 bits
  share,0,...  shares of the variance along the first three
  axis,k,...   directions, their greatest entry positive
  place,i,...  the points along them

Run: python3 tests/data/principal.py
"""
from pathlib import Path

import numpy as np

rng = np.random.default_rng(7)
mix = rng.normal(size=(6, 6)) * np.array([3.0, 2.0, 1.2, 0.6, 0.3, 0.1])[:, None]
points = (rng.normal(size=(40, 6)) @ mix + rng.normal(size=6)).astype(np.float32).astype(float)
values, vectors = np.linalg.eigh(np.cov(points.T, bias=True))
axes = vectors[:, ::-1].T[:3]
axes = axes * np.sign(axes[np.arange(3), np.abs(axes).argmax(1)])[:, None]
shares = values[::-1][:3] / values.sum()
places = (points - points.mean(0)) @ axes.T
lines = []
for what, rows in [("point", points), ("share", [shares]), ("axis", axes), ("place", places)]:
    lines += [f"{what},{i}," + ",".join(f"{x:.9g}" for x in row) for i, row in enumerate(rows)]
Path(__file__).with_suffix(".csv").write_text("\n".join(lines) + "\n")
