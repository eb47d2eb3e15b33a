"""Which x do the best networks have? The paper's empirical bootstrap (footnote 4), in closed form.

The paper resamples a quarter of the (x, error) pairs with replacement, keeps the best pair's x, does so 10^4 times
and takes percentiles of the kept x. How often each network is kept has a closed form, so nothing is resampled here.

- The range says where about the best 15 networks lie, whatever n is: 97.5% of the weight is theirs. It is not a
  confidence interval that shrinks as n grows.
- Networks with equal errors share their weight; pycls keeps the one listed first.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from regnet.analysis.compare import Comparison, of_side
from regnet.analysis.edf import LARGE, Floats, as_errors
from regnet.design.scalars import DRAWN, SEED, row, whole

SHARE = 4  # one in four pairs is resampled
LEVELS = np.array([0.025, 0.5, 0.975])


class BestRange(NamedTuple):
    """2.5%, 50% and 97.5% points of x under the winning weights: values of x that occur."""

    low: float
    best: float
    high: float


def weights(errors: npt.ArrayLike) -> Floats:
    """Each network's probability of being the best of a resampled quarter (footnote 4), shape (n,), summing to 1.

    With m = max(1, n // 4) draws with replacement the network of rank k wins with probability
    ((n - k + 1) / n)^m - ((n - k) / n)^m; networks with equal errors share equally, so row order does not matter.

    >>> weights([30.0, 10.0, 20.0, 40.0]).tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    values = as_errors(errors)
    n = len(values)
    order = np.argsort(values)
    ranked = values[order]
    first = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])  # where each group of equal errors starts
    counts = np.diff(np.r_[first, n])
    beaten = (1 - np.r_[first, n] / n) ** max(1, n // SHARE)  # all draws come from this group or worse
    out = np.empty(n)
    out[order] = np.repeat((beaten[:-1] - beaten[1:]) / counts, counts)
    return out


def best_range(x: npt.ArrayLike, errors: npt.ArrayLike) -> BestRange:
    """(low, best, high) of the statistic x among likely best networks (footnote 4): 2.5, 50 and 97.5% points.

    x, errors: shape (n,). The points are values of x that occur: the weights of equal x are summed, nothing is
    interpolated.

    Raises:
        ValueError: x and errors differ in length, or hold missing values.

    >>> best_range([1, 2, 4, 4], [30.0, 10.0, 20.0, 40.0])
    BestRange(low=1.0, best=2.0, high=4.0)
    """
    values, won = row("x", x), weights(errors)
    if values.shape != won.shape:
        raise ValueError(f"x must hold one value for each of the {len(won)} errors, got shape {values.shape}")
    order = np.argsort(values)
    cumulated = np.cumsum(won[order])
    # equal x need no summing: the first place that reaches a level has the same x as the rest of its group
    places = np.searchsorted(cumulated, LEVELS - 1e-12)
    low, best, high = values[order][places]
    return BestRange(float(low), float(best), float(high))


def best_weight(
    selected: npt.ArrayLike, errors: npt.ArrayLike, *, permutations: int = 10_000, seed: int = 0
) -> Comparison:
    """Are the selected networks over-represented among the best? Footnote-4 weight against the base rate.

    selected: booleans, shape (n,). effect = weight of the selected networks - their share; positive supports.
    The two-sided p and the interval come from permuting which networks are selected; the interval is the effect
    minus the permutations' 97.5 and 2.5% points, so that it excludes 0 exactly when p is small.

    Raises:
        ValueError: selected and errors differ in length, or an impossible number.
    """
    chosen = np.asarray(selected, bool)
    won = weights(errors)
    if chosen.shape != won.shape:
        raise ValueError(f"selected must hold one value for each of the {len(won)} errors, got shape {chosen.shape}")
    base = float(chosen.mean())
    effect = float(won @ chosen) - base
    permutations = whole("permutations", permutations, high=DRAWN)
    rng = np.random.default_rng(whole("seed", seed, low=0, high=SEED))
    null = np.sort(_permuted(chosen, won, permutations, rng)) - base
    above = permutations - int(np.searchsorted(null, effect - 1e-12))
    below = int(np.searchsorted(null, effect + 1e-12, side="right"))
    p = min(1.0, 2 * (1 + min(above, below)) / (1 + permutations))
    tail = max(1, int(0.025 * permutations))  # the end that fewer permutations reach than p = 0.05 needs
    low, high = effect - null[-tail], effect - null[tail - 1]
    sizes = int(chosen.sum()), int((~chosen).sum())
    side = of_side(effect > 0, p < 0.05)
    return Comparison(effect, float(low), float(high), p, *sizes, side, claimed=(0.0, np.inf))


def _permuted(chosen: npt.NDArray[np.bool_], won: Floats, permutations: int, rng: np.random.Generator) -> Floats:
    """The weight of the selected networks where which are selected is permuted, shape (permutations,)."""
    if len(won) <= LARGE:
        return np.asarray(rng.permuted(np.tile(chosen, (permutations, 1)), axis=1) @ won)
    total, left = np.zeros(permutations), np.full(permutations, chosen.sum())
    for seen, weight in enumerate(won[won > 1e-16]):  # is the next one selected, given how many were before it?
        selected = rng.random(permutations) * (len(won) - seen) < left
        total += weight * selected
        left -= selected
    return total
