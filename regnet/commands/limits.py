"""`regnet limits`: the limits of the constrained space C, fitted once, before any network of C is drawn."""

import typer

from regnet.commands.arguments import Regime
from regnet.console import print_frame


def limits(regime: Regime) -> None:
    """Fit the limits of the constrained space C (Fig 12, bottom) to the sealed samples with seed 1."""
    import pandas as pd

    from regnet.evidence.limits import MEASURES, fitted, in_words, verdict, whole
    from regnet.evidence.trends import ranges
    from regnet.sweeps.regimes import find_regime, regimes
    from regnet.sweeps.store import open_runs

    samples = whole(open_runs(regime))
    columns = ["population", "flops", "n", "low", "best", "high"]
    tables = [ranges(samples, measure)[columns].assign(measure=measure) for measure in MEASURES]
    print_frame(pd.concat(tables, ignore_index=True))
    found = fitted(samples)
    typer.echo(in_words(found))
    file = "" if regime in regimes else f"the file of regime {regime}"
    typer.echo(verdict(found, find_regime(regime).limits, file))
