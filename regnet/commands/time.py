"""`regnet time`: how long published networks, or the members of a population, take on this machine."""

from __future__ import annotations

import time as clock
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from regnet.sweeps.timing_jobs import Job, Setting

EXAMPLE = "regnet time regnetx-400mf efficientnet-b0"
PUBLISHED = "published"


def time(
    models: Annotated[
        list[str] | None, typer.Argument(help="networks by anyone's name, or files; the published if left out")
    ] = None,
    population: Annotated[str, typer.Option(help="REGIME/NAME: the sealed members instead")] = "",
    members: Annotated[int, typer.Option(help="of a population: its first so many draws, trained or not")] = 0,
    device: Annotated[str, typer.Option(help="auto (a GPU where there is one), cpu, cuda:1")] = "auto",
    batch: Annotated[int, typer.Option(help="images; milliseconds are for so many")] = 64,
    resolution: Annotated[str, typer.Option(help="side of the input in pixels, or published")] = PUBLISHED,
    precision: Annotated[str, typer.Option(help="fp32 or bf16")] = "fp32",
    train: Annotated[bool, typer.Option("--train", help="forward, backward and SGD step, not inference")] = False,
    seconds: Annotated[
        float, typer.Option(help="a network's limit on a CPU: slower ones on part of the batch, a rough look; 0: none")
    ] = 0.0,
    output: Annotated[Path | None, typer.Option("-o", help="CSV; else runs/timings/DEVICE.csv")] = None,
    again: Annotated[bool, typer.Option("--again", help="time what is already there too")] = False,
) -> None:
    """Time networks on this machine: median and quartiles of repeated batches, each kept as soon as it is known."""
    from regnet.design.scalars import MEMBERS, real, whole
    from regnet.sweeps.folders import runs_folder
    from regnet.sweeps.timing_jobs import Setting, missing
    from regnet.sweeps.timings import path_of
    from regnet.training.devices import pick_device
    from regnet.training.timing import keep_to_cores

    keep_to_cores()
    chosen = _precision(precision)
    setting = Setting(pick_device(device), batch, chosen, train, real("--seconds", seconds, low=0) or float("inf"))
    jobs = _jobs(models or [], population, whole("--members", members, low=0, high=MEMBERS), _side(resolution))
    path = output or path_of(setting.device, runs_folder())
    if path.suffix != ".csv":
        raise ValueError(f"-o must be a .csv file, got {path.name!r}")
    wanted = list(jobs) if again else missing(jobs, setting, path)
    if len(wanted) < len(jobs):
        typer.echo(f"{len(jobs) - len(wanted)} of {len(jobs)} are in {path}; --again times them anew")
    if wanted:
        _time_all(wanted, setting, path)
        typer.echo(f"{len(wanted)} timed now, in {path}")


def _jobs(models: list[str], population: str, members: int, side: int) -> list[Job]:
    from regnet.design.names import caveat
    from regnet.sweeps.population import Population
    from regnet.sweeps.store import open_runs
    from regnet.sweeps.timing_jobs import drawn_jobs, population_jobs, published_jobs

    if models and population:
        raise ValueError(f"give either published networks or --population, got {' '.join(models)} and {population}")
    if members and not population:
        raise ValueError(f"--members are of a --population REGIME/NAME, got {members} of none")
    if not population:
        for said in filter(None, map(caveat, models)):
            typer.echo(said, err=True)
        return published_jobs(models, side)
    regime, slash, name = population.rpartition("/")
    if not (regime and slash and name):
        raise ValueError(f"--population must be REGIME/NAME, as pocket/regnetx-l2, got {population!r}")
    found = Population.parse(name, regime)
    return drawn_jobs(found, members, side) if members else population_jobs(found, open_runs(regime), side)


def _side(resolution: str) -> int:
    """Pixels; 0 for the published or trained resolution."""
    from regnet.design.scalars import SIDE, shown, whole

    if resolution == PUBLISHED:
        return 0
    try:
        side = int(resolution)
    except ValueError:
        raise ValueError(f"--resolution must be a number of pixels or {PUBLISHED}, got {shown(resolution)}") from None
    return whole("--resolution", side, high=SIDE)


def _precision(name: str) -> Any:
    from regnet.design.recipe import Precision

    if name not in get_args(Precision):
        raise ValueError(f"--precision must be {' or '.join(get_args(Precision))}, got {name!r}")
    return name


def _time_all(jobs: Sequence[Job], setting: Setting, path: Path) -> None:
    from regnet.sweeps.timing_jobs import record

    with _Lines(jobs, setting) as lines:
        for job, row in record(jobs, setting, path):
            lines.say(job, row)


class _Lines:
    """A line a network with its time and the time left; on a terminal a bar below them."""

    def __init__(self, jobs: Sequence[Job], setting: Setting) -> None:
        self._left, self._total, self._setting = [int(job.cells["flops"]) for job in jobs], len(jobs), setting
        self._seconds = self._work = 0.0
        self._start = clock.monotonic()
        self._console = Console(stderr=True, highlight=False)
        columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
        self._bar = Progress(*columns, console=self._console) if self._console.is_terminal else None

    def __enter__(self) -> _Lines:
        if self._bar:
            self._task = self._bar.add_task("", total=self._total)
            self._bar.start()
        else:
            self._console.print(f"0/{self._total}: {self._work_ahead()}", markup=False, soft_wrap=True)
        return self

    def _work_ahead(self) -> str:
        from regnet.training.timing import REPEATS

        least = (REPEATS + 1) * self._setting.batch * sum(self._left)
        return f"at least {REPEATS + 1} passes of {self._setting.batch:,} images each, {least:.1e} multiply-adds in all"

    def __exit__(self, *error: object) -> None:
        if self._bar:
            self._bar.stop()

    def say(self, job: Job, row: Mapping[str, Any]) -> None:
        """One more network is timed."""
        flops = self._left.pop(0)
        if row["status"] == "ok":
            self._seconds += row["ms_median"] / 1000 / self._setting.batch
            self._work += flops
        done = self._total - len(self._left)
        gone = timedelta(seconds=round(clock.monotonic() - self._start))
        line = f"{done}/{self._total} {job.name}: {_words(row)}, {gone} gone{self._eta()}"
        self._console.print(line, markup=False, soft_wrap=True)
        if self._bar:
            self._bar.update(self._task, completed=done, description=self._eta().removeprefix(", "))

    def _eta(self) -> str:
        """The time left, by what a multiply-add took so far."""
        from regnet.training.timing import expected_seconds

        if not (self._work and self._left):
            return ""
        each, how = self._seconds / self._work, self._setting
        left = sum(
            expected_seconds(flops, each, batch=how.batch, device=how.device, limit=how.seconds) for flops in self._left
        )
        return f", about {timedelta(seconds=round(left))} left"


def _words(row: Mapping[str, Any]) -> str:
    if row["status"] != "ok":
        return f"{row['status']} for {row['batch']} images"
    median, q1, q3 = (f"{row[name]:.4g}" for name in ("ms_median", "ms_q1", "ms_q3"))
    part = "" if row["images"] == row["batch"] else f", timed on {row['images']}"
    return f"{median} ms ({q1} to {q3}) for {row['batch']} images{part}"
