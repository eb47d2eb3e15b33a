"""`regnet compare`: design spaces by the errors of their populations, as the paper compares them (sec. 3.1)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from regnet.commands.arguments import Regime
from regnet.console import print_frame

if TYPE_CHECKING:
    import pandas as pd

    from regnet.figures.panels.element import Picture
    from regnet.sweeps.population import Population
    from regnet.sweeps.store import Runs

MOST = 6  # lines that one panel tells apart


def compare(
    regime: Regime,
    populations: Annotated[list[str], typer.Argument(help="sealed ones; the others are held against the first")],
    n: Annotated[int, typer.Option("-n", help="the first n members of each; 0: all")] = 0,
    output: Annotated[
        Path | None, typer.Option("-o", help="draw their error EDFs as .svg, .png or .pdf, or .csv for the data")
    ] = None,
) -> None:
    """Compare populations by their errors: least, mean, and how far each mean is from the first's, with 95% intervals.

    Intervals are Welch's, one by one. The book judges its claims by rules of their own.
    """
    from regnet.page import page
    from regnet.sweeps.experiments import named
    from regnet.sweeps.store import open_runs

    chosen, runs = named(regime, populations), open_runs(regime, n=n)
    if not 2 <= len(chosen) <= MOST:
        raise ValueError(f"2 to {MOST} different populations are compared, got {' '.join(populations)}")
    print_frame(_table(runs, chosen))
    if output:
        typer.echo(str(page.write(_picture(runs, chosen), "compare", output, "a comparison")))


def _table(runs: Runs, chosen: tuple[Population, ...]) -> pd.DataFrame:
    """A row a population: trainings, different networks, least and mean error (percent), mean minus the first's."""
    import pandas as pd

    from regnet.analysis.compare import better

    rows, first = [], runs.frame(chosen[0])["error"]
    for population in chosen:
        frame = runs.frame(population)
        gap = better(frame["error"], first) if population != chosen[0] else None
        rows.append({
            "population": population.name,
            "n": len(frame),
            "networks": frame["network_id"].nunique(),
            "least": f"{frame['error'].min():.2f}",
            "mean": f"{frame['error'].mean():.2f}",
            "minus the first's": f"{gap.effect:+.2f}" if gap else "",
            "95%": f"{gap.low:+.2f} to {gap.high:+.2f}" if gap else "",
        })  # fmt: skip
    return pd.DataFrame(rows)


def _picture(runs: Runs, chosen: tuple[Population, ...]) -> Picture:
    """One panel of EDFs; populations of one space differ in their lines."""
    from regnet.figures.panels import style
    from regnet.figures.panels.edfs import Edfs, Entry
    from regnet.figures.panels.element import Picture, Row
    from regnet.sweeps import labels

    entries: list[Entry] = []
    for population in chosen:
        before = sum(entry.population.space == population.space for entry in entries)
        line = style.BROKEN[before % len(style.BROKEN)] if before else ""
        entries.append(Entry(population, "", labels.described(population.name), line))
    return Picture(
        runs=runs,
        title="Populations compared",
        rows=[Row([Edfs(runs, "populations", 0, entries, f"Regime {runs.regime}")], body=3.2)],
        width=style.WIDTH * 0.75,
        how="Error EDFs, F(e): the share of networks with an error below e; above: least|mean error in %.",
        seen="Error EDFs of populations.",
    )
