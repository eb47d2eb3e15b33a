"""Workers: results stream, deaths are survived, nothing is left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from regnet.sweeps.engine import Local, WorkerDied, run, slot_device


class Odd(Exception):
    """An exception that cannot be unpickled from its arguments."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} and {two}")


def square(x: int) -> int:
    return x * x


def picky(x: int) -> int:
    if x == 1:
        raise ValueError("one is refused")
    if x == 2:
        raise Odd(1, 2)
    return x


def die_once(marker: str) -> str:
    if not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "survived"


def die_at_zero(x: int) -> int:
    if x == 0:
        os._exit(7)
    return x


def surroundings(_: int) -> tuple[str, str, str]:
    time.sleep(0.3)  # so that no worker takes two
    return os.environ["OMP_NUM_THREADS"], os.environ["OPENBLAS_NUM_THREADS"], slot_device()


def interrupted(_: int) -> str:
    os.kill(os.getpid(), signal.SIGINT)
    return "ignored"


def pid_then_sleep(folder: str) -> None:
    if not folder:
        return
    Path(folder, str(os.getpid())).touch()
    time.sleep(60)


def test_every_item_comes_back_with_its_result() -> None:
    assert sorted(run(square, range(7), Local(workers=2))) == [(x, x * x) for x in range(7)]


def test_one_worker_takes_the_items_in_order() -> None:
    assert [item for item, _ in run(square, [3, 1, 2], Local(workers=1))] == [3, 1, 2]


def test_no_items_is_no_results() -> None:
    assert list(run(square, [], Local(workers=1))) == []


def test_an_exception_comes_back_as_a_value_with_the_workers_traceback() -> None:
    results = dict(run(picky, [0, 1, 2, 3], Local(workers=1)))
    assert (results[0], results[3]) == (0, 3)
    refused = results[1]
    assert isinstance(refused, ValueError)
    assert "in picky" in refused.__notes__[0]
    assert isinstance(results[2], RuntimeError)
    assert "Odd: 1 and 2" in str(results[2])


def test_an_item_whose_worker_is_killed_is_tried_again(tmp_path: Path) -> None:
    markers = [str(tmp_path / str(i)) for i in range(3)]
    assert dict(run(die_once, markers, Local(workers=2))) == dict.fromkeys(markers, "survived")


def test_an_item_that_always_kills_its_worker_is_given_up_and_the_others_are_done() -> None:
    results = dict(run(die_at_zero, [0, 1, 2], Local(workers=1, retries=1)))
    assert isinstance(results[0], WorkerDied)
    assert "2 times, last with exit code 7" in str(results[0])
    assert (results[1], results[2]) == (1, 2)


def test_each_slot_has_its_threads_and_its_device() -> None:
    results = [
        result for _, result in run(surroundings, [0, 1], Local(workers=2, threads=1, devices=("cuda:0", "cuda:1")))
    ]
    assert sorted(results) == [("1", "1", "cuda:0"), ("1", "1", "cuda:1")]


def test_workers_leave_ctrl_c_to_the_driver() -> None:
    assert dict(run(interrupted, [0], Local(workers=1))) == {0: "ignored"}


def test_closing_the_results_ends_the_workers(tmp_path: Path) -> None:
    results = run(pid_then_sleep, ["", str(tmp_path)], Local(workers=2))
    assert next(results) == ("", None)
    pid = int(_soon(lambda: next(tmp_path.iterdir(), None)).name)
    results.close()
    assert not _alive(pid)


def test_workers_end_when_their_driver_is_killed(tmp_path: Path) -> None:
    code = f"from test_engine import *; list(run(pid_then_sleep, [{str(tmp_path)!r}], Local(workers=1)))"
    driver = subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parent)
    pid = int(_soon(lambda: next(tmp_path.iterdir(), None)).name)
    driver.kill()
    driver.wait()
    assert _soon(lambda: not _alive(pid))


def test_an_engine_without_workers_is_refused() -> None:
    with pytest.raises(ValueError, match="workers must be a whole number of at least 1, got 0"):
        Local(workers=0)


def _alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _soon(condition: Callable[[], Any]) -> Any:
    for _ in range(400):
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError("did not happen within 20 s")
