"""What changed: verdicts that moved, how many of each stood after every change, and when networks were trained."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from html import escape

from regnet import figures
from regnet.analysis.history import Edition, Move, State, editions, moves
from regnet.analysis.rule_sets import rules_of
from regnet.figures import link, number
from regnet.page import tables
from regnet.page.replication import PAIR
from regnet.page.verdicts import LEDGER, SIGNS, badge
from regnet.sweeps import labels
from regnet.sweeps.store import Runs

UNBROKEN = "\u2011"  # in dates


class Changes:
    """Rows of HTML as a table; a sentence where there are none."""

    def __init__(self, label: str, columns: Sequence[str], rows: Sequence[Sequence[str]], none: str) -> None:
        self.label, self.columns, self.rows, self.none = label, columns, rows, none

    def _repr_html_(self) -> str:
        if not self.rows:
            return f"<p>{self.none}</p>"
        return tables.region(tables.markup(self.columns, self.rows, "wide changes"), self.label)


def moved(runs: Runs) -> Changes:
    """Every verdict of the regime that became another, newest first."""
    rows = [_move(move, runs.regime) for move in reversed(moves(runs.regime))]
    return Changes(
        "Verdicts that moved", ("When", "Claim", "From", "To", "Why"), rows, "No verdict of this regime has moved."
    )


def counted(runs: Runs) -> Changes:
    """How many claims had which verdict after each change of rules or rows, newest first."""
    found = list(reversed(editions(runs.regime)))
    words = [word for word in SIGNS if any(edition.verdicts.get(word) for edition in found)]
    columns = ("When", "Judged first", "Moved", *(f"{SIGNS[word]} {word}" for word in words))
    rows = [
        [_when(one.day, one.commit), *(str(n or "") for n in (one.new, one.moved)), *_numbers(one, words)]
        for one in found
    ]
    return Changes("Verdicts after each change", columns, rows, "No history of this regime's verdicts is kept.")


def trained(runs: Runs) -> Changes:
    """Which populations came or grew on which day, in this regime and in those that it is compared with."""
    regimes = dict.fromkeys((runs.regime, *(PAIR if runs.regime in PAIR else ())))
    rows = [
        (day, regime, populations) for regime in regimes for day, populations in _days(runs.at(regime).whole).items()
    ]
    cells = [
        [_day(day), regime, f"{sum(n for _, n in found.values()):,}", _listed(found, 0), _listed(found, 1)]
        for day, regime, found in sorted(rows, key=lambda row: row[0], reverse=True)
    ]
    columns = ("Day", "Regime", "Networks", "Populations that came", "Populations that grew")
    return Changes("Networks by day", columns, cells, "Nothing is sealed yet.")


def _move(move: Move, regime: str) -> list[str]:
    claim = next(claim for claim in rules_of(regime).claims if claim.id == move.claim)
    return [
        _when(move.after.day, move.after.commit),
        f'<a href="{link(claim.element)}">{number(claim.element)}</a>: '
        f'<a href="{LEDGER}#{claim.id}">{escape(claim.sentence)}</a>',
        _state(move.before),
        _state(move.after),
        escape(move.why),
    ]


def _state(state: State) -> str:
    effect = "" if state.effect is None else f"{state.effect:.2f} ({state.low:.2f} to {state.high:.2f})"
    p = "" if state.p_adjusted is None else f"p after Holm {state.p_adjusted:.3f}"
    said = "; ".join(filter(None, (effect, p)))
    return f'{badge(state.verdict)}<br><span class="effect">{escape(said)}</span>'


def _numbers(edition: Edition, words: Sequence[str]) -> list[str]:
    counts = Counter({str(word): n for word, n in edition.verdicts.items()})
    return [str(counts[word]) for word in words]


def _when(day: str, commit: str) -> str:
    return f"{_day(day)} <small>{escape(commit)}</small>"


def _day(day: str) -> str:
    return day.replace("-", UNBROKEN)


def _days(runs: Runs) -> dict[str, dict[str, tuple[int, int]]]:
    """Day -> population -> networks that it had before, and that it gained; a segment counts on its last day."""
    found: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for population in figures.populations(runs.regime):
        if not runs.count(population):
            continue
        sizes, had = runs.frame(population).groupby("segment").size(), 0
        gained: dict[str, int] = defaultdict(int)
        for place, segment in enumerate(runs.info(population)["segments"]):
            gained[str(segment["last"])[:10]] += int(sizes.get(place, 0))
        for day in sorted(day for day, n in gained.items() if n):
            found[day][population.name] = (had, gained[day])
            had += gained[day]
    return found


def _listed(found: dict[str, tuple[int, int]], grew: int) -> str:
    """The populations that came, with their sizes, or those that grew, from what to what."""
    some = {name: (had, n) for name, (had, n) in found.items() if bool(had) == bool(grew)}
    return escape("; ".join(
        f"{labels.described(name)}: {had} to {had + n}" if had else f"{labels.described(name)}: {n}"
        for name, (had, n) in some.items()
    ))  # fmt: skip
