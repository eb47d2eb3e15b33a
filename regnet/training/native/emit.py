"""Vector code that numba cannot be asked for, written as LLVM IR: `kernel` makes it callable from compiled functions.

Addresses are int64, activations bfloat16 bits (uint16), sums float32. A register holds `LANES` float32; a register
of pairs holds as many pairs of bfloat16, which `dot` multiplies and adds two by two. Without that instruction the
pairs are widened and multiplied in float32: the storage is the same, the sums are more exact.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import numba
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from regnet.training.native.isa import AVX2, instruction_set

ISA = instruction_set() or AVX2  # importing must work where nothing is ever compiled
LANES, PIXELS, VECTORS = ISA.lanes, ISA.pixels, ISA.vectors

I1, I16, I32, I64, F32 = ir.IntType(1), ir.IntType(16), ir.IntType(32), ir.IntType(64), ir.FloatType()
FLOATS, BITS, MASK = ir.VectorType(F32, LANES), ir.VectorType(I16, LANES), ir.VectorType(I1, LANES)
WORDS, HALF = ir.VectorType(I32, LANES), ir.VectorType(I32, LANES // 2)

Value = Any  # of the IR: llvmlite has no types


class _BFloat(ir.types._BaseFloatType):  # type: ignore[misc]  # llvmlite does not have it; only bitcasts touch it
    null = "0.0"
    intrinsic_name = "bf16"

    def __str__(self) -> str:
        return "bfloat"


_BFloat._create_instance()


def kernel(emit: Callable[..., None]) -> Callable[[tuple[int, ...]], None]:
    """A compiled function of one tuple of int64, its body written by `emit(emitter, *values)`."""

    @intrinsic
    def inline(typingctx: Any, arguments: Any) -> Any:
        del typingctx

        def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            unpacked = cgutils.unpack_tuple(builder, values[0])  # type: ignore[no-untyped-call]
            given = zip(unpacked, signature.args[0], strict=True)
            emit(Emitter(builder), *(context.cast(builder, value, kind, types.int64) for value, kind in given))
            return context.get_dummy_value()

        return types.void(arguments), code

    @numba.njit
    def call(arguments: tuple[int, ...]) -> None:
        inline(arguments)  # type: ignore[call-arg]  # numba gives the typing context

    return cast("Callable[[tuple[int, ...]], None]", call)


def number(value: int) -> Value:
    """An int64 constant."""
    return ir.Constant(I64, value)


def words(value: int) -> Value:
    """A register of one 32-bit constant."""
    return ir.Constant(WORDS, [value] * LANES)


class Emitter:
    """An IR builder with the few vector operations that the kernels are made of; `b` is the builder itself."""

    def __init__(self, builder: Any) -> None:
        self.b = builder
        self.zero = ir.Constant(FLOATS, [0.0] * LANES)

    def call(self, name: str, result: Value, arguments: Sequence[Value]) -> Value:
        """A call of an LLVM intrinsic."""
        known = self.b.module.globals.get(name)
        kinds = [argument.type for argument in arguments]
        return self.b.call(known or ir.Function(self.b.module, ir.FunctionType(result, kinds), name), arguments)

    # memory

    def add(self, *terms: Value | int) -> Value:
        """The sum of int64 values and Python numbers."""
        total, constant = None, 0
        for term in terms:
            if isinstance(term, int):
                constant += term
            else:
                total = term if total is None else self.b.add(total, term)
        return self.b.add(total, number(constant)) if constant else total

    def pointer(self, address: Value, kind: Value) -> Value:
        return self.b.inttoptr(address, kind.as_pointer())

    def load(self, address: Value, kind: Value, align: int = 2) -> Value:
        return self.b.load(self.pointer(address, kind), align=align)

    def store(self, value: Value, address: Value, align: int = 2) -> None:
        self.b.store(value, self.pointer(address, value.type), align=align)

    def offset(self, table: Value, index: Value) -> Value:
        """Entry of a table of int32."""
        return self.b.sext(self.load(self.add(table, self.b.shl(index, number(2))), I32, 4), I64)

    def variable(self, kind: Value) -> Value:
        """Room for a value that loops change; LLVM makes a register of it."""
        with self.b.goto_entry_block():
            return self.b.alloca(kind)

    def load_part(self, address: Value, mask: Value) -> Value:
        """A register of bfloat16 bits, zero where the mask is; all of them are read where there are no masks."""
        if ISA.masks:
            rest = [self.pointer(address, BITS), ir.Constant(I32, 1), mask, ir.Constant(BITS, [0] * LANES)]
            return self.call(f"llvm.masked.load.v{LANES}i16.p0", BITS, rest)
        return self.b.select(mask, self.load(address, BITS), ir.Constant(BITS, [0] * LANES))

    def store_part(self, value: Value, address: Value, mask: Value) -> None:
        """Stores the lanes of a mask. LLVM's substitute for a missing instruction is slow, a full mask common."""
        rest = [value, self.pointer(address, BITS), ir.Constant(I32, 1), mask]
        name = f"llvm.masked.store.v{LANES}i16.p0"
        if ISA.masks:
            self.call(name, ir.VoidType(), rest)
            return
        full = self.b.icmp_signed("==", self.b.bitcast(mask, ir.IntType(LANES)), ir.Constant(ir.IntType(LANES), -1))
        with self.b.if_else(full) as (whole, part):
            with whole:
                self.store(value, address)
            with part:
                self.call(name, ir.VoidType(), rest)

    # numbers

    def mask(self, bits: Value) -> Value:
        return self.b.bitcast(self.b.trunc(bits, ir.IntType(LANES)), MASK)

    def splat(self, word: Value) -> Value:
        """A 32-bit value in every lane."""
        nothing = ir.Constant(WORDS, ir.Undefined)
        return self.b.shuffle_vector(self.b.insert_element(nothing, word, ir.Constant(I32, 0)), nothing, words(0))

    def shuffle(self, value: Value, lanes: Sequence[int]) -> Value:
        return self.b.shuffle_vector(value, ir.Constant(value.type, ir.Undefined), ir.Constant(WORDS, list(lanes)))

    def fma(self, x: Value, y: Value, total: Value) -> Value:
        """x * y + total in float32, rounded once."""
        return self.call(f"llvm.fma.v{LANES}f32", FLOATS, [x, y, total])

    def dot(self, total: Value, x: Value, y: Value) -> Value:
        """total + both products of the pairs x and y."""
        if ISA.dot:
            kind = ir.VectorType(_BFloat(), 2 * LANES)
            pairs = [self.b.bitcast(value, kind) for value in (x, y)]
            return self.call("llvm.x86.avx512bf16.dpbf16ps.512", FLOATS, [total, *pairs])
        first = self.fma(self.low(x), self.low(y), total)
        return self.fma(self.high(x), self.high(y), first)

    def low(self, pairs: Value) -> Value:
        return self.b.bitcast(self.b.shl(pairs, words(16)), FLOATS)

    def high(self, pairs: Value) -> Value:
        return self.b.bitcast(self.b.and_(pairs, words(0xFFFF0000)), FLOATS)

    def pair(self, first: Value, second: Value) -> Value:
        """Two registers of bfloat16 bits as one of pairs."""
        return self.b.or_(self.b.zext(first, WORDS), self.b.shl(self.b.zext(second, WORDS), words(16)))

    def widen(self, bits: Value) -> Value:
        """bfloat16 bits -> float32."""
        return self.b.bitcast(self.b.shl(self.b.zext(bits, WORDS), words(16)), FLOATS)

    def narrow(self, value: Value) -> Value:
        """float32 -> bfloat16 bits, half to even."""
        if ISA.dot:
            kind = ir.VectorType(_BFloat(), LANES)
            return self.b.bitcast(self.call("llvm.x86.avx512bf16.cvtneps2bf16.512", kind, [value]), BITS)
        bits = self.b.bitcast(value, WORDS)
        odd = self.b.and_(self.b.lshr(bits, words(16)), words(1))
        up = self.b.add(self.b.add(bits, words(0x7FFF)), odd)
        return self.b.trunc(self.b.lshr(up, words(16)), BITS)

    def sum(self, values: Sequence[Value]) -> Value:
        """The sum of registers, as a tree."""
        level = list(values)
        while len(level) > 1:
            level = [
                self.b.fadd(*level[i : i + 2]) if i + 1 < len(level) else level[i] for i in range(0, len(level), 2)
            ]
        return level[0]

    # control

    @contextmanager
    def loop(self, n: Value, step: int = 1) -> Iterator[Value]:
        """The body for 0, step, 2 step, ... below n."""
        b = self.b
        before, body, end = b.block, b.append_basic_block("body"), b.append_basic_block("end")
        b.cbranch(b.icmp_signed(">", n, number(0)), body, end)
        b.position_at_end(body)
        i = b.phi(I64)
        i.add_incoming(number(0), before)
        yield i
        following = b.add(i, number(step))
        i.add_incoming(following, b.block)
        b.cbranch(b.icmp_signed("<", following, n), body, end)
        b.position_at_end(end)

    @contextmanager
    def where(self, value: Value, equals: int | None = None) -> Iterator[None]:
        """The body where the value is that number, or not 0 where none is given."""
        b = self.b
        condition = (
            b.icmp_signed("!=", value, number(0)) if equals is None else b.icmp_signed("==", value, number(equals))
        )
        with b.if_then(condition):
            yield
