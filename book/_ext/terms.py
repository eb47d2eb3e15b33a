"""Sphinx extension of this book: the first use of a term on a page leads to the glossary and carries its definition.

The glossary's entries are the only list of terms. `_static/terms.js` shows the definition on hover and on focus;
without scripts the link has it as its title. Terms of one letter are left alone: in running text they are ambiguous.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

GLOSSARY = "glossary"
SHORTEST = 2  # letters
NOT_IN = (
    nodes.reference, nodes.title, nodes.literal, nodes.literal_block, nodes.math, nodes.raw, nodes.caption, nodes.term,
    nodes.citation, nodes.math_block, addnodes.pending_xref,
)  # fmt: skip


def setup(app: Sphinx) -> dict[str, bool | str]:
    """Connects the steps; called by Sphinx."""
    app.connect("doctree-resolved", link)
    app.connect("env-get-outdated", outdated)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def outdated(app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]) -> list[str]:
    """Every page, where the glossary has changed."""
    del app, removed
    return sorted(env.found_docs) if GLOSSARY in added | changed else []


def link(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Turns the first use of each term in the page's paragraphs into a link."""
    if page == GLOSSARY or GLOSSARY not in app.env.found_docs or app.builder.format != "html":
        return
    terms = definitions(app.env.get_doctree(GLOSSARY))
    if not terms:
        return
    address = app.builder.get_relative_uri(page, GLOSSARY)
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(map(_form, sorted(terms, key=len, reverse=True)))})s?(?![\w-])")
    seen: set[str] = set()
    for text in list(_texts(doctree)):
        pieces = list(_pieces(text.astext(), pattern, terms, seen, address))
        if len(pieces) > 1:
            text.parent.replace(text, pieces)


def definitions(glossary: nodes.document) -> dict[str, tuple[str, str]]:
    """Term -> its anchor and the first paragraph of its definition."""
    found = {}
    for item in glossary.findall(nodes.definition_list_item):
        paragraph = next(iter(item.findall(nodes.paragraph)), None)
        for term in item.findall(nodes.term):
            if paragraph is not None and len(term.astext()) >= SHORTEST:
                found[term.astext()] = (str(term["ids"][0]), paragraph.astext())
    return found


def _texts(doctree: nodes.document) -> Iterator[nodes.Text]:
    """Running text: that of paragraphs, outside links, code, formulas and headings."""
    for paragraph in doctree.findall(nodes.paragraph):
        if isinstance(paragraph.parent, nodes.citation | nodes.definition):
            continue
        for text in paragraph.findall(nodes.Text):
            parent = text.parent
            while parent is not paragraph and not isinstance(parent, NOT_IN):
                parent = parent.parent
            if parent is paragraph:
                yield text


def _pieces(
    text: str, pattern: re.Pattern[str], terms: Mapping[str, tuple[str, str]], seen: set[str], address: str
) -> Iterator[nodes.Node]:
    """The text with a link in place of each term not seen before on this page."""
    end = 0
    for match in pattern.finditer(text):
        found = match.group()
        term = next((one for one in _singular(found) if one in terms), "")
        anchor, definition = terms[term]
        if anchor in seen:
            continue
        seen.add(anchor)
        yield nodes.Text(text[end : match.start()])
        title = escape(definition)
        yield nodes.raw(
            "", f'<a class="term" href="{address}#{anchor}" title="{title}">{escape(found)}</a>', format="html"
        )
        end = match.end()
    yield nodes.Text(text[end:])


def _form(term: str) -> str:
    """The term as a pattern; one in lower case may begin a sentence."""
    first, rest = term[0], re.escape(term[1:])
    return f"[{first}{first.upper()}]{rest}" if first.islower() else re.escape(first) + rest


def _singular(found: str) -> Iterator[str]:
    """The ways in which what was found may stand in the glossary."""
    for form in (found, found.removesuffix("s")):
        yield form
        yield form[0].lower() + form[1:]
