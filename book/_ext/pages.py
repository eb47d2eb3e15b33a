"""Sphinx extension of this book: what the theme's HTML lacks for readers with a keyboard or a screen reader.

- Markdown tables lie in a box that scrolls sideways: it can be reached by keyboard.
- A list of references says it is a list and has no items: it is plain text.
- Thebe, which runs code on a server, is not used here and declares its constants twice: its scripts are left out.
- Formulas are no tab stops: MathJax's menu, which makes them so, is off.
"""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

REPLACED = {
    '<div class="pst-scrollable-table-container">': (
        '<div class="pst-scrollable-table-container" tabindex="0" role="group" aria-label="Table">'
    ),
    '<div role="list" class="citation-list">': '<div class="citation-list">',
    ' role="doc-biblioentry"': "",
    ' role="doc-backlink"': "",
}


def setup(app: Sphinx) -> dict[str, bool | str]:
    """Connects the steps; called by Sphinx."""
    app.config["mathjax3_config"] = {"options": {"enableMenu": False}}
    app.connect("html-page-context", reach, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def reach(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: object) -> None:
    """Mends the page's body and drops Thebe's scripts and style."""
    del app, page, template, tree
    for old, new in REPLACED.items():
        context["body"] = context.get("body", "").replace(old, new)
    for kind in ("script_files", "css_files"):
        context[kind] = [file for file in context.get(kind, []) if "thebe" not in f"{file} {_inline(file)}".lower()]


def _inline(file: Any) -> str:
    return str(getattr(file, "attributes", {}).get("body", ""))
