"""`regnet zoo`: the paper's published networks, or one network stage by stage, beside what was printed for it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from regnet.console import print_rows, profile

if TYPE_CHECKING:
    from regnet.design.networks import Network, RegNet
    from regnet.figures.numbers.published_models import Model

NOT_COUNTED = {  # quantity -> the paper's column, pycls' column
    "batch": ("batch_size", "batch_size"),
    "infer (ms)": ("infer_ms_batch64_v100", "zoo_md_infer_ms"),
    "train (hr)": ("train_hr_100ep_8gpu", "zoo_md_train_hr"),
    "error (%)": ("top1_error_pct_mean5", "zoo_md_top1_error_pct"),
}


def zoo(
    model: Annotated[
        str, typer.Argument(help="a published network, by anyone's name, or a .json or .yaml file; all if left out")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a network")] = False,
    resolution: Annotated[
        int, typer.Option(help="side of the input in pixels [default: the published one]", show_default=False)
    ] = 0,
    classes: Annotated[int, typer.Option(help="outputs of the classifier")] = 1000,
) -> None:
    """Show the published networks, or one network: stages, quantised line, printed numbers, width profile."""
    from regnet.design.scalars import CLASSES, SIDE, whole
    from regnet.figures.numbers.published_models import models

    resolution = whole("--resolution", resolution, low=0, high=SIDE)
    classes = whole("--classes", classes, high=CLASSES)
    named = [_named(model)] if model else [_published(one) for one in models()]
    shown = [replace(one, classes=classes) for one in named]
    if as_json:
        for one in shown:
            typer.echo(json.dumps(as_object(one, resolution or one.resolution)))
    elif model:
        show(shown[0], resolution or shown[0].resolution)
    else:
        print_rows([_row(one, resolution or one.resolution) for one in shown])


@dataclass(frozen=True)
class Shown:
    """A network with its names, its own resolution, its quantised line and what was printed, None where there is none.

    `key` is the zoo's name, or that of a file.
    """

    name: str
    key: str
    net: Network
    resolution: int
    line: RegNet | None = None
    printed: Model | None = None
    classes: int = 1000


def _published(model: Model) -> Shown:
    return Shown(model.name, model.key, model.net, model.resolution, model.line, model)


def _named(text: str) -> Shown:
    """The network of a name or file, with what was printed where it is the paper's."""
    from regnet.design.descriptions import find
    from regnet.design.zoo import zoo
    from regnet.figures.numbers import published_models

    found = find(text)
    if found.caveat:
        typer.echo(f"{found.caveat}\n", err=True)
    if found.name in list(zoo):
        return _published(published_models.find(found.name))
    return Shown(found.name, found.name, found.network, found.resolution)


def show(model: Shown, resolution: int) -> None:
    """Stages, quantised line, printed numbers and width profile, one under the other."""
    typer.echo(f"{model.name}: {model.net.depth} blocks, {resolution} px, id {model.net.id}\n")
    print_rows(stage_rows(model, resolution))
    if model.line:
        settings = ", ".join(f"{name} {value:g}" for name, value in line(model).items())
        typer.echo(f"\nquantised line: {settings}")
    typer.echo("")
    if model.printed is None:
        typer.echo("not one of the paper's networks: nothing is printed for it")
    elif (resolution, model.classes) == (model.resolution, 1000):
        print_rows(printed_rows(model.printed))
    else:
        typer.echo(f"what is printed for it is for {model.resolution} px and 1,000 classes: leave both out to compare")
    typer.echo(f"\n{profile(model.net)}")


def stage_rows(model: Shown, resolution: int) -> list[dict[str, Any]]:
    """One row a part: stem, stages, head, and their sum; acts are outputs of convolutions."""
    from regnet.design.parts import parts

    stem, found = model.net.stem, parts(model.net, resolution, model.classes)
    shapes: list[dict[str, Any]] = [{"d": "", "w": stem.width, "stride": stem.stride, "kernel": stem.kernel}]
    shapes += [_stage(model.net, i) for i in range(len(model.net.stages))]
    rows = [_part(part, shape) for part, shape in zip(found, [*shapes, {}], strict=True)]
    total = {name: sum(getattr(part, name) for part in found) for name in ("flops", "params", "conv_acts")}
    return [*rows, {**dict.fromkeys(rows[0], ""), "part": "all", "d": model.net.depth, **_counts(total)}]


