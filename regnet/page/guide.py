"""Reading guides: text of a chapter that stands there only while what it explains is drawn."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass

from regnet.sweeps.experiments import ELEMENTS
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
    """The panels of the element that are drawn, its own name for one without panels; none where it is missing."""
    if name not in ELEMENTS:
        raise ValueError(f"no element {name!r}: one of {', '.join(sorted(ELEMENTS))} expected")
    try:
        data = importlib.import_module(f"regnet.figures.{name}").data(runs)
    except MissingPopulation:
        return set()
    return set(data["panel"]) if "panel" in data else {name}
