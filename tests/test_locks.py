"""Locks: taken by one at a time, said in words where there are none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from test_store import row, seal, write

from regnet.sweeps.locks import NoLocks, folder_alone, take

WINDOWS = "import sys; sys.modules['fcntl'] = None; "


def on_windows(code: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs code where Python cannot lock files, with runs and work in the folder."""
    environment = os.environ | {"REGNET_RUNS": str(folder / "runs"), "REGNET_WORK": str(folder / "work")}
    command = [sys.executable, "-c", WINDOWS + code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_sealed_populations_are_read_where_files_cannot_be_locked(tmp_path: Path) -> None:
    where = write(tmp_path, row(0), row(1))
    seal(where)
    load = "import regnet; print(len(regnet.load('smoke', 'regnetx')))"
    assert on_windows(load, tmp_path).stdout == "2\n"
    where.csv.write_text(where.csv.read_text().replace("20.0", "19.0"))
    assert "DamagedSheet: " in on_windows(load, tmp_path).stderr


def test_what_needs_a_lock_says_so_where_there_is_none_and_the_rest_works(tmp_path: Path) -> None:
    write(tmp_path, row(0), row(1))
    code = """from regnet.cli import app
for command in (["status", "smoke"], ["zoo"], ["seal", "smoke"], ["time", "regnetx-200mf"]):
    try: app(command)
    except SystemExit as exit: print(command[0], exit.code, file=sys.stderr)
"""
    done = on_windows(code, tmp_path)
    said = done.stderr.splitlines()
    assert said[:2] == ["status 0", "zoo 0"]
    for end in ("seal 2", "time 2"):
        assert "cannot be locked: this Python has no fcntl, as on Windows" in said[said.index(end) - 1]
    assert "Traceback" not in done.stderr


def test_a_folder_is_had_by_one_at_a_time(tmp_path: Path) -> None:
    with folder_alone(tmp_path) as alone:
        assert alone
        with folder_alone(tmp_path, wait=False) as alone:
            assert not alone
    with folder_alone(tmp_path, wait=False) as alone:
        assert alone


def test_a_file_that_takes_no_lock_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoLocks, match=r"a\.jsonl cannot be locked \(Bad file descriptor\)"):
        take(10**6, tmp_path / "a.jsonl")
