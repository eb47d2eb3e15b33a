"""`regnet figure`: one figure or table of the paper as a file."""

from pathlib import Path
from typing import Annotated

import typer

from regnet.commands.arguments import regime_name
from regnet.console import print_frame


def figure(
    name: Annotated[
        str, typer.Argument(help="fig01 ... fig23, tab01 ... tab07, and the book's own, as byrate, longer, timings")
    ],
    regime: Annotated[str, typer.Option(help="[default: REGNET_REGIME or natural]", callback=regime_name)] = "",
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", help="a figure's .svg, .png or .pdf, a table's .html; .csv for the data [default: NAME.svg]"
        ),
    ] = None,
) -> None:
    """Redraw a figure or table of the paper from the sealed runs."""
    from regnet import figures
    from regnet.figures.panels.element import Table
    from regnet.page import page
    from regnet.sweeps.store import open_runs

    runs = open_runs(regime)
    found = figures.element(name, runs)
    if output is None and isinstance(found, Table):
        print_frame(found.drawn())
    else:
        typer.echo(str(page.save(name, runs, output or Path(f"{name}.svg"))))
