"""Checkpoints of pycls, torchvision and timm in our modules: RegNets, ResNe(X)ts and EfficientNets, by their names.

Sources of the names: facebookresearch/pycls@5719de64 (models/anynet.py, models/effnet.py), torchvision 0.29, timm 1.0.

What a checkpoint does not say:
- pycls trained on images in BGR order: the stem's weights are turned round here, so that RGB is right everywhere;
- torchvision's efficientnet_b5 and larger and timm's tf_ models have BN with eps 1e-3: give `eps=1e-3`; the tf_ models
  pad otherwise as well, which no renaming mends;
- torchvision's regnet_x_400mf, regnet_y_800mf and regnet_y_8gf are not the paper's networks: they are refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from regnet.design.networks import EfficientNet, Network
from regnet.training.models.blocks import Classifier
from regnet.training.models.build import build

# our names of what `Source` lists
ENDS = ("stem.conv", "stem.norm", "last.conv", "last.norm", "head")
PARTS = (
    "body.0.conv", "body.0.norm", "body.1.conv", "body.1.norm", "body.2.squeeze", "body.2.excite",
    "last.conv", "last.norm", "shortcut.conv", "shortcut.norm",
)  # fmt: skip
COUNTER = "num_batches_tracked"  # of BN, which works without


@dataclass(frozen=True)
class Source:
    """What a project calls the layers of a family, without ".weight" and the like; "-" is a layer it does not have.

    `mark` is a layer that no other source has; `ends` are its names of ENDS, `parts` of PARTS after the prefix `block`,
    `unexpanded` the same for blocks without expansion. {s} and {b} count stages and blocks from 1, {s0} and {b0} from
    0; {after} is the number after the last stage's.
    """

    project: str
    mark: str
    ends: str
    block: str
    parts: str
    unexpanded: str = ""


_SOURCES = (
    Source(
        "pycls", "s1.b1.f.a", "stem.conv stem.bn - - head.fc", "s{s}.b{b}.",
        "f.a f.a_bn f.b f.b_bn f.se.f_ex.0 f.se.f_ex.2 f.c f.c_bn proj bn",
    ),
    Source(
        "pycls", "s1.b1.dwise", "stem.conv stem.bn head.conv head.conv_bn head.fc", "s{s}.b{b}.",
        "exp exp_bn dwise dwise_bn se.f_ex.0 se.f_ex.2 lin_proj lin_proj_bn - -",
        "- - dwise dwise_bn se.f_ex.0 se.f_ex.2 lin_proj lin_proj_bn - -",
    ),
    Source(
        "torchvision", "trunk_output.block1.block1-0.f.a.0", "stem.0 stem.1 - - fc",
        "trunk_output.block{s}.block{s}-{b0}.",
        "f.a.0 f.a.1 f.b.0 f.b.1 f.se.fc1 f.se.fc2 f.c.0 f.c.1 proj.0 proj.1",
    ),
    Source(
        "torchvision", "layer1.0.conv1", "conv1 bn1 - - fc", "layer{s}.{b0}.",
        "conv1 bn1 conv2 bn2 - - conv3 bn3 downsample.0 downsample.1",
    ),
    Source(
        "torchvision", "features.1.0.block.0.0",
        "features.0.0 features.0.1 features.{after}.0 features.{after}.1 classifier.1", "features.{s}.{b0}.block.",
        "0.0 0.1 1.0 1.1 2.fc1 2.fc2 3.0 3.1 - -", "- - 0.0 0.1 1.fc1 1.fc2 2.0 2.1 - -",
    ),
    Source(
        "timm", "s1.b1.conv1.conv", "stem.conv stem.bn - - head.fc", "s{s}.b{b}.",
        "conv1.conv conv1.bn conv2.conv conv2.bn se.fc1 se.fc2 conv3.conv conv3.bn downsample.conv downsample.bn",
    ),
    Source(
        "timm", "blocks.0.0.conv_dw", "conv_stem bn1 conv_head bn2 classifier", "blocks.{s0}.{b0}.",
        "conv_pw bn1 conv_dw bn2 se.conv_reduce se.conv_expand conv_pwl bn3 - -",
        "- - conv_dw bn1 se.conv_reduce se.conv_expand conv_pw bn2 - -",
    ),
)  # fmt: skip


def load(network: Network, checkpoint: str | Path | Mapping[str, Any], *, eps: float | None = None) -> Classifier:
    """The network's module with a checkpoint's weights, in evaluation mode; images are RGB, normalised.

    `checkpoint` is a file or a state dict; it decides the number of classes. `eps` is that of every BN, where the
    checkpoint was trained with another than 1e-5.

    Raises:
        ValueError: a checkpoint whose names none of the projects has, or of another network.
        FileNotFoundError: no such file.
    """
    given = torch.load(checkpoint, "cpu", weights_only=True) if isinstance(checkpoint, str | Path) else checkpoint
    theirs: dict[str, Tensor] = dict(given.get("model_state", given))  # pycls keeps more than weights in a file
    source = _source(theirs)
    layers = _layers(network, source)
    module = build(network, len(theirs.get(f"{layers['head']}.bias", (0,))), seed=0)
    names = {name: _renamed(name, layers) for name in module.state_dict()}
    _compare(module, names, theirs, source)
    states = {name: theirs[their] for name, their in names.items() if their in theirs}
    if source.project == "pycls":
        states["stem.conv.weight"] = states["stem.conv.weight"].flip(1)
    module.load_state_dict(states, strict=False)  # only COUNTERs can be missing
    for norm in module.modules():
        if isinstance(norm, nn.BatchNorm2d) and eps is not None:
            norm.eps = eps
    return module.eval()


def _source(theirs: Mapping[str, Tensor]) -> Source:
    for source in _SOURCES:
        if f"{source.mark}.weight" in theirs:
            return source
    marks = ", ".join(f"{source.mark}.weight ({source.project})" for source in _SOURCES)
    raise ValueError(f"a checkpoint that has one of {marks} is expected, got {', '.join(list(theirs)[:3])} ...")


def _layers(network: Network, source: Source) -> dict[str, str]:
    """Our name of every layer -> theirs."""
    ends = source.ends.format(after=len(network.stages) + 1).split()
    names = dict(zip(ENDS, ends, strict=True))
    for s, depth in enumerate(network.depths):
        unexpanded = isinstance(network, EfficientNet) and network.stages[s].expansion == 1
        parts = (source.unexpanded if unexpanded else source.parts).split()
        for b in range(depth):
            prefix = source.block.format(s=s + 1, s0=s, b=b + 1, b0=b)
            for ours, their in zip(PARTS, parts, strict=False):
                names[f"stages.{s}.{b}.{ours}"] = prefix + their
    return names


def _renamed(name: str, layers: Mapping[str, str]) -> str:
    """Their name of one of our tensors."""
    layer, _, kind = name.rpartition(".")
    return f"{layers.get(layer, '-')}.{kind}"


def _compare(module: nn.Module, names: Mapping[str, str], theirs: Mapping[str, Tensor], source: Source) -> None:
    """Raise ValueError unless the checkpoint has the module's tensors, no more, of the same shapes."""
    ours = module.state_dict()
    missing = [name for name, their in names.items() if their not in theirs and not name.endswith(COUNTER)]
    more = sorted(set(theirs) - set(names.values()))
    other = [
        f"{n} {tuple(theirs[t].shape)}" for n, t in names.items() if t in theirs and theirs[t].shape != ours[n].shape
    ]
    found = {"without": missing, "with": more, "of other shapes": other}
    said = "; ".join(f"{what} {', '.join(found[what][:3])}" for what in found if found[what])
    if said:
        raise ValueError(f"the {source.project} checkpoint is of another network than the one given: {said}")
