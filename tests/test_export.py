"""Built networks given to torch.export and torch.jit.script, whose programs compute the same."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from regnet.design.networks import AnyNet, EfficientNet, MBStage, Network, Stage, Stem
from regnet.training import build

torch.set_num_threads(1)

STAGES = (Stage(2, 16, 1.0, 16), Stage(1, 24, 1.0, 24))
NETWORKS: dict[str, Network] = {
    "x": AnyNet((Stage(2, 16, 1.0, 8), Stage(1, 24, 2.0, 4)), Stem(width=8)),
    "y": AnyNet((Stage(2, 16, 1.0, 8),), Stem(kernel=7, width=8, pool=True), se_ratio=0.25, activation="silu"),
    "r": AnyNet(STAGES, Stem(width=8), "R"),
    "v": AnyNet(STAGES, Stem(width=8), "V"),
    "vr": AnyNet(STAGES, Stem(width=8), "VR"),
    "effnet": EfficientNet((MBStage(1, 8, 1, 3, 1), MBStage(2, 16, 6, 5, 2)), Stem(width=8), head_width=32),
}


def built(name: str, training: bool) -> nn.Module:
    return build(NETWORKS[name], 10, seed=0).train(training)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.filterwarnings("ignore:.*torch.jit.*deprecated")
def test_a_scripted_network_computes_the_same(name: str, training: bool) -> None:
    module, images = built(name, training), torch.randn(3, 3, 32, 32)
    scripted = torch.jit.script(copy.deepcopy(module))
    assert torch.equal(scripted(images), module(images))


@pytest.mark.parametrize("name", NETWORKS)
def test_an_exported_network_computes_the_same_for_any_number_of_images(name: str) -> None:
    module = built(name, training=False)
    sizes = {"x": {0: torch.export.Dim("n")}}
    program = torch.export.export(module, (torch.randn(2, 3, 32, 32),), dynamic_shapes=sizes).module()
    images = torch.randn(5, 3, 32, 32)
    torch.testing.assert_close(program(images), module(images), rtol=1e-5, atol=1e-6)
