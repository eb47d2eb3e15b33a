"""Every population in one table with one schema: a row says of itself what its file's name and JSON say of it."""

import gzip
from collections.abc import Iterator, Sequence
from typing import Any

from regnet.design.networks import Stem
from regnet.design.shape_space import ShapeSpace
from regnet.design.zoo import zoo
from regnet.sweeps.population import Population
from regnet.sweeps.segments import engine_of
from regnet.sweeps.sheet_names import is_population
from regnet.sweeps.sheets import Cells, Sheet, as_csv, cell, read_sealed

OF_POPULATION = (
    "regime", "population", "space", "block", "stages", "se_ratio", "activation", "stem", "classes", "F", "length",
    "rate", "draw_seed",
)  # fmt: skip
MEASURED = ("flops", "params", "acts", "seed", "status", "error", "error_a", "error_b", "train_loss", "seconds")
OF_SEGMENT = ("engine", "device", "date")
_PARTS = "dwbg"


def merged(sheets: Sequence[Sheet]) -> bytes:
    """The members of all populations among the sheets as a gzipped CSV; equal sheets give equal bytes.

    Columns: what tells a population, `index`, `network_id` and `resolution` (pixels), the parameters as drawn, the
    stages of the network, what was measured, and engine, device and day of the training. Cells that a row does not
    have are empty; those that its sheet has are as they stand there.

    Raises:
        DamagedSheet: as `read_sealed`.
    """
    rows = [row for sheet in sheets if is_population(sheet.name) for row in _rows(sheet)]
    named = list(dict.fromkeys(name for row in rows for name in row))
    stages = [name for part in _PARTS for name in sorted(n for n in named if n[0] == part and n[1:].isdigit())]
    drawn = sorted(name for name in named if name.startswith("drawn_"))
    columns = [*OF_POPULATION, "index", "network_id", "resolution", *drawn, *stages, *MEASURED, *OF_SEGMENT]
    cells = ({name: row.get(name, "") for name in columns} for row in rows)
    return gzip.compress(as_csv(columns, cells), mtime=0)


def _rows(sheet: Sheet) -> Iterator[Cells]:
    """The rows of a population's sheet in its order, with what is said of all of them."""
    population, content = Population.parse(sheet.name, sheet.regime), read_sealed(sheet)
    segments = [
        {"engine": engine_of(segment), "device": segment["device"], "date": str(segment["last"])[:10]}
        for segment in content.info["segments"]
    ]
    said = _said(population)
    side = population.recipe.resolution
    for key in content.order():
        row = content.rows[key]
        resolution = round(side * float(row.get("drawn_zoom") or 1))
        yield said | {"resolution": str(resolution)} | row | segments[int(row["segment"])]


def _said(population: Population) -> Cells:
    """What the name of a population and its regime say."""
    design, setting = population.design, population.setting
    template: Any = zoo[design.shape] if isinstance(design, ShapeSpace) else design
    found = {
        "regime": population.regime, "population": population.name, "space": population.space,
        "block": getattr(template, "block", "MBConv"),
        "stages": len(template.stages) if isinstance(design, ShapeSpace) else design.stages,
        "se_ratio": getattr(template, "se_ratio", None), "activation": template.activation,
        "stem": stem_words(setting.stem), "classes": setting.num_classes, "F": population.flops,
        "length": population.length, "rate": population.rate, "draw_seed": population.seed,
    }  # fmt: skip
    return {name: cell(value) for name, value in found.items()}


def stem_words(stem: Stem) -> str:
    """A stem in a cell.

    >>> stem_words(Stem())
    '3x3, 3 to 32 channels, stride 2'
    """
    pool = ", max-pool" if stem.pool else ""
    return f"{stem.kernel}x{stem.kernel}, {stem.channels} to {stem.width} channels, stride {stem.stride}{pool}"
