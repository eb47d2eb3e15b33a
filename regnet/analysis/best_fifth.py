"""What the best fifth of a population have, minus what all of it has: bootstrap over networks.

Footnote-4 weights rest on about eight networks at any n, so that a test by them gains nothing from more networks; the
best fifth of n does. Minus the population's own value, since whole populations have trends, too: parameters grow with
flops in any window of flops. Intervals are percentiles of networks resampled n out of n: means, unlike the medians of
`best_trends.py`, are smooth.
"""

import math

import numpy as np
import numpy.typing as npt

from regnet.analysis.compare import Comparison
from regnet.analysis.edf import Floats, as_errors
from regnet.analysis.percentiles import above, share
from regnet.design.scalars import DRAWN, row, whole

SHARE = 5  # one in five networks counts as one of the best
RESAMPLES = 4000
WORK = 1 << 22  # networks drawn at once: 32 MB


def best_and_own(x: npt.ArrayLike, errors: npt.ArrayLike) -> tuple[float, float]:
    """Mean of x over the best fifth, and over all; x and errors of shape (n,), equal errors in the order given.

    >>> best_and_own([1, 0, 0, 0, 0], [10.0, 20.0, 30.0, 40.0, 50.0])
    (1.0, 0.2)
    """
    values, e = row("x", x), as_errors(errors)
    if values.shape != e.shape:
        raise ValueError(f"x must hold one value for each of the {len(e)} errors, got shape {values.shape}")
    return float(values[np.argsort(e, kind="stable")[: _count(len(e))]].mean()), float(values.mean())


def resampled(
    x: npt.ArrayLike, errors: npt.ArrayLike, *, resamples: int = RESAMPLES, seed: int | np.random.Generator = 0
) -> tuple[Floats, Floats]:
    """The same two means in each resample of networks, shape (resamples,) each."""
    values, e, resamples = row("x", x), as_errors(errors), whole("resamples", resamples, high=DRAWN)
    n, k, rng = len(e), _count(len(e)), np.random.default_rng(seed)
    best, own = np.empty(resamples), np.empty(resamples)
    for start in range(0, resamples, step := max(1, WORK // n)):
        some = slice(start, min(start + step, resamples))
        chosen = rng.integers(n, size=(some.stop - start, n))
        first = np.argsort(e[chosen], axis=1, kind="stable")[:, :k]
        drawn = values[chosen]
        best[some], own[some] = np.take_along_axis(drawn, first, axis=1).mean(axis=1), drawn.mean(axis=1)
    return best, own


def excess(x: npt.ArrayLike, errors: npt.ArrayLike, *, resamples: int = RESAMPLES, seed: int = 0) -> Comparison:
    """Have the best fifth more of x than all? Difference of means with its 95% interval; positive supports.

    x: booleans for a share, shape (n,).

    Raises:
        ValueError: x and errors of different lengths, or missing values.
    """
    best, own = best_and_own(x, errors)
    spread = np.subtract(*resampled(x, errors, resamples=resamples, seed=seed))
    return above(best - own, spread, np.size(errors))


def towards(best: float, own: float, spread: Floats, value: float, n: int) -> Comparison:
    """Do the best lie nearer to the value than all do? The step from all to best, positive towards the value.

    spread: resamples of best - own. Supported or inconclusive: a step away contradicts nothing by itself.
    """
    sign = 1.0 if value >= own else -1.0
    found = above(sign * (best - own), sign * spread, n)
    if found.verdict == "supported":
        return found
    p = min(1.0, 2 * share(sign * spread <= 0))
    return Comparison(found.effect, found.low, found.high, p, n, n, "inconclusive", claimed=(0.0, np.inf))


def _count(n: int) -> int:
    return max(1, math.ceil(n / SHARE))
