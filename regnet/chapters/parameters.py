"""The parameters of a chapter: names and types as its `parameters` cell states them, values as they were given.

Plain papermill only warns of a name that no chapter has, and guesses types; here both are refused.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from regnet.chapters.contents import cells_of

Value = str | int | float | bool | list[Any] | dict[str, Any] | None

_PLAIN = {"str": str, "int": int, "float": (int, float), "bool": bool, "list": list, "dict": dict, "None": type(None)}
_UNKNOWN = "unknown"


def kinds(notebook: Path) -> dict[str, str]:
    """Parameter -> its type: as annotated, else the name of its default's, which for None is unknown.

    Raises:
        ValueError: the notebook has no cell tagged `parameters`, or is none.
    """
    cells = cells_of(notebook)
    tagged = next((cell for cell in cells if "parameters" in cell["metadata"].get("tags", ())), None)
    found = dict(_stated("".join(tagged["source"]))) if tagged else {}
    if not found:
        raise ValueError(f"{notebook} has no parameters: tag a cell that sets them `parameters`")
    return found


def from_yaml(texts: Sequence[str], files: Sequence[str]) -> dict[str, Any]:
    """Parameters of YAML files and of YAML as typed, later ones before earlier ones, read as papermill reads them.

    Raises:
        ValueError: not YAML, or not names with values; the message has the text or the file.
        FileNotFoundError: no such file.
    """
    import yaml
    from papermill.iorw import NoDatesSafeLoader, read_yaml_file  # type: ignore[import-untyped]

    found: dict[str, Any] = {}
    for source, given in [*(("-f", file) for file in files), *(("-y", text) for text in texts)]:
        try:
            read = read_yaml_file(given) if source == "-f" else yaml.load(given, Loader=NoDatesSafeLoader)
        except RecursionError:
            raise ValueError(f"{source} {given[:40]!r} is not YAML: it is nested too deeply") from None
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise ValueError(f"{source} {given!r} is not YAML: {' '.join(str(error).split())}") from None
        if not isinstance(read or {}, dict):
            raise ValueError(f"{source} takes names with values, as 'n: 50', got {given!r}")
        found |= {str(name): value for name, value in (read or {}).items()}
    return found


def read(given: Sequence[tuple[str, str]], notebook: Path, typed: Mapping[str, Any] | None = None) -> dict[str, Value]:
    """The values for a chapter, each of the type that its parameter has: `given` as text, `typed` of YAML.

    A text takes the place of a typed value.

    Raises:
        ValueError: an unknown parameter, one given twice, or a value of another type; the message lists what exists.
    """
    known, values = kinds(notebook), dict[str, Value]()
    for name in (*(typed or {}), *(name for name, _ in given)):
        if name not in known:
            there = ", ".join(f"{known_name} ({kind})" for known_name, kind in known.items())
            raise ValueError(f"no parameter {name!r} in chapter {notebook.stem}. There are: {there}")
    for name, text in given:
        if name in values:
            raise ValueError(f"parameter {name} is given twice")
        values[name] = _checked(name, text, list(_readings(text)), known[name], notebook.stem)
    return {
        name: _checked(name, value, [value], known[name], notebook.stem) for name, value in (typed or {}).items()
    } | values


def _stated(source: str) -> Iterator[tuple[str, str]]:
    """Names and kinds of the assignments of a cell, without its magics and shell lines."""
    lines = ["" if line.lstrip().startswith(("%", "!")) else line for line in source.splitlines()]
    try:
        statements = ast.parse("\n".join(lines)).body
    except SyntaxError as error:
        raise ValueError(f"the cell of the parameters is not Python: {error.msg}, line {error.lineno}") from None
    for statement in statements:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            yield statement.target.id, ast.unparse(_unquoted(statement.annotation))
        elif isinstance(statement, ast.Assign):
            yield from ((to.id, _kind(statement.value)) for to in statement.targets if isinstance(to, ast.Name))


def _kind(default: ast.expr) -> str:
    try:
        value = ast.literal_eval(default)
    except ValueError:
        return _UNKNOWN
    return _UNKNOWN if value is None else type(value).__name__


def _unquoted(annotation: ast.expr) -> ast.expr:
    quoted = isinstance(annotation, ast.Constant) and isinstance(annotation.value, str)
    return ast.parse(annotation.value, mode="eval").body if quoted else annotation  # type: ignore[attr-defined]


def _readings(text: str) -> Iterator[Value]:
    """What a typed word may mean, the narrowest first."""
    yield from (value for word, value in (("none", None), ("true", True), ("false", False)) if text.lower() == word)
    for number in (int, float):
        try:
            yield number(text)
        except ValueError:
            continue
    yield text


def _checked(name: str, given: object, readings: Sequence[Value], kind: str, chapter: str) -> Value:
    """The first reading of what was given that has the parameter's type."""
    for value in readings:
        if _fits(value, ast.parse(kind, mode="eval").body):
            return float(value) if kind == "float" else value  # type: ignore[arg-type]
    how = f"; as -y '{name}: [1, 2]'" if isinstance(given, str) and kind.startswith(("list", "dict")) else ""
    raise ValueError(f"parameter {name} of chapter {chapter} must be {kind}, got {given!r}{how}")


def _fits(value: object, kind: ast.expr) -> bool:
    """Whether a value has the type that an annotation means; one that is not known here is left to the chapter."""
    match kind:
        case ast.BinOp(left, ast.BitOr(), right):
            return _fits(value, left) or _fits(value, right)
        case ast.Subscript(ast.Name("Optional"), inner):
            return value is None or _fits(value, inner)
        case ast.Subscript(ast.Name("list" | "List"), inner):
            return isinstance(value, list) and all(_fits(item, inner) for item in value)
        case ast.Subscript(ast.Name("dict" | "Dict"), ast.Tuple([_, inner])):
            return isinstance(value, dict) and all(_fits(item, inner) for item in value.values())
        case ast.Constant(None):
            return value is None
        case ast.Name(name) if name in _PLAIN:
            return isinstance(value, _PLAIN[name]) and (name == "bool" or not isinstance(value, bool))  # type: ignore[arg-type]
    return True
