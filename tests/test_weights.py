"""Checkpoints by name (pycls' and transformers' layers written out here), files, other classes, and what is refused."""

import argparse
import collections
import dataclasses
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torchvision
from torch import Tensor, nn

from regnet.design.networks import AnyNet, EfficientNet, MBStage, Network, Stage, Stem
from regnet.design.zoo import zoo
from regnet.training import build
from regnet.training.weights import load, loaded

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


# transformers 4.57, models/regnet/modeling_regnet.py
IN_A_BLOCK = "layer.0.{} layer.1.{} layer.2.attention.0 layer.2.attention.2 layer.3.{} shortcut.{}"
PAIR = ("convolution", "normalization")


def transformers_names(network: AnyNet) -> str:
    """The names that transformers gives the layers, in the order in which our modules have them."""
    names = [f"regnet.embedder.embedder.{kind}" for kind in PAIR]
    parts = IN_A_BLOCK if network.se_ratio else "layer.0.{} layer.1.{} layer.2.{} shortcut.{}"
    for s, depth in enumerate(network.depths):
        for b in range(depth):
            block = parts if b == 0 else parts.removesuffix(" shortcut.{}")
            pairs = [part.format(kind) for part in block.split() for kind in (PAIR if "{}" in part else PAIR[:1])]
            names += [f"regnet.encoder.stages.{s}.layers.{b}.{part}" for part in pairs]
    return " ".join([*names, "classifier.1"])


def named(module: nn.Module, names: str) -> dict[str, Tensor]:
    """A module's weights by another project's names of its layers."""
    layers = [m for m in module.modules() if isinstance(m, nn.Conv2d | nn.BatchNorm2d | nn.Linear)]
    both = zip(names.split(), layers, strict=True)
    return {f"{name}.{kind}": t.clone() for name, m in both for kind, t in m.state_dict().items()}


def unsettled(network: Network, num_classes: int = 7) -> nn.Module:
    """A module in evaluation mode whose BN has averages of its own."""
    module = build(network, num_classes, seed=0)
    torch.manual_seed(1)
    for m in module.modules():
        if isinstance(m, nn.BatchNorm2d):
            nn.init.uniform_(m.weight, 0.5, 1.5)
            nn.init.normal_(m.running_mean)
    return module.eval()


def pycls_checkpoint(module: nn.Module, names: str) -> dict[str, Tensor]:
    """A module's weights as pycls would keep them: its names, BGR."""
    states = named(module, names)
    return states | {"stem.conv.weight": states["stem.conv.weight"].flip(1)}


@pytest.mark.parametrize(
    ("network", "names"), [(Y_NETWORK, Y_NAMES), (MOBILE, MOBILE_NAMES)], ids=["regnety", "effnet"]
)
def test_a_pycls_file_gives_back_the_network_it_was_made_from(network: Network, names: str, tmp_path: Path) -> None:
    module = unsettled(network)
    file = tmp_path / "model.pyth"
    torch.save({"epoch": 99, "model_state": pycls_checkpoint(module, names), "cfg": "MODEL: ..."}, file)
    images = torch.randn(2, 3, 32, 32)
    with torch.inference_mode():
        expected = module(images)
        assert torch.equal(load(network, file)(images), expected)
    assert expected.shape == (2, 7)


X_NETWORK = dataclasses.replace(Y_NETWORK, se_ratio=0.0)
V_NETWORK = AnyNet((Stage(2, 16, 1.0, 16),), Stem(width=8), "V")


@pytest.mark.parametrize("network", [X_NETWORK, Y_NETWORK], ids=["x", "y"])
def test_transformers_names_give_back_the_network(network: AnyNet) -> None:
    module, images = unsettled(network), torch.randn(2, 3, 32, 32)
    states = named(module, transformers_names(network))
    with torch.inference_mode():
        found = loaded(network, states)
        assert torch.equal(found.module(images), module(images))
    assert (found.project, found.num_classes) == ("transformers", 7)
    headless = {name.removeprefix("regnet."): t for name, t in states.items() if "classifier" not in name}
    with pytest.raises(ValueError, match=r"transformers checkpoint has no classifier \(classifier\.1\.weight\)"):
        load(network, headless)


