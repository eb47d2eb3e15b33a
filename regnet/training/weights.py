"""Checkpoints of pycls, torchvision, timm, transformers and this library in our modules, by their layers' names.

What a checkpoint does not say:
- pycls trained on images in BGR order: the stem's weights are turned round here, so that RGB is right everywhere;
- torchvision's efficientnet_b5 has BN with eps 1e-3, which is set; timm's tf_ models have it too (`eps=1e-3`) and
  pad otherwise as well, which no renaming mends;
- torchvision's regnet_x_400mf, regnet_y_800mf and regnet_y_8gf are not the paper's networks: they are the zoo's
  regnetx-400mf-torchvision, regnety-800mf-torchvision and regnety-8.0gf-torchvision.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from regnet.design.complexity import complexity
from regnet.design.networks import Network
from regnet.design.zoo import zoo
from regnet.training import weight_files
from regnet.training.layouts import SOURCES, Source
from regnet.training.models.blocks import Classifier
from regnet.training.models.build import build
from regnet.training.weight_files import Checkpoint

COUNTER = "num_batches_tracked"  # of BN, which works without
TORCHVISION_EPS = {"efficientnet-b5": 1e-3}


@dataclass(frozen=True)
class Loaded:
    """A module with a checkpoint's weights, the project whose names they had, and where in the file they lay."""

    module: Classifier
    project: str
    part: str
    others: tuple[str, ...]

    @property
    def num_classes(self) -> int:
        """Classes that the checkpoint tells apart."""
        return self.module.head.out_features


def load(network: Network, checkpoint: str | Path | Mapping[str, Any], *, eps: float | None = None) -> Classifier:
    """The network's module with a checkpoint's weights, in evaluation mode; images are RGB, normalised.

    `checkpoint` is a file or what `torch.load` gave; it decides the number of classes. `eps` is that of every BN, where
    the checkpoint was trained with another than 1e-5.

    Raises:
        ValueError: no checkpoint, names that none of the projects has, no classifier, or another network's.
        FileNotFoundError: no such file.
    """
    return loaded(network, checkpoint, eps=eps).module


def loaded(
    network: Network, checkpoint: str | Path | Mapping[str, Any], *, part: str = "", eps: float | None = None
) -> Loaded:
    """The same with what is known of the checkpoint; `part` is one of several state dicts in it. Raises as `load`."""
    if not isinstance(checkpoint, str | Path):
        return _loaded(network, weight_files.unwrapped(checkpoint, part), eps)
    found = weight_files.read(checkpoint, part)
    try:
        return _loaded(network, found, eps)
    except ValueError as error:
        raise ValueError(f"{checkpoint}: {error}") from error


def _loaded(network: Network, checkpoint: Checkpoint, eps: float | None) -> Loaded:
    theirs, source = _known(checkpoint.weights)
    head = source.layers(network)["head"]
    if f"{head}.weight" not in theirs:
        raise ValueError(
            f"the {source.project} checkpoint has no classifier ({head}.weight): it gives features, not classes"
        )
    if said := _difference(network, theirs, source):
        fits = ", ".join(_fitting(theirs, source)) or "none of the zoo's networks"
        raise ValueError(
            f"the {source.project} checkpoint is of another network than the one given: {said}; it fits {fits}"
        )
    module = build(network, _classes(theirs, head), seed=0)
    names = source.names(network, module.state_dict())
    states = {name: theirs[their] for name, their in names.items() if their in theirs}
    if source.project == "pycls":
        states["stem.conv.weight"] = states["stem.conv.weight"].flip(1)
    module.load_state_dict(states, strict=False)  # only COUNTERs can be missing
    _set_eps(module, _eps(network, source) if eps is None else eps)
    return Loaded(module.eval(), source.project, checkpoint.part, checkpoint.others)


def _known(weights: Mapping[str, Tensor]) -> tuple[dict[str, Tensor], Source]:
    """The weights without the project's prefix, and the project's names for their family."""
    for source in SOURCES:
        theirs = {name.removeprefix(source.prefix): value for name, value in weights.items()}
        if f"{source.mark}.weight" in theirs:
            return theirs, source
    marks = ", ".join(dict.fromkeys(f"{source.mark}.weight ({source.project})" for source in SOURCES))
    raise ValueError(f"a checkpoint that has one of {marks} is expected, got {', '.join(list(weights)[:3])} ...")


def _classes(theirs: Mapping[str, Tensor], head: str) -> int:
    """Classes of the checkpoint; 1, which fits nothing, where its classifier is no matrix."""
    weight = theirs.get(f"{head}.weight")
    return max(1, len(weight)) if weight is not None and weight.ndim == 2 else 1


def difference(network: Network, weights: Mapping[str, Tensor]) -> str:
    """How a checkpoint's tensors differ from the network's by name or shape; "" where it fits. Takes no memory."""
    return _difference(network, *_known(weights))


def _difference(network: Network, theirs: Mapping[str, Tensor], source: Source) -> str:
    with torch.device("meta"):
        ours = build(network, _classes(theirs, source.layers(network)["head"])).state_dict()
    names = source.names(network, ours)
    missing = [name for name, their in names.items() if their not in theirs and not name.endswith(COUNTER)]
    more = sorted(set(theirs) - set(names.values()))
    other = [
        f"{n} {tuple(theirs[t].shape)}" for n, t in names.items() if t in theirs and theirs[t].shape != ours[n].shape
    ]
    found = {"without": missing, "with": more, "of other shapes": other}
    return "; ".join(f"{what} {', '.join(found[what][:3])}" for what in found if found[what])


def _fitting(theirs: Mapping[str, Tensor], source: Source) -> Iterator[str]:
    """Names of the zoo's networks, the paper's or not, that have these tensors."""
    params = sum(value.numel() for name, value in theirs.items() if name.endswith((".weight", ".bias")))
    for name in (*zoo, *zoo.beyond):
        classes = _classes(theirs, source.layers(zoo[name])["head"])
        # counting takes a hundredth of the time of building
        if complexity(zoo[name], num_classes=classes).params == params and not _difference(zoo[name], theirs, source):
            yield name


def _eps(network: Network, source: Source) -> float | None:
    """Of BN, where the project trained this network with another than ours."""
    found = [eps for name, eps in TORCHVISION_EPS.items() if zoo[name] == network]
    return found[0] if found and source.project == "torchvision" else None


def _set_eps(module: nn.Module, eps: float | None) -> None:
    for norm in module.modules():
        if isinstance(norm, nn.BatchNorm2d) and eps is not None:
            norm.eps = eps
