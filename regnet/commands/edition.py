"""`regnet pdf` and `regnet edition`: the built book as one file."""

import os
from pathlib import Path
from typing import Annotated

import typer

from regnet.commands.arguments import REGIMES, regime_name

Built = Annotated[
    str, typer.Argument(help=f"{REGIMES}, as in regnet book; left out, the pages of make book", callback=regime_name)
]


def pdf(
    regime: Built = "",
    output: Annotated[Path | None, typer.Option("-o", help="a .pdf [default: regnet-book.pdf above the pages]")] = None,
) -> None:
    """Print the built pages as one PDF, with contents, outline and page numbers; Chromium prints."""
    from regnet.chapters.contents import book_folder, documents
    from regnet.chapters.printed import printed
    from regnet.page.citation import citation
    from regnet.sweeps.folders import CHECKOUT

    names, cited = documents(book_folder()), citation(os.environ.get("REGNET_BASEURL", ""))
    build = CHECKOUT / "_build" / regime
    typer.echo(f"The book: {printed(build / 'html', names, cited, output or build / 'regnet-book.pdf')}")


def edition(
    output: Annotated[Path | None, typer.Option("-o", help="a .zip [default: _build/regnet-book.zip]")] = None,
) -> None:
    """Put PDF, populations and laptop edition beside the built pages, with links, and pack it all as one ZIP."""
    from regnet.chapters.edition import LAPTOP, beside, offer, zipped
    from regnet.sweeps.archive import TOP
    from regnet.sweeps.folders import CHECKOUT

    build = CHECKOUT / "_build"
    beside(build / "html", build / LAPTOP / "html")
    offer(build / "html", [build / "regnet-book.pdf", build / f"{TOP}.tar.gz"])
    typer.echo(f"The book: {zipped(build / 'html', output or build / 'regnet-book.zip')}")
