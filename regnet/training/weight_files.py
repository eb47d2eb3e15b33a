"""The weights in a file of PyTorch or safetensors: read without running anything that the file says, and unwrapped.

Files of PyTorch are read with `weights_only=True` and never otherwise: a pickle can run any program.
"""

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from torch import Tensor

# where projects keep the weights beside other things; averages of weights come last, as they are not what was trained
WRAPPERS = (
    "state_dict", "model", "model_state", "model_state_dict", "network", "net", "module",
    "model_ema", "state_dict_ema", "ema_state_dict", "ema_state", "ema",
)  # fmt: skip
PREFIXES = ("module.", "_orig_mod.", "model.")  # of DataParallel, torch.compile, Lightning
COUNTERS = ("n_averaged",)  # of torch's AveragedModel

MORE = (
    "{path} holds more than weights ({name}), which is not read, as it could run any program; where you trust the "
    "file, load it with weights_only=False and save its state dict alone with torch.save"
)
UNSAFE = "{path} would run {name} if it were read whole: that is no checkpoint, and not to be trusted"


@dataclass(frozen=True)
class Checkpoint:
    """Weights by name; `part` is where in the file they lie ("" for the file itself), `others` what else it has."""

    weights: Mapping[str, Tensor]
    part: str = ""
    others: tuple[str, ...] = ()


def read(path: str | Path, part: str = "") -> Checkpoint:
    """The weights of a file: those as trained, or those of `part`, such as "model_ema".

    Raises:
        FileNotFoundError: no such file.
        ValueError: no checkpoint, a damaged one, or one without weights or without that part; names the file.
        ImportError: a .safetensors file, and safetensors is not installed.
    """
    path = Path(path)
    if path.is_dir():
        raise ValueError(f"{path} is a folder: the file with the weights is expected")
    found = _safetensors(path) if path.suffix == ".safetensors" else _torch(path)
    try:
        return unwrapped(found, part)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def unwrapped(found: Any, part: str = "") -> Checkpoint:
    """The weights in what a file holds, however they are wrapped, without the prefixes that wrappers of modules add.

    Raises:
        ValueError: no weights, or not that part.

    >>> unwrapped({"epoch": 9, "model": {"state_dict": {"module.head.bias": torch.zeros(2)}}}).weights
    {'head.bias': tensor([0., 0.])}
    """
    parts = dict(_parts(found))
    if not parts:
        keys = f" with {', '.join(map(str, list(found)[:5])) or 'nothing'}" if isinstance(found, Mapping) else ""
        raise ValueError(f"no weights by name in it, but {type(found).__name__}{keys}")
    if part and part not in parts:
        raise ValueError(f"no part {part!r} in it; its weights are in {', '.join(map(repr, parts))}")
    chosen = part or next(iter(parts))
    return Checkpoint(_bare(parts[chosen]), chosen, tuple(name for name in parts if name != chosen))


def _parts(found: Any, path: str = "") -> Iterator[tuple[str, dict[str, Tensor]]]:
    """Each mapping of tensors, by where it lies."""
    if not isinstance(found, Mapping):
        return
    weights = {name: value for name, value in found.items() if isinstance(value, Tensor) and isinstance(name, str)}
    if set(weights) - set(COUNTERS):
        yield path, weights
        return
    for name in WRAPPERS:
        if name in found:
            yield from _parts(found[name], f"{path}.{name}" if path else name)


def _bare(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Names without prefixes, in whatever order and number these come."""
    bare = {name: value for name, value in weights.items() if name not in COUNTERS}
    while prefix := next((p for p in PREFIXES if any(name.startswith(p) for name in bare)), ""):
        shorter = {name.removeprefix(prefix): value for name, value in bare.items()}
        if len(shorter) != len(bare):
            raise ValueError(f"it has the same names with and without {prefix!r}: which are the weights?")
        bare = shorter
    return bare


def _torch(path: Path) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of formats; what cannot be read raises
            return torch.load(path, "cpu", weights_only=True)
    except Exception as error:  # a stranger's bytes: unpickling them raises whatever it likes
        if isinstance(error, OSError) and error.filename:
            raise
        said = str(error)
        if name := _global(said):
            advice = UNSAFE if "blocked" in said else MORE
            raise ValueError(advice.format(path=path, name=name)) from error
        why = said.partition(". ")[0].partition("\n")[0] or type(error).__name__
        if isinstance(error, UnpicklingError):
            why = "it is not laid out as torch.save does it"  # PyTorch's own words advise to run what is in the file
        raise ValueError(f"{path} is no checkpoint of PyTorch, or a damaged one: {why}") from error


def _global(said: str) -> str:
    """The class or function that PyTorch names where it refuses to call it; "" where it refuses for another reason."""
    words = said.partition("GLOBAL ")[2].split()
    return words[0] if words else ""


def _safetensors(path: Path) -> dict[str, Tensor]:
    try:
        from safetensors import SafetensorError
        from safetensors.torch import load_file
    except ImportError as error:
        raise ImportError(f"{path} needs safetensors: pip install safetensors") from error
    try:
        found: dict[str, Tensor] = load_file(path)
    except SafetensorError as error:
        raise ValueError(f"{path} is no safetensors file, or a damaged one: {error}") from error
    return found
