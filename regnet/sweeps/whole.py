"""Files that are written whole or not at all: readers see the old content or the new one, never a part of either."""

import contextlib
import os
import secrets
import shutil
from pathlib import Path


class NotWritten(OSError):
    """A file that could not be written; what stood there is untouched."""


def write_whole(path: Path, content: str | bytes) -> Path:
    r"""Writes a file under a temporary name beside it and moves it there; text as UTF-8, its `\n` as they are.

    Whatever the locale says. Where the file is a link, what it leads to is written; the mode of an old file is kept.

    Raises:
        NotWritten: a full disk, a missing folder, no permission; the temporary file is gone again.
    """
    target = Path(os.path.realpath(path))  # to put a file in the place of a link would cut what the link is for
    beside = target.with_name(
        f".regnet-{secrets.token_hex(6)}.tmp"
    )  # short: the target's name may be as long as can be
    try:
        try:
            with beside.open("xb") as file:
                file.write(content.encode("utf-8") if isinstance(content, str) else content)
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileNotFoundError):
                shutil.copymode(target, beside)
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise NotWritten(
            f"{path} was not written ({error.strerror or error}); what stood there before is untouched"
        ) from error
    return path
