"""Real sweeps of the smoke regime: killed, stopped, resumed, repeated, checked."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from regnet.sweeps.check import check
from regnet.sweeps.engine import Local
from regnet.sweeps.journal import Journal, JournalBusy
from regnet.sweeps.journal_lines import Entry, read_journal
from regnet.sweeps.population import Population
from regnet.sweeps.sealing import seal
from regnet.sweeps.sheet_names import population_sheet, sheet_of
from regnet.sweeps.sheets import StoreConflict
from regnet.sweeps.store import open_runs
from regnet.sweeps.sweep import sweep_populations, sweep_repeats
from regnet.sweeps.tasks import member_tasks, repeat_tasks
from regnet.training.data import sha256
from regnet.training.engines import choose

POPULATION = Population("regnetx", regime="smoke")
OTHER = Population("anynetx_a", regime="smoke")
ONE, TWO = Local(workers=1), Local(workers=2)


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGNET_WORK", str(tmp_path / "work"))
    monkeypatch.setenv("REGNET_RUNS", str(tmp_path / "runs"))


def test_a_killed_sweep_loses_only_what_was_in_flight_and_the_sealed_csv_alone_continues_it(tmp_path: Path) -> None:
    sheet = population_sheet(POPULATION)
    with _start_sweep() as driver:
        _wait_for_rows(sheet.journal, 1)
        driver.kill()
    survived = read_journal(sheet.journal)
    n = len(survived) + 2
    report = sweep_populations([POPULATION], n, TWO)
    assert report.counts == {"ok": 2, "diverged": 0, "failed": 0}
    assert read_journal(sheet.journal)[:-2] == survived

    seal(sheet)
    before = sheet.csv.read_text().splitlines()
    shutil.rmtree(tmp_path / "work")
    assert sweep_populations([POPULATION], n + 3, ONE).done == 3
    seal(sheet)
    after = sheet.csv.read_text().splitlines()
    assert (len(after), after[: n + 1]) == (n + 4, before)

    outcome = next(check([POPULATION], open_runs("smoke"), ONE, k=2))
    assert (outcome.passed, outcome.why) == (True, "equal")


def test_a_population_goes_on_with_its_own_engine_only_and_is_checked_by_it() -> None:
    assert sweep_populations([POPULATION], 2, ONE, "torch").done == 2
    with pytest.raises(
        StoreConflict, match=r"trained by engine torch 1.* and would go on with native 2.*--trainer torch"
    ):
        sweep_populations([POPULATION], 3, ONE)
    assert sweep_populations([POPULATION], 2, ONE).done == 0  # nothing to go on with
    seal(population_sheet(POPULATION))
    with pytest.raises(StoreConflict, match="trained by engine torch 1"):
        sweep_populations([POPULATION], 3, ONE)
    assert sweep_populations([POPULATION], 3, ONE, "torch").done == 1
    seal(population_sheet(POPULATION))
    outcome = next(check([POPULATION], open_runs("smoke"), ONE, k=1))
    assert (outcome.passed, outcome.why) == (True, "equal")


def test_two_sweeps_on_one_population_are_refused() -> None:
    with (
        Journal(population_sheet(POPULATION).journal, {}),
        pytest.raises(JournalBusy, match="another sweep is writing"),
    ):
        sweep_populations([OTHER, POPULATION], 1, ONE)


@pytest.mark.parametrize("interrupt", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_sigterm_stop_cleanly_and_keep_what_is_finished(interrupt: signal.Signals) -> None:
    driver = _start_sweep()
    journal = population_sheet(POPULATION).journal
    _wait_for_rows(journal, 1)
    if interrupt == signal.SIGINT:
        os.killpg(driver.pid, interrupt)  # as a terminal does: driver and workers
    else:
        driver.terminate()
    _, said = driver.communicate(timeout=60)
    assert driver.returncode == 130
    assert "the same command goes on from there" in said
    assert "Traceback" not in said
    assert len(read_journal(journal)) >= 1


def test_a_sweep_stops_when_its_folder_is_deleted_and_its_rows_are_saved(tmp_path: Path) -> None:
    journal = population_sheet(POPULATION).journal
    driver = _start_sweep()
    _wait_for_rows(journal, 1)
    shutil.rmtree(tmp_path / "work", ignore_errors=True)  # the rows may be saved into it before it is gone
    _, said = driver.communicate(timeout=300)
    assert driver.returncode == 2
    [line] = [line for line in said.splitlines() if line.startswith("regnet: ")]
    saved = Path(f"{journal}.lost")
    assert f"{journal} was deleted while its sweep ran: its rows are saved in {saved}" in line

    saved.rename(journal)
    n = len(read_journal(journal))
    assert n >= 1
    assert sweep_populations([POPULATION], n + 1, ONE).done == 1


def test_a_journal_that_was_complete_before_it_was_deleted_is_missed_at_the_end(tmp_path: Path) -> None:
    _write_done(OTHER, 2, {})
    driver = _start_sweep("anynetx_a", "regnetx", n=2)
    _wait_for_rows(population_sheet(POPULATION).journal, 1)
    population_sheet(OTHER).journal.unlink()
    _, said = driver.communicate(timeout=300)
    assert driver.returncode == 2
    assert "anynetx_a.jsonl was deleted while its sweep ran: its rows are saved in" in said
    assert len(read_journal(tmp_path / "work" / "smoke" / "anynetx_a.jsonl.lost")) == 2


def test_populations_grow_together_and_a_failed_member_is_tried_again() -> None:
    _write_done(POPULATION, 1, {"status": "failed", "error": None})
    report = sweep_populations([OTHER, POPULATION], 2, ONE)
    assert report.counts == {"ok": 4, "diverged": 0, "failed": 0}
    entries = [entry for p in (OTHER, POPULATION) for entry in read_journal(population_sheet(p).journal)]
    dates = {i: [e.date for e in entries if e.row["index"] == i and e.row["status"] == "ok"] for i in (0, 1)}
    assert (len(dates[0]), len(dates[1])) == (2, 2)
    assert max(dates[0]) <= min(dates[1])


def test_repeats_are_trained_and_sealed_beside_their_population() -> None:
    _write_done(POPULATION, 1, {})
    with pytest.raises(StoreConflict, match=r"regnetx was trained by engine torch 1 .*--trainer torch"):
        sweep_repeats([POPULATION], 1, ONE)  # what is compared is trained alike
    assert sweep_repeats([POPULATION], 1, ONE, "torch").done == 3
    seal(sheet_of(f"{POPULATION.name}.repeats", POPULATION.regime))
    repeats = open_runs("smoke").repeats("regnetx")
    assert (repeats["index"].tolist(), repeats["length"].tolist()) == ([0] * 3, [1] * 3)
    assert repeats["seed"].is_monotonic_increasing
    assert repeats["test_error"].isna().all()  # the test images are for final models


def test_rows_of_other_data_network_or_seed_stop_a_sweep_before_it_trains() -> None:
    for what, said in (("data_sha256", "the SHA-256 of fashion-mnist-small's images"), ("network_id", "network_id")):
        _write_done(POPULATION, 1, {what: "othersothers"})
        with pytest.raises(StoreConflict, match=rf"{said} is othersothers"):
            sweep_populations([POPULATION], 2, ONE)
    for what in ("seed", "drawn_d"):
        _write_done(POPULATION, 1, {what: 123456789})
        with pytest.raises(StoreConflict, match=rf"{what} is 123456789"):
            sweep_populations([POPULATION], 2, ONE)


def test_rows_of_another_recipe_stop_a_sweep_before_it_trains() -> None:
    other = replace(POPULATION.recipe, lr=0.7)
    _write_done(POPULATION, 1, {"recipe": asdict(other), "recipe_hash": other.hash})
    with pytest.raises(StoreConflict, match=f"recipe_hash is {other.hash} in the store"):
        sweep_populations([POPULATION], 2, ONE)


def test_repeats_wait_for_the_whole_population() -> None:
    with pytest.raises(ValueError, match=r"0 of 3 members .*regnet sweep smoke regnetx -n 3"):
        repeat_tasks(POPULATION, 3)


def test_the_ten_lowest_errors_are_repeated_three_times() -> None:
    _write_done(POPULATION, 12, {})
    tasks = repeat_tasks(POPULATION, 12)
    assert [task.cells["index"] for task in tasks] == [11, 10, 9, 8, 7, 6, 5, 4, 3, 2] * 3
    assert len({(task.cells["index"], task.seed) for task in tasks}) == 30


def _start_sweep(*names: str, n: int = 1000) -> "subprocess.Popen[str]":
    """A sweep too long to end by itself, if nothing else is asked for, in a process group of its own."""
    chosen = [*(names or ["regnetx"]), "-n", str(n), "--workers", "1"]
    command = [sys.executable, "-m", "regnet.cli", "sweep", "smoke", *chosen]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)


def _write_done(population: Population, n: int, change: dict[str, object]) -> None:
    """A journal whose member k of n has error 50 - k, with `change` made in the header or in every row."""
    tasks = member_tasks(population, n)
    engine = choose([(task.network, task.recipe) for task in tasks], wanted="torch").name  # this CPU's
    segment = {"commit": "", "precision": "bf16", "engine": engine}
    data = sha256(population.recipe.data)
    recipe = population.recipe
    header = {"name": population.name, "recipe": asdict(recipe), "recipe_hash": recipe.hash, "data_sha256": data}
    lines: list[dict[str, object]] = [{"header": header | {"segment": segment} | _only(change, header)}]
    for task in tasks:
        done = task.cells | {"status": "ok", "error": 50.0 - task.cells["index"], "seconds": 1.0}
        lines.append({"row": done | _only(change, done), "date": "2020-03-30T00:00:00+00:00"})
    journal = population_sheet(population).journal
    journal.parent.mkdir(parents=True, exist_ok=True)
    journal.write_text("".join(json.dumps(line) + "\n" for line in lines))


def _only(change: dict[str, object], target: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in change.items() if name in target}


def _wait_for_rows(journal: Path, n: int) -> list[Entry]:
    for _ in range(1200):
        if len(found := read_journal(journal)) >= n:
            return found
        time.sleep(0.05)
    raise AssertionError(f"no {n} rows within a minute")
