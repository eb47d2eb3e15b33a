"""The built pages as one PDF, printed by Chromium: title page, contents with page numbers, outline, every page.

The contents' numbers are known only once the rest is laid out: they are printed on pages of their own, otherwise
blank, and laid over the contents.
"""

import io
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from regnet.chapters import one_page
from regnet.chapters.one_page import Chapter
from regnet.page.citation import Citation
from regnet.sweeps.whole import write_whole

if TYPE_CHECKING:
    from pypdf import PdfReader

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless", "--disable-gpu", "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-pdf-header-footer", "--generate-pdf-document-outline", "--virtual-time-budget=60000",
)  # fmt: skip
SECONDS = 600
READ = ("_static", "_images", "mathjax")  # folders of the pages that the document reads
CONTENTS = "contents"


class NotPrinted(OSError):
    """There is no Chromium, or it made no PDF."""


def browser() -> str:
    """The Chromium that prints.

    Raises:
        NotPrinted: there is none.
    """
    if found := next(filter(None, map(shutil.which, BROWSERS)), None):
        return found
    raise NotPrinted(
        f"Chromium prints the PDF, and none of {', '.join(BROWSERS)} is on the PATH: on Debian, apt install chromium"
    )


def printed(pages: Path, names: list[str], cited: Citation, target: Path) -> Path:
    """Writes the pages of those names, from the folder of the built book, as one PDF.

    Raises:
        NotPrinted: there is no Chromium, or it fails.
        ValueError: a page that is not built.
        NotWritten: as `write_whole`.
    """
    program, found = browser(), one_page.chapters(pages, names)
    whole = "".join(chapter.html for chapter in found)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for name in filter(lambda name: (pages / name).is_dir(), READ):
            (folder / name).symlink_to((pages / name).resolve())
        book = _print(program, _document(cited, found, _front(cited, found) + whole), folder)
        numbers = _numbers(book, found)
        over = _print(program, _document(cited, found, _front(cited, found, numbers)), folder)
    content = _bound(book, over, cited)
    target.parent.mkdir(parents=True, exist_ok=True)
    return write_whole(target, content)


def _front(cited: Citation, chapters: Sequence[Chapter], numbers: Mapping[str, int] | None = None) -> str:
    """Title page and contents: all but the page numbers, or these alone where they are given."""
    rows = "".join(
        f'<li class="level-{heading.level}"><a href="#{heading.place}">{escape(heading.title)}</a>'
        f"<span>{numbers[heading.place] if numbers else ''}</span></li>"
        for chapter in chapters
        for heading in chapter.headings
    )
    title = (
        f'<section class="title-page"><p class="title">{escape(cited.title)}</p>'
        f"<p>{escape(', '.join(cited.authors))}</p><p>{escape(cited.edition)}</p>"
        f"<p>{escape(cited.address)}</p><pre>{escape(cited.bibtex())}</pre></section>"
    )
    kind = "numbers" if numbers else "words"
    return (
        f'<div class="front {kind}">{title}<nav class="printed-contents" id="{CONTENTS}"><p class="title">Contents</p>'
        f"<ul>{rows}</ul></nav></div>"
    )


def _document(cited: Citation, chapters: Sequence[Chapter], body: str) -> str:
    """A page that the browser prints: the style sheets of all, of their scripts only the one that sets formulas."""
    loaded = dict.fromkeys(line for chapter in chapters for line in (*chapter.styles, *chapter.math))
    return (
        f'<!doctype html><html lang="en" data-theme="light" class="whole-book"><head><meta charset="utf-8">'
        f"<title>{escape(cited.title)}</title>{''.join(loaded)}</head>"
        f'<body><main class="bd-content"><div class="bd-article">{body}</div></main></body></html>'
    )


def _print(program: str, document: str, folder: Path) -> "PdfReader":
    """The document as the browser prints it, beside the folders that it reads."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    page, target = folder / "book.html", folder / "book.pdf"
    page.write_text(document, encoding="utf-8")
    target.unlink(missing_ok=True)
    user = ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []  # it has none for root
    given = [program, *FLAGS, *user, f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={target}", page.as_uri()]
    try:
        subprocess.run(given, capture_output=True, check=True, timeout=SECONDS)
        return PdfReader(io.BytesIO(target.read_bytes()))
    except (subprocess.SubprocessError, OSError, PyPdfError) as error:
        raise NotPrinted(f"{program} made no PDF of the pages: {str(error).splitlines()[0][:200]}") from None


def _numbers(book: "PdfReader", chapters: Sequence[Chapter]) -> dict[str, int]:
    """The number of the page on which each heading stands, counted from the title page as 1."""
    places = book.named_destinations
    wanted = [heading.place for chapter in chapters for heading in chapter.headings]
    return {name: (book.get_destination_page_number(places[f"/{name}"]) or 0) + 1 for name in wanted}


def _bound(book: "PdfReader", over: "PdfReader", cited: Citation) -> bytes:
    """The book with its contents' page numbers, its title and authors as readers' programs list them."""
    from pypdf import PdfWriter

    writer = PdfWriter(clone_from=book)
    for page, numbers in zip(writer.pages, over.pages, strict=False):
        page.merge_page(numbers)
    writer.add_metadata({"/Title": cited.title, "/Author": ", ".join(cited.authors), "/Subject": cited.edition})
    writer.page_mode = "/UseOutlines"
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()
