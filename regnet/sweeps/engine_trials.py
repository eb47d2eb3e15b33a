"""Do the engines train alike? Networks trained by each: sealed members once more, and three networks with many seeds.

Three sheets, each of one engine: `engines-native`, `engines-torch` and `engines-float32`: PyTorch in float32, referee.
The members, the first of each of section 3's populations, are trained by the compiled engine alone: their rows are the
other half of the pair. The three networks are of a seed used for no population; the last is known to be chaotic: its
trainings by one engine and seed end far apart when a rounding differs.
"""

from collections.abc import Mapping
from dataclasses import replace

from regnet.sweeps.engine import Engine
from regnet.sweeps.experiments import named
from regnet.sweeps.journal_lines import Row
from regnet.sweeps.population import Population, training_seed
from regnet.sweeps.progress import Report
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.sheet_names import sheet_of
from regnet.sweeps.sweep import drive
from regnet.sweeps.tasks import Plan, Task, member_tasks

MEMBERS = 5  # of each of section 3's twelve populations
SEED = 2020  # of the three networks
# Space, index and trainings by each engine. The last had 20 at first, whose interval left 0 out: 40 more decide.
NETWORKS = (("anynetx_a", 0, 20), ("regnetx", 0, 20), ("anynetx_a", 5, 60))
TRAINERS: Mapping[str, tuple[str, str]] = {  # sheet: engine and precision
    "engines-native": ("native", "bf16"),
    "engines-torch": ("torch", "bf16"),
    "engines-float32": ("torch", "fp32"),
}


def compare(regime: str, engine: Engine) -> list[Report]:
    """Trains what is missing of the three sheets; resumable, and raises what `sweep_populations` raises."""
    return [drive([_plan(name, regime)], engine, trainer) for name, (trainer, _) in TRAINERS.items()]


def _plan(name: str, regime: str) -> Plan:
    recipe = replace(find_regime(regime).base, precision=TRAINERS[name][1])  # type: ignore[arg-type]
    tasks = _members(regime) if name == "engines-native" else []
    tasks += _networks(regime)
    return Plan(
        sheet_of(name, regime),
        recipe,
        [replace(task, sheet=name, turn=turn, recipe=recipe) for turn, task in enumerate(tasks)],
    )


def _members(regime: str) -> list[Task]:
    """Members with the seeds that their rows were trained with."""
    populations = named(regime)
    tasks = [(p, task) for p in populations for task in member_tasks(p, MEMBERS)]
    return [_task(p, task, "member", task.seed) for p, task in tasks]


def _networks(regime: str) -> list[Task]:
    """The three networks with their first seed, then with their second, ..."""
    chosen = [(Population(space, regime, seed=SEED), index, seeds) for space, index, seeds in NETWORKS]
    first = [(p, member_tasks(p, index + 1)[index], seeds) for p, index, seeds in chosen]
    return [
        _task(population, task, "network", training_seed(SEED, int(task.cells["index"]), repeat))
        for repeat in range(max(seeds for *_, seeds in first))
        for population, task, seeds in first
        if repeat < seeds
    ]


def _task(population: Population, task: Task, role: str, seed: int) -> Task:
    cells: Row = {
        "population": population.name, "index": task.cells["index"], "seed": seed, "role": role,
        "network_id": task.network.id, "d": task.network.depth, "flops": task.cells["flops"],
    }  # fmt: skip
    return replace(task, cells=cells, seed=seed)
