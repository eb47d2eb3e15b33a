"""The built book: the real one is opened as a reader would, a small copy is broken in every way that must show.

The real book is built in place with the cache of earlier builds, where torch cannot be imported; the small one
under tmp_path.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import pytest
import reading
from bs4 import BeautifulSoup
from sealed_runs import seal_population
from test_edition import check_pdf, extension
from test_flow import without_torch

from regnet.chapters.contents import documents
from regnet.chapters.printed import printed
from regnet.page.citation import citation
from regnet.sweeps.regimes import DEFAULT

ROOT = Path(__file__).resolve().parents[1]
HTML = ROOT / "_build" / "html"
JUPYTER_BOOK = Path(sys.executable).parent / "jupyter-book"
STRICT = ("-W", "-n", "--keep-going")
TITLE = "Designing Network Design Spaces, regenerated"


def build(folder: Path, *flags: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    given = env or os.environ | {"PYTHONPATH": str(folder)}
    environment = {name: value for name, value in given.items() if not name.startswith("REGNET_")}
    command = [str(JUPYTER_BOOK), "build", *flags, "book/"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@cache
def parsed(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(), "html.parser")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The pages of the real book: each chapter is executed without torch, and any warning is an error."""
    done = build(ROOT, *STRICT, env=without_torch(tmp_path_factory.mktemp("without")))
    assert done.returncode == 0, done.stderr[-3000:]
    parsed.cache_clear()
    ids.cache_clear()
    found = sorted(HTML.glob("*.html"))
    assert len(found) > 3
    return found


def chapters(pages: list[Path]) -> list[Path]:
    return [page for page in pages if (HTML / "_sources" / page.with_suffix(".ipynb").name).exists()]


def opened(chromium: str, address: str, profile: Path) -> BeautifulSoup:
    """The page as it stands after its scripts ran, in a browser that reaches no host at all."""
    flags = (
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--dump-dom",
        "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={profile}", "--virtual-time-budget=15000",
    )  # fmt: skip
    done = subprocess.run([chromium, *flags, address], capture_output=True, text=True, check=True, timeout=120)
    return BeautifulSoup(done.stdout, "html.parser")


