"""Timing has the machine's cores alone: real commands side by side."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sealed_runs import seal_population
from typer.testing import CliRunner

from regnet.cli import app
from regnet.sweeps import cores
from regnet.sweeps.regimes import find_regime
from regnet.training.data import sha256

SWEEP = ("sweep", "smoke", "regnetx", "-n", "2", "--workers", "1")
HOLD = "import sys; from regnet.sweeps import cores\nwith cores.{kind}(): print(1, flush=True); sys.stdin.read()"


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGNET_LOCK", str(tmp_path / "cores.lock"))
    monkeypatch.setenv("REGNET_WORK", str(tmp_path / "work"))
    monkeypatch.setenv("REGNET_RUNS", str(tmp_path / "runs"))


def hold(kind: str) -> subprocess.Popen[str]:
    """Another process that holds the lock, "shared" or "alone", until its input ends."""
    command = [sys.executable, "-c", HOLD.format(kind=kind)]
    other = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    other.stdout.readline()
    return other


def regnet(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "regnet.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def refused(*arguments: str) -> str:
    """The last line of a command that ends with exit status 2."""
    done = CliRunner().invoke(app, list(arguments))
    assert done.exit_code == 2, done.output
    return done.output.splitlines()[-1]


def time(folder: Path) -> tuple[str, ...]:
    return ("time", "regnetx-200mf", "--batch", "1", "--resolution", "32", "-o", str(folder / "times.csv"))


def test_timing_is_refused_beside_timing_and_beside_training_and_goes_on_when_they_end(tmp_path: Path) -> None:
    for kind, said in (("alone", "networks are timed on this machine already"), ("shared", "networks are trained")):
        refused_beside(kind, said, tmp_path)
    assert regnet(*time(tmp_path)).returncode == 0


def refused_beside(kind: str, said: str, tmp_path: Path) -> None:
    with hold(kind) as other:
        line = refused(*time(tmp_path))
        assert said in line
        assert "wait for it or stop it first" in line
        if Path("/proc/locks").exists():
            assert f"process {other.pid}: " in line
            assert f"in {Path.cwd()}" in line
        assert not (tmp_path / "times.csv").exists()
        assert other.stdin is not None
        other.stdin.close()


def test_trainings_and_checks_are_refused_beside_timing_and_trainings_run_beside_each_other(tmp_path: Path) -> None:
    data = sha256(find_regime("smoke").base.data)
    seal_population(tmp_path, "anynetx_a", 2, regime="smoke", data_sha256=data)
    with hold("alone") as other:
        for command in (SWEEP, ("check", "smoke", "anynetx_a", "-k", "1"), ("calibrate", "smoke", "--networks", "2")):
            assert "networks are timed on this machine" in refused(*command)
        other.send_signal(signal.SIGKILL)  # the lock ends with its process, whatever ends that
    with hold("shared") as other:
        assert "2 trained now" in regnet(*SWEEP).stdout
        other.kill()
    with hold("alone") as other:
        assert "0 trained now" in regnet(*SWEEP).stdout, "nothing to train disturbs nobody"
        other.kill()


def test_the_lock_is_one_file_a_user_whatever_the_checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("REGNET_LOCK")
    monkeypatch.chdir(tmp_path)
    assert cores.lock_file().name == f"regnet-{os.getuid()}.lock"
    assert cores.lock_file().parent.is_absolute()
    assert tmp_path not in cores.lock_file().parents
