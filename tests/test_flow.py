"""Who may import whom, what works without torch, and what a committed notebook looks like."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "regnet"
ROOMS = (
    "published", "design", "machine", "training", "analysis", "sweeps", "evidence", "figures", "page", "chapters",
    "console", "commands", "cli", "__main__",
)  # fmt: skip
# analysis stands on arrays and frames alone
BARRED = {"published": set(ROOMS) - {"published"}, "analysis": {"machine", "training"}}
FLOORS = ("numbers", "panels", "elements")  # of figures
TORCH = {"torch", "torchvision", "timm"}
NO_TORCH = "raise ImportError('torch is not installed')\n"
PARAMETERS = {"regime": '""', "runs": '""', "n": "0", "seed": "0", "train": "False"}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path, *, at_import: bool = False) -> Iterator[str]:
    """Full names that a module imports; `at_import` leaves out those inside functions and under TYPE_CHECKING."""
    tree = ast.parse(path.read_text())
    nodes = list(_run_at_import(tree)) if at_import else list(ast.walk(tree))
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield child
        yield from _run_at_import(child)


def room(name: str) -> str:
    parts = name.split(".")
    return parts[1] if parts[0] == "regnet" and len(parts) > 1 and parts[1] in ROOMS else ""


def test_a_room_imports_only_from_rooms_to_its_left() -> None:
    assert not [name_of(path) for path in modules() if not room(name_of(path)) and path != PACKAGE / "__init__.py"]
    wrong = []
    for path in filter(lambda path: room(name_of(path)), modules()):
        home = room(name_of(path))
        right = {*ROOMS[ROOMS.index(home) + 1 :], *BARRED.get(home, set())}
        wrong += [f"{name_of(path)} imports {name} from its right" for name in imports(path) if room(name) in right]
    assert not wrong


def floor(name: str) -> int:
    """0 for what others printed, 1 for the kinds of picture, 2 for figures and tables."""
    part = name.removeprefix("regnet.figures.").partition(".")[0]
    return FLOORS.index(part) if part in FLOORS else 2


def test_figures_have_three_floors_and_no_element_imports_another() -> None:
    for path in (path for path in modules() if room(name_of(path)) == "figures" and path.name != "__init__.py"):
        home = floor(name_of(path))
        found = {name for name in imports(path) if name.startswith("regnet.figures.")}
        wrong = {name for name in found if floor(name) > home or floor(name) == home == 2}
        assert not wrong, f"{name_of(path)} imports {wrong}"


def test_only_training_names_torch_and_others_import_training_inside_functions() -> None:
    wrong = []
    for path in (path for path in modules() if room(name_of(path)) != "training"):
        found = [name for name in imports(path) if name.split(".")[0] in TORCH]
        found += [name for name in imports(path, at_import=True) if room(name) == "training"]
        wrong += [f"{name_of(path)} imports {name}" for name in found]
    assert not wrong


def without_torch(folder: Path) -> dict[str, str]:
    """The environment of a process where importing torch or what stands on it raises."""
    for name in TORCH:
        (folder / f"{name}.py").write_text(NO_TORCH)
    return os.environ | {"PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])}


def run_without_torch(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = without_torch(folder) | {"MPLBACKEND": "agg"}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=folder, capture_output=True, text=True, check=False
    )


def test_everything_but_training_imports_in_a_process_where_torch_cannot_be_imported(tmp_path: Path) -> None:
    names = [name_of(path) for path in modules() if room(name_of(path)) != "training"]
    code = (
        f"import importlib\nfor name in {names!r}: importlib.import_module(name)\n"
        "import regnet\nassert regnet.AnyNet and regnet.spaces['anynetx_a']\n"
    )
    done = run_without_torch(code, tmp_path)
    assert done.returncode == 0, done.stderr


def test_building_a_module_without_torch_names_the_extra_to_install(tmp_path: Path) -> None:
    done = run_without_torch("import regnet; regnet.build(regnet.zoo['regnetx-400mf'])", tmp_path)
    assert done.returncode == 1
    assert "regnet[train]" in done.stderr


def notebooks() -> list[Path]:
    found = sorted((ROOT / "book").rglob("*.ipynb"))
    assert found, "the book has no chapters"
    return found


def cells(path: Path, kind: str = "code") -> list[dict[str, Any]]:
    return [cell for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == kind]


@pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.stem)
class TestNotebook:
    def test_has_no_outputs_and_no_counts(self, path: Path) -> None:
        assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells(path))

    def test_has_one_parameters_cell_with_the_five_parameters(self, path: Path) -> None:
        found = [cell for cell in cells(path) if "parameters" in cell["metadata"].get("tags", [])]
        assert len(found) == 1
        given = [node for node in ast.parse("".join(found[0]["source"])).body if isinstance(node, ast.AnnAssign)]
        values = {ast.unparse(node.target): ast.unparse(node.value).replace("'", '"') for node in given if node.value}
        assert values == PARAMETERS
        lines = "".join(found[0]["source"]).splitlines()
        assert all(" # " in line for line in lines), "papermill lists the comment beside each parameter"

    def test_hands_every_parameter_to_its_first_call(self, path: Path) -> None:
        text = "".join("".join(cell["source"]) for cell in cells(path))
        assert all(f"{name}={name}" in text for name in PARAMETERS)

    def test_has_stable_readable_ids_and_the_python3_kernel(self, path: Path) -> None:
        content = json.loads(path.read_text())
        ids = [cell["id"] for cell in content["cells"]]
        assert len(set(ids)) == len(ids)
        assert content["metadata"]["kernelspec"]["name"] == "python3"
        assert (content["nbformat"], content["nbformat_minor"]) >= (4, 5)

    def test_defines_no_function_longer_than_five_lines(self, path: Path) -> None:
        trees = [ast.parse("".join(cell["source"])) for cell in cells(path)]
        found = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        assert all((node.end_lineno or 0) - node.lineno < 5 for node in found)
