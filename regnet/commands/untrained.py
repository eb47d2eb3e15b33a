"""`regnet untrained`: what populations are before any training, kept for the statistics."""

import typer

from regnet.commands.arguments import Regime


def untrained(regime: Regime) -> None:
    """Draw 10,000 networks of each population of a regime and keep their moments (a few minutes)."""
    import pandas as pd

    from regnet import figures
    from regnet.analysis.untrained import FILE
    from regnet.evidence.untrained import table
    from regnet.sweeps.regimes import regimes

    if regime not in regimes:
        raise ValueError(f"kept for {', '.join(regimes)} only; those of {regime} are drawn when a claim wants them")
    name = regime
    kept = pd.read_csv(FILE) if FILE.exists() else pd.DataFrame({"regime": []})
    made = pd.concat([kept[kept["regime"] != name], table(figures.populations(name))], ignore_index=True)
    made.to_csv(FILE, index=False, float_format="%.9g")
    typer.echo(f"{FILE.name}: {(made['regime'] == name).sum()} rows of {name}")
