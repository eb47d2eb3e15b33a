"""A table as HTML that a screen reader can follow: one header a column, the first column heads its row.

A sortable one can be sorted on the page (book/_static/sortable.js); without scripts it stays a table.
"""

from __future__ import annotations

import math
import re
from html import escape
from typing import Any

import pandas as pd

NUMBER = re.compile(r"-?[\d,]*\.?\d+( ± [\d.]+| ≠( \d+)?)?")  # text that stands in a column of numbers


def html(frame: pd.DataFrame, *, sortable: bool = False) -> str:
    """The frame without its index; its first column names the rows, which readers may sort where it is `sortable`.

    >>> html(pd.DataFrame({"space": ["A"], "size": [1800]})).count("<th scope")
    3
    """
    head = "".join(f'<th scope="col">{escape(str(name))}</th>' for name in frame.columns)
    body = "".join(f"<tr>{_row(values)}</tr>" for values in frame.itertuples(index=False, name=None))
    kind = "element-table sortable" if sortable else "element-table"
    return f'<table class="{kind}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def text(value: Any) -> str:
    """A cell as a reader sees it: thousands apart, four significant digits, nothing for a missing value.

    >>> text(13821510942720), text(0.123456), text(float("nan"))
    ('13,821,510,942,720', '0.1235', '')
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        return str(value)
    return f"{value:,}"


def _row(values: tuple[Any, ...]) -> str:
    first, *rest = values
    cells = "".join(f"<td{_side(value)}>{escape(text(value))}</td>" for value in rest)
    return f'<th scope="row">{escape(text(first))}</th>{cells}'


def _side(value: Any) -> str:
    number = isinstance(value, int | float) or hasattr(value, "__index__")
    return ' class="number"' if number or (isinstance(value, str) and NUMBER.fullmatch(value)) else ""
