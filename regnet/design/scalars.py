"""What a number given as an argument must be: one error that names it, and one Python type for all that are right.

NumPy's integers and floats are as good as Python's, a float that is whole as good as an integer; a bool is no number.
A float of less precision is the decimal that it prints: float32's 0.1 is 0.1.
What networks and trainings may have at most is here too: beyond it arithmetic and memory give out, not the field.
"""

import math
from collections.abc import Mapping, Sequence, Set
from numbers import Integral, Real
from typing import Any, TypeGuard

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

MOST = 2**31 - 1  # of what has no bound of its own
SEED = 2**63 - 1  # what PyTorch's generators and pandas' integers take
DEPTH = 10_000  # blocks of a stage, or of a quantised line
WIDTH = 2**24  # channels
SIDE = 2**20  # pixels: of an image, a kernel, a stride
LEAST_RATIO, MOST_RATIO = 1e-4, 1e4  # of widths within a block: b, expansion
CLASSES = 1_000_000
IMAGES = 10**10  # seen in a training: eight thousand epochs of ImageNet
BATCH = 2**17  # images of a step, or of a timed pass
DRAWN = 1_000_000  # networks drawn at a time
MEMBERS = 100_000  # of a population
WORKERS = 4096  # processes, or threads of one


def whole(name: str, value: object, *, low: int = 1, high: int = MOST) -> int:
    """The value as an int in [low, high].

    Raises:
        ValueError: anything else; the message has the name, the value and what was expected.

    >>> whole("depth", np.float64(3)), whole("seed", 0, low=0)
    (3, 0)
    >>> whole("depth", 3.5)
    Traceback (most recent call last):
    ValueError: depth must be a whole number of at least 1, got 3.5
    """
    if type(value) is int and low <= value <= high:
        return value
    number = _whole(value)
    if number is not None and low <= number <= high:
        return number
    ends = f"from {low:,} to {high:,}" if number is not None and number > high else f"of at least {low:,}"
    raise ValueError(f"{name} must be a whole number {ends}, got {shown(value)}")


def real(
    name: str,
    value: object,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    above: float = -math.inf,
    below: float = math.inf,
) -> float:
    """The value as a finite float: at least `low` and at most `high`, above `above` and below `below`.

    Raises:
        ValueError: anything else; the message has the name, the value and what was expected.

    >>> real("lr", 1, above=0)
    1.0
    >>> real("share", float("nan"), above=0, below=1)
    Traceback (most recent call last):
    ValueError: share must be a finite number above 0 and below 1, got nan
    """
    number = value if type(value) is float else _real(value)
    if low <= number <= high and above < number < below:  # no end lets nan or infinity through
        return number + 0.0  # 0.0 of -0.0
    ends = {"of at least": low, "above": above, "at most": high, "below": below}
    words = " and ".join(f"{word} {end:,.10g}" for word, end in ends.items() if math.isfinite(end))
    kind = "number" if words and math.isfinite(number) else "finite number"
    raise ValueError(f"{name} must be a {f'{kind} {words}'.strip()}, got {shown(value)}")


def wholes(name: str, values: object, *, low: int = 1, high: int = MOST) -> tuple[int, ...]:
    """Each of a list of values made `whole`."""
    return tuple([whole(name, value, low=low, high=high) for value in entries(name, values)])


def reals(name: str, values: object, **ends: float) -> tuple[float, ...]:
    """Each of a list of values made `real`; `ends` are its keywords."""
    return tuple([real(name, value, **ends) for value in entries(name, values)])


def set_whole(owner: object, *names: str, low: int = 1, high: int = MOST) -> None:
    """Fields of a frozen dataclass made `whole`."""
    for name in names:
        value = getattr(owner, name)
        if type(value) is not int or not low <= value <= high:
            object.__setattr__(owner, name, whole(name, value, low=low, high=high))


def set_real(owner: object, *names: str, **ends: float) -> None:
    """Fields of a frozen dataclass made `real`; `ends` are its keywords."""
    for name in names:
        object.__setattr__(owner, name, real(name, getattr(owner, name), **ends))


