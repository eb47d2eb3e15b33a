"""The store: journals that survive, sheets that only grow, conflicts that are refused."""

import json
import os
import resource
import shutil
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from regnet.design.recipe import Recipe
from regnet.sweeps.journal import Journal, JournalBusy, JournalLost, in_place
from regnet.sweeps.journal_lines import read_journal
from regnet.sweeps.locks import folder_alone
from regnet.sweeps.regimes import regimes
from regnet.sweeps.sealing import _replace_both, read_sheet, seal
from regnet.sweeps.sheets import DamagedSheet, Sheet, StoreConflict
from regnet.sweeps.store import MissingPopulation, Runs, load, open_runs

HERE = Path(__file__).parent


RECIPE = regimes["smoke"].recipe(1)
OTHER = replace(RECIPE, lr=0.7)


def header(*, recipe: Recipe = RECIPE, commit: str = "c1") -> dict[str, Any]:
    about = {"recipe": asdict(recipe), "recipe_hash": recipe.hash, "data_sha256": "d"}
    return {"name": "regnetx", **about, "segment": {"commit": commit, "precision": "bf16"}}


def row(index: int, *, status: str = "ok", network: str = "", seed: int = 0) -> dict[str, Any]:
    error = None if status == "failed" else 90.0 if status == "diverged" else 20 + index / 3
    return {"index": index, "network_id": network or f"{index:012d}", "seed": seed or 1000 + index,
            "status": status, "error": error, "seconds": 0.1 * index}  # fmt: skip


def sheet(folder: Path) -> Sheet:
    return Sheet("smoke", "regnetx", folder / "work" / "smoke", folder / "runs" / "smoke")


def write(folder: Path, *rows: dict[str, Any], **about: Any) -> Sheet:
    with Journal(sheet(folder).journal, header(**about)) as journal:
        for one in rows:
            journal.append(one)
    return sheet(folder)


def test_a_journal_gives_back_its_rows_with_their_headers(tmp_path: Path) -> None:
    write(tmp_path, row(1), row(0))
    path = write(tmp_path, row(2), commit="c2").journal
    entries = read_journal(path)
    assert [entry.row for entry in entries] == [row(1), row(0), row(2)]
    assert [entry.header["segment"]["commit"] for entry in entries] == ["c1", "c1", "c2"]


@pytest.mark.parametrize("torn", [b'{"row":{"index":3', b"\0\0\0\0\n", b'{"row":'])
def test_a_torn_last_line_is_dropped_and_written_over(tmp_path: Path, torn: bytes) -> None:
    path = write(tmp_path, row(0), row(1)).journal
    whole = path.read_bytes()
    path.write_bytes(whole + torn)
    assert [entry.row["index"] for entry in read_journal(path)] == [0, 1]
    write(tmp_path, row(2))
    assert path.read_bytes().startswith(whole)
    assert [entry.row["index"] for entry in read_journal(path)] == [0, 1, 2]


def test_every_cut_of_a_journal_keeps_the_lines_before_it(tmp_path: Path) -> None:
    path = write(tmp_path, row(0), row(1)).journal
    whole = path.read_bytes()
    ends = [i for i, byte in enumerate(whole) if byte == 10]
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        assert len(read_journal(path)) == sum(end < size for end in ends[1:])


def test_a_bad_line_in_the_middle_is_refused_with_its_number(tmp_path: Path) -> None:
    path = write(tmp_path, row(0), row(1)).journal
    lines = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join([lines[0], lines[1][:-5], *lines[2:]]))
    with pytest.raises(ValueError, match="line 2 of"):
        read_journal(path)
    with pytest.raises(ValueError, match="line 2 of"):
        Journal(path, header())


