"""The paper's published networks: 24 RegNets (Figs 15, 16), 6 ResNe(X)ts (Table 3), 6 EfficientNets (Table 4).

Sources: settings from facebookresearch/pycls@5719de641657, configs/dds_baselines; EfficientNet-B0 and the factors of
the others from arXiv:1905.11946. Names are the published ones in lower case; other spellings find them too (`names`).
Resolution is the one each was trained at, for which its flops are printed.

Networks that are not the paper's are found by name and are not among those that the zoo lists or counts: three larger
RegNetY (`published/regnets_beyond_the_paper.csv`), and torchvision's of the three names under which it has others.

>>> zoo["resnext-50"].group_widths
(4, 8, 16, 32)
>>> zoo["facebook/regnet-x-004"] == zoo["RegNetX-400MF"], len(zoo), zoo["regnety_1280"].widths
(True, 36, (528, 1056, 2904, 7392))
"""

import difflib
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from regnet.design.lookup import Lookup, UnknownName
from regnet.design.names import OTHER_IN_TORCHVISION, TORCHVISION, canonical, caveat
from regnet.design.networks import AnyNet, EfficientNet, MBStage, Network, RegNet, Stem

# name: d, w_a, w_0, w_m, g; b is 1 in all of them
_REGNETX = {
    "200mf": (13, 36.44, 24, 2.49, 8),
    "400mf": (22, 24.48, 24, 2.54, 16),
    "600mf": (16, 36.97, 48, 2.24, 24),
    "800mf": (16, 35.73, 56, 2.28, 16),
    "1.6gf": (18, 34.01, 80, 2.25, 24),
    "3.2gf": (25, 26.31, 88, 2.25, 48),
    "4.0gf": (23, 38.65, 96, 2.43, 40),
    "6.4gf": (17, 60.83, 184, 2.07, 56),
    "8.0gf": (23, 49.56, 80, 2.88, 120),
    "12gf": (19, 73.36, 168, 2.37, 112),
    "16gf": (22, 55.59, 216, 2.1, 128),
    "32gf": (23, 69.86, 320, 2.0, 168),
}
_REGNETY = {
    "200mf": (13, 36.44, 24, 2.49, 8),
    "400mf": (16, 27.89, 48, 2.09, 8),
    "600mf": (15, 32.54, 48, 2.32, 16),
    "800mf": (14, 38.84, 56, 2.4, 16),
    "1.6gf": (27, 20.71, 48, 2.65, 24),
    "3.2gf": (21, 42.63, 80, 2.66, 24),
    "4.0gf": (22, 31.41, 96, 2.24, 64),
    "6.4gf": (25, 33.22, 112, 2.27, 72),
    "8.0gf": (17, 76.82, 192, 2.19, 56),
    "12gf": (19, 73.36, 168, 2.37, 112),
    "16gf": (18, 106.23, 200, 2.48, 112),
    "32gf": (20, 115.89, 232, 2.53, 232),
}
# trained by SEER and SWAG (arXiv:2202.08360, 2201.08371)
_LARGER = {
    "64gf": (20, 147.48, 352, 2.4, 328),
    "128gf": (27, 160.83, 456, 2.52, 264),
    "256gf": (27, 230.83, 640, 2.53, 373),
}
# widths of torchvision's stages and the group width of the first, where they are not the paper's
_IN_TORCHVISION = {
    "regnetx-400mf": ((32, 64, 160, 400), 16),
    "regnety-800mf": ((64, 144, 320, 784), 16),
    "regnety-8.0gf": ((224, 448, 896, 2016), 56),
}
RESNET_DEPTHS = {50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}
_RESNET_WIDTHS = (256, 512, 1024, 2048)
_RESNEXT_GROUP_WIDTHS = (4, 8, 16, 32)  # 32 groups of 4 channels in the first stage
_SE_RATIO = 0.25
# depth, width, expansion, kernel, stride
_EFFICIENTNET_B0 = (
    (1, 16, 1, 3, 1),
    (2, 24, 6, 3, 2),
    (2, 40, 6, 5, 2),
    (3, 80, 6, 3, 2),
    (3, 112, 6, 5, 1),
    (4, 192, 6, 5, 2),
    (1, 320, 6, 3, 1),
)
# name: factors of B0's widths and depths, resolution
_EFFICIENTNETS = {
    "efficientnet-b0": (1.0, 1.0, 224),
    "efficientnet-b1": (1.0, 1.1, 240),
    "efficientnet-b2": (1.1, 1.2, 260),
    "efficientnet-b3": (1.2, 1.4, 300),
    "efficientnet-b4": (1.4, 1.8, 380),
    "efficientnet-b5": (1.6, 2.2, 456),
}
_RESOLUTION = 224  # of all others
_CLOSE = 0.75  # how much of a size must be spelt right for a hint


