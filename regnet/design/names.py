"""What the paper and libraries call the zoo's networks; every spelling gives the zoo's name.

Sources: arXiv:2003.13678; configurations of facebookresearch/pycls@5719de64; torchvision 0.29; timm 1.0; Hugging Face's
models facebook/regnet-* and microsoft/resnet-*.
"""

import re

# three names of torchvision mean networks that are not the paper's: it rounds widths to groups otherwise
TORCHVISION = "-torchvision"
OTHER_IN_TORCHVISION = ("regnetx-400mf", "regnety-800mf", "regnety-8.0gf")

_AROUND = re.compile(
    r".*/"  # an owner, as in facebook/regnet-y-040
    r"|(_weights)?\.[a-z].*$"  # timm's tag of the weights, as in regnetx_004.pycls_in1k; torchvision's enumeration
    r"|_weights$|_(dds|nds|step)_\d+gpu$|-seer(-in1k)?$"
)
_BY_SIZE = re.compile(r"regnet[-_ ]?(?P<family>[xy])[-_ ]?(?P<number>\d+(?:[._]\d+)?)[-_ ]?(?P<unit>[mg])f")
_BY_NUMBER = re.compile(r"regnet[-_ ]?(?P<family>[xy])[-_ ]?(?P<number>\d{3,4})(?P<torchvision>_tv)?")  # in 100 MF
_OTHERS = (
    (re.compile(r"(?:tv_)?resnet[-_ ]?(\d+)|r-(\d+)-1x64d"), "resnet-"),
    (re.compile(r"resnext[-_ ]?(\d+)(?:[-_ ]?32x4d)?|x-(\d+)-32x4d"), "resnext-"),
    (re.compile(r"efficientnet[-_ ]?(b\d)|en-(b\d)"), "efficientnet-"),
)


def canonical(name: str) -> str:
    """The zoo's spelling of a network's name, whoever spelt it; a name of no known form comes back in small letters.

    >>> [canonical(name) for name in ("RegNetX-3.2GF", "regnet_x_3_2gf", "regnetx_032", "facebook/regnet-x-032")]
    ['regnetx-3.2gf', 'regnetx-3.2gf', 'regnetx-3.2gf', 'regnetx-3.2gf']
    >>> canonical("resnext101_32x4d"), canonical("R-50-1x64d_dds_8gpu"), canonical("regnety_008_tv")
    ('resnext-101', 'resnet-50', 'regnety-800mf-torchvision')
    """
    plain = _AROUND.sub("", name.strip().lower())
    if found := _BY_SIZE.fullmatch(plain):
        value = float(found["number"].replace("_", ".")) * (1000 if found["unit"] == "g" else 1)
        return f"regnet{found['family']}-{_size(value)}"
    if found := _BY_NUMBER.fullmatch(plain):
        own = TORCHVISION if found["torchvision"] else ""
        return f"regnet{found['family']}-{_size(100.0 * int(found['number']))}{own}"
    for form, family in _OTHERS:
        if found := form.fullmatch(plain):
            return family + next(part for part in found.groups() if part)
    return plain


def caveat(name: str) -> str:
    """What must be said where torchvision's spelling names a network that is not the paper's; else "".

    >>> caveat("regnet_x_400mf")
    "torchvision's network of that name is regnetx-400mf-torchvision; regnetx-400mf is the paper's"
    >>> caveat("regnetx_004"), caveat("regnet_x_800mf")
    ('', '')
    """
    key = canonical(name)
    if key not in OTHER_IN_TORCHVISION or not re.match(r"(?:.*/)?regnet_[xy]_\d+[mg]f", name.strip().lower()):
        return ""
    return f"torchvision's network of that name is {key}{TORCHVISION}; {key} is the paper's"


def _size(mf: float) -> str:
    """A RegNet's size as its name has it, from millions of multiply-adds.

    >>> _size(400), _size(4000), _size(16000)
    ('400mf', '4.0gf', '16gf')
    """
    return f"{mf:g}mf" if mf < 1000 else f"{mf / 1000:.1f}gf" if mf < 10_000 else f"{mf / 1000:g}gf"
