"""torchvision and timm as independent implementations: their weights in our modules give their logits."""

from collections.abc import Callable, Iterator

import pytest
import timm
import torch
import torchvision
from torch import Tensor, nn

from regnet.design.zoo import zoo
from regnet.training import build

torch.set_num_threads(1)

Parts = dict[str, str]  # our name of a part -> theirs


def torchvision_regnet(stage: int, index: int) -> tuple[str, Parts]:
    parts = {"body.0.conv": "f.a.0", "body.0.norm": "f.a.1", "body.1.conv": "f.b.0", "body.1.norm": "f.b.1"}
    parts |= {"body.2.squeeze": "f.se.fc1", "body.2.excite": "f.se.fc2", "last.conv": "f.c.0", "last.norm": "f.c.1"}
    parts |= {"shortcut.conv": "proj.0", "shortcut.norm": "proj.1"}
    return f"trunk_output.block{stage + 1}.block{stage + 1}-{index}", parts


def torchvision_resnet(stage: int, index: int) -> tuple[str, Parts]:
    parts = {"body.0.conv": "conv1", "body.0.norm": "bn1", "body.1.conv": "conv2", "body.1.norm": "bn2"}
    parts |= {
        "last.conv": "conv3",
        "last.norm": "bn3",
        "shortcut.conv": "downsample.0",
        "shortcut.norm": "downsample.1",
    }
    return f"layer{stage + 1}.{index}", parts


def timm_regnet(stage: int, index: int) -> tuple[str, Parts]:
    parts = {"body.0": "conv1", "body.1": "conv2", "last": "conv3", "shortcut": "downsample"}
    names = {
        f"{ours}.{a}": f"{theirs}.{b}" for ours, theirs in parts.items() for a, b in (("conv", "conv"), ("norm", "bn"))
    }
    return f"s{stage + 1}.b{index + 1}", names | {"body.2.squeeze": "se.fc1", "body.2.excite": "se.fc2"}


def translated(
    weights: dict[str, Tensor], names: list[str], stem: Parts, scheme: Callable[..., tuple[str, Parts]]
) -> Iterator[tuple[str, Tensor]]:
    """Their weights under our names, one for each of ours."""
    for name in names:
        part, kind = name.rsplit(".", 1)
        if part in stem:
            yield name, weights[f"{stem[part]}.{kind}"]
        else:
            _, stage, index, rest = part.split(".", 3)
            block, parts = scheme(int(stage), int(index))
            yield name, weights[f"{block}.{parts[rest]}.{kind}"]


TORCHVISION = {"stem.conv": "stem.0", "stem.norm": "stem.1", "head": "fc"}
RESNET = {"stem.conv": "conv1", "stem.norm": "bn1", "head": "fc"}
TIMM = {"stem.conv": "stem.conv", "stem.norm": "stem.bn", "head": "head.fc"}
CASES = [
    ("regnetx-800mf", torchvision.models.regnet_x_800mf, TORCHVISION, torchvision_regnet),
    ("regnety-400mf", torchvision.models.regnet_y_400mf, TORCHVISION, torchvision_regnet),
    ("resnet-50", torchvision.models.resnet50, RESNET, torchvision_resnet),
    ("resnext-50", torchvision.models.resnext50_32x4d, RESNET, torchvision_resnet),
    ("regnetx-400mf", lambda: timm.create_model("regnetx_004"), TIMM, timm_regnet),
    ("regnety-400mf", lambda: timm.create_model("regnety_004"), TIMM, timm_regnet),
]


def unsettle(module: nn.Module) -> None:
    """Give every BN averages and parameters of its own, so that a part left out would show."""
    for m in module.modules():
        if isinstance(m, nn.BatchNorm2d):
            nn.init.normal_(m.running_mean, 0.0, 0.1)
            nn.init.uniform_(m.running_var, 0.5, 1.5)
            nn.init.uniform_(m.weight, 0.5, 1.5)
            nn.init.normal_(m.bias, 0.0, 0.1)


@pytest.mark.parametrize(("name", "reference", "stem", "scheme"), CASES, ids=lambda v: v if isinstance(v, str) else "")
def test_the_same_weights_give_the_same_logits(
    name: str, reference: Callable[[], nn.Module], stem: Parts, scheme: Callable[..., tuple[str, Parts]]
) -> None:
    torch.manual_seed(0)
    theirs = reference()
    unsettle(theirs)
    ours = build(zoo[name], 1000)
    weights = theirs.state_dict()
    assert sum(p.numel() for p in ours.parameters()) == sum(p.numel() for p in theirs.parameters())
    ours.load_state_dict(dict(translated(weights, list(ours.state_dict()), stem, scheme)))
    images = torch.randn(2, 3, 64, 64)
    with torch.inference_mode():
        expected, got = theirs.eval()(images), ours.eval()(images)
    assert expected.std() > 0.01
    torch.testing.assert_close(got, expected, rtol=1e-4, atol=1e-4)
