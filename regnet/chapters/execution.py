"""One chapter executed by papermill, in a process of its own.

The output grows under another name and is written under its own, whole, when the last cell is done. SIGTERM, or the
end of the process that started this one, shuts the kernel down and removes what is half written.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import signal
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regnet.chapters.parameters import Value
from regnet.sweeps.whole import write_whole

if TYPE_CHECKING:
    from papermill.exceptions import PapermillExecutionError  # type: ignore[import-untyped]

START_SECONDS = 120  # until a kernel must answer
ATTEMPTS = 2  # a kernel may lose its port to another one, or be killed


@dataclass(frozen=True)
class Execution:
    """What to execute: the chapter's notebook, where its output goes, its parameters, and what they are made from."""

    chapter: str
    notebook: Path
    output: Path
    parameters: Mapping[str, Value]
    made_from: str

    @property
    def part(self) -> Path:
        """The output while the chapter is executed."""
        return self.output.with_suffix(".part.ipynb")

    @property
    def failed(self) -> Path:
        """Where the output is kept if a cell fails."""
        return self.output.with_suffix(".failed.ipynb")

    @property
    def done(self) -> bool:
        """Whether the output is there and was made from the same."""
        return _made_from(self.output) == self.made_from


def is_executed(path: Path) -> bool:
    """Whether a file is a chapter that a batch wrote, or is no notebook any more."""
    return _made_from(path) != ""


def _made_from(path: Path) -> str | None:
    """What a chapter was made from; "" of a notebook that no batch wrote, None where none can be read."""
    try:
        metadata = json.loads(path.read_text(encoding="utf-8"))["metadata"]
        return str(metadata["regnet"]["made_from"]) if "regnet" in metadata else ""
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def execute(work: Execution) -> str:
    """Executes a chapter; empty where all went well, else one line that names the cell and the error."""
    from papermill.exceptions import PapermillExecutionError

    work.output.parent.mkdir(parents=True, exist_ok=True)
    try:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                _papermill(work)
                return ""
            except PapermillExecutionError as error:
                return _keep(work, f"{_place(work, error)}: {error.ename}: {_first_line(error.evalue)}")
            except Exception as error:  # of the kernel, not of a cell
                if attempt == ATTEMPTS:
                    return _keep(work, f"{_last_cell(work)}: {type(error).__name__}: {_first_line(str(error))}")
        raise AssertionError("unreachable")
    finally:
        work.part.unlink(missing_ok=True)


def work_alone(connection: Connection, work: Execution, environment: Mapping[str, str]) -> None:
    """The life of the process: `execute`, its answer sent through the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the driver alone decides
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_end_with_driver, daemon=True).start()
    os.environ.update(environment)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):  # kernels talk about their sockets; what cells print is in the output
        os.dup2(nowhere, stream)
    with contextlib.suppress(KeyboardInterrupt):
        connection.send(execute(work))


def _papermill(work: Execution) -> None:
    import nbformat
    import papermill  # type: ignore[import-untyped]

    notebook = papermill.execute_notebook(
        work.notebook,
        work.part,
        dict(work.parameters),
        cwd=work.notebook.parent,
        progress_bar=False,
        start_timeout=START_SECONDS,
    )
    notebook.metadata["regnet"] = {"made_from": work.made_from}
    write_whole(work.output, nbformat.writes(notebook) + "\n")  # type: ignore[no-untyped-call]
    work.failed.unlink(missing_ok=True)


def _keep(work: Execution, message: str) -> str:
    """The message, after the unfinished output got the name of a failed one."""
    if work.part.exists():
        work.part.replace(work.failed)
    return message


def _place(work: Execution, error: PapermillExecutionError) -> str:
    """Which cell of the chapter failed: number among all cells from 1, id, first line."""
    cells = _cells(work.notebook)
    for number, cell in enumerate(cells, start=1):
        if cell["cell_type"] == "code" and "".join(cell["source"]) == error.source:
            return f"cell {number} ({cell.get('id', 'without id')}), `{_first_line(error.source)}`"
    return f"the cell of the given parameters, `{_first_line(error.source)}`"


def _last_cell(work: Execution) -> str:
    """The cell that the kernel was at when it was lost."""
    cells = _cells(work.part) if work.part.exists() else []
    started = [cell for cell in cells if cell["metadata"].get("papermill", {}).get("start_time")]
    if not started:
        return "the kernel did not start"
    return f"cell {started[-1].get('id', 'without id')}, `{_first_line(''.join(started[-1]['source']))}`"


def _cells(notebook: Path) -> list[dict[str, Any]]:
    return list(json.loads(notebook.read_text(encoding="utf-8"))["cells"])


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def _end_with_driver() -> None:
    driver = multiprocessing.parent_process()
    assert driver is not None
    driver.join()
    os.kill(os.getpid(), signal.SIGTERM)
