"""What ends a layer, as vector code: nothing, ReLU, or SiLU (t * sigmoid(t)) and its slope, all in float32.

The exponential is computed in registers: a call of libm would take the lanes one by one. Where sigmoid is a normal
number, SiLU is right to 3e-7 of itself; its slope to 1e-6, since 1 - sigmoid is rounded and then multiplied by t.
"""

import math

from llvmlite import ir

from regnet.training.native.emit import FLOATS, LANES, WORDS, Emitter, Value, words

NOTHING, RELU, SILU = ACTIVATIONS = (0, 1, 2)  # as rows name them

# e^x = 2^n e^r with n whole and |r| <= ln(2) / 2, where seven terms of the series leave 1.2e-7. n ln(2) is
# subtracted in two parts, or the rounding of ln(2) would cost the last digits of a large x.
TERMS = [1 / math.factorial(k) for k in range(7)]
LN2_HIGH = 355 / 512
LN2_LOW = math.log(2) - LN2_HIGH
# From 89 on 2^n reads as infinity, and below -87 1 + e^x is 1 whatever e^x is.
LOWEST, HIGHEST = -87.0, 89.0


def activate(e: Emitter, activation: int, t: Value) -> Value:
    """The activation of t; NaN stays, so that a training that diverged shows."""
    if activation == RELU:
        return e.b.select(e.b.fcmp_ordered("<", t, e.zero), e.zero, t)
    return e.b.fmul(t, sigmoid(e, t)) if activation == SILU else t


def silu_slope(e: Emitter, t: Value) -> Value:
    """SiLU's derivative, s + t s (1 - s) with s = sigmoid(t)."""
    s = sigmoid(e, t)
    return e.b.fmul(s, e.fma(t, e.b.fsub(_floats(1), s), _floats(1)))


def sigmoid(e: Emitter, t: Value) -> Value:
    """1 / (1 + e^-t): from 0 to 1, whatever t is."""
    return e.b.fdiv(_floats(1), e.b.fadd(_floats(1), _exp(e, e.b.fneg(t))))


def _exp(e: Emitter, x: Value) -> Value:
    b = e.b
    # Ordered comparisons, so that NaN too becomes a number here: a NaN has no whole part.
    x = b.select(b.fcmp_ordered("<", x, _floats(HIGHEST)), x, _floats(HIGHEST))
    x = b.select(b.fcmp_ordered(">", x, _floats(LOWEST)), x, _floats(LOWEST))
    n = e.call(f"llvm.roundeven.v{LANES}f32", FLOATS, [b.fmul(x, _floats(1 / math.log(2)))])
    r = e.fma(n, _floats(-LN2_LOW), e.fma(n, _floats(-LN2_HIGH), x))
    series = _floats(TERMS[-1])
    for term in reversed(TERMS[:-1]):
        series = e.fma(series, r, _floats(term))
    exponent = b.shl(b.add(b.fptosi(n, WORDS), words(127)), words(23))
    return b.fmul(series, b.bitcast(exponent, FLOATS))


def _floats(value: float) -> Value:
    """A register of one float32 constant."""
    return ir.Constant(FLOATS, [value] * LANES)
