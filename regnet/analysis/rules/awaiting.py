"""A claim that no rule judges yet, and what it waits for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from regnet.analysis.rules.evidence import About, Evidence, Family, NotTestable, Part


@dataclass(frozen=True)
class Awaiting:
    """Not tested here: the evidence that would decide is not planned, or its rule is not written. It counts in Holm."""

    why: str
    family: Family
    about: About = "populations"
    populations: ClassVar[tuple[str, ...]] = ()

    @property
    def text(self) -> str:
        return f"not judged: {self.why}"

    def parts(self, evidence: Evidence) -> list[Part]:  # noqa: ARG002
        raise NotTestable(self.why)
