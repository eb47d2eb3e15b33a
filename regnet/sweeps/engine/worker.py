"""What a worker of any engine is: what it finds in its environment, and how its results and exceptions travel."""

import os
import pickle
import traceback
from typing import Any

_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


class WorkerDied(RuntimeError):
    """The process that ran an item died each time it was tried."""


class ProcessSpent(RuntimeError):
    """Raised by a task that its process failed at, as no other task could be run there: as good as its death."""


def given_up(deaths: int, last: object) -> WorkerDied:
    """What an item comes back with whose process died so often."""
    return WorkerDied(f"its process died {deaths} times, last with {last}")


def pinned(threads: int, device: str) -> dict[str, str]:
    """The environment of a worker; threads are read when numpy's and torch's libraries load, so that it comes first."""
    return dict.fromkeys(_THREADS, str(threads)) | {"REGNET_DEVICE": device}


def slot_device() -> str:
    """The device that the calling worker is pinned to ("cpu" outside a worker)."""
    return os.environ.get("REGNET_DEVICE", "cpu")


def slot_threads() -> int:
    """How many threads the calling worker has (1 outside a worker)."""
    return int(os.environ["OMP_NUM_THREADS"]) if "REGNET_DEVICE" in os.environ else 1


def result_of(task: bytes) -> Any:
    """What the pickled (fn, item) returns or raises, as something that surely travels through a pipe.

    An exception has the traceback as a note.
    """
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
