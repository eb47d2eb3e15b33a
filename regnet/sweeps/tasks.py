"""The trainings of a sheet as tasks: a population's members, and its best ones with new seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from regnet.design.complexity import complexity
from regnet.design.networks import Network
from regnet.design.recipe import Recipe, chosen_by
from regnet.design.sampling import Draw
from regnet.sweeps.journal_lines import Row
from regnet.sweeps.population import Population, training_seed
from regnet.sweeps.rows import realised
from regnet.sweeps.sealing import read_sheet
from regnet.sweeps.sheet_names import population_sheet
from regnet.sweeps.sheets import Sheet

BEST = 10  # members of a population that are retrained
REPEATS = 3  # new seeds for each


@dataclass(frozen=True)
class Task:
    """One training: its sheet, its turn (low ones first), the row's cells known beforehand, and what to train."""

    sheet: str
    turn: int
    cells: Row
    network: Network
    recipe: Recipe
    seed: int
    outcome: tuple[str, ...] = ("status", "error", "seconds")
    test: bool = False  # read the test images too: final models only
    engine: str = ""  # what trains it; empty: the best here
    checkpoint: Path | None = None  # where a long training is saved meanwhile
    data_sha256: str = ""  # of the images that it is to be trained on; empty: those that are there

    @property
    def name(self) -> str:
        """What it is called where it fails: sheet and member, or the final model."""
        return f"{self.sheet}, {self.cells.get('model') or 'member ' + str(self.cells['index'])}"


@dataclass(frozen=True)
class Plan:
    """The tasks of one sheet in order, done ones included, and the recipe that its header states."""

    sheet: Sheet
    recipe: Recipe
    tasks: Sequence[Task]


def member_tasks(population: Population, n: int) -> list[Task]:
    """The training of each of the first n members, in order."""
    return [_member_task(population, draw) for draw in population.draws(n)]


def repeat_tasks(population: Population, n: int) -> list[Task]:
    """The retrainings of the ten lowest errors among the first n members: first seed of each, second of each, ..."""
    content = read_sheet(population_sheet(population))
    rows = [row for row in content.rows.values() if int(row["index"]) < n and row["status"] != "failed"]
    if len(rows) < n:
        raise ValueError(
            f"{len(rows)} of {n} members of {population.regime}/{population.name} are trained: their ten best are "
            f"known after `regnet sweep {population.regime} {population.name} -n {n}`"
        )
    best = sorted(rows, key=lambda row: (float(row[chosen_by(row)]), int(row["index"])))[:BEST]
    draws = population.draws(n)
    order = enumerate((row, repeat) for repeat in range(1, REPEATS + 1) for row in best)
    return [_repeat_task(population, draws[int(row["index"])], repeat, turn) for turn, (row, repeat) in order]


def _member_task(population: Population, draw: Draw) -> Task:
    net, recipe = draw.network, population.recipe_of(draw)
    counts = complexity(net, resolution=recipe.resolution, num_classes=recipe.num_classes)
    seed = training_seed(population.seed, draw.index)
    cells: Row = {"index": draw.index, "network_id": net.id}
    cells |= {f"drawn_{name}": _plain(value) for name, value in draw.drawn.items()}
    cells |= realised(net)
    cells |= {"flops": counts.flops, "params": counts.params, "acts": counts.acts, "seed": seed}
    return Task(population.name, draw.index, cells, net, recipe, seed, population.setting.outcome)


def _repeat_task(population: Population, draw: Draw, repeat: int, turn: int) -> Task:
    index, network = draw.index, draw.network
    seed = training_seed(population.seed, index, repeat)
    cells: Row = {"index": index, "seed": seed, "length": population.length, "network_id": network.id}
    outcome = with_test(population.setting.outcome)  # test_error stays empty here
    return Task(f"{population.name}.repeats", turn, cells, network, population.recipe_of(draw), seed, outcome)


def with_test(outcome: Sequence[str]) -> tuple[str, ...]:
    """What rows of repeats and of final models keep: a population's outcome, test_error before seconds.

    >>> with_test(("status", "error", "seconds"))
    ('status', 'error', 'test_error', 'seconds')
    """
    return (*outcome[:-1], "test_error", outcome[-1])


def _plain(value: Any) -> int | float:
    """A drawn value as a Python number, whole ones as int."""
    return int(value) if float(value).is_integer() and not isinstance(value, float) else float(value)
