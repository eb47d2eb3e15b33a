"""What a reader takes from a page: each figure as SVG and PNG beside it, its permalink, and how it is cited."""

import base64
import re
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from regnet import figures
from regnet.figures.panels.style import INK
from regnet.page.citation import Citation
from regnet.sweeps.whole import write_whole

if TYPE_CHECKING:
    from nbformat import NotebookNode

FOLDER = "_images"  # of the built pages
_ELEMENT = re.compile(r'<figure class="element" id="(\w+)"><div class="picture"[^>]*>(<svg .*?</svg>)', re.DOTALL)
_FILES = re.compile(r'(<p class="files" data-element="(\w+)">)(.*?)</p>', re.DOTALL)


def pictures(notebook: "NotebookNode") -> Iterator[tuple[str, str | bytes]]:
    """The figures that an executed chapter shows, as files: names such as fig05.svg, and what is in them."""
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        data: Mapping[str, str] = output.get("data", {})
        if not (found := _ELEMENT.search(data.get("text/html", ""))):
            continue
        yield f"{found[1]}.svg", found[2].replace("currentColor", INK)
        if "image/png" in data:
            yield f"{found[1]}.png", base64.b64decode(data["image/png"])


def write_pictures(notebook: "NotebookNode", pages: Path) -> list[str]:
    """Writes them beside the pages, where they are not there yet as they should be; the names of all.

    Raises:
        NotWritten: as `write_whole`.
    """
    folder, names = pages / FOLDER, []
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in pictures(notebook):
        path, whole = folder / name, content.encode() if isinstance(content, str) else content
        if not path.is_file() or path.read_bytes() != whole:
            write_whole(path, whole)
        names.append(name)
    return names


def with_links(body: str, page: str, names: list[str], cited: Citation) -> str:
    """The page with the links to those files in each figure's box, beside its data, and the sentence that cites it."""

    def line(found: re.Match[str]) -> str:
        own = [name for name in names if name.partition(".")[0] == found[2]]
        links = [f'<a href="{FOLDER}/{name}" download>{name.rpartition(".")[2].upper()}</a>' for name in own]
        place = f"{page}.html#{found[2]}"
        said = escape(cited.words(figures.number(found[2]), place))
        links.append(f'<a href="#{found[2]}">Link to this place</a>')
        return f'{found[1]}{" · ".join([found[3], *links])}</p><p class="cite">Cite it: {said}</p>'

    return _FILES.sub(line, body)
