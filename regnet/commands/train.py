"""`regnet train`: one published network by the paper's final recipe, on one device or on several together."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from regnet.design.recipe import Recipe, Record
    from regnet.figures.numbers.published_models import Model

EXAMPLE = "regnet train regnetx-400mf --device cuda --processes 8"


def train(
    model: Annotated[str, typer.Argument(help="a published network, as regnetx-400mf (regnet zoo lists them)")],
    device: Annotated[str, typer.Option(help="cuda: one GPU a process, from cuda:0 on; or cpu")] = "cuda",
    processes: Annotated[int, typer.Option(help="that share each batch, a GPU each")] = 1,
    epochs: Annotated[int, typer.Option(help="passes over the training images")] = 100,
    batch: Annotated[int, typer.Option(help="images of a step, of all processes; 0: the paper's")] = 0,
    seed: Annotated[int, typer.Option(help="of initialisation, order and augmentation")] = 0,
    data: Annotated[str, typer.Option(help="the data set, under REGNET_DATA")] = "imagenet",
    output: Annotated[Path | None, typer.Option("-o", help="JSON of the result, weights beside it as .pt")] = None,
) -> None:
    """Train a published network as the paper does (sec. 5); broken off, it goes on after its last epoch."""
    from regnet.design.scalars import BATCH, SEED, WORKERS, whole
    from regnet.figures.numbers.published_models import find
    from regnet.sweeps import cores
    from regnet.sweeps.folders import work_folder
    from regnet.sweeps.whole import write_whole
    from regnet.training.checkpoints import Checkpoints, remove, save_weights
    from regnet.training.data import sha256
    from regnet.training.distributed import train_together

    epochs, processes = whole("--epochs", epochs), whole("--processes", processes, high=WORKERS)
    batch, seed = whole("--batch", batch, low=0, high=BATCH), whole("--seed", seed, low=0, high=SEED)
    found = find(model)
    recipe = _recipe(found, data, epochs, batch)
    stem = work_folder() / data / "trained" / f"{found.key}-{recipe.hash}-{seed}"
    path = output or stem.with_name(f"{stem.name}.json")
    if path.suffix != ".json":
        raise ValueError(f"-o must be a .json file, got {path.name!r}")
    if there := [one for one in (path, path.with_suffix(".pt")) if one.exists()]:
        raise FileExistsError(f"{there[0]} is there: it was trained already; -o writes another")
    keep = Checkpoints(stem.with_name(f"{stem.name}.checkpoint"), seconds=0)
    with cores.shared():
        record = train_together(found.net, recipe, seed, processes=processes, device=device, keep=keep)
    said = {"model": found.key, "processes": processes, "record": asdict(record)}
    result = said | {
        "recipe": asdict(recipe),
        "data_sha256": sha256(data),
        "segment": _segment(recipe, device, processes, record),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    if record.status == "ok" and keep.path.exists():  # what diverged left the weights of an earlier epoch
        save_weights(keep.path, path.with_suffix(".pt"))
    write_whole(path, json.dumps(result, indent=1) + "\n")
    remove(keep.path)
    typer.echo(json.dumps(said))


def _segment(recipe: Recipe, device: str, processes: int, record: Record) -> dict[str, Any]:
    from regnet.sweeps import segments
    from regnet.training.devices import pick_device
    from regnet.training.timing import threads

    device = pick_device(device)
    each = 1 if processes > 1 else threads(device) or 1
    return segments.here(precision=recipe.precision, device=device, threads=each, engine=record.engine)


def _recipe(model: Model, data: str, epochs: int, batch: int) -> Recipe:
    """The paper's, with as many images and classes as the data set has."""
    from regnet.sweeps.section5 import final_recipe
    from regnet.training.data import source

    found = source(data)
    return final_recipe(
        batch or model.batch_sizes()[0],
        epochs=epochs,
        efficientnet=model.family == "efficientnet",
        resolution=model.resolution,
        data=data,
        images=found.epoch,
        num_classes=found.num_classes,
        validation_images=len(found.validation),
    )
