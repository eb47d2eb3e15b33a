"""Tasks on the nodes of a Ray cluster, or of one that is started on this machine alone and ends with the run.

A task whose process dies or whose node is lost is submitted again by the driver; what is finished is never run twice.
Nodes may join and leave: twice as many items are submitted as the cluster has room for, and the rest stay here.
"""

from __future__ import annotations

import math
import os
import pickle
import sys
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import islice
from types import ModuleType
from typing import Any

from regnet.design.scalars import WORKERS, set_real, set_whole
from regnet.sweeps.engine.connection import connected, reach
from regnet.sweeps.engine.worker import ProcessSpent, given_up, pinned, result_of

AHEAD = 2  # items submitted for each that there is room for, so that no node waits for the driver
LOOK = 1.0  # seconds after which the driver looks for nodes that joined or left


@dataclass(frozen=True)
class Ray:
    """A cluster at `address` ("auto" or HOST:PORT); without one, this machine with room for `workers` tasks.

    Each task has `cpus` cores, as many threads, and the share `gpus` of one GPU.

    Raises:
        ValueError: an impossible number.
    """

    address: str = ""
    workers: int = 2
    cpus: int = 1
    gpus: float = 0.0
    retries: int = 3

    def __post_init__(self) -> None:
        set_whole(self, "workers", "cpus", high=WORKERS)
        set_real(self, "gpus", low=0, high=1)
        set_whole(self, "retries", low=0)

    @property
    def devices(self) -> tuple[str, ...]:
        """The device of a task as the task sees it: Ray shows it no other GPU than its own."""
        return ("cuda:0",) if self.gpus else ("cpu",)

    @property
    def threads(self) -> int:
        return self.cpus

    def at_most(self, items: int) -> Ray:
        """The same engine without room that would stay empty; a cluster at an address is as large as it is."""
        return replace(self, workers=max(1, min(self.workers, items)))

    def check(self) -> None:
        """Raises ImportError where ray is not installed, ConnectionError where no cluster answers at the address."""
        reach(self.address)


def run(fn: Callable[[Any], Any], items: Iterable[Any], engine: Ray) -> Generator[tuple[Any, Any], None, None]:
    """As the package's `run`."""
    queue = iter(items)
    with ExitStack() as stack:
        first = list(islice(queue, 1))
        if not first:
            return
        ray = stack.enter_context(connected(engine.address, cpus=engine.workers * engine.cpus, gpus=engine.gpus > 0))
        tasks = _Tasks(ray, fn, engine)
        stack.callback(tasks.cancel)
        tasks.start(first[0])
        while tasks.running:
            for item in islice(queue, tasks.room()):
                tasks.start(item)
            yield from tasks.finished()


class _Tasks:
    """The submitted tasks and how often the process of each has died."""

    def __init__(self, ray: ModuleType, fn: Callable[[Any], Any], engine: Ray) -> None:
        self.ray, self.fn, self.engine = ray, fn, engine
        self.running: dict[Any, tuple[Any, int]] = {}
        environment = {"env_vars": _forwarded() | pinned(engine.cpus, engine.devices[0])}
        # Ray's own retries are off: they would also run finished tasks again whose results a lost node kept
        # a task that has GPUs shares its process with no other: Ray's rule, on which ProcessSpent relies
        options = {"num_cpus": engine.cpus, "num_gpus": engine.gpus, "max_retries": 0, "runtime_env": environment}
        self.task = ray.remote(**options)(_work)
        self.looked = -math.inf
        self.slots = 0
        self.deadly = (
            ray.exceptions.WorkerCrashedError,
            ray.exceptions.NodeDiedError,
            ray.exceptions.LocalRayletDiedError,
            ray.exceptions.OutOfMemoryError,
            ray.exceptions.ObjectLostError,
        )

    def start(self, item: Any, deaths: int = 0) -> None:
        self.running[self.task.remote(pickle.dumps((self.fn, item)))] = item, deaths

    def room(self) -> int:
        """How many more items may be submitted now."""
        if time.monotonic() - self.looked > LOOK:
            before, self.slots = self.slots, sum(map(self._slots, self.ray.nodes()))
            if not self.slots and (before or self.looked < 0):
                share = f" and {self.engine.gpus:g} GPU" if self.engine.gpus else ""
                print(f"no node has {self.engine.cpus} CPU{share} for a task: waiting for one", file=sys.stderr)
            self.looked = time.monotonic()
        return max(0, AHEAD * max(1, self.slots) - len(self.running))

    def finished(self) -> Iterator[tuple[Any, Any]]:
        """What is done by now, or the next to be done; nothing where that takes too long."""
        done, _ = self.ray.wait(list(self.running), timeout=LOOK)
        for reference in done:
            item, deaths = self.running.pop(reference)
            try:
                result = pickle.loads(self.ray.get(reference))
            except self.deadly as error:
                result = ProcessSpent(_line(error))
            except Exception as error:  # the worker could not start, or does not have this code
                result = RuntimeError(_line(error))
            if isinstance(result, ProcessSpent):
                if deaths < self.engine.retries:
                    self.start(item, deaths + 1)
                    continue
                result = given_up(deaths + 1, result)
            yield item, result

    def cancel(self) -> None:
        for reference in self.running:
            self.ray.cancel(reference, force=True)

    def _slots(self, node: dict[str, Any]) -> int:
        """How many tasks a node has room for."""
        if not node["Alive"]:
            return 0
        has, gpus = node["Resources"], self.engine.gpus
        by_cpu = int(has.get("CPU", 0) // self.engine.cpus)
        return min(by_cpu, int(has.get("GPU", 0)) * int(1 / gpus)) if gpus else by_cpu


def _forwarded() -> dict[str, str]:
    """The driver's folders: on another node its environment is not there."""
    return {name: value for name, value in os.environ.items() if name.startswith("REGNET_")}


def _work(task: bytes) -> bytes:
    """Runs in a worker."""
    return pickle.dumps(result_of(task))


def _line(error: Exception) -> str:
    """A Ray error in one line: its name and the last line that it says."""
    said = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {said[-1] if said else ''}"
