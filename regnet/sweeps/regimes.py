"""Regimes: the data, input and stem, recipe, unit of flops F and unit of length L that populations share.

- `smoke`: a few networks, a few steps on the small Fashion-MNIST subset in the package; for tests.
- `natural`: photographs, the first 50 classes of Tiny-ImageNet at 32 pixels, on CPU cores; F = 3 MF stands where the
  paper has 400MF. The book's, unless it is built for another.
- `pocket`: Fashion-MNIST, seconds a training; F = 3 MF. The laptop edition's.
- `imagenet`: the paper's own settings (arXiv:2003.13678, sec. 3, footnote 5), for whoever has GPUs.

Images of one's own are a regime by a file (`regime_files`).

The paper trains 10 epochs with lr 0.05 in sec. 3 and 25 epochs with lr 0.1 in sec. 4. Here L2 stands for the 25 epochs;
one lr serves every length. For `natural` it was sought at 12,800, 25,600 (L1) and 102,400 images, with one result,
which its longer lengths take over.
"""

import math
import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from regnet.design.lookup import Lookup, UnknownName
from regnet.design.networks import Stem
from regnet.design.recipe import Recipe
from regnet.sweeps import regime_files
from regnet.sweeps.regime import Limits, Regime

__all__ = ["DEFAULT", "IMAGENET_TRAIN", "Limits", "Regime", "find_regime", "regimes"]

IMAGENET_TRAIN = 1_281_167  # images of an epoch
TRAINING_IMAGES: Mapping[str, int] = MappingProxyType(
    {"fashion-mnist": 50_000, "tiny-imagenet-20": 8_000, "tiny-imagenet-50": 20_000, "imagenet": IMAGENET_TRAIN}
)
"""Data set -> images that networks are trained on: what one pass is."""
DEFAULT = "natural"  # the book's

_POCKET_STEM = Stem(kernel=3, width=16, stride=1, channels=1)

# "costs nothing" (Fig 5) and "32 suffice" (Fig 9) are fine distinctions
_COSTS_NOTHING = MappingProxyType(dict.fromkeys(("anynetx_a", "anynetx_b", "anynetx_c", "regnetx"), 500))
_NATURAL_SIZES = MappingProxyType(
    dict.fromkeys(("anynetx_a", "anynetx_b", "anynetx_c", "regnetx", "regnetx_wm2", "regnetx_w0_wa"), 120)
    | dict.fromkeys(("anynetx_a_5stage", "anynetx_e_5stage", "regnetx_5stage"), 90)
    | dict.fromkeys(("regnetx_c-1.5mf-lrwd", "regnetx_c-lrwd", "regnetx_c-6mf-lrwd"), 100)
    | dict.fromkeys(("regnetx_c-l2-lrwd", "regnetx_c-l5-lrwd", "efficientnet-l2-lrwd", "efficientnet-6mf-l2-lrwd"), 60)
    | dict.fromkeys(("regnetx-0.25lr", "regnetx-0.25lr-scale1", "regnetx_v-0.25lr", "regnetx_vr-0.25lr-scale1"), 40)
    | dict.fromkeys(("regnety_c_depthwise-l2", "regnety_c_depthwise_silu-l2"), 72)  # pocket has six networks there
)

_ALL = (
    Regime(
        name="smoke",
        base=Recipe(
            data="fashion-mnist-small", resolution=28, images=384, batch=16, lr=0.1,
            warmup_images=48, validation_images=256,
        ),
        stem=_POCKET_STEM, flops_unit=3e6, n=4, n_long=4, n_rate=4, margin=10.0,
        limits=Limits(a=80.0, p=200e3, q=0.1),
    ),
    Regime(
        name="pocket",
        base=Recipe(
            data="fashion-mnist", resolution=28, images=6400, batch=64, lr=0.2,
            warmup_images=640, validation_images=5000, final_gamma=0.0,
        ),
        stem=_POCKET_STEM, flops_unit=3e6, n=100, n_long=50, sizes=_COSTS_NOTHING, margin=1.5,
        limits=Limits(a=43.6, p=0, q=0.118),  # regnet limits pocket, on 50 networks of seed 1 a flop regime
    ),
    Regime(
        name="natural",
        base=Recipe(
            data="tiny-imagenet-50", resolution=32, num_classes=50, images=25_600, batch=64, lr=0.4,
            warmup_images=2560, validation_images=5000, final_gamma=0.0,
        ),
        stem=Stem(kernel=3, width=16, stride=1), flops_unit=3e6, n=60, n_long=40, n_rate=20,
        sizes=_NATURAL_SIZES, margin=1.5,
        empty=frozenset(("regnetx_c_d20", multiple) for multiple in (0.5, 1.0, 2.0)),
        rated=(7, 9),  # 10 was cut before its first row, to keep to a budget
        limits=Limits(a=56.6, p=0, q=0.072),  # regnet limits natural, on 40 networks of seed 1 a flop regime
        outcome=("status", "error", "error_a", "error_b", "train_loss", "seconds"),
    ),
    Regime(
        name="imagenet",
        base=Recipe(
            data="imagenet", resolution=224, num_classes=1000, images=10 * IMAGENET_TRAIN, batch=128, lr=0.05,
            warmup_images=0, validation_images=50_000, precision="fp32",
        ),
        stem=Stem(), flops_unit=400e6, n=500, n_long=100, margin=0.5,
        limits=Limits(a=6.5e6 / math.sqrt(1e9), p=3.0e6, q=5.5e6 / 1e9),  # Fig 12, bottom; pycls' sweep configuration
    ),
)  # fmt: skip

regimes: Lookup[Regime] = Lookup("regime", {regime.name: regime for regime in _ALL})


def find_regime(name: str = "") -> Regime:
    """The regime of that name, or of a file `NAME.toml` (see `regime_files`); "" means `REGNET_REGIME`, else natural.

    Once its file was read, a regime of one's own has its name as the others do.

    Raises:
        UnknownName: no such regime (a ValueError).
        ValueError: a file that does not describe a regime, or another than the one that was trained.
        FileNotFoundError: no such file, or no images where it says.
    """
    name = name or os.environ.get("REGNET_REGIME", "") or DEFAULT
    if name in regimes:
        return regimes[name]
    if name.endswith(regime_files.SUFFIX):
        return regime_files.given(Path(name), regimes)
    if found := regime_files.kept(name, regimes[regime_files.MODEL]):
        return found
    known = Lookup("regime", dict.fromkeys((*regimes, *regime_files.names())))
    raise UnknownName(f"{known.unknown(name)}; or a file of your own, as my.toml (regnet data says how)")
