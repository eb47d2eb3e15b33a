"""The ledger as a page: every claim once, its verdict in each regime that tested it, and what that rests on.

Claims can be filtered on the page (book/_static/ledger.js); without scripts all stand there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape

import pandas as pd

from regnet.analysis import verdicts
from regnet.analysis.claims import Claim
from regnet.analysis.rule_sets import V2, rules_of
from regnet.analysis.rules.adjusted_means import MARGIN
from regnet.analysis.rules.timing import Faster, PredictsTimeAtSize
from regnet.analysis.verdicts import Judgement, seed_sd
from regnet.evidence.judge import judgements
from regnet.figures import chapter, link, number
from regnet.page import box, tables
from regnet.page.intervals import Scale, drawable, picture, scales
from regnet.page.replication import OUTCOMES, PAIR, outcome, rests_on_networks, tested
from regnet.page.sentences import effect
from regnet.page.verdicts import EVIDENCE, SIGNS, about, anchor, badge, rests
from regnet.sweeps.experiments import REPEATED, SECTION3
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.store import Runs

COLUMNS = ("Figure or table", "Claim", "Verdict and what it rests on")
EVERY_REGIME = (Faster, PredictsTimeAtSize)
"""Rules about times of networks of the paper's size: no regime changes them."""


@dataclass(frozen=True)
class Ledger:
    """All claims as a table; `setting` is the paragraph above it, `post_hoc` what the second rules say of them.

    judged: regime -> its judgements, the page's own regime first.
    """

    judged: Mapping[str, Sequence[Judgement]]
    setting: str
    post_hoc: Mapping[str, Judgement]

    @cached_property
    def claims(self) -> dict[str, dict[str, Judgement]]:
        """Claim -> regime -> judgement, in the paper's order; those of the page's regime before others of a figure."""
        found: dict[str, dict[str, Judgement]] = {}
        for regime, judged in self.judged.items():
            for j in judged:
                found.setdefault(j.claim.id, {})[regime] = j
        elements = list(dict.fromkeys(_claim(by).element for by in found.values()))
        return dict(sorted(found.items(), key=lambda item: elements.index(_claim(item[1]).element)))

    def _repr_html_(self) -> str:
        drawn = scales(j for by in self.claims.values() for j in by.values())
        rows = (self._row(by, drawn) for by in self.claims.values())
        table = tables.markup(COLUMNS, rows, "wide ledger", marks=map(_mark, self.claims.values()))
        return (
            f'<div class="ledger-box" id="claims"><p>{escape(self.setting + self._more())}</p>{self._filter()}'
            f'<p class="shown" role="status">{len(self.claims)} claims</p>'
            f"{tables.region(table, 'The ledger')}"
            f'<p class="files">{box.download("ledger", self.data(), "All verdicts with their numbers")}</p></div>'
        )

    def data(self) -> pd.DataFrame:
        """A row a regime and claim: `verdicts.ledger`, the regime first."""
        tables = [verdicts.ledger(judged).assign(regime=regime) for regime, judged in self.judged.items()]
        every = pd.concat(tables, ignore_index=True)
        return every[["regime", *every.columns.drop("regime")]]

    def _more(self) -> str:
        """How many claims are judged by which regime's rules, as a sentence."""
        page, *others = self.judged
        own = self.judged[page]
        more = len(self.claims) - len(own)
        alone = f", {more} more by those of {', '.join(others)} alone" if more else ""
        return f" {len(own)} claims are judged by the rules of {page}{alone}."

    def _row(self, by: Mapping[str, Judgement], drawn: Mapping[str, Scale]) -> list[str]:
        regime, j = next(iter(by.items()))
        small = [EVIDENCE.get(j.claim.kind, ""), _outcome(by), j.claim.more]
        said = "".join(f"<small>{escape(words)}</small>" for words in small if words)
        where = f'<a href="{link(j.claim.element)}">{number(j.claim.element)}</a>'
        return [
            f"{where} {anchor(j)}",
            f"{escape(j.claim.sentence)}{about(j, regime)}{said}",
            "".join(self._found(one, there, drawn) for there, one in by.items()),
        ]

    def _found(self, j: Judgement, regime: str, drawn: Mapping[str, Scale]) -> str:
        """A verdict of one regime."""
        measured = j.claim.kind == "measured"
        where = f' data-regime="{regime}"' if measured else ""
        called = "every regime" if isinstance(j.claim.rule, EVERY_REGIME) else regime
        named = f'<span class="regime">{called}</span>' if measured and len(self.judged) > 1 else ""
        shown = picture(j.decides, drawn[j.unit]) if j.decides and drawable(j.decides) and not j.claim.gate else ""
        after = self.post_hoc.get(j.claim.id) if regime == next(iter(self.judged)) else None
        said = effect(after, regime) if after else ""
        more = [f"post hoc, by the second rules: {after.words}{'; ' * bool(said)}{said}"] if after else []
        return (
            f'<div class="found" data-verdict="{j.adjusted}"{where}>'
            f"{badge(j.adjusted, j.words)}{named}{shown}{rests(j, regime, *more)}</div>"
        )

    def _filter(self) -> str:
        """The form that the script shows and reads; the names of its fields stand in the page's address."""
        every = [j for by in self.claims.values() for j in by.values()]
        outcomes = {_outcome(by) for by in self.claims.values()}
        fields: dict[str, tuple[str, dict[str, str]]] = {
            "verdict": (
                "Verdict",
                {w: f"{sign} {w}" for w, sign in SIGNS.items() if any(j.adjusted == w for j in every)},
            ),
            "kind": ("Evidence", {word: word for word in ("measured", *EVIDENCE.values())}),
            "regime": ("Regime", {name: name for name in self.judged}),
            "outcome": ("In both regimes", {word: word for word in OUTCOMES.values() if word in outcomes}),
            "chapter": ("Chapter", {name: _plain(name) for name in sorted({chapter(j.claim.element) for j in every})}),
        }
        chosen = "".join(_field(name, said, words) for name, (said, words) in fields.items() if words)
        return (
            f'<form class="filter" role="search" aria-label="Claims" hidden>{chosen}'
            '<label>Words <input type="search" name="text"></label><button type="reset">Show all</button></form>'
        )


