"""What an element is called and which chapter shows it."""

from __future__ import annotations

CHAPTERS = {
    "02-tools": ("fig01", "fig02"),
    "03-anynet": ("fig03", "fig04", "fig23", "tab01", "fig05", "fig06", "fig07"),
    "04-regnet": ("fig08", "fig09"),
    "15-calibration": ("calibration",),
}
"""Chapter -> its elements, in the order of the page."""


def number(name: str) -> str:
    """The paper's number of an element; a name for what the paper does not have.

    >>> number("fig05"), number("tab01"), number("calibration")
    ('Figure 5', 'Table 1', 'Calibration')
    """
    kinds = {"fig": "Figure", "tab": "Table"}
    return f"{kinds[name[:3]]} {int(name[3:])}" if name[:3] in kinds else name.capitalize()


def link(name: str) -> str:
    """Where an element stands in the book, from another page of it.

    >>> link("fig05")
    '03-anynet.html#fig05'
    """
    chapter = next(chapter for chapter, elements in CHAPTERS.items() if name in elements)
    return f"{chapter}.html#{name}"