class Zoo(Lookup[Network]):
    """The paper's networks by name, and the resolution each was published at; finds those beyond the paper as well."""

    def __init__(self, paper: Mapping[str, Network], beyond: Mapping[str, Network]) -> None:
        super().__init__("published network", {**paper, **beyond})
        self.beyond = tuple(beyond)
        """Names of the networks that are found but not the paper's."""

    def __getitem__(self, name: str) -> Network:
        if said := caveat(name):
            warnings.warn(said, stacklevel=2)
        return super().__getitem__(self.name(name))

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._values if name not in self.beyond)

    def __len__(self) -> int:
        return len(self._values) - len(self.beyond)

    def name(self, name: str) -> str:
        """The zoo's own name of a network, whoever spelt it.

        Raises:
            UnknownName: no network of the zoo.

        >>> zoo.name("regnetx_004"), zoo.name("RegNet_Y_16GF")
        ('regnetx-400mf', 'regnety-16gf')
        """
        key = canonical(name)
        if key not in self._values:
            raise UnknownName(self.unknown(name))
        return key

    def anynet(self, name: str) -> AnyNet:
        """A published RegNet or ResNe(X)t, where an EfficientNet would not do.

        Raises:
            UnknownName: not a published network.
            ValueError: an EfficientNet.
        """
        net = self[name]
        if not isinstance(net, AnyNet):
            raise ValueError(f"{name} has MBConv blocks: a RegNet, ResNet or ResNeXt is expected here")
        return net

    def resolution(self, name: str) -> int:
        """Side in pixels of the published network's training images.

        Raises:
            UnknownName: not a published network.
        """
        key = self.name(name)
        return _EFFICIENTNETS[key][-1] if key in _EFFICIENTNETS else _RESOLUTION

    def _close(self, name: str) -> list[str]:
        """Names of the same family whose size is spelt nearly so; a letter more is another network, as in resnet50d."""
        family, size = _halves(str(name).lower())
        halves = {key: _halves(key) for key in self}
        sizes = {its: key for key, (kin, its) in halves.items() if kin == family and _letters(size) <= _letters(its)}
        return [sizes[close] for close in difflib.get_close_matches(size, sizes, n=1, cutoff=_CLOSE)]


def _halves(name: str) -> tuple[str, str]:
    """Family and size, without what stands between them.

    >>> _halves("regnetx-401mf"), _halves("regnet_y_1_6gg")
    (('regnetx', '401mf'), ('regnety', '1_6gg'))
    """
    family = re.match(r"regnet[-_ ]?[a-z]|[a-z]*", name)
    assert family
    return re.sub(r"[-_ ]", "", family[0]), name[family.end() :].strip("-_ ")


def _letters(text: str) -> set[str]:
    return {letter for letter in text if letter.isalpha()}


def _regnets() -> Iterable[tuple[str, AnyNet]]:
    for family, rows, se_ratio in (("regnetx", _REGNETX, 0.0), ("regnety", _REGNETY, _SE_RATIO)):
        for size, (d, w_a, w_0, w_m, g) in rows.items():
            yield f"{family}-{size}", RegNet(d=d, w_a=w_a, w_0=w_0, w_m=w_m, g=g, se_ratio=se_ratio).to_anynet()


def _resnets(family: str, b: int, group_widths: tuple[int, ...]) -> Iterable[tuple[str, AnyNet]]:
    for layers, depths in RESNET_DEPTHS.items():
        yield (
            f"{family}-{layers}",
            AnyNet.compatible(
                depths=depths,
                widths=_RESNET_WIDTHS,
                bottlenecks=(b,) * 4,
                group_widths=group_widths,
                strides=(1, 2, 2, 2),
                stem=Stem(kernel=7, width=64, stride=2, pool=True),
            ),
        )


def _efficientnets() -> Iterable[tuple[str, EfficientNet]]:
    b0 = EfficientNet(tuple(MBStage(*row) for row in _EFFICIENTNET_B0))
    for name, (width, depth, _) in _EFFICIENTNETS.items():
        yield name, b0.scaled(width=width, depth=depth)


def _larger() -> Iterable[tuple[str, AnyNet]]:
    for size, (d, w_a, w_0, w_m, g) in _LARGER.items():
        yield f"regnety-{size}", RegNet(d=d, w_a=w_a, w_0=w_0, w_m=w_m, g=g, se_ratio=_SE_RATIO).to_anynet()


def _in_torchvision(paper: Mapping[str, AnyNet]) -> Iterable[tuple[str, AnyNet]]:
    for name in OTHER_IN_TORCHVISION:
        widths, g = _IN_TORCHVISION[name]
        stages = zip(paper[name].stages, widths, strict=True)
        found = tuple(replace(stage, width=width, group_width=g) for stage, width in stages)
        yield name + TORCHVISION, replace(paper[name], stages=found)


_PAPERS_REGNETS = dict(_regnets())

zoo = Zoo(
    {
        **_PAPERS_REGNETS,
        **dict(_resnets("resnet", 4, tuple(w // 4 for w in _RESNET_WIDTHS))),
        **dict(_resnets("resnext", 2, _RESNEXT_GROUP_WIDTHS)),
        **dict(_efficientnets()),
    },
    {**dict(_larger()), **dict(_in_torchvision(_PAPERS_REGNETS))},
)