def test_a_journal_has_one_writer_and_its_lock_ends_with_it(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    code = (
        f"import test_store as t, sys; j = t.Journal(t.Path({str(path)!r}), t.header()); print(1, flush=True); input()"
    )
    other = subprocess.Popen([sys.executable, "-c", code], cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(JournalBusy, match="another sweep"):
            Journal(path, header())
        other.kill()
    Journal(path, header()).close()


def test_a_full_disk_leaves_every_earlier_line_and_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "work" / "smoke" / "regnetx.jsonl"
    code = f"import test_store as t; t.fill(t.Path({str(tmp_path)!r}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=HERE, capture_output=True, text=True, check=False)
    assert "every earlier line is intact; make room, then start again" in done.stderr
    content = path.read_bytes()
    assert content.endswith(b"\n")
    assert len(read_journal(path)) == content.count(b"\n") - 1 > 0


def fill(folder: Path) -> None:
    """Writes rows until the file may not grow any more (the size limit of a process stands for the disk)."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500))
    write(folder, *(row(index) for index in range(100)))


@pytest.mark.parametrize("what", ["deleted", "moved", "replaced"])
def test_a_row_that_goes_into_a_file_at_no_path_is_not_taken_for_kept(tmp_path: Path, what: str) -> None:
    path = tmp_path / "work" / "regnetx.jsonl"
    with Journal(path, header()) as journal:
        journal.append(row(0))
        if what == "moved":
            path.parent.rename(tmp_path / "elsewhere")
        else:
            path.unlink()
        if what == "replaced":
            path.touch()
        with pytest.raises(JournalLost, match=f"{path} was {what} (to .* )?while its sweep ran") as lost:
            journal.append(row(1))
        assert journal.lost() == str(lost.value)
    rows = tmp_path / "elsewhere" / "regnetx.jsonl" if what == "moved" else Path(f"{path}.lost")
    if what != "moved" or sys.platform == "linux":
        assert str(rows) in str(lost.value)
    assert [entry.row["index"] for entry in read_journal(rows)] == [0, 1]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says which of its names a file was opened by")
def test_a_backups_hard_link_is_not_taken_for_the_journal(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with Journal(path, header()) as journal:
        journal.append(row(0))
        (tmp_path / "backup").hardlink_to(path)
        path.unlink()
        assert f"a.jsonl was deleted while its sweep ran: its rows are saved in {path}.lost" in journal.lost()


def test_an_empty_journal_has_nothing_to_lose(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with Journal(path, header()) as journal:
        path.unlink()
        assert journal.lost() == ""
        with pytest.raises(JournalLost, match="saved in"):
            journal.append(row(0))


def test_rows_that_cannot_be_saved_are_said_to_be_lost_and_saved_ones_are_never_written_over(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    for name in (".lost", ".lost.2"):
        with Journal(folder / "a.jsonl", header()) as journal:
            (folder / "a.jsonl").unlink()
            with pytest.raises(JournalLost, match=rf"saved in .*a\.jsonl\{name};"):
                journal.append(row(0))
    with Journal(folder / "a.jsonl", header()) as journal:
        shutil.rmtree(folder)
        folder.touch()
        with pytest.raises(JournalLost, match="its rows are lost, but for those that are sealed"):
            journal.append(row(0))


def test_all_journals_that_are_gone_at_the_end_are_named(tmp_path: Path) -> None:
    paths = {name: tmp_path / f"{name}.jsonl" for name in ("a", "b", "c")}
    journals = {name: Journal(path, header()) for name, path in paths.items()}
    for journal in journals.values():
        journal.append(row(0))
    with pytest.raises(JournalLost, match=r"a\.jsonl was deleted .*likewise the journals of c"), in_place(journals):
        _interrupted_without(paths["a"], paths["c"])
    for journal in journals.values():
        journal.close()


def _interrupted_without(*deleted: Path) -> None:
    for path in deleted:
        path.unlink()
    raise KeyboardInterrupt  # whose message says that what is finished is kept


def test_sealing_sorts_by_index_and_writes_floats_that_read_back_exactly(tmp_path: Path) -> None:
    where = write(tmp_path, row(10), row(2), row(1))
    seal(where)
    assert [line.split(",")[0] for line in where.csv.read_text().splitlines()] == ["index", "1", "2", "10"]
    frame = Runs("smoke", where.runs).frame("regnetx")
    assert frame["error"].tolist() == [20 + index / 3 for index in (1, 2, 10)]
    assert frame["network_id"].tolist() == ["000000000001", "000000000002", "000000000010"]
    assert frame["index"].dtype == np.int64


def test_sealing_twice_gives_identical_bytes(tmp_path: Path) -> None:
    where = write(tmp_path, row(0), row(2, status="failed"), row(2, status="failed"), row(1, status="diverged"))
    seal(where)
    first = where.csv.read_bytes(), where.json.read_bytes()
    seal(where)
    assert (where.csv.read_bytes(), where.json.read_bytes()) == first


def test_sealing_a_new_journal_adds_rows_and_keeps_the_old_ones_byte_for_byte(tmp_path: Path) -> None:
    where = write(tmp_path, row(0), row(2))
    seal(where)
    old = where.csv.read_text().splitlines()
    where.journal.unlink()
    seal(write(tmp_path, row(1), row(3), commit="c2"))
    new = where.csv.read_text().splitlines()
    assert [new[0], new[1], new[3]] == old
    info = json.loads(where.json.read_text())
    assert [(s["commit"], s["rows"]) for s in info["segments"]] == [("c1", 2), ("c2", 2)]
    assert [line.split(",")[-1] for line in new[1:]] == ["0", "1", "0", "1"]


def test_a_failed_row_is_replaced_by_its_repetition_and_never_counted(tmp_path: Path) -> None:
    where = write(tmp_path, row(0), row(1, status="failed"))
    assert seal(where).done == {("0",)}
    runs = Runs("smoke", where.runs)
    assert runs.count("regnetx") == 1
    seal(write(tmp_path, row(1)))
    assert runs.frame("regnetx")["status"].tolist() == ["ok", "ok"]


def test_a_failure_never_replaces_a_result(tmp_path: Path) -> None:
    content = read_sheet(write(tmp_path, row(0), row(0, status="failed")))
    assert content.rows["0",]["status"] == "ok"


@pytest.mark.parametrize(
    ("change", "about", "named"),
    [
        ({"network": "feedfeedfeed"}, {}, ("network_id", "000000000001", "feedfeedfeed")),
        ({"seed": 7}, {}, ("seed", "1001", "7")),
        ({}, {"recipe": OTHER}, ("recipe_hash", RECIPE.hash, OTHER.hash)),
    ],
)
def test_the_same_index_with_something_else_is_refused_naming_both(
    tmp_path: Path, change: dict[str, Any], about: dict[str, Any], named: tuple[str, ...]
) -> None:
    seal(write(tmp_path, row(0), row(1)))
    where = write(tmp_path, row(1, **change), **about)
    with pytest.raises(StoreConflict) as refused:
        seal(where)
    assert all(word in str(refused.value) for word in named)


def test_a_changed_csv_is_refused_and_named(tmp_path: Path) -> None:
    where = write(tmp_path, row(0))
    seal(where)
    where.csv.write_text(where.csv.read_text().replace("20.0", "19.0"))
    with pytest.raises(DamagedSheet, match=r"regnetx\.csv"):
        Runs("smoke", where.runs).frame("regnetx")


@pytest.mark.parametrize("said", ["", "{", "[1]", "5"])
def test_a_csv_whose_json_is_missing_or_torn_is_refused_and_named(tmp_path: Path, said: str) -> None:
    where = write(tmp_path, row(0))
    seal(where)
    where.json.write_text(said) if said else where.json.unlink()
    with pytest.raises(DamagedSheet, match=r"regnetx\.(csv|json).*restore both"):
        Runs("smoke", where.runs).frame("regnetx")


def test_a_sealing_cut_between_its_two_files_is_finished_by_the_next(tmp_path: Path) -> None:
    where = write(tmp_path, row(0))
    seal(where)
    old_json = where.json.read_bytes()
    seal(write(tmp_path, row(1)))
    where.json.rename(where.next_json)
    where.json.write_bytes(old_json)
    assert len(Runs("smoke", where.runs).frame("regnetx")) == 2
    write(tmp_path, row(2))
    assert len(seal(where).rows) == 3
    assert sorted(path.name for path in where.runs.iterdir()) == ["regnetx.csv", "regnetx.json"]


def test_a_sealing_cut_before_its_csv_leaves_the_old_pair_and_is_forgotten(tmp_path: Path) -> None:
    where = write(tmp_path, row(0))
    seal(where)
    where.next_json.write_text(where.json.read_text().replace(json.loads(where.json.read_text())["csv_sha256"], "0"))
    assert len(Runs("smoke", where.runs).frame("regnetx")) == 1
    seal(write(tmp_path, row(1)))
    assert len(Runs("smoke", where.runs).frame("regnetx")) == 2
    assert not where.next_json.exists()


def test_a_reader_beside_a_sealing_process_never_sees_half_a_sheet(tmp_path: Path) -> None:
    """A process that seals sheets of one row and of two in turn, as fast as it can, and a reader as fast as it can."""
    where = write(tmp_path, row(0))
    seal(where)
    code = f"import test_store as t; t.seal_in_turn(t.Path({str(tmp_path)!r}))"
    seen = set()
    with subprocess.Popen([sys.executable, "-c", code], cwd=HERE, stdout=subprocess.PIPE) as sealer:
        assert sealer.stdout is not None
        sealer.stdout.readline()
        while sealer.poll() is None:
            seen.add(len(Runs("smoke", where.runs).frame("regnetx")))
    assert sealer.returncode == 0
    assert seen == {1, 2}


def seal_in_turn(folder: Path) -> None:
    """Seals the member that is not sealed, and a sheet without it, a hundred times."""
    where = sheet(folder)
    before = where.csv.read_bytes(), where.json.read_bytes()
    write(folder, row(1))
    print("started", flush=True)
    for _ in range(100):
        seal(where)
        with folder_alone(where.runs):
            _replace_both(where, *before)


def test_sealing_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nothing to seal"):
        seal(sheet(tmp_path))


def test_the_first_n_members_are_read_and_a_shortage_names_population_count_and_command(tmp_path: Path) -> None:
    where = write(tmp_path, *(row(index) for index in range(5)))
    seal(where)
    assert Runs("smoke", where.runs, n=3).frame("regnetx")["index"].tolist() == [0, 1, 2]
    with pytest.raises(MissingPopulation, match=r"smoke/regnetx has 5 of 8 .*regnet sweep smoke regnetx -n 8"):
        Runs("smoke", where.runs, n=8).frame("regnetx")
    with pytest.raises(MissingPopulation, match="anynetx_a has 0"):
        Runs("smoke", where.runs).frame("anynetx_a")


def test_repeats_that_nobody_made_are_an_empty_frame_with_columns(tmp_path: Path) -> None:
    repeats = Runs("smoke", tmp_path).repeats("regnetx")
    assert len(repeats) == 0
    assert repeats["error"].dtype == np.float64


def test_the_date_is_the_day_of_the_last_training(tmp_path: Path) -> None:
    where = write(tmp_path, row(0))
    seal(where)
    assert Runs("smoke", where.runs).date("regnetx") == read_journal(where.journal)[0].date[:10]


def test_folders_come_from_the_environment_else_from_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REGNET_RUNS", str(tmp_path / "mine"))
    assert open_runs("smoke").folder == tmp_path / "mine" / "smoke"
    monkeypatch.delenv("REGNET_RUNS")
    assert open_runs("smoke").folder == HERE.parent / "runs" / "smoke"


def test_without_a_checkout_the_error_names_the_variable(tmp_path: Path) -> None:
    (tmp_path / "regnet").symlink_to(HERE.parent / "regnet")
    code = (
        "import regnet.sweeps.folders as f, pathlib; f.CHECKOUT = pathlib.Path(f.__file__).parents[2]; "
        "assert 'pyproject.toml' not in [p.name for p in f.CHECKOUT.iterdir()]; f.runs_folder()"
    )
    env = {k: v for k, v in os.environ.items() if not k.startswith("REGNET")} | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )
    assert "set REGNET_RUNS" in done.stderr


def test_rows_of_several_machines_get_a_header_where_the_machine_changes_and_a_segment_each(tmp_path: Path) -> None:
    where, ours = sheet(tmp_path), header()["segment"]
    other = ours | {"device": "another CPU"}
    with Journal(where.journal, header()) as journal:
        for index, segment in enumerate([ours, other, other, None, ours]):
            journal.append(row(index, status="failed" if segment is None else "ok"), segment=segment)
    lines = [json.loads(line) for line in where.journal.read_text().splitlines()]
    assert ["header" in line for line in lines] == [True, False, True, False, False, False, True, False]
    content = seal(where)
    assert [content.rows[str(index),]["segment"] for index in range(5)] == ["0", "1", "1", "1", "0"]
    assert [(s["rows"], s.get("device")) for s in content.info["segments"]] == [(2, None), (3, "another CPU")]


def test_journals_of_two_engines_are_not_sealed_into_one_population(tmp_path: Path) -> None:
    where, ours = sheet(tmp_path), header()["segment"]
    for index, engine in enumerate(("native 2", "torch 1")):
        where.journal.unlink(missing_ok=True)
        with Journal(where.journal, header()) as journal:
            journal.append(row(index), segment=ours | {"engine": engine})
        if not index:
            seal(where)
    before = where.csv.read_bytes()
    with pytest.raises(StoreConflict, match="rows of engines native 2 and torch 1"):
        seal(where)
    assert where.csv.read_bytes() == before


def test_a_window_that_holds_no_network_is_said_to_be_empty_and_another_folder_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGNET_RUNS", str(tmp_path))
    with pytest.raises(MissingPopulation, match="no network of regnetx_c_d20-l2 is in its window in regime natural"):
        load("natural", "regnetx_c_d20-l2")
    with pytest.raises(MissingPopulation, match=r"\(REGNET_RUNS names that folder\); make them: regnet sweep natural"):
        load("natural", "regnetx")
    committed = Path(__file__).resolve().parents[1] / "runs"
    assert load("natural", "regnetx", runs=committed, n=7)["index"].tolist() == list(range(7))


@pytest.mark.parametrize(
    ("name", "command"),
    [("finals", "finals"), ("calibration", "calibrate"), ("engines-torch", "engines"), ("regnetx.repeats", "sweep")],
)
def test_other_sheets_are_loaded_whole_or_said_to_be_missing_with_their_command(name: str, command: str) -> None:
    with pytest.raises(MissingPopulation, match=f"smoke/{name} is not sealed in .*; make it: regnet {command} smoke"):
        load("smoke", name)
    assert len(load("natural", "finals", n=3)) > 100
