"""Reading guides: text of a chapter that stands there only while what it explains is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from regnet import figures
from regnet.figures.panels.element import Picture
from regnet.sweeps.store import MissingPopulation, Runs


@dataclass(frozen=True)
class Guide:
    """Text that a notebook shows as Markdown."""

    text: str

    def _repr_markdown_(self) -> str:
        return self.text


def guide(name: str, runs: Runs, text: str | Mapping[str, str]) -> Guide | None:
    """The text where the element is drawn; of a mapping panel -> text, the parts whose panels are. None without any.

    Raises:
        ValueError: no such element.
    """
    drawn = panels(name, runs)
    if isinstance(text, str):
        return Guide(text.strip()) if drawn else None
    parts = [part.strip() for panel, part in text.items() if panel in drawn]
    return Guide("\n\n".join(parts)) if parts else None


def panels(name: str, runs: Runs) -> set[str]:
    """The panels of the element that are drawn, its own name for a table; none where it is missing."""
    found = figures.element(name, runs)
    try:
        if isinstance(found, Picture):
            return {panel.name for panel in found.shown}
        found.data()
    except MissingPopulation:
        return set()
    return {name}
