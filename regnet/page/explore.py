"""Explore the populations: every sealed network in the reader's browser, to be cut, compared and opened.

This module makes the data, `explore_form` the markup; `book/_static/explore*.js`, which Jupyter Book loads on every
page, filters, compares and draws, and a test holds its numbers to `regnet.analysis`. The data
stand in the page as gzipped JSON in base64, since a page that is opened from a disk may fetch nothing; scripts unpack
them when the page is there. Outside the built book (a notebook opened by itself) no script is there, and the markup
says so.
"""

import base64
import gzip
import json
from collections.abc import Iterator
from typing import Any

from regnet.analysis.rule_sets import V2, rules_of
from regnet.analysis.rules.adjusted_means import MARGIN
from regnet.design.design_space import DesignSpace
from regnet.design.regnet_space import RegNetSpace
from regnet.figures.panels import style
from regnet.figures.panels.captions import data_name
from regnet.page import explore_form
from regnet.page.design_your_own import Widget
from regnet.page.explore_columns import columns
from regnet.sweeps import labels
from regnet.sweeps.own_spaces import own_spaces
from regnet.sweeps.population import Population
from regnet.sweeps.regimes import find_regime, regimes
from regnet.sweeps.store import MissingPopulation, Runs

FIRST, SECOND = "anynetx_e", "anynetx_a"  # what is compared when the page opens


def widget(runs: Runs) -> Widget:
    """The form, empty charts and tables, and every sealed population; the page's scripts fill them."""
    found = content(runs)
    if not found["regimes"]:
        return Widget("<p>No population is sealed yet.</p>", "No population is sealed yet.")
    plain = json.dumps(found, separators=(",", ":"), allow_nan=False).encode()
    packed = base64.b64encode(gzip.compress(plain, mtime=0)).decode()
    script = f'<script type="application/gzip+json">{packed}</script>'
    inner = f'{script}{explore_form.off()}<div class="app" hidden>{explore_form.app()}</div>'
    return Widget(
        f'<div class="explore" id="explore">{inner}</div>',
        "Explore the populations: an interactive page of the built book.",
    )


def content(runs: Runs) -> dict[str, Any]:
    """What the scripts need: the regimes of the folder that have sealed populations, the chapter's own first."""
    names = [runs.regime, *(name for name in regimes if name != runs.regime)]
    found = [_regime(runs.at(name)) for name in names]
    return {"first": FIRST, "second": SECOND, "regimes": [regime for regime in found if regime["populations"]]}


def _regime(runs: Runs) -> dict[str, Any]:
    setting = find_regime(runs.regime)
    return {
        "name": setting.name,
        "title": f"{data_name(setting.base.data)}, {setting.resolution} px",
        "margin": _margin(runs),
        "resolution": setting.resolution,
        "populations": list(_populations(runs)),
    }


def _margin(runs: Runs) -> float:
    """The margin that the page opens with: the regime's, or where its rules take a part of a spread, that, points."""
    if rules_of(runs.regime) is V2 and runs.count(SECOND) > 1:
        return max(round(MARGIN * float(runs.frame(SECOND)["error"].std()), 2), 0.01)
    return find_regime(runs.regime).margin


def _populations(runs: Runs) -> Iterator[dict[str, Any]]:
    """Those that are sealed to the wanted n, by flops and length, then as legends order the spaces."""
    order = [*labels.LABELS, *own_spaces()]
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
