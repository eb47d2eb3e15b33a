"""The trainings that choose L1: a grid of recipes, and one long training, for networks of a seed used nowhere else.

Only the trainings; what they say of each recipe is in `regnet/analysis/calibration.py`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from types import MappingProxyType

import pandas as pd

from regnet.design.complexity import complexity
from regnet.design.recipe import Recipe
from regnet.design.sampling import Draw
from regnet.design.scalars import BATCH, IMAGES, MEMBERS, reals, set_whole, wholes
from regnet.sweeps.engine import Engine
from regnet.sweeps.frames import as_frame, without_failed
from regnet.sweeps.journal_lines import Row
from regnet.sweeps.population import Population, training_seed
from regnet.sweeps.progress import Report
from regnet.sweeps.regimes import find_regime, regimes
from regnet.sweeps.sealing import read_sheet
from regnet.sweeps.sheet_names import sheet_of
from regnet.sweeps.sweep import drive
from regnet.sweeps.tasks import Plan, Task

SHEET = "calibration"
SEED = 200313678  # arXiv:2003.13678; no population is drawn with it
SPACES = ("anynetx_a", "regnetx")
SEEDS = 2  # trainings of each network by each candidate


@dataclass(frozen=True)
class Grid:
    """Candidates: every combination of `images`, `batch` and `lr`; and the long training they are compared with.

    The warm-up is a tenth of the images. `networks` counts those of both spaces together.
    """

    images: tuple[int, ...] = (6400,)
    batch: tuple[int, ...] = (64, 128)
    lr: tuple[float, ...] = (0.1, 0.2, 0.4)
    networks: int = 16
    long_images: int = 100_000
    long_batch: int = 128
    long_lr: float = 0.1
    validation_images: int = 10_000

    def __post_init__(self) -> None:
        object.__setattr__(self, "images", wholes("images", self.images, high=IMAGES))
        object.__setattr__(self, "batch", wholes("batch", self.batch, high=BATCH))
        object.__setattr__(self, "lr", reals("lr", self.lr, above=0))
        set_whole(self, "networks", high=MEMBERS)
        if self.networks % len(SPACES):
            raise ValueError(f"networks must be a positive multiple of {len(SPACES)}, got {self.networks}")

    @property
    def trainings(self) -> int:
        """How many there are."""
        return self.networks * (1 + SEEDS * len(self.images) * len(self.batch) * len(self.lr))

    @property
    def images_seen(self) -> int:
        """Training images of all of them together."""
        return self.networks * (self.long_images + SEEDS * sum(self.images) * len(self.batch) * len(self.lr))


GRIDS: Mapping[str, Grid] = MappingProxyType({
    "pocket": Grid(),
    "smoke": Grid((128, 256), (16,), (0.1,), networks=4, long_images=512, long_batch=16, validation_images=256),
})  # fmt: skip


def on_a_grid(regime: str) -> bool:
    """Whether a regime is calibrated on one grid, as those of one's own are."""
    return regime in GRIDS or regime not in regimes


def default_grid(regime: str) -> Grid:
    """The grid of a regime; of one of one's own three rates around its own, beside trainings four times as long.

    Raises:
        ValueError: a regime whose recipe is given, not calibrated.
    """
    if not on_a_grid(regime):
        raise ValueError(
            f"regime {regime} is not calibrated on a grid: one of {', '.join(GRIDS)} expected, or your own"
        )
    return GRIDS[regime] if regime in GRIDS else _around(find_regime(regime).base)


def _around(base: Recipe) -> Grid:
    return Grid(
        (base.images,), (base.batch,), (base.lr / 2, base.lr, base.lr * 2), long_images=4 * base.images,
        long_batch=base.batch, long_lr=base.lr, validation_images=base.validation_images,
    )  # fmt: skip


def calibrate(regime: str, grid: Grid, engine: Engine) -> Report:
    """Trains what is missing of the grid; resumable as a sweep is, and raises what `sweep_populations` raises."""
    population = Population(SPACES[0], regime, seed=SEED)
    return drive([Plan(sheet_of(SHEET, regime), _long(population, grid), tasks(regime, grid))], engine)


def trainings(regime: str) -> pd.DataFrame:
    """The finished trainings, sealed or in the journal, without failed ones."""
    return without_failed(as_frame(read_sheet(sheet_of(SHEET, regime))))


def tasks(regime: str, grid: Grid) -> list[Task]:
    """Network by network, the two spaces in turn: the long training, then each candidate with each seed."""
    populations = [Population(space, regime, seed=SEED) for space in SPACES]
    drawn = [population.draws(grid.networks // len(SPACES)) for population in populations]
    found: list[Task] = []
    for row in zip(*drawn, strict=True):
        for population, draw in zip(populations, row, strict=True):
            for role, recipe, repeat in _trainings(population, grid):
                found.append(_task(population, draw, role, recipe, repeat, len(found)))
    return found


def _trainings(population: Population, grid: Grid) -> Iterator[tuple[str, Recipe, int]]:
    long = _long(population, grid)
    yield "long", long, SEEDS
    for images, batch, lr in product(grid.images, grid.batch, grid.lr):
        for repeat in range(SEEDS):
            yield "candidate", replace(long, images=images, batch=batch, lr=lr, warmup_images=images // 10), repeat


def _long(population: Population, grid: Grid) -> Recipe:
    return replace(
        population.recipe,
        images=grid.long_images,
        batch=grid.long_batch,
        lr=grid.long_lr,
        warmup_images=grid.long_images // 10,
        validation_images=grid.validation_images,
    )


def _task(population: Population, draw: Draw, role: str, recipe: Recipe, repeat: int, turn: int) -> Task:
    seed = training_seed(SEED, draw.index, repeat)
    counts = complexity(draw.network, resolution=recipe.resolution, num_classes=recipe.num_classes)
    cells: Row = {
        "space": population.space, "index": draw.index, "network_id": draw.network.id, "flops": counts.flops,
        "role": role, "images": recipe.images, "batch": recipe.batch, "lr": recipe.lr,
        "validation_images": recipe.validation_images, "seed": seed,
    }  # fmt: skip
    return Task("calibration", turn, cells, draw.network, recipe, seed)
