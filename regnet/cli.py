"""The command line: `regnet sample | zoo | sweep | status | seal | check | figure | calibrate`.

Every mistake is one line on stderr and exit status 2; Ctrl-C keeps what is finished and exits with 130.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from regnet.console import OneLineErrors, bounds, print_frame, print_rows, profile

if TYPE_CHECKING:
    from regnet.design.networks import AnyNet

app = typer.Typer(cls=OneLineErrors, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

Regime = Annotated[str, typer.Argument(help="smoke, pocket or imagenet")]
Populations = Annotated[list[str] | None, typer.Argument(help="as anynetx_a or regnetx-6mf-l2")]
Workers = Annotated[int, typer.Option(help="processes, one thread each")]
Device = Annotated[str, typer.Option(help="cpu, or cuda:0,cuda:1 to share among the workers")]


@app.callback()
def main() -> None:
    """Designing Network Design Spaces, regenerated: sample, train, and redraw every figure."""


@app.command(epilog="Example: regnet sample anynetx_a -n 5 --flops 360e6:400e6")
def sample(
    space: Annotated[str, typer.Argument(help="a design space, as anynetx_a or regnetx")],
    n: Annotated[int, typer.Option("-n", help="networks")] = 20,
    regime: Annotated[str, typer.Option(help="take input, stem and flops window from this regime")] = "",
    resolution: Annotated[int, typer.Option(help="side of the input in pixels [default: 224, or the regime's]")] = 0,
    flops: Annotated[str, typer.Option(help="LOW:HIGH multiply-adds an image, either end open")] = "",
    params: Annotated[str, typer.Option(help="LOW:HIGH parameters")] = "",
    acts: Annotated[str, typer.Option(help="LOW:HIGH activations")] = "",
    seed: Annotated[int, typer.Option(help="of the draws")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,
) -> None:
    """Draw networks from a design space inside a window of complexity."""
    from regnet.design.complexity import complexity
    from regnet.design.spaces import spaces
    from regnet.sweeps.regimes import find_regime

    drawn_from, num_classes, window = spaces[space], 1000, bounds(flops, "flops")
    if regime:
        setting = find_regime(regime)
        drawn_from, num_classes = drawn_from.with_stem(setting.stem), setting.num_classes
        resolution, window = resolution or setting.resolution, window or setting.window()
    r = resolution or 224
    limits = {"flops": window, "params": bounds(params, "params"), "acts": bounds(acts, "acts")}
    draws = drawn_from.draw(n, seed=seed, resolution=r, num_classes=num_classes, **limits)
    rows = [{"index": d.index, **_network_row(d.network, complexity(d.network, r, num_classes))} for d in draws]
    if as_json:
        for draw, row in zip(draws, rows, strict=True):
            typer.echo(json.dumps(row | {"drawn": draw.drawn}))
    else:
        print_rows(rows)


@app.command(epilog="Example: regnet zoo regnetx-400mf")
def zoo(model: Annotated[str, typer.Argument(help="a published network; all of them if left out")] = "") -> None:
    """Show the published networks, or the width profile of one."""
    from regnet.design.complexity import complexity
    from regnet.design.zoo import zoo as networks

    names = [model] if model else list(networks)
    rows = []
    for name in names:
        net, r = networks[name], networks.resolution(name)
        rows.append({"model": name, "resolution": r, **_network_row(net, complexity(net, r))})
    print_rows(rows)
    if model:
        typer.echo(profile(networks[model]))


@app.command(epilog="Example: regnet sweep pocket anynetx_a regnetx -n 100")
def sweep(
    regime: Regime,
    populations: Populations = None,
    element: Annotated[str, typer.Option(help="the populations of a figure or table, as fig05")] = "",
    n: Annotated[int, typer.Option("-n", help="members of each population; 0: the regime's")] = 0,
    repeats: Annotated[bool, typer.Option(help="retrain the ten best of each with 3 new seeds instead")] = False,
    workers: Workers = 2,
    device: Device = "cpu",
) -> None:
    """Train the members of populations that are not trained yet; without names, section 3's twelve."""
    from regnet.sweeps.engine import Local
    from regnet.sweeps.experiments import named
    from regnet.sweeps.sweep import default_repeats, sweep_populations, sweep_repeats

    chosen = named(regime, populations or (), element)
    if repeats and not (populations or element):
        chosen = default_repeats(regime)
    if n < 0:
        raise ValueError(f"-n must be 0 (the default) or positive, got {n}")
    engine = Local(workers=workers, devices=tuple(device.split(",")))
    report = (sweep_repeats if repeats else sweep_populations)(chosen, n or chosen[0].setting.n, engine)
    failed = report.counts["failed"]
    typer.echo(
        f"{report.done - failed} trained now"
        + (f", {failed} failed: the next sweep tries them again" if failed else "")
        + f"; seal what is finished with: regnet seal {regime}"
    )
    raise typer.Exit(1 if failed else 0)


@app.command(epilog="Example: regnet status pocket")
def status(regime: Annotated[str, typer.Argument(help="smoke, pocket or imagenet [default: pocket]")] = "") -> None:
    """Show how far each population is: sealed, in the journal, wanted, failed, diverged, error, core-hours."""
    from regnet.sweeps.regimes import find_regime
    from regnet.sweeps.status import status as table

    print_frame(table(find_regime(regime)))


