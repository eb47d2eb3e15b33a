"""What is published besides the pages: how the book is cited, one PDF, one ZIP, figures as files."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import unicodedata
import zipfile
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from bs4 import BeautifulSoup

from regnet.chapters import edition, one_page, printed
from regnet.page.citation import Citation, citation, newest
from regnet.page.page import opening

ROOT = Path(__file__).resolve().parents[1]
CITED = Citation("A small book", "0.1.0", ("Ann Author", "Bob"), "MIT", evidence="2026-11-25")
PAGE = """<html><head><link rel="stylesheet" type="text/css" href="_static/print.css" /></head><body>
<article class="bd-article"><section id="{id}"><h1>{title}<a class="headerlink" href="#{id}">#</a></h1>
<p>{text}</p>{body}</section></article><footer><!-- beside --><!-- /beside -->
<!-- downloads --><!-- /downloads --></footer></body></html>"""
LINKS = '<p><a href="two.html#part">over there</a> <a href="_images/x.svg">x</a> <a href="https://arxiv.org">y</a></p>'
PART = '<section id="part"><h2>A &amp; part<a class="headerlink" href="#part">#</a></h2><p>Its words.</p></section>'
LONG = "<p>The line goes on from page to page and says what it says.</p>" * 90
WIDE = "<table class='element-table wide'><tr>" + "".join(f"<td>column{i}</td>" for i in range(18)) + "</tr></table>"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built book of two chapters; both have an id of one name."""
    folder = tmp_path_factory.mktemp("html")
    (folder / "_static").mkdir()
    shutil.copy(ROOT / "book" / "_static" / "print.css", folder / "_static")
    hidden = '<details class="make"><summary>Make this figure</summary></details>'
    one = PAGE.format(id="one", title="The <em>first</em>", text="Begin here.", body=LINKS + LONG + hidden + PART)
    two = PAGE.format(id="two", title="The second", text="End here.", body=LONG + PART + WIDE)
    (folder / "one.html").write_text(one)
    (folder / "two.html").write_text(two)
    (folder / "index.html").write_text("<p>index</p>")
    return folder


class TestCitation:
    def test_the_book_is_cited_as_its_citation_file_says(self, tmp_path: Path) -> None:
        said = yaml.safe_load((ROOT / "CITATION.cff").read_text())
        found = citation("https://example.org/book/", runs=ROOT / "runs")
        assert (found.title, found.version) == (said["title"], said["version"])
        assert found.evidence == max(re.findall(r'"last": "(\d{4}-\d\d-\d\d)', _all_json()))
        assert newest(tmp_path) == ""

    def test_bibtex_has_the_book_and_the_paper_and_its_braces_close(self) -> None:
        found = citation("https://example.org/book", runs=ROOT / "runs").bibtex()
        assert re.findall(r"^@(\w+)\{(\w[\w-]*),$", found, re.MULTILINE) == [
            ("misc", "regnet-regenerated"), ("inproceedings", "radosavovic2020"),
        ]  # fmt: skip
        assert found.count("{") == found.count("}")
        assert "url = {https://example.org/book/}" in found
        assert "Dollár, Piotr" in found

    def test_without_a_known_address_none_is_named(self) -> None:
        assert "http" not in citation(runs=ROOT / "runs").bibtex()
        assert "http" not in CITED.words("Figure 5", "03-anynet.html#fig05")

    def test_a_citation_file_that_lacks_a_field_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "CITATION.cff").write_text("title: A\nversion: 1\n")
        with pytest.raises(ValueError, match=r"CITATION\.cff does not say how the book is cited: 'authors'"):
            citation(checkout=tmp_path, runs=tmp_path)


def _all_json() -> str:
    return "".join(path.read_text() for path in (ROOT / "runs").glob("*/*.json"))


def test_a_caption_begins_with_the_sentences_that_fit_and_loses_none() -> None:
    text = "Error EDFs. Left: A, 95% (as in Fig. 2 and sec. 3.1). 36 of 36 agree. Right: B?"
    first, rest = opening(text, words=17)
    assert first == "Error EDFs. Left: A, 95% (as in Fig. 2 and sec. 3.1). 36 of 36 agree."
    assert f"{first} {rest}" == text
    assert opening("One.") == ("One.", "")
    assert opening("One two three. Four.", words=2) == ("One two three.", "Four.")


