"""Sheets and journals whose content is wrong although their checksums are right: one line that names the file."""

from __future__ import annotations

import copy
import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from test_store import RECIPE, row, sheet, write
from typer.testing import CliRunner

import regnet
from regnet.cli import app
from regnet.design.recipe import Recipe
from regnet.sweeps.journal import Journal
from regnet.sweeps.journal_lines import read_journal
from regnet.sweeps.sealing import read_sheet, seal
from regnet.sweeps.sheets import DamagedSheet, Sheet, StoreConflict
from regnet.sweeps.status import known, status
from regnet.sweeps.store import Runs, open_runs

Change = Callable[[str], str]
HUGE = "9" * 25
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Sheet:
    """Three members, of which one failed; tests work on copies."""
    where = write(tmp_path_factory.mktemp("sealed"), row(0), row(1, status="failed"), row(2))
    seal(where)
    return where


def copied(sealed: Sheet, folder: Path) -> Sheet:
    where = sheet(folder)
    shutil.copytree(sealed.runs, where.runs)
    return where


def with_csv(where: Sheet, content: bytes) -> None:
    """Another CSV, and a JSON that states its SHA-256."""
    where.csv.write_bytes(content)
    info = json.loads(where.json.read_text())
    where.json.write_text(json.dumps(info | {"csv_sha256": hashlib.sha256(content).hexdigest()}))


def refused(where: Sheet, file: Path, said: str = "") -> None:
    """Every reader of the sheet raises DamagedSheet in one line that names the file."""
    runs = Runs("smoke", where.runs)
    for read in (runs.frame, runs.info, runs.count, runs.date, lambda _: read_sheet(where), lambda _: seal(where)):
        with pytest.raises(DamagedSheet) as damage:
            read("regnetx")
        assert str(file) in str(damage.value)
        assert said in str(damage.value)
        assert len(str(damage.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda _: "", "it has no rows"),
        (lambda text: text.splitlines()[0] + "\n", "it has no rows"),
        (lambda text: text.replace("index,", "number,"), "column index is missing"),
        (lambda text: text.replace("status,", "state,"), "column status is missing"),
        (lambda text: text.replace("seconds", "error"), "'error' stands twice"),
        (lambda text: text.partition("\n")[2], "stands twice"),
        (lambda text: text.replace(",20.0,", ",20.0,1,"), "row 2 has 8 cells, the first 7"),
        (lambda text: text[:-5], "row 4 has"),
        (lambda text: text + text.splitlines()[1] + "\n", "1 rows have the index of another"),
        (lambda text: text.replace("20.0", "good"), "column error has 'good', where a number"),
        (lambda text: text.replace("20.0", "nan"), "where a percentage"),
        (lambda text: text.replace("20.0", ""), "column error is empty"),
        (lambda text: text.replace("20.0", "1e300"), "where a percentage"),
        (lambda text: text.replace(",1000,", f",{HUGE},"), "where a number of 64 bits"),
        (lambda text: text.replace(",1000,", ",10.5,"), "where a whole number"),
        (lambda text: text.replace(",ok,", ",fine,"), "where one of ok, diverged, failed"),
        (lambda text: text.replace("000000000000", ""), "column network_id has '', where something"),
        (lambda text: text.replace("000000000000", "0" * 200_000), "field larger than field limit"),
        (lambda text: text.replace(",0\n", ",7\n"), "segment counts further"),
        (lambda text: text.replace(",0\n", ",x\n"), "column segment has 'x'"),
        (lambda text: text.replace("20.0", "²"), "where a number"),
        (lambda text: text.replace("20.0", "2\0"), "where a number"),
        (lambda text: text.replace("0,0", '"0,0', 1), ""),
    ],
)
def test_a_wrong_csv_with_the_right_checksum_is_refused(
    sealed: Sheet, tmp_path: Path, change: Change, said: str
) -> None:
    where = copied(sealed, tmp_path)
    text = where.csv.read_text()
    assert change(text) != text
    with_csv(where, change(text).encode())
    refused(where, where.csv, said)


def test_a_csv_in_another_encoding_is_refused(sealed: Sheet, tmp_path: Path) -> None:
    where = copied(sealed, tmp_path)
    with_csv(where, where.csv.read_text().replace("ok", "\xe9").encode("latin-1"))
    refused(where, where.csv, "can't decode")


