"""`regnet archive`: the populations in one file."""

from pathlib import Path
from typing import Annotated

import typer


def archive(
    output: Annotated[Path | None, typer.Option("-o", help="a .tar.gz [default: _build/regnet-runs.tar.gz]")] = None,
) -> None:
    """Pack the checkout's sealed populations with their checksums into one file, the same bytes from the same runs."""
    import hashlib

    from regnet.sweeps.archive import TOP, pack
    from regnet.sweeps.folders import CHECKOUT

    path = pack(output or CHECKOUT / "_build" / f"{TOP}.tar.gz")
    typer.echo(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path}")
