"""Many chapters executed side by side: what is planned, what is done already, and the processes."""

import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

from regnet import machine
from regnet.chapters.contents import elements_of
from regnet.chapters.execution import Execution, is_executed, work_alone
from regnet.chapters.parameters import Value, kinds, read
from regnet.chapters.state import made_from, state
from regnet.sweeps.folders import CHECKOUT, full_path
from regnet.sweeps.locks import folder_alone
from regnet.sweeps.progress import Report
from regnet.sweeps.regimes import find_regime

END_SECONDS = 15  # for a process to shut its kernel down
BEGIN = ("regime", "runs", "n", "seed", "train")  # the parameters that `begin` knows

_spawn = multiprocessing.get_context("spawn")


@dataclass
class Results:
    """What became of each chapter: executed now, or failed with one line that says where."""

    executed: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def plan(
    regime: str,
    notebooks: Mapping[str, Path],
    given: Sequence[tuple[str, str]],
    typed: Mapping[str, Any] | None = None,
    *,
    workers: int = 2,
    output: str = "",
) -> tuple[list[Execution], str]:
    """What is to be executed, after every name and value was checked; with `train true` all is trained here first.

    Chapters are written to the folder `output`, else to `executed` among the regime's runs. The second is one line
    about trainings that failed, "" where none did.

    The chapters then only read: two that train at the same time would want the same journals.

    Raises:
        ValueError: an unknown regime or parameter, a value that a parameter cannot have, or the chapters' own folder.
        FileNotFoundError: no folder of runs.
        NotADirectoryError: a file is where chapters are to be written.
    """
    from regnet.page.chapter import prepare

    name, there = find_regime(regime).name, full_path(output) if output else None
    if there and there.is_file():
        raise NotADirectoryError(f"{there} is a file, a folder for executed chapters is expected there")
    if "regime" in {*(typed or {}), *dict(given)}:
        raise ValueError("the regime is the command's first argument, not a parameter")
    values = {chapter: read(given, path, typed) for chapter, path in notebooks.items()}
    asked = {key: value for found in values.values() for key, value in found.items() if key in BEGIN}
    elements = dict.fromkeys(element for path in notebooks.values() for element in elements_of(path))
    runs, failed = prepare(*elements, **(asked | {"regime": name}), workers=workers)  # type: ignore[arg-type]
    folder = runs.folder
    fixed: dict[str, Value] = {"regime": name, "runs": str(folder.parent), "train": False}
    now = state(name, folder.parent)
    works = []
    for chapter, path in notebooks.items():
        parameters = values[chapter] | {key: fixed[key] for key in fixed if key in kinds(path)}
        target = (there or folder / "executed") / f"{chapter}.ipynb"
        works.append(Execution(chapter, path, target, parameters, made_from(path, parameters, now)))
    _spare([work.output for work in works], notebooks.values())
    return works, failed


def _spare(targets: Sequence[Path], notebooks: Iterable[Path]) -> None:
    """Raises ValueError where a notebook that no batch wrote would be overwritten."""
    chapters = {path.resolve() for path in notebooks}
    for target in targets:
        if target.resolve() in chapters or (target.exists() and not is_executed(target)):
            raise ValueError(f"{target} is there and no batch wrote it: write executed chapters to another folder")


def run(works: Sequence[Execution], *, jobs: int = 2) -> Results:
    """Executes them in `jobs` processes at a time and says how far it is; a failed chapter does not stop the others.

    Raises:
        BatchBusy: another batch writes the same folder.
        OutputLost: what was executed is not there any more.
    """
    results = Results()
    with _alone(works), Report(len(works), verb="executed") as report, closing(_processes(works, jobs)) as answers:
        for work, seconds, error in answers:
            if error:
                results.failed[work.chapter] = error
                report.step("failed", f"{work.chapter}: {error}")
            else:
                results.executed.append(work.chapter)
                report.step("ok", f"{work.chapter}: executed in {seconds:.0f} s")
    gone = [work for work in works if work.chapter in results.executed and not work.output.exists()]
    if gone:
        raise OutputLost(
            f"{', '.join(work.chapter for work in gone)}: executed, but {gone[0].output.parent} was deleted or moved "
            "meanwhile; move it back, or execute them again by the same command"
        )
    return results


class OutputLost(OSError):
    """Executed chapters whose folder was deleted or moved while others were executed."""


class BatchBusy(OSError):
    """Another batch executes chapters into the same folder."""


@dataclass
class _Running:
    """A chapter in its process."""

    work: Execution
    process: SpawnProcess
    pipe: Connection
    start: float

    def answer(self) -> str:
        """What the process sent, or that it died; then it is gone."""
        try:
            error = str(self.pipe.recv())
            self.end()
        except EOFError:
            self.end()
            error = f"its process ended with exit code {self.process.exitcode}"
        return error

    def end(self) -> None:
        """Ends the process, its kernel and its unfinished output, if it still runs."""
        self.process.join(END_SECONDS)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self.pipe.close()
        self.work.part.unlink(missing_ok=True)


def _processes(works: Sequence[Execution], jobs: int) -> Generator[tuple[Execution, float, str]]:
    """(chapter, seconds, error) as they finish; closing the iterator ends what still runs."""
    queue, running = deque(works), dict[Connection, _Running]()
    environment = _environment(jobs)
    try:
        while queue or running:
            while queue and len(running) < jobs:
                started = _start(queue.popleft(), environment)
                running[started.pipe] = started
            for pipe in wait(list(running)):
                here = running.pop(pipe)  # type: ignore[call-overload]
                error = here.answer()
                yield here.work, time.monotonic() - here.start, error
    finally:
        for here in running.values():
            here.process.terminate()
        for here in running.values():
            here.end()


def _start(work: Execution, environment: Mapping[str, str]) -> _Running:
    ours, theirs = _spawn.Pipe(duplex=False)
    process = _spawn.Process(target=work_alone, args=(theirs, work, environment), daemon=True)
    # the mask is inherited: a Ctrl-C while the child is still importing must not reach it
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    theirs.close()
    return _Running(work, process, ours, time.monotonic())


def _environment(jobs: int) -> dict[str, str]:
    """What kernels need: this library on their path, and their share of the cores."""
    path = os.pathsep.join([str(CHECKOUT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {"PYTHONPATH": path, "OMP_NUM_THREADS": str(max(1, machine.cores() // jobs))}


@contextmanager
def _alone(works: Sequence[Execution]) -> Iterator[None]:
    """One batch at a time in a folder."""
    with ExitStack() as stack:
        for folder in {work.output.parent for work in works}:
            folder.mkdir(parents=True, exist_ok=True)
            if not stack.enter_context(folder_alone(folder, wait=False)):
                raise BatchBusy(f"another batch executes chapters into {folder}: wait for it or stop it")
        yield