@pytest.mark.parametrize("network", [X_NETWORK, Y_NETWORK, V_NETWORK, MOBILE], ids=["x", "y", "v", "effnet"])
def test_the_librarys_own_state_dict_gives_back_the_network(network: Network, tmp_path: Path) -> None:
    module, images = unsettled(network), torch.randn(2, 3, 32, 32)
    torch.save(module.state_dict(), tmp_path / "own.pt")
    with torch.inference_mode():
        found = loaded(network, tmp_path / "own.pt")
        assert torch.equal(found.module(images), module(images))
    assert found.project == "regnet"


STATES = pycls_checkpoint(build(Y_NETWORK, 7, seed=0), Y_NAMES)
WRAPPED: dict[str, Callable[[Any], Any]] = {
    "bare": lambda states: states,
    "state_dict": lambda states: {"state_dict": states, "epoch": 3},
    "model": lambda states: {"model": states, "optimizer": {"state": {0: {"exp_avg": torch.ones(3)}}}},
    "model_state": lambda states: {"model_state": states, "cfg": "MODEL: ..."},
    "model_ema": lambda states: {"epoch": 1, "model_ema": {f"module.{name}": t for name, t in states.items()}},
    "ema_state_dict": lambda states: {"ema_state_dict": states},
    "nested": lambda states: {"model": {"state_dict": {"module": states}}},
    "averaged": lambda states: {"n_averaged": torch.tensor(3), **{f"module.{n}": t for n, t in states.items()}},
    "compiled": lambda states: {f"_orig_mod.module.{name}": t for name, t in states.items()},
    "lightning": lambda states: {"state_dict": {f"model._orig_mod.{name}": t for name, t in states.items()}},
    "ordered": lambda states: {"state_dict": collections.OrderedDict(states)},
}


@pytest.mark.parametrize("wrapped", WRAPPED)
def test_wrappers_and_prefixes_are_opened(wrapped: str, tmp_path: Path) -> None:
    torch.save(WRAPPED[wrapped](STATES), tmp_path / "file.pt")
    assert torch.equal(load(Y_NETWORK, tmp_path / "file.pt").head.weight, STATES["head.fc.weight"])


def test_weights_as_trained_come_before_averages_unless_a_part_is_named(tmp_path: Path) -> None:
    averaged = {name: t + 1 for name, t in STATES.items()}
    torch.save({"model_ema": averaged, "model": STATES}, tmp_path / "both.pt")
    found = loaded(Y_NETWORK, tmp_path / "both.pt")
    assert (found.part, found.others) == ("model", ("model_ema",))
    assert torch.equal(found.module.head.weight, STATES["head.fc.weight"])
    other = loaded(Y_NETWORK, tmp_path / "both.pt", part="model_ema")
    assert torch.equal(other.module.head.weight, averaged["head.fc.weight"])
    with pytest.raises(ValueError, match=r"both\.pt: no part 'ema' in it; its weights are in 'model', 'model_ema'"):
        loaded(Y_NETWORK, tmp_path / "both.pt", part="ema")


