"""The archive of the populations: whole, the same twice, or one line and no file."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from regnet.sweeps.archive import NoArchive, pack
from regnet.sweeps.sheets import DamagedSheet
from regnet.sweeps.whole import NotWritten

ROOT = Path(__file__).resolve().parents[1]
IN_GIT = pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout: the list of files comes from git")
NAMES = ("anynetx_a.csv", "anynetx_a.json", "regnetx.csv", "regnetx.json")
FULL = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000)); "


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository of its own with two populations, and what goes with them."""
    folder = tmp_path / "checkout"
    (folder / "runs" / "pocket").mkdir(parents=True)
    (folder / "LICENSES").mkdir()
    for name in ("LICENSES/runs.txt", "CITATION.cff", "runs/README.md", *(f"runs/pocket/{name}" for name in NAMES)):
        shutil.copy(ROOT / name, folder / name)
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    return folder


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def refused(checkout: Path, said: str, kind: type[Exception] = NoArchive) -> None:
    """Packing is refused with that line, the old archive stays and nothing else is left beside it."""
    target = checkout.parent / "archives" / "runs.tar.gz"
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(b"old")
    with pytest.raises(kind, match=said) as error:
        pack(target, checkout)
    assert len(str(error.value).splitlines()) == 1
    assert list(target.parent.iterdir()) == [target]
    assert target.read_bytes() == b"old"


@IN_GIT
def test_the_archive_holds_the_populations_with_checksums_that_are_right(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "regnet.cli", "archive", "-o", str(tmp_path / "runs.tar.gz")]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said.split()[0] == hashlib.sha256((tmp_path / "runs.tar.gz").read_bytes()).hexdigest()
    with tarfile.open(tmp_path / "runs.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    folder = tmp_path / "regnet-runs" / "runs"
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    packed = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert {line.split("  ")[1] for line in lines} == packed - {"SHA256SUMS"}
    assert {str(path.relative_to(ROOT / "runs")) for path in (ROOT / "runs").glob("*/*.csv")} <= packed
    for line in lines:
        digest, name = line.split("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert (tmp_path / "regnet-runs" / "LICENSES" / "runs.txt").is_file()


def test_equal_runs_give_equal_bytes(checkout: Path, tmp_path: Path) -> None:
    first = pack(tmp_path / "one.tar.gz", checkout).read_bytes()
    os.utime(checkout / "runs" / "pocket" / "regnetx.csv", (0, 0))
    assert pack(tmp_path / "another.tar.gz", checkout).read_bytes() == first


def test_outside_a_git_checkout_there_is_none(checkout: Path) -> None:
    shutil.rmtree(checkout / ".git")
    refused(checkout, "git does not say which files of .* are the populations: .*not a git repository")


def test_unpacked_inside_another_repository_there_is_none(checkout: Path) -> None:
    shutil.rmtree(checkout / ".git")
    git(checkout.parent, "init", "--quiet")
    refused(checkout, "not under version control yet: .*git add or remove these first")
    (checkout.parent / ".git" / "info" / "exclude").write_text("checkout\n")
    refused(checkout, "no population under version control")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder to another user")
def test_in_a_checkout_of_another_owner_gits_remedy_is_shown(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.delenv("SUDO_UID", raising=False)
    for path in (checkout, checkout / ".git"):
        os.chown(path, 12345, 12345)
    refused(checkout, "dubious ownership.*safe.directory")


def test_a_population_that_is_missing_halved_damaged_or_new_is_named(checkout: Path) -> None:
    runs = checkout / "runs" / "pocket"
    whole = (runs / "regnetx.csv").read_bytes()
    (runs / "regnetx.csv").unlink()
    refused(checkout, r"missing: runs/pocket/regnetx\.csv; restore from version control")
    (runs / "regnetx.csv").write_bytes(whole.replace(b"ok", b"no", 1))
    refused(checkout, r"regnetx\.csv has SHA-256", DamagedSheet)
    (runs / "regnetx.csv").write_bytes(whole)
    git(checkout, "rm", "--cached", "--quiet", "runs/pocket/regnetx.json")
    refused(checkout, r"not under version control yet: runs/pocket/regnetx\.json; git add or remove")
    git(checkout, "add", ".")
    git(checkout, "rm", "-r", "--force", "--quiet", "runs/pocket")
    refused(checkout, "no population under version control")


def test_a_full_disk_leaves_no_part_of_an_archive(checkout: Path) -> None:
    target = checkout.parent / "archives" / "runs.tar.gz"
    code = f"from pathlib import Path; from regnet.sweeps.archive import pack; pack(Path({str(target)!r}), Path('.'))"
    done = subprocess.run(
        [sys.executable, "-c", FULL + code], cwd=checkout, capture_output=True, text=True, check=False
    )
    assert f"{NotWritten.__name__}: {target} was not written (File too large)" in done.stderr
    assert not list(target.parent.iterdir())
