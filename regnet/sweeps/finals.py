"""Training the final models (sec. 5): longer, with several seeds, and the one reading of the test images.

Which networks they are is in `chosen.py`. Each is trained at length 8 with five seeds of its own, and the same
training that measures the validation error reads the test images, once. Rows are kept as those of populations are.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from regnet.sweeps.chosen import LENGTH, SPACE, Final, models_at
from regnet.sweeps.cost import seconds_each
from regnet.sweeps.engine import Engine
from regnet.sweeps.experiments import MULTIPLES
from regnet.sweeps.journal_lines import Row
from regnet.sweeps.population import Population
from regnet.sweeps.progress import Report
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.sealing import read_sheet
from regnet.sweeps.shards import Shard
from regnet.sweeps.sheet_names import sheet_of
from regnet.sweeps.sheets import StoreConflict, cell
from regnet.sweeps.store import MissingPopulation, Runs
from regnet.sweeps.sweep import WHOLE, drive
from regnet.sweeps.tasks import Plan, Task, with_test

SHEET = "finals"
SEEDS = 5  # trainings of each model
_STREAM = 0x66696E  # sets the seeds apart from those of populations


def train(
    models: Sequence[Final], regime: str, engine: Engine, *, seeds: int = SEEDS, trainer: str = "", shard: Shard = WHOLE
) -> Report:
    """Trains what is missing of each model's first seeds; resumable as a sweep is.

    Raises:
        StoreConflict: a model of that name is in the store with another network or other rates.
        JournalBusy, CoresBusy, JournalFull, JournalLost: as `sweep_populations`.
    """
    setting = find_regime(regime)
    _refuse_others(models, regime)
    plan = Plan(sheet_of(SHEET, regime), setting.recipe(LENGTH), tasks(models, regime, seeds))
    return drive([plan], engine, trainer, shard)


def missing(models: Sequence[Final], regime: str) -> list[Task]:
    """The trainings that are not done; raises StoreConflict as `train` does."""
    _refuse_others(models, regime)
    sheet = sheet_of(SHEET, regime)
    done = read_sheet(sheet).done
    return [task for task in tasks(models, regime) if sheet.key_of(task.cells) not in done]


def tasks(models: Sequence[Final], regime: str, seeds: int = SEEDS) -> list[Task]:
    """Every model's training with its first seed, then every model's with its second, ..."""
    outcome = with_test(find_regime(regime).outcome)
    order = enumerate((final, repeat) for repeat in range(seeds) for final in models)
    return [_task(final, repeat, turn, outcome) for turn, (final, repeat) in order]


def wanted(regime: str) -> int:
    """Trainings in all.

    >>> wanted("pocket"), wanted("natural")
    (150, 145)
    """
    return SEEDS * sum(models_at(regime, multiple) for multiple in MULTIPLES)


def seconds(trainings: Iterable[Task], regime: str, means: Mapping[Population, float]) -> float:
    """Estimated CPU seconds of trainings, from populations' mean seconds (see `cost.py`); 0 without any.

    Shapes count as RegNetX of their multiple of F: those with more activations take longer.
    """
    return sum(_seconds_at(task.cells["multiple"], regime, means) for task in trainings)


def seconds_of_all(regime: str, means: Mapping[Population, float]) -> float:
    """The same of every training that is wanted."""
    return SEEDS * sum(models_at(regime, at) * _seconds_at(at, regime, means) for at in MULTIPLES)


def lacking(runs: Runs) -> dict[Population, int]:
    """Trainings of final models that are not sealed, by the population whose networks cost as much.

    That is RegNetX of C at the same multiple of F and length: `seconds_each` of it prices a training.
    """
    try:
        done = runs.finals()["multiple"].value_counts().to_dict()
    except MissingPopulation:
        done = {}
    left = {at: SEEDS * models_at(runs.regime, at) - int(done.get(at, 0)) for at in MULTIPLES}
    return {runs.population(SPACE, at, LENGTH): count for at, count in left.items() if count > 0}


def _seconds_at(multiple: float, regime: str, means: Mapping[Population, float]) -> float:
    return seconds_each(Population(SPACE, regime, multiple, LENGTH), means) or 0.0


def final_seed(model: str, repeat: int) -> int:
    """The seed of a model's training 0, 1, ...: a stream of its own for each name, whatever else is planned.

    >>> len({final_seed(model, repeat) for model in ("resnet-50 3mf flops", "resnet-50 3mf acts") for repeat in (0, 1)})
    4
    """
    sequence = np.random.SeedSequence(entropy=list(model.encode()), spawn_key=(_STREAM, repeat))
    return int(sequence.generate_state(1)[0] >> 1)


def _task(final: Final, repeat: int, turn: int, outcome: tuple[str, ...]) -> Task:
    seed, counts, recipe = final_seed(final.model, repeat), final.counts, final.recipe
    cells: Row = {
        "model": final.model, "family": final.family, "role": final.role, "matched": final.matched,
        "multiple": float(final.multiple), "source": final.source, "network_id": final.network.id,
        "flops": counts.flops, "params": counts.params, "acts": counts.acts,
        "lr": recipe.lr, "weight_decay": recipe.weight_decay, "length": LENGTH, "seed": seed,
    }  # fmt: skip
    return Task(SHEET, turn, cells, final.network, recipe, seed, outcome, test=True)


def _refuse_others(models: Sequence[Final], regime: str) -> None:
    """Raises StoreConflict where a planned model's name stands for another network or other rates in the store."""
    sheet, planned = sheet_of(SHEET, regime), {final.model: final for final in models}
    for row in read_sheet(sheet).rows.values():
        if (final := planned.get(row["model"])) is None:
            continue
        then = (row["network_id"], row["lr"], row["weight_decay"])
        now = (final.network.id, cell(final.recipe.lr), cell(final.recipe.weight_decay))
        if now != then:
            old, new = _words(row["source"], *then), _words(final.source, *now)
            raise StoreConflict(
                f"{regime}/{sheet.name}: {final.model} was trained as {old} and would be {new} now, since a population "
                f"has grown or Fig 22's rates have changed: keep the final models as they are (-n N chooses among the "
                f"first N members, as then), or move {sheet.journal} and {sheet.csv} away to train them anew"
            )


def _words(source: str, network: str, lr: str, weight_decay: str) -> str:
    return f"{network} ({source}, learning rate {lr}, weight decay {weight_decay})"