def extension(name: str) -> ModuleType:
    """One of the book's own extensions of Sphinx."""
    place = spec_from_file_location(f"the_books_{name}", ROOT / "book" / "_ext" / f"{name}.py")
    made = module_from_spec(place)
    place.loader.exec_module(made)
    return made


def test_only_where_the_address_is_known_do_previews_name_it() -> None:
    from docutils.core import publish_doctree

    tree = publish_doctree('A title\n=======\n\nIt <b> says "this".')
    for base, wanted in (
        (
            "https://example.org/book",
            {"https://example.org/book/03.html", "https://example.org/book/_images/fig09.png"},
        ),
        ("", {"_images/fig09.png"}),
    ):
        made = extension("edition").metatags(
            {"html_baseurl": base, "html_title": "Book"}, "A <em>title</em>", "03", tree
        )
        said = {
            tag.get("property") or tag["name"]: tag["content"] for tag in BeautifulSoup(made, "html.parser")("meta")
        }
        assert {said.get("og:url"), said["og:image"]} - {None} == wanted
        assert (said["og:title"], said["description"]) == ("A title", 'It <b> says "this".')


class TestOnePage:
    def test_links_between_pages_lead_within_the_document_and_others_stay_or_lose_their_target(
        self, pages: Path
    ) -> None:
        soup = _document(pages)
        ids = [str(tag["id"]) for tag in soup.select("[id]")]
        assert sorted(ids) == sorted(set(ids))
        links = {link.text: link.get("href") for link in soup.select("p a")}
        assert links == {"over there": "#two--part", "x": None, "y": "https://arxiv.org"}
        assert {str(link["href"])[1:] for link in soup.select("a[href^='#']")} <= set(ids)

    def test_headings_are_words_in_order(self, pages: Path) -> None:
        found = [(h.level, h.title) for chapter in one_page.chapters(pages, ["one", "two"]) for h in chapter.headings]
        assert found == [(1, "The first"), (2, "A & part"), (1, "The second"), (2, "A & part")]

    def test_a_page_that_is_not_built_is_named(self, pages: Path) -> None:
        with pytest.raises(ValueError, match=r"three\.html is no page of the built book: make book"):
            one_page.chapters(pages, ["one", "three"])


def _document(pages: Path) -> BeautifulSoup:
    return BeautifulSoup("".join(c.html for c in one_page.chapters(pages, ["one", "two"])), "html.parser")


