"""The paper's mean errors of populations, and how large its effects would be on a population here.

The paper prints the least and the mean error of each population, not the spread. So that both sides are measured
alike, spread = (mean - least) / E[largest of n standard normals], here and there. An effect of the paper times the
ratio of the spreads of the reference population (the second of the two) is what is to be expected here.

- Where the paper does not print n, 100 are taken, the fewer of the two numbers that it names: that makes its spread
  larger and the effect to be expected here smaller.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
from scipy import integrate, stats

from regnet import published
from regnet.analysis.edf import as_errors

UNPRINTED_N = 100
_FIG10 = {
    "-6mf": ("top-left (flops=800M)", "X"), "-l5": ("top-middle (epochs=50)", "X"),
    "_5stage": ("top-right (stages=5)", "X"), "_r": ("bottom-left (R block)", "R"),
    "_v": ("bottom-middle (V block)", "V"), "_vr": ("bottom-right (VR block)", "VR"),
}  # fmt: skip
_FIG13 = {"-l2": "400MF", "-6mf-l2": "800MF"}  # its third, 3.2GF, is 8 F: 24 MF, where C has no population
LEGENDS: Mapping[str, tuple[int, str, str]] = MappingProxyType({
    "anynetx_a": (5, "left", "AnyNetX_A"), "anynetx_b": (5, "left", "AnyNetX_B"),
    "anynetx_c": (5, "middle", "AnyNetX_C"), "anynetx_d": (7, "right", "AnyNetX_D"),
    "anynetx_e": (9, "left", "AnyNetX_E"), "regnetx": (9, "left", "RegNetX"),
    "anynetx_c_w_const": (7, "left", "+ w_{i+1}=w_i"), "anynetx_c_w_decreasing": (7, "left", "+ w_{i+1}<=w_i"),
    "anynetx_d_d_const": (7, "right", "+ d_{i+1}=d_i"), "anynetx_d_d_decreasing": (7, "right", "+ d_{i+1}<=d_i"),
    "regnetx_wm2": (9, "middle", "RegNetX w_m=2"), "regnetx_w0_wa": (9, "middle", "RegNetX w_0=w_a"),
    **{
        f"{space}{suffix}": (10, panel, name.replace("X", block))
        for suffix, (panel, block) in _FIG10.items()
        for space, name in (("anynetx_a", "AnyNetX_A"), ("anynetx_e", "AnyNetX_E"), ("regnetx", "RegNetX"))
    },
    **{f"regnetx{suffix}": (13, "left", f"{flops} U") for suffix, flops in _FIG13.items()},
    **{f"regnetx_c{suffix}": (13, "left", f"{flops} C") for suffix, flops in _FIG13.items()},
    "regnetx_c_inverted-l2": (14, "left", "b<=1, g<=32"), "regnetx_c_depthwise-l2": (14, "left", "b<=1, g=1"),
    "regnetx_c_resolution-l2": (14, "middle", "400MF r<=448"),
    "regnetx_c_resolution-6mf-l2": (14, "middle", "800MF r<=448"),
    "regnety_c-l2": (14, "right", "RegNetY"),
})  # fmt: skip
"""Population, named as in pocket -> figure, panel and series of the legend that prints its errors."""


@dataclass(frozen=True)
class Printed:
    """Least and mean error (percent) of a population of the paper, of n networks."""

    least: float
    mean: float
    n: int

    @property
    def spread(self) -> float:
        """Spread below the mean, points, as `spread`."""
        return (self.mean - self.least) / largest(self.n)


def expected(a: str, b: str, errors: npt.ArrayLike) -> float | None:
    """The paper's mean(a) - mean(b), points, scaled to the spread of b's errors here; None where it prints none.

    >>> expected("regnety_c-l2", "regnetx_c-l2", [30.0, 31.0, 32.0, 33.0]) < 0
    True
    """
    of_a, of_b = printed(a), printed(b)
    if of_a is None or of_b is None:
        return None
    return (of_a.mean - of_b.mean) * spread(errors) / of_b.spread


def spread(errors: npt.ArrayLike) -> float:
    """(mean - least) / E[largest of n standard normals], points: the sd of normal errors, from their better half."""
    values = as_errors(errors)
    return float(values.mean() - values.min()) / largest(len(values))


@lru_cache(maxsize=256)
def largest(n: int) -> float:
    """E[largest of n standard normals] = integral of z n phi(z) Phi(z)^(n - 1), n >= 2.

    >>> round(largest(2), 4), round(largest(100), 3)
    (0.5642, 2.508)
    """
    return float(integrate.quad(lambda z: z * n * stats.norm.pdf(z) * stats.norm.cdf(z) ** (n - 1), -10, 12)[0])


def printed(population: str) -> Printed | None:
    """What the paper prints of a population, named as in pocket; None where it prints nothing."""
    if population not in LEGENDS:
        return None
    figure, panel, series = LEGENDS[population]
    table = published.load("paper_edf_legends")
    row = table[(table["figure"] == figure) & (table["panel"] == panel) & (table["series"] == series)].iloc[0]
    n = row["n_models_if_stated"]
    return Printed(float(row["min_error_pct"]), float(row["mean_error_pct"]), UNPRINTED_N if np.isnan(n) else int(n))
