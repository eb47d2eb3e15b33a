"""torchvision and timm as independent implementations: their weights in our modules give their logits."""

from collections.abc import Callable

import pytest
import timm
import torch
import torchvision
from torch import nn
from torchvision.models.regnet import BlockParams, RegNet

from regnet import published
from regnet.design.complexity import complexity
from regnet.design.names import OTHER_IN_TORCHVISION, TORCHVISION
from regnet.design.zoo import zoo
from regnet.figures.numbers.published_models import find, timm_name
from regnet.training.weights import difference, load

torch.set_num_threads(1)

CASES = [
    ("regnetx-800mf", torchvision.models.regnet_x_800mf),
    ("regnetx-3.2gf", torchvision.models.regnet_x_3_2gf),
    ("regnety-400mf", torchvision.models.regnet_y_400mf),
    ("resnet-50", torchvision.models.resnet50),
    ("resnext-50", torchvision.models.resnext50_32x4d),
    ("efficientnet-b0", torchvision.models.efficientnet_b0),
    ("efficientnet-b3", torchvision.models.efficientnet_b3),
    ("regnetx-400mf", lambda: timm.create_model("regnetx_004")),
    ("regnety-400mf", lambda: timm.create_model("regnety_004")),
    ("efficientnet-b0", lambda: timm.create_model("efficientnet_b0")),
    ("efficientnet-b2", lambda: timm.create_model("efficientnet_b2")),
    ("resnet-50", lambda: timm.create_model("resnet50")),
    ("resnext-50", lambda: timm.create_model("resnext50_32x4d")),
    ("regnetx-400mf-torchvision", torchvision.models.regnet_x_400mf),
    ("regnety-800mf-torchvision", lambda: timm.create_model("regnety_008_tv")),
]
TIMM = [name for name in (*zoo, *zoo.beyond) if name not in ("resnext-152",)]
RESNETS = ("resnet50", "resnet101", "resnet152", "resnext50_32x4d")
IN_TORCHVISION = sorted({
    *(name for name in torchvision.models.list_models() if name.startswith("regnet_")), *RESNETS,
    *(f"efficientnet_b{number}" for number in range(6)),
})  # fmt: skip


def in_torchvision(name: str) -> nn.Module:
    """The network that torchvision builds, without memory: a RegNet from its settings, which it computes with."""
    if not name.startswith("regnet"):
        with torch.device("meta"):
            return torchvision.models.get_model(name)
    given = published.load("regnets_beyond_the_paper").set_index("torchvision")
    if name in given.index:
        row = given.loc[name]
        d, w_a, w_0, w_m, g, se_ratio = (row[key] for key in ("depth", "wa", "w0", "wm", "group_w", "se_ratio"))
    else:
        line = find(name).given
        d, w_a, w_0, w_m, g, se_ratio = line.d, line.w_a, line.w_0, line.w_m, line.g, line.se_ratio
    params = BlockParams.from_init_params(d, int(w_0), w_a, w_m, int(g), se_ratio=se_ratio or None)
    with torch.device("meta"):
        return RegNet(params, norm_layer=nn.BatchNorm2d)


def in_timm(name: str) -> str:
    """What timm calls a network of the zoo."""
    if name.startswith("regnet"):
        plain = name.removesuffix(TORCHVISION)
        return timm_name(plain) + "_tv" * (plain != name)
    return name.replace("efficientnet-", "efficientnet_").replace("-", "") + "_32x4d" * name.startswith("resnext")


@pytest.mark.parametrize("name", TIMM)
def test_timms_weights_have_our_networks_names_and_shapes(name: str) -> None:
    with torch.device("meta"):
        theirs = timm.create_model(in_timm(name)).state_dict()
    assert difference(zoo[name], theirs) == ""
    assert zoo.name(in_timm(name)) == name


@pytest.mark.parametrize("theirs", IN_TORCHVISION)
def test_torchvisions_weights_have_our_networks_names_and_shapes(theirs: str) -> None:
    states = in_torchvision(theirs).state_dict()
    other = zoo.name(theirs) in OTHER_IN_TORCHVISION
    name = zoo.name(theirs) + TORCHVISION * other
    assert difference(zoo[name], states) == ""
    assert bool(difference(zoo[zoo.name(theirs)], states)) is other


def unsettle(module: nn.Module) -> None:
    """Give every BN averages and parameters of its own, so that a part left out would show."""
    for m in module.modules():
        if isinstance(m, nn.BatchNorm2d):
            nn.init.normal_(m.running_mean, 0.0, 0.1)
            nn.init.uniform_(m.running_var, 0.5, 1.5)
            nn.init.uniform_(m.weight, 0.5, 1.5)
            nn.init.normal_(m.bias, 0.0, 0.1)


@pytest.mark.parametrize(("name", "reference"), CASES, ids=lambda v: v if isinstance(v, str) else "")
def test_the_same_weights_give_the_same_logits(name: str, reference: Callable[[], nn.Module]) -> None:
    torch.manual_seed(0)
    theirs = reference()
    unsettle(theirs)
    ours = load(zoo[name], theirs.state_dict())
    assert sum(p.numel() for p in ours.parameters()) == sum(p.numel() for p in theirs.parameters())
    images = torch.randn(2, 3, 64, 64)
    with torch.inference_mode():
        expected, got = theirs.eval()(images), ours(images)
    assert expected.std() > 0.01
    torch.testing.assert_close(got, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("regnetx-400mf", torchvision.models.regnet_x_400mf),
        ("regnety-800mf", torchvision.models.regnet_y_800mf),
    ],
)
def test_torchvisions_networks_that_are_not_the_papers_are_refused(
    name: str, reference: Callable[[], nn.Module]
) -> None:
    with pytest.raises(ValueError, match=r"torchvision checkpoint is of another network .* of other shapes"):
        load(zoo[name], reference().state_dict())


@pytest.mark.parametrize("number", range(6))
def test_torchvisions_efficientnets_have_as_many_parameters(number: int) -> None:
    with torch.device("meta"):
        theirs = torchvision.models.get_model(f"efficientnet_b{number}")
    assert complexity(zoo[f"efficientnet-b{number}"]).params == sum(p.numel() for p in theirs.parameters())