@pytest.mark.parametrize("value", [None, [], "x", 5, 1.5, {}, [None], [5], [{}], {"a": 1}], ids=repr)
@pytest.mark.parametrize("name", ["recipe", "recipe_hash", "data_sha256", "segments", "regime", "population"])
def test_a_json_with_a_value_of_another_kind_is_refused(sealed: Sheet, tmp_path: Path, name: str, value: Any) -> None:
    where = copied(sealed, tmp_path)
    if name == "data_sha256" and value == "x":
        return
    said = json.loads(where.json.read_text())
    where.json.write_text(json.dumps(said | {name: value}))
    refused(where, where.runs / "regnetx.")
    del said[name]
    where.json.write_text(json.dumps(said))
    refused(where, where.json)


@pytest.mark.parametrize("value", [None, [], 5.5, {"a": 1}], ids=repr)
@pytest.mark.parametrize("name", ["commit", "precision", "first", "last", "rows"])
def test_a_segment_with_a_value_of_another_kind_is_refused(
    sealed: Sheet, tmp_path: Path, name: str, value: object
) -> None:
    where = copied(sealed, tmp_path)
    said = json.loads(where.json.read_text())
    changed = copy.deepcopy(said)
    changed["segments"][0][name] = value
    where.json.write_text(json.dumps(changed))
    refused(where, where.json, f"{name} of a segment is")


@pytest.mark.parametrize(
    "content", [b"", b"null", b"[]", b"\xff", b"[" * 100_000, b'{"a": 1, "a": 2}', b'{"a": NaN}', b'{"a": 1']
)
def test_a_json_of_another_shape_is_refused(sealed: Sheet, tmp_path: Path, content: bytes) -> None:
    where = copied(sealed, tmp_path)
    where.json.write_bytes(content)
    refused(where, where.json, "is not the JSON of a sealed CSV")


def test_a_name_that_stands_twice_in_a_json_is_named(sealed: Sheet, tmp_path: Path) -> None:
    where = copied(sealed, tmp_path)
    where.json.write_text(where.json.read_text().replace('"regime"', '"regime": "pocket", "regime"'))
    refused(where, where.json, "'regime' stands twice")


def test_a_folder_where_a_file_belongs_is_named(sealed: Sheet, tmp_path: Path) -> None:
    for end in ("csv", "json"):
        where = copied(sealed, tmp_path / end)
        path = where.runs / f"regnetx.{end}"
        path.unlink()
        path.mkdir()
        with pytest.raises(OSError, match=f"Is a directory: '{path}'"):
            Runs("smoke", where.runs).frame("regnetx")


def test_a_sheet_that_lies_under_another_name_or_in_another_regime_is_refused(sealed: Sheet, tmp_path: Path) -> None:
    where = copied(sealed, tmp_path)
    for regime, name in (("smoke", "anynetx_a"), ("pocket", "regnetx")):
        folder = tmp_path / "runs" / regime
        folder.mkdir(exist_ok=True)
        for end in ("csv", "json"):
            shutil.copy(where.runs / f"regnetx.{end}", folder / f"{name}.{end}")
        said = f"{name}.json is of smoke/regnetx and lies where {regime}/{name} belongs"
        with pytest.raises(DamagedSheet, match=said):
            Runs(regime, folder).frame(name)


def test_a_sheet_with_another_recipe_than_the_regimes_is_refused(tmp_path: Path) -> None:
    other = Recipe(data=RECIPE.data, resolution=28)
    where = write(tmp_path, row(0), recipe=other)
    seal(where)
    with pytest.raises(StoreConflict, match=f"recipe_hash is {other.hash} in the store and {RECIPE.hash} now"):
        Runs("smoke", where.runs).frame("regnetx")


# Journals


def lines(where: Sheet) -> list[Any]:
    return [json.loads(line) for line in where.journal.read_text().splitlines()]


@pytest.mark.parametrize("value", [None, [], "x", 5, {}, [{}], {"a": 1}, {"header": None}, {"row": {}}], ids=repr)
@pytest.mark.parametrize("place", [(0,), (0, "header"), (1,), (1, "row"), (1, "date")], ids=str)
def test_a_journal_line_of_another_shape_is_refused_with_its_number(
    tmp_path: Path, place: tuple[Any, ...], value: object
) -> None:
    where = write(tmp_path, row(0), row(1))
    found = lines(where)
    *path, last = place
    target: Any = found
    for step in path:
        target = target[step]
    target[last] = value
    where.journal.write_text("".join(json.dumps(line) + "\n" for line in found))
    with pytest.raises(ValueError, match=f"line [12] of {where.journal}"):
        read_sheet(where)


@pytest.mark.parametrize(
    "change",
    [{"index": "x"}, {"index": None}, {"index": int(HUGE)}, {"error": "low"}, {"error": None}, {"status": "fine"},
     {"seconds": True}, {"seed": 1.5}, {"network_id": None}, {"more": 1}],
    ids=repr,
)  # fmt: skip
def test_a_journals_cell_that_none_can_be_is_refused_before_it_is_sealed(
    tmp_path: Path, change: dict[str, object]
) -> None:
    where = write(tmp_path, row(0), row(1) | change)
    for read in (read_sheet, seal):
        with pytest.raises(ValueError, match=rf"line 3 of {where.journal} is no training of smoke/regnetx \("):
            read(where)
    assert not where.csv.exists()


