"""Built pages as readers meet them, in a real browser: wide and narrow, light and dark, on paper, all boxes open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import axe_playwright_python
from playwright.sync_api import Page, sync_playwright

from regnet.chapters import printed

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
SERIOUS = ("critical", "serious")
OPEN = "() => document.querySelectorAll('details').forEach((box) => (box.open = true))"
# Axe's time goes with a page's elements, and many are alike: words of code of a class, boxes under figures, rows of a
# table, the menus of every page. What is left of each kind stands for all; inside pictures axe reads nothing.
MENUS = ".bd-header, .bd-header-article, .bd-sidebar-primary, .bd-sidebar-secondary, .prev-next-footer, .bd-footer"
THIN = """() => {
  const few = (all, n) => [...all].slice(n).forEach((one) => one.remove());
  few(document.querySelectorAll('details.make'), 2);
  document.querySelectorAll('tbody').forEach((body) => few(body.rows, 8));
  document.querySelectorAll('svg[role=img]').forEach((picture) => picture.replaceChildren());
  const seen = {};
  for (const word of document.querySelectorAll('.highlight pre span'))
    if ((seen[word.className] = (seen[word.className] || 0) + 1) > 3) word.replaceWith(word.textContent);
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

    @property
    def colours(self) -> Literal["dark", "light"]:
        """As browsers call them."""
        return "dark" if self.dark else "light"


DESK = Way("desk", 1400)
NARROW = Way("narrow desk", 1280)
COLOURS = ("color-contrast", "link-in-text-block")  # the dearest rules
DARK = Way("dark", 1400, dark=True, rules=COLOURS)
PHONE = Way("phone", 390, dark=True, rules=("scrollable-region-focusable", "nested-interactive", *COLOURS))
PAPER = Way("paper", 794, medium="print")


@contextmanager
def browser() -> Iterator[Any]:
    """Debian's Chromium, without a network."""
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND"]
        chromium = playwright.chromium.launch(executable_path=printed.browser(), args=flags)
        yield chromium
        chromium.close()


def visits(chromium: Any, pages: Sequence[Path], *ways: Way) -> Iterator[tuple[str, Way, Page]]:
    """Each page, opened once with every box open and read in each of these ways."""
    tab = chromium.new_page(viewport={"width": ways[0].width, "height": 900}, color_scheme=ways[0].colours)
    for page in pages:
        if page.stem == "index":  # leads to the front page at once
            continue
        for way in ways:
            tab.set_viewport_size({"width": way.width, "height": 900})
            tab.emulate_media(media=way.medium, color_scheme=way.colours)
            if way is ways[0]:
                tab.goto(page.as_uri())
                tab.add_style_tag(
                    content="* { animation: none !important; transition: none !important; }"
                )  # boxes fade
                tab.evaluate(OPEN)
            yield page.stem, way, tab
    tab.close()


def cut(chromium: Any, pages: Sequence[Path], *ways: Way) -> list[str]:
    """What a reader does not see whole without scrolling sideways: tables, and the page itself."""
    found = visits(chromium, pages, *ways)
    return [f"{name}, {way.name}: {what}" for name, way, tab in found for what in tab.evaluate(CUT)]


def violations(chromium: Any, pages: Sequence[Path], *ways: Way) -> list[str]:
    """What axe-core calls critical or serious; each way opens the pages itself, as themes and focus follow that.

    Menus are alike on all pages and read on the first alone.
    """
    found = []
    for way in ways:
        for name, _, tab in visits(chromium, pages, way):
            found += _serious(name, way, tab, menus=name == pages[0].stem)
    return found


def _serious(name: str, way: Way, tab: Page, *, menus: bool) -> Iterator[str]:
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if way.rules:
        options["runOnly"] = {"type": "rule", "values": list(way.rules)}
    tab.evaluate(AXE)
    tab.evaluate(THIN)
    where = "document" if menus else f"{{exclude: {MENUS.split(', ')}}}"
    for one in tab.evaluate(f"(options) => axe.run({where}, options)", options)["violations"]:
        if one["impact"] in SERIOUS:
            yield f"{name}, {way.name}: {one['id']}, {len(one['nodes'])} times: {one['nodes'][0]['html'][:120]}"
