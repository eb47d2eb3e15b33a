"""`regnet calibrate`: the trainings that choose a regime's recipe before any population is trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from regnet.commands.arguments import Address, Cpus, Device, EngineName, Gpus, Regime, Workers, engine_of
from regnet.console import print_frame

if TYPE_CHECKING:
    from regnet.sweeps.engine import Engine
    from regnet.sweeps.length_calibration import Search
    from regnet.sweeps.tasks import Plan

STAGES = ("rates", "ranks")


def calibrate(
    regime: Regime,
    stage: Annotated[str, typer.Option(help="natural only: rates, then ranks")] = "",
    classes: Annotated[list[int] | None, typer.Option(help="natural only: these data sets; may be repeated")] = None,
    images: Annotated[list[int] | None, typer.Option(help="only these candidates; may be repeated")] = None,
    batch: Annotated[list[int] | None, typer.Option(help="only these candidates; may be repeated")] = None,
    lr: Annotated[list[float] | None, typer.Option(help="only these candidates; may be repeated")] = None,
    networks: Annotated[
        int, typer.Option(help="of both spaces together [default: 16]; in a stage, of each", show_default=False)
    ] = 0,
    show: Annotated[
        bool, typer.Option("--show", help="train nothing: what is finished says, and what is left costs")
    ] = False,
    workers: Workers = 2,
    device: Device = "cpu",
    engine: EngineName = "local",
    address: Address = "",
    cpus: Cpus = 1,
    gpus: Gpus = 0.0,
) -> None:
    """Choose L1's images, batch, lr and validation images before any population is trained."""
    from regnet.sweeps.length_calibration import SEARCHES
    from regnet.sweeps.sweep import on_devices

    where = engine_of(engine, workers=workers, device=device, address=address, cpus=cpus, gpus=gpus)
    if not show:
        where = on_devices(where)  # before anything is said of what it would take
    if regime not in SEARCHES:
        if stage or classes:
            raise ValueError(f"only {', '.join(SEARCHES)} is calibrated in stages, on several data sets; got {regime}")
        _grid(regime, images or (), batch or (), lr or (), networks, None if show else where)
        return
    if batch:
        raise ValueError(f"regime {regime} keeps its batch, got --batch {batch[0]}")
    if stage not in STAGES and not (show and not stage):
        raise ValueError(
            f"regime {regime} is calibrated in stages: --stage {' or --stage '.join(STAGES)}, got {stage!r}"
        )
    search = SEARCHES[regime]
    search = replace(
        search,
        classes=tuple(classes or search.classes),
        images=tuple(images or search.images),
        lr=tuple(lr or search.lr),
        **({f"{stage.removesuffix('s')}_networks": networks} if stage and networks else {}),
    )
    if not show:
        _train(regime, search, stage, where)
    _report(regime, search, stage)


def _grid(
    regime: str, images: Sequence[int], batch: Sequence[int], lr: Sequence[float], networks: int, engine: Engine | None
) -> None:
    """Every combination of images, batch and rate at once; without an engine only what the finished ones say."""
    from regnet.analysis.calibration import choose, summarise
    from regnet.sweeps import calibration
    from regnet.sweeps.sealing import seal as seal_sheet
    from regnet.sweeps.sheet_names import sheet_of

    grid = calibration.default_grid(regime)
    grid = replace(
        grid,
        images=tuple(images or grid.images),
        batch=tuple(batch or grid.batch),
        lr=tuple(lr or grid.lr),
        networks=networks or grid.networks,
    )
    if engine:
        typer.echo(f"at most {grid.trainings:,} trainings on {grid.images_seen:,} images", err=True)
        calibration.calibrate(regime, grid, engine)
        seal_sheet(sheet_of(calibration.SHEET, regime))
    summary = summarise(calibration.trainings(regime))
    print_frame(summary)
    best = choose(summary)
    kept = ", ".join(f"{name} {best[name]:g}" for name in ("images", "batch", "lr", "validation_images"))
    typer.echo(f"by the rule of regnet/analysis/calibration.py: {kept}")


def _train(regime: str, search: Search, stage: str, engine: Engine) -> None:
    """Trains and seals what is missing of a stage."""
    from regnet.sweeps import length_calibration
    from regnet.sweeps.sealing import seal as seal_sheet
    from regnet.sweeps.sweep import drive

    plans = length_calibration.rate_plans(regime, search) if stage == "rates" else _ranked(regime, search)
    left = length_calibration.price(plans)
    count = int((left["trainings"] - left["done"]).sum())
    typer.echo(f"{count:,} trainings to do, about {left['core_hours'].sum():,.1f} core-hours", err=True)
    drive(plans, engine)
    for plan in plans:
        seal_sheet(plan.sheet)


def _ranked(regime: str, search: Search) -> list[Plan]:
    """The plans of the second stage; raises ValueError where the first has not found every rate that they need."""
    from regnet.analysis.length_choice import best_rates, rate_table, rates_of
    from regnet.sweeps import length_calibration

    lengths = tuple(dict.fromkeys((*search.images, search.long_images)))
    first = length_calibration.price(length_calibration.rate_plans(regime, replace(search, images=lengths)))
    if left := int((first["trainings"] - first["done"]).sum()):
        raise ValueError(
            f"{left} trainings of the search for rates are missing: regnet calibrate {regime} --stage rates"
        )
    best = best_rates(rate_table(length_calibration.trainings(regime, search.classes)))
    return length_calibration.rank_plans(regime, search, rates_of(best[best["images"].isin(lengths)]))


def _report(regime: str, search: Search, stage: str) -> None:
    """What is left costs; the rates and ranks found so far, and what the rules take from them."""
    from regnet.analysis.length_choice import best_rates, choose_length, found_rates, rank_table, rate_table
    from regnet.sweeps import length_calibration

    frame = length_calibration.trainings(regime, search.classes)
    rates = rate_table(frame)
    best = best_rates(rates)
    found = found_rates(best)
    if stage != "ranks":
        typer.echo("rates: what is left")
        print_frame(length_calibration.price(length_calibration.rate_plans(regime, search)))
    if stage != "rates":
        typer.echo("ranks: what is left, at the rates found so far")
        guessed = {
            (k, n): found.get((k, n), search.lr[-1])
            for k in search.classes
            for n in (*search.images, search.long_images)
        }
        print_frame(length_calibration.price(length_calibration.rank_plans(regime, search, guessed)))
    for table in (rates, best):
        print_frame(table)
    ranks = rank_table(frame, found)
    if len(ranks):
        print_frame(ranks)
        typer.echo(f"by the rule of regnet/analysis/length_choice.py: {choose_length(ranks)}")
