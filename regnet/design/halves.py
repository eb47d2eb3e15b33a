"""A choice among trained networks is made on one half of the validation images and reported on the other.

The lowest of many errors is low by luck, too, and part of that luck is which images it was measured on. Regimes whose
rows hold both halves' errors use them so; `pocket`, which is older, has the error of all images alone.
"""

from __future__ import annotations

from collections.abc import Container


def chosen_by(columns: Container[str]) -> str:
    """The column by which the best are chosen, of a table or row with these columns.

    >>> chosen_by(["error", "error_a", "error_b"]), chosen_by(["error"])
    ('error_a', 'error')
    """
    return "error_a" if "error_a" in columns else "error"


def reported(columns: Container[str]) -> str:
    """The column by which what was chosen is compared.

    >>> reported(["error", "error_a", "error_b"]), reported(["error"])
    ('error_b', 'error')
    """
    return "error_b" if "error_b" in columns else "error"
