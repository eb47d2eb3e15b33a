"""Workers, on this machine and on a cluster: results stream, deaths are survived, nothing is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from regnet.sweeps.engine import Engine, Local, ProcessSpent, Ray, WorkerDied, run, slot_device, slot_threads

HERE = Path(__file__).parent
CORES = 2  # of the cluster's one node
Make = Callable[..., Engine]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A cluster of one node, to which this process is connected."""
    from ray_cluster import started

    with started({"num_cpus": CORES, "num_gpus": 1}) as cluster:  # a GPU in name only
        yield cluster.address


@pytest.fixture(params=["local", "ray"])
def make(request: pytest.FixtureRequest) -> Make:
    """An engine of either kind with so many workers."""
    if request.param == "local":
        return lambda workers, **also: Local(workers=workers, **also)
    where = request.getfixturevalue("address")
    return lambda workers, **also: Ray(where, cpus=CORES // workers, **also)


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


def spent_once(marker: str) -> int:
    """Its process, the second time; the first process is noted in the marker."""
    if not Path(marker).exists():
        Path(marker).write_text(str(os.getpid()))
        raise ProcessSpent("a device was lost")
    return os.getpid()


def always_spent(_: int) -> None:
    raise ProcessSpent("a device was lost")


def surroundings(_: int) -> tuple[str, int, str]:
    time.sleep(0.3)  # so that no worker takes two
    return os.environ["OPENBLAS_NUM_THREADS"], slot_threads(), slot_device()


def visible_gpu(_: int) -> tuple[str, str]:
    return os.environ["CUDA_VISIBLE_DEVICES"], slot_device()


def interrupted(_: int) -> str:
    os.kill(os.getpid(), signal.SIGINT)
    return "ignored"


def pid_then_sleep(folder: str) -> None:
    if not folder:
        return
    Path(folder, str(os.getpid())).touch()
    time.sleep(60)


def wait_for(marker: str) -> None:
    if marker:
        _soon(Path(marker).exists)


def test_every_item_comes_back_with_its_result(make: Make) -> None:
    assert sorted(run(square, range(7), make(2))) == [(x, x * x) for x in range(7)]


def test_one_worker_takes_the_items_in_order(make: Make) -> None:
    assert [item for item, _ in run(square, [3, 1, 2, 5, 4], make(1))] == [3, 1, 2, 5, 4]


def test_no_items_is_no_results(make: Make) -> None:
    assert list(run(square, [], make(1))) == []


def test_a_result_is_there_before_the_others_are_done_and_items_are_asked_for_when_there_is_room(
    make: Make, tmp_path: Path
) -> None:
    marker, asked = tmp_path / "go on", []

    def items() -> Iterator[str]:
        for item in ["", str(marker), *[""] * 20]:
            asked.append(item)
            yield item

    with_marker = run(wait_for, items(), make(1))
    assert next(with_marker) == ("", None)
    assert len(asked) <= 4
    marker.touch()
    assert len(list(with_marker)) == 21


def test_an_exception_comes_back_as_a_value_with_the_workers_traceback(make: Make) -> None:
    results = dict(run(picky, [0, 1, 2, 3], make(1)))
    assert (results[0], results[3]) == (0, 3)
    refused = results[1]
    assert isinstance(refused, ValueError)
    assert "in picky" in refused.__notes__[0]
    assert isinstance(results[2], RuntimeError)
    assert "Odd: 1 and 2" in str(results[2])


def test_an_item_whose_worker_is_killed_is_tried_again(make: Make, tmp_path: Path) -> None:
    markers = [str(tmp_path / str(i)) for i in range(3)]
    assert dict(run(die_once, markers, make(2))) == dict.fromkeys(markers, "survived")


def test_an_item_that_always_kills_its_worker_is_given_up_and_the_others_are_done(make: Make) -> None:
    results = dict(run(die_at_zero, [0, 1, 2], make(1, retries=1)))
    assert isinstance(results[0], WorkerDied)
    assert "died 2 times, last with" in str(results[0])
    assert (results[1], results[2]) == (1, 2)


@pytest.fixture(params=["local", "ray"])
def one_gpu(request: pytest.FixtureRequest) -> Make:
    """An engine whose tasks have a GPU each, in name only."""
    if request.param == "local":
        return lambda **also: Local(workers=1, devices=("cuda:0",), **also)
    where = request.getfixturevalue("address")
    return lambda **also: Ray(where, gpus=1, **also)


def test_an_item_whose_process_was_spent_is_tried_again_in_another(one_gpu: Make, tmp_path: Path) -> None:
    markers = [str(tmp_path / str(i)) for i in range(2)]
    for marker, process in run(spent_once, markers, one_gpu()):
        assert process != int(Path(marker).read_text())


def test_an_item_that_always_spends_its_process_is_given_up(one_gpu: Make) -> None:
    ((_, result),) = run(always_spent, [0], one_gpu(retries=1))
    assert isinstance(result, WorkerDied)
    assert str(result) == "its process died 2 times, last with a device was lost"


def test_each_slot_has_its_threads_and_its_device() -> None:
    results = [
        result for _, result in run(surroundings, [0, 1], Local(workers=2, threads=1, devices=("cuda:0", "cuda:1")))
    ]
    assert sorted(results) == [("1", 1, "cuda:0"), ("1", 1, "cuda:1")]


def test_a_task_of_a_cluster_has_as_many_threads_as_cores(address: str) -> None:
    assert dict(run(surroundings, [0], Ray(address, cpus=2))) == {0: ("2", 2, "cpu")}


def test_a_share_of_a_gpu_is_the_first_that_its_task_sees(address: str) -> None:
    results = dict(run(visible_gpu, range(3), Ray(address, gpus=0.5)))
    assert results == dict.fromkeys(range(3), ("0", "cuda:0"))


def test_workers_leave_ctrl_c_to_the_driver() -> None:
    assert dict(run(interrupted, [0], Local(workers=1))) == {0: "ignored"}


def test_closing_the_results_ends_the_workers(make: Make, tmp_path: Path) -> None:
    results = run(pid_then_sleep, ["", str(tmp_path)], make(2))
    assert next(results) == ("", None)
    pid = int(_soon(lambda: next(tmp_path.iterdir(), None)).name)
    results.close()
    assert _soon(lambda: not _alive(pid))


@pytest.mark.parametrize("engine", ["Local(workers=1)", "Ray(workers=1)"])
def test_workers_end_when_their_driver_is_killed(engine: str, tmp_path: Path) -> None:
    code = f"from test_engine import *; list(run(pid_then_sleep, [{str(tmp_path)!r}], {engine}))"
    environment = os.environ | {"PYTHONPATH": f"{HERE}{os.pathsep}{HERE.parent}"}
    driver = subprocess.Popen([sys.executable, "-c", code], cwd=HERE, env=environment, stderr=subprocess.DEVNULL)
    pid = int(_soon(lambda: next(tmp_path.iterdir(), None)).name)
    beside = [pid, *_children(driver.pid)]
    driver.kill()
    driver.wait()
    assert _soon(lambda: not any(map(_alive, beside)))


@pytest.mark.parametrize("engine", ["Local(workers=0)", "Ray(workers=0)", "Ray(cpus=0)"])
def test_an_engine_without_workers_is_refused(engine: str) -> None:
    with pytest.raises(ValueError, match=r"(workers|cpus) must be a whole number of at least 1, got 0"):
        eval(engine)


@pytest.mark.parametrize("gpus", [-0.5, 2, float("nan"), "1"])
def test_a_share_of_a_gpu_is_between_none_and_a_whole_one(gpus: float) -> None:
    with pytest.raises(ValueError, match=r"gpus must be a .*number of at least 0 and at most 1, got"):
        Ray(gpus=gpus)


def _children(pid: int) -> list[int]:
    """The processes that a process started itself."""
    parents = {int(path.parent.name): _parent(path) for path in Path("/proc").glob("[0-9]*/stat")}
    return [child for child, parent in parents.items() if parent == pid]


def _parent(stat: Path) -> int:
    try:
        return int(stat.read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _soon(condition: Callable[[], Any]) -> Any:
    for _ in range(2400):
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError("did not happen within 2 minutes")


def test_a_script_that_trains_needs_no_main_guard(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from regnet.sweeps.engine import Local, run\n"
        "print([result for _, result in run(abs, [-2], Local(workers=1, retries=0))])\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("[2]\n", "", 0)
