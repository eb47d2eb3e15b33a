"""What stands in a figure's place while its populations are not there: which, how many of them, how to make them."""

from __future__ import annotations

from html import escape

import pandas as pd

from regnet.figures import box, tables
from regnet.sweeps.calibration import GRIDS
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.store import Runs

BACKWARD = 3  # a training step costs about three forward passes


def notice(name: str, runs: Runs) -> str:
    """The notice as HTML: one row a population, the command, the estimated cost."""
    if name == "calibration":
        return _not_calibrated(runs.regime)
    wanted = runs.n or find_regime(runs.regime).n
    populations = box.populations(name, runs)
    every = Runs(runs.regime, runs.folder)  # what is there, whatever n was asked for
    have = {population.name: every.count(population) for population in populations}
    lacking = [population.name for population in populations if have[population.name] < wanted]
    missing = sum(max(0, wanted - count) for count in have.values())
    rows = pd.DataFrame({"population": list(have), "trained": list(have.values()), "wanted": wanted})
    names = " ".join(lacking)
    command = f"regnet sweep {runs.regime} {names} -n {wanted}\nregnet seal {runs.regime} {names}"
    kind = "table" if name.startswith("tab") else "figure"
    said = f"<p><strong>Not trained yet.</strong> This {kind} waits for {missing} networks of regime {runs.regime}.</p>"
    how = f"<pre><code>{escape(command)}</code></pre><p>Estimated cost: {cost(runs, missing)}.</p>"
    return _note(f"{said}{tables.html(rows)}{how}")


def cost(runs: Runs, members: int) -> str:
    """What training so many members takes: from the regime's sealed trainings, else in multiply-adds."""
    seconds = _seconds(runs)
    if seconds:
        mean = sum(seconds) / len(seconds)
        return f"{members * mean / 3600:.1f} hours on one core ({members} trainings of {mean:.0f} s, the mean so far)"
    regime = find_regime(runs.regime)
    work = members * BACKWARD * regime.flops_unit * regime.base.images
    return f"{work:.1e} multiply-adds ({members} trainings; nothing is trained in this regime yet)"


def _not_calibrated(regime: str) -> str:
    if regime not in GRIDS:
        return _note(f"<p><strong>Not calibrated.</strong> The recipe of regime {regime} is the paper's.</p>")
    said = f"<p><strong>Not calibrated yet.</strong> This figure waits for the calibration of regime {regime}.</p>"
    return _note(f"{said}<pre><code>regnet calibrate {regime}</code></pre>")


def _note(inner: str) -> str:
    return f'<div class="missing" role="note">{inner}</div>'


def _seconds(runs: Runs) -> list[float]:
    every = Runs(runs.regime, runs.folder)
    names = [name for name in every.populations() if every.count(name)]
    return [float(value) for name in names for value in every.frame(name)["seconds"]]
