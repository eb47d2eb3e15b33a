"""Chapters executed by papermill side by side: what is refused, skipped, kept, and left behind."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sealed_runs import seal_population
from typer.testing import CliRunner

from regnet import figures
from regnet.chapters.contents import cells_of, choose, elements_of
from regnet.chapters.execution import Execution
from regnet.chapters.parameters import kinds, read
from regnet.chapters.state import made_from, state
from regnet.cli import app

ROOT = Path(__file__).resolve().parents[1]
FIRST = {
    "id": "parameters",
    "source": 'regime: str = ""\nruns: str = ""\nrate = 0.5\nsizes = [1]\n%magic\ns = "a=b"\nmost: int | None = None',
    "tags": ["parameters"],
}


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGNET_WORK", str(tmp_path / "work"))
    monkeypatch.setenv("REGNET_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("COLUMNS", "400")


def regnet(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == code, result.output
    return result.output


def batch(tmp_path: Path, *arguments: str, code: int = 0) -> str:
    return regnet("batch", "smoke", "--book", str(tmp_path / "book"), *arguments, code=code)


def write_book(tmp_path: Path, **chapters: list[dict[str, object]]) -> None:
    """A book whose chapters have these code cells (id, source, tags)."""
    (tmp_path / "book").mkdir(exist_ok=True)
    files = "".join(f"- file: {name}\n" for name in chapters)
    (tmp_path / "book" / "_toc.yml").write_text(f"format: jb-book\nroot: intro\nchapters:\n{files}")
    (tmp_path / "book" / "intro.md").write_text("# A book\n")
    for name, cells in chapters.items():
        code = [
            {"cell_type": "code", "id": cell["id"], "metadata": {"tags": cell.get("tags", [])}, "outputs": [],
             "execution_count": None, "source": cell["source"]} for cell in cells
        ]  # fmt: skip
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        content = {"cells": code, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
        (tmp_path / "book" / f"{name}.ipynb").write_text(json.dumps(content))


@pytest.fixture
def executed(tmp_path: Path) -> Path:
    return tmp_path / "runs" / "smoke" / "executed"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def two_chapters(tmp_path: Path, *, broken: bool) -> None:
    """A chapter with one figure, and one with a cell that raises in the figure's place."""
    given = 'regime: str = ""\nruns: str = ""\nn: int = 0\nseed: int = 0\ntrain: bool = False'
    drawn = (
        "from regnet.page.chapter import begin, element\n"
        'element("fig02", begin("fig02", regime=regime, runs=runs, n=n, seed=seed, train=train))'
    )
    raising = "# here\nraise RuntimeError('on purpose\\nand more')" if broken else "1"
    parameters = {"id": "parameters", "source": given, "tags": ["parameters"]}
    write_book(tmp_path, good=[parameters, {"id": "fig02", "source": drawn}],
               other=[parameters, {"id": "raising", "source": raising}])  # fmt: skip


def test_it_trains_what_is_missing_and_one_failing_chapter_does_not_stop_another(
    tmp_path: Path, executed: Path
) -> None:
    two_chapters(tmp_path, broken=True)
    said = batch(tmp_path, "-p", "train", "true", "-p", "n", "2", code=1)
    assert "other: cell 2 (raising), `# here`: RuntimeError: on purpose" in said.splitlines()
    assert "1 executed, 1 failed" in said
    assert names(executed) == ["good.ipynb", "other.failed.ipynb"]
    assert (executed.parent / "anynetx_a.csv").exists()
    shown = (executed / "good.ipynb").read_text()
    assert "n = 2" in shown
    assert "RuntimeError" in (executed / "other.failed.ipynb").read_text()

    two_chapters(tmp_path, broken=False)
    assert "1 executed, 1 unchanged" in batch(tmp_path, "-p", "n", "2")
    assert names(executed) == ["good.ipynb", "other.ipynb"]
    assert (executed / "good.ipynb").read_text() == shown
    assert "2 unchanged" in batch(tmp_path, "-p", "n", "2", "-p", "train", "true")


