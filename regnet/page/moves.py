"""The ledger's second table: verdicts that moved, from what to what, when and why."""

from html import escape

from regnet.analysis.claims import CLAIMS
from regnet.analysis.history import REGIME, Move, State, moves
from regnet.figures import link, number
from regnet.page import tables
from regnet.page.verdicts import badge
from regnet.sweeps.store import Runs

COLUMNS = ("Figure or table", "Claim", "From", "To", "Why")


class Moves:
    """The moves of a regime's verdicts as a table; a sentence where there are none."""

    def __init__(self, found: list[Move]) -> None:
        self.found = found

    def _repr_html_(self) -> str:
        if not self.found:
            return "<p>No verdict of this regime has moved.</p>"
        return tables.region(tables.markup(COLUMNS, map(_row, self.found), "wide moves"), "Verdicts that moved")


def moved(runs: Runs) -> Moves:
    """Every verdict of the regime that moved, oldest first."""
    return Moves(moves() if runs.regime == REGIME else [])


def _row(move: Move) -> list[str]:
    claim = next(claim for claim in CLAIMS if claim.id == move.claim)
    return [
        f'<a href="{link(claim.element)}">{number(claim.element)}</a>',
        f'<a href="#{claim.id}">{escape(claim.sentence)}</a>',
        _state(move.before),
        _state(move.after),
        f'<span class="effect">{escape(move.why)}</span>',
    ]


def _state(state: State) -> str:
    effect = "" if state.effect is None else f"{state.effect:.2f} ({state.low:.2f} to {state.high:.2f})"
    p = "" if state.p_adjusted is None else f"p after Holm {state.p_adjusted:.3f}"
    since = " ".join(filter(None, (state.day.replace("-", "\u2011"), state.commit)))
    return (
        f'{badge(state.verdict)}<br><span class="effect">{escape("; ".join(filter(None, (effect, p, since))))}</span>'
    )
