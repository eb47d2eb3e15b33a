"""Where a network's cost lies: stem, each stage, head; the parts add up to `complexity`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from regnet.design.complexity import complexity
from regnet.design.convolutions import Conv, output_side
from regnet.design.networks import EfficientNet, Network


@dataclass(frozen=True)
class Part:
    """A part's name, the side of its output, and its multiply-adds, parameters and convolution outputs (elements)."""

    name: str
    side: int
    flops: int
    params: int
    conv_acts: int


def parts(net: Network, resolution: int = 224, num_classes: int = 1000) -> list[Part]:
    """Stem, stages and head in order; flops, params and conv_acts sum to those of `complexity`.

    Raises:
        ValueError: resolution or num_classes below 1.

    >>> from regnet.design.zoo import zoo
    >>> [(part.name, part.side, part.flops) for part in parts(zoo["regnetx-400mf"])][:2]
    [('stem', 112, 10838016), ('stage 1', 56, 33718272)]
    """
    whole = complexity(net, resolution, num_classes)  # refuses an impossible resolution
    stem = net.stem
    side = output_side(resolution, stem.stride)
    found = [_conv("stem", Conv(1, stem.kernel**2 * stem.channels * stem.width, stem.width, side))]
    side = output_side(side, 2) if stem.pool else side
    for number, (width, stride) in enumerate(zip(net.widths, net.strides, strict=True), start=1):
        side = output_side(side, stride)
        first: Network = replace(net, stages=net.stages[:number])  # type: ignore[arg-type]  # each family's own stages
        until = complexity(first, resolution, num_classes)
        known = [*found, _head(net, width, side, num_classes)]
        found.append(_rest(f"stage {number}", side, until.flops, until.params, until.conv_acts, known))
    return [*found, _rest("head", 1, whole.flops, whole.params, whole.conv_acts, found)]


def _conv(name: str, conv: Conv) -> Part:
    return Part(name, int(conv.side), int(conv.flops), int(conv.params), int(conv.acts))


def _head(net: Network, width: int, side: int, num_classes: int) -> Part:
    """What follows stages that end in so many channels: the classifier, in an EfficientNet after a 1x1 convolution."""
    if not isinstance(net, EfficientNet):
        return Part("head", 1, (width + 1) * num_classes, (width + 1) * num_classes, 0)
    last = _conv("head", Conv(1, width * net.head_width, net.head_width, side))
    more = (net.head_width + 1) * num_classes
    return replace(last, flops=last.flops + more, params=last.params + more)


def _rest(name: str, side: int, flops: int, params: int, conv_acts: int, known: Sequence[Part]) -> Part:
    """The part that completes the known ones to these totals."""
    return Part(
        name,
        side,
        flops - sum(part.flops for part in known),
        params - sum(part.params for part in known),
        conv_acts - sum(part.conv_acts for part in known),
    )
