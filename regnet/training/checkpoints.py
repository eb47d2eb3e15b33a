"""Long trainings are saved at the end of each epoch and go on from there, to the same result as without a break.

A file is one line, the format and the SHA-256 of what follows, and the state as `torch.save` writes it (which notices
no changed byte by itself). It says whose it is; one that is damaged or another training's is left aside in one line.
"""

import contextlib
import hashlib
import io
import os
import pickle
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from regnet.design.scalars import set_real
from regnet.training.images import Batch
from regnet.training.torch_engine import TorchEngine

FORMAT = b"regnet checkpoint 1"  # another number whenever older files cannot be gone on from


@dataclass(frozen=True)
class Checkpoints:
    """Where a training is saved; at most every `seconds`, so that short ones are not saved at all."""

    path: Path
    seconds: float = 60.0

    def __post_init__(self) -> None:
        set_real(self, "seconds", low=0)


class Saved:
    """A training by PyTorch that is saved, and taken up again where a file of the same training is found.

    `whose` is all that decides its result, `clock` the seconds that the process has spent on it.
    """

    def __init__(
        self, engine: TorchEngine, place: Checkpoints, whose: Mapping[str, str | int], clock: Callable[[], float]
    ) -> None:
        self.engine, self.place, self.whose, self.clock = engine, place, dict(whose), clock
        self.before = 0.0  # seconds that were spent before a break

    def resume(self) -> int:
        """How many steps are done already, by the file.

        Raises:
            ValueError: the processes of a team do not see the same file.
        """
        team = self.engine.team
        if (state := read(self.place.path, self.whose)) is not None:
            self.engine.restore(state)
            self.before = state["seconds"]
        done = len(self.engine.losses)
        if len(found := set(team.all(done))) > 1:
            raise ValueError(f"{self.place.path} is not one file for all processes: steps done are {sorted(found)}")
        if done and team.rank == 0:
            _say(f"going on after step {done:,} of {self.engine.recipe.steps:,}, from {self.place.path}")
        return done

    def watched(self, batches: Iterable[Batch], epoch: int) -> Iterator[Batch]:
        """The same batches; where the next is asked for after the last of an epoch, the state is saved first."""
        last = time.monotonic()
        for batch in batches:
            yield batch
            if self._ends(epoch) and time.monotonic() - last >= self.place.seconds:
                if self.engine.team.rank == 0:
                    write(self.place.path, self.whose, self.engine.state() | {"seconds": self.before + self.clock()})
                last = time.monotonic()

    def _ends(self, epoch: int) -> bool:
        """Whether the last step ended an epoch or the training."""
        recipe, steps = self.engine.recipe, len(self.engine.losses)
        seen = steps * recipe.batch
        return seen // epoch > (seen - recipe.batch) // epoch or steps == recipe.steps


def write(path: Path, whose: Mapping[str, str | int], state: Mapping[str, Any]) -> None:
    """Puts a state in the file's place, whole; where that cannot be done, one line says so and training goes on."""
    content = _bytes({"whose": dict(whose), **state})
    try:
        _put(path, FORMAT + b" " + hashlib.sha256(content).hexdigest().encode() + b"\n", content)
    except OSError as error:
        _say(f"{path} was not written ({error.strerror or error}): the training goes on, unsaved since the last one")


def read(path: Path, whose: Mapping[str, str | int]) -> dict[str, Any] | None:
    """The state that a file holds; None where there is none, or, after a line that says why, none of this training."""
    try:
        return _read(path, whose)
    except FileNotFoundError:
        return None
    except OSError as error:
        why = f"cannot be read ({error.strerror or error})"
    except ValueError as error:
        why = str(error)
    _say(f"{path} {why}: the training begins anew")
    return None


def _read(path: Path, whose: Mapping[str, str | int]) -> dict[str, Any]:
    head, _, content = path.read_bytes().partition(b"\n")
    form, _, digest = head.rpartition(b" ")
    if form != FORMAT:
        raise ValueError(f"does not begin with {FORMAT.decode()!r}")
    if hashlib.sha256(content).hexdigest().encode() != digest:
        raise ValueError("is damaged")
    try:
        state: dict[str, Any] = torch.load(io.BytesIO(content), "cpu", weights_only=True)
    except (RuntimeError, pickle.UnpicklingError) as error:
        raise ValueError(f"is nothing that PyTorch {torch.__version__} loads") from error
    for name, value in whose.items():
        if (theirs := state["whose"].get(name)) != value:
            raise ValueError(f"is of another training ({name} {theirs}, not {value})")
    return state


def save_weights(path: Path, target: Path) -> None:
    """Writes the weights of a training that is over, as a state dict; raises OSError where they cannot be."""
    content = path.read_bytes().partition(b"\n")[2]
    _put(target, _bytes(torch.load(io.BytesIO(content), "cpu", weights_only=True)["model"]))


def remove(path: Path) -> None:
    """Forget a training that is over: its file, and what a break while it was written left."""
    for file in (path, _beside(path)):
        file.unlink(missing_ok=True)


def _bytes(value: Any) -> memoryview:
    buffer = io.BytesIO()
    torch.save(value, buffer)
    return buffer.getbuffer()


def _put(path: Path, *parts: bytes | memoryview) -> None:
    """A file that is there whole or not at all; what a break while it is written leaves, the next one overwrites."""
    beside = _beside(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise


def _beside(path: Path) -> Path:
    return path.with_name(path.name + ".tmp")


def _say(line: str) -> None:
    print(f"regnet: {line}", file=sys.stderr, flush=True)
