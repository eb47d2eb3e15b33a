"""How many members a population has, and how many different networks they are: a narrow space draws some twice."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd


class Count(NamedTuple):
    """Members, and the different networks among them."""

    n: int
    distinct: int


def count(frame: pd.DataFrame) -> Count:
    """The members of a population's frame.

    >>> count(pd.DataFrame({"network_id": ["a", "b", "a"]}))
    Count(n=3, distinct=2)
    """
    return Count(len(frame), int(frame["network_id"].nunique()))


def words(counts: Sequence[Count], *, more: str = "") -> str:
    """The n of one or several populations as it stands everywhere; distinct networks where some are drawn twice.

    >>> words([Count(50, 15)]), words([Count(100, 100), Count(100, 100)]), words([Count(60, 1)])
    ('n = 50 (15 distinct networks)', 'n = 100', 'n = 60 (one network)')
    >>> words([Count(50, 15), Count(50, 41)], more=" a population")
    'n = 50 a population (15 and 41 distinct networks)'
    """
    some = any(distinct < n for n, distinct in counts)
    distinct = f" ({_distinct([one.distinct for one in counts])})" if some else ""
    return f"n = {_span([one.n for one in counts])}{more}{distinct}"


def listed(found: Mapping[str, Count]) -> str:
    """The same where each population has an n of its own.

    >>> listed({"A": Count(300, 300), "X": Count(100, 99)})
    'n = 300 (A), 100 (X, 99 distinct networks)'
    """
    said = (
        f"{n} ({name})" if distinct == n else f"{n} ({name}, {_distinct([distinct])})"
        for name, (n, distinct) in found.items()
    )  # fmt: skip
    return f"n = {', '.join(said)}"


def _distinct(numbers: Sequence[int]) -> str:
    return "one network" if set(numbers) == {1} else f"{_span(numbers)} distinct networks"


def _span(numbers: Sequence[int]) -> str:
    """One number where they are equal, two as they come, more as a range."""
    if len(set(numbers)) == 1:
        return str(numbers[0])
    return f"{numbers[0]} and {numbers[1]}" if len(numbers) == 2 else f"{min(numbers)} to {max(numbers)}"
