"""The vector instructions that trainings and timings use here: the CPU's, or fewer where the environment says so."""

import os

from regnet.training.native.isa import instruction_set

NARROWING = ("ATEN_CPU_CAPABILITY", "ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA")  # what PyTorch and its oneDNN heed
WITH_BFLOAT16 = ("AVX512_CORE_BF16", "AVX512_CORE_FP16", "AVX512_CORE_AMX", "AVX10", "DEFAULT", "ALL")


def instructions() -> str:
    """The compiled engine's instruction set, empty where it has none here, and what narrows PyTorch's.

    As "avx512-bf16", or "avx512-bf16, ONEDNN_MAX_CPU_ISA=AVX2".
    """
    isa = instruction_set()
    narrowed = [f"{name}={os.environ[name]}" for name in NARROWING if os.environ.get(name)]
    return ", ".join([*([isa.name] if isa else []), *narrowed])


def torch_multiplies_bfloat16() -> bool:
    """Whether PyTorch has an instruction for products of bfloat16 here; without it they take ten times as long."""
    isa = instruction_set()
    allowed = [os.environ[name].upper() for name in NARROWING[1:] if os.environ.get(name)]
    return isa is not None and isa.dot and all(word.startswith(WITH_BFLOAT16) for word in allowed)