def entries(name: str, values: object) -> Sequence[Any]:
    """What a list, a tuple, an array or a column of a frame holds.

    Raises:
        ValueError: anything else.
    """
    if isinstance(values, list | tuple):
        return values
    if isinstance(values, str | bytes | Mapping | Set) or not np.iterable(values):
        raise ValueError(f"{name} must be a list of numbers, got {shown(values)}")
    return list(values)


def is_number(value: object) -> TypeGuard[Real]:
    """Whether the value is a real number, NumPy's among them."""
    return isinstance(value, Real) and not isinstance(value, bool)


def pair(name: str, value: object) -> tuple[float | None, float | None]:
    """The value as (low, high), each a finite float or None, low <= high.

    Raises:
        ValueError: anything else.

    >>> pair("flops", [None, 8])
    (None, 8.0)
    """
    if not isinstance(value, Sequence) or isinstance(value, str | bytes) or len(value) != 2:
        raise ValueError(f"{name} must be (low, high), each a number or None, got {shown(value)}")
    low, high = (None if end is None else real(name, end) for end in value)
    if low is not None and high is not None and low > high:
        raise ValueError(f"{name} must be (low, high) with low <= high, got ({low:g}, {high:g})")
    return low, high


def flag(name: str, value: object) -> bool:
    """The value as a bool; 0 and 1 are numbers.

    Raises:
        ValueError: anything else.
    """
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name} must be True or False, got {shown(value)}")
    return bool(value)


def row(name: str, values: object, *, least: int = 1) -> Floats:
    """The values as one row of finite floats, shape (n,), n >= `least`.

    Raises:
        ValueError: anything else.

    >>> row("errors", [30, None])
    Traceback (most recent call last):
    ValueError: 1 of 2 errors are missing or infinite: leave them out
    """
    try:
        array = np.asarray(values, np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be one row of numbers, got {shown(values)}") from None
    if array.ndim != 1 or len(array) < least:
        at_least = "one value" if least == 1 else f"{least} values"
        raise ValueError(f"{name} must be one row with at least {at_least}, got shape {array.shape}")
    if missing := int((~np.isfinite(array)).sum()):
        raise ValueError(f"{missing} of {len(array)} {name} are missing or infinite: leave them out")
    return array


def counts(name: str, values: object, *, low: int = 1, high: int = MOST) -> npt.NDArray[np.int64]:
    """A number, or an array of them of any shape, each a whole one in [low, high].

    Raises:
        ValueError: anything else.

    >>> counts("m", [1.0, 2.0]).tolist()
    [1, 2]
    """
    if np.ndim(values) == 0:  # type: ignore[arg-type]
        return np.asarray(whole(name, values, low=low, high=high))
    array = np.asarray(values)
    if array.dtype.kind not in "iuf":
        raise ValueError(f"{name} must be whole numbers, got {shown(values)}")
    wrong = ~((array >= low) & (array <= high) & (array == np.floor(array)))
    if wrong.any():
        whole(name, array[wrong][0], low=low, high=high)
    return array.astype(np.int64)


def shown(value: object) -> str:
    """The value on one line of a message, however long it is.

    >>> shown(np.float32(0.5)), len(shown(list(range(1000))))
    ('0.5', 60)
    """
    try:
        text = " ".join(repr(value.item() if isinstance(value, np.generic) else value).split())
    except ValueError:  # Python writes no integer of more than 4300 digits
        return "a number of more than 4300 digits"
    return text if len(text) <= 60 else f"{text[:57]}..."


def _whole(value: object) -> int | None:
    if not is_number(value):
        return None
    if isinstance(value, Integral):
        return int(value)
    try:
        number = int(value)  # type: ignore[call-overload]  # every real number that is finite has one
    except (ValueError, OverflowError):  # nan, infinity
        return None
    return number if number == value else None


def _real(value: object) -> float:
    if not is_number(value):
        return math.nan
    if isinstance(value, np.floating):
        return float(str(value))
    try:
        return float(value)
    except OverflowError:
        return math.inf
