"""The checkout's populations in one file with their checksums, to be deposited: the same bytes from the same runs.

Beside the files of `runs/` it has one table of all populations (`merged`) and a description for machines
(`datapackage`). git says which files belong to it. Where git cannot say, or where a population is missing or
damaged, there is none.
"""

import gzip
import hashlib
import io
import subprocess
import tarfile
from pathlib import Path, PurePosixPath

from regnet.sweeps.datapackage import MERGED, described
from regnet.sweeps.folders import CHECKOUT, in_checkout
from regnet.sweeps.merged import merged
from regnet.sweeps.sheet_names import sheet_at
from regnet.sweeps.sheets import Sheet, read_sealed
from regnet.sweeps.timings import FOLDER
from regnet.sweeps.whole import write_whole

BESIDE = ("LICENSES/runs.txt", "CITATION.cff")  # what goes with the runs
TOP = "regnet-runs"


class NoArchive(ValueError):
    """The populations are not whole, or git does not say which they are."""


def pack(target: Path, checkout: Path = CHECKOUT) -> Path:
    """Writes every population under the checkout's `runs/` as a .tar.gz, with all in one table, and `SHA256SUMS`.

    Raises:
        NoArchive: not a checkout that git reads, a file that is missing or not under version control, no population.
        DamagedSheet: a CSV that is not the one its JSON describes.
        NotWritten: as `write_whole`.
    """
    names = _tracked(checkout)
    sheets = _whole(names, checkout)
    content = {name: (checkout / name).read_bytes() for name in names}
    tables = {name.removeprefix("runs/"): data for name, data in content.items() if name.endswith(".csv")}
    tables = {MERGED: merged(sheets)} | tables
    readme = content.get("runs/README.md", b"").decode()
    content |= {f"runs/{MERGED}": tables[MERGED], "runs/datapackage.json": described(tables, readme)}
    sums = "".join(
        f"{hashlib.sha256(content[name]).hexdigest()}  {name.removeprefix('runs/')}\n"
        for name in content
        if name.startswith("runs/")
    )
    packed = _tar(content | {"runs/SHA256SUMS": sums.encode()})
    target.parent.mkdir(parents=True, exist_ok=True)
    return write_whole(target, packed)


def _tracked(checkout: Path) -> list[str]:
    """The files that belong into the archive, sorted by their bytes; refuses new ones that git does not have yet."""
    if checkout == CHECKOUT and not in_checkout():
        raise NoArchive("regnet is installed without its checkout, whose populations are packed: run this in a clone")
    if new := _git(checkout, "--others", "--exclude-standard", "--", "runs"):
        raise NoArchive(f"not under version control yet: {_listed(new)}; git add or remove these first")
    return sorted(_git(checkout, "--", "runs", *BESIDE), key=str.encode)


def _git(checkout: Path, *arguments: str) -> list[str]:
    asked = ["git", "ls-files", "-z", *arguments]
    try:
        done = subprocess.run(asked, cwd=checkout, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise NoArchive("git is not installed: it says which files are the populations") from None
    if done.returncode:
        said = " ".join(done.stderr.split())
        raise NoArchive(f"git does not say which files of {checkout} are the populations: {said}")
    return [name for name in done.stdout.split("\0") if name]


def _whole(names: list[str], checkout: Path) -> list[Sheet]:
    """The sheets; refuses where a file or the other half of a population is missing, or where there is none."""
    if missing := [name for name in (*names, *BESIDE) if not (checkout / name).is_file()]:
        raise NoArchive(f"missing: {_listed(missing)}; restore from version control (git checkout -- runs)")
    sheets = {str(path.with_suffix("")) for path in map(PurePosixPath, names) if _is_half(path)}
    if halves := [f"{name}{end}" for name in sorted(sheets) for end in (".csv", ".json") if name + end not in names]:
        raise NoArchive(f"not under version control: {_listed(halves)}; git add these first")
    if not sheets:
        raise NoArchive(f"no population under version control in {checkout / 'runs'}: an archive would hold none")
    found = []
    for name in sorted(sheets):
        path = checkout / name
        try:
            found.append(sheet_at(path.name, path.parent.name, work=path.parent, runs=path.parent))
        except ValueError as error:
            raise NoArchive(f"{path} is no sheet ({error}): move its CSV and JSON out of runs/") from None
        read_sealed(found[-1])
    return found


def _is_half(path: PurePosixPath) -> bool:
    """Whether a file is the CSV or the JSON of a sheet."""
    room, *others = path.parts
    return room == "runs" and len(others) == 2 and others[0] != FOLDER and path.suffix in (".csv", ".json")


def _tar(content: dict[str, bytes]) -> bytes:
    """The files under one folder; no times, owners or compressor's name that would make equal runs differ."""
    file = io.BytesIO()
    with (
        gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for name, data in content.items():
            entry = tarfile.TarInfo(f"{TOP}/{name}")
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return file.getvalue()


def _listed(names: list[str], most: int = 3) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
