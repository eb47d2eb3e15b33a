"""The box "Make this figure": the commands, what they cost, where the runs were made, the data, the drawing code."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from html import escape
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import quote

import pandas as pd
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from regnet.analysis.counts import count
from regnet.figures.panels import calibrated
from regnet.page import tables
from regnet.sweeps import finals, price
from regnet.sweeps.experiments import ELEMENTS, REPEATED, Population
from regnet.sweeps.folders import CHECKOUT
from regnet.sweeps.store import MissingPopulation, Runs

RETRAINED = ("fig09",)  # claims about a population's ten best need them trained again
FINAL = ("fig17", "fig18", "tab03pocket", "tab04pocket", "tab05pocket")  # drawn from final models
TIMED = ("timings", "speedup", "timefits", "fig12")  # drawn from records of time, too


def populations(name: str, runs: Runs) -> tuple[Population, ...]:
    """The populations that an element is drawn from, in the regime of the runs."""
    return tuple(dict.fromkeys(population.at(runs.regime) for population in ELEMENTS[name]))


def sealed(name: str, runs: Runs) -> tuple[Population, ...]:
    """Those of them that are there."""
    return tuple(population for population in populations(name, runs) if runs.count(population))


def details(name: str, runs: Runs, data: pd.DataFrame, module: ModuleType, *, kind: str = "figure") -> str:
    """The box as a closed `<details>` element; it needs no script and no server. `kind`: "figure" or "table"."""
    return (
        f'<details class="make"><summary>Make this {kind}</summary>'
        f"<pre><code>{escape(commands(name, runs))}</code></pre>"
        f"{_provenance(name, runs)}"
        f"<p>{_download(name, data)}</p>"
        f"<details><summary>The code that makes it: <code>{_place(module)}</code></summary>{_code(module)}</details>"
        "</details>"
    )


def commands(name: str, runs: Runs) -> str:
    """What a reader types to make the element's evidence and to draw it, one command a line."""
    lines = [f"regnet calibrate {runs.regime}"] if name == calibrated.GRID else []
    lines += [calibrated.make(runs, stage) for stage in calibrated.stages(name)]
    if names := [population.name for population in populations(name, runs)]:
        counts = {some: [name for name in names if runs.count(name) == some] for some in map(runs.count, names)}
        lines = [_sweep(runs, some, count or runs.n) for count, some in counts.items()]
        lines.append(f"regnet seal {runs.regime} {' '.join(names)}")
    if name in RETRAINED:
        again = [population.name for population in REPEATED]
        n = min(runs.count(one) for one in again) or runs.n
        lines += [_sweep(runs, again, n) + " --repeats", f"regnet seal {runs.regime}"]
    if name in FINAL:
        lines += [f"regnet finals {runs.regime}"]
    if name in TIMED:
        lines += [f"regnet time --population {runs.regime}/{one}" for one in names] or ["regnet time"]
    return "\n".join([*lines, f"regnet figure {name} --regime {runs.regime}"])


def _sweep(runs: Runs, names: Sequence[str], n: int) -> str:
    return f"regnet sweep {runs.regime} {' '.join(names)}" + (f" -n {n}" if n else "")


def provenance(name: str, runs: Runs) -> pd.DataFrame:
    """One row a file of runs and segment: file, trainings, seconds, hardware, dates, commit."""
    rows = []
    for path, frame, info in _sheets(name, runs):
        for number, segment in enumerate(info["segments"]):
            mine = frame[frame["segment"] == number]
            if not len(mine):
                continue
            days = sorted({str(segment["first"])[:10], str(segment["last"])[:10]})
            threads = f"{segment['threads']} thread" + "s" * (segment["threads"] != 1)
            rows.append({
                "runs": _relative(path),
                "trainings": len(mine),
                "distinct networks": count(mine).distinct,
                "seconds": round(float(mine["seconds"].sum())),
                "hardware": f"{segment['device']}, {threads}, {segment['precision']}",
                "dates": " to ".join(days),
                "commit": str(segment["commit"])[:10] or "unknown",
            })  # fmt: skip
    return pd.DataFrame(rows)


def _sheets(name: str, runs: Runs) -> list[tuple[Path, pd.DataFrame, dict[str, Any]]]:
    """Path, rows and description of each sealed file that the element is drawn from."""
    if name == calibrated.GRID or name in calibrated.STAGED:
        return calibrated.sheets(name, runs)
    sheets = [(runs.folder / f"{p.name}.csv", runs.frame(p), runs.info(p)) for p in sealed(name, runs)]
    return [*sheets, *_finals(runs)] if name in FINAL else sheets


def _finals(runs: Runs) -> list[tuple[Path, pd.DataFrame, dict[str, Any]]]:
    try:
        return [(runs.folder / "finals.csv", runs.finals(), runs.info("finals"))]
    except MissingPopulation:
        return []


def _provenance(name: str, runs: Runs) -> str:
    if not ELEMENTS[name] and name not in (calibrated.GRID, *calibrated.STAGED):
        return "<p>Computed while this page was built; no training.</p>"
    frame = provenance(name, runs)
    total = int(frame["seconds"].sum()) if len(frame) else 0
    said = f"{total:,} seconds of training ({total / 3600:.1f} hours; CPU time, on a GPU wall time)."
    waits = finals.lacking(runs) if name in FINAL else {}
    rest = f"<p>Final models not trained yet: {price.words(runs, waits)}.</p>" if waits else ""
    return (f"<p>{said}</p>{tables.html(frame)}" if len(frame) else "") + rest


def _download(name: str, data: pd.DataFrame) -> str:
    address = "data:text/csv;charset=utf-8," + quote(data.to_csv(index=False))
    return f'<a download="{name}.csv" href="{address}">Data behind it</a> (CSV, {len(data):,} rows)'


def _code(module: ModuleType) -> str:
    lines = highlight(inspect.getsource(module), PythonLexer(), HtmlFormatter(nowrap=True))
    return f'<div class="highlight-python notranslate"><div class="highlight"><pre>{lines}</pre></div></div>'


def _place(module: ModuleType) -> str:
    return escape(_relative(Path(str(module.__file__))))


def _relative(path: Path) -> str:
    return path.relative_to(CHECKOUT).as_posix() if path.is_relative_to(CHECKOUT) else path.name
