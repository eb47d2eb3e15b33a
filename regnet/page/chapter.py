"""The first cell of every chapter: its five parameters checked, and the runs that they name."""

from collections.abc import Sequence

from regnet import figures
from regnet.design.scalars import SEED, whole
from regnet.page.guide import guide
from regnet.page.page import element
from regnet.sweeps.population import Population
from regnet.sweeps.store import Runs, open_runs

__all__ = ["begin", "element", "guide"]


class TrainingsFailed(RuntimeError):
    """Some of the trainings that a chapter needs; the others are sealed."""


def begin(
    *elements: str,
    regime: str = "",
    runs: str = "",
    n: int = 0,
    seed: int = 0,
    train: bool = False,
    workers: int = 2,
) -> Runs:
    """The runs that a chapter reads; with `train`, what its elements lack is trained and sealed first.

    "" and 0 mean the default: regime `REGNET_REGIME` or natural, folder `REGNET_RUNS` or the checkout's `runs/`,
    every sealed member. `seed` is the seed of what a chapter draws itself, `workers` the processes that train.

    Raises:
        ValueError: an unknown element or regime, a negative n or seed, a parameter of another type.
        FileNotFoundError: a folder of runs that does not exist.
        TrainingsFailed: trainings failed; the message says how many of which population.
    """
    opened, failed = prepare(*elements, regime=regime, runs=runs, n=n, seed=seed, train=train, workers=workers)
    if failed:
        raise TrainingsFailed(failed)
    return opened


def prepare(
    *elements: str, regime: str = "", runs: str = "", n: int = 0, seed: int = 0, train: bool = False, workers: int = 2
) -> tuple[Runs, str]:
    """The same with one line about trainings that failed, "" where none did, in place of raising `TrainingsFailed`."""
    _check_types(regime=(regime, str), runs=(runs, str), n=(n, int), seed=(seed, int), train=(train, bool))
    whole("seed", seed, low=0, high=SEED)
    opened = open_runs(regime, runs, n)
    wanted = figures.populations(opened.regime, *elements) if elements else []
    if train:
        return opened, _train(wanted, opened, workers)
    if not opened.folder.parent.is_dir():
        raise FileNotFoundError(
            f"no folder of runs {opened.folder.parent}: give `runs`, set REGNET_RUNS, or train=True"
        )
    return opened, ""


def _check_types(**given: tuple[object, type]) -> None:
    for name, (value, kind) in given.items():
        if type(value) is not kind:
            raise ValueError(f"{name} must be {kind.__name__}, got {value!r} ({type(value).__name__})")


def _train(populations: Sequence[Population], runs: Runs, workers: int) -> str:
    """Sweeps and seals every population up to n members (as many as each wants where n is 0); says what failed."""
    from regnet.sweeps.engine import Local
    from regnet.sweeps.sealing import seal
    from regnet.sweeps.sheet_names import population_sheet
    from regnet.sweeps.sweep import drive
    from regnet.sweeps.tasks import Plan, member_tasks

    sheets = {population: population_sheet(population, runs=runs.folder.parent) for population in populations}
    plans = [Plan(sheet, p.recipe, member_tasks(p, runs.n or p.wanted)) for p, sheet in sheets.items()]
    drive(plans, Local(workers=workers))
    rows = [(plan, seal(plan.sheet).rows) for plan in plans]
    failed = {
        plan.sheet.name: count
        for plan, row in rows
        if (count := sum(row[plan.sheet.key_of(task.cells)]["status"] == "failed" for task in plan.tasks))
    }
    if not failed:
        return ""
    counts = ", ".join(f"{count} of {name}" for name, count in failed.items())
    return (
        f"{sum(failed.values())} trainings failed ({counts}): figures are drawn without them; to try them again: "
        f"regnet sweep {runs.regime} {' '.join(failed)}" + (f" -n {runs.n}" if runs.n else "")
    )
