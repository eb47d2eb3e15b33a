"""Checkpoints by name: pycls' (its layer names written out here), files, other classes, and what is refused."""

import dataclasses
from pathlib import Path

import pytest
import torch
import torchvision
from torch import Tensor, nn

from regnet.design.networks import AnyNet, EfficientNet, MBStage, Network, Stage, Stem
from regnet.design.zoo import zoo
from regnet.training import build
from regnet.training.weights import load

torch.set_num_threads(1)

Y_NETWORK = AnyNet((Stage(2, 16, 1.0, 8),), Stem(width=8), se_ratio=0.25)
MOBILE = EfficientNet((MBStage(1, 8, 1, 3, 1), MBStage(2, 16, 6, 5, 2)), Stem(width=8), head_width=32)

# module -> pycls' names of the same layers, in the order in which our modules have them
Y_NAMES = (
    "stem.conv stem.bn "
    "s1.b1.f.a s1.b1.f.a_bn s1.b1.f.b s1.b1.f.b_bn s1.b1.f.se.f_ex.0 s1.b1.f.se.f_ex.2 s1.b1.f.c s1.b1.f.c_bn "
    "s1.b1.proj s1.b1.bn "
    "s1.b2.f.a s1.b2.f.a_bn s1.b2.f.b s1.b2.f.b_bn s1.b2.f.se.f_ex.0 s1.b2.f.se.f_ex.2 s1.b2.f.c s1.b2.f.c_bn "
    "head.fc"
)
MOBILE_NAMES = (
    "stem.conv stem.bn "
    "s1.b1.dwise s1.b1.dwise_bn s1.b1.se.f_ex.0 s1.b1.se.f_ex.2 s1.b1.lin_proj s1.b1.lin_proj_bn "
    "s2.b1.exp s2.b1.exp_bn s2.b1.dwise s2.b1.dwise_bn s2.b1.se.f_ex.0 s2.b1.se.f_ex.2 "
    "s2.b1.lin_proj s2.b1.lin_proj_bn "
    "s2.b2.exp s2.b2.exp_bn s2.b2.dwise s2.b2.dwise_bn s2.b2.se.f_ex.0 s2.b2.se.f_ex.2 "
    "s2.b2.lin_proj s2.b2.lin_proj_bn "
    "head.conv head.conv_bn head.fc"
)


def pycls_checkpoint(module: nn.Module, names: str) -> dict[str, Tensor]:
    """A module's weights as pycls would keep them: its names, BGR."""
    layers = [m for m in module.modules() if isinstance(m, nn.Conv2d | nn.BatchNorm2d | nn.Linear)]
    named = zip(names.split(), layers, strict=True)
    states = {f"{name}.{kind}": t.clone() for name, m in named for kind, t in m.state_dict().items()}
    return states | {"stem.conv.weight": states["stem.conv.weight"].flip(1)}


@pytest.mark.parametrize(
    ("network", "names"), [(Y_NETWORK, Y_NAMES), (MOBILE, MOBILE_NAMES)], ids=["regnety", "effnet"]
)
def test_a_pycls_file_gives_back_the_network_it_was_made_from(network: Network, names: str, tmp_path: Path) -> None:
    module = build(network, 7, seed=0)
    for m in module.modules():
        if isinstance(m, nn.BatchNorm2d):
            nn.init.uniform_(m.weight, 0.5, 1.5)
            nn.init.normal_(m.running_mean)
    file = tmp_path / "model.pyth"
    torch.save({"epoch": 99, "model_state": pycls_checkpoint(module, names), "cfg": "MODEL: ..."}, file)
    images = torch.randn(2, 3, 32, 32)
    with torch.inference_mode():
        expected = module.eval()(images)
        assert torch.equal(load(network, file)(images), expected)
    assert expected.shape == (2, 7)


def test_a_checkpoint_without_batch_norms_counters_is_complete() -> None:
    states = pycls_checkpoint(build(Y_NETWORK, 7, seed=0), Y_NAMES)
    without = {name: t for name, t in states.items() if not name.endswith("num_batches_tracked")}
    assert len(without) < len(states)
    assert torch.equal(load(Y_NETWORK, without).head.weight, states["head.fc.weight"])


def test_loading_leaves_the_global_generator_alone() -> None:
    states = pycls_checkpoint(build(Y_NETWORK, 7, seed=0), Y_NAMES)
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    load(Y_NETWORK, states)
    assert torch.equal(torch.rand(3), expected)


def test_epsilon_is_that_of_the_training() -> None:
    torch.manual_seed(0)
    norm = lambda w: nn.BatchNorm2d(w, eps=1e-3)  # noqa: E731
    theirs = torchvision.models.efficientnet_b0(norm_layer=norm).eval()
    images = torch.randn(1, 3, 64, 64)
    with torch.inference_mode():
        for m in theirs.modules():
            if isinstance(m, nn.BatchNorm2d):
                nn.init.uniform_(m.running_var, 0.001, 0.01)
        expected = theirs(images)
        got = load(zoo["efficientnet-b0"], theirs.state_dict(), eps=1e-3)(images)
        other = load(zoo["efficientnet-b0"], theirs.state_dict())(images)
    torch.testing.assert_close(got, expected, rtol=1e-3, atol=1e-4 * float(expected.std()))
    assert not torch.allclose(other, expected, rtol=0.01, atol=0.01 * float(expected.std()))


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (dataclasses.replace(Y_NETWORK, se_ratio=0.0), r"with s1\.b1\.f\.se\.f_ex\.0\.bias"),
        (AnyNet((Stage(3, 16, 1.0, 8),), Stem(width=8), se_ratio=0.25), r"without stages\.0\.2\.body\.0\.conv\.weight"),
        (AnyNet((Stage(2, 24, 1.0, 8),), Stem(width=8), se_ratio=0.25), r"of other shapes stages\.0\.0"),
        (AnyNet((Stage(2, 16, 1.0, 16),), Stem(width=8), "V"), "without stages"),
        (MOBILE, r"without stages\.0\.0\.body\.1\.conv\.weight"),
    ],
)
def test_a_checkpoint_of_another_network_is_refused_with_what_differs(network: Network, message: str) -> None:
    states = pycls_checkpoint(build(Y_NETWORK, 7, seed=0), Y_NAMES)
    with pytest.raises(ValueError, match=f"pycls checkpoint is of another network than the one given: .*{message}"):
        load(network, states)


def test_names_of_no_known_project_are_refused() -> None:
    states = torchvision.models.squeezenet1_1().state_dict()
    with pytest.raises(ValueError, match=r"one of s1\.b1\.f\.a\.weight \(pycls\).* got features\.0\.weight"):
        load(Y_NETWORK, states)
