"""What can go wrong at the command line: every row of `book/faults.csv` is provoked, and says what it says there."""

from __future__ import annotations

import csv
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from sealed_runs import seal_population
from typer.testing import CliRunner

from regnet.cli import app

TABLE = Path(__file__).resolve().parents[1] / "book" / "faults.csv"
with TABLE.open(encoding="utf-8", newline="") as file:
    FAULTS = list(csv.DictReader(file))
ANYTHING = "…"  # in what is said


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def changed_population(folder: Path) -> None:
    seal_population(folder, "anynetx_a", 3, regime="smoke")
    path = folder / "runs" / "smoke" / "anynetx_a.csv"
    path.write_bytes(path.read_bytes().replace(b"ok", b"OK", 1))


BEFORE: dict[str, Callable[[Path], None]] = {  # what has happened before the command
    "no member to train again": lambda folder: seal_population(folder, "anynetx_a", 2, regime="smoke"),
    "the folder of runs is a file": lambda folder: write(folder / "runs", ""),
    "a picture is to be written below a file": lambda folder: write(folder / "taken", ""),
    "a sealed population was changed": changed_population,
    "a line inside a journal is torn": lambda folder: write(
        folder / "work" / "smoke" / "regnetx.jsonl", '{"header"\n{"row": {}, "date": ""}\n'
    ),
    "a file of another program lies among the timings": lambda folder: write(
        folder / "runs" / "timings" / "notes.csv", "day,what\n1,tea\n"
    ),
}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("fault", FAULTS, ids=[fault["happens"] for fault in FAULTS])
def test_a_fault_says_in_one_line_what_the_table_says_and_loses_nothing(
    fault: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("runs", "work", "data", "lock"):
        monkeypatch.setenv(f"REGNET_{name.upper()}", str(tmp_path / name))
    if before_it := BEFORE.get(fault["happens"]):
        before_it(tmp_path)
    before = contents(tmp_path)
    program, *arguments = shlex.split(fault["command"])
    result = CliRunner().invoke(app, arguments)
    assert program == "regnet"
    assert result.exit_code != 0
    assert result.exception is None or isinstance(result.exception, SystemExit), "a traceback"
    (line,) = result.stderr.splitlines()
    assert re.fullmatch(".*".join(map(re.escape, fault["said"].split(ANYTHING))), line), line
    after = contents(tmp_path)
    assert {name: after.get(name) for name in before} == before
    assert not [name for name, content in after.items() if name not in before and content], "something is left behind"


def test_the_table_says_of_every_fault_what_is_lost_and_names_each_once() -> None:
    assert all(all(fault.values()) for fault in FAULTS)
    assert len({fault["happens"] for fault in FAULTS}) == len(FAULTS) > 20
    assert BEFORE.keys() <= {fault["happens"] for fault in FAULTS}
