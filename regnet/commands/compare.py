"""`regnet compare`: design spaces by the errors of their populations, as the paper compares them (sec. 3.1)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from regnet.commands.arguments import Regime
from regnet.console import print_frame

if TYPE_CHECKING:
    import pandas as pd

    from regnet.figures.panels.edfs import Line
    from regnet.figures.panels.element import Picture
    from regnet.sweeps.population import Population
    from regnet.sweeps.store import Runs

LINES: tuple[Line, ...] = ("-", "--", ":", "-.", (0, (6, 1, 1, 1, 1, 1)), (0, (1, 4)))  # of one colour
MOST = len(LINES)


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
    """One panel of EDFs; populations of one colour differ in their lines."""
    from regnet.figures.panels import style
    from regnet.figures.panels.edfs import Edfs, Entry
    from regnet.figures.panels.element import Picture, Row
    from regnet.sweeps import labels

    entries: dict[tuple[str, Line], Entry] = {}
    for population in chosen:
        colour, usual = style.colour(population.name), style.line(population.name)
        look = next(look for line in (usual, *LINES) if (look := (colour, line)) not in entries)
        entries[look] = Entry(population, "", labels.described(population.name), look[1])
    return Picture(
        runs=runs,
        title="Populations compared",
        rows=[Row([Edfs(runs, "populations", 0, list(entries.values()), f"Regime {runs.regime}")], body=3.2)],
        width=style.WIDTH * 0.75,
        how="Error EDFs, F(e): the share of networks with an error below e; above: least|mean error in %.",
        seen="Error EDFs of populations.",
    )
