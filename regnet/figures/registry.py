"""What an element is called and which chapter shows it."""

from __future__ import annotations

CHAPTERS = {
    "02-tools": ("fig01", "fig02"),
    "03-anynet": ("fig03", "fig04", "fig23", "tab01", "fig05", "fig06", "fig07"),
    "04-regnet": ("fig08", "fig09"),
    "05-generalisation": ("fig10", "longer", "byrate", "fig23right", "startscale"),
    "06-trends": ("fig11",),
    "07-complexity": ("fig12", "limits", "fig13"),
    "08-zoo": ("fig15", "zoox", "fig16", "zooy", "zootrends", "recount", "rounding", "oddities"),
    "09-comparisons": (
        "tab02", "fig17", "tab03", "tab03pocket", "fig18", "tab04", "tab04pocket", "tab05", "tab06", "tab05pocket",
        "tab07",
    ),
    "10-ablations": ("fig14", "fig19", "fig20", "fig21", "fig22"),
    "11-timings": ("timings", "speedup", "timefits"),
    "15-calibration": (
        "calibration_rates", "calibration_gap", "calibration_ranks", "calibration_lengths", "calibration",
    ),
}  # fmt: skip
"""Chapter -> its elements, in the order of the page."""

_NAMES = {
    "fig23": "Figure 23, left",
    "fig23right": "Figure 23, right",
    "longer": "Longer training",
    "byrate": "By learning rate",
    "startscale": "Start of branches",
    "zoox": "Figure 15, table",
    "zooy": "Figure 16, table",
    "zootrends": "Top models",
    "tab03pocket": "Table 3, here",
    "tab04pocket": "Table 4, here",
    "tab05pocket": "Tables 5 and 6, here",
    "speedup": "Speed-up",
    "timefits": "Time and complexity",
    "calibration_rates": "Learning rates",
    "calibration_gap": "Gap by rate",
    "calibration_ranks": "Ranks",
    "calibration_lengths": "Lengths",
}


def number(name: str) -> str:
    """The paper's number of an element; a name for what the paper does not have.

    >>> number("fig05"), number("tab01"), number("calibration_ranks")
    ('Figure 5', 'Table 1', 'Ranks')
    """
    if name in _NAMES:
        return _NAMES[name]
    kinds = {"fig": "Figure", "tab": "Table"}
    return f"{kinds[name[:3]]} {int(name[3:])}" if name[:3] in kinds else name.capitalize()


def link(name: str) -> str:
    """Where an element stands in the book, from another page of it.

    >>> link("fig05")
    '03-anynet.html#fig05'
    """
    chapter = next(chapter for chapter, elements in CHAPTERS.items() if name in elements)
    return f"{chapter}.html#{name}"
