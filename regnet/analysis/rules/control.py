"""A chain that is judged beside a control: the same spaces under the same handicap, without what the claim is about."""

from dataclasses import dataclass, replace
from typing import ClassVar

from regnet.analysis.compare import AGAINST
from regnet.analysis.rules.adjusted_means import AdjustedChain
from regnet.analysis.rules.evidence import About, Evidence, Family, Part


@dataclass(frozen=True)
class Controlled:
    """The chain's steps; one against the claim counts only where the control's same step supports it.

    Fig 10, V blocks: where networks of X blocks whose branches start at scale 1 lose the order too, it is lost to how
    deep networks start, and says nothing about V.

    Raises:
        ValueError: chains of two lengths.
    """

    chain: AdjustedChain
    control: AdjustedChain
    about: ClassVar[About] = "populations"
    family: ClassVar[Family] = "difference"

    def __post_init__(self) -> None:
        if len(self.chain.populations) != len(self.control.populations):
            raise ValueError(
                f"a control has as many steps as its chain, got {self.control.populations} for {self.chain.populations}"
            )

    @property
    def populations(self) -> tuple[str, ...]:
        return (*self.chain.populations, *self.control.populations)

    @property
    def text(self) -> str:
        control = ", ".join(self.control.populations)
        return f"{self.chain.text}; a step against the claim counts only where the same step holds in {control}"

    def parts(self, evidence: Evidence) -> list[Part]:
        return [
            _beside(step, control)
            for step, control in zip(self.chain.parts(evidence), self.control.parts(evidence), strict=True)
        ]


def _beside(step: Part, control: Part) -> Part:
    """The step with its control beside it; undecided, with a p that says so, where both are lost."""
    beside = (*step.beside, replace(control, beside=()))
    if step.result.verdict in AGAINST and control.result.verdict != "supported":
        return replace(step, result=replace(step.result, verdict="inconclusive", p=1.0), beside=beside)
    return replace(step, beside=beside)
