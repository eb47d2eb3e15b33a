"""The compiled engine's two passes, each alone, kept in numba's cache as the engine's own entries are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from regnet.training.models.blocks import EPS, MOMENTUM
from regnet.training.native import step
from regnet.training.native.compiled import compiled, fingerprint
from regnet.training.native.ends import take

pack, forward, backward = step.pack, step.forward, step.backward


def _passes(version: str) -> tuple[Callable[..., Any], ...]:
    @compiled()
    def run_forward(rows, p, x, images):  # type: ignore[no-untyped-def]
        """Packs the parameters, takes the images and computes every layer."""
        assert version
        convolutions, layers, gate_rows, ends = rows
        pack(convolutions, p)
        take(ends[0], x)
        forward(convolutions, layers, gate_rows, p.ctypes.data, images, MOMENTUM, EPS)

    @compiled()
    def run_backward(rows, order, p, g, images):  # type: ignore[no-untyped-def]
        """The gradients of the layers in `order`."""
        assert version
        convolutions, layers, gate_rows, ends = rows
        backward(convolutions, layers, gate_rows, order, ends[0], p.ctypes.data, g.ctypes.data, images)

    return run_forward, run_backward


run_forward, run_backward = _passes(fingerprint())
