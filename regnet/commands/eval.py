"""`regnet eval`: the error of published or own weights on ImageNet, ImageNetV2, or a folder of images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from regnet.design.descriptions import Named
    from regnet.training.evaluation import Evaluation
    from regnet.training.weights import Loaded

EXAMPLE = "regnet eval regnetx-400mf --weights RegNetX-400MF_dds_8gpu.pyth --data imagenetv2"


def eval(
    model: Annotated[str, typer.Argument(help="a published network, by anyone's name, or a .json or .yaml file")],
    weights: Annotated[str, typer.Option(help="checkpoint of pycls, timm, torchvision, transformers, or own")],
    data: Annotated[str, typer.Option(help="imagenet, imagenetv2, or a folder of class folders")],
    device: Annotated[str, typer.Option(help="auto (a GPU where there is one), cpu, cuda:1")] = "auto",
    batch: Annotated[int, typer.Option(help="images at a time")] = 64,
    limit: Annotated[int, typer.Option("-n", "--limit", help="so many images, evenly spaced; 0: all")] = 0,
    resolution: Annotated[
        int, typer.Option(help="side of the crop in pixels [default: the project's]", show_default=False)
    ] = 0,
    resize: Annotated[
        int, typer.Option(help="short side before the crop [default: the project's]", show_default=False)
    ] = 0,
    interpolation: Annotated[
        str, typer.Option(help="bilinear, bicubic or opencv [default: the project's]", show_default=False)
    ] = "",
    part: Annotated[str, typer.Option(help="of a file with several, as model_ema")] = "",
    eps: Annotated[
        float | None, typer.Option(help="of batch normalisation, where not the project's", show_default=False)
    ] = None,
) -> None:
    """Evaluate a network with weights from a file: top-1 and top-5 error, with 95% intervals.

    Not run on ImageNet here: on small folders only.
    """
    from regnet.design.descriptions import find
    from regnet.design.scalars import BATCH, SIDE, real, whole
    from regnet.sweeps.progress import Report
    from regnet.training import evaluation
    from regnet.training.devices import pick_device
    from regnet.training.preprocessing import prescribed
    from regnet.training.weights import loaded

    batch, limit = whole("--batch", batch, high=BATCH), whole("--limit", limit, low=0)
    resolution, resize = (
        whole(f"--{name}", side, low=0, high=SIDE) for name, side in (("resolution", resolution), ("resize", resize))
    )
    eps = None if eps is None else real("--eps", eps, above=0)
    named, chosen = find(model), pick_device(device)
    if named.caveat:
        typer.echo(named.caveat, err=True)
    if named.network.stem.channels != 3:
        raise ValueError(f"{named.name} takes images of {named.network.stem.channels} channels: photographs have 3")
    folder = evaluation.find(data)
    given = loaded(named.network, weights, part=part, eps=eps)
    files = evaluation.spread(evaluation.labelled(folder, given.num_classes), limit)
    how = prescribed(given.project, named.name, named.resolution).at(resolution, resize, interpolation)
    typer.echo(f"{_about(named, given, weights)}\n{len(files):,} images of {folder}: {how}")
    with Report(len(files), verb="images") as report:
        found = evaluation.evaluate(
            given.module, files, how, device=chosen, batch=batch, judged=lambda n: report.step("ok", count=n)
        )
    typer.echo(_said(found, chosen))


def _about(named: Named, given: Loaded, weights: str) -> str:
    """The network, and what was read of the file."""
    part = f", its part {given.part}" if given.part else ""
    more = f" (not {', '.join(given.others)}: --part)" if given.others else ""
    return f"{named.name}, {given.num_classes:,} classes: {weights}{part}{more}, by {given.project}'s names"


def _said(found: Evaluation, device: str) -> str:
    from regnet.analysis.binomial import error_interval

    lines = []
    for name, wrong in (("top-1", found.wrong), ("top-5", found.wrong_top5)):
        low, high = error_interval(wrong, found.images)
        lines.append(f"{name} error {100 * wrong / found.images:.2f}% (95%: {low:.2f} to {high:.2f})")
    return "\n".join([*lines, f"{found.per_second:.1f} images a second on {device}, decoding included"])