def test_a_journal_of_another_population_is_not_sealed_here(tmp_path: Path) -> None:
    where = write(tmp_path, row(0))
    other = Sheet("smoke", "anynetx_a", where.work, where.runs)
    where.journal.rename(other.journal)
    with pytest.raises(
        ValueError, match=r"anynetx_a\.jsonl is no training of smoke/anynetx_a \(it is of smoke/regnetx"
    ):
        seal(other)
    found = lines(other)
    found[0]["header"] |= {"name": "anynetx_a", "regime": "pocket"}
    other.journal.write_text("".join(json.dumps(line) + "\n" for line in found))
    with pytest.raises(ValueError, match="it is of pocket/anynetx_a"):
        seal(other)
    assert not other.csv.exists()


def test_a_failing_disk_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.mkdir()
    with pytest.raises(OSError, match=f"Is a directory: '{path}'"):
        Journal(path, {})
    assert read_journal(tmp_path / "none.jsonl") == []


# Names


@pytest.mark.parametrize(
    "name", ["../smoke/regnetx", "/etc/passwd", "..\\regnetx", "reg\0netx", "", ".", "regnetx/", "REGNETX", "regnetx ",
             "calibration-../x", "calibrations", "regnetx.repeats.repeats", "~/regnetx", "notes", None, 5],
)  # fmt: skip
def test_no_populations_name_leads_out_of_its_folder(name: Any) -> None:
    with pytest.raises(ValueError, match=r"expected|must be|no design space") as refusal:
        regnet.load("pocket", name)
    assert len(str(refusal.value).splitlines()) == 1
    with pytest.raises(ValueError, match="no regime"):
        regnet.load(str(name) or ".", "regnetx")


@pytest.mark.parametrize("name", ["../fig05", "panels", "numbers", "__init__", "panels.style", "", "fig05\0", "/fig05"])
def test_no_elements_name_leads_out_of_its_folder(name: str) -> None:
    result = CliRunner().invoke(app, ["figure", name])
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert "no element" in result.stderr


def test_a_stray_file_among_the_runs_is_named_and_populations_are_still_read(
    sealed: Sheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = copied(sealed, tmp_path)
    monkeypatch.setenv("REGNET_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("REGNET_WORK", str(tmp_path / "work"))
    (where.runs / ".~lock.regnetx.csv").touch()
    assert known("smoke") == ["regnetx"]
    stray = where.runs / "notes.csv"
    stray.touch()
    for read in (lambda: status(regnet.regimes["smoke"], ()), lambda: open_runs("smoke").populations()):
        with pytest.raises(ValueError, match=f"{stray} has the name of no population .*: move it out"):
            read()
    assert len(regnet.load("smoke", "regnetx")) == 2
    stray.rename(where.runs / "anynetx_a.csv")
    result = CliRunner().invoke(app, ["status", "smoke"])
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert "anynetx_a.csv has no anynetx_a.json beside it" in result.stderr


def test_a_file_in_the_place_of_a_folder_and_an_unknown_home_are_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "runs"
    file.touch()
    for given, said in ((str(file), "is a file, a folder for runs is expected"), ("~nobody-here/x", "is no path")):
        monkeypatch.setenv("REGNET_RUNS", given)
        for command in (["status", "smoke"], ["figure", "fig05"], ["batch", "smoke", "02-tools"], ["seal", "smoke"]):
            result = CliRunner().invoke(app, command)
            assert result.exit_code == 2, result.output
            assert said in result.stderr or command[0] == "seal"
            assert len(result.stderr.splitlines()) == 1


# Ids that look like numbers


def test_an_id_that_looks_like_a_number_stays_a_word_whatever_the_other_rows_are(tmp_path: Path) -> None:
    names = ["7e1736237719", "000000000001", "123456789012"]
    for count in (1, 2, 3):
        where = write(tmp_path / str(count), *(row(i, network=name) for i, name in enumerate(names[:count])))
        seal(where)
        assert Runs("smoke", where.runs).frame("regnetx")["network_id"].tolist() == names[:count]
        said = re.search(r'pd\.read_csv\(".*?"(, .*)\)', (ROOT / "runs" / "README.md").read_text())
        assert said
        typed = eval(f"pd.read_csv({str(where.csv)!r}{said[1]})", {"pd": pd})
        assert typed["network_id"].tolist() == names[:count]
