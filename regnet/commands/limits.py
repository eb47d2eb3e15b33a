"""`regnet limits`: the limits of the constrained space C, fitted once, before any network of C is drawn."""

from __future__ import annotations

import typer

from regnet.commands.arguments import Regime
from regnet.console import print_frame


def limits(regime: Regime) -> None:
    """Fit the limits of the constrained space C (Fig 12, bottom) to the sealed samples with seed 1."""
    import pandas as pd

    from regnet.figures import limits as figure
    from regnet.figures.panels import trends
    from regnet.sweeps.regimes import find_regime
    from regnet.sweeps.store import open_runs

    samples = figure.whole(open_runs(regime))
    tables = [
        trends.summary(samples, measure)[["population", "flops", "n", "low", "best", "high"]].assign(measure=measure)
        for measure in figure.MEASURES
    ]
    print_frame(pd.concat(tables, ignore_index=True))
    found = figure.fitted(samples)
    typer.echo(figure.in_words(found))
    typer.echo(figure.verdict(found, find_regime(regime).limits))
