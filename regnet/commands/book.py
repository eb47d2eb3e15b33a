"""`regnet book`: the pages, of any regime."""

from typing import Annotated

import typer

from regnet.commands.arguments import REGIMES, regime_name


def book(
    regime: Annotated[str, typer.Argument(help=f"{REGIMES}; left out, it is `make book`", callback=regime_name)] = "",
) -> None:
    """Build the book into _build/html, or with a regime's evidence into _build/REGIME/html."""
    from regnet.chapters.pages import build

    page = build(regime)
    if page is None:
        typer.echo("regnet: the book was not built without a warning; the lines above say where", err=True)
        raise typer.Exit(1)
    typer.echo(f"The book: {page}")
