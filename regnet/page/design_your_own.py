"""Design your own: the sliders of a quantised line (Eqs 2-4), live in the reader's browser.

This module makes the markup and the published networks' numbers; `book/_static/design*.js`, which Jupyter Book loads
on every page, does the arithmetic again in the browser and a test compares it with the library. Outside the built book
(a notebook opened by itself) no script is there, and the markup says so.
"""

import json
from dataclasses import dataclass
from html import escape
from typing import Any

from regnet.design.networks import RegNet
from regnet.figures.numbers.published_models import Model, models
from regnet.figures.panels.style import FAMILIES

FIRST = "RegNetX-400MF"
SE_RATIO = 0.25
RATIOS = (1 / 4, 1 / 2, 1, 2, 4)  # 1/b or b whole: what group compatibility has a rule for
GROUP_WIDTHS = (1, 2, 4, 8, 16, 24, 32, 40, 48, 56, 64, 72, 112, 120, 128, 168, 232)


@dataclass(frozen=True)
class Slider:
    """One setting: its range, the slider's step, and the finer step of the number field; `values` replace the scale.

    Where `field` is false the value is shown as words, not typed.
    """

    name: str
    symbol: str
    meaning: str
    low: float
    high: float
    step: float
    fine: float
    values: tuple[float, ...] = ()
    field: bool = True

    def html(self) -> str:
        """The row of the form."""
        symbol = f'<span class="symbol">{self.symbol}</span><span class="meaning">{self.meaning}</span>'
        if self.field:
            named = f'<label for="design-{self.name}">{symbol}</label>'
            shown = (
                f'<input type="number" id="design-{self.name}" required inputmode="decimal" '
                f'min="{self.low:g}" max="{self.high:g}" step="{self.fine:g}">'
            )
        else:
            named = f'<label for="design-{self.name}-slider">{symbol}</label>'
            shown = f'<output for="design-{self.name}-slider" aria-live="off"></output>'
        scale = f'min="{self.low:g}" max="{self.high:g}" step="{self.step:g}"'
        if self.values:
            listed = ",".join(f"{value:g}" for value in self.values)
            scale = f'min="0" max="{len(self.values) - 1}" step="1" data-values="{listed}"'
        slider = f'<input type="range" id="design-{self.name}-slider" {scale} aria-label="{self._spoken()}">'
        return f'<div class="setting" data-control="{self.name}">{named}{shown}{slider}</div>'

    def _spoken(self) -> str:
        return f"{self.name.replace('_', ' ')}, {self.meaning}"


SLIDERS = (
    Slider("d", "d", "blocks", 1, 63, 1, 1),
    Slider("w_0", "w<sub>0</sub>", "first width", 8, 320, 8, 8),
    Slider("w_a", "w<sub>a</sub>", "slope", 0, 256, 0.1, 0.01),
    Slider("w_m", "w<sub>m</sub>", "factor of a step", 1.1, 3, 0.01, 0.001),
    Slider("b", "b", "bottleneck ratio", 0, 0, 1, 1, RATIOS, field=False),
    Slider("g", "g", "group width", 1, 1024, 1, 1, GROUP_WIDTHS),
    Slider("r", "r", "image side (px)", 8, 1024, 16, 1, tuple(range(32, 449, 16))),
)


@dataclass(frozen=True)
class Widget:
    """What the chapter's cell shows."""

    html: str
    text: str = "Design your own: an interactive page of the built book."

    def _repr_html_(self) -> str:
        return self.html

    def __str__(self) -> str:
        return self.text


def widget() -> Widget:
    """The form, empty charts and tables, and the published networks as JSON; the page's scripts fill them."""
    data = json.dumps(content(), separators=(",", ":")).replace("</", "<\\/")
    script = f'<script type="application/json">{data}</script>'
    return Widget(f'<div class="design" id="design">{script}{_off()}<div class="app" hidden>{_app()}</div></div>')


def content() -> dict[str, Any]:
    """What the scripts need: published networks with their costs and settings, families' colours, the first setting."""
    colours = {family.label: family.colour for family in FAMILIES.values()}
    return {"first": FIRST, "se_ratio": SE_RATIO, "colours": colours, "zoo": [_row(model) for model in models()]}


