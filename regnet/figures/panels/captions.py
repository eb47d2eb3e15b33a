"""Sentences that captions share: which regime, which networks, how many, how to read a panel. All computed."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from regnet import published
from regnet.analysis import counts
from regnet.analysis.rules.printed import size
from regnet.sweeps import labels
from regnet.sweeps.population import Population
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.store import Runs

DATA = {
    "fashion-mnist": "Fashion-MNIST",
    "fashion-mnist-small": "a small subset of Fashion-MNIST",
    "tiny-imagenet-20": "20 classes of Tiny-ImageNet",
    "tiny-imagenet-50": "50 classes of Tiny-ImageNet",
    "imagenet": "ImageNet",
}


def data_name(name: str) -> str:
    """A data set in words; one of one's own has its regime's name."""
    return DATA.get(name, name)


RANGE = (
    "Shaded: where the best networks lie (footnote 4 of the paper: about the 15 best, whatever n is; "
    "not a confidence interval that shrinks); line: the most likely best value; above: the whole population."
)
Frames = Mapping[str, pd.DataFrame]  # population -> its members
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
BRACKETS = "[least|mean] error in %."
BARE = BRACKETS.replace("[", "").replace("]", "")


def setting(runs: Runs, populations: Sequence[str], *, diverged: bool = True) -> str:
    """Regime, data, flops, training length and n of the populations shown; with `diverged` how many of them diverged.

    `populations` are all sealed. Where they differ in flops or length, every window and length is said.
    """
    frames = {name: runs.frame(name) for name in populations}
    recipes = [runs.info(name)["recipe"] for name in frames]
    info = recipes[0]
    multiples = sorted({Population.parse(name, runs.regime).multiple for name in frames})
    windows = [_window(find_regime(runs.regime).window(multiple)) for multiple in multiples]
    images = [f"{count:,}" for count in sorted({int(recipe["images"]) for recipe in recipes})]
    words = (
        f"Measured here, regime {runs.regime}: {data_name(info['data'])} at {_sides(frames, info['resolution'])} px, "
        f"networks of {either(windows)} MF, each trained on {either(images)} images, {_counts(frames)}."
    )
    return words + (_diverged(frames) if diverged else "")


def paper_setting(*figures: int) -> str:
    """Where the paper's numbers beside ours come from.

    >>> paper_setting(7)
    'Paper: printed in arXiv:2003.13678 Fig 7 (ImageNet, 400MF, 10 epochs).'
    >>> paper_setting(10)
    'Paper: printed in arXiv:2003.13678 Fig 10 (ImageNet, 400MF or 800MF, 10 or 50 epochs).'
    """
    table = published.load("paper_edf_legends")
    rows = table[table["figure"].isin(figures)]
    sources = " and ".join(table.loc[table["figure"] == figure, "source"].iloc[0] for figure in figures)
    flops = either(sorted(set(rows["flop_regime"]), key=size))
    epochs = either([str(count) for count in sorted(set(rows["epochs"]))])
    return f"Paper: printed in {sources} (ImageNet, {flops}, {epochs} epochs)."


def listed(words: Sequence[str]) -> str:
    """The words together.

    >>> listed(["1", "2", "3"])
    '1, 2 and 3'
    """
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def either(words: Iterable[str]) -> str:
    """The words as alternatives.

    >>> either(["6", "12", "24"])
    '6, 12 or 24'
    """
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last


def _window(ends: tuple[float, float]) -> str:
    low, high = (flops / 1e6 for flops in ends)
    return f"{low:g} to {high:g}"


def _sides(frames: Frames, resolution: int) -> str:
    """Side of the images in pixels, a range where a population enlarges them."""
    zooms = [frame["drawn_zoom"].max() for frame in frames.values() if "drawn_zoom" in frame]
    return f"{resolution} to {round(resolution * max(zooms))}" if zooms else f"{resolution}"


def _counts(frames: Frames) -> str:
    found = {name: counts.count(frame) for name, frame in frames.items()}
    called = {labels.label(name): count for name, count in found.items()}
    if len({count.n for count in found.values()}) == 1 or len(called) < len(found):
        # alike, or told apart by flops or length: the panels say each n
        return counts.words([*found.values()], more=" a population" if len(found) > 1 else "")
    return counts.listed(called)


def _diverged(frames: Frames) -> str:
    counts = {name: int((frame["status"] == "diverged").sum()) for name, frame in frames.items()}
    alone = len(set(map(labels.label, frames))) == len(frames)
    called = labels.label if alone else labels.described
    some = [f"{count} of {called(name)}" for name, count in counts.items() if count]
    return f" Diverged, counted with the error of chance: {', '.join(some)}." if some else ""


def inverted(frame: pd.DataFrame | None) -> str:
    """How wide the blocks of an inverted bottleneck are that were drawn, for the middle of a caption; "" without any.

    >>> inverted(pd.DataFrame({"drawn_b": [1, 1, 0.5]}))
    'Of the 3 networks with free b 2 have b = 1, and none has b below 1/2. '
    """
    if frame is None:
        return ""
    b = frame["drawn_b"]
    least = f"1/{1 / b.min():.0f}" if b.min() < 1 else "1"
    return f"Of the {len(b)} networks with free b {int((b == 1).sum())} have b = 1, and none has b below {least}. "


def power(count: int) -> str:
    """A large count with one decimal and a power of ten.

    >>> power(301989888)
    '3.0×10⁸'
    """
    mantissa, exponent = f"{count:.1e}".split("e+")
    return f"{mantissa}×10{str(int(exponent)).translate(SUPERSCRIPTS)}"
