"""The design spaces of the paper, by name.

`spaces["anynetx_a"]` to `["anynetx_e"]`, the two variants of Fig 7 each, RegNetX and its two restrictions (Fig 9),
and the template variants of Fig 10: suffix `_5stage`, `_r`, `_v`, `_vr`. The constrained space C (Fig 13) is
`regnetx_c`, with SE `regnety_c`; suffixes name what is tried on them: `_inverted` (b <= 1), `_depthwise` (g = 1),
`_resolution` (up to twice the input's side), `_d20`, `_3stage`, `_silu`.

>>> spaces["anynetx_e"].dims
10
"""

from collections.abc import Iterable
from dataclasses import replace

from regnet.design.anynet_space import AnyNetSpace
from regnet.design.design_space import DesignSpace
from regnet.design.laws import Choice, Uniform
from regnet.design.lookup import Lookup
from regnet.design.regnet_space import RegNetSpace

__all__ = ["AnyNetSpace", "DesignSpace", "RegNetSpace", "spaces"]

INVERTED = Choice((1 / 8, 1 / 4, 1 / 2, 1))  # b of Fig 14: the block's inside up to eight times as wide
ENLARGED = Uniform(1, 2, 1 / 7)  # r of Fig 14 as a multiple: 224, 256, ... 448 px, or 28, 32, ... 56


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


def _templates(space: DesignSpace) -> Iterable[DesignSpace]:
    """The space on the templates of Fig 10."""
    yield space.with_template(f"{space.name}_5stage", stages=5)
    yield space.with_template(f"{space.name}_r", block="R")
    yield space.with_template(f"{space.name}_v", block="V")
    yield space.with_template(f"{space.name}_vr", block="VR")


def _section_4(u: RegNetSpace) -> Iterable[DesignSpace]:
    """The constrained space and what Figs 14, 19 and 20 try on it."""
    c = replace(u.constrain("regnetx_c", b=1, d=(1, 40), w_m=(2, 3)), limited=True)
    y = c.with_template("regnety_c", se_ratio=0.25)
    depthwise = y.constrain("regnety_c_depthwise", g=1)
    yield from (c, y, depthwise)
    inverted = c.constrain("regnetx_c_inverted", b=INVERTED)
    yield inverted
    yield inverted.constrain("regnetx_c_depthwise", g=1)
    yield c.constrain("regnetx_c_d20", d=20)
    yield c.with_template("regnetx_c_3stage", stages=3)
    yield c.with_template("regnetx_c_resolution", zoom=ENLARGED)
    yield y.with_template("regnety_c_silu", activation="silu")
    yield depthwise.with_template("regnety_c_depthwise_silu", activation="silu")


def _all() -> Iterable[DesignSpace]:
    yield from _section_3()
    yield from _section_4(RegNetSpace("regnetx"))


spaces: Lookup[DesignSpace] = Lookup(
    "design space", {space.name: space for space in _all()}, more="; one more is a line in regnet/design/spaces.py"
)
