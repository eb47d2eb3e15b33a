"""The repository's face: what the README, the workflow, the lock and the conda mirror say is one thing."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from matplotlib.image import imread
from packaging.specifiers import SpecifierSet

import regnet
from regnet import figures

ROOT = Path(__file__).resolve().parents[1]
CONDA_NAMES = {"torch": "pytorch"}
MIRRORED = ("book", "train")  # extras that the conda environment holds; of dev only pytest


def requirement(line: str) -> tuple[str, frozenset[str]]:
    """Name and bounds of a requirement, in any order."""
    match = re.fullmatch(r"([A-Za-z0-9_.-]+)\s*(.*)", line.strip())
    assert match, line
    return match[1].lower(), frozenset(part.strip() for part in match[2].split(",") if part.strip())


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]  # type: ignore[no-any-return]


def tracked() -> list[Path]:
    """The repository's text files: those in the index and new ones that are not ignored."""
    asked = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file() and "_vendor" not in name]


def test_environment_yml_repeats_the_bounds_of_pyproject() -> None:
    content = yaml.safe_load((ROOT / "environment.yml").read_text())
    pip = [item for item in content["dependencies"] if isinstance(item, dict)]
    assert pip == [{"pip": ["-e ."]}]
    found = dict(requirement(item) for item in content["dependencies"] if isinstance(item, str))
    project = pyproject()
    extras = project["optional-dependencies"]
    lines = [*project["dependencies"], *(line for extra in MIRRORED for line in extras[extra])]
    lines += [line for line in extras["dev"] if line.startswith("pytest>")]
    wanted = {CONDA_NAMES.get(name, name): bounds for name, bounds in map(requirement, lines)}
    assert found == wanted | {"python": frozenset({project["requires-python"]}), "pip": frozenset()}


def test_the_lock_pins_every_direct_dependency_exactly_and_names_no_host() -> None:
    lines = [line for line in (ROOT / "requirements.lock").read_text().splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+==[A-Za-z0-9.]+", line) for line in lines)
    pinned = {line.partition("==")[0].lower().replace("_", "-") for line in lines}
    lines = chain(pyproject()["dependencies"], *pyproject()["optional-dependencies"].values())
    direct = {requirement(line)[0] for line in lines if "[" not in line}
    assert direct <= pinned
    assert not [name for name in pinned if name.startswith(("nvidia", "cuda", "triton"))]


def test_every_pin_can_be_had_on_the_oldest_python_that_the_readme_names() -> None:
    oldest = pyproject()["requires-python"].removeprefix(">=") + ".0"
    lines = [line for line in (ROOT / "requirements.lock").read_text().splitlines() if not line.startswith("#")]
    installed = {dist.name.lower().replace("_", "-"): dist for dist in importlib.metadata.distributions()}
    compared, refused = 0, []
    for name, _, version in (line.partition("==") for line in lines):
        dist = installed.get(name.lower().replace("_", "-"))
        if dist is not None and dist.version == version:
            compared += 1
            # Not by subscript: once a dependency imports importlib_metadata, that raises KeyError for no header.
            needed = dist.metadata.get("Requires-Python", "")
            if not SpecifierSet(needed).contains(oldest):
                refused.append(f"{name} {version} needs {needed}")
    assert compared > 50
    assert not refused


def test_the_workflow_makes_the_book_and_pins_every_action_by_full_hash() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "book.yml").read_text())
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert "make book" in [step.get("run") for step in steps]
    used = [step["uses"] for step in steps if "uses" in step]
    assert used
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action) for action in used)
    assert workflow["permissions"] == {"contents": "read"}


