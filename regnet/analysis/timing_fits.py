"""What goes with a network's time, flops or activations, and how time, activations and parameters grow with flops.

Source: arXiv:2003.13678, Fig 12: Pearson's r of inference time with flops and with activations; below, its curves.

- Curves are least squares in the unit of y, every network alike, and coefficients may be negative (`growth.py` has the
  laws and the fit without negative ones); the paper does not say how its curves were fitted.
- R^2 is 1 - SS_res / SS_tot about the mean for every curve, also for those without a constant, so that they compare.
- Bands are for the curve (where its mean lies), not for single networks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import stats

from regnet.analysis.compare import Comparison
from regnet.analysis.edf import Floats
from regnet.analysis.growth import BOTH, LINE, SQRT, Growth
from regnet.analysis.percentiles import above
from regnet.design.scalars import DRAWN, SEED, real, row, whole

Law = Literal["sqrt", "line", "sqrt+line"]
LAWS: Mapping[Law, Growth] = MappingProxyType({"sqrt": SQRT, "line": LINE, "sqrt+line": BOTH})
RESAMPLES = 10_000


def pearson(x: npt.ArrayLike, y: npt.ArrayLike) -> float:
    """Pearson's correlation of two values of the same networks.

    x, y: shape (n,), n >= 3.

    Raises:
        ValueError: fewer than 3 networks, lengths that differ, missing values, or all values of one of them equal.

    >>> round(pearson([1, 2, 3], [1, 2, 4]), 3)
    0.982
    """
    return float(np.corrcoef(*_columns(3, x, y))[0, 1])


def predicts_better(
    a: npt.ArrayLike, b: npt.ArrayLike, y: npt.ArrayLike, *, resamples: int = RESAMPLES, seed: int = 0
) -> Comparison:
    """Does a go closer with y than b does? r(a, y) - r(b, y), resampled over networks; positive supports.

    a, b, y: shape (n,), n >= 4, values of the same networks; for Fig 12 activations, flops, milliseconds. 95%
    percentile interval; two-sided p = twice the share of resamples on the rarer side of 0. Resamples in which all
    values are equal are left out.

    Raises:
        ValueError: fewer than 4 networks, lengths that differ, missing values, or all values of one of them equal.

    >>> predicts_better([1, 2, 3, 4, 6], [3, 1, 2, 6, 4], [1, 2, 3, 4, 5]).effect > 0
    True
    """
    columns = _columns(4, a, b, y)
    n = columns.shape[1]
    u, v, t = (columns - columns.mean(1, keepdims=True)) / columns.std(1, keepdims=True)
    resamples, seed = whole("resamples", resamples, high=DRAWN), whole("seed", seed, low=0, high=SEED)
    weights = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=resamples) / n
    differences = _weighted_r(weights, u, t) - _weighted_r(weights, v, t)
    differences = differences[np.isfinite(differences)]
    return above(float(u @ t - v @ t) / n, differences, n)


@dataclass(frozen=True)
class Curve:
    """A fitted law: `coefficients` a (and b), their covariance, R^2, and how many networks it was fitted to.

    Coefficients are in the unit of y for f = 1 in the unit of f that was given.
    """

    law: Law
    coefficients: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    r2: float
    n: int

    def at(self, f: npt.ArrayLike) -> Floats:
        """The curve's values at f, shape (m,)."""
        return LAWS[self.law].at(f, self.coefficients)

    def band(self, f: npt.ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
        """Where the curve lies with that confidence at each f: lower and upper ends, shape (m,) each."""
        level = real("level", level, above=0, below=1)
        x = LAWS[self.law].design(row("f", f))
        errors = np.sqrt(np.einsum("ij,jk,ik->i", x, np.asarray(self.covariance), x))
        half = float(stats.t.ppf((1 + level) / 2, self.n - len(self.coefficients))) * errors
        return self.at(f) - half, self.at(f) + half


def fit(law: Law, f: npt.ArrayLike, y: npt.ArrayLike) -> Curve:
    """The least-squares curve of that law.

    f, y: shape (n,), n >= 4; f positive, in any unit (the paper's is 10^9 multiply-adds).

    Raises:
        ValueError: an unknown law, fewer than 4 networks, lengths that differ, missing values, flops that are not
            positive, or all values of one of them equal.

    >>> [round(c, 6) for c in fit("sqrt+line", [1, 4, 9, 16], [30, 72, 126, 192]).coefficients]
    [24.0, 6.0]
    """
    if law not in LAWS:
        raise ValueError(f"law must be one of {', '.join(LAWS)}, got {law!r}")
    flops, values = _columns(4, f, y)
    if flops.min() <= 0:
        raise ValueError(f"flops must be positive, got {flops.min()}")
    x = LAWS[law].design(flops)
    scale = np.abs(x).max(axis=0)  # flops may come as 10^9
    inverse = np.linalg.inv((x / scale).T @ (x / scale)) / np.outer(scale, scale)
    coefficients = inverse @ (x.T @ values)
    residual = float(((values - x @ coefficients) ** 2).sum())
    covariance = inverse * residual / (len(values) - len(coefficients))
    r2 = 1 - residual / float(((values - values.mean()) ** 2).sum())
    rows = tuple(tuple(row) for row in covariance.tolist())
    return Curve(law, tuple(coefficients.tolist()), rows, r2, len(values))


def fits(f: npt.ArrayLike, y: npt.ArrayLike) -> dict[Law, Curve]:
    """The three curves of Fig 12 through the same networks."""
    return {law: fit(law, f, y) for law in LAWS}


def _columns(least: int, *rows: npt.ArrayLike) -> Floats:
    """Values of the same networks as rows of one array, checked."""
    arrays = [np.asarray(row, np.float64) for row in rows]
    shapes = [array.shape for array in arrays]
    if len(set(shapes)) != 1 or arrays[0].ndim != 1 or len(arrays[0]) < least:
        raise ValueError(f"rows of one length of at least {least} expected, got shapes {shapes}")
    stacked = np.stack(arrays)
    if not np.isfinite(stacked).all():
        raise ValueError(f"every network needs a value: {int((~np.isfinite(stacked)).sum())} are missing")
    if (np.ptp(stacked, axis=1) == 0).any():
        raise ValueError(f"values that differ expected: all of one row are equal among these {len(arrays[0])} networks")
    return stacked


def _weighted_r(weights: Floats, x: Floats, y: Floats) -> Floats:
    """Pearson's r under each row of weights (rows sum to 1); nan where all values are equal."""
    means = weights @ np.stack([x, y, x * x, y * y, x * y], axis=1)
    mx, my, xx, yy, xy = means.T
    spread = np.maximum(xx - mx**2, 0) * np.maximum(yy - my**2, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(spread > 1e-18, (xy - mx * my) / np.sqrt(spread), np.nan), np.float64)