def test_a_batch_whose_trainings_fail_ends_with_exit_code_1_and_says_whose(
    tmp_path: Path, executed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_chapters(tmp_path, broken=False)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "torch.py").write_text("raise ImportError('broken')")
    monkeypatch.syspath_prepend(tmp_path / "broken")  # for the workers: here torch is imported already
    said = batch(tmp_path, "-p", "train", "true", "-p", "n", "2", code=1)
    assert "2 executed" in said
    assert said.splitlines()[-1].startswith("regnet: 2 trainings failed (2 of anynetx_a)")
    assert "Not trained yet" in (executed / "good.ipynb").read_text()


def test_an_output_that_is_deleted_while_another_chapter_is_executed_is_missed(tmp_path: Path, executed: Path) -> None:
    (tmp_path / "runs").mkdir()
    deletes = f"import pathlib; pathlib.Path({str(executed / 'one.ipynb')!r}).unlink()"
    write_book(tmp_path, one=[FIRST], two=[FIRST, {"id": "deletes", "source": deletes}])
    said = batch(tmp_path, "--jobs", "1", code=2)
    assert f"regnet: one: executed, but {executed} was deleted or moved meanwhile" in said
    assert names(executed) == ["two.ipynb"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("other",), "no chapter 'other'. There are: one"),
        (("-p", "rote", "1"), "no parameter 'rote' in chapter one. There are: regime (str), runs (str), rate (float)"),
        (("-p", "rate", "fast"), "parameter rate of chapter one must be float, got 'fast'"),
        (("-p", "rate", "1", "-p", "rate", "2"), "parameter rate is given twice"),
        (("-p", "sizes", "1"), "parameter sizes of chapter one must be list, got '1'; as -y 'sizes: [1, 2]'"),
        (("-p", "most", "few"), "parameter most of chapter one must be int | None, got 'few'"),
        (("-y", "rote: 1"), "no parameter 'rote' in chapter one"),
        (("-y", "rate: [1]"), "parameter rate of chapter one must be float, got [1]"),
        (("-y", "s: null"), "parameter s of chapter one must be str, got None"),
        (("-y", "3"), "-y takes names with values, as 'n: 50', got '3'"),
        (("-y", "[: 3"), "-y '[: 3' is not YAML"),
        (("-y", "regime: pocket"), "the command's first argument"),
        (("-f", "nowhere.yaml"), "nowhere.yaml"),
        (("-p", "regime", "pocket"), "the command's first argument"),
        (("-p", "rate"), "-p takes a name and a value"),
        (("--jobs", "0"), "--jobs must be a whole number of at least 1, got 0"),
        (("--book", "nowhere"), "_toc.yml"),
        ((), "no folder of runs"),
    ],
)
def test_a_mistake_is_named_in_one_line_before_anything_runs(
    arguments: tuple[str, ...], says: str, tmp_path: Path
) -> None:
    write_book(tmp_path, one=[FIRST])
    said = batch(tmp_path, *arguments, code=2)
    assert said.startswith("regnet: ")
    assert says in said
    assert len(said.splitlines()) == 1
    assert not (tmp_path / "runs").exists()


def test_a_chapter_with_other_parameters_goes_to_another_folder(tmp_path: Path, executed: Path) -> None:
    (tmp_path / "runs").mkdir()
    write_book(tmp_path, one=[FIRST, {"id": "shows", "source": "print('rate', rate)"}])
    for rate in ("1.5", "2.5"):
        assert str(tmp_path / rate) in batch(tmp_path, "-p", "rate", rate, "-o", str(tmp_path / rate))
    assert ["rate 1.5" in (tmp_path / rate / "one.ipynb").read_text() for rate in ("1.5", "2.5")] == [True, False]
    assert "1 unchanged" in batch(tmp_path, "-p", "rate", "1.5", "-o", str(tmp_path / "1.5"))
    assert not executed.exists()


