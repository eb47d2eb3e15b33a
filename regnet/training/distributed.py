"""One training by several processes, each with a GPU of its own (or, for tests, a share of the CPU).

Each batch is the recipe's, cut into equal parts; gradients are averaged, so that a step is the step of the whole batch.
What differs from one process at the same batch: batch norm sees a process's part only, 128 images in the paper's
8 x 128, and its running averages, which networks are judged by, are those of rank 0's parts (pycls does both). The
validation images are shared out batch by batch, and the errors are of all.

The processes meet through a file in a temporary folder, so they share a machine; `REGNET_LOADERS` counts for each. On
several machines, start the processes with torchrun, call `torch.distributed.init_process_group`, then `train` with
`team=Team(rank, size)` and a checkpoint that all see.
"""

import logging
import os
import pickle
import signal
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import torch
import torch.distributed as dist
from torch.multiprocessing.spawn import ProcessException, spawn

from regnet.design.networks import Network
from regnet.design.recipe import Recipe, Record
from regnet.design.scalars import WORKERS, whole
from regnet.training.checkpoints import Checkpoints
from regnet.training.devices import pick_device
from regnet.training.team import Team
from regnet.training.train import train

MISTAKES = (ValueError, OSError)  # what is said in one line


@dataclass(frozen=True)
class Job:
    """A training, and the first device: process r of a GPU training has the r-th from there on."""

    network: Network
    recipe: Recipe
    seed: int
    device: str
    keep: Checkpoints | None


def train_together(
    network: Network,
    recipe: Recipe,
    seed: int,
    *,
    processes: int,
    device: str = "cuda",
    keep: Checkpoints | None = None,
) -> Record:
    """As `train`, by so many processes on this machine: on "cpu", or on as many GPUs from `device` on.

    Raises:
        ValueError: as `train`, a number that does not divide the batch, or more processes than GPUs.
        ChildProcessError: a process was killed, or failed otherwise than by a mistake in the arguments.
    """
    processes = whole("processes", processes, high=WORKERS)
    if recipe.batch % processes:
        raise ValueError(f"a batch of {recipe.batch} cannot be shared evenly by {processes} processes")
    job = Job(network, recipe, seed, _device(device, 0), keep)
    _device(job.device, processes - 1)
    if processes == 1:
        return train(network, recipe, seed, device=job.device, engine="torch", keep=keep)
    with tempfile.TemporaryDirectory(prefix="regnet-") as folder:
        logging.getLogger("torch.multiprocessing.spawn").setLevel(logging.ERROR)  # whom it ends, and how
        started = spawn(_take_part, (processes, folder, job), processes, join=False)  # type: ignore[no-untyped-call]
        try:
            while not started.join():
                pass
        except ProcessException as error:
            if (mistake := Path(folder, "mistake")).exists():
                raise pickle.loads(mistake.read_bytes()) from None
            why = str(error).strip().splitlines()[-1]
            saved = f", now from {keep.path}" if keep and keep.path.exists() else ""
            raise ChildProcessError(
                f"one of {processes} processes ended ({why}): start the training again{saved}"
            ) from error
        finally:
            for process in started.processes:  # after a Ctrl-C they would train on
                process.kill()
                process.join()
        return Record(**pickle.loads(Path(folder, "record").read_bytes()))


def _device(first: str, rank: int) -> str:
    """The device of a process; raises ValueError where there is none."""
    first = pick_device(first)
    return first if first == "cpu" else pick_device(f"cuda:{int(first.partition(':')[2]) + rank}")


def _take_part(rank: int, size: int, folder: str, job: Job) -> None:
    """A process's life; rank 0 leaves the record."""
    signal.signal(signal.SIGINT, _end)  # Ctrl-C, and what the system sends when the parent is gone
    warnings.filterwarnings("ignore", "Grad strides do not match")  # of 1x1 kernels, whose memory is the same
    try:
        device = _device(job.device, rank)
        with _joined(rank, size, folder, device):
            record = train(job.network, job.recipe, job.seed, device=device, keep=job.keep, team=Team(rank, size))
        if rank == 0:
            Path(folder, "record").write_bytes(pickle.dumps(vars(record)))
    except MISTAKES as mistake:
        Path(folder, f"mistake-{rank}").write_bytes(pickle.dumps(mistake))
        Path(folder, f"mistake-{rank}").replace(Path(folder, "mistake"))
        raise


@contextmanager
def _joined(rank: int, size: int, folder: str, device: str) -> Iterator[None]:
    if device == "cpu":
        torch.set_num_threads(1)  # as a sweep's worker; results depend on it
    else:
        torch.cuda.set_device(device)
    backend = "gloo" if device == "cpu" else "nccl"
    dist.init_process_group(backend, init_method=f"file://{folder}/meet", rank=rank, world_size=size)
    try:
        yield
    finally:
        dist.destroy_process_group()


def _end(signum: int, frame: FrameType | None) -> None:
    del signum, frame
    os._exit(130)
