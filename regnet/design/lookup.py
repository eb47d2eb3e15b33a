"""Lookup: an immutable mapping of names whose error lists them."""

import difflib
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TypeVar

T = TypeVar("T")


class UnknownName(KeyError, ValueError):
    """A name that a look-up does not have."""

    def __str__(self) -> str:
        return str(self.args[0])  # KeyError would show the message's repr


class Lookup(Mapping[str, T]):
    """Values by name; an unknown name says which there are.

    >>> Lookup("letter", {"alpha": 1, "beta": 2})["alpa"]
    Traceback (most recent call last):
    regnet.design.lookup.UnknownName: no letter 'alpa': did you mean 'alpha'? There are: alpha, beta
    """

    def __init__(self, kind: str, values: Mapping[str, T], *, more: str = "") -> None:
        self._kind, self._more = kind, more
        self._values = MappingProxyType(dict(values))

    def __getitem__(self, name: str) -> T:
        try:
            return self._values[name]
        except KeyError:
            raise UnknownName(self.unknown(name)) from None

    def unknown(self, name: str) -> str:
        """What is said of a name that is not there: the nearest one, and all that are."""
        close = self._close(name)
        hint = f": did you mean {close[0]!r}?" if close else "."
        return f"no {self._kind} {name!r}{hint} There are: {', '.join(self._values)}{self._more}"

    def _close(self, name: str) -> list[str]:
        """Names that may have been meant."""
        return difflib.get_close_matches(str(name), self._values, n=1)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"<{self._kind}s: {', '.join(self._values)}>"
