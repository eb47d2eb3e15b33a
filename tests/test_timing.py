"""Timing one network: how many passes, over how many images, on what, and what is refused."""

import math

import pytest
import torch

from regnet import machine
from regnet.design.complexity import complexity
from regnet.design.networks import AnyNet, EfficientNet, MBStage, Network, Stage, Stem
from regnet.design.zoo import zoo
from regnet.training.devices import pick_device, pick_devices
from regnet.training.memory import memory
from regnet.training.timing import (
    MOST_REPEATS,
    PART,
    REPEATS,
    expected_seconds,
    keep_to_cores,
    threads,
    time_network,
    versions,
)

torch.set_num_threads(1)

SMALL = AnyNet((Stage(1, 16, 1.0, 8),), Stem(width=8, channels=1))
MOBILE = EfficientNet((MBStage(1, 16, expansion=2),), Stem(width=8, channels=1), head_width=32)
SIDE = 16


@pytest.mark.parametrize("network", [SMALL, MOBILE])
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize("train", [False, True])
def test_every_kind_of_network_is_timed_in_either_precision_forward_or_training(
    network: Network, precision: str, train: bool
) -> None:
    timing = time_network(
        network,
        resolution=SIDE,
        batch=2,
        num_classes=10,
        precision=precision,
        train=train,  # type: ignore[arg-type]
    )
    assert timing.status == "ok"
    assert 0 < timing.ms_q1 <= timing.ms_median <= timing.ms_q3
    assert REPEATS <= timing.repeats <= MOST_REPEATS
    assert (timing.images, timing.threads) == (2, 1)


def test_a_slow_network_is_timed_on_a_part_of_the_batch_and_scaled_to_it() -> None:
    part = time_network(SMALL, resolution=SIDE, batch=512, num_classes=10, seconds=1e-6)
    alone = time_network(SMALL, resolution=SIDE, batch=PART, num_classes=10, seconds=1e-6)
    assert (part.images, alone.images) == (PART, PART)
    assert part.ms_median / alone.ms_median > 512 / PART / 10  # equal passes, but for the machine's noise
    assert time_network(SMALL, resolution=SIDE, batch=512, num_classes=10, seconds=math.inf).images == 512


def test_a_network_that_memory_cannot_hold_is_too_large_and_not_tried() -> None:
    timing = time_network(SMALL, resolution=400_000, batch=64)
    assert (timing.status, timing.repeats, timing.images) == ("too large", 0, 0)
    assert math.isnan(timing.ms_median)


def test_memory_counts_weights_and_the_largest_tensors_and_in_training_all_of_them() -> None:
    net = zoo["resnet-50"]
    inference, training = memory(net, 224), memory(net, 224, train=True)
    largest = 64 * 112 * 112  # the stem's output
    assert inference.weights == complexity(net).params
    assert largest < inference.each_image < 8 * largest
    assert training.each_image - inference.each_image > 11_110_912  # outputs of convolutions, and of batch norm
    assert memory(net, 448).each_image == pytest.approx(4 * inference.each_image, rel=0.01)
    assert inference.bytes(64) == 4 * (inference.weights + 64 * inference.each_image)


def test_timing_leaves_the_random_state_as_it_was() -> None:
    before = torch.get_rng_state()
    time_network(SMALL, resolution=SIDE, batch=2, num_classes=10, train=True)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"batch": 0}, "batch must be a whole number of at least 1, got 0"),
        ({"resolution": 0}, "resolution must be a whole number of at least 1, got 0"),
        ({"seconds": -1.0}, "seconds must be a number above 0, got -1.0"),
        ({"precision": "fp8"}, "precision must be fp32 or bf16, got 'fp8'"),
    ],
)
def test_impossible_settings_are_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        time_network(SMALL, **({"resolution": SIDE, "batch": 2} | arguments))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name", ["tpu", "mps", "gpu", "POCKET", "cpu:0", "cuda:x", "cuda:", "cuda:٣", "CPU", "", " cpu"]
)
def test_a_device_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"device must be auto, cpu, cuda or cuda:NUMBER, got .*; here: cpu"):
        pick_device(name)
    with pytest.raises(ValueError, match="device must be"):
        pick_devices(("cpu", name))


def test_a_gpu_is_picked_where_there_is_one_and_refused_where_there_is_none() -> None:
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    assert pick_device("auto") == ("cuda:0" if count else "cpu")
    assert pick_device("cpu") == "cpu"
    with pytest.raises(ValueError, match=f"sees {count} CUDA GPUs; here: cpu"):
        pick_device(f"cuda:{count}")


def test_only_a_cpu_has_threads_and_only_a_gpu_has_cuda() -> None:
    assert (threads("cpu"), threads("cuda:0")) == (1, None)
    assert versions("cpu") == {"torch": torch.__version__, "cuda": "", "cudnn": ""}


def test_the_expected_seconds_of_a_slow_network_on_a_cpu_are_those_of_a_part() -> None:
    passes = REPEATS + 1
    assert expected_seconds(1e9, 1e-10, batch=4, device="cpu", limit=10) == pytest.approx(passes * 0.4)
    assert expected_seconds(1e9, 1e-10, batch=64, device="cpu", limit=10) == 10
    assert expected_seconds(1e10, 1e-10, batch=64, device="cpu", limit=10) == pytest.approx(passes * PART)
    assert expected_seconds(1e10, 1e-10, batch=64, device="cuda:0", limit=10) == pytest.approx(passes * 64)
    assert expected_seconds(1e3, 1e-10, batch=1, device="cuda:0") == 1


def test_timing_computes_on_no_more_threads_than_there_are_cores_to_use() -> None:
    torch.set_num_threads(machine.cores() + 3)
    keep_to_cores()
    assert torch.get_num_threads() == machine.cores()
    torch.set_num_threads(1)
    keep_to_cores()
    assert torch.get_num_threads() == 1
