"""How the features of the regression estimator were chosen on the rows of `pocket`, and whether its intervals hold.

    python benchmarks/adjusted.py

Takes about five minutes on one core and writes benchmarks/adjusted.csv:

- choice: for each set of features and penalty, the variance that is left of Welch's, geometric mean over 20 pairs at
  n = 100. The set and the penalty with the least are frozen in `features.py`.
- variance: the same for each pair under the frozen choice.
- subsamples: 100 of the 300 networks of A, B and C, 200 times: root mean square error about the value of all 300, and
  how often the 95% interval, for a finite population of 300, holds that value.
- worlds: the same with networks drawn from worlds whose truth is known (`worlds.py`).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import worlds

from regnet.analysis.adjusted import Members, difference
from regnet.analysis.compare import Estimate
from regnet.analysis.features import FEATURES, PENALTY, fingerprint
from regnet.evidence.untrained import untrained
from regnet.sweeps.population import Population
from regnet.sweeps.store import open_runs

FILE = Path(__file__).with_suffix(".csv")
PAIRS = (
    ("anynetx_d", "anynetx_c"), ("anynetx_d", "anynetx_c_w_const"), ("anynetx_d", "anynetx_c_w_decreasing"),
    ("anynetx_e", "anynetx_d"), ("anynetx_e", "anynetx_d_d_const"), ("anynetx_e", "anynetx_d_d_decreasing"),
    ("anynetx_e", "anynetx_a"), ("regnetx", "anynetx_e"), ("anynetx_b", "anynetx_a"), ("anynetx_c", "anynetx_b"),
    ("regnetx_wm2", "regnetx"), ("regnetx_w0_wa", "regnetx"), ("regnetx_c-l2", "regnetx-l2"),
    ("regnetx_c-12mf-l2", "regnetx-12mf-l2"), ("regnety_c-l2", "regnetx_c-l2"),
    ("regnetx_c_inverted-l2", "regnetx_c-l2"), ("anynetx_e_r", "anynetx_a_r"), ("regnetx_r", "anynetx_e_r"),
    ("anynetx_e_v", "anynetx_a_v"), ("regnetx_v", "regnetx"),
)  # fmt: skip
COSTS = (0, 1, 2, 11, 12)  # places in FEATURES: costs, depth, b and g
SETS = {
    "costs, depth, b, g": COSTS,
    "and widths and depths of stages": tuple(range(13)),
    "and hinges": tuple(range(16)),
    "and squares (frozen)": tuple(range(len(FEATURES))),
}
PENALTIES = (0.03, PENALTY, 0.3)
SUBSAMPLED = (("anynetx_b", "anynetx_a"), ("anynetx_c", "anynetx_b"), ("anynetx_c", "anynetx_a"))
WORLDS = (
    ("anynetx_d", "anynetx_c"),
    ("anynetx_e", "anynetx_a"),
    ("regnetx", "anynetx_e"),
    ("regnety_c-l2", "regnetx_c-l2"),
)


@lru_cache(maxsize=64)
def members(name: str, n: int = 100) -> Members:
    """The first n members of a population of `pocket`."""
    return Members.of(open_runs("pocket").frame(name).head(n), untrained(Population.parse(name, "pocket")))


def cut(side: Members, places: tuple[int, ...]) -> Members:
    """With the features at these places alone."""
    at = list(places)
    return replace(side, x=side.x[:, at], known=side.known[at], spread=side.spread[at])


def part(side: Members, at: np.ndarray) -> Members:
    """Some of the members."""
    return replace(side, errors=side.errors[at], x=side.x[at], networks=side.networks[at])


def left(a: Members, b: Members, penalty: float = PENALTY) -> float:
    """The variance that is left of Welch's."""
    return (difference(a, b, penalty=penalty).error / Estimate.of(a.errors, b.errors).error) ** 2


def choice() -> Iterator[dict[str, object]]:
    for name, places in SETS.items():
        for penalty in PENALTIES:
            ratios = [left(cut(members(a), places), cut(members(b), places), penalty) for a, b in PAIRS]
            about = {"what": "choice", "of": f"{name}, penalty {penalty:g}", "n": 100}
            yield about | {"variance_left": float(np.exp(np.mean(np.log(ratios))))}
    for a, b in PAIRS:
        yield {"what": "variance", "of": f"{a} - {b}", "n": 100, "variance_left": left(members(a), members(b))}


def errors_of(found: list[tuple[Estimate, Estimate]], truths: tuple[float, float], kept: float) -> dict[str, float]:
    """RMSE and coverage of Welch's and of the adjusted estimate; `kept`: 1 - n / N of a finite population."""
    out = {}
    for name, estimates, truth in zip(("welch", "adjusted"), zip(*found, strict=True), truths, strict=True):
        off = np.array([one.effect for one in estimates]) - truth
        half = np.array([one.interval(0.95)[1] - one.effect for one in estimates]) * kept**0.5
        out |= {f"rmse_{name}": float(np.sqrt((off**2).mean())), f"coverage_{name}": float((abs(off) <= half).mean())}
    return out


def subsamples(repeats: int) -> Iterator[dict[str, object]]:
    rng = np.random.default_rng(0)
    for a, b in SUBSAMPLED:
        x, y = members(a, 300), members(b, 300)
        found = []
        for _ in range(repeats):
            one, other = (part(side, rng.choice(side.n, 100, replace=False)) for side in (x, y))
            found.append((Estimate.of(one.errors, other.errors), difference(one, other)))
        truths = Estimate.of(x.errors, y.errors).effect, difference(x, y).effect
        about = {"what": "subsamples", "of": f"{a} - {b}", "n": 100, "repeats": repeats}
        yield about | errors_of(found, truths, 1 - 100 / 300)


def in_worlds(repeats: int) -> Iterator[dict[str, object]]:
    rng = np.random.default_rng(1)
    for a, b in WORLDS:
        pair = [Population.parse(name, "pocket") for name in (a, b)]
        x, y = (worlds.world(p.design, p.window, open_runs("pocket").frame(p.name)) for p in pair)
        for n in (100, 60, 40):
            found = []
            for _ in range(repeats):
                one, other = x.members(n, rng), y.members(n, rng)
                found.append((Estimate.of(one.errors, other.errors), difference(one, other)))
            truths = (x.mean - y.mean,) * 2
            yield {"what": "worlds", "of": f"{a} - {b}", "n": n, "repeats": repeats} | errors_of(found, truths, 1.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=200)
    repeats = parser.parse_args().repeats
    table = pd.DataFrame([*choice(), *subsamples(repeats), *in_worlds(repeats)]).assign(features=fingerprint()[:12])
    table.to_csv(FILE, index=False, float_format="%.4g")
    print(table.to_string())


if __name__ == "__main__":
    main()
