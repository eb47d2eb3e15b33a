"""What compiled functions share: float32 and bfloat16 memory by address, and a decorator that caches where it can."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numba import carray  # type: ignore[attr-defined]
from numba.core import cgutils, types
from numba.extending import intrinsic

f32, u16, u32 = np.float32, np.uint16, np.uint32

# Sums may be taken in any order (that is what vectorises them); infinities and NaN keep their meaning.
FAST = {"nsz", "contract", "reassoc"}


def fingerprint() -> str:
    """Of this package's sources. numba's cache looks at one file of a function only, not at those it calls."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"\0".join(source.read_bytes() for source in sources)).hexdigest()


@intrinsic
def _pointer(typingctx: Any, address: Any) -> Any:
    del typingctx, address

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        del context, signature
        return builder.inttoptr(values[0], cgutils.voidptr_t)

    return types.voidptr(types.int64), code


@numba.njit(inline="always")
def floats(address, n):  # type: ignore[no-untyped-def]
    """n float32 at an address, as an array."""
    return carray(_pointer(address), (n,), f32)  # type: ignore[call-arg]


@numba.njit(inline="always")
def bits(address, n):  # type: ignore[no-untyped-def]
    """n bfloat16 at an address, as an array of uint16."""
    return carray(_pointer(address), (n,), u16)  # type: ignore[call-arg]


@numba.njit(inline="always")
def words(address, n):  # type: ignore[no-untyped-def]
    """n pairs at an address, as an array of uint32."""
    return carray(_pointer(address), (n,), u32)  # type: ignore[call-arg]


@numba.njit(inline="always")
def offsets(address, n):  # type: ignore[no-untyped-def]
    """n int32 at an address, as an array."""
    return carray(_pointer(address), (n,), np.int32)  # type: ignore[call-arg]


@numba.njit(inline="always")
def widen(value):  # type: ignore[no-untyped-def]
    """bfloat16 bits -> float32."""
    return u32(u32(value) << u32(16)).view(f32)


@numba.njit(inline="always")
def narrow(value):  # type: ignore[no-untyped-def]
    """float32 -> bfloat16 bits, half to even."""
    raw = f32(value).view(u32)
    return u16(u32(raw + u32(0x7FFF) + u32(u32(raw >> u32(16)) & u32(1))) >> u32(16))


def compiled(**options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """numba's njit for a function that Python calls, from numba's cache where there is a place for one."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        try:
            return numba.njit(cache=True, **options)(function)  # type: ignore[no-any-return]
        except RuntimeError:  # a read-only package, and no home to write to
            return numba.njit(**options)(function)  # type: ignore[no-any-return]

    return decorate
