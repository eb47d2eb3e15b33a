"""The one seam to workers: `run(fn, items, engine)` yields each item with its result as soon as it is there.

`Local` is processes on this machine, `Ray` tasks on the nodes of a cluster. An exception in `fn` comes back as a value;
an item whose process dies (killed, out of memory, its node lost) is tried again.
"""

from collections.abc import Callable, Generator, Iterable
from typing import TypeVar

from regnet.sweeps.engine import cluster, local
from regnet.sweeps.engine.cluster import Ray
from regnet.sweeps.engine.local import Local
from regnet.sweeps.engine.worker import ProcessSpent, WorkerDied, slot_device, slot_threads

__all__ = ["Engine", "Local", "ProcessSpent", "Ray", "WorkerDied", "run", "slot_device", "slot_threads"]

Engine = Local | Ray
Item = TypeVar("Item")
Result = TypeVar("Result")


def run(
    fn: Callable[[Item], Result], items: Iterable[Item], engine: Engine
) -> Generator[tuple[Item, Result | Exception], None, None]:
    """Yields (item, result) as they complete, items started in order; close the iterator to stop the workers.

    `fn` and the items must be picklable. An exception raised by `fn` is yielded in place of the result, with the
    worker's traceback as a note; an item whose process died 1 + `retries` times yields `WorkerDied`.

    Raises:
        ImportError: a `Ray` where ray is not installed.
        ConnectionError: no cluster at its address.

    >>> from regnet.sweeps.engine import Local, run
    >>> sorted(result for _, result in run(abs, [-2, 1], Local(workers=1)))
    [1, 2]
    """
    return local.run(fn, items, engine) if isinstance(engine, Local) else cluster.run(fn, items, engine)
