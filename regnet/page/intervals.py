"""A comparison as a small picture: its interval and estimate, zero, and where the interval has to lie."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from regnet.analysis.compare import Comparison
from regnet.analysis.rules.evidence import POINTS, Part
from regnet.analysis.verdicts import Judgement

WIDTH, HEIGHT = 160, 14  # units of the picture
ROOM = 4  # of them left at both ends
FAR = 5  # one wide interval does not make all others dots


@dataclass(frozen=True)
class Scale:
    """From what value to what value the pictures of a unit reach; what lies beyond is drawn to the edge."""

    low: float
    high: float

    def at(self, value: float) -> float:
        """Where a value stands across the picture."""
        if value < self.low:
            return 0.0
        if value > self.high:
            return WIDTH
        return ROOM + (WIDTH - 2 * ROOM) * (value - self.low) / (self.high - self.low)


def scales(judged: Iterable[Judgement]) -> Mapping[str, Scale]:
    """Unit -> one scale for all its pictures, with zero on it and every end up to `FAR` times their upper quartile."""
    ends: dict[str, list[float]] = {}
    for j in judged:
        if j.decides and drawable(j.decides):
            ends.setdefault(j.unit, [0.0]).extend(end for end in _ends(j.decides) if math.isfinite(end))
    return {unit: _scale(found) for unit, found in ends.items()}


def _scale(ends: list[float]) -> Scale:
    far = FAR * float(np.quantile(np.abs([end for end in ends if end]), 0.75))
    return Scale(max(min(ends), -far), min(max(ends), far))


def drawable(part: Part) -> bool:
    """Whether there is an interval, and not a number that is known."""
    return part.result.low != part.result.high


def picture(part: Part, scale: Scale) -> str:
    """The comparison as SVG: shaded where the interval has to lie, upright where zero is; better and as claimed right.

    Effects of errors are turned over, as lower is better, and so are those that are claimed to be small.
    """
    low, high, effect, left, right = (f"{scale.at(end):.0f}" for end in _ends(part))
    zero = f"{scale.at(0.0):.0f}"
    return (
        f'<svg class="interval" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{_lies(part.result)}">'
        f'<path class="asked" d="M{left} 0H{right}V{HEIGHT}H{left}"/><path d="M{zero} 0V{HEIGHT}"/>'
        f'<path class="line" d="M{low} 7H{high}"/><circle cx="{effect}" cy="7" r="3"/></svg>'
    )


def _ends(part: Part) -> tuple[float, float, float, float, float]:
    """Low and high of the interval, the estimate, low and high of what is claimed, all in the picture's direction."""
    low, high = part.result.low, part.result.high
    left, right = part.result.claimed
    turned = part.unit == POINTS or math.isinf(left)
    if not turned:
        return low, high, part.result.effect, left, right
    return -high, -low, -part.result.effect, -right, -left


def _lies(result: Comparison) -> str:
    """The picture in words."""
    low, high = result.claimed
    if low <= result.low and result.high <= high:
        return "interval wholly in what is claimed"
    outside = result.high <= low or high <= result.low
    return f"interval {'wholly' if outside else 'partly'} outside what is claimed"
