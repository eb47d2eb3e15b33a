"""Why a claim may have come out as it did: a paragraph for each verdict that is no "supported", and for some that are.

They stand in `explained/`, a file a regime, and one for what is the same in each: numbers from print, and times. A
reading belongs to one verdict on so many networks. With more of them it is no longer shown, and a test asks for
another.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from regnet.analysis.compare import Verdict
from regnet.analysis.verdicts import Judgement

PRINT = "print"  # the file of what no regime changes
TEXTS = ("words", "surprise")


@dataclass(frozen=True)
class Reading:
    """Plain words for a claim that came out as `verdict`, its smallest population having n networks.

    Fields in braces are filled from the judgement: `effect`, `low`, `high`, `size` (of the effect, without its sign)
    and `n`. `surprise` is the sentence that the chapter's end says of it; most have none.
    """

    verdict: Verdict
    n: int
    words: str
    surprise: str = ""


@cache
def readings(regime: str) -> Mapping[str, Reading]:
    """Claim -> what is said of it in a regime, or in all (`PRINT`)."""
    file = files("regnet.page") / "explained" / f"{regime}.toml"
    if not file.is_file():
        return {}
    kept = tomllib.loads(file.read_text(encoding="utf-8"))
    return {
        claim: Reading(said["verdict"], said["n"], *(said.get(text, "").replace("\n", " ") for text in TEXTS))
        for claim, said in kept.items()
    }


def reading(judgement: Judgement, regime: str) -> str:
    """What is to be said about a judgement in a regime; empty where verdict, n or regime are others."""
    found = _of(judgement, regime)
    return _filled(found.words, judgement) if found else ""


def surprise(judgement: Judgement, regime: str) -> str:
    """What a chapter's end says of a judgement; empty where nothing surprised, or verdict, n or regime are others."""
    found = _of(judgement, regime)
    return _filled(found.surprise, judgement).strip() if found else ""


def _of(j: Judgement, regime: str) -> Reading | None:
    found = readings(regime).get(j.claim.id) or readings(PRINT).get(j.claim.id)
    return found if found and (found.verdict, found.n) == (j.adjusted, j.n) else None


def _filled(words: str, j: Judgement) -> str:
    numbers = {"effect": j.effect, "low": j.low, "high": j.high, "size": abs(j.effect or 0.0), "n": j.n}
    return words.format(**numbers)
