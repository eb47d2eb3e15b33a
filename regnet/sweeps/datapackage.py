"""The populations described for machines: a Frictionless Data Package (https://datapackage.org, version 1).

Every table has a schema. What a column means is read from the README that lies beside the tables, its one home.
"""

import csv
import gzip
import hashlib
import io
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from regnet import __version__

MERGED = "populations.csv.gz"
PAPER = {"title": "Designing Network Design Spaces", "path": "https://arxiv.org/abs/2003.13678"}
_WORDS = {"network_id", "commit", "torch", "cuda", "cudnn", "date", "model"}  # even where all are digits
_COLUMN = re.compile(r"`([\w*]+)`")


def described(tables: Mapping[str, bytes], readme: str) -> bytes:
    """The `datapackage.json` of tables: CSV by path, gzipped where the path says so.

    Raises:
        ValueError: a column that the README does not describe.
    """
    meanings = columns(readme)
    package = {
        "profile": "tabular-data-package",
        "name": "regnet-runs",
        "title": "Populations of trained networks drawn from network design spaces",
        "description": "Networks drawn at random from the design spaces of RegNet, each trained once, with its error.",
        "version": __version__,
        "licenses": [{
            "name": "CC0-1.0", "title": "CC0 1.0 Universal",
            "path": "https://creativecommons.org/publicdomain/zero/1.0/",
        }],
        "contributors": [{"title": "The regnet authors", "role": "author"}],
        "sources": [PAPER],
        "resources": [_resource(path, content, meanings) for path, content in tables.items()],
    }  # fmt: skip
    return (json.dumps(package, indent=1, ensure_ascii=False) + "\n").encode()


def columns(readme: str) -> dict[str, str]:
    """What the README's table of columns says of each: unit and meaning; `drawn_*` stands for all drawn."""
    lines = [line.strip().strip("|") for line in readme.splitlines() if line.startswith("| `")]
    rows = [[cell.strip() for cell in line.split("|", 2)] for line in lines]
    found: dict[str, str] = {}
    for row in (row for row in rows if len(row) == 3):
        meaning = f"{row[2]} ({row[1]})" if row[1] else row[2]
        found |= {name: meaning for name in _COLUMN.findall(row[0]) if name not in found}
    return found


def _resource(path: str, content: bytes, meanings: Mapping[str, str]) -> dict[str, Any]:
    packed = path.endswith(".gz")
    text = (gzip.decompress(content) if packed else content).decode()
    head, *rows = csv.reader(io.StringIO(text))
    name = re.sub(r"[^a-z0-9._-]", "-", path.removesuffix(".gz").removesuffix(".csv").lower())
    key = {"primaryKey": ["regime", "population", "index"]} if path == MERGED else {}
    fields = [_field(name, [row[i] for row in rows], meanings, path) for i, name in enumerate(head)]
    found = {
        "profile": "tabular-data-resource", "name": name, "path": path, "format": "csv", "mediatype": "text/csv",
        "encoding": "utf-8", "bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
    }  # fmt: skip
    schema = {"fields": fields, "missingValues": [""]} | key
    return found | ({"compression": "gz"} if packed else {}) | {"schema": schema}


def _field(name: str, cells: Sequence[str], meanings: Mapping[str, str], path: str) -> dict[str, str]:
    general = re.sub(r"^([dwbg])[1-9]$", r"\g<1>1", name)
    known = (name, general, "drawn_*" * name.startswith("drawn_"))
    meaning = next((meanings[one] for one in known if one in meanings), "")
    if path.startswith("timings/"):
        meaning = "of a record of time, which README.md describes"
    if not meaning:
        raise ValueError(f"runs/README.md does not say what the column {name} of {path} is")
    return {"name": name, "type": _type(name, cells), "description": meaning}


def _type(name: str, cells: Sequence[str]) -> str:
    given = [cell for cell in cells if cell]
    if name in _WORDS or not given:
        return "string" if name in _WORDS else "number"
    if all(re.fullmatch(r"-?\d+", cell) for cell in given):
        return "integer"
    if set(given) <= {"True", "False"}:
        return "boolean"
    return "number" if all(_is_number(cell) for cell in given) else "string"


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
