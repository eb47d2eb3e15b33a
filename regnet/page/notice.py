"""What stands in a figure's place while its networks are not trained: one line, with the commands folded away."""

from html import escape

import pandas as pd

from regnet.figures.panels import calibrated
from regnet.figures.panels.element import Element
from regnet.figures.panels.panel import command
from regnet.page import tables
from regnet.sweeps import finals, labels, price
from regnet.sweeps.calibration import on_a_grid
from regnet.sweeps.length_calibration import SEARCHES


def notice(element: Element) -> str:
    """The notice as HTML: the cost; folded below it, one row a population and the commands."""
    if element.calibration:
        return _not_calibrated(element)
    runs = element.runs
    wanted = {population: runs.n or population.wanted for population in element.populations}
    have = {population: runs.whole.count(population) for population in wanted}
    missing = {p: wanted[p] - have[p] for p in wanted if wanted[p] > have[p]}
    models = finals.lacking(runs) if element.finals else {}
    both = {population: missing.get(population, 0) + models.get(population, 0) for population in {**missing, **models}}
    rows = [(labels.described(population.name), have[population], wanted[population]) for population in wanted]
    if models:
        every_final = finals.wanted(runs.regime)
        rows.append(("final models", every_final - sum(models.values()), every_final))
    lines = [command(runs, missing), f"regnet seal {runs.regime} {' '.join(p.name for p in missing)}"] * bool(missing)
    if element.finals:
        lines.append(f"regnet finals {runs.regime}" + (f" -n {runs.n}" if runs.n else ""))
    said = f"<strong>Not trained yet.</strong> Estimated cost: {price.words(runs, both)}."
    table = tables.html(pd.DataFrame(rows, columns=["population", "trained", "wanted"]))
    return _note(f"<details><summary>{said}</summary>{table}{_pre(lines)}</details>")


def _not_calibrated(element: Element) -> str:
    """Of a regime whose calibration is missing, or that is calibrated otherwise or not at all."""
    runs, regime = element.runs, element.runs.regime
    if not on_a_grid(regime) and regime not in SEARCHES:
        return _note(f"<p><strong>Not calibrated.</strong> The recipe of regime {regime} is the paper's.</p>")
    if (regime in SEARCHES) == (element.calibration == calibrated.GRID):
        how = "in stages" if regime in SEARCHES else "on one grid"
        said = f"Regime {regime} is calibrated {how}: it has figures of its own in this chapter."
        return _note(f"<p><strong>Not of this regime.</strong> {said}</p>")
    ranked = element.calibration == "ranks" and runs.calibration_sheets()
    kind = "Too few networks are ranked so far. " if ranked else ""
    said = f"{kind}This figure waits for the calibration of regime {regime}."
    lines = [calibrated.make(runs, stage) for stage in calibrated.stages(element.calibration)]
    return _note(f"<p><strong>Not calibrated yet.</strong> {said}</p>" + _pre(lines))


def _pre(lines: list[str]) -> str:
    command = "\n".join(lines)
    return f"<pre><code>{escape(command)}</code></pre>"


def _note(inner: str) -> str:
    return f'<div class="missing" role="note">{inner}</div>'