@pytest.fixture(scope="module")
def pdf(pages: Path, chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert chromium
    return printed.printed(pages, ["one", "two"], CITED, tmp_path_factory.mktemp("pdf") / "book.pdf")


class TestPdf:
    def test_title_contents_chapters_and_outline_are_there_in_order(self, pdf: Path) -> None:
        check_pdf(pdf, CITED, ["The first", "The second"])

    def test_the_boxes_are_left_out_and_the_last_column_of_a_wide_table_is_not(self, pdf: Path) -> None:
        text = "".join(words(pdf))
        assert "Make this figure" not in text
        assert "column17" in re.sub(r"\s", "", text)

    def test_a_link_to_another_page_leads_to_its_place(self, pdf: Path) -> None:
        from pypdf import PdfReader

        reader = PdfReader(pdf)
        annotations = [a.get_object() for page in reader.pages for a in page.get("/Annots", [])]
        assert "/two--part" in {str(a.get("/Dest")) for a in annotations}
        assert "/two--part" in reader.named_destinations
        assert not [a for a in annotations if "file:" in str(a.get("/A", ""))]


def words(pdf: Path) -> list[str]:
    """The text of each page."""
    from pypdf import PdfReader

    return [" ".join(page.extract_text().split()) for page in PdfReader(pdf).pages]


def check_pdf(pdf: Path, cited: Citation, titles: list[str]) -> list[str]:
    """The text of each page of a book's PDF: none is blank; contents, outline and page numbers are right."""
    from pypdf import PdfReader

    reader, text = PdfReader(pdf), words(pdf)
    assert all(len(page) > 20 for page in text), [i + 1 for i, page in enumerate(text) if len(page) <= 20]
    assert cited.title.split()[0] in text[0]
    assert cited.edition in text[0]
    outline = [entry for entry in reader.outline if not isinstance(entry, list)]
    assert [_bare(entry["/Title"]) for entry in outline] == [_bare(title) for title in titles]
    starts = [(reader.get_destination_page_number(entry) or 0) + 1 for entry in outline]
    assert starts == sorted(set(starts))
    contents = "".join(map(_bare, text[1 : starts[0] - 1]))
    for title, start in zip(titles, starts, strict=True):
        assert _bare(title) in contents
        assert _bare(title) in _bare(text[start - 1])
        assert text[start - 1].startswith(f"{start} "), f"page {start} does not say its number"
    listed = [n for page in reader.pages[1 : starts[0] - 1] for n in map(int, _numbers(page.extract_text()))]
    assert set(starts) <= set(listed)
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == (cited.title, ", ".join(cited.authors))
    return text


def _bare(text: str) -> str:
    """Letters and digits alone; a font may have one sign for several letters, as for fi."""
    return re.sub(r"\W", "", unicodedata.normalize("NFKC", text))


def _numbers(contents: str) -> list[str]:
    """The lines that are a page number, or end in one."""
    return re.findall(r"(?:^|\s)(\d+)$", contents, re.MULTILINE)


def test_where_no_chromium_is_one_line_names_the_package(tmp_path: Path) -> None:
    environment = os.environ | {"PATH": str(tmp_path), "PYTHONPATH": str(ROOT)}
    asked = [sys.executable, "-m", "regnet.cli", "pdf", "-o", str(tmp_path / "book.pdf")]
    done = subprocess.run(asked, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode != 0, len(done.stderr.splitlines())) == (True, 1)
    assert "on Debian, apt install chromium" in done.stderr
    assert not list(tmp_path.iterdir())


class TestPublished:
    def test_files_are_offered_only_where_they_lie_beside_the_pages(self, pages: Path, tmp_path: Path) -> None:
        own = shutil.copytree(pages, tmp_path / "html")
        with pytest.raises(FileNotFoundError, match="not made yet: make edition"):
            edition.offer(own, [tmp_path / "regnet-runs.tar.gz"])
        assert "download>" not in (own / "one.html").read_text()
        (tmp_path / "regnet-runs.tar.gz").write_bytes(b"packed")
        for _ in range(2):
            edition.offer(own, [tmp_path / "regnet-runs.tar.gz"])
        link = BeautifulSoup((own / "one.html").read_text(), "html.parser").select("footer a")
        assert [(a["href"], a.text) for a in link] == [("regnet-runs.tar.gz", "The populations with checksums")]
        assert (own / "regnet-runs.tar.gz").read_bytes() == b"packed"

    def test_the_laptop_edition_lies_beside_the_pages_and_each_leads_to_its_like(
        self, pages: Path, tmp_path: Path
    ) -> None:
        own, laptop = (shutil.copytree(pages, tmp_path / name) for name in ("html", "laptop"))
        with pytest.raises(FileNotFoundError, match="no built book: make edition"):
            edition.beside(own, tmp_path / "nowhere")
        (laptop / "two.html").unlink()
        for _ in range(2):
            edition.beside(own, laptop)
        for page, like in ((own / "one.html", "pocket/one.html"), (own / "pocket" / "one.html", "../one.html")):
            (link,) = BeautifulSoup(page.read_text(), "html.parser").select("footer a")
            assert link["href"] == like
            assert (page.parent / like).resolve().is_file()
        assert not BeautifulSoup((own / "two.html").read_text(), "html.parser").select("footer a")

    def test_the_zip_has_every_page_and_is_the_same_twice(self, pages: Path, tmp_path: Path) -> None:
        first = edition.zipped(pages, tmp_path / "one.zip").read_bytes()
        os.utime(pages / "one.html", (1e9, 1e9))
        assert edition.zipped(pages, tmp_path / "two.zip").read_bytes() == first
        with zipfile.ZipFile(tmp_path / "one.zip") as file:
            assert set(file.namelist()) == {
                f"regnet-book/{p.relative_to(pages).as_posix()}" for p in pages.rglob("*") if p.is_file()
            }

    def test_there_is_no_zip_of_a_book_that_is_not_built(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError, match="make book first"):
            edition.zipped(tmp_path, tmp_path / "book.zip")
