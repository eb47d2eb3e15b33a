"""`regnet sweep`, `status`, `seal`, `check`, `engines`: training, and looking after the evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from regnet.commands.arguments import (
    REGIMES,
    Address,
    Cpus,
    Device,
    EngineName,
    Gpus,
    Populations,
    Regime,
    ShardText,
    Trainer,
    Workers,
    engine_of,
    regime_name,
)
from regnet.console import print_frame

if TYPE_CHECKING:
    from regnet.sweeps.population import Population

MANY = 1000  # members of a population


def sweep(
    regime: Regime,
    populations: Populations = None,
    element: Annotated[str | None, typer.Option(help="the populations of a figure or table, as fig05")] = None,
    n: Annotated[int, typer.Option("-n", help="members of each population; 0: the regime's")] = 0,
    repeats: Annotated[bool, typer.Option(help="retrain the ten best of each with 3 new seeds instead")] = False,
    workers: Workers = 2,
    device: Device = "cpu",
    trainer: Trainer = "",
    engine: EngineName = "local",
    address: Address = "",
    cpus: Cpus = 1,
    gpus: Gpus = 0.0,
    shard: ShardText = "",
) -> None:
    """Train the members of populations that are not trained yet; without names, section 3's twelve."""
    from regnet.design.scalars import MEMBERS, whole
    from regnet.sweeps.experiments import SECTION3, named
    from regnet.sweeps.price import words
    from regnet.sweeps.shards import Shard
    from regnet.sweeps.store import open_runs
    from regnet.sweeps.sweep import default_repeats, sweep_populations, sweep_repeats

    if populations and element:
        raise ValueError(f"give either populations or an element, got {' '.join(populations)} and {element}")
    chosen = named(regime, populations or SECTION3) if element is None else _of(element, regime)
    if repeats and not (populations or element):
        chosen = default_repeats(regime)
    n = whole("-n", n, low=0, high=MEMBERS)
    if n > MANY:  # drawing them is long, training them longer
        typer.echo(f"{n:,} members each: {words(open_runs(regime), dict.fromkeys(chosen, n))}", err=True)
    part = Shard.parse(shard)
    where = engine_of(engine, workers=workers, device=device, address=address, cpus=cpus, gpus=gpus)
    report = (sweep_repeats if repeats else sweep_populations)(chosen, n, where, trainer, part)
    failed = report.counts["failed"]
    typer.echo(
        f"{report.done - failed} trained now"
        + (f", {failed} failed: the next sweep tries them again" if failed else "")
        + f"; seal what is finished with: regnet seal {regime}"
    )
    raise typer.Exit(1 if failed else 0)


def _of(element: str, regime: str) -> tuple[Population, ...]:
    """The populations of a figure or table."""
    from regnet import figures
    from regnet.sweeps.regimes import find_regime

    if found := figures.populations(find_regime(regime).name, element):
        return tuple(found)
    drawn = ", ".join(name for name in figures.names() if figures.populations(find_regime(regime).name, name))
    raise ValueError(f"element {element!r} has no populations: one of {drawn} expected")


def status(
    regime: Annotated[
        str, typer.Argument(help=f"{REGIMES} [default: REGNET_REGIME or natural]", callback=regime_name)
    ] = "",
) -> None:
    """Show how far each population is: trained, wanted, sealed, failed, diverged, error, core-hours, hours left."""
    from regnet import figures
    from regnet.sweeps.regimes import find_regime
    from regnet.sweeps.status import status as table

    found = find_regime(regime)
    print_frame(table(found, figures.populations(found.name)))


def seal(
    regime: Regime,
    populations: Annotated[
        list[str] | None, typer.Argument(help="also POPULATION.repeats, calibration, finals")
    ] = None,
) -> None:
    """Write finished trainings as CSV and JSON under runs/; without names, all that are in the journals."""
    from regnet.sweeps.regimes import find_regime
    from regnet.sweeps.sealing import seal as seal_sheet
    from regnet.sweeps.sheet_names import sheet_of
    from regnet.sweeps.status import in_work

    names = populations or in_work(find_regime(regime).name)
    if not names:
        raise FileNotFoundError(f"no journal of regime {regime}: nothing was trained here yet (regnet sweep {regime})")
    for name in names:
        sheet = sheet_of(name, regime)
        typer.echo(f"{len(seal_sheet(sheet).rows)} rows in {sheet.csv}")


def check(
    regime: Regime,
    populations: Populations = None,
    k: Annotated[int, typer.Option("-k", help="members of each population")] = 3,
    seed: Annotated[int, typer.Option(help="chooses the members")] = 0,
    workers: Workers = 2,
    device: Device = "cpu",
    engine: EngineName = "local",
    address: Address = "",
    cpus: Cpus = 1,
    gpus: Gpus = 0.0,
) -> None:
    """Retrain members of sealed populations with their own seeds and compare; exit 1 where one does not come out."""
    from regnet.design.scalars import MEMBERS, SEED, whole
    from regnet.sweeps.check import check as check_all
    from regnet.sweeps.check import sealed_populations
    from regnet.sweeps.population import Population
    from regnet.sweeps.store import open_runs

    k, seed = whole("-k", k, high=MEMBERS), whole("--seed", seed, low=0, high=SEED)
    opened = open_runs(regime)
    chosen = [Population.parse(name, regime) for name in populations or ()] or sealed_populations(opened)
    where = engine_of(engine, workers=workers, device=device, address=address, cpus=cpus, gpus=gpus)
    passed = []
    for result in check_all(chosen, opened, where, k=k, seed=seed):
        passed.append(result.passed)
        for row in result.members.to_dict("records"):
            typer.echo(f"  {result.population} {row['index']:>4}  sealed {row['sealed']:.2f}  again {row['again']:.2f}")
        typer.echo(f"{'pass' if result.passed else 'FAIL'}  {result.population}: {result.why}")
    raise typer.Exit(0 if all(passed) else 1)


def engines(regime: Regime, workers: Workers = 2) -> None:
    """Train the same networks by the compiled engine, by PyTorch and by PyTorch in float32, and seal what came out."""
    from regnet.sweeps.engine import Local
    from regnet.sweeps.engine_trials import TRAINERS, compare
    from regnet.sweeps.sealing import seal as seal_sheet
    from regnet.sweeps.sheet_names import sheet_of

    reports = compare(regime, Local(workers=workers))
    for name in TRAINERS:
        sheet = sheet_of(name, regime)
        typer.echo(f"{len(seal_sheet(sheet).rows)} rows in {sheet.csv}")
    raise typer.Exit(1 if any(report.counts["failed"] for report in reports) else 0)
