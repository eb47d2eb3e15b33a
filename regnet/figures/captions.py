"""Sentences that captions share: which regime, which networks, how many, how to read a panel. All computed."""

from __future__ import annotations

from collections.abc import Sequence

from regnet import published
from regnet.figures import style
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.store import Runs

DATA = {
    "fashion-mnist": "Fashion-MNIST",
    "fashion-mnist-small": "a small subset of Fashion-MNIST",
    "imagenet": "ImageNet",
}
RANGE = (
    "Shaded: where the best networks lie (footnote 4 of the paper: about the 15 best, whatever n is; "
    "not a confidence interval that shrinks); line: the most likely best value; above: the whole population."
)
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
BRACKETS = "[least|mean] error in %."


def setting(runs: Runs, populations: Sequence[str]) -> str:
    """Regime, data, flops, training length and n of the populations shown, and how many of them diverged."""
    info = runs.info(populations[0])["recipe"]
    low, high = (flops / 1e6 for flops in find_regime(runs.regime).window())
    data = DATA.get(info["data"], info["data"])
    words = (
        f"Measured here, regime {runs.regime}: {data} at {info['resolution']} px, networks of {low:g} to {high:g} MF, "
        f"each trained on {info['images']:,} images, {_counts(runs, populations)}."
    )
    return words + _diverged(runs, populations)


def paper_setting(*figures: int) -> str:
    """Where the paper's numbers beside ours come from.

    >>> paper_setting(7)
    'Paper: printed in arXiv:2003.13678 Fig 7 (ImageNet, 400MF, 10 epochs).'
    """
    table = published.load("paper_edf_legends")
    rows = [table[table["figure"] == figure].iloc[0] for figure in figures]
    row, sources = rows[0], " and ".join(row["source"] for row in rows)
    return f"Paper: printed in {sources} (ImageNet, {row['flop_regime']}, {row['epochs']} epochs)."


def _counts(runs: Runs, populations: Sequence[str]) -> str:
    counts = {name: runs.count(name) for name in populations}
    if len(set(counts.values())) == 1:
        return f"n = {counts[populations[0]]}" + (" a population" if len(counts) > 1 else "")
    return "n = " + ", ".join(f"{count} ({style.label(name)})" for name, count in counts.items())


def _diverged(runs: Runs, populations: Sequence[str]) -> str:
    counts = {name: int((runs.frame(name)["status"] == "diverged").sum()) for name in populations}
    some = [f"{count} of {style.label(name)}" for name, count in counts.items() if count]
    return f" Diverged, counted with the error of chance: {', '.join(some)}." if some else ""


def power(count: int) -> str:
    """A large count with one decimal and a power of ten.

    >>> power(301989888)
    '3.0×10⁸'
    """
    mantissa, exponent = f"{count:.1e}".split("e+")
    return f"{mantissa}×10{str(int(exponent)).translate(SUPERSCRIPTS)}"
