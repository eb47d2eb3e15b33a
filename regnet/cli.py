"""The command line, `regnet`: one module in `commands/` for each command.

Every mistake is one line on stderr and exit status 2; Ctrl-C keeps what is finished and exits with 130.
"""

from collections.abc import Callable
from typing import Annotated

import typer

from regnet import __version__
from regnet.commands import (
    archive,
    batch,
    book,
    calibrate,
    compare,
    data,
    design,
    edition,
    eval,
    figure,
    finals,
    limits,
    sweeps,
    time,
    train,
    untrained,
    zoo,
)  # fmt: skip
from regnet.console import OneLineErrors

app = typer.Typer(
    cls=OneLineErrors,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",  # rich's own markup would swallow "[default: ...]" in a help text
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"regnet {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[bool, typer.Option("--version", help="print it", callback=_version, is_eager=True)] = False,
) -> None:
    """Designing Network Design Spaces, regenerated: sample, train, and redraw every figure."""


_EXAMPLES: tuple[tuple[Callable[..., None], str], ...] = (
    (design.sample, "regnet sample anynetx_a -n 5 --flops 360e6:400e6"),
    (zoo.zoo, "regnet zoo regnetx-400mf"),
    (sweeps.sweep, "regnet sweep pocket anynetx_a regnetx -n 100"),
    (sweeps.status, "regnet status pocket"),
    (sweeps.seal, "regnet seal pocket anynetx_a"),
    (sweeps.check, "regnet check pocket anynetx_a -k 3"),
    (compare.compare, "regnet compare pocket anynetx_a anynetx_e regnetx -o spaces.svg"),
    (calibrate.calibrate, "regnet calibrate pocket --images 6400 --batch 64 --lr 0.1"),
    (sweeps.engines, "regnet engines pocket"),
    (data.data, "regnet data tiny-imagenet"),
    (limits.limits, "regnet limits pocket"),
    (untrained.untrained, "regnet untrained pocket"),
    (finals.finals, finals.EXAMPLE),
    (train.train, train.EXAMPLE),
    (figure.figure, "regnet figure fig05 --regime pocket -o fig05.svg"),
    (time.time, time.EXAMPLE),
    (eval.eval, eval.EXAMPLE),
    (book.book, "regnet book smoke"),
    (edition.pdf, "regnet pdf -o regnet-book.pdf"),
    (edition.edition, "regnet edition -o regnet-book.zip"),
    (archive.archive, "regnet archive -o regnet-runs.tar.gz"),
)
for _command, _example in _EXAMPLES:
    app.command(epilog=f"Example: {_example}")(_command)
app.command(epilog="Example: regnet batch smoke 02-tools -p train true -p n 4", cls=batch.WithPairs)(batch.batch)


if __name__ == "__main__":
    app()