def test_continuous_integration_calls_what_the_readme_shows() -> None:
    shown = re.findall(r"^make (\w+)", (ROOT / "README.md").read_text(), re.MULTILINE)
    called = re.findall(r"^make (\w+)$", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    assert sorted(shown) == sorted(called) == ["batch", "book", "edition", "lint", "test"]
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_make_installs_the_books_extra_without_torch_or_ray_and_only_once(tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    planned = _make(tmp_path, "book")
    assert "--constraint requirements.lock --editable '.[book]'" in planned
    assert ".[dev]" in _make(tmp_path, "test")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    for name in ("book.stamp", "dev.stamp"):
        (tmp_path / ".venv" / name).touch()
    for target in ("book", "test", "batch", "lint"):
        assert "pip" not in _make(tmp_path, target)
    os.utime(tmp_path / "pyproject.toml", (2e9, 2e9))
    assert "pip" in _make(tmp_path, "book")
    extras = pyproject()["optional-dependencies"]
    assert not [line for line in [*pyproject()["dependencies"], *extras["book"]] if "torch" in line or "ray" in line]


def test_an_environment_that_was_left_unfinished_or_lost_its_python_is_made_again(tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    program = tmp_path / ".venv" / "bin" / "python"
    program.parent.mkdir(parents=True)
    program.symlink_to(tmp_path / "gone")
    for stamp in ("book.stamp", "dev.stamp"):
        (tmp_path / ".venv" / stamp).touch()
    assert "-m venv .venv" in _make(tmp_path, "book"), "the stamps of a Python that does not run count for nothing"
    assert not list((tmp_path / ".venv").glob("*.stamp"))

    interrupted = [sys.executable, "-m", "venv", "--clear", "--without-pip", str(tmp_path / ".venv")]
    subprocess.run(interrupted, check=True)
    assert _installed(tmp_path) == 1
    # with nothing to install the pages cannot be built, but pip is there
    asked = ["make", "book", f"PYTHON={sys.executable}", "PIP=true"]
    done = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "jupyter-book" in done.stderr
    assert _installed(tmp_path) == 0


def _installed(folder: Path) -> int:
    """Exit status of asking the environment for pip."""
    asked = [str(folder / ".venv" / "bin" / "python"), "-m", "pip", "--version"]
    return subprocess.run(asked, capture_output=True, check=False, cwd="/").returncode


def test_a_python_without_venv_is_named_with_the_package_that_has_it(tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "ensurepip").mkdir()
    (tmp_path / "ensurepip" / "__init__.py").touch()  # as if it were taken out, as Debian does
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    asked = ["make", "book", f"PYTHON={sys.executable}"]
    done = subprocess.run(asked, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    version = ".".join(map(str, sys.version_info[:2]))
    assert f"on Debian and Ubuntu, apt install python{version}-venv" in done.stderr
    assert not (tmp_path / ".venv").exists()


def _make(folder: Path, target: str) -> str:
    asked = ["make", "--dry-run", "--no-print-directory", target]
    return subprocess.run(asked, cwd=folder, capture_output=True, text=True, check=True).stdout


def test_the_readme_leads_from_every_element_to_a_chapter_and_its_code() -> None:
    rows = re.findall(r"^\| ([A-Z][^|`]*?) \| `([^`]+)` \| `([^`]+)` \|", _readme(), re.MULTILINE)
    called = {figures.number(name): name for name in figures.names()}
    names = {called[title]: (chapter, code) for title, chapter, code in rows}
    assert set(names) == set(figures.names())
    for name, (chapter, code) in names.items():
        assert code == f"regnet/figures/{name}.py"
        assert (ROOT / code).is_file()
        assert f'element("{name}"' in _source(ROOT / chapter), f"{chapter} does not show {name}"


def _readme() -> str:
    return (ROOT / "README.md").read_text()


def _source(chapter: Path) -> str:
    return chapter.read_text().replace('\\"', '"')


def test_files_that_the_readme_names_exist() -> None:
    named = re.findall(r"`((?:book|regnet|runs|\.github|\.ci)/[\w./-]+|LICENSE|CITATION\.cff|_config\.yml)`", _readme())
    assert len(named) > 10
    assert not [name for name in named if not (ROOT / name).exists()]


def test_the_readmes_picture_is_what_the_command_beneath_it_draws(tmp_path: Path) -> None:
    command, shown = re.search(r"`regnet (figure fig09) -o (\S+?)`", _readme()).groups()  # type: ignore[union-attr]
    assert f"]({shown})" in _readme()
    drawn = tmp_path / "figure-09.png"
    asked = [sys.executable, "-m", "regnet.cli", *command.split(), "-o", str(drawn)]
    subprocess.run(asked, cwd=ROOT, check=True, capture_output=True)
    now, then = imread(drawn), imread(ROOT / shown)
    assert now.shape == then.shape
    differ = (abs(now - then) > 0.1).mean()  # another CPU's last digits move an edge by less than a pixel
    assert differ < 1e-3, f"{differ:.1%} of the picture is another: draw it again"


def test_whatever_is_bundled_has_its_licence() -> None:
    names = {path.stem for path in (ROOT / "LICENSES").glob("*.txt")}
    assert {"Fashion-MNIST", "MathJax", "pycls", "timm", "torchvision", "runs"} <= names
    in_wheel = {
        "LICENSE",
        *(f"LICENSES/{name}.txt" for name in names - {"MathJax", "runs"}),
    }  # those lie outside regnet/
    assert set(pyproject()["license-files"]) == in_wheel
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["version"] == pyproject()["version"]


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout: the list of files comes from git")
def test_no_file_names_a_machine_or_how_it_was_written() -> None:
    forbidden = re.compile(
        "/wor" + r"k/|/roo" + r"t/|\.libra" + r"ry|sub-?agen" + r"t\b|DEVELOPER" + r"S\.md|\.\./share" + "d"
    )
    found = []
    for path in tracked():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {hit[0]}" for hit in forbidden.finditer(text)]
    assert not found


def test_every_column_of_the_sealed_rows_is_described_beside_them() -> None:
    described = set(re.findall(r"`([\w*]+)`", (ROOT / "runs" / "README.md").read_text()))
    for path in sorted((ROOT / "runs").glob("*/*.csv")):
        for column in path.read_text().split("\n", 1)[0].split(","):
            known = column in described or column.startswith("drawn_") or re.fullmatch(r"[dwbg][1-9]", column)
            assert known, f"runs/README.md does not say what {column} of {path.name} is"


def test_what_the_readme_of_the_runs_says_can_be_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    said: dict[str, Any] = {}
    for code in re.findall(r"```python\n(.*?)```", (ROOT / "runs" / "README.md").read_text(), re.DOTALL):
        exec(code, said)
    row = said["population"].loc[0]
    counts = said["regnet"].complexity(said["net"], resolution=32, num_classes=50)
    assert (counts.flops, counts.params, counts.acts) == (row["flops"], row["params"], row["acts"])
    assert sum(p.numel() for p in said["module"].parameters()) == row["params"]
    other = pd.read_csv(ROOT / "runs" / "natural" / "anynetx_a_5stage.csv").loc[3]
    assert said["network"](other, stages=5).id == other["network_id"]


def test_what_the_readme_says_in_python_can_be_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    said: dict[str, Any] = {}
    for code in re.findall(r"```python\n(.*?)```", _readme(), re.DOTALL):
        exec(code, said)
    assert said["difference"].effect < 0
    assert said["best"].id == said["x"].sort_values("error")["network_id"].iloc[0]
    assert len(said["networks"]) == 20
    assert said["record"].status == "ok"


def test_a_clone_with_other_line_ends_has_every_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows, where git turns the ends of lines around unless it is told not to."""
    origin, clone = tmp_path / "origin", tmp_path / "clone"
    names = (".gitattributes", "runs/pocket/anynetx_a.csv", "runs/pocket/anynetx_a.json", "regnet/sweeps/store.py")
    for name in names:
        (origin / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, origin / name)
    for arguments in (["init"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-m", "x"]):
        subprocess.run(["git", *arguments], cwd=origin, check=True, capture_output=True)
    asked = ["git", "-c", "core.autocrlf=true", "clone", "--quiet", str(origin), str(clone)]
    subprocess.run(asked, check=True, capture_output=True)
    for name in names:
        assert (clone / name).read_bytes() == (ROOT / name).read_bytes(), name
    monkeypatch.setenv("REGNET_RUNS", str(clone / "runs"))
    assert len(regnet.load("pocket", "anynetx_a")) > 100
