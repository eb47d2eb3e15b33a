"""A cluster of three nodes that loses one, and what is said where there is none."""

from __future__ import annotations

import os
import platform
import re
import shlex
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ray_cluster import started
from test_cli import regnet
from typer.main import get_command

from regnet.cli import app
from regnet.sweeps.engine import Local, Ray, run
from regnet.sweeps.journal_lines import read_journal
from regnet.sweeps.population import Population
from regnet.sweeps.shards import Shard
from regnet.sweeps.sheet_names import population_sheet
from regnet.sweeps.sweep import sweep_populations
from regnet.sweeps.tasks import member_tasks
from regnet.sweeps.work import train_task

if TYPE_CHECKING:
    from ray.cluster_utils import Cluster

POPULATION = Population("regnetx", regime="smoke")


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGNET_WORK", str(tmp_path / "work"))
    monkeypatch.setenv("REGNET_RUNS", str(tmp_path / "runs"))


def work_two_seconds(log: str, item: int) -> int:
    import ray

    node = ray.get_runtime_context().get_node_id()
    _note(log, f"start {item} {node}")
    time.sleep(2)
    _note(log, f"end {item} {node}")
    return item


def logged(task: tuple[str, int]) -> int:
    return work_two_seconds(*task)


def _note(log: str, line: str) -> None:
    with Path(log).open("a") as file:
        file.write(f"{line}\n")


def test_a_node_that_is_lost_costs_what_it_was_running_and_a_sweep_over_the_rest_has_equal_rows(tmp_path: Path) -> None:
    log, work = tmp_path / "log", tmp_path / "work"
    with started({"num_cpus": 1}, {"num_cpus": 1}, {"num_cpus": 1}) as cluster:
        lost = next(iter(cluster.worker_nodes))
        results: list[int] = []
        for _, result in run(logged, [(str(log), item) for item in range(9)], Ray(cluster.address)):
            results.append(result)
            if len(results) == 3:
                _lose_in_mid_task(cluster, lost, log)
        assert sorted(results) == list(range(9))
        said = Counter(tuple(line.split()[:2]) for line in log.read_text().splitlines())
        assert {item for word, item in said if word == "end" and said[word, item] == 1} == {str(i) for i in range(9)}
        broken_off = {item for item, ended in _items(log, lost.node_id).items() if not ended}
        assert len(broken_off) == 1
        assert {item for word, item in said if word == "start" and said[word, item] > 1} == broken_off

        assert sweep_populations([POPULATION], 4, Ray(cluster.address)).counts["ok"] == 4
    there = _rows()
    work.rename(tmp_path / "work of the cluster")
    assert sweep_populations([POPULATION], 4, Local(workers=1)).counts["ok"] == 4
    assert _rows() == there


def _lose_in_mid_task(cluster: Cluster, node: Any, log: Path) -> None:
    """Kills a node just after it has begun another item."""
    before = len(_items(log, node.node_id))
    while len(_items(log, node.node_id)) == before:
        time.sleep(0.01)
    cluster.remove_node(node, allow_graceful=False)


def _items(log: Path, node: str) -> dict[str, bool]:
    """What a node has begun, and whether it has ended it."""
    lines = [line.split() for line in log.read_text().splitlines()]
    return {item: word == "end" for word, item, where in lines if where == node}


def _rows() -> list[tuple[object, ...]]:
    """The rows in the journal with their segments, but for how long each took."""
    entries = sorted(read_journal(population_sheet(POPULATION).journal), key=lambda entry: entry.row["index"])
    return [(entry.row | {"seconds": 0}, entry.header) for entry in entries]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--engine", "dask"), "--engine must be local or ray, got 'dask'"),
        (("--cpus", "2"), "--address, --cpus and --gpus are for --engine ray"),
        (("--engine", "ray", "--device", "cuda:0"), "--gpus 1 or a share instead of --device cuda:0"),
        (("--engine", "ray", "--gpus", "1.5"), "gpus must be a number of at least 0 and at most 1, got 1.5"),
        (("--engine", "ray", "--address", "nonsense"), "a Ray cluster's address is auto or HOST:PORT"),
        (("--engine", "ray", "--address", "ray://10.0.0.1:10001"), "a Ray cluster's address is auto or HOST:PORT"),
        (("--engine", "ray", "--address", "127.0.0.1:1"), "no Ray cluster answers at 127.0.0.1:1"),
        (("--engine", "ray", "--address", "127.0.0.1:99999999"), "no Ray cluster answers at 127.0.0.1:99999999"),
        (("--engine", "ray", "--address", "nowhere.invalid:6379"), "no Ray cluster answers at nowhere.invalid:6379"),
    ],
)
def test_a_wrong_option_is_one_line(options: tuple[str, ...], said: str) -> None:
    output = regnet("sweep", "smoke", "regnetx", "-n", "1", *options, code=2)
    assert output.startswith("regnet: ")
    assert said in output
    assert len(output.splitlines()) == 1


