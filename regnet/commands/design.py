"""`regnet sample`: networks of a design space."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from regnet.commands.arguments import regime_name
from regnet.console import bounds, print_rows

if TYPE_CHECKING:
    from regnet.design.networks import Network

TABLE_ROWS = 10_000


def sample(
    space: Annotated[str, typer.Argument(help="a design space, as anynetx_a or regnetx")],
    n: Annotated[int, typer.Option("-n", help="networks")] = 20,
    regime: Annotated[
        str, typer.Option(help="take input, stem and flops window from this regime", callback=regime_name)
    ] = "",
    resolution: Annotated[
        int, typer.Option(help="side of the input in pixels [default: 224, or the regime's]", show_default=False)
    ] = 0,
    flops: Annotated[str, typer.Option(help="LOW:HIGH multiply-adds an image, either end open")] = "",
    params: Annotated[str, typer.Option(help="LOW:HIGH parameters")] = "",
    acts: Annotated[str, typer.Option(help="LOW:HIGH activations")] = "",
    seed: Annotated[int, typer.Option(help="of the draws")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,
) -> None:
    """Draw networks from a design space inside a window of complexity."""
    from regnet.design.complexity import complexity
    from regnet.design.spaces import spaces
    from regnet.sweeps.regimes import find_regime

    drawn_from, num_classes, window = spaces[space], 1000, bounds(flops, "flops")
    if regime:
        setting = find_regime(regime)
        drawn_from, num_classes = drawn_from.with_stem(setting.stem), setting.num_classes
        resolution, window = resolution or setting.resolution, window or setting.window()
    r = resolution or 224
    most = {"params": bounds(params, "params"), "acts": bounds(acts, "acts")}
    draws = drawn_from.each(n, seed=seed, resolution=r, num_classes=num_classes, flops=window, **most)
    if n > TABLE_ROWS and not as_json:
        raise ValueError(
            f"a table has at most {TABLE_ROWS:,} rows, got -n {n:,}: --json writes each network once drawn"
        )
    rows = ((d, {"index": d.index, **_network_row(d.network, complexity(d.network, r, num_classes))}) for d in draws)
    if as_json:
        for draw, row in rows:
            typer.echo(json.dumps(row | {"drawn": draw.drawn}))
    else:
        print_rows([row for _, row in rows])


def _network_row(net: Network, counts: Any) -> dict[str, Any]:
    columns = {"depths": net.depths, "widths": net.widths, "group_widths": net.group_widths, "b": net.bottlenecks}
    return {**columns, "flops": counts.flops, "params": counts.params, "acts": counts.acts, "id": net.id}