@app.command(epilog="Example: regnet seal pocket anynetx_a")
def seal(
    regime: Regime,
    populations: Annotated[list[str] | None, typer.Argument(help="also <population>.repeats, calibration")] = None,
) -> None:
    """Write finished trainings as CSV and JSON under runs/; without names, all that are in the journals."""
    from regnet.sweeps.regimes import find_regime
    from regnet.sweeps.sealing import seal as seal_sheet
    from regnet.sweeps.status import in_work, sheet_of

    names = populations or in_work(find_regime(regime).name)
    if not names:
        raise FileNotFoundError(f"no journal of regime {regime}: nothing was trained here yet (regnet sweep {regime})")
    for name in names:
        sheet = sheet_of(name, regime)
        typer.echo(f"{len(seal_sheet(sheet).rows)} rows in {sheet.csv}")


@app.command(epilog="Example: regnet check pocket anynetx_a -k 3")
def check(
    regime: Regime,
    populations: Populations = None,
    k: Annotated[int, typer.Option("-k", help="members of each population")] = 3,
    seed: Annotated[int, typer.Option(help="chooses the members")] = 0,
    runs: Annotated[str, typer.Option(help="folder of sealed runs [default: REGNET_RUNS or runs/]")] = "",
    workers: Workers = 2,
    device: Device = "cpu",
) -> None:
    """Retrain members of sealed populations with their own seeds and compare; exit 1 where one does not come out."""
    from regnet.sweeps.check import check as check_all
    from regnet.sweeps.check import sealed_populations
    from regnet.sweeps.engine import Local
    from regnet.sweeps.experiments import Population
    from regnet.sweeps.store import open_runs

    opened = open_runs(regime, runs)
    chosen = [Population.parse(name, regime) for name in populations or ()] or sealed_populations(opened)
    results = check_all(chosen, opened, Local(workers=workers, devices=tuple(device.split(","))), k=k, seed=seed)
    for result in results:
        for row in result.members.to_dict("records"):
            typer.echo(f"  {result.population} {row['index']:>4}  sealed {row['sealed']:.2f}  again {row['again']:.2f}")
        typer.echo(f"{'pass' if result.passed else 'FAIL'}  {result.population}: {result.why}")
    raise typer.Exit(0 if all(result.passed for result in results) else 1)


@app.command(epilog="Example: regnet figure fig05 --regime pocket -o fig05.svg")
def figure(
    name: Annotated[str, typer.Argument(help="fig01 ... fig23, tab01 ... tab07")],
    regime: Annotated[str, typer.Option(help="[default: REGNET_REGIME or pocket]")] = "",
    output: Annotated[
        Path | None, typer.Option("-o", help=".svg, .png, .pdf; .csv for the data [default: NAME.svg]")
    ] = None,
) -> None:
    """Redraw a figure or table of the paper from the sealed runs."""
    import pandas as pd

    from regnet.figures import page
    from regnet.sweeps.store import open_runs

    runs = open_runs(regime)
    drawn = page.draw(name, runs)
    if output is None and isinstance(drawn, pd.DataFrame):
        print_frame(drawn)
    else:
        typer.echo(str(page.save(name, runs, output or Path(f"{name}.svg"))))


@app.command(epilog="Example: regnet calibrate pocket --images 6400 --batch 64 --lr 0.1")
def calibrate(
    regime: Regime,
    images: Annotated[list[int] | None, typer.Option(help="only these candidates; may be repeated")] = None,
    batch: Annotated[list[int] | None, typer.Option(help="only these candidates; may be repeated")] = None,
    lr: Annotated[list[float] | None, typer.Option(help="only these candidates; may be repeated")] = None,
    networks: Annotated[int, typer.Option(help="of both spaces together [default: 16]")] = 0,
    show: Annotated[bool, typer.Option("--show", help="train nothing: what the finished trainings say")] = False,
    workers: Workers = 2,
    device: Device = "cpu",
) -> None:
    """Choose L1's images, batch, lr and validation images before any population is trained."""
    from dataclasses import replace

    from regnet.analysis.calibration import choose, summarise
    from regnet.sweeps import calibration
    from regnet.sweeps.engine import Local
    from regnet.sweeps.sealing import seal as seal_sheet

    grid = calibration.default_grid(regime)
    grid = replace(
        grid,
        images=tuple(images or grid.images),
        batch=tuple(batch or grid.batch),
        lr=tuple(lr or grid.lr),
        networks=networks or grid.networks,
    )
    if not show:
        calibration.calibrate(regime, grid, Local(workers=workers, devices=tuple(device.split(","))))
        seal_sheet(calibration.calibration_sheet(regime))
    summary = summarise(calibration.trainings(regime))
    print_frame(summary)
    best = choose(summary)
    kept = ", ".join(f"{name} {best[name]:g}" for name in ("images", "batch", "lr", "validation_images"))
    typer.echo(f"by the rule of regnet/analysis/calibration.py: {kept}")


def _network_row(net: AnyNet, counts: Any) -> dict[str, Any]:
    columns = {"depths": net.depths, "widths": net.widths, "group_widths": net.group_widths, "b": net.bottlenecks}
    return {**columns, "flops": counts.flops, "params": counts.params, "acts": counts.acts, "id": net.id}


if __name__ == "__main__":
    app()
