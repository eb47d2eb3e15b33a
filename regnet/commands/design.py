"""`regnet sample`: networks of a design space."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from regnet.commands.arguments import regime_name
from regnet.console import bounds, print_rows

if TYPE_CHECKING:
    from regnet.design.sampling import Draw

TABLE_ROWS = 10_000


def sample(
    space: Annotated[
        str, typer.Argument(help="a design space, as anynetx_a, or one of your own from runs/spaces.toml")
    ],
    n: Annotated[int, typer.Option("-n", help="networks")] = 20,
    regime: Annotated[
        str, typer.Option(help="take input, stem, flops window and limits from this regime", callback=regime_name)
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
    from regnet.design.sampling import Ranges
    from regnet.design.scalars import SIDE, whole
    from regnet.design.shape_space import ShapeSpace
    from regnet.sweeps.own_spaces import find_space
    from regnet.sweeps.regimes import find_regime

    drawn_from, own = find_space(space), bounds(flops, "flops")
    if isinstance(drawn_from, ShapeSpace):
        raise ValueError(f"{space} is one network, scaled, not a space to draw from: regnet zoo {drawn_from.shape}")
    ranges = Ranges(resolution=224, num_classes=1000)
    if regime:
        setting = find_regime(regime)
        drawn_from, ranges = drawn_from.with_stem(setting.stem), setting.ranges(drawn_from, own)
    elif drawn_from.limited:
        typer.echo(f"{space} has limits that a regime sets: without --regime none is applied", err=True)
    given: dict[str, object] = {"flops": own, "params": bounds(params, "params"), "acts": bounds(acts, "acts")}
    given |= {"resolution": whole("--resolution", resolution, low=0, high=SIDE)}
    ranges |= cast("Ranges", {name: value for name, value in given.items() if value})
    if n > TABLE_ROWS and not as_json:
        raise ValueError(
            f"a table has at most {TABLE_ROWS:,} rows, got -n {n:,}: --json writes each network once drawn"
        )
    for_all = ranges["resolution"], ranges["num_classes"]
    rows = ((draw, _row(draw, *for_all)) for draw in drawn_from.each(n, seed=seed, **ranges))
    if as_json:
        for draw, row in rows:
            typer.echo(json.dumps(row | {"drawn": draw.drawn, "network": asdict(draw.network)}))
    else:
        print_rows([row for _, row in rows])


def _row(draw: Draw, resolution: int, num_classes: int) -> dict[str, Any]:
    """A network's columns; its own resolution, where it draws one, is that of the counts."""
    from regnet.design.complexity import complexity

    net, zoom = draw.network, draw.drawn.get("zoom", 1)
    own = {"resolution": round(resolution * zoom)} if "zoom" in draw.drawn else {}
    counts = complexity(net, round(resolution * zoom), num_classes)
    columns = {"depths": net.depths, "widths": net.widths, "group_widths": net.group_widths, "b": net.bottlenecks}
    costs = {"flops": counts.flops, "params": counts.params, "acts": counts.acts}
    return {"index": draw.index, **columns, **own, **costs, "id": net.id}
