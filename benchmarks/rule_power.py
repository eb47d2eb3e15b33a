"""Size and power of the rules of v2 at the planned n, simulated on worlds made from rows that are trained.

Worlds are those of `pocket`'s populations; "natural regnetx" is made from the networks that calibrated `natural`.

    python benchmarks/rule_power.py

Takes about a quarter of an hour on one core and writes regnet/analysis/rule_power.csv, one row a rule, populations,
truth and n: `share` of the simulations in which the rule said `verdict`, `level` that share's limit where the verdict
is false ("" where it is true), `before` the share by the rule of v1 (Welch's difference, footnote-4 weights).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import worlds
from rates import rates
from trends import trends

from regnet.analysis import best_fifth, features
from regnet.analysis.adjusted import difference
from regnet.analysis.bootstrap import best_weight
from regnet.analysis.claims.section4 import one_b
from regnet.analysis.compare import ALPHA, Comparison, better, is_at_most, is_below, is_within, no_difference, no_effect
from regnet.analysis.paper_effects import expected
from regnet.analysis.random_search import suffices_share
from regnet.analysis.rules.adjusted_means import MARGIN
from regnet.analysis.superiority import beats
from regnet.analysis.trends import falls, falls_given
from regnet.sweeps.length_calibration import networks, trainings
from regnet.sweeps.population import Population
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.store import open_runs

FILE = Path(worlds.__file__).with_name("rule_power.csv")
SIZES = (120, 60, 40)
SEARCHED = (250, 120)  # of 32 suffice
RESAMPLES = 1000  # of a bootstrap inside a simulation
PAIRS = (
    ("anynetx_d", "anynetx_c"), ("anynetx_d", "anynetx_c_w_const"), ("anynetx_e", "anynetx_d"),
    ("anynetx_e", "anynetx_d_d_const"), ("anynetx_e", "anynetx_a"), ("regnetx", "anynetx_e"),
    ("regnetx_c-l2", "regnetx-l2"), ("regnety_c-l2", "regnetx_c-l2"), ("natural regnetx", "natural anynetx_a"),
)  # fmt: skip
EQUAL = (("anynetx_b", "anynetx_a"), ("regnetx_wm2", "regnetx"), ("regnetx_c_inverted-l2", "regnetx_c-l2"),
         ("natural anynetx_a", "natural anynetx_a"), ("natural regnetx", "natural regnetx"))  # fmt: skip
Case = tuple[str, str, str, Callable[[int, np.random.Generator], tuple[Comparison, Comparison | None]]]


@lru_cache(maxsize=64)
def world(name: str) -> worlds.World:
    """The world of a population of `pocket`, or after "natural" of a space of its calibration."""
    regime, _, space = name.rpartition(" ")
    population = Population.parse(space, regime or "pocket")
    trained = calibrated(space) if regime else open_runs("pocket").frame(name)
    return worlds.world(population.design, population.window, trained)


def calibrated(space: str) -> pd.DataFrame:
    """The calibration's networks of a space, trained for L1 of `natural`: columns d1 ... g4, params, acts, error."""
    base = find_regime("natural").base
    rows = trainings("natural", (base.num_classes,))
    rows = rows[(rows["space"] == space) & (rows["images"] == base.images) & (rows["lr"] == base.lr)]
    drawn = networks("natural", space, 1 + int(rows["index"].max()), base.num_classes)
    return drawn.loc[rows["index"]].reset_index(drop=True).assign(error=rows["error"].to_numpy(np.float64))


def means() -> Iterator[tuple[str, str, Case]]:
    """Rule, populations, and a case: truth, verdict looked for, level, and one simulation."""
    for a, b in PAIRS:
        one, other = world(a), world(b)
        names = f"{a} - {b}"

        def below(n: int, rng: np.random.Generator, one: worlds.World = one, other: worlds.World = other) -> Any:
            x, y = one.members(n, rng), other.members(n, rng)
            return is_below(difference(x, y), n, n), better(x.errors, y.errors)

        def equal(n: int, rng: np.random.Generator, one: worlds.World = one, other: worlds.World = other) -> Any:
            return below(n, rng, one.moved(other.mean), other)

        yield "better", names, ("equal means", "supported", ALPHA / 2, equal)
        yield "better", names, ("equal means", "contradicted", ALPHA / 2, equal)
        yield "better", names, (f"difference {one.mean - other.mean:.2f}", "supported", None, below)

        def none(gap: float, a: str = a, b: str = b, one: worlds.World = one, other: worlds.World = other) -> Any:
            effect = expected(a.split()[-1], b.split()[-1], other.errors[:100]) or 0.0

            def run(n: int, rng: np.random.Generator) -> Any:
                x, y = one.moved(other.mean + gap * effect).members(n, rng), other.members(n, rng)
                found = difference(x, y)
                return no_effect(is_below(found, n, n), found, effect), None

            return run

        yield "no such effect", names, ("half of the paper's effect", "no such effect", ALPHA / 2, none(0.5))
        yield "no such effect", names, ("equal means", "no such effect", None, none(0.0))

        def chance(n: int, rng: np.random.Generator, other: worlds.World = other) -> Any:
            return beats(other.members(n, rng).errors, other.members(n, rng).errors), None

        yield "P(e_a < e_b)", b, ("one population twice", "supported", ALPHA / 2, chance)


