"""One task in a worker, which may be on another machine than the driver: trained, saved meanwhile, forgotten."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from functools import cache

from regnet.design.recipe import Record
from regnet.sweeps import segments
from regnet.sweeps.engine import ProcessSpent, slot_device, slot_threads
from regnet.sweeps.tasks import Task


@dataclass(frozen=True)
class Trained:
    """What came out of a task, and where it was trained."""

    record: Record
    segment: segments.Segment


def train_task(task: Task) -> Trained:
    """Trains a task's network, from where it was broken off; runs in a worker, which may be on another machine."""
    from regnet.training.checkpoints import Checkpoints
    from regnet.training.data import sha256
    from regnet.training.devices import DeviceLost
    from regnet.training.train import train

    device, threads, recipe = slot_device(), slot_threads(), task.recipe
    if task.data_sha256 and (found := sha256(recipe.data, recipe.folder)) != task.data_sha256:
        raise ValueError(
            f"{recipe.data} is another data set on {platform.node()} (SHA-256 {found[:12]}) than where this was "
            f"planned ({task.data_sha256[:12]}): let REGNET_DATA name the same files on every machine"
        )
    keep = Checkpoints(task.checkpoint) if task.checkpoint else None
    try:
        record = train(task.network, recipe, task.seed, device=device, test=task.test, engine=task.engine, keep=keep)
    except DeviceLost as error:
        raise ProcessSpent(str(error)) from error
    return Trained(record, _segment(recipe.precision, device, threads, record.engine))


def forget(task: Task) -> None:
    """Removes what a training that is over was saved in, if it was."""
    if task.checkpoint and task.checkpoint.parent.is_dir():
        from regnet.training.checkpoints import remove

        remove(task.checkpoint)


@cache
def _segment(precision: str, device: str, threads: int, trainer: str) -> segments.Segment:
    """This process's, once: it asks git and the driver of the GPU."""
    return segments.here(precision=precision, device=device, threads=threads, engine=trainer)
