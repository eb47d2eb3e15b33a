"""Which chapters the book has, and which figures and tables a chapter opens."""

import ast
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from regnet.design.lookup import Lookup
from regnet.sweeps.folders import CHECKOUT, full_path, in_checkout
from regnet.sweeps.strict_json import read_object


def book_folder(book: str | Path = "") -> Path:
    """The folder of the chapters: `book`, else the checkout's `book/`.

    Raises:
        FileNotFoundError: it has no `_toc.yml`, or none is given and the package is installed without its checkout.
    """
    if not book and not in_checkout():
        raise FileNotFoundError(
            "regnet is installed without its checkout, where the chapters lie: run this in a clone, "
            "or give batch other chapters by --book FOLDER"
        )
    folder = full_path(book) if book else CHECKOUT / "book"
    if not (folder / "_toc.yml").is_file():
        raise FileNotFoundError(f"{folder} has no _toc.yml: it is not a folder of chapters")
    return folder


def documents(book: Path) -> list[str]:
    """The names of a book's pages in the order of its table of contents, the front page first.

    Raises:
        ImportError: the extra `book` is not installed.
    """
    try:
        from sphinx_external_toc.parsing import parse_toc_yaml
    except ImportError as error:
        raise ImportError("the book needs jupyter-book and papermill: pip install 'regnet[book]'") from error
    return list(parse_toc_yaml(book / "_toc.yml"))


def chapters(book: Path) -> Lookup[Path]:
    """The notebooks of a book's table of contents by name, in its order.

    Raises:
        ImportError: the extra `book` is not installed.
    """
    notebooks = {name: book / f"{name}.ipynb" for name in documents(book)}
    return Lookup("chapter", {name: path for name, path in notebooks.items() if path.is_file()})


def choose(names: Sequence[str], book: Path) -> dict[str, Path]:
    """The notebooks of those names, or of every chapter where there is none.

    Raises:
        UnknownName: no such chapter; the message lists those there are (a ValueError).
    """
    every = chapters(book)
    return {name: every[name] for name in names or every}


def elements_of(notebook: Path) -> list[str]:
    """The figures and tables that a chapter names in its call of `begin`, in order: what it needs trained."""
    cells = [cell for cell in cells_of(notebook) if cell["cell_type"] == "code"]
    calls = [node for cell in cells for node in ast.walk(_tree("".join(cell["source"]))) if isinstance(node, ast.Call)]
    begins = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "begin"]
    return [str(value.value) for call in begins for value in call.args if isinstance(value, ast.Constant)]


def cells_of(notebook: Path) -> list[dict[str, Any]]:
    """The cells of a chapter's notebook.

    Raises:
        ValueError: a file that is no notebook, or one that names no kernel.
    """
    try:
        found = read_object(notebook.read_bytes())
        kernel = found["metadata"]["kernelspec"]
        language = found["metadata"].get("language_info", {}).get("name") or kernel["language"]
        if not (isinstance(kernel["name"], str) and isinstance(language, str)):
            raise TypeError("kernelspec is of another form")
        for cell in found["cells"]:
            if not isinstance("".join(cell["source"]) + cell["cell_type"], str) or not isinstance(
                cell["metadata"], dict
            ):
                raise TypeError("a cell is of another form")
    except KeyError as error:
        raise ValueError(f"{notebook} is no notebook that can be executed: it has no {error}") from None
    except (ValueError, TypeError, AttributeError) as error:
        raise ValueError(f"{notebook} is no notebook that can be executed: {error}") from None
    return list(found["cells"])


def _tree(source: str) -> ast.AST:
    try:
        return ast.parse(source)
    except SyntaxError:  # a shell line or a magic: not where a chapter begins
        return ast.Module(body=[], type_ignores=[])
