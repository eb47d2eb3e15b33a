"""Explore the populations: every sealed network in the reader's browser, to be cut, compared and opened.

This module makes the markup and the data; `book/_static/explore*.js`, which Jupyter Book loads on every page, filters,
compares and draws, and a test holds its numbers to `regnet.analysis`. The data stand in the page as gzipped JSON in
base64, since a page that is opened from a disk may fetch nothing; scripts unpack them when the page is there. Outside
the built book (a notebook opened by itself) no script is there, and the markup says so.
"""

import base64
import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from regnet.design.design_space import DesignSpace
from regnet.design.regnet_space import RegNetSpace
from regnet.figures.panels import style
from regnet.figures.panels.captions import data_name
from regnet.page.design_your_own import Widget
from regnet.page.explore_columns import columns
from regnet.sweeps import labels
from regnet.sweeps.population import Population
from regnet.sweeps.regimes import find_regime, regimes
from regnet.sweeps.store import MissingPopulation, Runs

MOST_STAGES = 9
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
FIRST, SECOND = "anynetx_e", "anynetx_a"  # what is compared when the page opens


@dataclass(frozen=True)
class Parameter:
    """What networks can be cut by: its name in addresses and columns, its symbol, what it is."""

    name: str
    symbol: str
    meaning: str

    @property
    def label(self) -> str:
        return f"{self.symbol}, {self.meaning}" if self.symbol else self.meaning


def _stage_parameters() -> Iterator[Parameter]:
    for letter, what in (("d", "blocks"), ("w", "width")):
        for i in range(1, MOST_STAGES + 1):
            yield Parameter(f"{letter}_{i}", f"{letter}{str(i).translate(SUBSCRIPTS)}", f"{what} of stage {i}")


GROUPS = {
    "Shape and cost": (
        Parameter("d", "d", "blocks"),
        Parameter("ratio", "", "last width over first"),
        Parameter("b", "b", "bottleneck ratio, mean of stages"),
        Parameter("g", "g", "group width, mean of stages"),
        Parameter("flops", "", "flops (multiply-adds)"),
        Parameter("params", "", "parameters"),
        Parameter("acts", "", "activations"),
        Parameter("e_fit", "e_fit", "distance from a quantised line"),
    ),
    "Stage by stage": tuple(_stage_parameters()),
    "The line of a RegNet": (
        Parameter("w_0", "w₀", "first width"),
        Parameter("w_a", "wₐ", "slope"),
        Parameter("w_m", "wₘ", "factor of a step"),
    ),
    "Where it was drawn with the network": (
        Parameter("zoom", "", "image side over the usual one"),
        Parameter("lr", "", "learning rate"),
        Parameter("weight_decay", "", "weight decay"),
    ),
}
CONDITIONS = {
    "one_b": "one b in all stages",
    "one_g": "one g in all stages",
    "widths": "widths never fall",
    "depths": "depths never fall",
    "trained": "training did not diverge",
}


def widget(runs: Runs) -> Widget:
    """The form, empty charts and tables, and every sealed population; the page's scripts fill them."""
    found = content(runs)
    if not found["regimes"]:
        return Widget("<p>No population is sealed yet.</p>", "No population is sealed yet.")
    plain = json.dumps(found, separators=(",", ":"), allow_nan=False).encode()
    packed = base64.b64encode(gzip.compress(plain, mtime=0)).decode()
    script = f'<script type="application/gzip+json">{packed}</script>'
    html = f'<div class="explore" id="explore">{script}{_off()}<div class="app" hidden>{_app()}</div></div>'
    return Widget(html, "Explore the populations: an interactive page of the built book.")


def content(runs: Runs) -> dict[str, Any]:
    """What the scripts need: the regimes of the folder that have sealed populations, the chapter's own first."""
    names = [runs.regime, *(name for name in regimes if name != runs.regime)]
    found = [_regime(Runs(name, runs.folder.parent / name, runs.n)) for name in names]
    return {"first": FIRST, "second": SECOND, "regimes": [regime for regime in found if regime["populations"]]}


