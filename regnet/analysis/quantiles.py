"""One error distribution against another, quantile by quantile: is it better everywhere?"""

import math

import numpy as np
import numpy.typing as npt
from scipy import stats

from regnet.analysis.compare import ALPHA, Comparison, of_side
from regnet.analysis.edf import LARGE, Floats, as_errors
from regnet.design.scalars import real

NEVER = 1e-12  # a probability that counts for nothing in a large population


def better_at(a: npt.ArrayLike, b: npt.ArrayLike, share: float) -> Comparison:
    """Is a's error at this share of networks lower than b's? Difference of quantiles, percentage points.

    share: in (0, 1); the quantile is the smallest error that this share of the networks does not exceed.
    The 95% interval and the two-sided p are those of the bootstrap over networks, in closed form: the resampled
    k-th smallest error is at most the i-th with probability P(Binomial(n, i / n) >= k). p = 0 means that no resample
    turns the sign.

    Raises:
        ValueError: a share outside (0, 1), or missing errors.

    >>> better_at(range(100), range(50, 150), 0.25).effect
    -50.0
    """
    share = real("share", share, above=0, below=1)
    a, b = np.sort(as_errors(a)), np.sort(as_errors(b))
    sizes = len(a), len(b)
    effect = float(a[_rank(a, share) - 1] - b[_rank(b, share) - 1])
    (a, of_a), (b, of_b) = _resampled(a, share), _resampled(b, share)
    differences = (a[:, None] - b[None, :]).ravel()
    chance = np.outer(of_a, of_b).ravel()
    order = np.argsort(differences)
    cumulated = np.cumsum(chance[order])
    ends = np.searchsorted(cumulated, [ALPHA / 2, 1 - ALPHA / 2]).clip(max=len(order) - 1)
    low, high = (float(differences[order[i]]) for i in ends)
    p = 2 * min(float(chance[differences >= 0].sum()), float(chance[differences <= 0].sum()))
    return Comparison(effect, low, high, min(1.0, p), *sizes, of_side(high < 0, high < 0 or low > 0))


def _rank(ordered: Floats, share: float) -> int:
    return max(1, math.ceil(share * len(ordered) - 1e-9))


def _resampled(ordered: Floats, share: float) -> tuple[Floats, Floats]:
    """The errors that the resampled quantile can be, and the probability of each; where n is large, about sqrt(n)."""
    n, k = len(ordered), _rank(ordered, share)
    chance = np.diff(stats.binom.sf(k - 1, n, np.arange(n + 1) / n))
    some = chance > (NEVER if n > LARGE else -1)
    return ordered[some], chance[some]
