"""The keys of a regime's file (`regime_files`): what each may be, which are needed, which may change later."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from regnet.sweeps.regime import Regime

LENGTHS = list(Regime.lengths)  # that figures need
MOST = 10**15  # of any number: what is computed with it stays a number
NAME = re.compile(r"[a-z][a-z0-9_-]*")


@dataclass(frozen=True)
class Key:
    """What a key may be: in words, and whether a value is; `free` ones may change once networks are trained."""

    expected: str
    good: Callable[[Any], bool]
    free: bool = False


def _whole(least: int, *, free: bool = False) -> Key:
    return Key(f"a whole number, {least} or more", lambda value: type(value) is int and least <= value <= MOST, free)


def _number(value: Any, *, zero: bool = False) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and bool(0 < value <= MOST or (zero and value == 0))


def _round_number(value: Any) -> bool:
    """Names of populations have six digits of their flops: of an odder number two multiples would share one."""
    return _number(value) and float(f"{value:.4g}") == value


def _lengths(value: object) -> bool:
    if not (isinstance(value, list) and all(type(one) is int for one in value)):
        return False
    return value == sorted(set(value)) and set(LENGTHS) <= set(value) and value[0] == 1


def _limits(value: object) -> bool:
    return (
        isinstance(value, dict) and set(value) == {"a", "p", "q"} and all(_number(v, zero=True) for v in value.values())
    )


KEYS: Mapping[str, Key] = {
    "name": Key(
        "lower-case letters, digits, - and _, a letter first", lambda v: isinstance(v, str) and bool(NAME.fullmatch(v))
    ),
    "data": Key("the path of a folder", lambda v: isinstance(v, str) and bool(v), free=True),
    "resolution": _whole(8),
    "classes": _whole(2),
    "channels": Key("1 (grey) or 3 (colour)", lambda v: type(v) is int and v in (1, 3)),
    "stem_width": _whole(1),
    "stem_stride": _whole(1),
    "flops": Key("a positive number of multiply-adds, of four digits at most and zeros", _round_number),
    "images": _whole(1),
    "batch": _whole(1),
    "lr": Key("a positive number", _number),
    "weight_decay": Key("a number, 0 or more", lambda v: _number(v, zero=True)),
    "warmup_images": _whole(0),
    "validation_images": _whole(2),  # its halves are read apart
    "precision": Key("bf16 or fp32", lambda v: v in ("bf16", "fp32")),
    "limits": Key("{ a = ..., p = ..., q = ... } as `regnet limits` prints them", _limits),
    "lengths": Key(f"ascending whole numbers from 1 on, {LENGTHS} among them", _lengths, free=True),
    "n": _whole(1, free=True),
    "n_long": _whole(1, free=True),
    "n_rate": _whole(1, free=True),
}
NEEDED = ("name", "data", "resolution")
FREE = frozenset(name for name, key in KEYS.items() if key.free)
