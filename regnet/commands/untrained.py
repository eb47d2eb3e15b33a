"""`regnet untrained`: what populations are before any training, kept for the statistics."""

import typer

from regnet.commands.arguments import Regime


def untrained(regime: Regime) -> None:
    """Draw 10,000 networks of each population of a regime and keep their moments (a few minutes)."""
    import pandas as pd

    from regnet import figures
    from regnet.evidence.untrained import file_of, table
    from regnet.sweeps.regimes import find_regime

    file = file_of(find_regime(regime))
    kept = pd.read_csv(file) if file.exists() else pd.DataFrame({"regime": []})
    made = pd.concat([kept[kept["regime"] != regime], table(figures.populations(regime))], ignore_index=True)
    file.parent.mkdir(exist_ok=True)
    made.to_csv(file, index=False, float_format="%.9g", lineterminator="\n")
    typer.echo(f"{file}: {(made['regime'] == regime).sum()} rows of {regime}")
