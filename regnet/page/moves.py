"""The ledger's second table: verdicts that moved, from what to what, when and why."""

from __future__ import annotations

from html import escape

from regnet.analysis.claims import CLAIMS
from regnet.analysis.history import REGIME, Move, State, moves
from regnet.figures import link, number
from regnet.page.verdicts import badge
from regnet.sweeps.store import Runs

COLUMNS = ("", "Claim", "From", "To", "Why")


class Moves:
    """The moves of a regime's verdicts as a table; a sentence where there are none."""

    def __init__(self, found: list[Move]) -> None:
        self.found = found

    def _repr_html_(self) -> str:
        if not self.found:
            return "<p>No verdict of this regime has moved.</p>"
        head = "".join(f'<th scope="col">{name}</th>' for name in COLUMNS)
        rows = "".join(_row(move) for move in self.found)
        return (
            '<div class="scroll" tabindex="0" role="region" aria-label="Verdicts that moved">'
            f'<table class="element-table moves"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
        )


def moved(runs: Runs) -> Moves:
    """Every verdict of the regime that moved, oldest first."""
    return Moves(moves() if runs.regime == REGIME else [])


def _row(move: Move) -> str:
    claim = next(claim for claim in CLAIMS if claim.id == move.claim)
    return (
        f'<tr><th scope="row"><a href="{link(claim.element)}">{number(claim.element)}</a></th>'
        f'<td><a href="#{claim.id}">{escape(claim.sentence)}</a></td>'
        f"<td>{_state(move.before)}</td><td>{_state(move.after)}</td>"
        f'<td><span class="effect">{escape(move.why)}</span></td></tr>'
    )


def _state(state: State) -> str:
    effect = "" if state.effect is None else f"{state.effect:.2f} ({state.low:.2f} to {state.high:.2f})"
    p = "" if state.p_adjusted is None else f"p after Holm {state.p_adjusted:.3f}"
    since = " ".join(filter(None, (state.day.replace("-", "\u2011"), state.commit)))
    return (
        f'{badge(state.verdict)}<br><span class="effect">{escape("; ".join(filter(None, (effect, p, since))))}</span>'
    )
