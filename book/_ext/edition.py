"""Sphinx extension of this book: what makes it a publication.

- Each page ends with version, date, authors and BibTeX; each figure lies beside the page as SVG and PNG.
- A page says what it is about to those who link to it.
- What the prose names for the first time on a page leads to where it is published.

REGNET_BASEURL says where the pages are published; without it no page names an address of its own.
"""

from __future__ import annotations

import os
import re
import sys
from html import escape
from pathlib import Path
from typing import Any

import nbformat
from docutils import nodes
from jupyter_cache import get_cache
from sphinx.application import Sphinx
from sphinx.config import Config

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from regnet.chapters.takeaway import FOLDER, with_links, write_pictures
from regnet.page.citation import citation
from regnet.sweeps.regimes import DEFAULT, find_regime

FRONT = f"{FOLDER}/fig09.png"  # the picture of a link to the book
LONGEST = 200  # characters of a description
PUBLISHED = {
    "arXiv:2003.13678": "https://arxiv.org/abs/2003.13678",
    "pycls": "https://github.com/facebookresearch/pycls",
    "timm": "https://github.com/huggingface/pytorch-image-models",
    "torchvision": "https://github.com/pytorch/vision",
}
NAMED = re.compile(rf"(?<![\w./:-])(?:{'|'.join(map(re.escape, PUBLISHED))})(?![\w-]|\.\w)")


def setup(app: Sphinx) -> dict[str, bool | str]:
    """Connects the steps; called by Sphinx."""
    app.connect("config-inited", cite, priority=2)
    app.connect("doctree-read", link_names)
    app.connect("html-page-context", publish, priority=950)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True, "env_version": 1}


def cite(app: Sphinx, config: Config) -> None:
    """Puts the edition at the end of each page; a change of it writes every page again."""
    del app
    config["html_baseurl"] = os.environ.get("REGNET_BASEURL", config["html_baseurl"])
    try:
        cited = citation(config["html_baseurl"])
    except ValueError as error:
        raise SystemExit(f"regnet: the book is not built: {error}") from None
    if (regime := find_regime().name) != DEFAULT:
        config["html_title"] = f"{config['html_title']} ({regime})"
    config["html_theme_options"]["extra_footer"] = cited.footer()
    config["html_theme_options"]["logo"] = {"text": config["html_title"]}  # stands where `docstitle` is empty, too


def link_names(app: Sphinx, document: nodes.document) -> None:
    """Links what is published elsewhere where a page's prose first names it."""
    del app
    linked: set[str] = set()
    for text in list(document.findall(nodes.Text)):
        if isinstance(text.parent, nodes.paragraph | nodes.emphasis | nodes.strong | nodes.literal) and not inside(
            text
        ):
            text.parent.replace(text, linking(str(text), linked))


def inside(text: nodes.Text) -> bool:
    """Whether a text is part of a link or a heading already."""
    found: nodes.Node | None = text.parent
    while found is not None:
        if isinstance(found, nodes.reference | nodes.title | nodes.raw) or "pending" in type(found).__name__:
            return True
        found = found.parent
    return False


def linking(text: str, linked: set[str]) -> list[nodes.Node]:
    """The text with the names that are not linked yet as references."""
    made: list[nodes.Node] = []
    start = 0
    for found in NAMED.finditer(text):
        if found[0] not in linked:
            linked.add(found[0])
            made += [nodes.Text(text[start : found.start()])] if found.start() > start else []
            made.append(nodes.reference("", found[0], refuri=PUBLISHED[found[0]], internal=False))
            start = found.end()
    return [*made, *([nodes.Text(text[start:])] if text[start:] else [])]


def publish(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: nodes.document | None) -> None:
    """Writes a page's figures beside it, links to them, and says in its head what it is about."""
    del template
    if tree is None:
        return
    path = Path(app.srcdir) / f"{page}.ipynb"
    if path.is_file():
        cache = get_cache(app.config["nb_execution_cache_path"])
        try:
            record = cache.match_cache_notebook(nbformat.read(path, nbformat.NO_CONVERT))
            names = write_pictures(cache.get_cache_bundle(record.pk).nb, Path(app.outdir))
        except KeyError:  # it failed, which MyST-NB reports
            names = []
        context["body"] = with_links(context["body"], page, names, citation(app.config["html_baseurl"]))
    if page == app.config["root_doc"]:
        context["docstitle"] = ""  # its own is the same
    context["metatags"] = context.get("metatags", "") + metatags(app.config, context["title"], page, tree)


def metatags(config: Config, title: str, page: str, tree: nodes.document) -> str:
    """What previews of a link to the page show."""
    base = config["html_baseurl"] and config["html_baseurl"].rstrip("/") + "/"
    about = description(tree)
    found = {
        "og:title": re.sub(r"<[^>]+>", "", title), "og:type": "article", "og:site_name": config["html_title"],
        "og:description": about, "og:image": f"{base}{FRONT}", "og:url": base and f"{base}{page}.html",
    }  # fmt: skip
    lines = [f'<meta name="description" content="{escape(about)}" />'] if about else []
    lines += [f'<meta property="{name}" content="{escape(said)}" />' for name, said in found.items() if said]
    return "\n" + "\n".join(lines)


def description(tree: nodes.document) -> str:
    """The first paragraph of a page's prose, cut at a word where it is long."""
    said = next((words for p in tree.findall(nodes.paragraph) if (words := " ".join(_plain(p).split()))), "")
    return said if len(said) <= LONGEST else said[: LONGEST - 1].rpartition(" ")[0].rstrip(",;:") + "…"


def _plain(paragraph: nodes.paragraph) -> str:
    """Its text; of raw HTML, as terms are that lead to the glossary, without the tags."""
    texts = paragraph.findall(nodes.Text)
    return "".join(re.sub(r"<[^>]+>", "", text) if isinstance(text.parent, nodes.raw) else str(text) for text in texts)
