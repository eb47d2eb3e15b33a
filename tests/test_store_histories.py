"""Whatever happens to journal and sheet, in whatever order, the rows are in the end those of an uninterrupted sweep."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from test_store import header, row, sheet

from regnet.sweeps.journal import Journal
from regnet.sweeps.sealing import read_sheet, seal
from regnet.sweeps.sheets import Key, Sheet
from regnet.sweeps.store import Runs

N = 5

EVENTS = st.one_of(
    st.tuples(st.just("sweep"), st.integers(1, N)),  # finishes so many more members
    st.tuples(st.just("fail"), st.integers(0, N - 1)),  # a member fails
    st.tuples(st.just("tear"), st.floats(0, 1, allow_subnormal=False)),  # the power goes: the journal ends at any byte
    st.tuples(st.just("zeros"), st.integers(1, 9)),  # or in zeros
    st.tuples(st.just("seal"), st.just(0)),
    st.tuples(st.just("cut"), st.integers(0, 3)),  # a sealing is killed after so many of its steps
    st.tuples(st.just("clean"), st.just(0)),  # what is sealed needs no journal
)


def sweep(where: Sheet, most: int) -> None:
    """As a sweep: the members without a row that did not fail, in order."""
    with Journal(where.journal, header()) as journal:
        done = read_sheet(where).done
        for index in [index for index in range(N) if (str(index),) not in done][:most]:
            journal.append(row(index))


def fail(where: Sheet, index: int) -> None:
    with Journal(where.journal, header()) as journal:
        journal.append(row(index, status="failed"), "killed")


def tear(where: Sheet, place: float) -> None:
    if where.journal.exists():
        content = where.journal.read_bytes()
        where.journal.write_bytes(content[: round(place * len(content))])


def zeros(where: Sheet, count: int) -> None:
    if where.journal.exists():
        where.journal.write_bytes(where.journal.read_bytes() + b"\0" * count)


def cut(where: Sheet, steps: int) -> None:
    """A sealing in another folder, of which only the first files come to be here, and a temporary one stays."""
    if not read_sheet(where).rows:
        return
    with tempfile.TemporaryDirectory() as folder:
        other = Sheet(where.regime, where.name, where.work, Path(folder, "runs"))
        if where.runs.exists():
            shutil.copytree(where.runs, other.runs)
        seal(other)
        where.runs.mkdir(parents=True, exist_ok=True)
        (where.runs / ".regnet-0123456789ab.tmp").write_bytes(b"half")
        if steps >= 1:
            shutil.copy(other.json, where.next_json)
        if steps >= 2:
            shutil.copy(other.csv, where.csv)
        if steps >= 3:
            where.next_json.replace(where.json)


def happen(where: Sheet, what: str, how: float) -> set[Key]:
    """One event; the keys that may not be lost any more after it."""
    if what == "seal" and read_sheet(where).rows:
        return seal(where).done
    if what == "clean" and where.csv.exists() and read_sheet(where).done <= _sealed(where):
        where.journal.unlink(missing_ok=True)
    if what in ("sweep", "fail", "tear", "zeros", "cut"):
        {"sweep": sweep, "fail": fail, "tear": tear, "zeros": zeros, "cut": cut}[what](where, how)  # type: ignore[operator]
    return _sealed(where)


def _sealed(where: Sheet) -> set[Key]:
    """The members that a reader finds in the CSV."""
    runs = Runs("smoke", where.runs)
    frame = runs.frame("regnetx") if where.csv.exists() else []
    return {(str(index),) for index in frame["index"]} if len(frame) else set()


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.lists(EVENTS, max_size=12))
def test_rows_are_those_of_an_uninterrupted_sweep(events: list[tuple[str, float]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        calm, where = sheet(Path(folder, "calm")), sheet(Path(folder, "here"))
        sweep(calm, N)
        seal(calm)
        kept: set[Key] = set()
        for what, how in events:
            kept |= happen(where, what, how)
            assert kept <= read_sheet(where).done
        sweep(where, N)
        seal(where)
        assert where.csv.read_bytes() == calm.csv.read_bytes()
        infos = [json.loads(each.json.read_text()) for each in (calm, where)]
        assert [[(s["commit"], s["rows"]) for s in info["segments"]] for info in infos] == [[("c1", N)]] * 2
