"""A cluster of three nodes that loses one, and what is said where there is none."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from ray_cluster import started
from test_cli import regnet

from regnet.sweeps.engine import Local, Ray, run
from regnet.sweeps.journal import read_journal
from regnet.sweeps.population import Population
from regnet.sweeps.store import population_sheet
from regnet.sweeps.sweep import sweep_populations

POPULATION = Population("regnetx", regime="smoke")


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGNET_WORK", str(tmp_path / "work"))
    monkeypatch.setenv("REGNET_RUNS", str(tmp_path / "runs"))


def work_a_second(log: str, item: int) -> int:
    import ray

    node = ray.get_runtime_context().get_node_id()
    _note(log, f"start {item} {node}")
    time.sleep(1)
    _note(log, f"end {item} {node}")
    return item


def logged(task: tuple[str, int]) -> int:
    return work_a_second(*task)


def _note(log: str, line: str) -> None:
    with Path(log).open("a") as file:
        file.write(f"{line}\n")


def test_a_node_that_is_lost_costs_what_it_was_running_and_a_sweep_over_the_rest_has_equal_rows(tmp_path: Path) -> None:
    log, work = tmp_path / "log", tmp_path / "work"
    with started({"num_cpus": 1}, {"num_cpus": 1}, {"num_cpus": 1}) as cluster:
        lost = next(iter(cluster.worker_nodes))
        results: list[int] = []
        for _, result in run(logged, [(str(log), item) for item in range(12)], Ray(cluster.address)):
            results.append(result)
            if len(results) == 4:
                broken_off = _lose_in_mid_task(cluster, lost, log)
        assert sorted(results) == list(range(12))
        said = Counter(tuple(line.split()[:2]) for line in log.read_text().splitlines())
        assert {item for word, item in said if word == "end" and said[word, item] == 1} == {str(i) for i in range(12)}
        assert {item for word, item in said if word == "start" and said[word, item] > 1} == broken_off

        assert sweep_populations([POPULATION], 4, Ray(cluster.address)).counts["ok"] == 4
    there = _rows()
    work.rename(tmp_path / "work of the cluster")
    assert sweep_populations([POPULATION], 4, Local(workers=1)).counts["ok"] == 4
    assert _rows() == there


def _lose_in_mid_task(cluster, node, log: Path) -> set[str]:  # type: ignore[no-untyped-def]
    """Kills a node while it works; the items that it was working on."""
    while not (running := _running(log, node.node_id)):
        time.sleep(0.01)
    cluster.remove_node(node, allow_graceful=False)
    return _running(log, node.node_id) or running


def _running(log: Path, node: str) -> set[str]:
    """What a node has started and not ended."""
    lines = [line.split() for line in log.read_text().splitlines()]
    return {item for word, item, where in lines if where == node and word == "start"} - {
        item for word, item, where in lines if where == node and word == "end"
    }


def _rows() -> list[tuple[object, ...]]:
    """The rows in the journal with their segments, but for how long each took."""
    entries = sorted(read_journal(population_sheet(POPULATION).journal), key=lambda entry: entry.row["index"])
    return [(entry.row | {"seconds": 0}, entry.header) for entry in entries]