class TestRealBook:
    def test_every_internal_link_and_anchor_leads_somewhere(self, pages: list[Path]) -> None:
        broken = [f"{page.name} -> {href}" for page in pages for href in links(page) if not resolves(page, href)]
        assert not broken

    def test_no_id_is_given_twice_on_a_page(self, pages: list[Path]) -> None:
        for page in chapters(pages):
            every = parsed(page).select("[id]")
            assert len(every) == len(ids(page)), page.name

    def test_nothing_is_loaded_from_another_host(self, pages: list[Path]) -> None:
        outside = [f"{page.name}: {address}" for page in pages for address in loaded(page) if "//" in address]
        outside += [
            sheet.name
            for sheet in (HTML / "_static").rglob("*.css")
            if re.search(r"url\(.?(https?:)?//", sheet.read_text())
        ]
        assert not outside

    def test_every_picture_has_a_text_in_its_place(self, pages: list[Path]) -> None:
        every = (
            "figure .picture > svg, .cell_output img"  # windows on it for narrow pages are hidden from readers of text
        )
        pictures = [picture for page in pages for picture in parsed(page).select(every)]
        assert pictures
        for picture in pictures:
            assert len(str(picture.get("aria-label") or picture.get("alt") or "")) >= 20

    @pytest.mark.usefixtures("chromium")
    def test_no_table_is_cut(self, pages: list[Path]) -> None:
        ways = reading.DESK, reading.NARROW, reading.PHONE, reading.PAPER
        with reading.browser() as window:
            assert reading.cut(window, chapters(pages), *ways) == []

    @pytest.mark.usefixtures("chromium")
    def test_axe_finds_nothing_serious(self, pages: list[Path]) -> None:
        with reading.browser() as window:
            assert reading.violations(window, pages, reading.DESK, reading.PHONE) == []
            assert reading.violations(window, [HTML / "12-ledger.html"], reading.DARK) == []  # menus at both sides

    def test_no_page_is_heavier_than_a_megabyte(self, pages: list[Path]) -> None:
        assert [page.name for page in pages if page.stat().st_size > 1_000_000] == []

    def test_every_element_has_a_caption_and_a_box_or_says_what_is_missing(self, pages: list[Path]) -> None:
        elements = [element for page in pages for element in parsed(page).select("figure.element")]
        assert elements
        for element in elements:
            assert element.select_one("figcaption strong")
            if not element.select_one(".missing"):
                assert element.select_one("details.make pre")
                assert element.select_one("details.make a[download][href^='data:text/csv']")

    def test_no_page_shows_a_machines_path(self, pages: list[Path]) -> None:
        for page in pages:
            assert str(ROOT) not in page.read_text(), page.name

    def test_each_page_says_its_edition_and_how_the_book_is_cited(self, pages: Path) -> None:
        cited = citation()
        for page in chapters(pages):
            ends = parsed(page).select_one(".edition")
            assert cited.edition in ends.select_one("p").text, page.name
            assert ends.select_one("p a")["href"] == "https://arxiv.org/abs/2003.13678"
            assert cited.bibtex() in ends.select_one("details pre").text

    def test_each_figure_lies_beside_its_page_as_svg_and_png(self, pages: list[Path]) -> None:
        shown = 0
        for page in chapters(pages):
            for figure in parsed(page).select("figure.element:has(> .picture)"):
                shown += 1
                links = {str(link["href"]) for link in figure.select("details.make p.files a")}
                assert {f"_images/{figure['id']}.svg", f"_images/{figure['id']}.png", f"#{figure['id']}"} <= links
                svg = (HTML / "_images" / f"{figure['id']}.svg").read_text()
                assert ElementTree.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"
                assert "currentColor" not in svg
                assert (HTML / "_images" / f"{figure['id']}.png").read_bytes().startswith(b"\x89PNG")
                assert str(figure.select_one(".cite").text).endswith(f"{citation().edition}.")
        assert shown > 10

    def test_a_caption_on_the_page_is_two_sentences_and_the_rest_is_folded_away(self, pages: list[Path]) -> None:
        folded = [about for page in pages for about in parsed(page).select("figcaption details.about-figure")]
        assert len(folded) > 10
        assert not [about for about in folded if about.has_attr("open")]
        visible = [caption.find_all(string=True, recursive=False) for page in pages
                   for caption in parsed(page).select("figcaption:has(details)")]  # fmt: skip
        assert max(len("".join(words).split()) for words in visible) < 110

    def test_previews_of_a_link_are_told_what_the_page_is_about_and_no_address_that_is_not_known(
        self, pages: list[Path]
    ) -> None:
        for page in chapters(pages):
            said = {str(tag.get("property") or tag.get("name")): str(tag["content"])
                    for tag in parsed(page).select("meta[property^='og:'], meta[name=description]")}  # fmt: skip
            assert said["description"] == said["og:description"]
            assert 20 <= len(said["description"]) <= 200
            assert said["og:title"] == parsed(page).select_one("h1").find(string=True)
            assert said["og:site_name"] == TITLE
            assert (HTML / said["og:image"]).is_file()
            assert "og:url" not in said
        assert parsed(HTML / "intro.html").title.text.strip() == TITLE

    def test_what_is_published_elsewhere_is_linked_once_a_page_where_it_is_first_named(self, pages: list[Path]) -> None:
        outside = [link for page in pages for link in parsed(page).select("article p a[href^='https://github.com/']")]
        assert {"pycls", "timm"} <= {link.text for link in outside}
        for page in pages:
            links = [link["href"] for link in parsed(page).select("article a[href^='https://github.com/']")]
            assert len(links) == len(set(links)), page.name

    def test_the_pdf_has_every_chapter_with_contents_outline_and_page_numbers(
        self, pages: list[Path], chromium: str, tmp_path: Path
    ) -> None:
        assert pages
        assert chromium
        names, cited = documents(ROOT / "book"), citation()
        pdf = printed(HTML, names, cited, tmp_path / "book.pdf")
        said = check_pdf(pdf, cited, [_heading(HTML / f"{name}.html") for name in names])
        text = re.sub(r"\W", "", "".join(said))
        for name in names:
            for sentence in _sentences(HTML / f"{name}.html"):
                assert re.sub(r"\W", "", sentence) in text, f"{name}: {sentence}"

    def test_formulas_render_without_a_network(self, pages: list[Path], chromium: str, tmp_path: Path) -> None:
        page = max(chapters(pages), key=lambda page: len(parsed(page).select(".math")))
        dom = opened(chromium, page.as_uri(), tmp_path)
        assert len(dom.select("mjx-container mjx-math")) == len(parsed(page).select(".math")) > 0
        assert not dom.select("mjx-merror")

    def test_search_finds_a_word_without_a_server(self, pages: list[Path], chromium: str, tmp_path: Path) -> None:
        dom = opened(chromium, f"{(HTML / 'search.html').as_uri()}?q=bottleneck", tmp_path)
        found = [str(link["href"]) for link in dom.select("#search-results li a")]
        assert any(href.startswith("03-anynet.html") for href in found)
        assert pages


