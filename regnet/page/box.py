"""The box "Make this figure": the commands, what they cost, where the runs were made, the data, the drawing code."""

import importlib
import inspect
from collections.abc import Mapping
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from regnet.analysis.counts import count
from regnet.analysis.rule_sets import rules_of
from regnet.analysis.rules.timing import on_threads
from regnet.evidence.judge import claimed
from regnet.figures.panels import calibrated
from regnet.figures.panels.element import Element, Table
from regnet.figures.panels.panel import command
from regnet.page import tables
from regnet.sweeps import finals, price
from regnet.sweeps.folders import CHECKOUT
from regnet.sweeps.population import Population
from regnet.sweeps.store import MissingPopulation, Runs

EMBEDDED = 20_000  # rows of data that a page carries


def details(name: str, element: Element) -> str:
    """The box as a closed `<details>` element; it needs no script and no server."""
    module = importlib.import_module(f"regnet.figures.{name}")
    source, kind = Path(str(module.__file__)), "table" if isinstance(element, Table) else "figure"
    return (
        f'<details class="make"><summary>Make this {kind}</summary>'
        f"<pre><code>{escape(commands(name, element))}</code></pre>"
        f"{_provenance(name, element)}"
        f'<p class="files" data-element="{name}">{_download(name, element.data())}</p>'
        f"<details><summary>The code that makes it: <code>{escape(_relative(source))}</code></summary>"
        f"{_code(inspect.getsource(module))}</details></details>"
    )


def commands(name: str, element: Element) -> str:
    """What a reader types to make the element's evidence and to draw it, one command a line."""
    runs, lines = element.runs, []
    if element.calibration:
        lines += [calibrated.make(runs, stage) for stage in calibrated.stages(element.calibration)]
    populations = sorted(_behind(name, element), key=runs.count)
    for n, some in groupby(populations, key=runs.count):
        lines.append(command(runs, some, n or runs.n))
    if populations:
        lines.append(f"regnet seal {runs.regime} {' '.join(p.name for p in _behind(name, element))}")
    if element.again:
        n = min(runs.count(population) for population in element.again) or runs.n
        lines += [f"{command(runs, element.again, n)} --repeats", f"regnet seal {runs.regime}"]
    if element.finals:
        lines.append(f"regnet finals {runs.regime}")
    if element.timed:
        every = [f"regnet time --population {runs.regime}/{p.name}" for p in element.populations]
        lines += element.timing or every or ["regnet time"]
    return "\n".join([*lines, f"regnet figure {name} --regime {runs.regime}"])


def provenance(name: str, element: Element) -> pd.DataFrame:
    """One row a file of runs and segment: file, trainings, distinct networks, seconds, hardware, dates, commit."""
    rows = []
    for path, frame, info in _sheets(name, element):
        for number, segment in enumerate(info["segments"]):
            mine = frame[frame["segment"] == number]
            if not len(mine):
                continue
            days = sorted({str(segment["first"])[:10], str(segment["last"])[:10]})
            rows.append({
                "runs": _relative(path),
                "trainings": len(mine),
                "distinct networks": count(mine).distinct,
                "seconds": round(float(mine["seconds"].sum())),
                "hardware": ", ".join(_hardware(segment)),
                "dates": " to ".join(days),
                "commit": str(segment["commit"])[:10] or "unknown",
            })  # fmt: skip
    return pd.DataFrame(rows)


def _behind(name: str, element: Element) -> list[Population]:
    """The populations that are drawn, then those that only the element's claims are judged by."""
    runs = element.runs
    judged = [p for claim in rules_of(runs.regime).claims if claim.element == name for p in claim.populations]
    return list(dict.fromkeys([*element.populations, *(claimed(p, runs.regime) for p in judged)]))


def _hardware(segment: Mapping[str, Any]) -> list[str]:
    """Device with threads, precision, and what the engine was compiled for, where it was compiled."""
    compiled = [f"by {segment['instructions']}"] if "instructions" in segment else []
    return [on_threads(segment["device"], segment["threads"]), str(segment["precision"]), *compiled]


Sheets = list[tuple[Path, pd.DataFrame, dict[str, Any]]]


def _sheets(name: str, element: Element) -> Sheets:
    """Path, rows and description of each sealed file that the element is drawn from and its claims judged by."""
    runs = element.runs
    if element.calibration:
        return calibrated.sheets(runs, element.calibration, beside=element.beside)
    there = [population for population in _behind(name, element) if runs.count(population)]
    sheets = [(runs.folder / f"{p.name}.csv", runs.frame(p), runs.info(p)) for p in there]
    again = [(f"{p.name}.repeats", repeats) for p in element.again if len(repeats := runs.repeats(p))]
    sheets += [(runs.folder / f"{sheet}.csv", repeats, runs.info(sheet)) for sheet, repeats in again]
    return [*sheets, *_finals(runs)] if element.finals else sheets


def _finals(runs: Runs) -> Sheets:
    try:
        return [(runs.folder / "finals.csv", runs.finals(), runs.info("finals"))]
    except MissingPopulation:
        return []


def _provenance(name: str, element: Element) -> str:
    if element.timed and not element.populations:
        return "<p>Drawn from the records of time in <code>runs/timings</code>; no training.</p>"
    if not (element.populations or element.calibration):
        return "<p>Computed while this page was built; no training.</p>"
    frame = provenance(name, element)
    total = int(frame["seconds"].sum()) if len(frame) else 0
    said = f"{total:,} seconds of training ({total / 3600:.1f} hours; CPU time, on a GPU wall time)."
    waits = finals.lacking(element.runs) if element.finals else {}
    rest = f"<p>Final models not trained yet: {price.words(element.runs, waits)}.</p>" if waits else ""
    made = tables.region(tables.html(frame), "Where it was trained") if len(frame) else ""
    return f"<p>{said}</p>{made}" * bool(made) + rest


def _download(name: str, data: pd.DataFrame) -> str:
    if len(data) > EMBEDDED:
        return f"Data behind it: {len(data):,} rows, by <code>regnet figure {name} -o {name}.csv</code>"
    return download(name, data, "Data behind it")


def download(name: str, data: pd.DataFrame, called: str) -> str:
    """A link that has a table in it, as `name`.csv."""
    address = "data:text/csv;charset=utf-8," + quote(data.to_csv(index=False))
    return f'<a download="{name}.csv" href="{address}">{called}</a> (CSV, {len(data):,} rows)'


def _code(source: str) -> str:
    lines = highlight(source, PythonLexer(), HtmlFormatter(nowrap=True))
    return f'<div class="highlight-python notranslate"><div class="highlight"><pre>{lines}</pre></div></div>'


def _relative(path: Path) -> str:
    return path.relative_to(CHECKOUT).as_posix() if path.is_relative_to(CHECKOUT) else path.name
