"""What this machine lets a process use: cores and memory, by affinity and by the limits of Linux's control groups.

A container or a cluster's job sees every core and all the memory of its machine, and may use a few of them.
"""

import math
import os
from collections.abc import Iterator
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
MEMBERSHIP = Path("/proc/self/cgroup")
MEMINFO = Path("/proc/meminfo")


def cores(groups: Path = CGROUPS, membership: Path = MEMBERSHIP) -> int:
    """Whole cores that this process may use, at least 1: those it is bound to, within its quotas.

    `groups` is where control groups are mounted, `membership` the file that says which of them are this process's.
    """
    quotas = _ratios(groups, membership)
    return max(1, int(min([_bound(), *quotas])))


def free_memory(groups: Path = CGROUPS, membership: Path = MEMBERSHIP, table: Path = MEMINFO) -> float:
    """Bytes that are free on this machine, no more than this process's groups may use; infinite where it says neither.

    What a group uses already is not taken off: most of that is often files that are read again when needed.
    """
    limits = [
        *_read(groups, membership, "", "memory.max"),
        *_read(groups, membership, "memory", "memory.limit_in_bytes"),
    ]
    return min([_available(table), *(float(word) for (word,) in limits)])


def _bound() -> int:
    """The cores that the scheduler may put this process on."""
    if hasattr(os, "process_cpu_count"):  # Python 3.13; heeds PYTHON_CPU_COUNT too
        return os.process_cpu_count() or 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _ratios(groups: Path, membership: Path) -> Iterator[float]:
    """Cores by each limit on processor time: microseconds of a period over the period."""
    quotas = [*_read(groups, membership, "", "cpu.max")]
    quotas += _read(groups, membership, "cpu", "cpu.cfs_quota_us", "cpu.cfs_period_us")
    yield from (int(quota) / int(period) for quota, period in quotas)


def _available(table: Path) -> float:
    for line in table.read_text(encoding="utf-8").splitlines() if table.is_file() else ():
        if line.startswith("MemAvailable:"):
            return 1024 * float(line.split()[1])
    return math.inf


def _read(groups: Path, membership: Path, controller: str, *names: str) -> Iterator[list[str]]:
    """The numbers in these files of this process's group and of those around it, where they are set.

    "" is the one controller of version 2. In a container the group's own path may not be there: what is mounted at the
    top is the container's group.
    """
    for line in membership.read_text(encoding="utf-8").splitlines() if membership.is_file() else ():
        _, controllers, path = line.split(":", 2)
        if controller not in controllers.split(","):
            continue
        for top in (groups / controllers, groups / controller) if controllers else (groups, groups / "unified"):
            inner = top / path.lstrip("/")
            for folder in (inner, *(outer for outer in inner.parents if outer.is_relative_to(top))):
                found = [word for name in names for word in _words(folder / name)]
                if found and all(word.isdecimal() and int(word) for word in found):  # not "max" or -1
                    yield found


def _words(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").split()
    except OSError:
        return []
