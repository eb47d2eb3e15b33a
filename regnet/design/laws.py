"""The laws single parameters are drawn from, as values.

Source: arXiv:2003.13678, sec. 3.2, for AnyNet ("log-uniform"). Which law RegNet's d, w_a, w_0 and w_m have (sec. 3.3),
and how a draw is quantised, the paper does not say; here they are those of pycls' sampler: a log-uniform draw is
rounded up to a multiple of the step, a uniform draw down.

A draw is an array of float64, shape (n,), exact multiples of the step: k * step for a whole step, k / m for a step
1 / m.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from regnet.design.scalars import WIDTH, Floats, is_number, pair, real, reals, set_real, shown

LEAST_STEP = 1e-6


@dataclass(frozen=True)
class _Stepped:
    """Multiples of `step` (whole, or one over a whole number) from `low` to `high`, both among them."""

    low: float
    high: float
    step: float = 1

    def __post_init__(self) -> None:
        set_real(self, "low", "high", above=0, high=WIDTH)
        set_real(self, "step", low=LEAST_STEP, high=WIDTH)
        if not self.low <= self.high:
            raise ValueError(f"bounds must satisfy 0 < low <= high, got [{self.low:g}, {self.high:g}]")
        if not math.isclose(self.step if self.step >= 1 else 1 / self.step, round(max(self.step, 1 / self.step))):
            raise ValueError(f"step must be a whole number or one over one, got {self.step:g}")
        for name, bound in (("low", self.low), ("high", self.high)):
            if not math.isclose(bound, self.value(self.ticks(bound)), rel_tol=1e-9):
                raise ValueError(f"{name} must be a multiple of the step {self.step:g}, got {bound:g}")

    def ticks(self, value: float) -> int:
        """How many steps make `value`."""
        return round(value / self.step)

    def value(self, ticks: float) -> float:
        """The value of a number of steps."""
        return ticks * self.step if self.step >= 1 else ticks / round(1 / self.step)

    @property
    def count(self) -> int:
        """How many values can be drawn."""
        return self.ticks(self.high) - self.ticks(self.low) + 1

    def _within(self, low: float, high: float) -> tuple[float, float]:
        """The part of [low, high] that the law reaches."""
        if not max(low, self.low) <= min(high, self.high):
            raise ValueError(f"no value of {self} lies in [{low:g}, {high:g}]")
        return max(low, self.low), min(high, self.high)

    @property
    def grid(self) -> tuple[float, ...]:
        """Values that say for all whether they are multiples of a number, and how far they reach."""
        return self.low, min(self.low + self.step, self.high), self.high

    @property
    def whole(self) -> bool:
        """Whether every value is an integer."""
        return self.step >= 1

    def _values(self, ticks: Floats) -> Floats:
        np.clip(ticks, self.ticks(self.low), self.ticks(self.high), out=ticks)
        if self.step >= 1:
            return np.multiply(ticks, self.step, out=ticks)
        return np.divide(ticks, round(1 / self.step), out=ticks)

    def fixed(self, value: float) -> Choice:
        """This law given one of its values.

        Raises:
            ValueError: a value that cannot be drawn.
        """
        value = real("value", value)
        if not self.low <= value <= self.high or not math.isclose(value, self.value(self.ticks(value))):
            raise ValueError(f"{value:g} cannot be drawn: expected a value of {self}")
        return Choice((value,))


@dataclass(frozen=True)
class Uniform(_Stepped):
    """Each multiple of `step` in [low, high] equally likely.

    >>> print(Uniform(1, 63))
    uniform 1..63
    """

    def draw(self, rng: np.random.Generator, n: int) -> Floats:
        """n independent draws, shape (n,)."""
        ticks = rng.random(n)
        ticks *= self.count
        ticks += self.ticks(self.low)
        return self._values(np.floor(ticks, out=ticks))

    def between(self, low: float, high: float) -> Self:
        """This law given low <= x <= high."""
        least, most = self._within(low, high)
        return replace(self, low=least, high=most)

    def __str__(self) -> str:
        step = "" if self.step == 1 else f" step {self.step:g}"
        return f"uniform {self.low:g}..{self.high:g}{step}"


@dataclass(frozen=True)
class LogUniform(_Stepped):
    """ceil(f / step) * step with f log-uniform on (low - min(step, low / 2), high].

    `floor` replaces the lower end of f's interval where the law is one given x >= low; 0 means the default.

    >>> print(LogUniform(8, 1024, 8))
    log-uniform 8..1024 step 8
    """

    floor: float = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        set_real(self, "floor", low=0)

    def draw(self, rng: np.random.Generator, n: int) -> Floats:
        """n independent draws, shape (n,)."""
        low = self.floor or self.low - min(self.step, self.low / 2)
        f = rng.random(n)
        f *= -math.log(self.high / low)
        f += math.log(self.high / self.step)
        np.exp(f, out=f)
        return self._values(np.ceil(f, out=f))

    def between(self, low: float, high: float) -> Self:
        """This law given low <= x <= high."""
        floor = low - self.step if low > self.low else self.floor
        least, most = self._within(low, high)
        return replace(self, low=least, high=most, floor=floor)

    def __str__(self) -> str:
        step = "" if self.step == 1 else f" step {self.step:g}"
        return f"log-uniform {self.low:g}..{self.high:g}{step}"


@dataclass(frozen=True)
class Choice:
    """Each of `values` equally likely.

    >>> print(Choice((1, 2, 4)))
    one of 1, 2, 4
    """

    values: tuple[float, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", reals("values", self.values, above=0, high=WIDTH))
        if not self.values or len(set(self.values)) != len(self.values):
            raise ValueError(f"positive values without repeats expected, got {self.values}")

    @property
    def count(self) -> int:
        """How many values can be drawn."""
        return len(self.values)

    @property
    def grid(self) -> tuple[float, ...]:
        """All of them."""
        return self.values

    @property
    def whole(self) -> bool:
        """Whether every value is an integer."""
        return all(v.is_integer() for v in self.values)

    def draw(self, rng: np.random.Generator, n: int) -> Floats:
        """n independent draws, shape (n,)."""
        values = np.asarray(self.values, np.float64)
        if len(values) == 1:
            return np.full(n, values[0])
        if len(values) > 256:
            return values[rng.integers(len(values), size=n)]
        return values[rng.integers(len(values), size=n, dtype=np.uint8)]  # what the type draws is what was sealed

    def between(self, low: float, high: float) -> Choice:
        """This law given low <= x <= high."""
        values = tuple(v for v in self.values if low <= v <= high)
        if not values:
            raise ValueError(f"no value of {self} lies in [{low:g}, {high:g}]")
        return Choice(values)

    def fixed(self, value: float) -> Choice:
        """This law given one of its values.

        Raises:
            ValueError: a value that cannot be drawn.
        """
        value = real("value", value)
        if value not in self.values:
            raise ValueError(f"{value:g} cannot be drawn: expected {self}")
        return Choice((value,))

    def __str__(self) -> str:
        values = ", ".join(f"{v:g}" for v in self.values)
        return f"one of {values}" if len(self.values) > 1 else values


Law = Uniform | LogUniform | Choice


def narrowed(law: Law, constraint: object) -> Law:
    """The law given one of its values, or bounds (low, high); a law in its place where the constraint is one.

    Raises:
        ValueError: a value that cannot be drawn, bounds that hold none, or anything else.
    """
    if isinstance(constraint, Law):
        return constraint
    if is_number(constraint):
        return law.fixed(real("value", constraint))
    if isinstance(constraint, tuple):
        low, high = pair("bounds", constraint)
        return law.between(-math.inf if low is None else low, math.inf if high is None else high)
    raise ValueError(f"a value, bounds (low, high) or a law expected, got {shown(constraint)}")
