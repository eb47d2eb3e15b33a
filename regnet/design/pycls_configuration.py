"""pycls' configurations: the network that MODEL and REGNET, ANYNET or EN describe.

Source: facebookresearch/pycls@5719de64, pycls/core/config.py (names and defaults) and configs/dds_baselines.

What our networks do not have is refused: blocks of two 3x3 convolutions (pycls' vanilla and basic blocks), linear
blocks, 1x1 heads of AnyNets, and the older section RESNET's blocks with the stride on a 1x1.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from regnet.design.networks import AnyNet, EfficientNet, MBStage, Network, RegNet, Stem
from regnet.design.zoo import RESNET_DEPTHS

SECTIONS = {"regnet": "REGNET", "anynet": "ANYNET", "effnet": "EN", "resnet": "RESNET"}
_STEMS = {"simple_stem_in": (3, 2, False), "res_stem_in": (7, 2, True), "res_stem_cifar": (3, 1, False)}
_BLOCK = "res_bottleneck_block"
_RESOLUTION = 224  # pixels, where TRAIN.IM_SIZE is left out

Section = Mapping[str, Any]


def is_one(description: Mapping[str, Any]) -> bool:
    """Whether a mapping is a configuration of pycls: it has MODEL, or a section of networks."""
    return any(name in description for name in ("MODEL", *SECTIONS.values()))


def resolution(configuration: Mapping[str, Any]) -> Any:
    """Side of the training images in pixels."""
    return _section(configuration, "TRAIN").get("IM_SIZE", _RESOLUTION)


def network(configuration: Mapping[str, Any]) -> Network:
    """The network of a configuration.

    Raises:
        ValueError: a type, block or stem that is not pycls' or that our networks do not have, or a key left out.

    >>> network({"REGNET": {"DEPTH": 22, "W0": 24, "WA": 24.48, "WM": 2.54, "GROUP_W": 16}}).widths
    (32, 64, 160, 384)
    """
    model = _section(configuration, "MODEL")
    there = [kind for kind, name in SECTIONS.items() if name in configuration]
    kind = str(model.get("TYPE") or (there[0] if len(there) == 1 else ""))
    if kind not in SECTIONS:
        raise ValueError(f"MODEL.TYPE must be one of {', '.join(SECTIONS)}, got {kind!r}")
    section = _section(configuration, SECTIONS[kind])
    activation = model.get("ACTIVATION_FUN", "relu")
    activation = "silu" if activation == "swish" else activation  # the older name
    if kind == "effnet":
        return _efficientnet(section, activation)
    if kind == "resnet":
        return _resnet(model, section)
    if section.get("HEAD_W", 0):
        raise ValueError(f"HEAD_W must be 0, as AnyNets here have no 1x1 head, got {section['HEAD_W']}")
    if (block := section.get("BLOCK_TYPE", _BLOCK)) != _BLOCK:
        raise ValueError(f"BLOCK_TYPE must be {_BLOCK}, as other blocks of pycls have no equal here, got {block!r}")
    template = {"stem": _stem(section), "se_ratio": _squeeze(section), "activation": activation}
    return _regnet(section, template) if kind == "regnet" else _anynet(section, template)


def _regnet(section: Section, template: Mapping[str, Any]) -> AnyNet:
    if (stride := section.get("STRIDE", 2)) != 2:
        raise ValueError(f"REGNET.STRIDE must be 2, got {stride}: give the stages as ANYNET, each with its stride")
    d, w_0, w_a, w_m, g = (_of(section, name, "REGNET") for name in ("DEPTH", "W0", "WA", "WM", "GROUP_W"))
    b = 1 / float(section.get("BOT_MUL", 1.0))
    return RegNet(d=d, w_a=w_a, w_0=w_0, w_m=w_m, g=g, b=b, **template).to_anynet()


def _anynet(section: Section, template: Mapping[str, Any]) -> AnyNet:
    depths, widths = (_stages(section, name, "ANYNET") for name in ("DEPTHS", "WIDTHS"))
    strides = section.get("STRIDES") or [2] * len(depths)
    factors = section.get("BOT_MULS") or [1.0] * len(depths)
    groups = section.get("GROUP_WS") or [1] * len(depths)
    bottlenecks = [1 / float(factor) for factor in factors]
    return AnyNet.compatible(
        depths=depths, widths=widths, bottlenecks=bottlenecks, group_widths=groups, strides=strides, **template
    )


def _efficientnet(section: Section, activation: Any) -> EfficientNet:
    names = ("DEPTHS", "WIDTHS", "EXP_RATIOS", "KERNELS", "STRIDES")
    columns = [_stages(section, name, "EN") for name in names]
    if len({len(column) for column in columns}) != 1:
        raise ValueError(f"EN has one entry a stage in each of {', '.join(names)}, got {[len(c) for c in columns]}")
    stages = tuple(MBStage(*row) for row in zip(*columns, strict=True))
    stem, head = Stem(width=section.get("STEM_W", 32)), section.get("HEAD_W", 1280)
    return EfficientNet(stages, stem, head, section.get("SE_R", 0.25), activation)


def _resnet(model: Section, section: Section) -> AnyNet:
    """The older way to describe a ResNe(X)t: a number of layers, groups and the width of a group."""
    depth, transform = model.get("DEPTH"), section.get("TRANS_FUN", "basic_transform")
    if depth not in RESNET_DEPTHS or transform != "bottleneck_transform" or section.get("STRIDE_1X1", True):
        raise ValueError(
            "RESNET needs MODEL.DEPTH 50, 101 or 152, TRANS_FUN bottleneck_transform and STRIDE_1X1 False, as ResNets "
            f"here have, got {depth}, {transform} and {section.get('STRIDE_1X1', True)}"
        )
    groups, width = int(section.get("NUM_GROUPS", 1)), int(section.get("WIDTH_PER_GROUP", 64))
    widths = [256 << i for i in range(4)]
    inner = [groups * width << i for i in range(4)]
    return AnyNet.compatible(
        depths=RESNET_DEPTHS[depth],
        widths=widths,
        bottlenecks=[w / v for w, v in zip(widths, inner, strict=True)],
        group_widths=[width << i for i in range(4)],
        strides=(1, 2, 2, 2),
        stem=Stem(kernel=7, width=64, pool=True),
    )


def _stem(section: Section) -> Stem:
    kind = section.get("STEM_TYPE", "simple_stem_in")
    if kind not in _STEMS:
        raise ValueError(f"STEM_TYPE must be one of {', '.join(_STEMS)}, got {kind!r}")
    kernel, stride, pool = _STEMS[kind]
    return Stem(kernel=kernel, width=section.get("STEM_W", 32), stride=stride, pool=pool)


def _squeeze(section: Section) -> float:
    return float(section.get("SE_R", 0.25)) if section.get("SE_ON", False) else 0.0


def _section(configuration: Mapping[str, Any], name: str) -> Section:
    found = configuration.get(name) or {}
    if not isinstance(found, Mapping):
        raise ValueError(f"{name} must have keys and values, got {found!r}")
    return found


def _of(section: Section, name: str, where: str) -> Any:
    if name not in section:
        raise ValueError(f"{where}.{name} is missing")
    return section[name]


def _stages(section: Section, name: str, where: str) -> Sequence[Any]:
    values = _of(section, name, where)
    if not isinstance(values, Sequence) or isinstance(values, str) or not values:
        raise ValueError(f"{where}.{name} must list one number a stage, got {values!r}")
    return values