def _heading(page: Path) -> str:
    words = parsed(page).select_one("h1").find_all(string=True)
    return "".join(str(word) for word in words if word.parent.name != "a")  # which links to the heading


def _sentences(page: Path) -> list[str]:
    """The beginnings of the first and the last run of plain words in a chapter's prose."""
    every = [words.strip() for p in parsed(page).select("article section > p") for words in p.find_all(string=True)]
    found = [words[:30] for words in every if len(words) > 60]
    return [found[0], found[-1]]


def links(page: Path) -> Iterator[str]:
    for link in parsed(page).select("a[href]"):
        address = str(link["href"])
        if urlsplit(address).scheme not in ("http", "https", "mailto", "data", "javascript") and address != "#":
            yield address


def resolves(page: Path, href: str) -> bool:
    parts = urlsplit(href)
    target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if not target.exists():
        return False
    return not parts.fragment or target.suffix != ".html" or unquote(parts.fragment) in ids(target)


@cache
def ids(page: Path) -> frozenset[str]:
    return frozenset(str(tag["id"]) for tag in parsed(page).select("[id]"))


def loaded(page: Path) -> Iterator[str]:
    """Addresses that a browser fetches when it opens the page."""
    soup = parsed(page)
    for tag, attribute in (("script", "src"), ("img", "src"), ("source", "src"), ("iframe", "src"), ("use", "href")):
        yield from (str(found[attribute]) for found in soup.select(f"{tag}[{attribute}]"))
    rels = {"stylesheet", "preload", "prefetch", "icon", "modulepreload"}
    yield from (str(found["href"]) for found in soup.select("link[href]") if rels & set(found.get("rel") or ()))
    yield from re.findall(r"@import[^;]*", "".join(style.text for style in soup.select("style")))


