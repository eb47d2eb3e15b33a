"""Terms: the first use on a page leads to the glossary, and its definition shows on hover and on focus."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
GLOSSARY = """Glossary
========

.. glossary::

   design space
      A set of networks.

      More of it.

   EDF
   error distribution
      The share of networks below an error, "e".

   g
      One letter.
"""
CHAPTER = """A design space
==============

Design spaces, and ``EDF`` in code. The EDF of a design space, its error distribution, g, and redesign space.

A `link to an EDF <https://example.org>`_, then the EDF again.
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("terms")
    extension = str(ROOT / "book" / "_ext")
    (root / "conf.py").write_text(
        f"import sys; sys.path.insert(0, {extension!r})\nextensions = ['terms']\nroot_doc = 'chapter'\n"
        f"html_static_path = [{str(ROOT / 'book' / '_static')!r}]\n"
        "html_js_files = ['terms.js']\nhtml_css_files = ['regnet.css', 'front.css']\n"
    )
    (root / "glossary.rst").write_text(":orphan:\n\n" + GLOSSARY)
    (root / "chapter.rst").write_text(CHAPTER)
    build(root)
    return root


def build(root: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "-W", "-q", "-d", root / "trees", root, root / "out"]
    subprocess.run(command, check=True, capture_output=True, text=True)


def terms(root: Path) -> list[Tag]:
    return BeautifulSoup((root / "out" / "chapter.html").read_text(), "html.parser").select("a.term")


def test_the_first_use_of_each_term_is_linked_outside_headings_links_and_code(built: Path) -> None:
    assert [link.text for link in terms(built)] == ["Design spaces", "EDF", "error distribution"]
    places = [(link.parent.name, str(link["href"])) for link in terms(built)]
    assert places == [("p", f"glossary.html#term-{name}") for name in ("design-space", "EDF", "error-distribution")]
    glossary = BeautifulSoup((built / "out" / "glossary.html").read_text(), "html.parser")
    assert all(glossary.find(id=href.partition("#")[2]) for _, href in places)


def test_a_link_carries_the_first_paragraph_of_its_definition(built: Path) -> None:
    said = [link["title"] for link in terms(built)]
    assert said == ["A set of networks.", *["The share of networks below an error, “e”."] * 2]


def test_a_changed_definition_reaches_pages_that_have_not_changed(built: Path) -> None:
    path = built / "glossary.rst"
    kept = path.read_text()
    path.write_text(kept.replace("A set of networks.", "Many networks."))
    build(built)
    assert terms(built)[0]["title"] == "Many networks."
    path.write_text(kept)
    build(built)


@pytest.fixture(scope="module")
def page(built: Path, chromium: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": 390, "height": 600})
        opened.goto((built / "out" / "chapter.html").as_uri())
        yield opened
        browser.close()


def test_the_definition_shows_on_focus_and_escape_hides_it(page: Page) -> None:
    link, box = page.locator("a.term").last, page.locator("[role=tooltip]")
    assert box.is_hidden()
    link.focus()
    assert box.inner_text().startswith("The share of networks")
    assert link.get_attribute("aria-describedby") == box.get_attribute("id")
    page.keyboard.press("Escape")
    assert box.is_hidden()
    assert link.get_attribute("aria-describedby") is None


def test_the_definition_shows_on_hover_inside_the_page_and_stays_while_it_is_pointed_at(page: Page) -> None:
    page.locator("a.term").last.hover()
    box = page.locator("[role=tooltip]")
    area = box.bounding_box()
    assert area is not None
    assert area["x"] >= 0
    assert area["x"] + area["width"] <= 390
    page.mouse.move(area["x"] + 5, area["y"] + 5)
    assert box.is_visible()
    page.mouse.move(1, 590)
    assert box.is_hidden()


def test_there_is_one_box_at_a_time_and_no_second_tooltip_of_the_browser(page: Page) -> None:
    page.locator("a.term").first.hover()
    page.locator("a.term").last.focus()
    assert page.locator("[role=tooltip]").count() == 1
    assert page.locator("a.term[title]").count() == 0
