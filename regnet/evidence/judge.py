"""The claims of a regime judged on its sealed runs, once a process."""

from dataclasses import replace
from functools import lru_cache

import pandas as pd

from regnet.analysis.judgement import Judgement
from regnet.analysis.rule_sets import RuleSet, rules_of
from regnet.analysis.rules.timing import AT_SIZE
from regnet.design.zoo import zoo
from regnet.evidence.untrained import untrained
from regnet.sweeps import timings
from regnet.sweeps.population import Population
from regnet.sweeps.regimes import Regime, find_regime
from regnet.sweeps.store import MissingPopulation, Runs


def judgements(runs: Runs, rules: RuleSet | None = None) -> tuple[Judgement, ...]:
    """Every claim judged on what is sealed and timed; files that have not changed are judged once a process.

    rules: another set than the regime's, whose verdicts are then post hoc.
    """
    files = [*sorted(runs.folder.glob("*.json")), *sorted((runs.folder.parent / timings.FOLDER).glob("*.csv"))]
    states = tuple((file.name, file.stat().st_mtime_ns) for file in files)
    return _judge(runs, states, rules or rules_of(runs.regime))


@lru_cache(maxsize=8)
def _judge(runs: Runs, files: tuple[tuple[str, int], ...], rules: RuleSet) -> tuple[Judgement, ...]:
    """`files` is what the cache goes by: sealing writes a population's JSON anew."""
    del files
    here = {
        name: claimed(name, runs.regime).name
        for name in sorted({name for claim in rules.claims for name in claim.populations})
    }
    here = {name: own for name, own in here.items() if runs.count(own)}
    frames = {name: runs.members(own) for name, own in here.items()}
    repeats = {name: runs.repeats(own) for name, own in here.items()}
    regime = find_regime(runs.regime)
    if why := _unjudged(regime):
        found = rules.judge({}, {}, regime.margin, finals=None, timings=_timings(runs, {}))
        return tuple(replace(one, note=why) if one.adjusted == "not tested here" else one for one in found)
    found = rules.judge(
        frames,
        repeats,
        regime.margin,
        untrained=lambda name: untrained(claimed(name, regime.name)),
        finals=_finals(runs),
        timings=_timings(runs, here),
    )
    return tuple(found)


def _unjudged(regime: Regime) -> str:
    """Why what a regime measures is not judged; empty where it is."""
    if regime.limits:
        return ""
    return f"not judged: regime {regime.name} has no limits of space C yet (regnet limits {regime.name})"


def claimed(name: str, regime: str) -> Population:
    """A population that claims name, as pocket does, in a regime.

    >>> claimed("regnetx-6mf-l2", "imagenet").name
    'regnetx-800mf-l2'
    """
    return Population.parse(name, "pocket").at(regime)


def _finals(runs: Runs) -> pd.DataFrame | None:
    try:
        return runs.finals()
    except MissingPopulation:
        return None


def _timings(runs: Runs, here: dict[str, str]) -> pd.DataFrame:
    """Published networks, the regime's populations and those of `AT_SIZE`, each at its own resolution.

    The regime's own are named as in the claims; those of the paper's size as "imagenet/regnetx-l2", in every regime.
    """
    rows = timings.read(runs.folder.parent)
    published, own, large = (rows[rows["regime"] == regime] for regime in ("", runs.regime, AT_SIZE))
    published = published[published["resolution"] == [zoo.resolution(name) for name in published["model"]]]
    own = own[own["resolution"] == find_regime(runs.regime).resolution]
    own = own.replace({"population": {name: claim for claim, name in here.items()}})
    large = large[large["resolution"] == find_regime(AT_SIZE).resolution]
    return pd.concat([published, own, large.assign(population=f"{AT_SIZE}/" + large["population"])], ignore_index=True)
