"""Calibration in stages, for a regime whose every length has its own rate: the rates, then how lengths rank networks.

- `rates`: each length by each rate, on few networks of every space of section 3 (of two spaces for the long one).
- `ranks`: more networks of two spaces by each length at its best rate, the long one included.

A data set has a sheet of its own, `calibration-<classes>`, since a sheet is of one data set. Networks are of a seed
used nowhere else, their windows counted with the data set's classes. Only the trainings; what they say is in
`regnet/analysis/length_choice.py`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import pandas as pd

from regnet.design.complexity import complexity
from regnet.design.recipe import Recipe
from regnet.design.sampling import Draw
from regnet.design.scalars import CLASSES, IMAGES, MEMBERS, reals, set_whole, wholes
from regnet.sweeps.calibration import SEED, SEEDS, SPACES
from regnet.sweeps.experiments import SECTION3
from regnet.sweeps.frames import as_frame, without_failed
from regnet.sweeps.journal_lines import Row
from regnet.sweeps.population import Population, training_seed
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.rows import realised
from regnet.sweeps.sealing import read_sheet
from regnet.sweeps.sheet_names import sheet_of
from regnet.sweeps.sheets import Sheet
from regnet.sweeps.tasks import Plan, Task

STATED_LR = 0.1  # in the sheets' headers: the same whatever the search finds
SECONDS = 0.28e-3  # CPU seconds of a trained image before any is measured: compiled engine, AMD EPYC with AVX-512
Rates = Mapping[tuple[int, int], float]
"""(classes, images) -> learning rate."""


@dataclass(frozen=True)
class Search:
    """What is tried: data sets by their number of classes, lengths in images, rates.

    Planned as well: 6,400 images, left out, since after 12,800 images of 50 classes networks are right about once in
    nine; lr 0.05, worse than 0.1 at the two lengths whose rows lie in the sheet; and 20 classes, left out: their 2,000
    validation images give an error near 75% a standard error of 1.0 point, and the errors of 16 RegNets had a standard
    deviation of 1.1 there (a pilot), so that next to nothing is left to rank. With 50 classes the error is 0.5.

    The warm-up is a tenth of a length. `long_images`, the longest length, is what the others are ranked against;
    `rate_networks` and `rank_networks` are numbers a space.
    """

    classes: tuple[int, ...] = (50,)
    images: tuple[int, ...] = (12_800, 25_600, 102_400)
    lr: tuple[float, ...] = (0.1, 0.2, 0.4, 0.8)
    long_images: int = 102_400
    batch: int = 64
    rate_networks: int = 4
    rank_networks: int = 48
    validated: int = 100  # images a class: all there are

    def __post_init__(self) -> None:
        object.__setattr__(self, "classes", wholes("classes", self.classes, high=CLASSES))
        object.__setattr__(self, "images", wholes("images", self.images, high=IMAGES))
        object.__setattr__(self, "lr", reals("lr", self.lr, above=0))
        set_whole(self, "rate_networks", "rank_networks", high=MEMBERS)

    @property
    def spaces(self) -> tuple[str, ...]:
        """Those whose mean error chooses a rate."""
        return SECTION3

    def spaces_of(self, images: int) -> tuple[str, ...]:
        """The spaces on which a length's rate is chosen: the long training only ranks networks of two."""
        return SPACES if images == self.long_images else self.spaces


SEARCHES: Mapping[str, Search] = MappingProxyType({"natural": Search()})


def sheet(regime: str, classes: int) -> Sheet:
    """Where the trainings on the data set of so many classes lie."""
    return sheet_of(f"calibration-{classes}", regime)


def trainings(regime: str, classes: Sequence[int]) -> pd.DataFrame:
    """The finished trainings on these data sets, sealed or in the journals, without failed ones."""
    frames = [as_frame(content) for k in classes if (content := read_sheet(sheet(regime, k))).rows]
    return without_failed(pd.concat(frames, ignore_index=True)) if frames else pd.DataFrame()


def networks(regime: str, space: str, n: int, classes: int) -> pd.DataFrame:
    """The first n networks of a space, by index: columns d1 ... g4, params, acts."""
    rows = []
    for draw in _draws(regime, space, n, classes):
        counts = complexity(draw.network, resolution=find_regime(regime).resolution, num_classes=classes)
        rows.append(realised(draw.network) | {"params": counts.params, "acts": counts.acts})
    return pd.DataFrame(rows)


def rate_plans(regime: str, search: Search) -> list[Plan]:
    """Network by network: each length, each space, each rate; a plan a data set."""
    return [_plan(regime, search, k, _rate_runs(search)) for k in search.classes]


