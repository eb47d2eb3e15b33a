"""Design spaces of one's own: tables of `spaces.toml` in the folder of runs, beside the populations drawn from them.

    [narrow]
    of = "regnetx"                   # a space of the paper, or one from above
    d = [4, 20]                      # bounds
    g = 8                            # one value
    b = { choice = [0.5, 1, 2] }     # each equally likely
    block = "X"                      # and stages, se_ratio, activation: the template

Where stages are drawn by themselves (AnyNetX), d and w may be "equal", "increasing" or "decreasing", b and g "equal";
in RegNetX w_0 may be "w_a". What is left out is as in `of`. A table that is changed once networks of it were trained is
found out by the next sweep, which refuses to go on: they would be members of two spaces.
"""

import inspect
import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from regnet.design.design_space import DesignSpace
from regnet.design.laws import Choice
from regnet.design.lookup import Lookup, UnknownName
from regnet.design.scalars import shown
from regnet.design.shape_space import ShapeSpace, shape_spaces
from regnet.design.spaces import spaces
from regnet.sweeps.folders import runs_folder

FILE = "spaces.toml"
OF = "of"
TEMPLATE = ("stages", "block", "se_ratio", "activation")
NAME = re.compile(r"[a-z][a-z0-9_]*")


def find_space(name: str) -> DesignSpace | ShapeSpace:
    """The design space of that name: the paper's, a published shape's, or one of one's own.

    Raises:
        UnknownName: there is none (a ValueError).
        ValueError: `spaces.toml` does not describe spaces; the message names file, space and key.
    """
    if name in shape_spaces:
        return shape_spaces[name]
    if name in spaces:
        return spaces[name]
    own = own_spaces()
    if name in own:
        return own[name]
    known: Lookup[None] = Lookup("design space", dict.fromkeys((*spaces, *own)))
    raise UnknownName(f"{known.unknown(name)}; or one of your own, described in {FILE} in the folder of runs")


def own_spaces() -> Mapping[str, DesignSpace]:
    """The spaces that `spaces.toml` describes, by name, in its order; none where there is no such file."""
    try:
        place = runs_folder() / FILE
        state = place.stat()
    except FileNotFoundError:
        return {}
    return _read(place, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=4)
def _read(place: Path, changed: int, size: int) -> Mapping[str, DesignSpace]:
    del changed, size  # what the cache goes by
    try:
        tables = tomllib.loads(place.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{place} is not TOML: {error}") from None
    found: dict[str, DesignSpace] = {}
    for name, table in tables.items():
        try:
            found[name] = _space(name, table, Lookup("design space", {**spaces, **found}))
        except ValueError as error:
            raise ValueError(f"{place}: [{name}]: {error}") from None
    return found


def _space(name: str, table: object, known: Lookup[DesignSpace]) -> DesignSpace:
    if not NAME.fullmatch(name):
        raise ValueError("a space's name is lower-case letters, digits and _, a letter first")
    if name in known or name in shape_spaces:
        raise ValueError("the library has a space of that name: give yours another")
    if not isinstance(table, dict) or not isinstance(table.get(OF), str):
        raise ValueError(f'{OF} = "..." is missing: the space that it is made from, as "regnetx"')
    parent: Any = known[table[OF]]  # each family has a `constrain` of its own
    # a family's laws are what its spaces can be constrained by: d, w, b, g, or d, w_a, w_0, w_m, b, g
    laws = [p.name for p in inspect.signature(parent.constrain).parameters.values() if p.kind is p.KEYWORD_ONLY]
    keys = Lookup("key", dict.fromkeys((OF, *laws, *TEMPLATE)))
    for key in table:
        if key not in keys:
            raise ValueError(keys.unknown(key))
    template = {key: table[key] for key in TEMPLATE if key in table}
    constraints = {key: _constraint(key, table[key]) for key in laws if key in table}
    space: DesignSpace = parent.with_template(name, **template).constrain(name, **constraints)
    return space


def _constraint(key: str, value: object) -> Any:
    """A TOML value as `constrain` takes it."""
    match value:
        case {"choice": list() as values, **more} if not more:
            try:
                return Choice(tuple(values))
            except ValueError as error:
                raise ValueError(f"{key}: {error}") from None
        case [_, _]:
            return tuple(value)
        case dict() | list():
            raise ValueError(f"{key}: a value, [low, high] or {{ choice = [...] }} expected, got {shown(value)}")
    return value
