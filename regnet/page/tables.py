"""A table as HTML that a screen reader can follow: one header a column, the first column heads its row.

A sortable one can be sorted on the page (book/_static/sortable.js); without scripts it stays a table. A second line
in a cell or a head ("4.1\\n4.09", "flops\\ncounted") stands small below the first: what is compared takes one column.
Where the page is narrow, each row of a wide table becomes a card (book/_static/regnet.css).
"""

import math
import re
from collections.abc import Hashable, Iterable, Sequence
from html import escape
from itertools import chain, repeat
from typing import Any

import pandas as pd

WIDE = 44  # characters that a table has across, above which a phone shows it as cards
NEXT = "\n"
SIGNIFICANT = ".4g"
DECIMALS = {r"seconds": 1, r"%|\bpoints\b|\bsd\b|difference|correlation|reliability|within|hours": 2}
"""Units, or what has none, in the names of columns -> the most decimals that they bear."""
NUMBER = re.compile(r"[-+]?[\d,]*\.?\d+( ± [\d.]+| ≠( \d+)?)?\n")  # text that stands in a column of numbers


def html(frame: pd.DataFrame, *, sortable: bool = False) -> str:
    """The frame without its index; its first column names the rows, which readers may sort where it is `sortable`.

    >>> html(pd.DataFrame({"space": ["A"], "size": [1800]})).count("<th scope")
    3
    """
    names = [str(name) for name in frame.columns]
    forms = [form(name, values) for name, values in frame.items()]
    rows = [
        [_lines(text(value, one)) for value, one in zip(values, forms, strict=True)]
        for values in frame.itertuples(index=False, name=None)
    ]
    sides = [[_side(value) for value in values] for values in frame.itertuples(index=False, name=None)]
    kind = "sortable " * sortable + "wide" * (across(frame) > WIDE)
    return markup(names, rows, kind.strip(), sides=sides)


def markup(
    names: Sequence[str],
    rows: Iterable[Sequence[str]],
    kind: str = "",
    *,
    marks: Iterable[str] = (),
    sides: Iterable[Sequence[str]] = (),
) -> str:
    """A table of cells that are HTML; `marks` are attributes of its rows, `sides` of their cells."""
    head = "".join(f'<th scope="col">{_whole(_lines(name))}</th>' for name in names)
    plain = [""] * len(names)
    body = "".join(
        f"<tr{mark}>{_row(names, cells, side)}</tr>"
        for cells, mark, side in zip(rows, chain(marks, repeat("")), chain(sides, repeat(plain)), strict=False)
    )
    kinds = f"element-table {kind}".strip()
    return f'<table class="{kinds}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def across(frame: pd.DataFrame) -> int:
    """How many characters the columns have together: of their longest lines, or of the longest words of their heads."""
    heads = {name: max(map(len, str(name).split()), default=0) for name in frame}
    lines = {name: max((len(line) for v in frame[name] for line in text(v).split(NEXT)), default=0) for name in frame}
    return sum(max(heads[name], lines[name]) for name in frame)


def region(inner: str, label: str) -> str:
    """A table in a box that scrolls sideways where it must, by keyboard too; `label` is what a screen reader says."""
    return f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(label)}">{inner}</div>'


def form(name: Hashable, values: Iterable[Any]) -> str:
    """How a column's numbers are written: with as many decimals as its unit bears, else four significant digits.

    >>> form("sd (points)", [0.7297, 1.0]), form("error (%)", [21.1, 20.0]), form("flops (GF)", [12.089])
    ('.2f', '.1f', '.4g')
    """
    most = next((decimals for unit, decimals in DECIMALS.items() if re.search(unit, str(name))), None)
    if most is None:
        return SIGNIFICANT
    floats = [value for value in values if isinstance(value, float) and math.isfinite(value)]
    return f".{next((k for k in range(most) if all(round(value, k) == value for value in floats)), most)}f"


def text(value: Any, form: str = SIGNIFICANT) -> str:
    """A cell as a reader sees it: thousands apart, a fraction in its column's form, nothing for a missing value.

    >>> text(13821510942720), text(0.123456), text(0.123456, ".2f"), text(float("nan"))
    ('13,821,510,942,720', '0.1235', '0.12', '')
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float):
        return f"{value:{form}}"
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        return str(value)
    return f"{value:,}"


def _row(names: Sequence[str], cells: Sequence[str], sides: Sequence[str]) -> str:
    first, *rest = zip(names, cells, sides, strict=True)
    return f'<th scope="row">{first[1]}</th>' + "".join(
        f'<td{side} data-label="{escape(name.replace(NEXT, ", "))}">{cell}</td>' for name, cell, side in rest
    )


def _lines(words: str) -> str:
    first, *more = words.split(NEXT)
    return escape(first) + "".join(f"{NEXT}<small>{escape(line)}</small>" for line in more)


def _whole(head: str) -> str:
    """A head whose short words in brackets are not broken, as others are in a narrow column.

    >>> _whole("V100 (paper)")
    'V100 <span class="whole">(paper)</span>'
    """
    return re.sub(r"\(\w{1,7}\)", r'<span class="whole">\g<0></span>', head)


def _side(value: Any) -> str:
    number = isinstance(value, int | float) or hasattr(value, "__index__")
    return ' class="number"' if number or (isinstance(value, str) and NUMBER.match(value + NEXT)) else ""
