"""One training: network, recipe and seed in, record out.

SGD with Nesterov momentum, weight decay on every parameter (BN's too, as in pycls), linear warm-up from a tenth of
the rate, then half-period cosine, both by the step; random horizontal flips (arXiv:2003.13678, footnote 5, sec. 4).

Deviations from pycls:
- the rate changes by the step, not by the epoch, since a training may be shorter than one epoch;
- BN's running averages are used as they are (pycls computes them anew from 8,192 images);
- images are flipped and normalised, not cropped or recoloured;
- a recipe with more pixels than the data set has enlarges the images, bilinear (Fig 14's resolutions).
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

from regnet.design.networks import Network
from regnet.design.recipe import Recipe, Record
from regnet.training import data
from regnet.training.models.blocks import Classifier
from regnet.training.models.build import build

WARMUP_START = 0.1  # of the rate
EVALUATION_BATCH = 500


def train(network: Network, recipe: Recipe, seed: int, *, device: str = "cpu", test: bool = False) -> Record:
    """The network's error on the validation images after training it by the recipe.

    Initialisation, batch order and flips follow from `seed`: on one machine, with one thread, the same arguments
    give the same error. A training whose loss, weights or logits stop being finite has status "diverged" and the
    error of a guess. With `test` the test images are read as well.

    Raises:
        ValueError: a network or recipe that does not fit the data set.
        FileNotFoundError: the data set is not on this machine.
    """
    data_set = data.load(recipe.data)
    _check(network, recipe, data_set)
    clock = time.process_time if device == "cpu" else time.perf_counter
    start = clock()
    model = build(network, recipe.num_classes, seed=seed, final_gamma=recipe.final_gamma)
    model = prepare(model, recipe, device)
    normalise = Normalise(data_set, recipe, device)
    finite = fit(model, recipe, batches(data_set.train, recipe, seed), normalise)
    errors: list[float | None] = [None, None]
    if finite:
        parts = [data_set.validation.first(recipe.validation_images)]
        parts += [data.load_test(recipe.data)] if test else []
        for i, images in enumerate(parts):
            errors[i] = evaluate(model, images, normalise, recipe)
    chance = 100.0 * (1 - 1 / recipe.num_classes)
    diverged = errors[0] is None
    return Record(
        network_id=network.id,
        recipe=recipe.hash,
        seed=seed,
        status="diverged" if diverged else "ok",
        error=chance if diverged else errors[0],
        seconds=clock() - start,
        test_error=(chance if diverged else errors[1]) if test else None,
    )


class Normalise:
    """Pixels (n, c, r, r) uint8 -> (x - mean) / std, float32, at the recipe's resolution, on the device."""

    def __init__(self, data_set: data.DataSet, recipe: Recipe, device: str) -> None:
        self.mean, self.std, self.device = data_set.mean, data_set.std, device
        self.enlarged = recipe.resolution if recipe.resolution != data_set.resolution else None

    def __call__(self, pixels: Tensor) -> Tensor:
        x = pixels.to(self.device, torch.float32, memory_format=torch.channels_last)
        x = x.sub_(self.mean).div_(self.std)
        return x if self.enlarged is None else F.interpolate(x, size=self.enlarged, mode="bilinear")


