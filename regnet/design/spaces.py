"""The design spaces of the paper, by name.

`spaces["anynetx_a"]` to `["anynetx_e"]`, the two variants of Fig 7 each, RegNetX and its two restrictions (Fig 9),
the constrained space C (Fig 13), and the template variants of Fig 10: suffix `_5stage`, `_r`, `_v`, `_vr`.

>>> spaces["anynetx_e"].dims
10
"""

from __future__ import annotations

from collections.abc import Iterable

from regnet.design.anynet_space import AnyNetSpace
from regnet.design.design_space import DesignSpace
from regnet.design.lookup import Lookup
from regnet.design.regnet_space import RegNetSpace

__all__ = ["AnyNetSpace", "DesignSpace", "RegNetSpace", "spaces"]


def _section_3() -> Iterable[DesignSpace]:
    a = AnyNetSpace("anynetx_a")
    b = a.constrain("anynetx_b", b="equal")
    c = b.constrain("anynetx_c", g="equal")
    d = c.constrain("anynetx_d", w="increasing")
    e = d.constrain("anynetx_e", d="increasing")
    yield from (a, b, c, d, e)
    yield c.constrain("anynetx_c_w_const", w="equal")
    yield c.constrain("anynetx_c_w_decreasing", w="decreasing")
    yield d.constrain("anynetx_d_d_const", d="equal")
    yield d.constrain("anynetx_d_d_decreasing", d="decreasing")
    u = RegNetSpace("regnetx")
    yield from (u, u.constrain("regnetx_wm2", w_m=2), u.constrain("regnetx_w0_wa", w_0="w_a"))
    for space in (a, e, u):
        yield from _templates(space)
    constrained = u.constrain("regnetx_c", b=1, d=(1, 40), w_m=(2, 3))
    yield from (constrained, constrained.with_template("regnety_c", se_ratio=0.25))


def _templates(space: DesignSpace) -> Iterable[DesignSpace]:
    """The space on the templates of Fig 10."""
    yield space.with_template(f"{space.name}_5stage", stages=5)
    yield space.with_template(f"{space.name}_r", block="R")
    yield space.with_template(f"{space.name}_v", block="V")
    yield space.with_template(f"{space.name}_vr", block="VR")


spaces: Lookup[DesignSpace] = Lookup("design space", {space.name: space for space in _section_3()})
