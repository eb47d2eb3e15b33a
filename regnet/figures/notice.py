"""What stands in a figure's place while its populations are not there: which, how many of them, how to make them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import pandas as pd

from regnet.figures import box, tables
from regnet.sweeps.calibration import GRIDS
from regnet.sweeps.cost import measured, seconds_each
from regnet.sweeps.experiments import Population
from regnet.sweeps.store import Runs

BACKWARD = 3  # a training step costs about three forward passes


def notice(name: str, runs: Runs) -> str:
    """The notice as HTML: one row a population, the command, the estimated cost."""
    if name == "calibration":
        return _not_calibrated(runs.regime)
    populations = box.populations(name, runs)
    wanted = {population.name: runs.n or population.wanted for population in populations}
    every = Runs(runs.regime, runs.folder)  # what is there, whatever n was asked for
    have = {population.name: every.count(population) for population in populations}
    lacking = [population for population in populations if have[population.name] < wanted[population.name]]
    missing = {population: wanted[population.name] - have[population.name] for population in lacking}
    rows = pd.DataFrame({"population": list(have), "trained": list(have.values()), "wanted": list(wanted.values())})
    waits = f"It waits for {sum(missing.values())} networks of regime {runs.regime}"
    waits += " and the final models chosen from them." if name in box.FINAL else "."
    command = "\n".join(_lines(name, runs, lacking))
    said = f"<p><strong>Not trained yet.</strong> {waits}</p>"
    how = f"<pre><code>{escape(command)}</code></pre><p>Estimated cost: {cost(runs, missing)}.</p>"
    return _note(f"{said}{tables.html(rows)}{how}")


def _lines(name: str, runs: Runs, lacking: Sequence[Population]) -> list[str]:
    names = " ".join(population.name for population in lacking)
    n = f" -n {runs.n}" if runs.n else ""
    lines = [f"regnet sweep {runs.regime} {names}{n}", f"regnet seal {runs.regime} {names}"] if lacking else []
    return [*lines, f"regnet finals {runs.regime}{n}"] if name in box.FINAL else lines


def cost(runs: Runs, missing: Mapping[Population, int]) -> str:
    """What training so many members of each takes: from the regime's sealed trainings, else in multiply-adds."""
    count = sum(missing.values())
    if means := measured(runs):
        seconds = sum(n * (seconds_each(population, means) or 0.0) for population, n in missing.items())
        return f"{seconds / 3600:.1f} hours on one core ({count} trainings, by the mean of those made so far)"
    work = sum(BACKWARD * population.flops * population.recipe.images * n for population, n in missing.items())
    return f"{work:.1e} multiply-adds ({count} trainings; nothing is trained in this regime yet)"


def _not_calibrated(regime: str) -> str:
    if regime not in GRIDS:
        return _note(f"<p><strong>Not calibrated.</strong> The recipe of regime {regime} is the paper's.</p>")
    said = f"<p><strong>Not calibrated yet.</strong> This figure waits for the calibration of regime {regime}.</p>"
    return _note(f"{said}<pre><code>regnet calibrate {regime}</code></pre>")


def _note(inner: str) -> str:
    return f'<div class="missing" role="note">{inner}</div>'
