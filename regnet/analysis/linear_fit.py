"""e_fit: how well a quantised line describes a network's widths (sec. 3.3, Fig 8).

The network is given by w_j, the width of each of its d blocks; a fit by w_0, w_a, w_m (Eqs 2-4), whose predicted
widths w_0 * w_m^s_j are not rounded to 8. Grid, at the precision the paper prints: w_0 = 8, 16 ... 256,
w_a = 1, 2 ... 256, w_m = 1.5, 1.6 ... 3, d fixed, and only lines whose exponents are exactly 0 ... stages - 1.

- The paper says "mean log-ratio" and prints two fits. Both are optimal on this grid under the mean *squared*
  natural-log ratio, neither under the absolute one, so the squared one is `error`.
  On a finer grid other fits are slightly better than the printed ones (0.065 against 0.074 with w_m in hundredths),
  but networks keep their order: with any real w_0 and w_a, Spearman 0.98 over draws of AnyNetX_C, D or E.
- Equal errors: the error of a line changes only where some s_j does, so whole ranges of w_a fit alike. The smallest
  w_a is given (29 and 60 where the paper prints 30 and 61).
- The search visits each s once, not each w_a: for fixed w_m the s_j change at w_a / w_0 = (w_m^(k + 1/2) - 1) / j.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from regnet.design.scalars import DEPTH, Floats, real, row, whole

W_0 = np.arange(8, 257, 8, dtype=np.float64)
W_A_MAX = 256.0  # w_a is a whole number
W_M = np.arange(15, 31) / 10
LOG_W_0 = np.log(W_0)


@dataclass(frozen=True)
class Fit:
    """The best quantised line: its parameters, and how far it is off.

    `error` is e_fit, the mean squared natural-log ratio of predicted to observed widths.
    """

    w_0: int
    w_a: float
    w_m: float
    error: float


class _Shapes(NamedTuple):
    """Every s that a line of d blocks can have, with its w_m and the w_a: lowest[shape, w_0], inf where none."""

    exponents: Floats  # (shapes, d)
    w_m: Floats  # (shapes,)
    lowest: Floats  # (shapes, len(W_0))


def fit_quantized_linear(widths_per_block: npt.ArrayLike, stages: int = 4) -> Fit:
    """The quantised line nearest to the widths of a network's blocks (Fig 8).

    widths_per_block: w_j, shape (d,), as `AnyNet.widths_per_block`.

    Raises:
        ValueError: widths that are not positive, or no line of the grid has that many stages in d blocks.

    >>> fit = fit_quantized_linear([64] * 2 + [128] * 4 + [272] * 5 + [704] * 5)
    >>> fit.w_0, fit.w_m, round(fit.error, 3)
    (80, 1.9, 0.074)
    """
    widths, stages = row("widths_per_block", widths_per_block), whole("stages", stages, low=2, high=DEPTH)
    real("widths_per_block", widths.min(), above=0)
    shapes = _shapes(len(widths), stages)
    residual = np.log(widths) - shapes.exponents * np.log(shapes.w_m)[:, None]  # (shapes, d): log w_0 that fits
    centre = residual.mean(axis=1)
    # mean (r_j - log w_0)^2 = var r + (mean r - log w_0)^2: all w_0 at once, without a third axis for the blocks
    error = residual.var(axis=1)[:, None] + (centre[:, None] - LOG_W_0) ** 2  # (shapes, w_0)
    error[np.isinf(shapes.lowest)] = np.inf
    shape, start = np.unravel_index(int(np.argmin(error)), error.shape)
    return Fit(
        w_0=int(W_0[start]),
        w_a=float(shapes.lowest[shape, start]),
        w_m=float(shapes.w_m[shape]),
        error=float(error[shape, start]),
    )


def predicted(d: int, w_a: float, w_0: float, w_m: float) -> Floats:
    """w_j of the quantised line (Eqs 2-4), not rounded to 8, shape (d,)."""
    d, w_a, w_0 = whole("d", d, high=DEPTH), real("w_a", w_a, low=0), real("w_0", w_0, above=0)
    w_m = real("w_m", w_m, above=1)
    exponents = np.round(np.log1p(w_a / w_0 * np.arange(d)) / np.log(w_m))
    return np.asarray(w_0 * w_m**exponents, np.float64)


def slope(profiles: Sequence[Floats]) -> float:
    """c of the least-squares line w_j = c (j + 1) through the blocks of all networks, channels a block.

    >>> slope([np.array([48.0, 96.0, 144.0])])
    48.0
    """
    j = np.concatenate([np.arange(1.0, len(profile) + 1) for profile in profiles])
    w = np.concatenate(list(profiles))
    return float(w @ j / (j @ j))


def fit_population(networks: Iterable[npt.ArrayLike], stages: int = 4) -> list[Fit]:
    """The fit of each network's widths_per_block, in order."""
    return [fit_quantized_linear(widths, stages) for widths in networks]


def e_fit(frame: pd.DataFrame) -> Floats:
    """e_fit of each row of a population, from the columns d1 ... and w1 ... (realised), shape (n,).

    Raises:
        ValueError: as `fit_quantized_linear`, or rows of different numbers of stages.
    """
    stages = sum(f"d{i}" in frame for i in range(1, DEPTH))
    if frame[[f"d{i}" for i in range(1, stages + 1)]].isna().any(axis=None):
        raise ValueError("e_fit takes networks of equally many stages: give it one population at a time")
    depths = frame[[f"d{i}" for i in range(1, stages + 1)]].to_numpy(np.int64)
    widths = frame[[f"w{i}" for i in range(1, stages + 1)]].to_numpy(np.float64)
    fits = fit_population((np.repeat(w, d) for d, w in zip(depths, widths, strict=True)), stages)
    return np.array([fit.error for fit in fits])


@lru_cache(maxsize=128)
def _shapes(d: int, stages: int) -> _Shapes:
    """The shapes of lines with `stages` stages in d blocks; the same for every network of d blocks."""
    if not 2 <= stages <= d:
        raise ValueError(f"{stages} stages in {d} blocks: expected at least 2 stages and a block for each")
    j = np.arange(1, d)
    half = W_M[:, None] ** (np.arange(stages) + 0.5) - 1  # (w_m, stages): s_j reaches k + 1 at half[k] / j
    turns = (half[:, :-1, None] / j).reshape(len(W_M), -1)
    first, last = half[:, -2:-1] / (d - 1), half[:, -1:] / (d - 1)  # between them the last block is in the last stage
    edges = np.sort(np.concatenate([np.clip(turns, first, last), last], axis=1), axis=1)
    low, high = edges[:, :-1].ravel(), edges[:, 1:].ravel()
    w_m = np.repeat(W_M, edges.shape[1] - 1)
    real = high > low * (1 + 1e-12)  # clipping leaves empty intervals
    low, high, w_m = low[real], high[real], w_m[real]
    # within an interval every s_j is constant, so that its middle tells them all
    exponents = np.round(np.log1p((low + high)[:, None] / 2 * np.arange(d)) / np.log(w_m)[:, None])
    lowest = np.ceil(low[:, None] * W_0)
    lowest[(lowest >= high[:, None] * W_0) | (lowest > W_A_MAX)] = np.inf
    whole = (np.diff(exponents, axis=1) <= 1).all(axis=1) & np.isfinite(lowest).any(axis=1)
    if not whole.any():
        raise ValueError(f"no quantised line of the grid has {stages} stages in {d} blocks")
    return _Shapes(exponents[whole], w_m[whole], lowest[whole])
