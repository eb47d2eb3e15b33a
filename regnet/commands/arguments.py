"""Arguments and options that several commands have."""

from typing import Annotated

import typer

Regime = Annotated[str, typer.Argument(help="smoke, pocket, natural or imagenet")]
Populations = Annotated[list[str] | None, typer.Argument(help="as anynetx_a or regnetx-6mf-l2")]
Workers = Annotated[int, typer.Option(help="processes, one thread each")]
Device = Annotated[str, typer.Option(help="cpu, or cuda:0,cuda:1 to share among the workers")]
Trainer = Annotated[
    str, typer.Option(help="native or torch: what trains [default: native where it can]", show_default=False)
]
