"""Timing networks into the records of `timings.py`: which networks, how, and which of them are still missing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from regnet.design.complexity import complexity
from regnet.design.descriptions import Named, find
from regnet.design.networks import Network
from regnet.design.recipe import Precision
from regnet.design.scalars import BATCH, set_real, set_whole
from regnet.design.zoo import zoo
from regnet.sweeps import cores, segments
from regnet.sweeps.population import Population
from regnet.sweeps.store import Runs
from regnet.sweeps.timings import key_of, rows_of, write


@dataclass(frozen=True)
class Job:
    """A network to be timed: a published one by its name, or member `index` of a population."""

    network: Network
    resolution: int
    num_classes: int = 1000
    model: str = ""
    population: Population | None = None
    index: int | None = None

    @property
    def name(self) -> str:
        """What a progress line calls it."""
        return self.model or f"{self.population.name if self.population else ''} {self.index}"

    @property
    def cells(self) -> dict[str, Any]:
        """The row's columns that say which network it is and what it costs."""
        counts = complexity(self.network, self.resolution, self.num_classes)
        return {
            "regime": self.population.regime if self.population else "",
            "population": self.population.name if self.population else "",
            "index": self.index,
            "model": self.model,
            "network_id": self.network.id,
            "resolution": self.resolution,
            "flops": counts.flops,
            "params": counts.params,
            "acts": counts.acts,
        }


@dataclass(frozen=True)
class Setting:
    """How networks are timed: `device` is "cpu" or "cuda:k"; `seconds` limits a network's repeats on a CPU."""

    device: str
    batch: int = 64
    precision: Precision = "fp32"
    train: bool = False
    seconds: float = float("inf")

    def __post_init__(self) -> None:
        set_whole(self, "batch", high=BATCH)
        if type(self.seconds) is not float or self.seconds != float("inf"):  # no limit
            set_real(self, "seconds", above=0)


def published_jobs(models: Sequence[str] = (), resolution: int = 0) -> list[Job]:
    """The networks of those names or files, the paper's if none is given, at their own resolution unless given.

    Raises:
        UnknownName: not a published network (a ValueError).
        FileNotFoundError, ValueError: as `descriptions.find`.
    """
    found = {_called(named): named for named in map(find, models or zoo)}
    return [Job(named.network, resolution or named.resolution, model=name) for name, named in found.items()]


def _called(named: Named) -> str:
    """A network's name in a record: the zoo's, or that of a file, with the id as the file may change."""
    return named.name if named.known else f"{named.name}-{named.network.id}"


def population_jobs(population: Population, runs: Runs, resolution: int = 0) -> list[Job]:
    """The sealed members of a population at the resolution they were trained at unless given.

    Raises:
        MissingPopulation: it is not sealed.
        ValueError: a sealed member is not the network that is drawn now.
    """
    frame = runs.frame(population)
    jobs = drawn_jobs(population, int(frame["index"].max()) + 1, resolution)
    indices = frame["index"].tolist()
    for index, sealed in zip(indices, frame["network_id"], strict=True):
        if (drawn := jobs[index].network.id) != sealed:
            raise ValueError(
                f"member {index} of {population.regime}/{population.name} is sealed as network {sealed}, but "
                f"{drawn} is drawn now: this numpy draws other streams than the one it was sealed with"
            )
    return [jobs[index] for index in indices]


def drawn_jobs(population: Population, members: int, resolution: int = 0) -> list[Job]:
    """The first `members` draws of a population, trained or not, at its regime's resolution unless given."""
    jobs = []
    for index, draw in enumerate(population.draws(members)):
        recipe = population.recipe_of(draw)
        side = resolution or recipe.resolution
        jobs.append(Job(draw.network, side, recipe.num_classes, population=population, index=index))
    return jobs


def record(jobs: Sequence[Job], setting: Setting, path: Path) -> Iterator[tuple[Job, Mapping[str, Any]]]:
    """Times each network and writes its row to the CSV at once; yields the network with its row.

    Raises:
        CoresBusy: something is trained or timed on this machine.
        NotWritten: as `write_whole`.
    """
    from regnet.training.timing import threads, versions

    here = segments.here(precision=setting.precision, device=setting.device, threads=threads(setting.device) or 1)
    about = versions(setting.device) | {name: here[name] for name in ("device", "commit", "dirty", "instructions")}
    rows = []
    with cores.alone():
        for job in jobs:
            rows.append(_time(job, setting) | about | {"date": datetime.now(UTC).date().isoformat()})
            write(rows, path)  # all of them: the file may have been moved or restored meanwhile
            yield job, rows[-1]


def _time(job: Job, setting: Setting) -> dict[str, Any]:
    """What is known of a network, how it was timed, and how long it took."""
    from regnet.training.timing import time_network

    timing = time_network(
        job.network,
        resolution=job.resolution,
        batch=setting.batch,
        device=setting.device,
        precision=setting.precision,
        train=setting.train,
        num_classes=job.num_classes,
        seconds=setting.seconds,
    )
    how = {"batch": setting.batch, "precision": setting.precision, "train": setting.train}
    times = {name: getattr(timing, name) for name in ("status", "repeats", "images", "threads")}
    times |= {name: _rounded(getattr(timing, name)) for name in ("ms_median", "ms_q1", "ms_q3")}
    return job.cells | how | times


def missing(jobs: Sequence[Job], setting: Setting, path: Path) -> list[Job]:
    """The networks that the CSV has no row for, timed so and on as many threads."""
    from regnet.training.timing import threads

    how = {"batch": setting.batch, "precision": setting.precision, "train": setting.train}
    here = {"threads": threads(setting.device)}
    done = rows_of(path)
    timed = {key: row["network_id"] for key, row in done.items()}
    return [job for job in jobs if timed.get(key_of(job.cells | how | here)) != job.network.id]


def _rounded(ms: float) -> float | None:
    """Milliseconds to a tenth of a microsecond; None where there are none."""
    return round(ms, 4) if ms == ms else None
