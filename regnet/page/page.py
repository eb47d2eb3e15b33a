"""An element on a page: picture or table, caption, verdicts, and the box that says how to make it."""

import base64
import io
import re
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from regnet import figures
from regnet.figures.panels import style
from regnet.figures.panels.element import Element, Table
from regnet.page import box, narrow, svg, tables
from regnet.page.notice import notice
from regnet.page.verdicts import badges
from regnet.sweeps.store import MissingPopulation, Runs
from regnet.sweeps.whole import write_whole


@dataclass(frozen=True)
class Shown:
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


def element(name: str, runs: Runs) -> Shown:
    """The element `name` ("fig05", "tab01") drawn from `runs`; a notice in its place where a population is missing.

    Raises:
        ValueError: no such element.
        DamagedSheet: a population whose CSV is not the one its JSON describes.
    """
    found, number = figures.element(name, runs), figures.number(name)
    heading = f"{number}. {escape(found.title)}"
    try:
        picture, png = _picture(name, found)
        caption = f"<strong>{heading}{'' if found.title.endswith('?') else '.'}</strong> {_caption(found)}"
        after = badges(name, runs) + box.details(name, found)
        return Shown(name, _figure(name, picture, caption, after), f"{number}: {found.alt()}", png)
    except MissingPopulation as missing:
        return Shown(name, _figure(name, notice(found), f"<strong>{heading}</strong>"), str(missing))


def _picture(name: str, found: Element) -> tuple[str, bytes]:
    """The element as HTML, and a figure as PNG too."""
    drawn, alt = found.drawn(), found.alt()
    if isinstance(drawn, Figure):
        inner = svg.render(drawn, name, alt=alt)
        drawn.set_layout_engine("none")  # PNG and windows stand as the SVG was laid out
        png = svg.png(drawn)
        inner += narrow.windows(drawn, svg.drawing(name))
        label = f"{figures.number(name)}, picture"
        return f'<div class="picture" tabindex="0" role="region" aria-label="{label}">{inner}</div>', png
    return tables.region(tables.html(drawn, sortable=_sortable(found)), alt), b""


def save(name: str, runs: Runs, path: Path) -> Path:
    """Writes the element to a file: the data behind it as CSV, a picture as svg, png or pdf, a table as HTML.

    Raises:
        ValueError: no such element, or a suffix that it cannot be written as.
        NotWritten: the disk is full or the folder cannot be written; an old file stays as it was.
    """
    return write(figures.element(name, runs), name, path, figures.number(name))


def write(found: Element, name: str, path: Path, called: str) -> Path:
    """As `save`, of an element that need not be of the book; `called` so in errors, `name` sets ids apart in an SVG."""
    suffixes = (".csv", ".html") if isinstance(found, Table) else (".csv", ".svg", ".png", ".pdf")
    if path.suffix not in suffixes:
        raise ValueError(f"{called} can be written as {', '.join(suffixes)}, got {path.name!r}")
    content = _as_file(name, found, path.suffix)
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_whole(path, content)


def _as_file(name: str, found: Element, suffix: str) -> str | bytes:
    """What a file of that suffix has in it."""
    if suffix == ".csv":
        return str(found.data().to_csv(index=False, lineterminator="\n"))
    drawn = found.drawn()
    if not isinstance(drawn, Figure):
        return tables.html(drawn, sortable=_sortable(found))
    if suffix == ".svg":
        return svg.render(drawn, name, alt=found.alt()).replace("currentColor", style.INK)
    file = io.BytesIO()
    drawn.savefig(file, format=suffix.removeprefix("."), dpi=192, facecolor="white")
    return file.getvalue()


def _caption(found: Element) -> str:
    """The caption's first sentences, the others folded away below them."""
    first, rest = opening(found.caption())
    kind = "table" if isinstance(found, Table) else "figure"
    about = f"<summary>More about this {kind}</summary><p>{escape(rest)}</p>"
    return escape(first) + (f'<details class="about-figure">{about}</details>' if rest else "")


def opening(text: str, words: int = 60) -> tuple[str, str]:
    """As many of a text's first sentences as have so many words, one at least, and the rest of it.

    >>> opening("Error EDFs. Left: A, as in Fig. 2. Right: B (95%). C.", words=10)
    ('Error EDFs. Left: A, as in Fig. 2.', 'Right: B (95%). C.')
    """
    ends = [end.start() for end in re.finditer(r"(?<=[.!?]) +(?=[A-Z(])", text)] + [len(text)]
    cut = max((end for end in ends if len(text[:end].split()) <= words), default=ends[0])
    return text[:cut], text[cut:].lstrip()


def _sortable(found: Element) -> bool:
    return isinstance(found, Table) and found.sortable


def _figure(name: str, panel: str, caption: str, after: str = "") -> str:
    return f'<figure class="element" id="{name}">{panel}<figcaption>{caption}</figcaption>{after}</figure>'
