"""The devices of this machine: what a name means, and what is refused before anything is trained on it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch


def pick_device(name: str = "auto") -> str:
    """The device of a name: "cpu", "cuda:0" for "cuda", "cuda:1", or "auto" for a GPU where there is one.

    Raises:
        ValueError: another name, or a GPU that is not there; the message says what is.

    >>> pick_device("cpu")
    'cpu'
    """
    if name == "cpu":
        return "cpu"
    kind, _, number = ("cuda:0" if name in ("auto", "cuda") else name).partition(":")
    if kind != "cuda" or not (number.isascii() and number.isdecimal()):
        raise ValueError(f"device must be auto, cpu, cuda or cuda:NUMBER, got {name!r}; here: {_here()}")
    if int(number) < _gpus():
        return f"cuda:{int(number)}"
    if name == "auto":
        return "cpu"
    raise ValueError(f"no device {name!r}: PyTorch {torch.__version__} sees {_gpus()} CUDA GPUs; here: {_here()}")


def pick_devices(names: Sequence[str]) -> tuple[str, ...]:
    """The devices that workers share. A row names one device, so that they must be of one kind.

    Raises:
        ValueError: as `pick_device`, or devices of two kinds.
    """
    picked = tuple(pick_device(name) for name in names)
    if len(kinds := dict.fromkeys("the CPU" if name == "cpu" else gpu_name(name) for name in picked)) > 1:
        raise ValueError(f"workers must share devices of one kind, got {', '.join(names)}: {' and '.join(kinds)}")
    return picked


class DeviceLost(OSError):
    """A device that computes nothing more for this process."""


@contextmanager
def computing(device: str) -> Iterator[None]:
    """Raises DeviceLost in place of an error after which the device answers every call of this process with it.

    So does a GPU after a kernel's fault, as a wrong address; another process may find it whole.
    """
    try:
        yield
    except RuntimeError as error:
        if device != "cpu" and _lost(device):
            said = str(error).strip().partition("\n")[0]
            raise DeviceLost(f"{device} computes nothing more for this process ({said}): start it again") from error
        raise


def _lost(device: str) -> bool:
    try:
        torch.cuda.synchronize(device)
    except RuntimeError:
        return True
    return False


def gpu_name(device: str) -> str:
    """What the driver calls "cuda:k", whatever the order in which PyTorch counts: as NVIDIA H100 80GB HBM3."""
    return torch.cuda.get_device_name(device)


def _gpus() -> int:
    return torch.cuda.device_count() if torch.cuda.is_available() else 0


def _here() -> str:
    return ", ".join(["cpu", *(f"cuda:{number}" for number in range(_gpus()))])
