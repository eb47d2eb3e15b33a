"""How the command line speaks: tables, width profiles, ranges read from text, mistakes in one line."""

from __future__ import annotations

import codecs
import io
import signal
import sys
import unicodedata
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.table import Table
from typer.core import TyperGroup

if TYPE_CHECKING:
    import pandas as pd

    from regnet.design.networks import Network

USAGE: Any = typer.BadParameter.__base__  # click's UsageError, which typer has under no name of its own
MISTAKES = (ValueError, OSError, ImportError, EOFError)  # anything else is a bug and keeps its traceback
_PLAIN = {"█": "#", "√": "sqrt ", "±": "+/-", "≠": "!=", "≤": "<=", "≥": ">=", "≈": "~", "–": "-", "−": "-", "×": "x"}


class OneLineErrors(TyperGroup):
    """Commands whose mistakes end in one line, not a traceback."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except USAGE as error:
            raise self._misused(error, ctx) from None

    @staticmethod
    def _misused(error: Any, ctx: Any) -> typer.Exit:
        """Says how the command was misused, in one line; typer would draw a box around it."""
        said = " ".join(error.format_message().split()).removesuffix(".")
        if said:  # where nothing is said, the help was shown
            typer.echo(f"regnet: {said}; see {(error.ctx or ctx).command_path} --help", err=True)
        return typer.Exit(2)

    def invoke(self, ctx: Any) -> Any:
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # a cluster's or an init system's Ctrl-C
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="regnet.plain")
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort):
            raise
        except KeyboardInterrupt:
            typer.echo("\nstopped; what is finished is kept, and the same command goes on from there", err=True)
            raise typer.Exit(130) from None
        except USAGE as error:
            raise self._misused(error, ctx) from None
        except BrokenPipeError:
            raise  # who read the output has enough: click ends without a word
        except MISTAKES as error:
            typer.echo(f"regnet: {_said(error)}", err=True)
            raise typer.Exit(2) from None


def _said(error: Exception) -> str:
    """What went wrong, in one line if it is told in one."""
    if isinstance(error, OSError) and error.errno is not None and error.filename is None:
        return f"{error.strerror}, where no file is named: most likely the output"
    return str(error) or type(error).__name__


def _plainly(error: UnicodeError) -> tuple[str, int]:
    """Letters that the terminal's encoding lacks, as near as they can be had in ASCII."""
    assert isinstance(error, UnicodeEncodeError)
    lacking = error.object[error.start : error.end]
    near = (_PLAIN.get(c) or unicodedata.normalize("NFKD", c).encode("ascii", "ignore").decode() for c in lacking)
    return "".join(c or "?" for c in near), error.end


codecs.register_error("regnet.plain", _plainly)


def bounds(text: str, name: str) -> tuple[float | None, float | None] | None:
    """LOW:HIGH as numbers; None for the empty text."""
    if not text:
        return None
    low, colon, high = text.partition(":")
    try:
        if not colon:
            raise ValueError
        return (float(low) if low else None, float(high) if high else None)
    except ValueError:
        raise ValueError(f"--{name} must be LOW:HIGH, as 360e6:400e6 or :8e6, got {text!r}") from None


def profile(net: Network) -> str:
    """One bar a block, its length the block's width."""
    widths = net.widths_per_block
    bars = [f"{j:>4} {w:>6.0f} " + "█" * max(1, round(50 * w / widths.max())) for j, w in enumerate(widths)]
    return "\n".join(["   j    w_j", *bars])


def print_rows(rows: list[dict[str, Any]]) -> None:
    import pandas as pd

    print_frame(pd.DataFrame(rows))


def print_frame(frame: pd.DataFrame) -> None:
    """A table as wide as it needs to be in a pipe, as wide as the terminal on one."""
    if not len(frame.columns):
        return
    console = Console()
    if not console.is_terminal:
        console = Console(width=max(200, 14 * len(frame.columns)))
    table = Table(box=None, header_style="bold")
    for name in frame.columns:
        table.add_column(str(name), justify="left" if frame[name].dtype == object else "right", overflow="fold")
    for row in frame.itertuples(index=False):
        table.add_row(*(_text(value) for value in row))
    console.print(table)


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return " ".join(f"{part:g}" for part in value)
    return f"{value:.4g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