def _regime(runs: Runs) -> dict[str, Any]:
    setting = find_regime(runs.regime)
    return {
        "name": setting.name,
        "title": f"{data_name(setting.base.data)}, {setting.resolution} px, {setting.num_classes} classes",
        "margin": setting.margin,
        "resolution": setting.resolution,
        "populations": list(_populations(runs)),
    }


def _populations(runs: Runs) -> Iterator[dict[str, Any]]:
    """Those that are sealed to the wanted n, by flops and length, then as legends order the spaces."""
    order = list(labels.LABELS)
    sealed = [Population.parse(name, runs.regime) for name in runs.populations()]
    for one in sorted(sealed, key=lambda one: (_setting(one), order.index(labels.space(one.name)), one.name)):
        try:
            frame = runs.frame(one)
        except MissingPopulation:
            continue
        yield {
            "name": one.name,
            "label": labels.label(one.name),
            "group": _words(one),
            "colour": style.colour(one.name),
            "broken": style.line(one.name) != "-",
            "template": _template(one),
            "line": _line(one),
            "dims": getattr(one.design, "dims", None),
            "n": len(frame),
            "columns": columns(frame),
        }


def _setting(one: Population) -> tuple[float, ...]:
    """What populations of one group of the lists share."""
    return one.multiple, one.length, one.tuned, one.rate, one.scale1, one.seed


def _words(one: Population) -> str:
    said = [f"{one.mf}, {one.recipe.images:,} images each"]
    said += ["rate and decay drawn"] * one.tuned
    said += [f"learning rate × {one.rate:g}"] * (one.rate != 1)
    said += ["branches start at 1"] * one.scale1
    said += [f"draw of seed {one.seed}"] * (one.seed != 0)
    return ", ".join(said)


def _template(one: Population) -> str:
    """What its networks share, as arguments of `regnet.AnyNet`; "" where they are of another family."""
    space = one.design
    if not isinstance(space, DesignSpace):
        return ""
    said = [f"stem=regnet.{space.stem!r}"]
    said += [f'block="{space.block}"'] * (space.block != "X") + [f"se_ratio={space.se_ratio}"] * (space.se_ratio > 0)
    return ", ".join(said + [f'activation="{space.activation}"'] * (space.activation != "relu"))


def _line(one: Population) -> dict[str, float] | None:
    """Of RegNets: their squeeze-and-excitation, and whether chapter 14 can show them."""
    space = one.design
    if not isinstance(space, RegNetSpace):
        return None
    return {"se": space.se_ratio, "shown": space.block == "X" and space.activation == "relu"}


def _off() -> str:
    return (
        '<p class="off"><noscript>JavaScript is off. </noscript>Here the built book has every sealed network: '
        "populations can be cut by any parameter, compared, and each network opened. It is done by scripts in the page "
        "and needs no network. Without them, the library says the same: <code>regnet.load(...)</code> and "
        "<code>regnet.analysis.better(...)</code>.</p>"
    )


def _app() -> str:
    return (
        f'<section class="tour" aria-label="Refine A into E yourself">{_tour()}</section>'
        f'<div class="choose" role="group" aria-label="Populations">{_choose()}</div>'
        f'<div class="form" role="group" aria-label="Ranges">{_form()}</div>'
        f'<div class="view">{_view()}</div>'
        f'<div class="network" hidden>{_network()}</div>'
        f'<div class="buttons">{_buttons()}</div>'
    )


def _tour() -> str:
    return (
        '<p class="title">Refine A into E yourself</p><div class="steps"></div>'
        '<p class="step" role="status" aria-live="polite"></p>'
    )


