"""The compiled engine as it is on most laptops: the same tests, compiled for AVX2 in float32 arithmetic."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from regnet.design.networks import AnyNet, Stage, Stem
from regnet.sweeps.regimes import regimes
from regnet.training.engines import TORCH, TORCH_FLOAT32, choose
from regnet.training.instructions import torch_multiplies_bfloat16
from regnet.training.native.isa import AVX2, instruction_set

FEATURES = "sse sse2 sse3 ssse3 sse4.1 sse4.2 popcnt cmov cx16 fxsr xsave avx avx2 fma f16c bmi bmi2 lzcnt movbe"


def haswell(features: str = FEATURES) -> dict[str, str]:
    """The environment of a process that compiles for these features only."""
    named = ",".join(f"+{name}" for name in features.split())
    return os.environ | {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": named}


@pytest.mark.skipif(instruction_set() in (None, AVX2), reason="this CPU has AVX2 at most: test_native is this test")
def test_layers_and_inference_are_right_on_avx2() -> None:
    tests = Path(__file__).parent
    files = [str(tests / name) for name in ("test_native.py", "test_native_silu.py")]
    wanted = "every_layer or inference or behind or silu.py"
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", *files, "-k", wanted]
    done = subprocess.run(command, env=haswell(), capture_output=True, text=True, check=False, cwd=tests.parent)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


def test_a_cpu_that_no_vector_code_is_written_for_trains_by_pytorch_and_says_why() -> None:
    code = (
        "from regnet.design.networks import AnyNet, Stage, Stem\n"
        "from regnet.design.recipe import Recipe\n"
        "from regnet.training import train\n"
        "from regnet.training.engines import choose\n"
        "net = AnyNet((Stage(1, 16, 1.0, 8),), Stem(width=8, stride=2, channels=1))\n"
        "recipe = Recipe(data='fashion-mnist-small', resolution=28, images=64, batch=16, warmup_images=0,"
        " validation_images=64)\n"
        "print(choose([(net, recipe)]), train(net, recipe, 0).engine)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=haswell("sse sse2"), capture_output=True, text=True, check=True
    )
    assert "this CPU has neither AVX2 with FMA nor AVX-512" in done.stdout
    assert done.stdout.strip().endswith("torch 1 in float32")


@pytest.mark.skipif(not torch_multiplies_bfloat16(), reason="this CPU has no products of bfloat16 to take away")
@pytest.mark.parametrize(
    ("allowed", "engine"), [("AVX2", TORCH_FLOAT32), ("avx512_core", TORCH_FLOAT32), ("AVX512_CORE_BF16", TORCH)]
)
def test_pytorch_computes_in_float32_where_its_bfloat16_is_taken_away(
    allowed: str, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = (AnyNet((Stage(1, 16, 1.0, 8),), Stem(width=8, channels=1)), regimes["smoke"].base)
    monkeypatch.setenv("ONEDNN_MAX_CPU_ISA", allowed)
    assert choose([training], wanted="torch").name == engine
