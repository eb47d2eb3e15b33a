"""What the paper's own experiments cost: trainings, images, multiply-adds and GPU-hours of each figure and table.

Networks, flops and epochs are the paper's. Where it states no number of networks, 500 are counted in section 3 and 100
in section 4; the 25 random settings of section 5 are counted at 25 epochs, Table 7's trainings once. Of Figs 19 to 22
numbers are not known, and regimes only in part: they are left out. A population's networks count as the upper end of
their window. Hours on a V100 are those that the paper prints for 100 epochs on 8 of them, between its RegNetXs in
proportion on logarithmic axes; other networks of the same flops take longer, those with large activations above all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from regnet import published
from regnet.design.recipe import Precision
from regnet.sweeps import timings
from regnet.sweeps.folders import CHECKOUT
from regnet.sweeps.price import BACKWARD
from regnet.sweeps.regimes import IMAGENET_TRAIN

GPUS, PRINTED = 8, 100  # GPUs and epochs of the paper's hours
REGIMES = (0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8)  # of section 4, in 10^9 multiply-adds


@dataclass(frozen=True)
class Trainings:
    """`count` trainings of `what`, each of `gf` 10^9 multiply-adds an image; `stated`: the paper says all of it."""

    what: str
    count: int
    gf: float
    epochs: int
    stated: bool = True

    @property
    def images(self) -> int:
        """Images that are trained on, of all these trainings."""
        return self.count * self.epochs * IMAGENET_TRAIN

    @property
    def multiply_adds(self) -> float:
        """Forward and backward, of all these trainings."""
        return BACKWARD * self.gf * 1e9 * self.images

    @property
    def v100_hours(self) -> float:
        """GPU-hours by the paper's column of training times."""
        return self.count * self.epochs / PRINTED * GPUS * _printed_hours(self.what, self.gf)


@cache
def h100_hours(precision: Precision = "fp32") -> pd.DataFrame:
    """What 100 epochs of the paper's RegNetXs take on one H100, by training steps that were timed.

    Columns: model, hours (of one GPU, data not loaded), and faster, V100-hours that the paper prints over these.
    """
    rows = timings.read(CHECKOUT / "runs")
    own = rows["device"].str.contains("H100") & rows["train"].astype(bool) & (rows["precision"] == precision)
    rows = rows[own & (rows["status"] == "ok") & rows["model"].str.startswith("regnetx")]
    hours = rows["ms_median"] / 3.6e6 / rows["batch"] * PRINTED * IMAGENET_TRAIN
    models = published.load("paper_models")
    models = models.set_index(models["model"].str.lower()).loc[rows["model"]].set_axis(rows.index)
    printed = GPUS * models["train_hr_100ep_8gpu"]
    return pd.DataFrame({"model": models["model"], "hours": hours, "faster": printed / hours}).reset_index(drop=True)


def faster() -> float:
    """How many times as fast as a V100 an H100 trains a RegNetX: the median of those timed."""
    return float(h100_hours()["faster"].median())


@cache
def _printed_hours(what: str, gf: float) -> float:
    """Hours for 100 epochs on 8 V100: a published network's, else those of a RegNetX of these flops."""
    models = published.load("paper_models")
    if (models["model"] == what).any():
        return float(models.loc[models["model"] == what, "train_hr_100ep_8gpu"].iloc[0])
    line = models[models["model"].str.startswith("RegNetX")].sort_values("flops_G")
    hours = np.interp(np.log(gf), np.log(line["flops_G"]), np.log(line["train_hr_100ep_8gpu"]))
    return float(np.exp(hours))


def _section3(*spaces: str, gf: float = 0.4, epochs: int = 10, stated: bool = False) -> tuple[Trainings, ...]:
    return tuple(Trainings(space, 500, gf, epochs, stated) for space in spaces)


def _section4(space: str, *regimes: float) -> tuple[Trainings, ...]:
    return tuple(Trainings(space, 100, gf, 25) for gf in regimes)