def _choose() -> str:
    selects = (("regime", "Trained on"), ("first", "First population"), ("second", "Compared with"))
    lists = "".join(
        f'<div><label for="explore-{name}">{words}</label><select id="explore-{name}" name="{name}"></select></div>'
        for name, words in selects
    )
    return lists + (
        '<div><label for="explore-margin">Margin (points)</label>'
        '<input type="number" id="explore-margin" name="margin" min="0.01" max="50" step="0.01" required></div>'
    )


def _form() -> str:
    choices = (("both", "both populations", " checked"), ("first", "the first only", ""))
    radios = "".join(
        f'<label><input type="radio" name="hold" value="{name}"{on}> {words}</label>' for name, words, on in choices
    )
    checks = "".join(
        f'<label class="check"><input type="checkbox" name="only" value="{name}"> {words}</label>'
        for name, words in CONDITIONS.items()
    )
    groups = "".join(
        f"<details{' open' * (not i)}><summary>{title}</summary>{''.join(map(_row, parameters))}</details>"
        for i, (title, parameters) in enumerate(GROUPS.items())
    )
    return (
        f'<p class="title">Ranges</p><fieldset class="hold"><legend>hold for</legend>{radios}</fieldset>'
        f'{groups}<details open class="conditions"><summary>Only networks where</summary>{checks}</details>'
        '<button type="button" name="clear">Clear the ranges</button>'
    )


def _row(one: Parameter) -> str:
    """A parameter's two handles and two number fields."""
    said, name = escape(one.label), one.name
    ends = (("least", "low"), ("most", "high"))
    sliders = "".join(
        f'<input type="range" min="0" max="0" step="1" data-end="{end}" aria-label="{said}: {word}">'
        for word, end in ends
    )
    fields = " – ".join(
        f'<input type="number" step="any" required data-end="{end}" aria-label="{said}: {word}, number">'
        for word, end in ends
    )
    symbol = f'<span class="symbol">{one.symbol}</span> ' * bool(one.symbol)
    words = f'<span class="words">{symbol}<span class="meaning">{escape(one.meaning)}</span></span>'
    return (
        f'<div class="range" role="group" aria-label="{said}" data-parameter="{name}">{words}'
        f'<span class="ends">{fields}</span><span class="handles">{sliders}</span></div>'
    )


def _view() -> str:
    heads = ("population", "n", "distinct", "least error", "mean error (95%)", "diverged")
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    return (
        '<p class="result"><span class="verdict" hidden></span> <span class="sentence"></span></p>'
        '<p class="status" role="status" aria-live="polite"></p>'
        '<div class="scroll" tabindex="0" role="region" aria-label="The populations as they are cut">'
        f'<table class="element-table"><thead><tr>{head}</tr></thead><tbody></tbody></table></div>'
        '<ul class="notes"></ul>'
        '<p class="title">Error distributions, with a pointwise 95% band</p><div class="chart edf"></div>'
        '<div class="keys"><p class="title">Error against</p>'
        '<select name="x" aria-label="Horizontal axis of the scatter"></select></div>'
        '<div class="chart scatter"></div>'
        '<label class="walk">Network <input type="range" name="point" min="0" max="0" step="1" '
        'aria-label="Network of the scatter, from left to right"></label>'
    )


def _network() -> str:
    heads: Sequence[str] = ("stage", "blocks", "width", "b", "groups × g")
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    return (
        '<p class="title"></p><p class="facts"></p>'
        '<div class="scroll" tabindex="0" role="region" aria-label="Stages of the network">'
        f'<table class="element-table"><thead><tr>{head}</tr></thead><tbody></tbody></table></div>'
        '<pre tabindex="0"><code></code></pre><button type="button" name="python">Copy the Python line</button> '
        '<a class="design-link" hidden>Open it in “Design your own”</a>'
    )


def _buttons() -> str:
    named = (("link", "Copy link"), ("csv", "CSV of this view"), ("svg", "SVG of this view"))
    return "".join(f'<button type="button" name="{name}">{words}</button> ' for name, words in named)
