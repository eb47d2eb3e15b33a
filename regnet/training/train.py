"""One training: network, recipe and seed in, record out.

SGD with Nesterov momentum, weight decay on every parameter (BN's too, as in pycls), linear warm-up from a tenth of
the rate, then half-period cosine, both by the step; random horizontal flips (arXiv:2003.13678, footnote 5, sec. 4).

Deviations from pycls:
- the rate changes by the step, not by the epoch, since a training may be shorter than one epoch;
- BN's running averages are used as they are (pycls computes them anew from 8,192 images);
- images in memory (Fashion-MNIST's, Tiny-ImageNet's, most folders') are flipped and normalised by one mean and
  standard deviation, not cropped or recoloured; a recipe with more pixels than they have enlarges them, bilinear
  (Fig 14's resolutions). ImageNet's are augmented as in the paper: see `imagenet`.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from regnet.design.networks import Network, as_network
from regnet.design.recipe import Recipe, Record
from regnet.design.scalars import SEED, whole
from regnet.training import engines
from regnet.training.data import source
from regnet.training.errors import Errors, errors
from regnet.training.images import Source
from regnet.training.models.build import build


def train(
    network: Network, recipe: Recipe, seed: int, *, device: str = "cpu", test: bool = False, engine: str = ""
) -> Record:
    """The network's error on the validation images after training it by the recipe.

    Initialisation, batch order and augmentation follow from `seed`: on one machine, with one thread, the same arguments
    give the same error. A training whose loss, weights or logits stop being finite has status "diverged" and the
    error of a guess. With `test` the test images are read as well. `engine`: see `engines.choose`.

    Raises:
        ValueError: a network or recipe that does not fit the data set or the engine, or test images that there are
            none of.
        FileNotFoundError: the data set is not on this machine.
    """
    network, seed = as_network(network), whole("seed", seed, low=0, high=SEED)
    read = source(recipe.data, recipe.folder)
    _check(network, recipe, read, test)
    engine = engines.choose([(network, recipe)], device, engine).name
    clock = time.process_time if device == "cpu" else time.perf_counter
    start = clock()
    measured: list[Errors | None] = [None, None]
    with _on(device):
        model = build(network, recipe.num_classes, seed=seed, final_gamma=recipe.final_gamma)
        trained = engines.start(engine, model, recipe, device)
        train_loss = trained.fit(read.stream(recipe, seed, device))
        if train_loss is not None:
            for i in range(1 + test):
                measured[i] = errors(trained.scores(read.held_out(recipe, device, test=i == 1)))
    chance = 100.0 * (1 - 1 / recipe.num_classes)
    validation, tested = (each or Errors(chance, chance, chance) for each in measured)
    return Record(
        network_id=network.id,
        recipe=recipe.hash,
        seed=seed,
        status="ok" if measured[0] else "diverged",
        error=validation.error,
        seconds=clock() - start,
        test_error=(tested.error if measured[0] else chance) if test else None,
        error_a=validation.error_a,
        error_b=validation.error_b,
        train_loss=train_loss if measured[0] else None,
        engine=engine,
    )


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