def margins() -> Iterator[tuple[str, str, Case]]:
    for a, b in EQUAL:
        one, other = world(a), world(b)

        def at(gap: float, rule: str, one: worlds.World = one, other: worlds.World = other) -> Any:
            near = one.moved(other.mean + gap * MARGIN * other.sd)

            def run(n: int, rng: np.random.Generator) -> Any:
                x, y = near.members(n, rng), other.members(n, rng)
                wide = MARGIN * float(y.errors.std(ddof=1))
                judged = is_within if rule == "no difference" else is_at_most
                return judged(difference(x, y, margin=MARGIN), wide, n, n), no_difference(x.errors, y.errors, 1.5)

            return run

        for rule in ("no difference", "no worse"):
            yield rule, f"{a} - {b}", ("at the margin", "supported", ALPHA, at(1.0, rule))
            yield rule, f"{a} - {b}", ("equal means", "supported", None, at(0.0, rule))
            yield rule, f"{a} - {b}", ("at twice the margin", "contradicted", None, at(2.0, rule))


def best() -> Iterator[tuple[str, str, Case]]:
    for name, what, has in (
        ("anynetx_c", "b at most 2", lambda rows: (rows["b1"] <= 2).to_numpy()),
        ("regnetx-l2", "b = 1", lambda rows: one_b(rows.rename(columns={"b1": "drawn_b"}))),
    ):
        one = world(name)
        property_of = has(one.rows)

        def share(loosened: bool, one: worlds.World = one, property_of: Any = property_of) -> Any:
            def run(n: int, rng: np.random.Generator) -> Any:
                at = one.chosen(n, rng)
                errors = rng.permutation(one.errors[at]) if loosened else one.errors[at]
                seed = int(rng.integers(1 << 31))
                old = best_weight(property_of[at], errors, permutations=400, seed=seed)
                return best_fifth.excess(property_of[at], errors, resamples=RESAMPLES, seed=seed), old

            return run

        yield "best fifth's share", f"{name}: {what}", ("error independent", "supported", ALPHA / 2, share(True))
        yield "best fifth's share", f"{name}: {what}", ("error independent", "contradicted", ALPHA / 2, share(True))
        yield "best fifth's share", f"{name}: {what}", ("as in the rows", "supported", None, share(False))
    yield from widths()
    yield from searches()


def widths() -> Iterator[tuple[str, str, Case]]:
    one = world("anynetx_c")
    ratio, last = (one.rows["w4"] / one.rows["w1"]).to_numpy(), one.rows["w4"].to_numpy()
    order = np.argsort(last, kind="stable")

    def run(loosened: bool) -> Any:
        def simulate(n: int, rng: np.random.Generator) -> Any:
            at = one.chosen(n, rng)
            errors = one.errors
            if loosened:  # errors go with w_4 alone: exchanged among networks of nearly equal w_4
                errors = errors.copy()
                for block in np.array_split(order, 500):
                    errors[block] = errors[rng.permutation(block)]
            return falls_given(ratio[at], errors[at], last[at]), falls(ratio[at], errors[at])

        return simulate

    yield "widens given w_4", "anynetx_c", ("error goes with w_4 alone", "supported", ALPHA / 2, run(True))
    yield "widens given w_4", "anynetx_c", ("as in the rows", "supported", None, run(False))


def searches() -> Iterator[tuple[str, str, Case]]:
    for name in ("regnetx", "anynetx_a", "natural regnetx", "natural anynetx_a"):
        one = world(name)

        def run(n: int, rng: np.random.Generator, one: worlds.World = one) -> Any:
            return suffices_share(one.errors[one.chosen(n, rng)], 32, 0.15, against=n // 2), None

        yield "32 suffice", name, ("as in the rows", "supported", None, run)
        yield "32 suffice", name, ("as in the rows", "contradicted", None, run)


def simulate(repeats: int, only: str) -> pd.DataFrame:
    """One row a case and n; of the rules or populations whose name holds that word."""
    found = []
    for rule, of, (truth, verdict, level, run) in (*means(), *margins(), *best(), *rates(world), *trends(world)):
        if only not in f"{rule}: {of}":
            continue
        for n in SEARCHED if rule == "32 suffice" else SIZES:
            rng = np.random.default_rng(n)
            drawn = [run(n, rng) for _ in range(repeats)]
            said = np.mean([one.verdict == verdict for one, _ in drawn])
            before = np.mean([old.verdict == verdict for _, old in drawn if old]) if drawn[0][1] else np.nan
            row = {"rule": rule, "populations": of, "truth": truth, "n": n, "verdict": verdict, "level": level}
            found.append(row | {"share": said, "before": before, "simulations": repeats})
            print(*found[-1].values(), sep=", ", flush=True)
    return pd.DataFrame(found).assign(features=features.fingerprint()[:12])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=500)
    parser.add_argument("--output", type=Path, default=FILE)
    parser.add_argument("--only", default="", help="rules or populations whose name holds this; others keep their rows")
    arguments = parser.parse_args()
    table = simulate(arguments.repeats, arguments.only)
    if arguments.only and arguments.output.exists():
        kept = pd.read_csv(arguments.output)
        made = set(table["rule"] + table["populations"])
        table = pd.concat([kept[~(kept["rule"] + kept["populations"]).isin(made)], table])
    table.to_csv(arguments.output, index=False, float_format="%.4g")


if __name__ == "__main__":
    main()
