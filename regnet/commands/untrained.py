"""`regnet untrained`: what populations are before any training, kept for the statistics."""

import typer

from regnet.commands.arguments import Regime


def untrained(regime: Regime) -> None:
    """Draw 10,000 networks of each population of a regime and keep their moments (a few minutes)."""
    import pandas as pd

    from regnet import figures
    from regnet.evidence.untrained import file_of, table
    from regnet.sweeps.regimes import find_regime
    from regnet.sweeps.whole import write_whole

    found = find_regime(regime)
    file, name = file_of(found), found.name
    kept = pd.read_csv(file) if file.exists() else pd.DataFrame({"regime": []})
    made = pd.concat([kept[kept["regime"] != name], table(figures.populations(name))], ignore_index=True)
    file.parent.mkdir(exist_ok=True)
    write_whole(file, str(made.to_csv(index=False, float_format="%.9g", lineterminator="\n")))
    typer.echo(f"{file}: {(made['regime'] == name).sum()} rows of {name}")
