"""One training: network, recipe and seed in, record out.

SGD with Nesterov momentum, weight decay on every parameter (BN's too, as in pycls), linear warm-up from a tenth of
the rate, then half-period cosine, both by the step; random horizontal flips (arXiv:2003.13678, footnote 5, sec. 4).

Deviations from pycls:
- the rate changes by the step, not by the epoch, since a training may be shorter than one epoch;
- BN's running averages are used as they are (pycls computes them anew from 8,192 images);
- Fashion-MNIST's images are flipped and normalised, not cropped or recoloured; a recipe with more pixels than they
  have enlarges them, bilinear (Fig 14's resolutions). ImageNet's are augmented as in the paper: see `imagenet`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import torch
import torch.nn.functional as F
from torch import Tensor

from regnet.design.networks import Network
from regnet.design.recipe import Recipe, Record
from regnet.training.data import Batch, Source, source
from regnet.training.models.blocks import Classifier
from regnet.training.models.build import build

WARMUP_START = 0.1  # of the rate


def train(network: Network, recipe: Recipe, seed: int, *, device: str = "cpu", test: bool = False) -> Record:
    """The network's error on the validation images after training it by the recipe.

    Initialisation, batch order and augmentation follow from `seed`: on one machine, with one thread, the same arguments
    give the same error. A training whose loss, weights or logits stop being finite has status "diverged" and the
    error of a guess. With `test` the test images are read as well.

    Raises:
        ValueError: a network or recipe that does not fit the data set, or test images that there are none of.
        FileNotFoundError: the data set is not on this machine.
    """
    read = source(recipe.data)
    _check(network, recipe, read, test)
    clock = time.process_time if device == "cpu" else time.perf_counter
    start = clock()
    errors: list[float | None] = [None, None]
    with _on(device):
        model = build(network, recipe.num_classes, seed=seed, final_gamma=recipe.final_gamma)
        model = prepare(model, recipe, device)
        if fit(model, recipe, read.stream(recipe, seed, device)):
            for i in range(1 + test):
                errors[i] = evaluate(model, recipe, read.held_out(recipe, device, test=i == 1))
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


def fit(model: Classifier, recipe: Recipe, stream: Iterator[Batch]) -> bool:
    """Train the model in place; False where its loss or weights stopped being finite."""
    parameters = list(model.parameters())
    optimiser = torch.optim.SGD(
        parameters, recipe.lr, recipe.momentum, weight_decay=recipe.weight_decay, nesterov=True, foreach=True
    )
    model.train()
    for step, (x, labels) in enumerate(stream):
        optimiser.param_groups[0]["lr"] = rate(recipe, step)
        loss = F.cross_entropy(logits(model, x, recipe), labels.to(x.device, non_blocking=True))
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
def evaluate(model: Classifier, recipe: Recipe, held_out: Iterable[Batch]) -> float | None:
    """Top-1 error in percent, or None where a logit is not finite."""
    model.eval()
    wrong = images = 0
    for x, labels in held_out:
        scores = logits(model, x, recipe).cpu()
        if not scores.isfinite().all():
            return None
        wrong += int((scores.argmax(1) != labels).sum())
        images += len(labels)
    return 100.0 * wrong / images


@contextmanager
def _on(device: str) -> Iterator[None]:
    """On a GPU, fp32 means fp32, not TF32, and pinned memory is that GPU's; nothing changes elsewhere."""
    if not device.startswith("cuda"):
        yield
        return
    with torch.cuda.device(device), torch.backends.cudnn.flags(enabled=True, benchmark=True, allow_tf32=False):
        yield


def _check(network: Network, recipe: Recipe, read: Source, test: bool) -> None:
    """Raises ValueError where network, recipe and data do not fit together."""
    if network.stem.channels != read.channels:
        raise ValueError(
            f"network.stem.channels is {network.stem.channels}, but {recipe.data} has {read.channels}: "
            "give the network another Stem"
        )
    read.check(recipe, test=test)
