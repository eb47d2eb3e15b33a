"""The ledger as a page: every claim, the number that decides it, both verdicts, and what they rest on."""

from collections import Counter
from dataclasses import dataclass
from html import escape

from regnet.analysis.rule_sets import V2, rules_of
from regnet.analysis.rules.adjusted_means import MARGIN
from regnet.analysis.verdicts import Judgement, seed_sd
from regnet.evidence.judge import judgements
from regnet.figures import link, number
from regnet.page import tables
from regnet.page.sentences import beside, effect, p_words
from regnet.page.verdicts import SIGNS, about, badge, parts
from regnet.sweeps.experiments import REPEATED
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.store import Runs

COLUMNS = ("Figure or table", "Claim and its rule", "Verdict", "Effect with interval; p, and p after Holm")


@dataclass(frozen=True)
class Ledger:
    """All claims as a table; `setting` is the sentence above it."""

    judged: tuple[Judgement, ...]
    setting: str
    regime: str

    def _repr_html_(self) -> str:
        rows = (_row(judgement, self.regime) for judgement in self.judged)
        table = tables.markup(COLUMNS, rows, "wide ledger", marks=map(_mark, self.judged))
        return (
            f'<div class="ledger-box"><p>{escape(self.setting)}</p>{self._filter()}'
            f"{tables.region(table, 'The ledger')}</div>"
        )

    def _filter(self) -> str:
        """Radio buttons that the style sheet acts on: no script."""
        counts = Counter(str(judgement.adjusted) for judgement in self.judged)
        choices = {"all": f"all {len(self.judged)}"}
        choices |= {word: f"{sign} {word} {counts[word]}" for word, sign in SIGNS.items() if counts[word]}
        buttons = "".join(_button(word, label) for word, label in choices.items())
        return f'<fieldset class="filter"><legend>Show</legend>{buttons}</fieldset>'


def _button(word: str, label: str) -> str:
    checked = " checked" if word == "all" else ""
    value = word.replace(" ", "-")
    return f'<label><input type="radio" name="ledger" value="{value}"{checked}> {escape(label)}</label>'


def ledger(runs: Runs) -> Ledger:
    """Every claim judged on the runs, with margin and seed noise in the sentence above."""
    noise = seed_sd([runs.repeats(name) for name in REPEATED])
    said = f"Regime {runs.regime}; margin of the no-difference rules {_margin(runs.regime)}"
    said += f", where the step from AnyNetX_E to RegNetX is {step:.2f}; " if (step := _step(runs)) is not None else "; "
    said += f"seed noise of one training {noise:.2f} points (sd)." if noise else "seed noise not measured yet."
    return Ledger(judgements(runs), said, runs.regime)


def _margin(regime: str) -> str:
    """The margin in words: points of the regime, or by the second rules a part of each reference population's sd."""
    if rules_of(regime) is V2:
        return f"{MARGIN:g} standard deviations of the reference population"
    return f"{find_regime(regime).margin:g} points"


def _step(runs: Runs) -> float | None:
    """How much lower RegNetX's mean error is than AnyNetX_E's, in points: what the margin is to be read beside."""
    if not (runs.count("anynetx_e") and runs.count("regnetx")):
        return None
    return float(runs.frame("anynetx_e")["error"].mean() - runs.frame("regnetx")["error"].mean())


def _mark(j: Judgement) -> str:
    """The row's attributes: its place for links, and its verdict for the filter."""
    return f' id="{j.claim.id}" class="is-{j.adjusted.replace(" ", "-")}"'


def _row(j: Judgement, regime: str) -> list[str]:
    kind = {"published": "from the paper's printed numbers", "exact": "arithmetic"}.get(j.claim.kind, "")
    raw = f"before Holm: {j.verdict}" if j.verdict != j.adjusted else ""
    needed = " and ".join(str(n) for n in sorted({j.claim.needed(name) for name in j.claim.populations}))
    found = [
        kind,
        effect(j, regime),
        beside(j, regime),
        parts(j, regime),
        p_words(j),
        f"judged at n = {needed}" if j.interim else "",
        j.note,
    ]
    return [
        f'<a href="{link(j.claim.element)}">{number(j.claim.element)}</a>',
        f"{escape(j.claim.sentence)}{about(j, regime)}<br>{_small(j.claim.rule.text)}",
        f"{badge(j.adjusted, j.words)}{'<br>' + _small(raw) if raw else ''}",
        _small("; ".join(filter(None, found))),
    ]


def _small(text: str) -> str:
    return f'<span class="effect">{escape(text)}</span>'
