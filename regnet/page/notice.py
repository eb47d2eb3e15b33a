"""What stands in a figure's place while its networks are not trained: one line, with the commands folded away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import pandas as pd

from regnet.figures.panels import calibrated
from regnet.page import box, tables
from regnet.sweeps import finals, price
from regnet.sweeps.calibration import GRIDS
from regnet.sweeps.experiments import Population
from regnet.sweeps.length_calibration import SEARCHES
from regnet.sweeps.store import Runs


def notice(name: str, runs: Runs) -> str:
    """The notice as HTML: the cost; folded below it, one row a population and the commands."""
    if name == calibrated.GRID or name in calibrated.STAGED:
        return _not_calibrated(name, runs)
    wanted = {population: runs.n or population.wanted for population in box.populations(name, runs)}
    every = Runs(runs.regime, runs.folder)  # what is there, whatever n was asked for
    have = {population: every.count(population) for population in wanted}
    missing = {population: wanted[population] - have[population] for population in wanted}
    missing = {population: count for population, count in missing.items() if count > 0}
    models = finals.lacking(runs) if name in box.FINAL else {}
    cost = price.words(runs, _together(missing, models))
    said = f"<strong>Not trained yet.</strong> Estimated cost: {cost}."
    rows = [(population.name, have[population], wanted[population]) for population in wanted]
    if models:
        rows.append(("finals", finals.WANTED - sum(models.values()), finals.WANTED))
    table = tables.html(pd.DataFrame(rows, columns=["population", "trained", "wanted"]))
    command = "\n".join(_lines(name, runs, list(missing)))
    return _note(f"<details><summary>{said}</summary>{table}{_pre(command)}</details>")


def _together(some: Mapping[Population, int], others: Mapping[Population, int]) -> dict[Population, int]:
    return {population: some.get(population, 0) + others.get(population, 0) for population in {**some, **others}}


def _lines(name: str, runs: Runs, lacking: Sequence[Population]) -> list[str]:
    names = " ".join(population.name for population in lacking)
    n = f" -n {runs.n}" if runs.n else ""
    lines = [f"regnet sweep {runs.regime} {names}{n}", f"regnet seal {runs.regime} {names}"] if lacking else []
    return [*lines, f"regnet finals {runs.regime}{n}"] if name in box.FINAL else lines


def _pre(command: str) -> str:
    return f"<pre><code>{escape(command)}</code></pre>"


def _not_calibrated(name: str, runs: Runs) -> str:
    """Of a regime whose calibration is missing, or that is calibrated otherwise or not at all."""
    regime = runs.regime
    if regime not in GRIDS and regime not in SEARCHES:
        return _note(f"<p><strong>Not calibrated.</strong> The recipe of regime {regime} is the paper's.</p>")
    if (regime in SEARCHES) != (name in calibrated.STAGED):
        how = "in stages" if regime in SEARCHES else "on one grid"
        said = f"Regime {regime} is calibrated {how}: it has figures of its own in this chapter."
        return _note(f"<p><strong>Not of this regime.</strong> {said}</p>")
    lines = [calibrated.make(runs, stage) for stage in calibrated.stages(name)] or [f"regnet calibrate {regime}"]
    kind = "Too few networks are ranked so far. " if _first(name, runs) else ""
    said = f"{kind}This figure waits for the calibration of regime {regime}."
    return _note(f"<p><strong>Not calibrated yet.</strong> {said}</p>" + _pre("\n".join(lines)))


def _first(name: str, runs: Runs) -> bool:
    """Whether an element waits for the second stage alone."""
    return calibrated.STAGED.get(name) == "ranks" and bool(runs.calibration_sheets())


def _note(inner: str) -> str:
    return f'<div class="missing" role="note">{inner}</div>'
