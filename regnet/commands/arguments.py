"""Arguments and options that several commands have."""

from typing import Annotated

import typer

REGIMES = "smoke, pocket, natural, imagenet, or a file of your own, as my.toml"


def regime_name(given: str) -> str:
    """The name of the regime that was given, by its name or its file; "" stays."""
    from regnet.sweeps.regimes import find_regime

    return find_regime(given).name if given else given


Regime = Annotated[str, typer.Argument(help=REGIMES, callback=regime_name)]
Populations = Annotated[list[str] | None, typer.Argument(help="as anynetx_a or regnetx-6mf-l2")]
Workers = Annotated[int, typer.Option(help="processes, one thread each")]
Device = Annotated[str, typer.Option(help="cpu, or cuda:0,cuda:1 to share among the workers")]
Trainer = Annotated[
    str, typer.Option(help="native or torch: what trains [default: native where it can]", show_default=False)
]
