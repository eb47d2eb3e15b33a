"""The markup of the page that explores the populations: what networks can be cut by, the form, the places for results.

`book/_static/explore*.js` finds its places by `name`, `data-parameter` and class.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from regnet.figures.panels.captions import SUBSCRIPTS

MOST_STAGES = 9


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


def off() -> str:
    """What stands in the place of the form where no script runs."""
    return (
        '<p class="off"><noscript>JavaScript is off. </noscript>Here the built book has every sealed network: '
        "populations can be cut by any parameter, compared, and each network opened. It is done by scripts in the page "
        "and needs no network. Without them, the library says the same: <code>regnet.load(...)</code> and "
        "<code>regnet.analysis.better(...)</code>.</p>"
    )


def app() -> str:
    """The form, empty charts and tables."""
    return (
        f'<section class="tour" aria-label="Refine A into E yourself">{_tour()}</section>'
        f'<div class="choose" role="group" aria-label="Populations">{_choose()}</div>'
        '<p class="result"><span class="verdict" hidden></span> <span class="sentence"></span></p>'
        '<p class="status" role="status" aria-live="polite"></p>'
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
    heads = ("population", "n", "distinct", "least error (%)", "mean error (95%)", "diverged")
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    return (
        '<p class="more"></p>'
        '<div class="scroll" tabindex="0" role="region" aria-label="The populations as they are cut">'
        f'<table class="element-table wide"><thead><tr>{head}</tr></thead><tbody></tbody></table></div>'
        '<ul class="notes"></ul>'
        '<p class="title">Error distributions, with a pointwise 95% band</p><div class="chart edf"></div>'
        '<div class="keys"><p class="title">Error against</p>'
        '<select name="x" aria-label="Horizontal axis of the scatter"></select></div>'
        '<div class="chart scatter"></div>'
        '<label class="walk">Network <input type="range" name="point" min="0" max="0" step="1" '
        'aria-label="Network of the scatter, from left to right"></label>'
    )


def _network() -> str:
    heads = ("stage", "blocks", "width", "b", "groups × g")
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
