"""P(e_a < e_b): how often a random network of one population is better than one of the other, ties counted half.

The mean is moved by a few networks that hardly train; this is not. Variance by placements (DeLong et al., Biometrics 44
(1988) 837; Brunner and Munzel, Biometrical Journal 42 (2000) 17): v_a over n_a plus v_b over n_b, where v is the
variance of how far each value lies in the other sample. The interval is made on the logit scale, so that it stays
between 0 and 1. Networks that the populations share are taken as independent: their errors go together, so that the
interval is rather too wide.
"""

import math

import numpy as np
import numpy.typing as npt
from scipy import stats

from regnet.analysis.compare import ALPHA, Comparison, of_side
from regnet.analysis.edf import Floats, as_errors


def beats(a: npt.ArrayLike, b: npt.ArrayLike) -> Comparison:
    """P(e_a < e_b) + P(e_a = e_b) / 2 with its 95% interval; above a half supports.

    Raises:
        ValueError: fewer than two values a side, or missing ones.

    >>> beats([1.0, 2.0, 3.0], [2.0, 4.0, 5.0]).effect.__round__(3)
    0.833
    """
    a, b = as_errors(a), as_errors(b)
    if min(len(a), len(b)) < 2:
        raise ValueError(f"a comparison needs at least 2 values a side, got {len(a)} and {len(b)}")
    above, below = _placed(a, b), 1 - _placed(b, a)  # of each a: share of b above it; of each b: share of a below it
    share = float(above.mean())
    parts = np.array([above.var(ddof=1) / len(a), below.var(ddof=1) / len(b)])
    low, high, p = _logit_interval(share, parts, (len(a), len(b)))
    side = of_side(low > 0.5, low > 0.5 or high < 0.5)
    return Comparison(share, low, high, p, len(a), len(b), side, claimed=(0.5, 1.0))


def _placed(values: Floats, among: Floats) -> Floats:
    """Share of `among` above each value, ties half, shape of values."""
    ordered = np.sort(among)
    left, right = (np.searchsorted(ordered, values, side=side) for side in ("left", "right"))
    return np.asarray(1 - (left + right) / (2 * len(among)), np.float64)


def _logit_interval(share: float, parts: Floats, sizes: tuple[int, int]) -> tuple[float, float, float]:
    """Ends of the 95% interval, and the two-sided p against a half."""
    n_a, n_b = sizes
    square = float(parts.sum())
    if not square:
        return _alike(share, min(sizes))
    freedom = square**2 / float((parts**2 / [n_a - 1, n_b - 1]).sum())
    error = math.sqrt(square) / (share * (1 - share))  # delta method
    centre = math.log(share / (1 - share))
    half = float(stats.t.ppf(1 - ALPHA / 2, freedom)) * error
    low, high = (1 / (1 + math.exp(-(centre + sign * half))) for sign in (-1, 1))
    return low, high, float(2 * stats.t.sf(abs(centre) / error, freedom))


def _alike(share: float, pairs: int) -> tuple[float, float, float]:
    """The same where every pair says the same, one is lower throughout or all are equal, and no variance is seen.

    As many disjoint pairs as the smaller sample has are independent: Clopper and Pearson's interval of those.
    """
    reach = 1 - (ALPHA / 2) ** (1 / pairs)
    if share == 0.5:  # every pair is a tie; another would count for one side or the other
        return 0.5 - reach / 2, 0.5 + reach / 2, 1.0
    return max(0.0, share - reach), min(1.0, share + reach), min(1.0, 2 * 0.5**pairs)
