"""One figure or table of the paper on a page: picture, caption, verdicts, and the box that says how to make it."""

from __future__ import annotations

import base64
import importlib
import io
from dataclasses import dataclass
from html import escape
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from regnet.figures.panels import style
from regnet.figures.registry import number
from regnet.page import box, svg, tables
from regnet.page.notice import notice
from regnet.page.verdicts import badges
from regnet.sweeps.experiments import ELEMENTS
from regnet.sweeps.store import MissingPopulation, Runs
from regnet.sweeps.whole import write_whole


@dataclass(frozen=True)
class Element:
    """What a notebook cell shows: HTML for pages, PNG beside it for readers without HTML, text for the rest."""

    name: str
    html: str
    text: str
    png: bytes = b""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:  # noqa: ARG002
        bundle = {"text/html": self.html, "text/plain": self.text}
        if self.png:
            bundle["image/png"] = base64.b64encode(self.png).decode()
        return bundle


def element(name: str, runs: Runs) -> Element:
    """The element `name` ("fig05", "tab01") drawn from `runs`; a notice in its place where a population is missing.

    Raises:
        ValueError: no such element.
        DamagedSheet: a population whose CSV is not the one its JSON describes.
    """
    module = _module(name)
    try:
        drawn = draw(name, runs)
        data, caption, alt = module.data(runs), module.caption(runs), module.alt(runs)
    except MissingPopulation as missing:
        said = notice(name, runs)
        return Element(
            name, _figure(name, said, f"<strong>{number(name)}.</strong> {escape(module.TITLE)}"), str(missing)
        )
    if isinstance(drawn, Figure):
        picture = svg.render(drawn, name, alt=alt)
        panel = f'<div class="picture" tabindex="0" role="region" aria-label="{number(name)}, picture">{picture}</div>'
        png = svg.png(drawn)
    else:
        panel = f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(alt)}">{tables.html(drawn)}</div>'
        png = b""
    end = "" if module.TITLE.endswith("?") else "."
    said = f"<strong>{number(name)}. {escape(module.TITLE)}{end}</strong> {escape(caption)}"
    inner = _figure(
        name,
        panel,
        said,
        badges(name, runs) + box.details(name, runs, data, module, kind="table" if is_table(name) else "figure"),
    )
    return Element(name, inner, f"{number(name)}: {alt}", png)


def draw(name: str, runs: Runs) -> Figure | pd.DataFrame:
    """The picture or table itself, in the book's style.

    Raises:
        ValueError: no such element.
        MissingPopulation: a population that it needs is not sealed.
    """
    with style.theme():
        drawn: Figure | pd.DataFrame = _module(name).make(runs)
    return drawn


def save(name: str, runs: Runs, path: Path) -> Path:
    """Writes the element to a file: the data behind it as CSV, a picture as svg, png or pdf, a table as HTML.

    Raises:
        ValueError: no such element, or a suffix that it cannot be written as.
        NotWritten: the disk is full or the folder cannot be written; an old file stays as it was.
    """
    suffixes = (".csv", ".html") if is_table(name) else (".csv", ".svg", ".png", ".pdf")
    if path.suffix not in suffixes:
        raise ValueError(f"{number(name)} can be written as {', '.join(suffixes)}, got {path.name!r}")
    content = _as_file(name, runs, path.suffix)
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_whole(path, content)


def _as_file(name: str, runs: Runs, suffix: str) -> str | bytes:
    """What a file of that suffix has in it."""
    drawn, module = draw(name, runs), _module(name)
    if suffix == ".csv":
        return str(module.data(runs).to_csv(index=False, lineterminator="\n"))
    if not isinstance(drawn, Figure):
        return tables.html(drawn)
    if suffix == ".svg":
        return svg.render(drawn, name, alt=module.alt(runs)).replace("currentColor", style.INK)
    file = io.BytesIO()
    drawn.savefig(file, format=suffix.removeprefix("."), dpi=192, facecolor="white")
    return file.getvalue()


def is_table(name: str) -> bool:
    """Whether the element is a table, by what its `make` is declared to return; nothing is drawn.

    Raises:
        ValueError: no such element.
    """
    return "DataFrame" in str(_module(name).make.__annotations__["return"])


def _module(name: str) -> ModuleType:
    if name not in ELEMENTS:
        raise ValueError(f"no element {name!r}: one of {', '.join(sorted(ELEMENTS))} expected")
    return importlib.import_module(f"regnet.figures.{name}")


def _figure(name: str, panel: str, caption: str, after: str = "") -> str:
    return f'<figure class="element" id="{name}">{panel}<figcaption>{caption}</figcaption>{after}</figure>'
