"""The one seam to workers: `run(fn, items, engine)` yields each item with its result as soon as it is there.

`Local` keeps one spawned process a slot. A process that dies (killed, out of memory) is replaced and its item tried
again; an exception in `fn` comes back as a value. Workers ignore Ctrl-C, so that the driver alone decides, and end
with the driver however it ends.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import threading
import traceback
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, TypeVar

from regnet.design.scalars import WORKERS, set_whole

Item = TypeVar("Item")
Result = TypeVar("Result")

_spawn = multiprocessing.get_context("spawn")
_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


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


class WorkerDied(RuntimeError):
    """The process that ran an item died each time it was tried."""


def run(
    fn: Callable[[Item], Result], items: Iterable[Item], engine: Local
) -> Generator[tuple[Item, Result | Exception], None, None]:
    """Yields (item, result) as they complete, items started in order; close the iterator to stop the workers.

    `fn` and the items must be picklable. An exception raised by `fn` is yielded in place of the result, with the
    worker's traceback as a note; an item whose process died 1 + `retries` times yields `WorkerDied`.

    >>> from regnet.sweeps.engine import Local, run
    >>> sorted(result for _, result in run(abs, [-2, 1], Local(workers=1)))
    [1, 2]
    """
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


def slot_device() -> str:
    """The device that the calling worker is pinned to ("cpu" outside a worker)."""
    return os.environ.get("REGNET_DEVICE", "cpu")


class _Slot:
    """One worker process at a time, replaced when it dies, and the item it works on."""

    def __init__(self, engine: Local, number: int) -> None:
        self.engine = engine
        self.device = engine.devices[number % len(engine.devices)]
        self.process: SpawnProcess | None = None
        self.busy = False

    def start(self) -> None:
        self.connection, theirs = _spawn.Pipe()
        arguments = (theirs, self.engine.threads, self.device)
        self.process = _spawn.Process(target=_work, args=arguments, daemon=True)
        # the mask is inherited: a Ctrl-C while the child is still importing must not reach it either
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
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
            code = self.kill()
            self.deaths += 1
            result = WorkerDied(f"its process died {self.deaths} times, last with exit code {code}")
            self.start()
            if self.deaths <= self.engine.retries:
                self.send()
                return None
        self.busy = False
        return self.item, result

    def kill(self) -> int | None:
        """Ends the process, if there is one; its exit code."""
        if self.process is None:
            return None
        self.process.kill()
        self.process.join()
        self.connection.close()
        return self.process.exitcode


def _work(connection: Connection, threads: int, device: str) -> None:
    """A worker's life: run what comes through the pipe until its end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_driver, daemon=True).start()
    for name in _THREADS:  # read when numpy's and torch's libraries load, which is after this
        os.environ[name] = str(threads)
    os.environ["REGNET_DEVICE"] = device
    while True:
        try:
            task = connection.recv_bytes()
        except EOFError:
            return
        connection.send(_result(task))


def _result(task: bytes) -> Any:
    """What the pickled (fn, item) returns or raises, as something that surely travels through a pipe."""
    try:
        fn, item = pickle.loads(task)
        result = fn(item)
        pickle.dumps(result)
        return result
    except Exception as error:
        error.add_note("in the worker:\n" + "".join(traceback.format_exception(error)))
        try:
            pickle.loads(pickle.dumps(error))
        except Exception:
            return RuntimeError(f"{type(error).__name__}: {error}")
        return error


def _end_with_driver() -> None:
    driver = multiprocessing.parent_process()
    assert driver is not None
    driver.join()
    os._exit(1)
