"""Fetching Tiny-ImageNet's official archive: 248 MB, 120,000 files unpacked; ImageNet's terms (research) apply.

The address and the checksum are those that many loaders have; the fetch was tried on small archives only, never on
the official one.
"""

import hashlib
import os
import urllib.request
import zipfile
import zlib
from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import wrap_file

from regnet.training.tiny_imagenet_files import FOLDER

URL = "http://cs231n.stanford.edu/tiny-imagenet-200.zip"
MD5 = "90528d7ca1a48142e341f4ef8d21d0de"
TIMEOUT = 60  # seconds without a byte
_PIECE = 1 << 20  # bytes


def fetch(parent: Path, url: str = URL) -> Path:
    """Fetches the archive, checks that it is whole and unpacks it as `parent`/tiny-imagenet-200; returns that folder.

    Nothing is left where anything goes wrong, and nothing is fetched where the folder is there.

    Raises:
        OSError: the address cannot be read, or the disk takes no more.
        ValueError: what arrived is not the archive, or not all of it.
    """
    target = parent / FOLDER
    if (target / "wnids.txt").is_file():
        return target
    if target.exists():
        raise FileExistsError(f"{target} is there without wnids.txt, so not whole: remove it and fetch again")
    parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=parent, prefix=f".{FOLDER}-") as room:
        archive = Path(room, "archive.zip")
        _download(url, archive)
        _unpack(archive, Path(room))
        (Path(room) / FOLDER).rename(target)
    return target


def destination() -> Path:
    """The folder that `REGNET_DATA` names.

    Raises:
        ValueError: it names none.
    """
    given = os.environ.get("REGNET_DATA")
    if not given:
        raise ValueError(f"set REGNET_DATA to the folder that {FOLDER} shall lie in")
    return Path(given).absolute()


def _download(url: str, path: Path) -> None:
    """Writes what the address gives; refuses less than it announced, and other bytes than the official ones."""
    digest, instead = (
        hashlib.md5(usedforsecurity=False),
        f"download it by other means and unpack it in {path.parents[1]}",
    )
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as answer, path.open("wb") as file:
            announced = int(answer.headers.get("Content-Length") or 0)
            progress = Console(stderr=True)
            with wrap_file(
                answer, announced, description=FOLDER, console=progress, disable=not progress.is_terminal
            ) as f:
                while piece := f.read(_PIECE):
                    digest.update(piece)
                    file.write(piece)
    except (OSError, HTTPException, ValueError) as error:
        raise OSError(f"{url} cannot be fetched ({error}): {instead}") from error
    if announced and path.stat().st_size != announced:
        raise ValueError(f"{url} broke off after {path.stat().st_size:,} of {announced:,} bytes: fetch it again")
    if url == URL and digest.hexdigest() != MD5:
        raise ValueError(f"{url} has MD5 {digest.hexdigest()}, expected {MD5}: {instead}, or fetch it again")


def _unpack(archive: Path, room: Path) -> None:
    try:
        with zipfile.ZipFile(archive) as opened:
            if f"{FOLDER}/wnids.txt" not in opened.namelist():
                raise ValueError(f"what arrived is a zip file without {FOLDER}/wnids.txt: not the archive")
            opened.extractall(room)  # checks each file's CRC, and stays in the folder
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:  # the last: a password, a method
        raise ValueError(f"what arrived is no whole zip file ({error}): fetch it again") from error
