"""On which code, machine and versions rows were made."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from regnet.sweeps.segments import FIRST_ENGINE, engine_of, here, same_numbers

ROOT = Path(__file__).resolve().parents[1]


def test_this_machine_is_described_with_its_versions() -> None:
    segment = here(precision="bf16")
    assert segment["device"]
    assert {"numpy", "torch", "numba"} <= segment["packages"].keys()
    assert same_numbers(segment, here(precision="bf16"))
    assert not same_numbers(segment, here(precision="fp32"))


def test_equal_numbers_are_expected_where_what_both_segments_name_is_equal() -> None:
    segment = here(precision="bf16")
    older = segment | {"packages": {"torch": segment["packages"]["torch"]}}
    other = segment | {"packages": {"torch": "1.0"}}
    assert same_numbers(segment, older)
    assert not same_numbers(segment, other)


def test_trainings_name_their_engine_and_older_ones_count_as_pytorchs() -> None:
    segment = here(precision="bf16", engine="native 1")
    older = here(precision="bf16")
    assert (engine_of(segment), engine_of(older)) == ("native 1", FIRST_ENGINE)
    assert not same_numbers(segment, older)
    assert same_numbers(older, here(precision="bf16", engine=FIRST_ENGINE))
    assert not same_numbers(segment, segment | {"engine": "native 2"})


def test_machines_are_equal_only_where_both_name_the_same_instructions() -> None:
    segment = here(precision="bf16")
    assert segment["instructions"] in ("avx512-bf16", "avx512", "avx2")
    unnamed = {name: value for name, value in segment.items() if name != "instructions"}
    assert not same_numbers(segment, segment | {"instructions": "sse2"})
    assert not same_numbers(segment, unnamed)


@pytest.mark.parametrize("setting", ["ONEDNN_MAX_CPU_ISA=AVX2", "ATEN_CPU_CAPABILITY=avx2"])
def test_instructions_that_the_environment_takes_away_are_named(setting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    segment = here(precision="bf16", engine=FIRST_ENGINE)
    monkeypatch.setenv(*setting.split("="))
    narrowed = here(precision="bf16", engine=FIRST_ENGINE)
    assert narrowed["instructions"] == f"{segment['instructions']}, {setting}"
    assert not same_numbers(segment, narrowed)


def commit_of(folder: Path) -> list[str]:
    """The commit that a copy of the library in a folder records, if it records one."""
    code = "from regnet.sweeps.segments import here; print('commit', here(precision='bf16')['commit'])"
    environment = os.environ | {"PYTHONPATH": str(folder)}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd="/", env=environment, capture_output=True, text=True, check=True).stdout.split()[
        1:
    ]


def test_a_commit_is_that_of_the_librarys_own_repository_or_none(tmp_path: Path) -> None:
    ours, around = tmp_path / "around" / "ours", tmp_path / "around"
    for part in ("regnet/__init__.py", "regnet/sweeps/segments.py", "regnet/sweeps/folders.py", "pyproject.toml"):
        (ours / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / part, ours / part)
    (ours / "regnet" / "sweeps" / "__init__.py").touch()
    assert commit_of(ours) == []
    outer = repository(around, "commit", "--allow-empty")
    assert commit_of(ours) == [], "what is unpacked inside another repository is not of its commit"
    outer = repository(around, "add")
    assert commit_of(ours) == [], "nor where that repository has it as a part"
    inner = repository(ours, "add")
    assert outer != inner
    assert commit_of(ours) == [inner]
    git(ours, "rm", "-r", "--cached", "--quiet", "regnet")
    assert commit_of(ours) == [], "nor where it lies at the top of a repository that does not have it"


def repository(folder: Path, what: str, *options: str) -> str:
    """A repository in the folder, all of it added if so asked, with a commit; the commit."""
    git(folder, "init", "--quiet")
    if what == "add":
        git(folder, "add", ".")
    git(folder, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", what, *options)
    return git(folder, "rev-parse", "HEAD")


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()
