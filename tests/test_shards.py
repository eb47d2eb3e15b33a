"""A sweep in parts: each trains its own members into its own journal, and all are read as one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_cli import regnet, status

from regnet.sweeps.engine import Local
from regnet.sweeps.journal import Journal, JournalBusy
from regnet.sweeps.journal_lines import read_journal
from regnet.sweeps.population import Population
from regnet.sweeps.sealing import read_sheet
from regnet.sweeps.shards import Shard, journals, sheet_name
from regnet.sweeps.sheet_names import population_sheet, sheet_of
from regnet.sweeps.sweep import sweep_populations

POPULATION = Population("regnetx", regime="smoke")
ONE = Local(workers=1)


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGNET_WORK", str(tmp_path / "work"))
    monkeypatch.setenv("REGNET_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("COLUMNS", "200")


@given(st.integers(1, 40), st.integers(0, 200))
def test_every_turn_is_taken_by_one_shard(of: int, turn: int) -> None:
    assert sum(Shard(number, of).takes(turn) for number in range(1, of + 1)) == 1


@pytest.mark.parametrize("text", ["0/4", "5/4", "1/0", "3", "a/b", "1/4/2", "-1/4", "1.0/4", "1/99999999999999999999"])
def test_what_is_no_shard_is_refused_in_one_line(text: str) -> None:
    output = regnet("sweep", "smoke", "regnetx", "-n", "1", "--shard", text, code=2)
    assert output.startswith("regnet: a shard is I/N with I from 1 to N, as 3/16, got ")
    assert len(output.splitlines()) == 1


def test_shards_train_their_members_and_status_seal_and_a_whole_sweep_read_them_all() -> None:
    regnet("sweep", "smoke", "regnetx", "-n", "4", "--workers", "1", "--shard", "2/2")
    sheet = population_sheet(POPULATION)
    second = sheet.work / "regnetx.shard-2-of-2.jsonl"
    assert [entry.row["index"] for entry in read_journal(second)] == [1, 3]
    assert status("regnetx") == {"trained": "2", "wanted": "4", "sealed": "0", "journal": "2"}

    assert sweep_populations([POPULATION], 4, ONE, shard=Shard(1, 3)).done == 1  # of 0 and 3: 3 is done
    assert sweep_populations([POPULATION], 4, ONE).done == 1
    assert [path.name for path in journals(sheet.journal)] == [
        "regnetx.jsonl", "regnetx.shard-1-of-3.jsonl", "regnetx.shard-2-of-2.jsonl",
    ]  # fmt: skip
    assert "4 rows in" in regnet("seal", "smoke")
    assert status("regnetx") == {"trained": "4", "wanted": "4", "sealed": "4", "journal": "0"}
    assert len(json.loads(sheet.json.read_text())["segments"]) == 1


def test_a_shard_has_one_writer_and_runs_beside_others_but_not_beside_the_whole() -> None:
    sheet = population_sheet(POPULATION)

    def writer(shard: Shard) -> Journal:
        return Journal(shard.journal(sheet.journal), {}, whole=sheet.journal)

    with writer(Shard(1, 2)), writer(Shard(2, 2)):
        for taken in (Shard(1, 2), Shard()):
            with pytest.raises(JournalBusy, match=r"another sweep is writing .*regnetx(\.shard-1-of-2)?\.jsonl"):
                writer(taken)
        with pytest.raises(JournalBusy):
            sweep_populations([POPULATION], 1, ONE, shard=Shard(2, 2))
    with writer(Shard()), pytest.raises(JournalBusy):
        writer(Shard(1, 2))
    writer(Shard(1, 2)).close()


def test_a_shards_journal_is_its_own_sheets_and_no_others(tmp_path: Path) -> None:
    names = ["regnetx.jsonl", "regnetx.repeats.shard-1-of-2.jsonl", "regnetx.shard-1-of-2.jsonl", "regnetx_c.jsonl"]
    for name in names:
        (tmp_path / name).touch()
    assert [path.name for path in journals(tmp_path / "regnetx.jsonl")] == [names[0], names[2]]
    assert [path.name for path in journals(tmp_path / "regnetx.repeats.jsonl")] == [names[1]]
    assert {sheet_name(Path(name)) for name in names} == {"regnetx", "regnetx.repeats", "regnetx_c"}
    assert Shard(1, 2).journal(sheet_of(f"{POPULATION.name}.repeats", POPULATION.regime).journal).name == names[1]


def test_a_member_that_two_shards_trained_counts_once() -> None:
    sheet = population_sheet(POPULATION)
    sweep_populations([POPULATION], 1, ONE, shard=Shard(1, 2))
    first = Shard(1, 2).journal(sheet.journal)
    Shard(1, 3).journal(sheet.journal).write_bytes(first.read_bytes())
    assert len(read_sheet(sheet).rows) == 1