def test_what_answers_and_is_no_cluster_is_told_from_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_answer, args=(server,), daemon=True).start()
        address = f"127.0.0.1:{server.getsockname()[1]}"
        output = regnet("sweep", "smoke", "regnetx", "-n", "1", "--engine", "ray", "--address", address, code=2)
    assert f"what answers at {address} is no Ray cluster: give its head's port, 6379 by default" in output


def _answer(server: socket.socket) -> None:
    """As a web server answers what it does not understand."""
    connection, _ = server.accept()
    with connection:
        connection.recv(100)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def test_auto_is_the_address_of_the_environment_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:1")
    output = regnet("sweep", "smoke", "regnetx", "-n", "1", "--engine", "ray", "--address", "auto", code=2)
    assert output.startswith("regnet: no Ray cluster answers at 127.0.0.1:1: ")


def test_without_ray_the_extra_is_named(tmp_path: Path) -> None:
    (tmp_path / "ray.py").write_text("raise ImportError('no ray')\n")
    path = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[1])])
    command = [sys.executable, "-m", "regnet.cli", "sweep", "smoke", "regnetx", "-n", "1", "--engine", "ray"]
    environment = os.environ | {"PYTHONPATH": path}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "regnet: a Ray cluster needs the extra: pip install 'regnet[ray]' (no ray)\n"


def test_a_training_whose_data_are_not_those_of_the_plan_fails_and_says_where() -> None:
    task = replace(member_tasks(POPULATION, 1)[0], data_sha256="0" * 64)
    with pytest.raises(
        ValueError, match=rf"fashion-mnist-small is another data set on {platform.node()} .* let REGNET_DATA name"
    ):
        train_task(task)


def test_a_machine_that_lacks_the_chosen_engine_fails_and_trains_by_no_other() -> None:
    code = (
        "from dataclasses import replace; from test_cluster import *; from regnet.training.engines import NATIVE;"
        "train_task(replace(member_tasks(POPULATION, 1)[0], engine=NATIVE))"
    )
    environment = os.environ | {"NUMBA_CPU_NAME": "generic"}  # as a node with an older CPU
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, env=environment, cwd=Path(__file__).parent, capture_output=True, text=True, check=False
    )
    said = "ValueError: the native engine cannot train this: this CPU has neither AVX2 with FMA nor AVX-512"
    assert done.stderr.splitlines()[-1:] == [said]


SCRIPTS = Path(__file__).parents[1] / "cluster"
SLURM = {"SLURM_ARRAY_TASK_ID": "3", "SLURM_CPUS_PER_TASK": "8"}


@pytest.mark.parametrize("script", ["slurm-ray.sbatch", "slurm-array.sbatch", "kuberay.yaml"])
def test_the_commands_of_a_script_are_commands_of_regnet(script: str) -> None:
    text = (SCRIPTS / script).read_text().replace("\\\n", " ")
    found = re.findall(r"^ *(?:exec |entrypoint: |srun .* )?regnet (\w+) (.*)$", text, re.MULTILINE)
    assert "sweep" in dict(found)
    for name, arguments in found:
        words = shlex.split(Template(arguments).substitute(SLURM), comments=True)
        given = get_command(app).commands[name].make_context(name, words).params  # type: ignore[attr-defined]
        assert given["regime"] == "natural"
        if name == "sweep":
            Shard.parse(given["shard"])
            assert (given["engine"], given["address"]) == (("local", "") if given["shard"] else ("ray", "auto"))


@pytest.mark.parametrize("script", ["slurm-ray.sbatch", "slurm-array.sbatch"])
def test_a_slurm_script_is_bash(script: str) -> None:
    subprocess.run(["bash", "-n", str(SCRIPTS / script)], check=True)


def test_the_kubernetes_file_is_a_job_whose_head_trains_nothing() -> None:
    job = yaml.safe_load((SCRIPTS / "kuberay.yaml").read_text())
    cluster = job["spec"]["rayClusterSpec"]
    assert (job["kind"], cluster["headGroupSpec"]["rayStartParams"]) == ("RayJob", {"num-cpus": "0"})
    lock = (SCRIPTS.parent / "requirements.lock").read_text()
    assert f"\nray=={cluster['rayVersion']}\n" in lock
