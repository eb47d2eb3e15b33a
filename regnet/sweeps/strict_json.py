"""JSON objects read so that nothing a file says is passed over: no name twice, no number that is none."""

import json
from typing import Any


def read_object(content: bytes) -> dict[str, Any]:
    """The object that a JSON text is.

    Raises:
        ValueError: no JSON in UTF-8, or other than one object; a name that stands twice; NaN or infinity.
    """
    try:
        found = json.loads(content.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse)
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 ({error.reason} at byte {error.start})") from None
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(found, dict):
        raise ValueError(f"{type(found).__name__} where an object is expected")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)!r} stands twice")
    return found


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number of JSON")
