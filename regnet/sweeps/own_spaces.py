"""Design spaces of one's own: tables of `spaces.toml` in the folder of runs (`REGNET_RUNS`, else `runs/`).

    [narrow]
    of = "regnetx"                   # a space of the paper, or one from above
    d = [4, 20]                      # bounds
    g = 8                            # one value
    b = { choice = [0.5, 1, 2] }     # each equally likely
    block = "X"                      # and stages, se_ratio, activation: the template

Where stages are drawn by themselves (AnyNetX), d and w may be "equal", "increasing" or "decreasing", b and g "equal";
in RegNetX w_0 may be "w_a". What is left out is as in `of`. Journals and sealed runs keep what the space was, so that a
table changed once networks of it were trained is refused: they would be members of two spaces.
"""

import inspect
import re
from collections.abc import Mapping
from dataclasses import fields
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
from regnet.sweeps.strict_toml import read_toml

FILE = "spaces.toml"
OF = "of"
TEMPLATE = ("stages", "block", "se_ratio", "activation")
NAME = re.compile(r"[a-z][a-z0-9_]*")
TAKEN = frozenset({"finals", "calibration"})  # sheets of a regime that are no population's


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


def definition(name: str) -> str:
    """What a space of one's own is, but for its name and stem; "" of the library's, which the commit says."""
    space = {} if name in spaces or name in shape_spaces else own_spaces()
    if name not in space:
        return ""
    own = space[name]
    said = (f"{field.name}={getattr(own, field.name)!r}" for field in fields(own) if field.name not in ("name", "stem"))
    return f"{type(own).__name__}({', '.join(said)})"


@lru_cache(maxsize=4)
def _read(place: Path, changed: int, size: int) -> Mapping[str, DesignSpace]:
    del changed, size  # what the cache goes by
    found: dict[str, DesignSpace] = {}
    for name, table in read_toml(place).items():
        try:
            found[name] = _space(name, table, Lookup("design space", {**spaces, **found}))
        except ValueError as error:
            raise ValueError(f"{place}: [{name}]: {error}") from None
    return found


def _space(name: str, table: object, known: Lookup[DesignSpace]) -> DesignSpace:
    if not NAME.fullmatch(name):
        raise ValueError("a space's name is lower-case letters, digits and _, a letter first")
    if name in known or name in shape_spaces or name in TAKEN:
        raise ValueError("the library has something of that name: give yours another")
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
