"""The limits of the constrained space C: activations and parameters of the best networks of a separate sample.

Source: arXiv:2003.13678, sec. 4, "following Figure 12 (bottom)". The sample has seed 1, so that Figs 11 to 13, drawn
from seed 0, do not judge limits that were fitted to their own networks. The flops of a sample are the upper end of its
window. Half of the best networks' weight lies above a footnote-4 median, so the limits cut into what they are fitted
to, as in the paper.
"""

from dataclasses import replace

from regnet.analysis import growth
from regnet.evidence.trends import Frames, ranges
from regnet.sweeps.experiments import MULTIPLES
from regnet.sweeps.population import Population
from regnet.sweeps.regimes import Limits
from regnet.sweeps.store import MissingPopulation, Runs

MEASURES = ("acts", "params")


def samples(runs: Runs) -> list[Population]:
    """The populations that the limits are fitted to, from the least F on."""
    return [runs.population("regnetx", multiple, length=2, seed=1) for multiple in MULTIPLES]


def whole(runs: Runs) -> Frames:
    """The samples as the limits are fitted to them: each with the members that the regime wants.

    Raises:
        MissingPopulation: one is not there or has fewer; the message names them and the command that makes them.
    """
    wanted, every = samples(runs), runs.whole
    lacking = {p: every.count(p) for p in wanted if every.count(p) < p.wanted}
    if lacking:
        names = " ".join(p.name for p in lacking)
        have = ", ".join(f"{p.name} ({count} of {p.wanted})" for p, count in lacking.items())
        raise MissingPopulation(
            f"limits of regime {runs.regime} need {len(wanted)} samples sealed in {runs.folder}, missing: {have}; "
            f"make them: regnet sweep {runs.regime} {names} && regnet seal {runs.regime} {names}"
        )
    return {p: replace(runs, n=p.wanted).frame(p) for p in wanted}


def fitted(frames: Frames) -> Limits:
    """The least-squares limits through the samples' footnote-4 medians, to three significant digits.

    Raises:
        ValueError: fewer than two samples.
    """
    acts, params = (ranges(frames, measure) for measure in MEASURES)
    a = growth.SQRT.fit(acts["flops"], acts["best"])
    pq = growth.LINE.fit(params["flops"], params["best"])
    return Limits(*(float(f"{value:.3g}") for value in (*a, *pq)))


def line(limits: Limits) -> str:
    """What stands in regnet/sweeps/regimes.py.

    >>> line(Limits(a=80.0, p=200e3, q=0.1))
    'Limits(a=80, p=200000, q=0.1)'
    """
    return f"Limits(a={limits.a:.6g}, p={limits.p:.6g}, q={limits.q:.6g})"


def verdict(found: Limits, frozen: Limits | None, file: str = "") -> str:
    """What to do with limits that were fitted; `file` is that of a regime of one's own.

    >>> print(verdict(Limits(a=80.0, p=200e3, q=0.1), None))
    freeze them in regnet/sweeps/regimes.py, before any network of C is drawn:
    limits=Limits(a=80, p=200000, q=0.1),
    >>> print(verdict(Limits(a=80.0, p=200e3, q=0.1), None, "my.toml"))
    freeze them in my.toml, before any network of C is drawn:
    limits = { a = 80, p = 200000, q = 0.1 }
    """
    if not frozen and file:
        values = f"a = {found.a:.6g}, p = {found.p:.6g}, q = {found.q:.6g}"
        return f"freeze them in {file}, before any network of C is drawn:\nlimits = {{ {values} }}"
    if not frozen:
        return f"freeze them in regnet/sweeps/regimes.py, before any network of C is drawn:\nlimits={line(found)},"
    return f"this fit: {line(found)}\nin force: {line(frozen)}" + (", the same" if frozen == found else "")


def in_words(limits: Limits) -> str:
    """The limits as formulas of f in millions of multiply-adds.

    >>> in_words(Limits(a=80.0, p=200e3, q=0.1))
    'activations 80 √f thousand, parameters 200 + 100 f thousand, f in MF'
    """
    acts = growth.SQRT.formula([limits.a * 1e6**0.5 / 1e3])
    params = growth.LINE.formula([limits.p / 1e3, limits.q * 1e6 / 1e3])
    return f"activations {acts} thousand, parameters {params} thousand, f in MF"
