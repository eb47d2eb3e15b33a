"""What a chapter's outputs depend on besides its own cells, as one short hash.

Jupyter-cache and papermill know a notebook by its code alone: a changed library or a new run would leave old numbers
on the page. Outputs are kept under this hash and made again where it differs.
"""

import hashlib
import importlib.metadata
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

PACKAGES = ("numpy", "pandas", "scipy", "matplotlib")
LIBRARY = Path(__file__).resolve().parents[1]


def state(regime: str, runs: Path) -> str:
    """Sixteen hexadecimal digits of all that a chapter reads: library, versions, regime, CSV, JSON, TOML of `runs`."""
    digest = hashlib.sha256()
    for name in ("python", *PACKAGES):
        version = sys.version if name == "python" else importlib.metadata.version(name)
        digest.update(f"{name} {version}\n".encode())
    digest.update(f"regime {regime}\nruns {runs}\n".encode())
    for name, path in _files(runs):
        digest.update(f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()[:16]


def made_from(notebook: Path, parameters: Mapping[str, Any], read: str) -> str:
    """Sixteen hexadecimal digits of a chapter's text, its parameters, and the `state` of all that it reads."""
    text = hashlib.sha256(notebook.read_bytes()).hexdigest()
    return hashlib.sha256(json.dumps([text, dict(parameters), read], sort_keys=True).encode()).hexdigest()[:16]


def _files(runs: Path) -> Iterator[tuple[str, Path]]:
    """The library's code and numbers, then the runs, by their places in their folders."""
    for folder, suffixes in ((LIBRARY, (".py", ".csv", ".toml")), (runs, (".csv", ".json", ".toml"))):
        for path in sorted(path for path in folder.rglob("*") if path.suffix in suffixes and path.is_file()):
            yield path.relative_to(folder).as_posix(), path
