"""What the vector code is written for: an instruction set, its register width and the tiles that fill its registers."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from numba import config
from numba.core.codegen import get_host_cpu_features

WIDTHS = (1, 2, 4, 8)  # of groups that lie within a register: permuted there, others are read by pairs
LARGEST_KERNEL = 5  # of depthwise convolutions; others are 3x3


@dataclass(frozen=True)
class InstructionSet:
    """`lanes` float32 fill a register; `dot`: it multiplies pairs of bfloat16; `masks`: it loads and stores in part.

    A convolution keeps `pixels` x `vectors` accumulators in registers, a weight gradient in groups at most
    `accumulators`.
    """

    name: str
    lanes: int
    dot: bool
    masks: bool
    pixels: int
    vectors: int
    accumulators: int

    def taps_of(self, group_width: int, kernel: int = 3) -> int:
        """How many of a kernel's taps the weight gradient of such groups keeps in registers at once: all, a line, one.

        >>> [AVX512_BF16.taps_of(width, kernel) for width, kernel in ((1, 3), (4, 3), (1, 5))]
        [9, 3, 5]
        """
        ways = (kernel**2, kernel, 1)
        return next(taps for taps in ways if taps * group_width <= self.accumulators or taps == 1)


# AVX-512 has 32 registers, AVX2 has 16. Tried: AVX2 with 4 x 3 spills, since bfloat16 is widened in registers.
AVX512_BF16 = InstructionSet("avx512-bf16", 16, True, True, 8, 3, 24)
AVX512 = InstructionSet("avx512", 16, False, True, 8, 3, 24)
AVX2 = InstructionSet("avx2", 8, False, False, 4, 2, 12)

NEEDS = (  # the first that is met is used
    (AVX512_BF16, ("avx512f", "avx512bw", "avx512vl", "avx512bf16")),
    (AVX512, ("avx512f", "avx512bw", "avx512vl")),
    (AVX2, ("avx2", "fma")),
)


@cache
def instruction_set() -> InstructionSet | None:
    """The best one here that vector code is written for; None where there is none.

    It is numba's view of the CPU, which NUMBA_CPU_NAME and NUMBA_CPU_FEATURES can narrow.
    """
    known = _features()
    return next((isa for isa, needs in NEEDS if all(known.get(name) for name in needs)), None)


def _features() -> Mapping[str, bool]:
    named: str | None = config.CPU_FEATURES  # type: ignore[attr-defined]
    if named is None:
        generic = config.CPU_NAME == "generic"  # type: ignore[attr-defined]
        named = "" if generic else get_host_cpu_features()  # type: ignore[no-untyped-call]
    assert named is not None
    return {name[1:]: name.startswith("+") for name in named.split(",")}
