"""`regnet untrained`: what populations are before any training, kept for the statistics."""

import typer

from regnet.commands.arguments import Regime


def untrained(regime: Regime) -> None:
    """Draw 10,000 networks of each population of a regime and keep their moments (a few minutes)."""
    import pandas as pd

    from regnet import figures
    from regnet.evidence.untrained import file_of, table
    from regnet.sweeps.locks import folder_alone
    from regnet.sweeps.regimes import find_regime
    from regnet.sweeps.whole import write_whole

    found = find_regime(regime)
    file, name = file_of(found), found.name
    drawn = table(figures.populations(name))
    file.parent.mkdir(exist_ok=True)
    with folder_alone(file.parent):  # another regime's rows may have come meanwhile
        kept = pd.read_csv(file) if file.exists() else pd.DataFrame({"regime": []})
        made = pd.concat([kept[kept["regime"] != name], drawn], ignore_index=True)
        write_whole(file, str(made.to_csv(index=False, float_format="%.9g", lineterminator="\n")))
    typer.echo(f"{file}: {(made['regime'] == name).sum()} rows of {name}")
