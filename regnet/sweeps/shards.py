"""One sweep as jobs that do not know of each other: each takes every n-th training into a journal of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_SUFFIX = re.compile(r"\.shard-\d+-of-\d+$")


@dataclass(frozen=True)
class Shard:
    """Part `number` of `of`, counted from 1; the only part of one is the whole sweep.

    >>> [turn for turn in range(8) if Shard(3, 4).takes(turn)]
    [2, 6]
    """

    number: int = 1
    of: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.number <= self.of:
            raise ValueError(f"a shard is I/N with I from 1 to N, as 3/16, got {self.number}/{self.of}")

    @classmethod
    def parse(cls, text: str) -> Shard:
        """The shard written I/N; the whole for the empty text.

        Raises:
            ValueError: anything else.
        """
        if not text:
            return cls()
        if not re.fullmatch(r"[0-9]{1,9}/[0-9]{1,9}", text):
            raise ValueError(f"a shard is I/N with I from 1 to N, as 3/16, got {text!r}")
        return cls(*map(int, text.split("/")))

    @property
    def whole(self) -> bool:
        return self.of == 1

    def takes(self, turn: int) -> bool:
        """Whether the training of that turn, counted from 0, is this part's."""
        return turn % self.of == self.number - 1

    def journal(self, sheet: Path) -> Path:
        """The part's journal beside that of the whole sheet: regnetx.shard-3-of-16.jsonl beside regnetx.jsonl."""
        return sheet if self.whole else sheet.with_suffix(f".shard-{self.number}-of-{self.of}{sheet.suffix}")


def journals(sheet: Path) -> list[Path]:
    """The journals that there are of a sheet: the whole's, then those of its parts, by name."""
    parts = sorted(path for path in sheet.parent.glob("*.jsonl") if path != sheet and sheet_name(path) == sheet.stem)
    return [path for path in (sheet, *parts) if path.exists()]


def sheet_name(journal: Path) -> str:
    """The name of the sheet that a journal's rows belong to.

    >>> sheet_name(Path("work/smoke/regnetx.repeats.shard-3-of-16.jsonl"))
    'regnetx.repeats'
    """
    return _SUFFIX.sub("", journal.stem)