def batches(images: data.Images, recipe: Recipe, seed: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Mini-batches of pixels, flipped at random, and labels: permutation after permutation, cut into whole batches."""
    generator = torch.Generator().manual_seed(seed)
    passes = math.ceil(recipe.steps * recipe.batch / len(images))
    order = torch.cat([torch.randperm(len(images), generator=generator) for _ in range(passes)])
    for chosen in order[: recipe.steps * recipe.batch].view(recipe.steps, recipe.batch):
        pixels = images.pixels[chosen]
        flip = torch.rand(recipe.batch, generator=generator) < 0.5
        yield torch.where(flip[:, None, None, None], pixels.flip(-1), pixels), images.labels[chosen]


def rate(recipe: Recipe, step: int) -> float:
    """Learning rate of a step, from 0: half a cosine, times a ramp from 0.1 to 1 over the warm-up.

    >>> recipe = Recipe(data="fashion-mnist", resolution=28, images=1280, warmup_images=256, lr=1.0)
    >>> [round(rate(recipe, step), 3) for step in (0, 1, 5, 9)]
    [0.1, 0.537, 0.5, 0.024]
    """
    seen = step * recipe.batch
    ramp = 1.0
    if seen < recipe.warmup_images:
        ramp = WARMUP_START + (1 - WARMUP_START) * seen / recipe.warmup_images
    return recipe.lr * ramp * 0.5 * (1 + math.cos(math.pi * step / recipe.steps))


def fit(model: Classifier, recipe: Recipe, stream: Iterator[tuple[Tensor, Tensor]], normalise: Normalise) -> bool:
    """Train the model in place; False where its loss or weights stopped being finite."""
    parameters = list(model.parameters())
    optimiser = torch.optim.SGD(
        parameters, recipe.lr, recipe.momentum, weight_decay=recipe.weight_decay, nesterov=True, foreach=True
    )
    model.train()
    for step, (pixels, labels) in enumerate(stream):
        optimiser.param_groups[0]["lr"] = rate(recipe, step)
        loss = F.cross_entropy(logits(model, normalise(pixels), recipe), labels.to(normalise.device))
        if not math.isfinite(loss.item()):
            return False
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    return bool(torch.stack([p.detach().isfinite().all() for p in parameters]).all())


def prepare(model: Classifier, recipe: Recipe, device: str) -> Classifier:
    """The model on its device, computing the fastest way there that keeps the recipe's precision."""
    if recipe.precision == "bf16" and device == "cpu":
        from regnet.training.models.fused import fuse

        torch.set_flush_denormal(True)
        fuse(model)
        return model
    if device != "cpu":
        model = model.to(memory_format=torch.channels_last)
    return model.to(device)


def logits(model: Classifier, x: Tensor, recipe: Recipe) -> Tensor:
    """The model's logits, bfloat16 up to the classifier where the recipe asks for it: its three digits would tie."""
    with torch.autocast(x.device.type, torch.bfloat16, enabled=recipe.precision == "bf16"):
        features = model.features(x)
    scores: Tensor = model.head(features)
    return scores


@torch.inference_mode()
def evaluate(model: Classifier, images: data.Images, normalise: Normalise, recipe: Recipe) -> float | None:
    """Top-1 error in percent, or None where a logit is not finite."""
    model.eval()
    wrong = 0
    for start in range(0, len(images), EVALUATION_BATCH):
        part = slice(start, start + EVALUATION_BATCH)
        scores = logits(model, normalise(images.pixels[part]), recipe).cpu()
        if not scores.isfinite().all():
            return None
        wrong += int((scores.argmax(1) != images.labels[part]).sum())
    return 100.0 * wrong / len(images)


def _check(network: Network, recipe: Recipe, data_set: data.DataSet) -> None:
    """Raise ValueError where network, recipe and data do not fit together."""
    for what, got, expected, remedy in (
        ("recipe.num_classes", recipe.num_classes, data_set.num_classes, "set the recipe's num_classes"),
        ("network.stem.channels", network.stem.channels, data_set.channels, "give the network another Stem"),
    ):
        if got != expected:
            raise ValueError(f"{what} is {got}, but {recipe.data} has {expected}: {remedy}")
    if recipe.resolution < data_set.resolution:
        raise ValueError(
            f"recipe.resolution is {recipe.resolution}, but {recipe.data} has {data_set.resolution}, "
            "and images are only enlarged: set the recipe's resolution"
        )
    if recipe.validation_images > len(data_set.validation):
        raise ValueError(
            f"validation_images is {recipe.validation_images}, but {recipe.data} has {len(data_set.validation)}"
        )
