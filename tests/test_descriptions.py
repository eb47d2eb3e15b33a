"""Networks from names, files and mappings: this library's JSON, quantised lines, pycls' configurations."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

import regnet
from regnet import published
from regnet.design.descriptions import find, network_from
from regnet.design.networks import AnyNet, EfficientNet, MBStage, Network, Stage, Stem
from regnet.design.zoo import zoo

PYCLS = published.load("pycls_model_zoo").set_index("model")
RESNETS = {"ResNet-101": ((3, 4, 23, 3), 0.25, (64, 128, 256, 512)), "ResNeXt-50": ((3, 4, 6, 3), 0.5, (4, 8, 16, 32))}
VALUES = [
    AnyNet((Stage(1, 16, 1.0, 8), Stage(2, 24, 2.0, 4, 1)), Stem(7, 8, 1, True, 1), "X", 0.25, "silu"),
    AnyNet((Stage(2, 16, 1.0, 16),), Stem(width=8), "VR"),
    EfficientNet((MBStage(1, 8, 1, 3, 1), MBStage(2, 16, 6, 5, 2)), Stem(width=8), head_width=32, activation="relu"),
]


@pytest.mark.parametrize("network", [*VALUES, zoo["resnext-50"], zoo["efficientnet-b4"], zoo["regnety-64gf"]])
def test_a_networks_own_json_comes_back(network: Network) -> None:
    fields = json.loads(json.dumps(dataclasses.asdict(network)))
    assert network_from(fields) == network == network_from({"network": fields, "id": network.id})


@pytest.mark.parametrize("model", [model for model in PYCLS.index if model.startswith("RegNet")])
def test_pycls_settings_of_a_regnet_give_the_zoos(model: str) -> None:
    row = PYCLS.loc[model]
    section = {"DEPTH": int(row["depth"]), "W0": int(row["w0"]), "WA": float(row["wa"]), "WM": float(row["wm"]),
               "GROUP_W": int(row["group_w"]), "SE_ON": model.startswith("RegNetY")}  # fmt: skip
    assert network_from({"REGNET": section}) == zoo[model]


@pytest.mark.parametrize("model", RESNETS)
def test_pycls_stages_of_a_resnet_give_the_zoos(model: str) -> None:
    depths, factor, groups = RESNETS[model]
    section = {"STEM_TYPE": "res_stem_in", "STEM_W": 64, "STRIDES": [1, 2, 2, 2], "DEPTHS": list(depths),
               "WIDTHS": [256, 512, 1024, 2048], "BOT_MULS": [factor] * 4, "GROUP_WS": list(groups)}  # fmt: skip
    assert network_from({"MODEL": {"TYPE": "anynet"}, "ANYNET": section}) == zoo[model]
    next_to = {"NUM_GROUPS": 1 if factor < 0.5 else 32, "WIDTH_PER_GROUP": groups[0], "STRIDE_1X1": False}
    older = {"DEPTH": int(model.rpartition("-")[2])}
    given = {"MODEL": {"TYPE": "resnet"} | older, "RESNET": {"TRANS_FUN": "bottleneck_transform"} | next_to}
    assert network_from(given) == zoo[model]


def test_pycls_settings_of_an_efficientnet_give_the_zoos() -> None:
    for model in (name for name in PYCLS.index if name.startswith("EfficientNet")):
        row = PYCLS.loc[model]
        lists = {"DEPTHS": "stage_depths", "WIDTHS": "stage_widths", "EXP_RATIOS": "exp_ratios", "KERNELS": "kernels",
                 "STRIDES": "strides"}  # fmt: skip
        section = {key: [int(value) for value in row[column].split()] for key, column in lists.items()}
        section |= {"STEM_W": int(row["stem_w"]), "HEAD_W": int(row["head_w"])}
        assert network_from({"MODEL": {"TYPE": "effnet", "ACTIVATION_FUN": "swish"}, "EN": section}) == zoo[model]


def test_a_yaml_file_has_its_resolution_and_the_zoos_name_where_it_is_the_zoos(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    text = (
        "MODEL: {{TYPE: regnet}}\nREGNET:\n  DEPTH: 22\n  W0: 24\n  WA: 24.48\n  WM: 2.54\n  GROUP_W: {g}\n"
        "TRAIN: {{IM_SIZE: 96}}\n"
    )
    file.write_text(text.format(g=16))
    found = find(str(file))
    assert (found.name, found.network, found.resolution) == ("regnetx-400mf", zoo["regnetx-400mf"], 96)
    file.write_text(text.format(g=8))
    assert (find(str(file)).name, regnet.network_from(file).group_widths) == ("mine.yaml", (8, 8, 8, 8))


def test_names_and_lines_are_descriptions_too() -> None:
    assert network_from("facebook/regnet-y-040") == zoo["regnety-4.0gf"]
    line = {"d": 16, "w_a": 27.89, "w_0": 48, "w_m": 2.09, "g": 8, "se_ratio": 0.25, "stem": {"width": 32}}
    assert network_from(line) == zoo["regnety-400mf"]


BROKEN: list[tuple[Any, str]] = [
    ({}, r"got the keys \(none\)"),
    ({"layers": 3}, "got the keys layers"),
    ({"stages": 3}, "no network is described so"),
    ({"stages": [{"depth": 1}]}, "width"),
    ({"stages": [{"depth": 1, "width": 8, "colour": 2}]}, "Stage has no 'colour': it has depth, width"),
    ({"stages": [{"depth": 1, "width": 8}], "head": 2}, "AnyNet has no 'head'"),
    ({"stages": [{"depth": 1, "width": 100, "group_width": 24}]}, "group width 24 does not divide"),
    ({"d": 22, "w_a": 24.48}, "w_0"),
    ([1, 2], r"a mapping that describes a network is expected, got \[1, 2\]"),
    ({"MODEL": {"TYPE": "vit"}}, "MODEL.TYPE must be one of regnet, anynet, effnet, resnet, got 'vit'"),
    ({"MODEL": 3, "REGNET": {}}, "MODEL must have keys and values, got 3"),
    ({"REGNET": {"DEPTH": 22}}, "REGNET.W0 is missing"),
    ({"ANYNET": {"DEPTHS": 3, "WIDTHS": [8]}}, "ANYNET.DEPTHS must list one number a stage, got 3"),
    ({"ANYNET": {"DEPTHS": [1], "WIDTHS": [8], "BLOCK_TYPE": "vanilla_block"}}, "BLOCK_TYPE must be res_bottleneck"),
    ({"ANYNET": {"DEPTHS": [1], "WIDTHS": [8], "STEM_TYPE": "patchify"}}, "STEM_TYPE must be one of simple_stem_in"),
    ({"ANYNET": {"DEPTHS": [1], "WIDTHS": [8], "HEAD_W": 64}}, "HEAD_W must be 0"),
    ({"MODEL": {"TYPE": "resnet", "DEPTH": 50}}, "STRIDE_1X1 False"),
    ({"EN": {"DEPTHS": [1], "WIDTHS": [8], "EXP_RATIOS": [1], "KERNELS": [3], "STRIDES": [1, 2]}}, "one entry a stage"),
]


@pytest.mark.parametrize(("description", "message"), BROKEN)
def test_what_describes_no_network_says_which_key(description: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        network_from(description)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.json", "[1", "cannot be read: Expecting"),
        ("b.json", "[1]", "holds no object of keys and values, but list"),
        ("c.json", '{"stages": [{"depth": 1}]}', "no network is described so"),
        (
            "r.json",
            '{"d": 22, "w_a": 24.48, "w_0": 24, "w_m": 2.54, "g": 16, "resolution": null}',
            "the resolution must",
        ),
        (
            "r.yaml",
            "{TRAIN: {IM_SIZE: big}, ANYNET: {DEPTHS: [1], WIDTHS: [8]}}",
            "the resolution must be .* got 'big'",
        ),
        ("s.yaml", "{TRAIN: 3, ANYNET: {DEPTHS: [1], WIDTHS: [8]}}", "TRAIN must have keys and values, got 3"),
        ("t.json", '{"stages": [{"depth": "1", "width": [8]}]}', ""),
        ("u.yaml", "REGNET: {DEPTH: deep, W0: 24, WA: 24.48, WM: 2.54, GROUP_W: 16}", ""),
        ("v.yaml", "ANYNET: {DEPTHS: [1], WIDTHS: [8], BOT_MULS: [0]}", ""),
        ("w.yaml", "ANYNET: {DEPTHS: [1], WIDTHS: [8], BOT_MULS: [x], STEM_TYPE: [1]}", ""),
        ("x.yaml", "REGNET: {DEPTH: 22, W0: 24, WA: 24.48, WM: 2.54, GROUP_W: 16, BOT_MUL: null}", ""),
        ("y.json", '{"stages": [{"depth": 1, "width": 8}], "stem": 3}', ""),
        ("z.json", '{"network": 3}', "a mapping that describes a network is expected, got 3"),
        ("d.yaml", "a: [1", "cannot be read: while parsing"),
        ("e.yml", "", "holds no object of keys and values, but NoneType"),
    ],
)
def test_a_file_that_describes_no_network_is_named(name: str, text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(ValueError, match=f"{name}:? ?.*{message}"):
        find(str(tmp_path / name))
    with pytest.raises(FileNotFoundError, match=r"nothing\.json"):
        find(str(tmp_path / "nothing.json"))