def _row(model: Model) -> dict[str, Any]:
    counts = model.counts
    return {
        "name": model.name,
        "family": FAMILIES[model.family].label,
        "resolution": model.resolution,
        "flops": counts.flops,
        "params": counts.params,
        "acts": counts.acts,
        "line": _setting(model.line, model.resolution) if model.line else None,
    }


def _setting(line: RegNet, resolution: int) -> dict[str, float]:
    """A RegNet as the form holds it."""
    names = ("d", "w_0", "w_a", "w_m", "b", "g")
    return {name: getattr(line, name) for name in names} | {"r": resolution, "se": line.se_ratio}


def _off() -> str:
    return (
        '<p class="off"><noscript>JavaScript is off. </noscript>Here the built book has sliders for '
        f"{', '.join(slider.symbol for slider in SLIDERS)}, the profile of widths that follows from them, stages, "
        "flops, parameters and activations, and the place among the published networks. They are computed by scripts "
        "in the page and need no network. Without them, the library says the same: "
        "<code>regnet.complexity(regnet.RegNet(...).to_anynet())</code>.</p>"
    )


def _app() -> str:
    return (
        f'<div class="form" role="group" aria-label="Settings">{_form()}</div>'
        f'<div class="view">{_tiles()}{_profile()}</div>'
        f'<div class="detail">{_stages()}<ul class="notes"></ul></div>'
        f'<div class="zoo">{_place()}</div>'
        f'<div class="code">{_code()}</div>'
    )


def _form() -> str:
    families: dict[str, list[str]] = {}
    for model in models():
        if model.line:
            families.setdefault(FAMILIES[model.family].label, []).append(model.name)
    groups = "".join(
        f'<optgroup label="{family}">{"".join(f"<option>{escape(name)}</option>" for name in names)}</optgroup>'
        for family, names in families.items()
    )
    start = (
        '<label for="design-from">Start from</label><select id="design-from" name="from">'
        f'<option value="">your own</option>{groups}</select>'
    )
    squeeze = '<label class="check"><input type="checkbox" name="se"> squeeze-and-excitation (Y)</label>'
    return start + "".join(slider.html() for slider in SLIDERS) + squeeze


def _tiles() -> str:
    tiles = (
        ("flops", "flops (multiply-adds)"),
        ("params", "parameters"),
        ("acts", "activations, pycls' rule"),
        ("convActs", "activations, convolutions only"),
    )
    rows = "".join(
        f'<div><dt>{words}</dt><dd><output class="big" name="{name}" aria-live="off"></output>'
        f'<output class="exact" name="{name}Exact" aria-live="off"></output></dd></div>'
        for name, words in tiles
    )
    return f'<dl class="tiles">{rows}</dl>'


def _profile() -> str:
    keys = (
        ("line", "line u<sub>j</sub> (Eq. 2)"),
        ("quantised", "steps w<sub>j</sub> (Eq. 4)"),
        ("stage", "stages, widths made compatible with g"),
    )
    words = "".join(f'<span class="key {name}"><span>{said}</span></span>' for name, said in keys)
    return f'<p class="title">Width of each block</p><div class="keys">{words}</div><div class="chart profile"></div>'


def _stages() -> str:
    heads = ("stage", "blocks", "w, Eq. 4", "width", "groups × g", "output side")
    row = "".join(f'<th scope="col">{head}</th>' for head in heads)
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="Stages of the network">'
        f'<table class="element-table"><thead><tr>{row}</tr></thead><tbody></tbody></table></div>'
    )


def _place() -> str:
    choices = (("acts", "activations", " checked"), ("params", "parameters", ""))
    radios = "".join(
        f'<label><input type="radio" name="cost" value="{name}"{on}> {words}</label>' for name, words, on in choices
    )
    return (
        '<p class="title">Among the published networks</p><div class="keys"><span class="keys families"></span>'
        f'<fieldset aria-label="Vertical axis">{radios}</fieldset></div>'
        '<div class="chart place"></div><p class="status" role="status" aria-live="polite"></p>'
    )


def _code() -> str:
    buttons = "".join(
        f'<button type="button" name="{name}" value="{words}">{words}</button> '
        for name, words in (("python", "Copy the Python line"), ("link", "Copy a link to this network"))
    )
    return f'<p class="title">In Python</p><pre><code></code></pre>{buttons}'
