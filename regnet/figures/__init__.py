"""The book's figures and tables, and where each stands.

Every module of this folder is one of them: `element(runs)` makes it, `CHAPTER` is the page that shows it, and
`NUMBER` what it is called where the paper has no number for it. `panels/` has the kinds of picture, `numbers/` what
others printed.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regnet.figures.panels.element import Element
    from regnet.sweeps.population import Population
    from regnet.sweeps.store import Runs

_KINDS = {"fig": "Figure", "tab": "Table"}


@cache
def names() -> tuple[str, ...]:
    """Every element, by chapter.

    >>> names()[:2]
    ('fig01', 'fig02')
    """
    return tuple(sorted(_modules(), key=lambda name: (chapter(name), name)))


def element(name: str, runs: Runs) -> Element:
    """The element of that name ("fig05", "tab01"), before anything is read.

    Raises:
        ValueError: no such element.
    """
    found: Element = _module(name).element(runs)
    return found


def chapter(name: str) -> str:
    """The page that shows an element, as "03-anynet"."""
    return str(_module(name).CHAPTER)


def number(name: str) -> str:
    """The paper's number of an element; a name for what the paper does not have.

    >>> number("fig05"), number("tab01"), number("calibration_ranks")
    ('Figure 5', 'Table 1', 'Ranks')
    """
    if said := getattr(_module(name), "NUMBER", ""):
        return str(said)
    return f"{_KINDS[name[:3]]} {int(name[3:])}" if name[:3] in _KINDS else name.capitalize()


def link(name: str) -> str:
    """Where an element stands in the book, from another page of it.

    >>> link("fig05")
    '03-anynet.html#fig05'
    """
    return f"{chapter(name)}.html#{name}"


def populations(regime: str, *some: str) -> list[Population]:
    """The populations that those elements, or all, are drawn from in a regime, each once, in the book's order.

    Raises:
        ValueError: an unknown element.
    """
    from regnet.sweeps.store import Runs

    runs = Runs(regime, Path())
    return list(dict.fromkeys(p for name in some or names() for p in element(name, runs).populations))


@cache
def _modules() -> frozenset[str]:
    return frozenset(module.name for module in pkgutil.iter_modules(__path__) if not module.ispkg)


def _module(name: str) -> ModuleType:
    if name not in _modules():
        raise ValueError(f"no element {name!r}: one of {', '.join(names())} expected")
    return importlib.import_module(f"{__name__}.{name}")
