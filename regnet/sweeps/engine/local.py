"""Worker processes on this machine: one spawned process a slot.

A process that dies (killed, out of memory) or is spent is replaced and its item tried again. Workers ignore Ctrl-C, so
that the driver alone decides, and end with the driver however it ends.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from types import ModuleType
from typing import Any

from regnet.design.scalars import WORKERS, set_whole
from regnet.sweeps.engine.worker import ProcessSpent, given_up, pinned, result_of

_spawn = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Local:
    """Worker processes on this machine: slot k has `threads` threads and device `devices[k % len(devices)]`.

    Raises:
        ValueError: no worker, thread or device, or an impossible number.
    """

    workers: int = 2
    threads: int = 1
    devices: tuple[str, ...] = ("cpu",)
    retries: int = 3

    def __post_init__(self) -> None:
        set_whole(self, "workers", "threads", high=WORKERS)
        set_whole(self, "retries", low=0)
        if not self.devices:
            raise ValueError("devices: at least one expected, got none")

    def at_most(self, items: int) -> Local:
        """The same engine without workers that would have nothing to do."""
        return replace(self, workers=max(1, min(self.workers, items)))


def run(fn: Callable[[Any], Any], items: Iterable[Any], engine: Local) -> Generator[tuple[Any, Any], None, None]:
    """As the package's `run`."""
    queue = iter(items)
    slots = [_Slot(engine, number) for number in range(engine.workers)]
    try:
        for slot in slots:
            slot.take(fn, queue)
        while busy := {slot.connection: slot for slot in slots if slot.busy}:
            for connection in wait(list(busy)):
                slot = busy[connection]  # type: ignore[index]
                if (answer := slot.answer()) is not None:
                    yield answer
                    slot.take(fn, queue)
    finally:
        for slot in slots:
            slot.kill()


class _Slot:
    """One worker process at a time, replaced when it dies, and the item it works on."""

    def __init__(self, engine: Local, number: int) -> None:
        self.engine = engine
        self.device = engine.devices[number % len(engine.devices)]
        self.process: SpawnProcess | None = None
        self.busy = False

    def start(self) -> None:
        self.connection, theirs = _spawn.Pipe()
        self.process = _spawn.Process(target=_work, args=(theirs,), daemon=True)
        # the mask is inherited: a Ctrl-C while the child is still importing must not reach it either
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            with _main_left_alone((self.fn, self.item)), _in_environment(pinned(self.engine.threads, self.device)):
                self.process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()

    def take(self, fn: Callable[[Any], Any], queue: Iterator[Any]) -> None:
        """Starts the queue's next item, if there is one."""
        for item in queue:
            self.fn, self.item, self.deaths, self.busy = fn, item, 0, True
            if self.process is None:
                self.start()
            self.send()
            return

    def send(self) -> None:
        # where the process has died idle, the next wait sees the end of its pipe
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.connection.send_bytes(pickle.dumps((self.fn, self.item)))

    def answer(self) -> tuple[Any, Any] | None:
        """The finished item and its result; None where the process died and the item was started again."""
        try:
            result = self.connection.recv()
        except (EOFError, ConnectionResetError):
            result = ProcessSpent(f"exit code {self.kill()}")
        if isinstance(result, ProcessSpent):
            self.kill()
            self.start()
            self.deaths += 1
            if self.deaths <= self.engine.retries:
                self.send()
                return None
            result = given_up(self.deaths, result)
        self.busy = False
        return self.item, result

    def kill(self) -> int | None:
        """Ends the process, if there is one; its exit code."""
        if self.process is None:
            return None
        ended, self.process = self.process, None
        ended.kill()
        ended.join()
        self.connection.close()
        return ended.exitcode


def _work(connection: Connection) -> None:
    """A worker's life: run what comes through the pipe until its end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_driver, daemon=True).start()
    with contextlib.suppress(EOFError, OSError):  # the driver has ended, or was killed
        while True:
            connection.send(result_of(connection.recv_bytes()))


@contextlib.contextmanager
def _in_environment(names: Mapping[str, str]) -> Iterator[None]:
    """Processes that start meanwhile find these in their environment, before they import anything."""
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(names)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextlib.contextmanager
def _main_left_alone(task: object) -> Iterator[None]:
    """Processes that start meanwhile do not run the caller's script again, unless the task is defined in it.

    So scripts that train need no `if __name__ == "__main__":`.
    """
    main = sys.modules["__main__"]
    if b"__main__" not in pickle.dumps(task):
        sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _end_with_driver() -> None:
    driver = multiprocessing.parent_process()
    assert driver is not None
    driver.join()
    os._exit(1)
