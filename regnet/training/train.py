"""One training: network, recipe and seed in, record out.

SGD with Nesterov momentum, weight decay on every parameter (BN's too, as in pycls), linear warm-up from a tenth of
the rate, then half-period cosine, both by the step; random horizontal flips (arXiv:2003.13678, footnote 5, sec. 4).

Deviations from pycls:
- the rate changes by the step, not by the epoch, since a training may be shorter than one epoch;
- images in memory (Fashion-MNIST's, Tiny-ImageNet's, most folders') are flipped and normalised by one mean and
  standard deviation, not cropped or recoloured; a recipe with more pixels than they have enlarges them, bilinear
  (Fig 14's resolutions). ImageNet's are augmented as by the authors' code: see `photographs`.

BN's running averages are used as they are. So did pycls when the paper was written: its BN.USE_PRECISE_STATS was False
unless a configuration said otherwise, only CIFAR's did, and with several GPUs it was refused; averages computed anew
from 8,192 images became its default on 27 June 2020 (facebookresearch/pycls: core/config.py, pull request 93).
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from regnet.design.networks import Network, as_network
from regnet.design.recipe import Recipe, Record, chance
from regnet.design.scalars import SEED, whole
from regnet.training import engines
from regnet.training.checkpoints import Checkpoints, Saved
from regnet.training.data import sha256, source
from regnet.training.devices import computing, pick_device
from regnet.training.errors import Errors, errors
from regnet.training.images import Source
from regnet.training.models.build import build
from regnet.training.team import ALONE, Team
from regnet.training.torch_engine import TorchEngine


def train(
    network: Network,
    recipe: Recipe,
    seed: int,
    *,
    device: str = "cpu",
    test: bool = False,
    engine: str = "",
    keep: Checkpoints | None = None,
    team: Team = ALONE,
) -> Record:
    """The network's error on the validation images after training it by the recipe.

    Initialisation, batch order and augmentation follow from `seed`: on one machine, with one thread, the same arguments
    give the same error. A training whose loss, weights or logits stop being finite has status "diverged" and the
    error of a guess. With `test` the test images are read as well. `engine`: see `engines.choose`. With `keep`, a
    training by PyTorch of an epoch or more is saved there and taken up from there; the file stays, for whoever
    keeps the record to remove (`checkpoints.remove`). `team`: see `distributed`.

    Raises:
        ValueError: a network or recipe that does not fit the data set, the engine or the team, a device that is not
            here, or test images that there are none of.
        FileNotFoundError: the data set is not on this machine.
        DeviceLost: a GPU failed; what is kept is taken up by the next call, in another process.
    """
    network, seed = as_network(network), whole("seed", seed, low=0, high=SEED)
    device = pick_device(device)
    read = source(recipe.data, recipe.folder)
    _check(network, recipe, read, test, team)
    engine = engines.choose([(network, recipe)], device, engine or ("torch" if team.size > 1 else "")).name
    clock = time.process_time if device == "cpu" else time.perf_counter
    start = clock()
    measured: list[Errors | None] = [None, None]
    with computing(device), _on(device, recipe):
        model = build(network, recipe.num_classes, seed=seed, final_gamma=recipe.final_gamma)
        trained, saved = engines.start(engine, model, recipe, device, team), None
        if keep and recipe.images >= read.epoch and isinstance(trained, TorchEngine):
            whose: dict[str, str | int] = {
                "network": network.id, "recipe": recipe.hash, "seed": seed, "data": sha256(recipe.data, recipe.folder),
                "engine": engine, "device": device.partition(":")[0], "processes": team.size,
            }  # fmt: skip
            saved = Saved(trained, keep, whose, lambda: clock() - start)
        batches = read.stream(recipe, seed, device, start=saved.resume() if saved else 0, team=team)
        train_loss = trained.fit(saved.watched(batches, read.epoch) if saved else batches)
        if train_loss is not None:
            for i in range(1 + test):
                held_out = read.held_out(recipe, device, test=i == 1, team=team)
                measured[i] = errors(trained.scores(held_out), team)
    guess = chance(recipe.num_classes)
    validation, tested = (each or Errors(guess, guess, guess) for each in measured)
    return Record(
        network_id=network.id,
        recipe=recipe.hash,
        seed=seed,
        status="ok" if measured[0] else "diverged",
        error=validation.error,
        seconds=clock() - start + (saved.before if saved else 0.0),
        test_error=(tested.error if measured[0] else guess) if test else None,
        error_a=validation.error_a,
        error_b=validation.error_b,
        train_loss=train_loss if measured[0] else None,
        engine=engine,
    )


@contextmanager
def _on(device: str, recipe: Recipe) -> Iterator[None]:
    """On a GPU, fp32 means fp32, not TF32, and pinned memory is that GPU's; nothing changes elsewhere.

    cuDNN searches for the fastest algorithms in fp32 alone. In bf16, on networks of narrow groups, the search ends a
    process's use of the GPU: on an H100 (cuDNN 9.19, 2026-11-26) 14 of 80 trainings were done when all of 16 processes
    had failed so; without it 38 of 40 were, and 2 faults remained.
    """
    if not device.startswith("cuda"):
        yield
        return
    with (
        torch.cuda.device(device),
        torch.backends.cudnn.flags(enabled=True, benchmark=recipe.precision == "fp32", allow_tf32=False),
    ):
        yield


def _check(network: Network, recipe: Recipe, read: Source, test: bool, team: Team) -> None:
    """Raises ValueError where network, recipe, data and team do not fit together."""
    if network.stem.channels != read.channels:
        raise ValueError(
            f"network.stem.channels is {network.stem.channels}, but {recipe.data} has {read.channels}: "
            "give the network another Stem"
        )
    if recipe.batch % team.size:
        raise ValueError(f"a batch of {recipe.batch} cannot be shared evenly by {team.size} processes")
    read.check(recipe, test=test)