def rank_plans(regime: str, search: Search, rates: Rates) -> list[Plan]:
    """Network by network, the two spaces in turn: each length at its rate, the long one included; a plan a data set."""
    return [_plan(regime, search, k, _rank_runs(search, rates, k)) for k in search.classes]


def price(plans: Sequence[Plan]) -> pd.DataFrame:
    """What plans cost: one row a data set and length, columns classes, images, trainings, done, seconds, core_hours.

    `seconds` are of one training, measured where there are rows, else in proportion to images; `core_hours` are what
    is left.
    """
    rows = []
    for plan in plans:
        done = {key: row for key, row in read_sheet(plan.sheet).rows.items() if row["status"] != "failed"}
        for images in dict.fromkeys(task.recipe.images for task in plan.tasks):
            keys = [plan.sheet.key_of(task.cells) for task in plan.tasks if task.recipe.images == images]
            finished, seconds = sum(key in done for key in keys), _seconds(done.values(), images)
            left = seconds * (len(keys) - finished) / 3600
            about = {"classes": plan.recipe.num_classes, "images": images}
            rows.append(about | {"trainings": len(keys), "done": finished, "seconds": seconds, "core_hours": left})
    return pd.DataFrame(rows)


def _seconds(rows: Iterable[Mapping[str, str]], images: int) -> float:
    """Mean CPU seconds of a training of a length."""
    every = [(int(row["images"]), float(row["seconds"])) for row in rows]
    measured = [seconds for of, seconds in every if of == images]
    if measured:
        return sum(measured) / len(measured)
    each = sum(seconds for _, seconds in every) / sum(of for of, _ in every) if every else SECONDS
    return images * each


@dataclass(frozen=True)
class _Run:
    """One training before its network is drawn."""

    space: str
    index: int
    images: int
    lr: float


def _rate_runs(search: Search) -> list[_Run]:
    return [
        _Run(space, index, images, lr)
        for index in range(search.rate_networks)
        for images in search.images
        for space in search.spaces_of(images)
        for lr in search.lr
    ]


def _rank_runs(search: Search, rates: Rates, classes: int) -> list[_Run]:
    lengths = dict.fromkeys((*search.images, search.long_images))
    return [
        _Run(space, index, images, rates[classes, images])
        for index in range(search.rank_networks)
        for space in SPACES
        for images in lengths
    ]


def _plan(regime: str, search: Search, classes: int, runs: Sequence[_Run]) -> Plan:
    counts = {space: 1 + max(run.index for run in runs if run.space == space) for space in {run.space for run in runs}}
    drawn = {space: _draws(regime, space, n, classes) for space, n in counts.items()}
    place = sheet(regime, classes)
    tasks = [_task(place, regime, search, classes, run, drawn, turn) for turn, run in enumerate(runs)]
    return Plan(place, _recipe(regime, search, classes, search.long_images, STATED_LR), tasks)


def _draws(regime: str, space: str, n: int, classes: int) -> list[Draw]:
    population = Population(space, regime, seed=SEED)
    setting = population.setting
    return population.design.draw(
        n, seed=SEED, resolution=setting.resolution, num_classes=classes, flops=setting.window()
    )


def _recipe(regime: str, search: Search, classes: int, images: int, lr: float) -> Recipe:
    base = find_regime(regime).base
    return replace(
        base, data=f"{base.data.rpartition('-')[0]}-{classes}", num_classes=classes, images=images, batch=search.batch,
        lr=lr, warmup_images=images // 10, validation_images=search.validated * classes,
    )  # fmt: skip


def _task(
    place: Sheet, regime: str, search: Search, classes: int, run: _Run, drawn: Mapping[str, list[Draw]], turn: int
) -> Task:
    network, recipe = drawn[run.space][run.index].network, _recipe(regime, search, classes, run.images, run.lr)
    long = run.images == search.long_images
    seed = training_seed(SEED, run.index, SEEDS if long else 0)  # the long training shares no seed with what it ranks
    counts = complexity(network, resolution=recipe.resolution, num_classes=classes)
    cells: Row = {
        "space": run.space, "index": run.index, "network_id": network.id, "flops": counts.flops,
        "role": "long" if long else "candidate", "classes": classes, "images": recipe.images, "batch": recipe.batch,
        "lr": recipe.lr, "validation_images": recipe.validation_images, "seed": seed,
    }  # fmt: skip
    return Task(place.name, turn, cells, network, recipe, seed, find_regime(place.regime).outcome)
