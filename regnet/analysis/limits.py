"""Limits of the constrained space C from the best networks of the unconstrained one (Fig 12 bottom, sec. 4).

The values are footnote-4 medians, one a flop regime; the flops of a regime are the upper end of its window. Half of
the best networks' weight lies above such a median, so the limits cut into what they are fitted to, as in the paper.
"""

from __future__ import annotations

import numpy.typing as npt

from regnet.analysis.growth import LINE, SQRT


def fit_acts(flops: npt.ArrayLike, medians: npt.ArrayLike) -> float:
    """a of acts = a sqrt(F) by least squares: sum(sqrt(F) acts) / sum(F).

    flops, medians: shape (regimes,), multiply-adds and elements an image.

    Raises:
        ValueError: no flop regime, lengths that differ, or negative or missing medians.

    >>> round(fit_acts([1e6, 4e6], [80e3, 160e3]), 6)
    80.0
    """
    (a,) = SQRT.fit(flops, medians).tolist()
    return float(a)


def fit_params(flops: npt.ArrayLike, medians: npt.ArrayLike) -> tuple[float, float]:
    """(p, q) of params = p + q F by ordinary least squares, neither of them negative.

    flops, medians: shape (regimes,). A fit with p < 0 becomes the line through the origin: parameters that grow
    faster than flops would otherwise leave no room in a small regime. One with q < 0 becomes the mean.

    Raises:
        ValueError: fewer than two different flops, lengths that differ, or negative or missing medians.

    >>> p, q = fit_params([1e6, 2e6, 4e6], [300e3, 400e3, 600e3])
    >>> round(p), round(q, 6)
    (200000, 0.1)
    """
    p, q = LINE.fit(flops, medians).tolist()
    return float(p), float(q)
