"""Files are written whole or not at all: full disks, other locales, links, modes."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from regnet.sweeps.whole import NotWritten, write_whole

ROOT = Path(__file__).resolve().parents[1]
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}  # a locale that cannot write every letter
FULL = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)); "
BEGIN = "import sys; from regnet.cli import app; sys.argv[0] = 'regnet'\n"
CLI = f"""{BEGIN}
for path in sys.argv[1:]:
    try: app(["figure", path.rpartition("/")[2].partition(".")[0], "-o", path])
    except SystemExit as exit: print(exit.code)
"""


def regnet_figure(*paths: Path, full: bool = False, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command for each file in one process; `full`: no file may grow beyond 100 bytes, as on a full disk."""
    command = [sys.executable, "-c", (FULL if full else "") + CLI, *map(str, paths)]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | environment)


def test_a_figure_on_a_full_disk_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("fig03.csv", "fig03.pdf", "fig03.svg", "tab01.html")]
    for path in paths:
        path.write_bytes(b"old")
    done = regnet_figure(*paths, full=True)
    assert done.stdout.split() == ["2"] * len(paths)
    for path, line in zip(paths, done.stderr.splitlines(), strict=True):
        assert f"{path} was not written (File too large)" in line
        assert path.read_bytes() == b"old"
    assert sorted(tmp_path.iterdir()) == paths


def test_a_full_disk_while_sealing_leaves_the_sealed_pair_and_names_the_file(tmp_path: Path) -> None:
    code = f"import test_whole as t; t.seal_on_a_full_disk(t.Path({str(tmp_path)!r}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT / "tests", capture_output=True, text=True, check=False)
    assert "regnetx.csv was not written (File too large)" in done.stderr
    from regnet.sweeps.store import Runs

    folder = tmp_path / "runs" / "smoke"
    assert len(Runs("smoke", folder).frame("regnetx")) == 2
    assert {path.name for path in folder.iterdir()} <= {"regnetx.csv", "regnetx.json", "regnetx.json.next"}


def seal_on_a_full_disk(folder: Path) -> None:
    """Seals two members, then a hundred where no new file has room for them."""
    from test_store import row, seal, write

    seal(write(folder, *(row(index) for index in range(2))))
    where = write(folder, *(row(index) for index in range(2, 100)))
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))  # the JSON fits, the CSV does not
    seal(where)


def test_what_a_link_leads_to_is_written_and_its_mode_kept(tmp_path: Path) -> None:
    path, link = tmp_path / "far" / "figure.svg", tmp_path / "figure.svg"
    path.parent.mkdir()
    path.write_text("old")
    path.chmod(0o640)
    link.symlink_to(path)
    write_whole(link, "neu: \u2264\n")
    assert path.read_bytes() == b"neu: \xe2\x89\xa4\n"
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_new_file_has_the_mode_that_any_new_file_has(tmp_path: Path) -> None:
    (tmp_path / "any").touch()
    write_whole(tmp_path / "new", b"")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "any").stat().st_mode


@pytest.mark.parametrize("length", [255, 256])
def test_a_name_as_long_as_can_be_is_written_and_a_longer_one_is_refused(length: int, tmp_path: Path) -> None:
    path = tmp_path / ("f" * length)
    if length == 255:
        assert write_whole(path, "x").read_text() == "x"
        return
    with pytest.raises(NotWritten, match="was not written"):
        write_whole(path, "x")
    assert not list(tmp_path.iterdir())


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotWritten, match=r"nowhere/a\.svg was not written \(No such file or directory\)"):
        write_whole(tmp_path / "nowhere" / "a.svg", "x")


def test_figures_have_the_same_bytes_whatever_was_drawn_before_however_words_are_hashed_and_in_every_locale(
    tmp_path: Path,
) -> None:
    names = ("fig05.svg", "fig11.svg", "zoox.html")
    ways = {"one": {"PYTHONHASHSEED": "1"}, "other": ASCII | {"PYTHONHASHSEED": "2"}}
    for folder, environment in ways.items():
        done = regnet_figure(*(tmp_path / folder / name for name in names), **environment)
        assert done.stderr == ""
    regnet_figure(*(tmp_path / "turned" / name for name in reversed(names)), PYTHONHASHSEED="1")
    for name in names:
        (content,) = {(tmp_path / folder / name).read_bytes() for folder in ("one", "other", "turned")}
        assert content.isascii() == (name == "fig05.svg")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_every_encoding_of_the_terminal_can_show_bars_and_tables(encoding: str) -> None:
    environment = os.environ | ASCII | {"PYTHONIOENCODING": encoding}
    code = f"""{BEGIN}
for command in (["zoo", "regnetx-400mf"], ["figure", "tab03"]):
    try: app(command)
    except SystemExit as exit: assert not exit.code
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=environment)
    assert done.stderr == b""
    assert b"####" in done.stdout or "\u2588\u2588".encode() in done.stdout
    assert b"23.2" in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_an_output_that_takes_no_more_is_one_line_and_one_that_is_closed_none() -> None:
    command = [sys.executable, "-m", "regnet.cli", "zoo"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "No space left on device, where no file is named: most likely the output" in done.stderr
    shown = subprocess.run(["sh", "-c", f"{' '.join(command)} | head -n 1"], capture_output=True, text=True, check=True)
    assert (len(shown.stdout.splitlines()), shown.stderr) == (1, "")


def test_no_file_is_written_but_whole() -> None:
    """Every other writer is in this list, with why it may."""
    may = {
        "regnet/sweeps/whole.py": "the one that writes whole",
        "regnet/sweeps/journal.py": "appends lines, of which the last may be torn",
        "regnet/training/cache.py": "a temporary name that takes its place",
        "regnet/training/tiny_imagenet_archive.py": "a temporary folder that takes its place",
        "regnet/sweeps/archive.py": "an archive in memory",
        "regnet/chapters/printed.py": "a document in a temporary folder",
        "regnet/chapters/edition.py": "an archive in memory",
        "regnet/page/svg.py": "pictures in memory",
        "regnet/page/page.py": "pictures in memory",
        "regnet/training/checkpoints.py": "a temporary name that takes its place",
        "regnet/training/distributed.py": "a record in a temporary folder",
        "regnet/training/listing.py": "the bytes of a cached file",
    }
    opened = r"(?<!os\.)\bopen\([^)]*\"[^\"]*[wax+]|fdopen\("
    writes = opened + r"|\.write_(text|bytes)\(|\.to_csv\((?!index)|savefig\(|np\.save\("
    found = {
        str(path.relative_to(ROOT)) for path in (ROOT / "regnet").rglob("*.py")
        if re.search(writes, path.read_text(encoding="utf-8"))
    }  # fmt: skip
    assert found == set(may)
