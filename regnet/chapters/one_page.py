"""The built pages as one document, to be printed: every link between them leads to a place in it."""

import re
from dataclasses import dataclass
from html import unescape
from pathlib import Path

_ARTICLE = re.compile(r'<article class="bd-article">(.*)</article>', re.DOTALL)
_HEADING = re.compile(r'<h([12])>((?:(?!</h).)*?)<a class="headerlink" href="#([^"]+)"', re.DOTALL)
_ID = re.compile(r'(<[^<>]*?\s(?:id|for|aria-labelledby|aria-describedby)=")([^"]+)(?=")')
_INSIDE = re.compile(r'(\shref="#|url\(#)([^")]+)')
_STYLE = re.compile(r'<link [^>]*rel="stylesheet"[^>]*>')
_MATH = re.compile(r"<script>window\.MathJax[^<]*</script>|<script[^>]*mathjax/[^>]*></script>")
_LINK = re.compile(r'(<a(?:\s[^<>]*?)?)\shref="(?!https?:|mailto:|data:|#)([^"#]*)(?:#([^"]*))?"')


@dataclass(frozen=True)
class Heading:
    """A heading of a chapter (`level` 1) or of its sections (2), and the id that links to it have."""

    level: int
    title: str
    place: str


@dataclass(frozen=True)
class Chapter:
    """A page as it stands in the document: its HTML, its headings, the first its title, and what its head loads."""

    html: str
    headings: tuple[Heading, ...]
    styles: tuple[str, ...]
    math: tuple[str, ...]


def chapters(pages: Path, names: list[str]) -> list[Chapter]:
    """The pages of those names as chapters of one document.

    Raises:
        ValueError: a page that is not there, or that is no page of this book.
    """
    return [_chapter(pages / f"{name}.html", name, set(names)) for name in names]


def place(page: str, anchor: str = "") -> str:
    """The id in the document of an anchor of a page, or of the page.

    >>> place("03-anynet", "fig05"), place("03-anynet")
    ('03-anynet--fig05', '03-anynet')
    """
    return f"{page}--{anchor}" if anchor else page


def _chapter(path: Path, name: str, names: set[str]) -> Chapter:
    text = path.read_text("utf-8") if path.is_file() else ""
    if not (found := _ARTICLE.search(text)):
        raise ValueError(f"{path} is no page of the built book: make book first")
    inner = _ID.sub(lambda hit: hit[1] + place(name, hit[2]), found[1])
    inner = _INSIDE.sub(lambda hit: hit[1] + place(name, hit[2]), inner)
    inner = _LINK.sub(lambda hit: hit[1] + _leading(hit[2].removesuffix(".html"), hit[3] or "", names), inner)
    headings = [Heading(int(level), _words(title), anchor) for level, title, anchor in _HEADING.findall(inner)]
    if [heading.level for heading in headings][:1] != [1]:
        raise ValueError(f"{path} has no title: make book again")
    inner = f'<section class="chapter" id="{place(name)}">{inner}</section>'
    return Chapter(inner, tuple(headings), tuple(_STYLE.findall(text)), tuple(_MATH.findall(text)))


def _leading(page: str, anchor: str, names: set[str]) -> str:
    """The attribute that leads there; none to a page or file that the document does not have."""
    return f' href="#{place(page, anchor)}"' if page in names else ""


def _words(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", markup)).split())
