"""Published shapes at any budget: a network of the zoo with all its widths times one factor.

Source: arXiv:2003.13678, Tables 3 and 4 compare ResNe(X)ts and EfficientNets with RegNets at equal flops or
activations; so that it can be done at any budget, a shape keeps its depths, kernels, bottleneck ratios and expansion
ratios while its widths grow or shrink together.

Rules:
- AnyNets (RegNets, ResNe(X)ts): widths are rounded to a multiple of 8, group widths that are above 1 are scaled
  too and rounded to 1, 2, 4 or a multiple of 8 (the scaler of facebookresearch/pycls@5719de64, arXiv:2103.06877), then
  group compatibility; a stage of one group keeps one group.
- EfficientNets: stages and head as their own compound scaling rounds them (`EfficientNet.scaled`).
- Widths move in steps: the widest network below the budget is taken, or with `above` the nearest on either side.
- The stem is not scaled: it is the shape's own, or the one given.
- Strides are the published ones. Where the published stem has a max-pool and the given one has none, the first stage
  takes over its stride of 2: a ResNet on the stem of the RegNets sees the resolutions that they see. EfficientNet's
  strides 1, 2, 2, 2, 1, 2, 1 do so as they are: on 28 pixels with a stem of stride 1 both go 28, 14, 7, 4, 2.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from regnet.design.complexity import complexity
from regnet.design.networks import WIDTH_STEP, AnyNet, EfficientNet, Network, Stage, Stem, as_network
from regnet.design.scalars import MOST, SIDE, real, wholes
from regnet.design.zoo import zoo

PRECISION = 1e-9  # of the factor: no two widths of any shape lie so close
MOST_FACTOR = 1024.0


def scale_to(
    shape: str,
    *,
    flops: float | None = None,
    acts: float | None = None,
    stem: Stem | None = None,
    resolution: int = 224,
    num_classes: int = 1000,
    strides: Sequence[int] | None = None,
    tolerance: float = 0.05,
    above: float = 0.0,
) -> Network:
    """The network of a published shape whose flops, or activations (pycls' rule), are nearest to the budget.

    Widths move in steps: the cost may lie below the budget by a share of `tolerance`, above it by a share of `above`.

    Raises:
        ValueError: flops and acts both given or neither, an impossible number, or no network of the shape so near to
            the budget.
        UnknownName: not a published network (a ValueError).

    >>> small = Stem(width=16, stride=1, channels=1)
    >>> scale_to("resnet-50", flops=3e6, stem=small, resolution=28, num_classes=10).widths
    (24, 48, 104, 200)
    """
    if (flops is None) == (acts is None):
        raise ValueError(f"one budget expected, flops or acts, got flops={flops} and acts={acts}")
    name = "acts" if flops is None else "flops"
    published, budget = zoo[shape], real(name, acts if flops is None else flops, above=0)
    tolerance, above = real("tolerance", tolerance, low=0, high=1), real("above", above, low=0)

    def at(factor: float) -> Network:
        return scaled(published, factor, stem=stem, strides=strides)

    def cost(factor: float) -> int:
        return int(getattr(complexity(at(factor), resolution, num_classes), name))

    low, high = _bracket(cost, budget)
    near = [f for f in (low, high) if (1 - tolerance) * budget <= cost(f) <= (1 + above) * budget]
    if not near:
        below = f"{cost(low):,} and " if cost(low) <= budget else ""
        either = f" or {above:.0%} above" if above else ""
        raise ValueError(
            f"no {shape} at {resolution} px has {name} within {tolerance:.0%} below{either} {budget:,.0f}: the nearest "
            f"have {below}{cost(high):,}; move the budget, widen the tolerance, or take another shape"
        )
    return at(min(near, key=lambda factor: abs(cost(factor) - budget)))


def scaled(net: Network, factor: float, *, stem: Stem | None = None, strides: Sequence[int] | None = None) -> Network:
    """The network with the widths of its stages (and of an EfficientNet's head) times `factor`.

    Raises:
        ValueError: a factor that is not positive or above 1024, or another number of strides than of stages.

    >>> scaled(zoo["resnext-50"], 0.25).group_widths
    (1, 2, 4, 8)
    """
    net, factor = as_network(net), real("factor", factor, above=0, high=MOST_FACTOR)
    given = stem or net.stem
    strides = _strides(net, given) if strides is None else wholes("strides", strides, high=SIDE)
    if len(strides) != len(net.stages):
        raise ValueError(f"one stride a stage expected for {len(net.stages)} stages, got {strides}")
    if isinstance(net, EfficientNet):
        wide = net.scaled(width=factor)
        stages = tuple(replace(stage, stride=stride) for stage, stride in zip(wide.stages, strides, strict=True))
        return replace(wide, stages=stages, stem=given)
    widths = [max(1, round(w * factor / WIDTH_STEP)) * WIDTH_STEP for w in net.widths]
    return AnyNet.compatible(
        depths=net.depths,
        widths=widths,
        bottlenecks=net.bottlenecks,
        group_widths=[_group_width(stage, factor) for stage in net.stages],
        strides=strides,
        stem=given,
        block=net.block,
        se_ratio=net.se_ratio,
        activation=net.activation,
    )


def _strides(net: Network, stem: Stem) -> tuple[int, ...]:
    """The published strides; the first stage takes over the max-pool's where the stem has lost it."""
    first, *others = net.strides
    return (2 * first if net.stem.pool and not stem.pool else first, *others)


def _group_width(stage: Stage, factor: float) -> int:
    """Channels a group of the scaled stage, before group compatibility."""
    if stage.groups == 1:
        return MOST  # more than any inner width: one group
    if stage.group_width == 1:
        return 1
    g = max(1, round(stage.group_width * factor))
    return g if g <= 2 else 4 if g <= 5 else 8 * round(g / 8)


def _bracket(cost: Callable[[float], int], budget: float) -> tuple[float, float]:
    """Neighbouring factors, the first with cost at most the budget (or the smallest there is), the second above."""
    low, high = PRECISION, 1.0
    if cost(low) > budget:
        return low, low
    while high < MOST_FACTOR and cost(high) <= budget:
        low, high = high, 2 * high
    while high - low > PRECISION * high:
        middle = (low + high) / 2
        low, high = (middle, high) if cost(middle) <= budget else (low, middle)
    return low, high
