"""AnyNetX and its refinements: d, w, b and g of each stage drawn by themselves (sec. 3.2).

An order conditions the law by rejection: "increasing" is x_{i+1} >= x_i in the realised network, ties kept, nothing
sorted. "equal" draws one value for all stages. Group compatibility may lower g and change w in a narrow stage, so
"equal", values and bounds hold for what is drawn.
"""

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal, Self

import numpy as np

from regnet.design.design_space import Counting, DesignSpace
from regnet.design.laws import Law, LogUniform
from regnet.design.sampling import Candidates
from regnet.design.scalars import Floats, is_number
from regnet.design.stages import Mask, compatible_widths

Rule = Literal["free", "equal", "increasing", "decreasing"]
Constraint = Rule | float | tuple[float, float] | Law

DEPTHS = LogUniform(1, 16)
WIDTHS = LogUniform(8, 1024, 8)


@dataclass(frozen=True, repr=False)
class AnyNetSpace(DesignSpace):
    """Stages drawn by themselves: a law and a rule across stages for each of d, w, b, g."""

    d: Law = DEPTHS
    w: Law = WIDTHS
    d_rule: Rule = "free"
    w_rule: Rule = "free"
    b_rule: Rule = "free"
    g_rule: Rule = "free"

    def __post_init__(self) -> None:
        super().__post_init__()
        for parameter, rule in self._rules.items():
            if rule != "free":
                _allow(parameter, rule)

    def constrain(
        self,
        name: str,
        *,
        d: Constraint | None = None,
        w: Constraint | None = None,
        b: Constraint | None = None,
        g: Constraint | None = None,
    ) -> Self:
        """The smaller space `name`: for each parameter a rule ("equal"; for d and w also "increasing" or
        "decreasing"), one value for all stages, bounds (low, high), or another law.

        Raises:
            ValueError: an unknown rule, an order beside another one, a value that cannot be drawn, or a constraint of
                another type.
        """
        changes: dict[str, Any] = {}
        for parameter, constraint in (("d", d), ("w", w), ("b", b), ("g", g)):
            if isinstance(constraint, str):
                changes[f"{parameter}_rule"] = self._ruled(parameter, constraint)
                continue
            changes |= self._narrowed(parameter, constraint)
            if is_number(constraint):
                changes[f"{parameter}_rule"] = "equal"
        return replace(self, name=name, **changes)

    def _ruled(self, parameter: str, rule: str) -> str:
        _allow(parameter, rule)
        present = self._rules[parameter]
        if rule != "equal" and present not in ("free", rule):
            raise ValueError(f"{self.name} has {parameter} {present}: it cannot be made {rule} as well")
        return rule

    @property
    def _rules(self) -> dict[str, Rule]:
        return {"d": self.d_rule, "w": self.w_rule, "b": self.b_rule, "g": self.g_rule}

    def law(self, column: str) -> Law:
        """The law of a drawn column ("d3") or of a parameter ("d")."""
        return {"d": self.d, "w": self.w, "b": self.b, "g": self.g, "z": self.zoom}[column[0]]

    @property
    def dims(self) -> int:
        """Degrees of freedom: 16, 13, 10, 10, 10 for AnyNetX_A to _E (Table 1)."""
        varied = {name: rule for name, rule in self._rules.items() if self.law(name).count > 1}
        return sum(1 if rule == "equal" else self.stages for rule in varied.values()) + (self.zoom.count > 1)

    def size(self, counting: Counting = "ties") -> int:
        """How many settings of the drawn parameters there are, exactly.

        Of k^stages settings an order keeps C(k + stages - 1, stages) where ties are allowed, C(k, stages) where it is
        "strict"; Table 1 prints k^stages / stages!.

        >>> from regnet.design.spaces import spaces
        >>> [spaces["anynetx_d"].size(counting) for counting in ("printed", "ties", "strict")]
        [13194139533312, 13821510942720, 12584484864000]
        """
        total, divisor = self.zoom.count, 1
        for name, rule in self._rules.items():
            k = self.law(name).count
            if rule == "equal":
                total *= k
            elif rule == "free" or counting == "printed":
                total *= k**self.stages
                divisor *= 1 if rule == "free" else math.factorial(self.stages)
            else:
                total *= math.comb(k + self.stages - 1 if counting == "ties" else k, self.stages)
        return total // divisor

    def parameters(self) -> dict[str, str]:
        """Each parameter and its law, in words."""
        words = {
            "free": "",
            "equal": ", one for all stages",
            "increasing": ", increasing",
            "decreasing": ", decreasing",
        }
        found = {
            f"{name}1..{name}{self.stages}": f"{self.law(name)}{words[rule]}" for name, rule in self._rules.items()
        }
        return found | ({"zoom": str(self.zoom)} if self.zoom.count > 1 else {})

    def candidates(self, rng: np.random.Generator, n: int) -> Candidates:
        """The valid ones among n raw draws, in order; d comes first, as its order is the cheapest to check."""
        d = self._draw(rng, n, "d")
        d = d if self.d_rule in ("free", "equal") else d[:, _ordered(d, self.d_rule)]
        w, b, g = (self._draw(rng, d.shape[1], name) for name in "wbg")
        groups = g if self.block == "X" else np.floor(np.maximum(1, w / b))
        widths, groups = compatible_widths(w, b, groups)
        columns = zip("dwbg", (d, w, b, g), strict=True)
        drawn = {f"{name}{i}": row for name, rows in columns for i, row in enumerate(rows, start=1)}
        members = Candidates(drawn, d, widths, b, groups)
        return members if self.w_rule in ("free", "equal") else members.where(_ordered(widths, self.w_rule))

    def _draw(self, rng: np.random.Generator, n: int, name: str) -> Floats:
        """n draws of a parameter for every stage, shape (stages, n)."""
        law = self.law(name)
        if self._rules[name] == "equal":
            return np.repeat(law.draw(rng, n)[None], self.stages, axis=0)
        return law.draw(rng, self.stages * n).reshape(self.stages, n)


def _allow(parameter: str, rule: str) -> None:
    """Raises ValueError where a parameter cannot have that rule."""
    allowed = ("equal", "increasing", "decreasing") if parameter in ("d", "w") else ("equal",)
    if rule not in allowed:
        raise ValueError(f"rule of {parameter} must be one of {', '.join(allowed)}, got {rule!r}")


def _ordered(rows: Floats, rule: Rule) -> Mask:
    """Which columns increase or decrease from row to row, ties allowed; shape (n,)."""
    keep = np.ones(rows.shape[1], np.bool_)
    for one, following in pairwise(rows):
        keep &= one <= following if rule == "increasing" else one >= following
    return keep
