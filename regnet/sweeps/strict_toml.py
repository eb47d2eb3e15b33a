"""Reading TOML that somebody wrote by hand: whatever it is not, one line says so."""

import tomllib
from pathlib import Path
from typing import Any


def read_toml(path: Path) -> dict[str, Any]:
    """The keys of a file.

    Raises:
        FileNotFoundError: no such file.
        ValueError: it is not TOML, or nested too deeply; the message names the file.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except RecursionError:
        raise ValueError(f"{path} is not TOML: it is nested too deeply") from None
    except ValueError as error:  # no UTF-8, no TOML, an integer of too many digits
        raise ValueError(f"{path} is not TOML: {error}") from None
