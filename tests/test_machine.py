"""Cores and memory that a process may use: affinity of a real process, control groups as Linux writes their files."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from regnet import machine

BOUND = "import os; os.sched_setaffinity(0, [min(os.sched_getaffinity(0))]); "


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")


def limited(tmp_path: Path, membership: str, files: dict[str, str]) -> tuple[int, float]:
    """Cores and free bytes where these files are all that the system says."""
    write(tmp_path, {"membership": membership} | {f"groups/{name}": text for name, text in files.items()})
    places = (tmp_path / "groups", tmp_path / "membership")
    return machine.cores(*places), machine.free_memory(*places, tmp_path / "nowhere")


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system binds no process to cores")
def test_a_process_bound_to_one_core_counts_one_whatever_the_machine_has() -> None:
    code = BOUND + "from regnet import machine; print(machine.cores())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"


def test_without_limits_it_is_the_cores_the_process_is_bound_to(tmp_path: Path) -> None:
    alone = machine.cores(tmp_path, tmp_path / "nowhere")
    assert 1 <= alone <= (os.cpu_count() or 1)
    assert limited(tmp_path, "0::/a", {"cpu.max": "max 100000", "a/memory.max": "max"}) == (alone, math.inf)
    assert machine.free_memory() > 0


@pytest.mark.parametrize(
    ("membership", "files"),
    [
        ("0::/", {"cpu.max": "100000 100000", "memory.max": "1000"}),  # a container's own view, version 2
        ("0::/job/step", {"job/cpu.max": "150000 100000", "job/memory.max": "1000", "job/step/cpu.max": "max 100000"}),
        ("0::/docker/ab", {"cpu.max": "50000 100000", "memory.max": "1000"}),  # the path is the host's
        ("1:name=systemd:/\n0::/", {"unified/cpu.max": "100000 100000", "unified/memory.max": "1000"}),
        (
            "4:memory:/ab\n2:cpu,cpuacct:/ab",
            {
                "cpu,cpuacct/ab/cpu.cfs_quota_us": "100000", "cpu,cpuacct/ab/cpu.cfs_period_us": "100000",
                "cpu,cpuacct/cpu.cfs_quota_us": "-1", "cpu,cpuacct/cpu.cfs_period_us": "100000",
                "memory/ab/memory.limit_in_bytes": "1000", "memory/memory.limit_in_bytes": "9223372036854771712",
            },
        ),
    ],
)  # fmt: skip
def test_the_tightest_limit_of_the_groups_around_a_process_counts(
    membership: str, files: dict[str, str], tmp_path: Path
) -> None:
    assert limited(tmp_path, membership, files) == (1, 1000)


def test_nothing_else_in_the_package_counts_cores() -> None:
    package = Path(machine.__file__).parent
    counting = [path for path in package.rglob("*.py") if "cpu_count" in path.read_text(encoding="utf-8")]
    assert [path.name for path in counting] == ["machine.py"]
