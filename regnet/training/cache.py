"""Files that save work done before, in the user's cache folder: `$XDG_CACHE_HOME/regnet`, else `~/.cache/regnet`.

Whatever lies there can be removed at any time, and is made again where it is missing.
"""

import contextlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO


def kept(name: str) -> Path:
    """Where the file of that name is kept, whether it is there or not.

    Raises:
        OSError: the user has no home folder.
    """
    root = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"))  # noqa: PTH111 (never raises)
    if not root.is_absolute():
        raise OSError(f"no home folder to keep {name} in")
    return root / "regnet" / name


def keep(name: str, write: Callable[[BinaryIO], object]) -> None:
    """Writes the file whole or not at all; where the folder takes none, nothing is kept and nothing said."""
    with contextlib.suppress(OSError):
        target = kept(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, path = tempfile.mkstemp(dir=target.parent, prefix=f".{name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                write(file)
            Path(path).replace(target)
        except BaseException:
            Path(path).unlink()
            raise