def ledger(runs: Runs, second: Sequence[Judgement] = ()) -> Ledger:
    """Every claim judged on the runs, and beside it what another regime's networks say of it.

    second: what rules that came after the rows say of them, folded away (`post_hoc.second`).
    """
    beside = [name for name in PAIR if name != runs.regime] if runs.regime in PAIR else []
    others = {name: runs.at(name) for name in beside}
    judged: dict[str, Sequence[Judgement]] = {runs.regime: judgements(runs)}
    judged |= {name: found for name, other in others.items() if (found := tuple(tested(other).values()))}
    shown = [runs, *(other for name, other in others.items() if name in judged)]
    return Ledger(judged, " ".join(map(_setting, shown)), {j.claim.id: j for j in second})


def _claim(by: Mapping[str, Judgement]) -> Claim:
    return next(iter(by.values())).claim


def _outcome(by: Mapping[str, Judgement]) -> str:
    """What the verdicts of two regimes come to; nothing where one alone tested the claim."""
    found = [j for j in by.values() if rests_on_networks(j) and not j.interim]
    return outcome(*found) if len(found) == len(PAIR) else ""


def _mark(by: Mapping[str, Judgement]) -> str:
    """The row's attributes: its place for links, and what it is filtered by."""
    claim = _claim(by)
    about = {"kind": EVIDENCE.get(claim.kind, "measured"), "outcome": _outcome(by), "chapter": chapter(claim.element)}
    return f' id="{claim.id}"' + "".join(f' data-{name}="{word}"' for name, word in about.items() if word)


def _field(name: str, said: str, words: Mapping[str, str]) -> str:
    options = "".join(f'<option value="{value}">{escape(word)}</option>' for value, word in words.items())
    return f'<label>{said} <select name="{name}"><option value="">any</option>{options}</select></label>'


def _plain(name: str) -> str:
    """A chapter's file name in words; the script puts the menu's in its place.

    >>> _plain("03-anynet")
    '3 anynet'
    """
    place, _, word = name.partition("-")
    return f"{int(place)} {word.replace('-', ' ')}"


def _setting(runs: Runs) -> str:
    noise = seed_sd([runs.repeats(name) for name in REPEATED])
    said = f"Regime {runs.regime}: margin of the no-difference rules {_margin(runs)}"
    said += (
        f", where the step from AnyNetX_E to RegNetX is {step:.2f} points (plain means of all networks); "
        if (step := _step(runs)) is not None
        else "; "
    )
    return said + (
        f"seed noise of the ten best trained again {noise:.2f} points (sd)."
        if noise
        else "seed noise not measured yet."
    )


def _margin(runs: Runs) -> str:
    """The margin in words: points of the regime, or by the second rules a part of each reference population's sd."""
    if rules_of(runs.regime) is not V2:
        return f"{find_regime(runs.regime).margin:g} points"
    said = f"{MARGIN:g} standard deviations of the reference population"
    points = [MARGIN * float(runs.frame(name)["error"].std()) for name in SECTION3 if runs.count(name) > 1]
    return f"{said} ({min(points):.2f} to {max(points):.2f} points in section 3)" if points else said


def _step(runs: Runs) -> float | None:
    """How much lower RegNetX's mean error is than AnyNetX_E's, in points: what the margin is to be read beside."""
    if not (runs.count("anynetx_e") and runs.count("regnetx")):
        return None
    return float(runs.frame("anynetx_e")["error"].mean() - runs.frame("regnetx")["error"].mean())
