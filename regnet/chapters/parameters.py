"""The parameters of a chapter: names and types as its `parameters` cell states them, values as they were typed.

Plain papermill only warns of a name that no chapter has, and guesses types; here both are refused.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from regnet.chapters.contents import cells_of

Value = str | int | float | bool


def kinds(notebook: Path) -> dict[str, str]:
    """Parameter -> the name of its type: as annotated, else the type of its default.

    Raises:
        ValueError: the notebook has no cell tagged `parameters`, or is none.
    """
    import papermill  # type: ignore[import-untyped]

    cells_of(notebook)  # papermill would name no file
    found = papermill.inspect_notebook(notebook)
    if not found:
        raise ValueError(f"{notebook} has no parameters: tag a cell that sets them `parameters`")
    return {name: _kind(about["inferred_type_name"], about["default"]) for name, about in found.items()}


def read(given: Sequence[tuple[str, str]], notebook: Path) -> dict[str, Value]:
    """The values that were typed for a chapter, each of the type that its parameter has.

    Raises:
        ValueError: an unknown parameter, one given twice, or a value of another type; the message lists what exists.
    """
    known, values = kinds(notebook), dict[str, Value]()
    for name, text in given:
        if name not in known:
            there = ", ".join(f"{known_name} ({kind})" for known_name, kind in known.items())
            raise ValueError(f"no parameter {name!r} in chapter {notebook.stem}. There are: {there}")
        if name in values:
            raise ValueError(f"parameter {name} is given twice")
        values[name] = _value(name, text, known[name], notebook.stem)
    return values


def _kind(annotated: str, default: str) -> str:
    if annotated != "None":
        return annotated
    try:
        return type(ast.literal_eval(default)).__name__
    except (ValueError, SyntaxError):
        return "unknown"


def _value(name: str, text: str, kind: str, chapter: str) -> Value:
    if kind not in _READERS:
        raise ValueError(f"parameter {name} of chapter {chapter} is {kind}: one of {', '.join(_READERS)} can be given")
    try:
        return _READERS[kind](text)
    except (ValueError, KeyError):
        raise ValueError(f"parameter {name} of chapter {chapter} must be {kind}, got {text!r}") from None


def _truth(text: str) -> bool:
    return {"true": True, "false": False}[text.lower()]


_READERS: Mapping[str, Callable[[str], Value]] = {"str": str, "int": int, "float": float, "bool": _truth}