CHAPTER = (
    ("parameters", 'regime: str = ""\nruns: str = ""\nn: int = 0\nseed: int = 0\ntrain: bool = False'),
    ("fig02", 'from regnet.page.chapter import begin, element, guide\nelement("fig02", begin("fig02", runs=runs))'),
    ("read", 'guide("fig02", begin("fig02", runs=runs), r"Read {doc}`intro` and $\\frac{1}{n}$.")'),
    ("wait", 'guide("fig05", begin("fig05", runs=runs), "Nothing of this is drawn.")'),
)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the book with one chapter and one small population, built with the command that a reader types."""
    root = tmp_path_factory.mktemp("book")
    for name in ("_config.yml", "pyproject.toml", "CITATION.cff"):
        shutil.copy(ROOT / name, root)
    shutil.copytree(ROOT / "regnet", root / "regnet", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("_ext", "_static", "_vendor"):
        shutil.copytree(ROOT / "book" / name, root / "book" / name)
    shutil.copy(ROOT / "book" / "references.bib", root / "book")
    (root / "book" / "_toc.yml").write_text("format: jb-book\nroot: intro\nchapters:\n- file: chapter\n")
    (root / "book" / "intro.md").write_text("# A small copy\n")
    write_chapter(root, *CHAPTER)
    seal_population(root, "anynetx_a", 8, regime=DEFAULT)
    done = build(root)
    assert done.returncode == 0, done.stderr[-3000:]
    return root


def write_chapter(root: Path, *cells: tuple[str, str]) -> None:
    code = [
        {"cell_type": "code", "id": name, "metadata": {}, "outputs": [], "execution_count": None, "source": source}
        for name, source in cells
    ]
    title = {"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# A chapter"}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    content = {"cells": [title, *code], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    (root / "book" / "chapter.ipynb").write_text(json.dumps(content))


def chapter(root: Path, regime: str = "") -> BeautifulSoup:
    return BeautifulSoup((root / "_build" / regime / "html" / "chapter.html").read_text(), "html.parser")


def regnet_book(root: Path, *arguments: str) -> str:
    """What `regnet book` says, which builds the pages of a regime beside those of the default one."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("REGNET_")}
    command = [sys.executable, "-m", "regnet.cli", "book", *arguments]
    done = subprocess.run(
        command, cwd=root, env=environment | {"PYTHONPATH": str(root)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


class TestSmallCopy:
    """In this order: each test leaves the copy as it found it."""

    def test_the_plain_command_finds_the_configuration_and_builds_at_the_root(self, small: Path) -> None:
        assert (small / "_build" / "html" / "index.html").is_file()
        assert chapter(small).title.text.strip().endswith(TITLE)
        assert "n = 8" in chapter(small).select_one("figure#fig02 figcaption").text

    def test_a_reading_guide_is_text_of_the_page_while_its_figure_is_drawn(self, small: Path) -> None:
        said = next(p for p in chapter(small).select("p") if p.text.startswith("Read "))
        assert said.select_one("a[href='index.html'], a[href='intro.html']").text == "A small copy"
        assert said.select_one(".math")
        assert all("Nothing of this is drawn." not in part.text for part in chapter(small).select(".cell_output"))

    def test_nothing_is_executed_again_when_nothing_has_changed(self, small: Path) -> None:
        done = build(small, *STRICT)
        assert done.returncode == 0
        assert "0 of 1 chapters executed" in done.stdout
        assert "Executing notebook" not in done.stdout + done.stderr
        assert "0 added, 0 changed, 0 removed" in done.stdout

    def test_a_regimes_pages_and_cached_outputs_stand_beside_the_default_ones(self, small: Path) -> None:
        seal_population(small, "anynetx_a", 3, regime="smoke")
        assert build(small, *STRICT).returncode == 0
        caches = sorted((small / "_build" / ".jupyter_cache").iterdir())
        first = small / "_build" / "smoke" / "html" / "index.html"
        assert f"The book: {first}" in regnet_book(small, "smoke")
        assert first.is_file()
        assert "n = 3" in chapter(small, "smoke").select_one("figure#fig02 figcaption").text
        assert "n = 8" in chapter(small).select_one("figure#fig02 figcaption").text
        assert sorted((small / "_build" / ".jupyter_cache").iterdir()) == caches
        assert "0 of 1 chapters executed" in regnet_book(small)  # as `make book` left it
        assert "n = 8" in chapter(small).select_one("figure#fig02 figcaption").text

    def test_a_digit_changed_in_a_published_table_shows_on_the_page(self, small: Path) -> None:
        table = small / "regnet" / "published" / "paper_edf_legends.csv"
        printed = table.read_text()
        assert "39.0|49.0" in chapter(small).text
        table.write_text(printed.replace("39.0", "38.7"))
        done = build(small, *STRICT)
        assert done.returncode == 0
        assert "1 of 1 chapters executed" in done.stdout
        assert "Executing notebook" not in done.stdout + done.stderr  # again, by MyST-NB
        assert "38.7|49.0" in chapter(small).text
        table.write_text(printed)

    def test_one_more_sealed_row_shows_on_the_page(self, small: Path) -> None:
        seal_population(small, "anynetx_a", 9, regime=DEFAULT)
        assert build(small, *STRICT).returncode == 0
        assert "n = 9" in chapter(small).select_one("figure#fig02 figcaption").text
        assert "39.0|49.0" in chapter(small).text

    def test_a_population_that_does_not_match_its_hash_stops_the_build_and_is_named(self, small: Path) -> None:
        sealed = small / "runs" / DEFAULT / "anynetx_a.csv"
        content = sealed.read_text()
        sealed.write_text(content.replace(",ok,", ",ok,1", 1))
        done = build(small)
        assert (done.returncode, "Traceback" in done.stderr) == (1, False)
        assert "anynetx_a.csv has SHA-256" in done.stderr.splitlines()[-1]
        sealed.write_text(content)

    def test_runs_that_cannot_be_read_end_the_build_in_one_line_that_names_them(
        self, small: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("REGNET_RUNS", str(small / "runs"))
        verify = extension("regnet_book").verify
        verify()
        strays = {
            "notes.csv": "notes.csv has the name of no population", "regnetx.csv": "regnetx.csv has no regnetx.json",
            "regnetx.json": "regnetx.json is there, its CSV is not",
        }  # fmt: skip
        for name, said in strays.items():
            stray = small / "runs" / DEFAULT / name
            stray.touch()
            with pytest.raises(SystemExit, match=rf"^regnet: the book is not built: .*{said}[^\n]*$"):
                verify()
            stray.unlink()
        monkeypatch.setenv("REGNET_RUNS", str(small / "none"))
        with pytest.raises(SystemExit, match=f"the book is not built: no folder of runs {small / 'none'}"):
            verify()

    def test_plain_papermill_executes_a_chapter_with_other_parameters(self, small: Path, tmp_path: Path) -> None:
        parameters = ("-p", "runs", str(small / "runs"), "-p", "n", "6")
        command = [sys.executable, "-m", "papermill", "--no-progress-bar", ROOT / "book" / "02-tools.ipynb"]
        done = subprocess.run(
            [*command, tmp_path / "out.ipynb", *parameters], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        assert "n = 6" in (tmp_path / "out.ipynb").read_text()

    def test_a_failing_cell_stops_the_build(self, small: Path) -> None:
        write_chapter(small, ("broken", "1 / 0"))
        done = build(small)
        assert done.returncode != 0
        assert "ZeroDivisionError" in done.stdout + done.stderr
        write_chapter(small, *CHAPTER)
