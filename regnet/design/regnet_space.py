"""RegNetX and its restrictions: d, w_a, w_0, w_m, b, g of a quantised line (sec. 3.3).

The paper has d < 64, w_0, w_a < 256 and 1.5 <= w_m <= 3; laws, steps and the lower bounds of w_a and w_0 are the
defaults of pycls' sampler.
"""

from dataclasses import dataclass, replace
from typing import Any, Literal, Self

import numpy as np

from regnet.design.design_space import Counting, DesignSpace
from regnet.design.laws import Law, LogUniform, Uniform
from regnet.design.sampling import Candidates
from regnet.design.scalars import Floats
from regnet.design.stages import compatible_widths, crossings, line_stages, may_have_stages

Constraint = float | tuple[float, float] | Law

DEPTHS = Uniform(1, 63)
SLOPES = LogUniform(8, 256, 0.1)
INITIAL_WIDTHS = LogUniform(8, 256, 8)
MULTIPLIERS = Uniform(1.5, 3, 0.001)


@dataclass(frozen=True, repr=False)
class RegNetSpace(DesignSpace):
    """Quantised lines with exactly `stages` stages; where `tied`, w_0 is drawn and w_a set to it."""

    d: Law = DEPTHS
    w_a: Law = SLOPES
    w_0: Law = INITIAL_WIDTHS
    w_m: Law = MULTIPLIERS
    tied: bool = False

    def constrain(
        self,
        name: str,
        *,
        d: Constraint | None = None,
        w_a: Constraint | None = None,
        w_0: Constraint | Literal["w_a"] | None = None,
        w_m: Constraint | None = None,
        b: Constraint | None = None,
        g: Constraint | None = None,
    ) -> Self:
        """The smaller space `name`: for each parameter a value, bounds (low, high), or another law.

        `w_0="w_a"` is the restriction w_0 = w_a of Fig 9.

        Raises:
            ValueError: a value that cannot be drawn, another word, a constraint of another type, or one on w_a where
                it is w_0.
        """
        if w_0 == "w_a" and w_a is not None:
            raise ValueError(f'w_0="w_a" leaves no w_a to constrain, got {w_a!r}')
        if self.tied and w_a is not None:
            raise ValueError(f"{self.name} has w_a = w_0: constrain w_0 instead of w_a")
        changes: dict[str, Any] = {}
        for parameter, constraint in (("d", d), ("w_a", w_a), ("w_0", w_0), ("w_m", w_m), ("b", b), ("g", g)):
            if not isinstance(constraint, str):
                changes |= self._narrowed(parameter, constraint)
            elif (parameter, constraint) == ("w_0", "w_a"):
                changes["tied"] = True
            else:
                raise ValueError(f'the only word is w_0="w_a", got {parameter}={constraint!r}')
        return replace(self, name=name, **changes)

    @property
    def _laws(self) -> dict[str, Law]:
        laws = {"d": self.d, "w_a": self.w_a, "w_0": self.w_0, "w_m": self.w_m, "b": self.b, "g": self.g}
        laws |= {"zoom": self.zoom} if self.zoom.count > 1 else {}
        return {name: law for name, law in laws.items() if not (self.tied and name == "w_a")}

    def law(self, column: str) -> Law:
        """The law of a drawn column; that of w_0 for w_a where they are tied."""
        return self.w_0 if self.tied and column == "w_a" else self._laws[column]

    @property
    def dims(self) -> int:
        """Degrees of freedom: 6 for RegNetX (Table 1)."""
        return sum(law.count > 1 for law in self._laws.values())

    def size(self, counting: Counting = "ties") -> int:
        """How many settings of the drawn parameters there are, whatever the number of stages they give.

        Table 1 prints about 64^4 * 6 * 3, that is 64 values for each of d, w_a, w_0 and w_m.

        >>> from regnet.design.spaces import spaces
        >>> [spaces["regnetx"].size(counting) for counting in ("printed", "ties")]
        [301989888, 135135822528]
        """
        total = 1
        for name, law in self._laws.items():
            total *= 64 if counting == "printed" and name not in ("b", "g") and law.count > 1 else law.count
        return total

    def parameters(self) -> dict[str, str]:
        """Each parameter and its law, in words."""
        laws = {name: str(law) for name, law in self._laws.items()}
        return laws | {"w_a": "w_0"} if self.tied else laws

    def candidates(self, rng: np.random.Generator, n: int) -> Candidates:
        """The valid ones among n raw draws, in order; b and g are drawn for lines with the wanted stages only."""
        d, w_0, w_m = (law.draw(rng, n) for law in (self.d, self.w_0, self.w_m))
        w_a = w_0 if self.tied else self.w_a.draw(rng, n)
        x = crossings(w_a, w_0, w_m, self.stages)
        keep = may_have_stages(d, x)
        d, w_a, w_0, w_m, x = d[keep], w_a[keep], w_0[keep], w_m[keep], x[:, keep]
        depths, widths, whole = line_stages(d, w_a, w_0, w_m, x)
        drawn = {"d": d[whole], "w_a": w_a[whole], "w_0": w_0[whole], "w_m": w_m[whole]}
        return self._compatible(rng, drawn, depths[:, whole], widths[:, whole])

    def _compatible(
        self, rng: np.random.Generator, drawn: dict[str, Floats], depths: Floats, widths: Floats
    ) -> Candidates:
        """The lines, each with one b and one g for all stages, made compatible."""
        drawn = drawn | {"b": self.b.draw(rng, widths.shape[1]), "g": self.g.draw(rng, widths.shape[1])}
        b, g = (np.repeat(drawn[name][None], self.stages, axis=0) for name in "bg")
        groups = g if self.block == "X" else np.floor(np.maximum(1, widths / b))
        widths, groups = compatible_widths(widths, b, groups)
        return Candidates(drawn, depths, widths, b, groups)
