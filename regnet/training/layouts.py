"""What projects call the layers of RegNets, ResNe(X)ts and EfficientNets.

Sources of the names: facebookresearch/pycls@5719de64 (models/anynet.py, models/effnet.py), torchvision 0.29, timm 1.0
(its ResNe(X)ts have torchvision's names), Hugging Face transformers 4.57 (models/regnet, models/resnet).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from regnet.design.networks import MBStage, Network

# our names of what `Source` lists
ENDS = ("stem.conv", "stem.norm", "last.conv", "last.norm", "head")
PARTS = (
    "body.0.conv", "body.0.norm", "body.1.conv", "body.1.norm", "body.2.squeeze", "body.2.excite",
    "last.conv", "last.norm", "shortcut.conv", "shortcut.norm",
)  # fmt: skip


@dataclass(frozen=True)
class Source:
    """What a project calls the layers of a family, without ".weight" and the like; "-" is a layer it does not have.

    `mark` is a layer that no other source has; `ends` are its names of ENDS, `parts` of PARTS after the prefix `block`;
    `fewer` are the same where blocks lack what they have elsewhere: an EfficientNet's expansion, or, where numbers of
    layers move with it, squeeze-and-excitation. {s} and {b} count stages and blocks from 1, {s0} and {b0} from 0;
    {after} is the number after the last stage's. `prefix` comes before all names but the classifier's, or not at all.
    """

    project: str
    mark: str
    ends: str
    block: str
    parts: str
    fewer: str = ""
    prefix: str = ""

    def layers(self, network: Network) -> dict[str, str]:
        """Our name of every layer -> theirs."""
        ends = self.ends.format(after=len(network.stages) + 1).split()
        names = dict(zip(ENDS, ends, strict=True))
        for s, depth in enumerate(network.depths):
            stage = network.stages[s]
            whole = stage.expansion != 1 if isinstance(stage, MBStage) else network.se_ratio
            parts = (self.parts if whole else self.fewer or self.parts).split()
            for b in range(depth):
                block = self.block.format(s=s + 1, s0=s, b=b + 1, b0=b)
                for ours, their in zip(PARTS, parts, strict=False):
                    names[f"stages.{s}.{b}.{ours}"] = block + their
        return names

    def names(self, network: Network, ours: Mapping[str, object]) -> dict[str, str]:
        """Their name of each of our tensors."""
        layers = self.layers(network)
        parted = {name: name.rpartition(".") for name in ours}
        return {name: f"{layers.get(layer, '-')}.{kind}" for name, (layer, _, kind) in parted.items()}


class Own(Source):
    """This library's names: those of its modules."""

    def layers(self, network: Network) -> dict[str, str]:  # noqa: ARG002 (every network's)
        return {"head": "head"}

    def names(self, network: Network, ours: Mapping[str, object]) -> dict[str, str]:  # noqa: ARG002
        return {name: name for name in ours}


SOURCES = (
    Own("regnet", "stem.norm", "", "", ""),
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
    *(
        Source(
            "transformers", "embedder.embedder.convolution",
            "embedder.embedder.convolution embedder.embedder.normalization - - classifier.1",
            "encoder.stages.{s0}.layers.{b0}.",
            "layer.0.convolution layer.0.normalization layer.1.convolution layer.1.normalization "
            "layer.2.attention.0 layer.2.attention.2 layer.3.convolution layer.3.normalization "
            "shortcut.convolution shortcut.normalization",
            "layer.0.convolution layer.0.normalization layer.1.convolution layer.1.normalization - - "
            "layer.2.convolution layer.2.normalization shortcut.convolution shortcut.normalization",
            prefix,
        )
        for prefix in ("regnet.", "resnet.")
    ),
)  # fmt: skip
