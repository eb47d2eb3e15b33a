"""Does a sealed population come out again? Retrains some of its members with their own seeds and compares.

Each is trained by the engine of its rows. On the CPU model, instructions, precision, threads and versions of the sealed
rows the errors must be equal. Elsewhere, and where the rows do not name these, their mean difference must lie within z
standard errors: those of networks trained as long with two seeds, or, where members draw their learning rates, of
members of like rates (`noise.py`), z the two-sided 5% quantile divided by the number of populations checked.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm

from regnet.design.scalars import MEMBERS, SEED, whole
from regnet.sweeps import cores, noise, segments
from regnet.sweeps.engine import Engine, run
from regnet.sweeps.population import Population
from regnet.sweeps.progress import Report
from regnet.sweeps.sheet_names import sheet_at
from regnet.sweeps.store import Runs
from regnet.sweeps.sweep import on_devices, refuse_other_data
from regnet.sweeps.tasks import Task, member_tasks
from regnet.sweeps.work import Trained, train_task


@dataclass(frozen=True)
class Check:
    """The outcome for one population: `members` has index, sealed and again (errors in percent), one row each."""

    population: str
    members: pd.DataFrame
    passed: bool
    why: str


def check(
    populations: Sequence[Population], runs: Runs, engine: Engine, *, k: int = 3, seed: int = 0
) -> Iterator[Check]:
    """Retrains k sealed members of each population, chosen by `seed`; yields each population once it is done.

    Raises:
        ValueError: a k below 1, a negative seed, or a device that is not there.
        MissingPopulation, DamagedSheet: as `Runs.frame`.
        StoreConflict: they were trained on other data than what is here.
        CoresBusy: networks are timed on this machine.
    """
    k, seed = whole("k", k, high=MEMBERS), whole("seed", seed, low=0, high=SEED)
    engine = on_devices(engine)
    chosen = {p.name: _choose(p, runs, k, seed) for p in populations}
    for population in populations:
        sheet = sheet_at(population.name, runs.regime, work=runs.folder, runs=runs.folder)
        refuse_other_data(sheet, runs.info(population), population.recipe)
    return _retrain(populations, chosen, runs, engine)


def _retrain(
    populations: Sequence[Population], chosen: Mapping[str, pd.DataFrame], runs: Runs, engine: Engine
) -> Iterator[Check]:
    by_name = {p.name: p for p in populations}
    planned = {name: _tasks(p, chosen[name]) for name, p in by_name.items()}
    trainers = {name: _engine(runs, name, chosen[name], planned[name], engine.devices) for name in by_name}
    tasks = [replace(task, engine=trainers[name]) for name in by_name for task in planned[name]]
    again: dict[str, dict[int, Trained | Exception]] = {name: {} for name in by_name}
    with (
        cores.shared(),
        Report(len(tasks), verb="trained again") as report,
        closing(run(train_task, tasks, engine.at_most(len(tasks)))) as results,
    ):
        for task, result in results:
            name = task.sheet
            again[name][int(task.cells["index"])] = result
            report.step(result.record.status if isinstance(result, Trained) else "failed")
            if len(again[name]) == len(chosen[name]):
                yield _judge(by_name[name], chosen[name], again[name], runs, len(populations))


def sealed_populations(runs: Runs) -> list[Population]:
    """Every sealed population of a regime, by name.

    Raises:
        FileNotFoundError: none is sealed.
    """
    found = [Population.parse(name, runs.regime) for name in runs.populations()]
    if not found:
        raise FileNotFoundError(f"no sealed population in {runs.folder}: regnet sweep {runs.regime}, then seal it")
    return found


def _choose(population: Population, runs: Runs, k: int, seed: int) -> pd.DataFrame:
    frame = runs.frame(population)
    picked = np.random.default_rng(seed).choice(len(frame), size=min(k, len(frame)), replace=False)
    return frame.iloc[np.sort(picked)]


def _engine(runs: Runs, name: str, members: pd.DataFrame, tasks: Sequence[Task], devices: Sequence[str]) -> str:
    """The engine that trained these members, or PyTorch where this machine does not have that one."""
    from regnet.training.engines import choose

    trained = segments.engine_of(runs.info(name)["segments"][int(members["segment"].iloc[0])])
    trainings, device = [(task.network, task.recipe) for task in tasks], devices[0]
    best = choose(trainings, device).name
    return best if best == trained else choose(trainings, device, "torch").name


def _tasks(population: Population, members: pd.DataFrame) -> list[Task]:
    tasks = member_tasks(population, int(members["index"].max()) + 1)
    return [tasks[index] for index in members["index"]]


def _judge(
    population: Population,
    members: pd.DataFrame,
    again: Mapping[int, Trained | Exception],
    runs: Runs,
    populations: int,
) -> Check:
    results = [again[index] for index in members["index"]]
    errors = [r.record.error if isinstance(r, Trained) else None for r in results]
    pairs = zip(members["network_id"], results, strict=True)
    other = [index for index, (name, r) in enumerate(pairs) if isinstance(r, Trained) and r.record.network_id != name]
    table = members[["index", "error"]].rename(columns={"error": "sealed"}).assign(again=np.array(errors, float))
    if other:
        return Check(population.name, table, False, f"members {table['index'].iloc[other].tolist()} are other networks")
    if table["again"].isna().any():
        return Check(population.name, table, False, f"a training failed: {next(r for r in results if _failed(r))}")
    sealed_on = [runs.info(population)["segments"][number] for number in members["segment"]]
    if bool((table["sealed"] == table["again"]).all()):
        return Check(population.name, table, True, "equal")
    trained = [r.segment for r in results if isinstance(r, Trained)]
    if all(map(segments.same_numbers, sealed_on, trained)):
        return Check(population.name, table, False, "not equal, on equal machine and versions")
    return _within_noise(population, table, runs, populations)


def _within_noise(population: Population, table: pd.DataFrame, runs: Runs, populations: int) -> Check:
    why = "another engine, machine or versions"
    sd, by = _noise(population, table, runs)
    if not len(sd):
        lacks = f"{why}, and fewer than {noise.FEWEST} networks to know seed noise by"
        return Check(population.name, table, False, lacks)
    limit = float(norm.isf(0.025 / populations) * np.sqrt(2 * (sd**2).sum()) / len(table))
    difference = float((table["again"] - table["sealed"]).mean())
    why += f": mean difference {difference:+.2f} points, at most {limit:.2f} expected{by}"
    return Check(population.name, table, abs(difference) <= limit, why)


def _noise(population: Population, table: pd.DataFrame, runs: Runs) -> tuple[npt.NDArray[np.float64], str]:
    """Seed noise of each member, empty where it is not known, and what it is known by where not by its own length."""
    frame = runs.whole.frame(population)
    if "drawn_lr" in frame:
        known = len(frame) >= noise.FEWEST
        return noise.at_rates(frame, table["index"]) if known else np.array([]), " by members of like rates"
    length, groups = noise.near(runs, population.length)
    if groups.empty:
        return np.array([]), ""
    by = f" by the seed noise of length {length}" if length != population.length else ""
    return noise.sd_at(groups, table[["sealed", "again"]].mean(axis=1)), by


def _failed(result: Trained | Exception) -> bool:
    return not isinstance(result, Trained) or result.record.error is None
