"""What can go wrong at the command line, from the table that a test provokes row by row (book/faults.csv)."""

from html import escape

import pandas as pd

from regnet.page import tables
from regnet.sweeps.folders import CHECKOUT

FILE = CHECKOUT / "book" / "faults.csv"
COLUMNS = ("what happens", "by", "what is said", "what is lost")


class Faults:
    """The table as a notebook shows it, one part a kind."""

    def __init__(self, rows: pd.DataFrame) -> None:
        self.rows = rows

    def _repr_html_(self) -> str:
        parts = []
        for kind, some in self.rows.groupby("kind", sort=False):
            words = some[["happens", "command", "said", "lost"]].map(escape)
            cells = words.assign(command="<code>" + words["command"] + "</code>").to_numpy().tolist()
            table = tables.markup(COLUMNS, cells, "wide faults")
            parts.append(f"<h3>{escape(str(kind).capitalize())}</h3>{tables.region(table, f'Faults: {kind}')}")
        return "".join(parts)


def table() -> Faults:
    """Every row of the file, by kind."""
    return Faults(pd.read_csv(FILE, dtype=str, keep_default_na=False))
