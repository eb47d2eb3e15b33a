"""Built pages as readers meet them, in a real browser: wide and narrow, light and dark, on paper, all boxes open."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page, sync_playwright

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
SERIOUS = ("critical", "serious")
OPEN = "() => document.querySelectorAll('details').forEach((box) => (box.open = true))"
# Words of code look alike by their class, and axe reads no colours inside pictures: what is left stands for all.
THIN = """(pictures) => {
  const seen = {};
  for (const word of document.querySelectorAll('.highlight pre span'))
    if ((seen[word.className] = (seen[word.className] || 0) + 1) > 3) word.replaceWith(word.textContent);
  if (!pictures) document.querySelectorAll('svg[role=img]').forEach((picture) => picture.replaceChildren());
}"""
CUT = """() => {
  const boxes = [...document.querySelectorAll('.scroll, .pst-scrollable-table-container, figure.element')];
  const wide = boxes.filter((box) => box.clientWidth && box.scrollWidth > box.clientWidth + 1);
  const name = (box) => box.closest('figure')?.id || box.getAttribute('aria-label');
  const page = document.documentElement.scrollWidth;
  return wide.map((box) => `${name(box)}: ${box.scrollWidth} of ${box.clientWidth} px`)
    .concat(page > innerWidth ? [`the page: ${page} of ${innerWidth} px`] : []);
}"""


@dataclass(frozen=True)
class Way:
    """A way to read: width of the window (px), colours, medium, and the rules of axe that can differ in it."""

    name: str
    width: int
    dark: bool = False
    medium: str = "screen"
    rules: tuple[str, ...] = ()  # none: all


DESK = Way("desk", 1400)
NARROW = Way("narrow desk", 1280)
DARK = Way("dark", 1400, dark=True, rules=("color-contrast", "link-in-text-block"))
PHONE = Way("phone", 390, rules=("scrollable-region-focusable", "color-contrast", "nested-interactive"))
PAPER = Way("paper", 794, medium="print")


@contextmanager
def browser() -> Iterator[Any]:
    """Debian's Chromium, without a network."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND"]
        chromium = playwright.chromium.launch(executable_path=found, args=flags)
        yield chromium
        chromium.close()


def visits(chromium: Any, pages: Sequence[Path], way: Way) -> Iterator[tuple[str, Page]]:
    """Each page, read that way with every box open."""
    colours = "dark" if way.dark else "light"
    tab = chromium.new_page(viewport={"width": way.width, "height": 900}, color_scheme=colours)
    tab.emulate_media(media=way.medium)
    for page in pages:
        if page.stem == "index":  # leads to the front page at once
            continue
        tab.goto(page.as_uri())
        tab.add_style_tag(content="* { animation: none !important; transition: none !important; }")  # boxes fade in
        tab.evaluate(OPEN)
        yield page.stem, tab
    tab.close()


def cut(chromium: Any, pages: Sequence[Path], way: Way) -> list[str]:
    """What a reader does not see whole without scrolling sideways: tables, and the page itself."""
    return [f"{name}, {way.name}: {what}" for name, tab in visits(chromium, pages, way) for what in tab.evaluate(CUT)]


def violations(chromium: Any, pages: Sequence[Path], way: Way) -> list[str]:
    """What axe-core calls critical or serious."""
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if way.rules:
        options["runOnly"] = {"type": "rule", "values": list(way.rules)}
    found = []
    for name, tab in visits(chromium, pages, way):
        tab.evaluate(AXE)
        tab.evaluate(THIN, not way.rules)
        for one in tab.evaluate("(options) => axe.run(document, options)", options)["violations"]:
            if one["impact"] in SERIOUS:
                found.append(
                    f"{name}, {way.name}: {one['id']}, {len(one['nodes'])} times: {one['nodes'][0]['html'][:120]}"
                )
    return found