def _section5(*names: str) -> tuple[Trainings, ...]:
    """Five trainings of each published network, and the 25 settings that a RegNet is the best of."""
    models = published.load("paper_models").set_index("model")["flops_G"]
    found: list[Trainings] = []
    for name in names:
        if name.startswith("RegNet"):
            found.append(Trainings(f"settings of {name}", 25, models[name], 25, stated=False))
        found.append(Trainings(name, 5, models[name], PRINTED))
    return tuple(found)


@cache
def elements() -> dict[str, tuple[Trainings, ...]]:
    """Element -> what was trained for it; a population that several share is in each of them.

    >>> [trainings.what for trainings in elements()["fig05"]]
    ['A', 'B', 'C']
    """
    a, b, c = _section3("A", "B", "C", stated=True)
    d, e, x, wm, w0 = _section3("D", "E", "RegNetX", "RegNetX w_m=2", "RegNetX w_0=w_a")
    other = [_section3(*(f"{kind} {space}" for space in ("A", "E", "RegNet"))) for kind in ("5 stages", "R", "V", "VR")]
    u, constrained = _section4("RegNetX U", *REGIMES), _section4("RegNetX C", *REGIMES)
    names = ("inverted", "depthwise", "any resolution", "RegNetY")
    fig14 = (
        *constrained[1:3],
        *(_section4(f"{name} C", 0.4)[0] for name in names),
        *_section4("any resolution C", 0.8),
    )
    longer = Trainings("EfficientNet-B0", 2, 0.4, 250, stated=False)  # without and with DropPath
    models = published.load("paper_models")["model"]
    fig15, fig16, tab03, tab04 = (
        _section5(*models[models.str.startswith(name)]) for name in ("RegNetX", "RegNetY", "ResNe", "EfficientNet")
    )
    sizes = ("400MF", "800MF", "1.6GF", "3.2GF", "6.4GF", "12GF")
    compared = [_section5(*(f"{family}-{size}" for size in sizes)) for family in ("RegNetX", "RegNetY")]
    return {
        "fig02": (a,),
        "fig05": (a, b, c),
        "fig07": (c, d, e, *_section3("C w equal", "C w decreasing", "D d equal", "D d decreasing")),
        "fig08": (c, d, e),
        "fig09": (a, e, x, wm, w0),
        "fig10": (
            *_section3("A", "E", "RegNetX", gf=0.8),
            *_section3("A", "E", "RegNetX", epochs=50),
            *(one for kind in other for one in kind),
        ),
        "fig11": u,
        "fig12": u,
        "fig13": (*u, *constrained),
        "fig14": fig14,
        "fig15": fig15,
        "fig16": fig16,
        "fig17": (*compared[0][2:], *tab03),
        "fig18": (*compared[0], *compared[1], *tab04),
        "fig23right": (x, *(kind[2] for kind in other[1:])),
        "tab03": tab03,
        "tab04": tab04,
        "tab07": (longer,),
    }


def table() -> pd.DataFrame:
    """One row an element, and a last one, "all", with each training once.

    Columns: element, trainings, images, multiply_adds, v100_hours, h100_hours (these over `faster`) and stated, whether
    the paper says how many networks and epochs.
    """
    every = elements()
    rows = [_row(name, found) for name, found in every.items()]
    return pd.DataFrame([*rows, _row("all", dict.fromkeys(one for found in every.values() for one in found))])


def _row(name: str, found: Iterable[Trainings]) -> dict[str, object]:
    found = tuple(found)
    hours = sum(one.v100_hours for one in found)
    return {
        "element": name, "trainings": sum(one.count for one in found), "images": sum(one.images for one in found),
        "multiply_adds": sum(one.multiply_adds for one in found), "v100_hours": hours, "h100_hours": hours / faster(),
        "stated": all(one.stated for one in found),
    }  # fmt: skip
