"""What works where Linux's own modules and tables are missing, and what of a file lands on a page."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sealed_runs import seal_population, seal_times

from regnet.page.chapter import element
from regnet.sweeps.store import Runs

POSIX = ("fcntl", "resource", "pwd", "grp", "termios", "posix_ipc", "_posixshmem")  # Windows has none of them
HOSTILE = "<script>alert(1)</script>"


def test_a_population_is_read_and_drawn_where_no_posix_module_can_be_imported(tmp_path: Path) -> None:
    seal_population(tmp_path, "anynetx_a", 3)
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    for name in POSIX:
        (blocked / f"{name}.py").write_text(f"raise ImportError('no {name} here')\n")
    code = (
        "import os, signal\n"
        "for name in {'getuid', 'sched_getaffinity', 'killpg'} & {*dir(os)}: delattr(os, name)\n"
        "del signal.pthread_sigmask\n"
        "import regnet\n"
        "print(len(regnet.load('pocket', 'anynetx_a')), len(regnet.zoo))\n"
        "from regnet.cli import app\n"
        f"app(['figure', 'fig02', '--regime', 'pocket', '-o', {str(tmp_path / 'fig02.svg')!r}])\n"
    )
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(blocked), str(Path(__file__).resolve().parents[1])]),
        "REGNET_RUNS": str(tmp_path / "runs"),
    }
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("3 ")
    assert "<svg" in (tmp_path / "fig02.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["fig02", "fig12", "timings"])
def test_what_a_file_says_lands_on_a_page_as_text(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sealed_runs

    monkeypatch.setitem(sealed_runs.SEGMENT, "device", HOSTILE)
    runs = Runs("pocket", tmp_path / "runs" / "pocket")
    seal_population(tmp_path, "anynetx_a", 5)
    seal_population(tmp_path, "regnetx-l2", 5)
    seal_times(runs, ["regnetx-l2"], HOSTILE)
    shown = element(name, runs)
    assert "<script" not in shown.html
    if name == "fig02":
        assert "&lt;script" in shown.html