@pytest.mark.parametrize(
    ("output", "says"), [("book", "no batch wrote it"), ("mine", "no batch wrote it"), ("a.txt", "a.txt is a file")]
)
def test_no_output_takes_the_place_of_a_chapter_or_a_file(tmp_path: Path, output: str, says: str) -> None:
    (tmp_path / "runs").mkdir()
    (tmp_path / "a.txt").write_text("here first")
    write_book(tmp_path, one=[FIRST])
    before = (tmp_path / "book" / "one.ipynb").read_bytes()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "one.ipynb").write_bytes(before)
    assert says in batch(tmp_path, "-o", str(tmp_path / output), code=2)
    assert (tmp_path / "book" / "one.ipynb").read_bytes() == before
    assert (tmp_path / "mine" / "one.ipynb").read_bytes() == before
    assert (tmp_path / "a.txt").read_text() == "here first"


def test_a_second_batch_into_the_same_folder_is_refused(tmp_path: Path, executed: Path) -> None:
    write_book(tmp_path, one=[FIRST])
    executed.mkdir(parents=True)
    descriptor = os.open(executed, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    assert "another batch" in batch(tmp_path, code=2)
    os.close(descriptor)


def test_a_kernel_that_dies_is_tried_again_then_named_with_its_cell(tmp_path: Path, executed: Path) -> None:
    (tmp_path / "runs").mkdir()
    dies = f"open({str(tmp_path / 'tries')!r}, 'a').write('.')\nimport os; os._exit(3)"
    write_book(tmp_path, one=[FIRST, {"id": "dies", "source": dies}])
    assert "one: cell dies, `open(" in batch(tmp_path, code=1)
    assert (tmp_path / "tries").read_text() == ".."
    assert names(executed) == ["one.failed.ipynb"]


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_stopping_leaves_no_half_written_output_and_no_process(
    sent: signal.Signals, tmp_path: Path, executed: Path
) -> None:
    (tmp_path / "runs").mkdir()
    slow = f"import os, time\nopen({str(tmp_path / 'kernel')!r}, 'w').write(str(os.getpid()))\ntime.sleep(300)"
    write_book(tmp_path, one=[FIRST, {"id": "slow", "source": slow}])
    command = [sys.executable, "-m", "regnet.cli", "batch", "smoke", "--book", str(tmp_path / "book")]
    driver = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    kernel = tmp_path / "kernel"
    until(lambda: kernel.exists() and kernel.read_text() != "")
    driver.send_signal(sent)
    said = driver.communicate(timeout=60)[1]
    if sent is not signal.SIGKILL:
        assert driver.returncode == 130
        assert "stopped" in said
    until(lambda: not alive(int(kernel.read_text())))
    until(lambda: names(executed) == [])


def until(true: object, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.1)


def alive(process: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        return False


def test_an_output_stands_for_a_chapters_text_its_parameters_and_all_that_it_reads(tmp_path: Path) -> None:
    seal_population(tmp_path, "anynetx_a", 2)
    write_book(tmp_path, one=[FIRST])
    notebook, runs = tmp_path / "book" / "one.ipynb", tmp_path / "runs"
    found = [made_from(notebook, {"n": 2}, state("pocket", runs))]
    assert made_from(notebook, {"n": 2}, state("pocket", runs)) == found[0]
    found.append(made_from(notebook, {"n": 3}, state("pocket", runs)))
    found.append(made_from(notebook, {"n": 2}, state("smoke", runs)))
    seal_population(tmp_path, "anynetx_a", 3)
    found.append(made_from(notebook, {"n": 2}, state("pocket", runs)))
    write_book(tmp_path, one=[FIRST, {"id": "more", "source": "1"}])
    found.append(made_from(notebook, {"n": 2}, state("pocket", runs)))
    (runs / "smoke").mkdir()
    for path in [*(runs / "pocket").iterdir()]:
        path.rename(runs / "smoke" / path.name)
    found.append(made_from(notebook, {"n": 2}, state("pocket", runs)))
    assert len(set(found)) == len(found) == 6
    (runs / "smoke" / "executed").mkdir()
    shutil.copy(notebook, runs / "smoke" / "executed")
    assert made_from(notebook, {"n": 2}, state("pocket", runs)) == found[-1]


def test_values_are_read_as_the_parameters_cell_types_them() -> None:
    chapter = ROOT / "book" / "02-tools.ipynb"
    assert kinds(chapter) == {"regime": "str", "runs": "str", "n": "int", "seed": "int", "train": "bool"}
    given = [("runs", "3"), ("n", "50"), ("train", "False")]
    assert read(given, chapter) == {"runs": "3", "n": 50, "train": False}


def test_texts_lists_and_none_reach_a_chapter_as_papermill_gives_them(tmp_path: Path, executed: Path) -> None:
    (tmp_path / "runs").mkdir()
    (tmp_path / "given.yaml").write_text("rate: 2\nsizes: [1, two]\n")
    write_book(tmp_path, one=[FIRST, {"id": "shows", "source": "print([rate, sizes, s, most])"}])
    given = ("-f", str(tmp_path / "given.yaml"), "-y", "{most: 3, rate: 1}", "-p", "s", "c=d", "-p", "most", "None")
    batch(tmp_path, *given)
    assert "[1.0, [1, 'two'], 'c=d', None]" in (executed / "one.ipynb").read_text()


@pytest.mark.parametrize(
    ("kind", "fits", "refused"),
    [
        ("n = 1", [3, -1], [1.5, True, "x", None, [1]]),
        ("n = 1.5", [3, 2.5], [True, "x", None]),
        ("n: bool = False", [True], [1, "yes"]),
        ("n: list[int] = [1]", [[], [2, 3]], [["a"], [1.5], 3]),
        ("n: dict[str, int] = {}", [{"a": 1}], [{"a": "b"}, []]),
        ("n: 'Optional[int]' = None", [3, None], ["x"]),
        ("n: int | str | None = None", [3, "x", None], [[1], 1.5]),
        ("n = None", [3, "x", None, [1]], []),
        ("n = make()", [3, "x", None, [1]], []),
        ("n: Shape = 3", [3, "x"], []),
    ],
)
def test_a_value_of_another_type_is_refused_by_name(
    kind: str, fits: list[object], refused: list[object], tmp_path: Path
) -> None:
    write_book(tmp_path, one=[FIRST | {"source": kind}])
    chapter = tmp_path / "book" / "one.ipynb"
    for value in fits:
        assert read([], chapter, {"n": value}) == {"n": value}
    for value in refused:
        with pytest.raises(ValueError, match="parameter n of chapter one must be "):
            read([], chapter, {"n": value})


def test_every_chapters_elements_are_found_where_it_begins() -> None:
    chapters = choose((), ROOT / "book")
    found = {name: tuple(elements_of(path)) for name, path in chapters.items()}
    assert {element: name for name, elements in found.items() for element in elements} == {
        element: figures.chapter(element) for element in figures.names()
    }


@pytest.mark.parametrize(
    "content",
    [b"", b"null", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"cells": 5, "metadata": {}}',
     b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
     b'{"cells": [], "metadata": {"kernelspec": {"name": 3, "language": "python"}}}',
     b'{"cells": [5], "metadata": {"kernelspec": {"name": "python3", "language": "python"}}}'],
)  # fmt: skip
def test_a_file_that_is_no_notebook_is_named_in_one_line(tmp_path: Path, content: bytes) -> None:
    write_book(tmp_path, one=[{"id": "first", "source": "1"}])
    (tmp_path / "book" / "one.ipynb").write_bytes(content)
    for reader in (cells_of, kinds, elements_of):
        with pytest.raises(ValueError, match=r"one\.ipynb is no notebook that can be executed") as refusal:
            reader(tmp_path / "book" / "one.ipynb")
        assert len(str(refusal.value).splitlines()) == 1


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b'{"metadata": []}', b"\xff", b"[" * 100_000])
def test_an_output_that_is_damaged_counts_as_not_executed(tmp_path: Path, content: bytes) -> None:
    work = Execution("one", tmp_path / "book.ipynb", tmp_path / "one.ipynb", {}, "0123")
    assert not work.done
    work.output.write_bytes(content)
    assert not work.done
    work.output.write_text('{"metadata": {"regnet": {"made_from": "0123"}}}')
    assert work.done
