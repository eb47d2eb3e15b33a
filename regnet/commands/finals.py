"""`regnet finals`: the best networks and published shapes trained longer, and the one reading of the test images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from regnet.commands.arguments import (
    Address,
    Cpus,
    Device,
    EngineName,
    Gpus,
    Regime,
    ShardText,
    Trainer,
    Workers,
    engine_of,
)
from regnet.console import print_rows

if TYPE_CHECKING:
    from regnet.sweeps.chosen import Final, Rates
    from regnet.sweeps.store import Runs

EXAMPLE = "regnet finals pocket --show"


def finals(
    regime: Regime,
    workers: Workers = 2,
    device: Device = "cpu",
    trainer: Trainer = "",
    show: Annotated[bool, typer.Option("--show", help="train nothing: the models, and what they would cost")] = False,
    n: Annotated[int, typer.Option("-n", help="choose among the first n members; 0: all that are sealed")] = 0,
    engine: EngineName = "local",
    address: Address = "",
    cpus: Cpus = 1,
    gpus: Gpus = 0.0,
    shard: ShardText = "",
) -> None:
    """Train the final models of Figs 17, 18 and Tables 3-6 with five seeds each, and read the test images, once."""
    from regnet.sweeps import finals as training
    from regnet.sweeps.chosen import plan
    from regnet.sweeps.cost import measured
    from regnet.sweeps.sealing import seal
    from regnet.sweeps.shards import Shard
    from regnet.sweeps.sheet_names import sheet_of
    from regnet.sweeps.store import MissingPopulation, open_runs

    runs = open_runs(regime, n=n)
    planned = plan(runs, _rates(runs))
    for note in planned.notes:
        typer.echo(note)
    if not planned.models:
        raise MissingPopulation(
            f"no final model can be chosen in regime {runs.regime}: regnet sweep {runs.regime} --element fig17 "
            f"&& regnet seal {runs.regime}"
        )
    print_rows([_row(final) for final in planned.models])
    missing = training.missing(planned.models, runs.regime)
    hours = training.seconds(missing, runs.regime, measured(runs)) / 3600
    typer.echo(f"{len(missing)} trainings to do, about {hours:.1f} core-hours by the populations' means")
    if show:
        return
    part = Shard.parse(shard)
    where = engine_of(engine, workers=workers, device=device, address=address, cpus=cpus, gpus=gpus)
    report = training.train(planned.models, runs.regime, where, trainer=trainer, shard=part)
    sheet = sheet_of(training.SHEET, runs.regime)
    if part.whole:
        typer.echo(f"{len(seal(sheet).rows)} rows in {sheet.csv}")
    else:
        typer.echo(f"shard {shard} is done; when all are: regnet seal {runs.regime} {sheet.name}")
    raise typer.Exit(1 if report.counts["failed"] else 0)


def _rates(runs: Runs) -> Rates | None:
    """EfficientNet's learning rate and weight decay; None, and a line, where a population of Fig 22 is not sealed."""
    from regnet.evidence.rates import best_rates, efficientnets
    from regnet.sweeps.store import MissingPopulation

    try:
        rates = best_rates(runs)
    except MissingPopulation as missing:
        typer.echo(f"EfficientNets are left out, their learning rate and weight decay are not known yet: {missing}")
        return None
    names = ", ".join(population.name for population in efficientnets(runs.regime))
    typer.echo(
        f"EfficientNets get learning rate {rates.lr:g} and weight decay {rates.weight_decay:g}, the best of {names}"
    )
    return rates


def _row(final: Final) -> dict[str, Any]:
    net, counts = final.network, final.counts
    return {
        "model": final.model, "from": final.source, "network": net.id, "d": net.depths, "w": net.widths,
        "flops": counts.flops, "params": counts.params, "acts": counts.acts,
        "lr": final.recipe.lr, "weight decay": final.recipe.weight_decay,
    }  # fmt: skip
