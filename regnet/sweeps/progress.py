"""How far a sweep is: a bar with the time left on a terminal, plain lines now and then in a log."""

import time
from datetime import timedelta
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from regnet.design.recipe import Status

LINE_SECONDS = 30.0
LINE_TRAININGS = 25
LEAST_SECONDS = 1.0  # between lines: a thousand workers finish 25 trainings many times a second


class Report:
    """Counts finished trainings, or what else `verb` says, and says so; a context manager around the work."""

    def __init__(self, total: int, *, verb: str = "trained") -> None:
        self.total = total
        self.verb = verb
        self.counts: dict[Status, int] = {"ok": 0, "diverged": 0, "failed": 0}
        self._console = Console(stderr=True, highlight=False)
        self._start = self._last_line = time.monotonic()
        columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
        self._bar = Progress(*columns, console=self._console) if self._console.is_terminal else None

    def __enter__(self) -> Self:
        if self._bar:
            self._task = self._bar.add_task("", total=self.total)
            self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._bar:
            self._bar.stop()

    @property
    def done(self) -> int:
        """Trainings finished, failed ones included."""
        return sum(self.counts.values())

    def step(self, status: Status, message: str = "", *, count: int = 1) -> None:
        """One more training is finished, or `count` more; `message` says which one failed and why."""
        self.counts[status] += count
        if message:
            self._console.print(message, markup=False, soft_wrap=True)
        if self._bar:
            self._bar.update(self._task, completed=self.done, description=self._left())
            return
        now = time.monotonic()
        many = self.done % LINE_TRAININGS == 0 and now - self._last_line >= LEAST_SECONDS
        if many or now - self._last_line >= LINE_SECONDS or self.done == self.total:
            self._last_line = now
            self._console.print(self.line(), markup=False, soft_wrap=True)

    def line(self) -> str:
        """The state in one line."""
        gone = timedelta(seconds=round(time.monotonic() - self._start))
        rest = "".join(f", {self.counts[status]} {status}" for status in ("diverged", "failed") if self.counts[status])
        return f"{self.done}/{self.total} {self.verb}{rest}, {gone} gone, {self._left()}"

    def _left(self) -> str:
        each = (time.monotonic() - self._start) / max(1, self.done)
        return f"about {timedelta(seconds=round(each * (self.total - self.done)))} left"
