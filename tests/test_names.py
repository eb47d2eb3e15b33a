"""What the paper, pycls, timm, torchvision and Hugging Face call the zoo's networks, and networks beyond the paper."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
import timm
import torch

from regnet import published
from regnet.design.complexity import complexity
from regnet.design.lookup import UnknownName
from regnet.design.names import OTHER_IN_TORCHVISION, TORCHVISION
from regnet.design.networks import RegNet
from regnet.design.zoo import zoo
from regnet.figures.numbers.published_models import timm_name, torchvision_name
from regnet.figures.rounding import in_torchvision, published_models

PYCLS = published.load("pycls_model_zoo").set_index("model")
REGNETS = [name for name in PYCLS.index if name.startswith("RegNet")]
BEYOND = published.load("regnets_beyond_the_paper").set_index("model")


@pytest.mark.parametrize("printed", PYCLS.index)
def test_papers_and_pycls_spellings_find_the_network(printed: str) -> None:
    config = Path(PYCLS.loc[printed, "config"]).stem
    spellings = [printed, printed.lower(), printed.upper(), printed.replace("-", ""), printed.replace("-", " "),
                 f"{printed}_dds_8gpu", config]  # fmt: skip
    assert {zoo.name(spelt) for spelt in spellings} == {printed.lower()}


@pytest.mark.parametrize("printed", REGNETS)
def test_libraries_spellings_find_the_regnet(printed: str) -> None:
    timms, number = timm_name(printed), timm_name(printed).rpartition("_")[2]
    transformers = f"regnet-{printed[6].lower()}-{number}"
    vision = torchvision_name(printed)
    spellings = [timms, timms.upper(), f"{timms}.pycls_in1k", f"timm/{timms}.tv2_in1k", vision, vision.lower(),
                 f"{vision}_Weights.IMAGENET1K_V2", transformers, f"facebook/{transformers}"]  # fmt: skip
    assert {zoo.name(spelt) for spelt in spellings} == {printed.lower()}
    assert timms in timm.list_models()


@pytest.mark.parametrize(
    ("spelt", "name"),
    [
        ("resnet50", "resnet-50"), ("ResNet152", "resnet-152"), ("tv_resnet50", "resnet-50"),
        ("resnet101.a1_in1k", "resnet-101"), ("microsoft/resnet-50", "resnet-50"),
        ("resnext50_32x4d", "resnext-50"), ("ResNeXt101_32X4D", "resnext-101"), ("resnext152", "resnext-152"),
        ("efficientnet_b0", "efficientnet-b0"), ("EfficientNet_B5", "efficientnet-b5"),
        ("facebook/regnet-y-1280-seer-in1k", "regnety-128gf"), ("regnety_640.seer", "regnety-64gf"),
        ("regnety_2560", "regnety-256gf"), ("RegNetY-64GF", "regnety-64gf"), ("regnet_y_128gf", "regnety-128gf"),
        ("regnetx_004_tv", "regnetx-400mf-torchvision"), ("regnety_080_tv.tv2_in1k", "regnety-8.0gf-torchvision"),
    ],
)  # fmt: skip
def test_other_spellings(spelt: str, name: str) -> None:
    assert zoo.name(spelt) == name
    assert zoo[spelt] == zoo[name]


@pytest.mark.parametrize(
    "other",
    [
        "resnext101_32x8d", "resnext101_64x4d", "resnet50d", "resnet18", "wide_resnet50_2", "efficientnet_b7",
        "efficientnetv2_s", "tf_efficientnet_b0", "regnetz_040", "regnetv_040", "regnety_040_sgn", "vgg",
        "facebook/regnet-y-10b-seer", "",
    ],
)  # fmt: skip
def test_another_network_is_refused_without_naming_one_of_the_zoos(other: str) -> None:
    with pytest.raises(UnknownName, match=r"no published network '[^']*'\. There are: regnetx-200mf"):
        zoo[other]


@pytest.mark.parametrize(
    ("typed", "meant"), [("regnetx-401mf", "regnetx-400mf"), ("regnety-400", "regnety-400mf"), ("resnet-5", "")]
)
def test_a_slip_is_told_the_name_of_the_same_family(typed: str, meant: str) -> None:
    with pytest.raises(UnknownName, match=f"did you mean '{meant}'" if meant else r"'resnet-5'\. There are"):
        zoo[typed]


@pytest.mark.parametrize("name", OTHER_IN_TORCHVISION)
def test_where_torchvision_has_another_network_of_that_name_it_is_said(name: str) -> None:
    printed = next(model for model in REGNETS if model.lower() == name)
    with pytest.warns(UserWarning, match=f"torchvision's network of that name is {name}{TORCHVISION}; {name} is"):
        assert zoo[torchvision_name(printed)] == zoo[name]
    theirs = zoo[name + TORCHVISION]
    assert theirs == in_torchvision(published_models.find(name))
    with torch.device("meta"):
        built = timm.create_model(f"{timm_name(printed)}_tv")
    assert complexity(theirs).params == sum(p.numel() for p in built.parameters())


def test_other_spellings_give_no_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert zoo["regnet_x_800mf"] == zoo["regnetx_008"]
        assert zoo["RegNetX-400MF"] == zoo["regnetx_004"]


@pytest.mark.parametrize("printed", BEYOND.index)
def test_larger_regnets_are_those_that_timm_builds_and_not_among_the_papers(printed: str) -> None:
    row, name = BEYOND.loc[printed], printed.lower()
    line = RegNet(d=row["depth"], w_a=row["wa"], w_0=row["w0"], w_m=row["wm"], g=row["group_w"], se_ratio=0.25)
    assert zoo[name] == line.to_anynet()
    assert " ".join(map(str, zoo[name].widths)) == row["stage_widths"]
    assert " ".join(map(str, zoo[name].depths)) == row["stage_depths"]
    with torch.device("meta"):
        built = timm.create_model(row["timm"])
    assert complexity(zoo[name]).params == sum(p.numel() for p in built.parameters()) == row["params"]
    assert abs(complexity(zoo[name]).flops / 1e9 / float(printed[8:-2]) - 1) < 0.01
    assert name not in list(zoo)
    assert name in zoo.beyond


def test_the_zoo_counts_and_lists_the_papers_networks_alone() -> None:
    assert len(zoo) == len(list(zoo)) == 36
    assert not set(zoo) & set(zoo.beyond)
    with pytest.raises(ValueError, match="regnety-64gf is not one of the paper's networks"):
        published_models.find("regnety_640")
