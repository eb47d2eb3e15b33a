"""How the best value of a statistic moves from population to population: footnote-4 medians against F or length.

Each population gives one value, the median of x under the footnote-4 weights; a line is fitted through them by least
squares. Uncertainty comes from resampling networks, m = n/2 out of n with replacement: the median of few best networks
is no smooth statistic, for which the bootstrap of n out of n is not valid; intervals are percentiles, not narrowed by
sqrt(m/n), hence wide rather than narrow.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from regnet.analysis.bootstrap import best_range, weights
from regnet.analysis.compare import Comparison
from regnet.analysis.edf import LARGE, Floats, as_errors
from regnet.analysis.percentiles import above, interval, within
from regnet.design.scalars import DRAWN, SEED, row, whole

RESAMPLES = 4000
SAMPLE = 2  # one in two networks is resampled
WINNERS = 128  # ranks of a resample; those below have less than 1e-14 of the footnote-4 weight

Pairs = Sequence[tuple[npt.ArrayLike, npt.ArrayLike]]


def medians(pairs: Pairs) -> Floats:
    """Footnote-4 median of x in each population, shape (populations,); pairs of x and errors, each of shape (n,)."""
    return np.array([best_range(x, errors).best for x, errors in pairs])


def resampled(pairs: Pairs, *, resamples: int = RESAMPLES, seed: int = 0) -> Floats:
    """The same medians of resampled populations, shape (resamples, populations)."""
    resamples = whole("resamples", resamples, high=DRAWN)
    rng = np.random.default_rng(whole("seed", seed, low=0, high=SEED))
    return np.column_stack([_resampled(row("x", x), as_errors(e), resamples, rng) for x, e in pairs])


def slope(at: npt.ArrayLike, values: Floats) -> Floats:
    """Least-squares slope of values against log2 of `at`; values of shape (..., populations) -> (...).

    >>> float(slope([1, 2, 4], np.array([3.0, 5.0, 7.0])))
    2.0
    """
    x = np.log2(np.asarray(at, np.float64))
    x = x - x.mean()
    return np.asarray(values @ x / (x @ x), np.float64)


class Estimate(NamedTuple):
    """A value and its 95% interval."""

    effect: float
    low: float
    high: float


def change(at: npt.ArrayLike, pairs: Pairs) -> Estimate:
    """What a doubling of `at` adds to the best x; missing where there is one population."""
    if len(pairs) < 2:
        return Estimate(*[float("nan")] * 3)
    effect, spread = _slopes(at, pairs)
    return Estimate(effect, *interval(spread))


def factor(at: npt.ArrayLike, pairs: Pairs) -> Estimate:
    """What a doubling of `at` multiplies the best x by; missing where there is one population."""
    return Estimate(*(2**value for value in change(at, _logs(pairs))))


def average(pairs: Pairs) -> Estimate:
    """The mean of the best x over the populations."""
    return Estimate(float(medians(pairs).mean()), *interval(resampled(pairs).mean(axis=1)))


def grows(at: npt.ArrayLike, pairs: Pairs) -> Comparison:
    """Does the best x grow with `at`? Slope of log2 x a doubling, 95% interval; positive supports."""
    return above(*_slopes(at, _logs(pairs)), _least(pairs))


def stays(at: npt.ArrayLike, pairs: Pairs, margin: float) -> Comparison:
    """Does the best x stay the same? Slope of x a doubling, 90% interval inside the margin."""
    effect, spread = _slopes(at, pairs)
    return within(effect, spread, 0.0, margin, _least(pairs))


def is_about(pairs: Pairs, value: float, margin: float) -> Comparison:
    """Is the best x, on average over the populations, the value? 90% interval inside value +- margin."""
    return within(float(medians(pairs).mean()), resampled(pairs).mean(axis=1), value, margin, _least(pairs))


def has_exponent(at: npt.ArrayLike, pairs: Pairs, exponent: float, margin: float) -> Comparison:
    """Is the best x proportional to a power of `at`? Log-log slope, 90% interval inside exponent +- margin."""
    effect, spread = _slopes(at, _logs(pairs))
    return within(effect, spread, exponent, margin, _least(pairs))


def _logs(pairs: Pairs) -> Pairs:
    return [(np.log2(np.asarray(x, np.float64)), errors) for x, errors in pairs]


def _slopes(at: npt.ArrayLike, pairs: Pairs) -> tuple[float, Floats]:
    return float(slope(at, medians(pairs))), slope(at, resampled(pairs))


def _least(pairs: Pairs) -> int:
    return min(np.size(errors) for _, errors in pairs)


def _resampled(x: Floats, errors: Floats, resamples: int, rng: np.random.Generator) -> Floats:
    """Footnote-4 median of x in each resample, shape (resamples,); equal errors keep the order they are drawn in."""
    m = max(2, len(errors) // SAMPLE)
    if len(errors) <= LARGE:
        chosen = rng.integers(len(errors), size=(resamples, m))
        ranked = x[np.take_along_axis(chosen, np.argsort(errors[chosen], axis=1, kind="stable"), axis=1)]
    else:
        ranked = x[_best_of(m, errors, resamples, rng)]
    won = weights(np.arange(m, dtype=np.float64))[: ranked.shape[1]]  # of ranks
    order = np.argsort(ranked, axis=1)
    cumulated = np.cumsum(won[order], axis=1)
    place = (cumulated >= 0.5 - 1e-12).argmax(axis=1)
    return np.asarray(np.take_along_axis(ranked, order, axis=1)[np.arange(resamples), place])


def _best_of(m: int, errors: Floats, resamples: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """The networks of the least errors among m drawn with replacement, least first, shape (resamples, WINNERS).

    The others are not drawn: the least of m uniform numbers follow from their spacings (Renyi), and such a number falls
    on each network alike. Which network of an equal error it is, is drawn anew.
    """
    order = np.argsort(errors, kind="stable")
    first, past = (np.searchsorted(errors[order], errors[order], side=side) for side in ("left", "right"))
    spacings = rng.standard_exponential((resamples, WINNERS)) / (m - np.arange(WINNERS))
    at = (-np.expm1(-np.cumsum(spacings, axis=1)) * len(errors)).astype(np.int64)
    alike = rng.integers(first[at], past[at])
    return np.asarray(order[alike], np.int64)
