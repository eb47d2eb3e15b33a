"""What is published together: the pages with the PDF and the populations beside them, and all of it as one ZIP."""

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
_OFFER = re.compile(r"<!-- downloads -->.*?<!-- /downloads -->", re.DOTALL)


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
        text = page.read_text("utf-8")
        offered = _OFFER.sub(f"<!-- downloads --><p>{links}</p><!-- /downloads -->", text)
        if offered != text:
            write_whole(page, offered)


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