def test_a_safetensors_file_is_read_and_a_damaged_one_named(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    file = tmp_path / "model.safetensors"
    save_file(STATES, file)
    assert torch.equal(load(Y_NETWORK, file).head.weight, STATES["head.fc.weight"])
    for cut in (0, 5, 100, file.stat().st_size - 7):
        file.write_bytes(file.read_bytes()[:cut])
        with pytest.raises(ValueError, match=r"model\.safetensors is no safetensors file, or a damaged one"):
            load(Y_NETWORK, file)


class Harmful:
    """Would run a program when unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (os.mkdir, (os.environ["HARM"],))


NO_CHECKPOINTS: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("not a checkpoint\n" * 99),
    "bytes": lambda path: path.write_bytes(bytes(range(256)) * 40),
    "pickled list": lambda path: path.write_bytes(pickle.dumps([1, 2, 3])),
    "pickled namespace": lambda path: path.write_bytes(pickle.dumps({"args": argparse.Namespace(lr=1)})),
    "pickled array": lambda path: path.write_bytes(pickle.dumps({"w": np.ones(3)}, protocol=2)),
    "harmful pickle": lambda path: path.write_bytes(pickle.dumps(Harmful(), protocol=2)),
    "harmful": lambda path: torch.save({"state_dict": Harmful()}, path),
    "harmful, old": lambda path: torch.save(Harmful(), path, _use_new_zipfile_serialization=False),
    "module": lambda path: torch.save(nn.Linear(2, 2), path),
    "old module": lambda path: torch.save(nn.Linear(2, 2), path, _use_new_zipfile_serialization=False),
    "namespace": lambda path: torch.save({"model": STATES, "args": argparse.Namespace(lr=0.1)}, path),
    "tensor": lambda path: torch.save(torch.ones(3), path),
    "number": lambda path: torch.save(3, path),
    "nothing": lambda path: torch.save({}, path),
    "no tensors": lambda path: torch.save({"state_dict": {"a": 1}, "epoch": 2}, path),
    "numbers for names": lambda path: torch.save({0: torch.ones(2)}, path),
    "folder": lambda path: path.mkdir(),
    "scalar head": lambda path: torch.save(STATES | {"head.fc.weight": torch.tensor(1.0)}, path),
    "twice": lambda path: torch.save(STATES | {"module.head.fc.weight": torch.ones(2)}, path),
}


@pytest.mark.parametrize("kind", NO_CHECKPOINTS)
def test_what_is_no_checkpoint_is_one_error_with_the_file_and_runs_nothing(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARM", str(tmp_path / "harm"))
    NO_CHECKPOINTS[kind](tmp_path / "given.pt")
    with pytest.raises(ValueError, match=r"given\.pt") as caught:
        load(Y_NETWORK, tmp_path / "given.pt")
    assert len(str(caught.value).splitlines()) == 1
    assert not (tmp_path / "harm").exists()
    said = str(caught.value)
    assert ("holds more than weights" in said) == (kind in ("module", "namespace", "pickled array", "old module"))
    assert (f"would run {os.mkdir.__module__}.mkdir" in said) == kind.startswith("harmful")
    assert "weights_only" not in said or "holds more than weights" in said  # PyTorch advises it for any bytes


def test_a_file_cut_anywhere_is_one_error_with_the_file(tmp_path: Path) -> None:
    for new in (True, False):
        file = tmp_path / "cut.pt"
        torch.save({"model_state": STATES}, file, _use_new_zipfile_serialization=new)
        whole = file.read_bytes()
        for cut in (*range(1, 40, 3), *range(50, len(whole), len(whole) // 20)):
            file.write_bytes(whole[:cut])
            with pytest.raises(ValueError, match=r"cut\.pt is no checkpoint of PyTorch, or a damaged one"):
                load(Y_NETWORK, file)
    with pytest.raises(FileNotFoundError, match=r"nowhere\.pt"):
        load(Y_NETWORK, tmp_path / "nowhere.pt")


def test_a_checkpoint_of_another_network_says_which_of_the_zoos_it_fits() -> None:
    states = torchvision.models.regnet_x_400mf().state_dict()
    with pytest.raises(ValueError, match=r"; it fits regnetx-400mf-torchvision$"):
        load(zoo["regnetx-400mf"], states)
    with pytest.raises(ValueError, match=r"; it fits none of the zoo's networks$"):
        load(zoo["regnetx-400mf"], STATES)


def test_torchvisions_b5_has_its_own_epsilon() -> None:
    with torch.device("meta"):
        states = torchvision.models.efficientnet_b5().state_dict()
    small = {name: torch.zeros(t.shape) for name, t in states.items()}
    norms = {m.eps for m in load(zoo["efficientnet-b5"], small).modules() if isinstance(m, nn.BatchNorm2d)}
    assert norms == {1e-3}


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
        (MOBILE, r"of other shapes stages\.0\.0\.body\.1\.conv\.weight"),
    ],
)
def test_a_checkpoint_of_another_network_is_refused_with_what_differs(network: Network, message: str) -> None:
    states = pycls_checkpoint(build(Y_NETWORK, 7, seed=0), Y_NAMES)
    with pytest.raises(ValueError, match=f"pycls checkpoint is of another network than the one given: .*{message}"):
        load(network, states)


def test_names_of_no_known_project_are_refused() -> None:
    states = torchvision.models.squeezenet1_1().state_dict()
    with pytest.raises(ValueError, match=r"one of .*s1\.b1\.f\.a\.weight \(pycls\).* got features\.0\.weight"):
        load(Y_NETWORK, states)