def _stage(net: Network, i: int) -> dict[str, Any]:
    kernel = getattr(net.stages[i], "kernel", 3)
    return {"d": net.depths[i], "w": net.widths[i], "g": net.group_widths[i], "b": net.bottlenecks[i],
            "stride": net.strides[i], "kernel": kernel}  # fmt: skip


def _part(part: Any, shape: dict[str, Any]) -> dict[str, Any]:
    names = ("d", "w", "g", "b", "stride", "kernel")
    return {"part": part.name, **{name: shape.get(name, "") for name in names}, "side": part.side,
            **_counts(asdict(part))}  # fmt: skip


def _counts(values: dict[str, Any]) -> dict[str, int]:
    return {"flops": values["flops"], "params": values["params"], "acts": values["conv_acts"]}


def line(model: Shown) -> dict[str, float]:
    """d, w_a, w_0, w_m, g and b of a RegNet; empty for other families."""
    if model.line is None:
        return {}
    return {name: getattr(model.line, name) for name in ("d", "w_a", "w_0", "w_m", "g", "b")}


def printed(model: Model) -> list[dict[str, Any]]:
    """One object a printed quantity: the paper's number, pycls' of 2023, and for costs the count made here."""
    rows: list[dict[str, Any]] = []
    for cell in model.cells():
        row = {"quantity": f"{cell.quantity} ({cell.unit})", "paper": cell.printed, "pycls_2023": cell.pycls}
        rows.append({**row, "counted": cell.counted, "as_printed": not cell.differs})
        if cell.wide != cell.counted:
            row["quantity"] = "acts by pycls' rule"
            rows.append({**row, "counted": cell.wide, "as_printed": not cell.differs_wide})
    for quantity, (paper, pycls) in NOT_COUNTED.items():
        rows.append({"quantity": quantity, "paper": float(model.paper[paper]), "pycls_2023": float(model.pycls[pycls])})
    return rows


def printed_rows(model: Model) -> list[dict[str, Any]]:
    """The same as a table: blanks where nothing is counted, yes and no."""
    words = {True: "yes", False: "no", None: ""}
    return [
        {"quantity": row["quantity"], "paper": row["paper"], "pycls 2023": row["pycls_2023"],
         "counted": f"{row['counted']:.3f}" if "counted" in row else "", "as printed": words[row.get("as_printed")]}
        for row in printed(model)
    ]  # fmt: skip


def as_object(model: Shown, resolution: int) -> dict[str, Any]:
    """All of it as one JSON object; `printed` is null where nothing is printed for that network and resolution."""
    from regnet.design.complexity import complexity

    counts = complexity(model.net, resolution, model.classes)
    as_printed = (resolution, model.classes) == (model.resolution, 1000)
    there = printed(model.printed) if model.printed and as_printed else None
    return {
        "model": model.name, "name": model.key, "id": model.net.id, "resolution": resolution,
        "flops": counts.flops, "params": counts.params, "acts": counts.acts, "conv_acts": counts.conv_acts,
        "line": line(model) or None, "parts": [_filled(row) for row in stage_rows(model, resolution)[:-1]],
        "network": asdict(model.net), "printed": there,
    }  # fmt: skip


def _filled(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value != ""}


def _row(model: Shown, resolution: int) -> dict[str, Any]:
    from regnet.design.complexity import complexity

    net, counts = model.net, complexity(model.net, resolution, model.classes)
    assert model.printed
    return {
        "model": model.key, "resolution": resolution, "depths": net.depths, "widths": net.widths,
        "g": net.group_widths, "b": net.bottlenecks, "flops": counts.flops, "params": counts.params,
        "acts": counts.acts, "paper's error (%)": float(model.printed.paper["top1_error_pct_mean5"]), "id": net.id,
    }  # fmt: skip
