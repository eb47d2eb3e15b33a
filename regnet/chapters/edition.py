"""What is published together: pages, with the laptop edition, PDF and populations beside them, and all as one ZIP."""

import io
import re
import shutil
import zipfile
from collections.abc import Sequence
from html import escape
from pathlib import Path

from regnet.sweeps.whole import write_whole

TOP = "regnet-book"  # the folder in the ZIP
SAID = {".pdf": "The book as PDF", ".gz": "The populations with checksums"}
DAY = (1980, 1, 1, 0, 0, 0)  # of every file in a ZIP: equal pages give equal bytes
LAPTOP = "pocket"  # the regime of the edition beside the book, and its folder there
ABOUT = "from shorter trainings on Fashion-MNIST"


def offer(pages: Path, files: Sequence[Path]) -> None:
    """Puts the files beside the built pages, and links to them at the end of each page.

    Raises:
        FileNotFoundError: a file that is not made yet.
        NotWritten: as `write_whole`.
    """
    for file in files:
        if not file.is_file():
            raise FileNotFoundError(f"{file} is not made yet: make edition makes all that it needs")
        write_whole(pages / file.name, file.read_bytes())
    links = " · ".join(f'<a href="{file.name}" download>{escape(SAID[file.suffix])}</a>' for file in files)
    for page in sorted(pages.glob("*.html")):
        _fill(page, "downloads", f"<p>{links}</p>")


def beside(pages: Path, laptop: Path) -> None:
    """Puts the built laptop edition into a folder beside the pages; each page of either leads to its like.

    Raises:
        FileNotFoundError: it is not built yet.
        NotWritten: as `write_whole`.
    """
    if not (laptop / "index.html").is_file():
        raise FileNotFoundError(f"{laptop} has no built book: make edition makes all that it needs")
    there = pages / LAPTOP
    shutil.rmtree(there, ignore_errors=True)
    shutil.copytree(laptop, there)
    for name in sorted(page.name for page in pages.glob("*.html") if (there / page.name).is_file()):
        _fill(pages / name, "beside", f'<p><a href="{LAPTOP}/{name}">This page in the laptop edition</a>, {ABOUT}.</p>')
        link = f'<a href="../{name}">This page of the book</a> is from photographs'
        _fill(there / name, "beside", f"<p>You read the laptop edition, {ABOUT}. {link}.</p>")


def _fill(page: Path, place: str, said: str) -> None:
    """Puts HTML into the places of that name, or in place of what stands there."""
    text = page.read_text("utf-8")
    filled = re.sub(
        f"<!-- {place} -->.*?<!-- /{place} -->", f"<!-- {place} -->{said}<!-- /{place} -->", text, flags=re.DOTALL
    )
    if filled != text:
        write_whole(page, filled)


def zipped(pages: Path, target: Path) -> Path:
    """Writes the built pages as one ZIP that can be read from a disk without a network: `regnet-book/index.html`.

    Raises:
        FileNotFoundError: the pages are not built.
        NotWritten: as `write_whole`.
    """
    if not (pages / "index.html").is_file():
        raise FileNotFoundError(f"{pages} has no built book: make book first")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(path for path in pages.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(f"{TOP}/{path.relative_to(pages).as_posix()}", DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with path.open("rb") as source, file.open(entry, "w") as place:
                shutil.copyfileobj(source, place)
    target.parent.mkdir(parents=True, exist_ok=True)
    return write_whole(target, packed.getvalue())
