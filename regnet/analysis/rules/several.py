"""A claim of several comparisons that each have a rule of their own."""

from dataclasses import dataclass

from regnet.analysis.rules.evidence import About, Evidence, Family, Part, Rule


@dataclass(frozen=True)
class Each:
    """Every one of the rules must hold; they are of one family.

    Raises:
        ValueError: no rule, or rules of two families.
    """

    rules: tuple[Rule, ...]

    def __post_init__(self) -> None:
        if len({rule.family for rule in self.rules}) != 1:
            raise ValueError(f"rules of one family expected, got {sorted({rule.family for rule in self.rules})}")

    @property
    def family(self) -> Family:
        return self.rules[0].family

    @property
    def about(self) -> About:
        return self.rules[0].about

    @property
    def populations(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for rule in self.rules for name in rule.populations))

    @property
    def text(self) -> str:
        return "; ".join(dict.fromkeys(rule.text for rule in self.rules))

    def parts(self, evidence: Evidence) -> list[Part]:
        return [part for rule in self.rules for part in rule.parts(evidence)]
