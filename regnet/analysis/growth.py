"""Growth laws of Fig 12 (bottom): a sqrt(f), p + q f, a sqrt(f) + b f, and those through the best of each flop regime.

Coefficients are least squares in the unit of the values, so the larger flop regimes weigh most, and none is negative:
a law whose unbounded fit has a negative coefficient loses that term (the exact bounded optimum for two terms). A law
p + q f with p < 0 would forbid every network of few flops. `timing_fits.py` has the unbounded fit with its errors.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from regnet.analysis.edf import Floats

Term = Callable[[Floats], Floats]


@dataclass(frozen=True)
class Growth:
    """A sum of one or two terms of the flops, each with a coefficient; `signs` are the terms in a formula."""

    name: str
    signs: tuple[str, ...]
    terms: tuple[Term, ...]

    def fit(self, flops: npt.ArrayLike, values: npt.ArrayLike) -> Floats:
        """Least-squares coefficients that are not negative, shape (..., terms).

        flops: shape (regimes,), as many different ones as terms at least; values: shape (..., regimes), not negative.

        Raises:
            ValueError: too few flop regimes, lengths that differ, or negative or missing values.

        >>> LINE.fit([1.0, 2.0, 4.0], [5.0, 7.0, 11.0]).round(6).tolist()
        [3.0, 2.0]
        """
        f, y = np.asarray(flops, np.float64), np.asarray(values, np.float64)
        if f.ndim != 1 or y.shape[-1:] != f.shape:
            raise ValueError(f"one value a flop regime expected, got shapes {f.shape} and {y.shape}")
        if len(np.unique(f)) < len(self.terms):
            raise ValueError(f"{self.name} needs {len(self.terms)} different flop regimes, got {f.tolist()}")
        if not (y >= 0).all():
            raise ValueError(f"values must not be negative or missing, got {float(y.min())}")
        design = self.design(f)
        unit = np.sqrt((design**2).sum(axis=0))  # flops are millions: columns of one length keep the digits
        whole = y @ np.linalg.pinv(design / unit).T
        alone = y @ (design / unit)  # each term without the other
        lost = whole < 0
        kept = np.where(lost, 0.0, np.where(lost.any(axis=-1, keepdims=True), alone, whole))
        return np.asarray(kept / unit, np.float64)

    def at(self, flops: npt.ArrayLike, coefficients: npt.ArrayLike) -> Floats:
        """The law's values, shape (..., flops), for coefficients of shape (..., terms)."""
        return np.asarray(np.asarray(coefficients) @ self.design(np.asarray(flops, np.float64)).T, np.float64)

    def design(self, flops: Floats) -> Floats:
        """The terms without coefficients, shape (flops, terms)."""
        return np.column_stack([term(flops) for term in self.terms])

    def formula(self, coefficients: npt.ArrayLike) -> str:
        """In the paper's form.

        >>> LINE.formula([3.0, 5.5]), BOTH.formula([24.0, 6.0])
        ('3 + 5.5 f', '24 √f + 6 f')
        """
        pairs = zip(np.asarray(coefficients).tolist(), self.signs, strict=True)
        return " + ".join(f"{value:.3g} {sign}".strip() for value, sign in pairs)


SQRT = Growth("a sqrt(f)", ("√f",), (np.sqrt,))
LINE = Growth("p + q f", ("", "f"), (np.ones_like, np.positive))
BOTH = Growth("a sqrt(f) + b f", ("√f", "f"), (np.sqrt, np.positive))


def band(growth: Growth, flops: npt.ArrayLike, resampled: Floats, at: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Lower and upper end of the law's 95% band at the flops `at`: percentiles over fits to resampled medians.

    flops: shape (regimes,); resampled: shape (resamples, regimes), as best_trends.resampled returns it.
    """
    low, high = np.quantile(growth.at(at, growth.fit(flops, resampled)), [0.025, 0.975], axis=0)
    return low, high
