"""The page that explores the populations, opened in a real browser, and its rows computed from the runs alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from scipy import stats

import regnet
from regnet.page import explore
from regnet.page.explore_columns import MOST_FITTED
from regnet.sweeps.store import open_runs

STATIC = Path(__file__).resolve().parents[1] / "book" / "_static"
SCRIPTS = sorted(path.name for path in STATIC.glob("explore*.js"))
SEALED = open_runs("pocket")
REGIMES = {"pocket": SEALED, "natural": open_runs("natural")}


@pytest.fixture(scope="module")
def markup() -> str:
    return explore.widget(SEALED)._repr_html_()


@pytest.fixture(scope="module")
def address(markup: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A page with the widget, opened from the disk as readers of a zip do."""
    return written(tmp_path_factory.mktemp("explore"), markup)


def written(folder: Path, markup: str) -> str:
    """The address of a page with that markup, the scripts and the styles."""
    loaded = "".join(f'<script src="{(STATIC / name).as_uri()}"></script>' for name in ("design-charts.js", *SCRIPTS))
    sheets = "".join(
        f'<link rel="stylesheet" href="{(STATIC / f"{name}.css").as_uri()}">' for name in ("regnet", "explore")
    )
    path = folder / "page.html"
    path.write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8">{loaded}{sheets}<body>{markup}</body></html>'
    )
    return path.as_uri()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


def visit(browser: Browser, address: str, **context: Any) -> Page:
    page = browser.new_page(**{"viewport": {"width": 1000, "height": 900}, **context})
    page.on("pageerror", lambda error: pytest.fail(f"{error}"))
    page.goto(address)
    page.wait_for_selector(".explore[data-ready]")
    return page


@pytest.fixture(scope="module")
def page(browser: Browser, address: str) -> Page:
    return visit(browser, address)


SEEN = """
const plain = ({ population, rows, errors, ...rest }, places) => ({ name: population.name, ...rest,
  ids: rows.map((row) => population.ids[row]).sort(),
  edf: errors.length ? places.map((e) => regnetExplore.edf(errors, e)) : null });
const seen = (places = []) => { const { first, second, comparison, view, shared } = regnetExplore.seen;
  return { view, comparison, shared, first: plain(first, places), second: second && plain(second, places) }; };
const go = (hash) => new Promise((done) => {
  addEventListener("hashchange", done, { once: true });
  location.hash = hash;
});
"""


def told(page: Page, script: str, given: Any = None) -> Any:
    return page.evaluate(f"async (given) => {{ {SEEN} {script} }}", given)


@cache
def members(regime: str, name: str) -> pd.DataFrame:
    """A population with what it can be cut by, computed from its rows alone."""
    frame = REGIMES[regime].frame(name)
    stages = sum(re.fullmatch(r"d\d", column) is not None for column in frame)
    d, w = (frame[[f"{letter}{i + 1}" for i in range(stages)]].to_numpy(float) for letter in "dw")
    found = frame[["network_id", "error", "flops", "params", "acts"]].copy()
    for i in range(stages):
        found[f"d_{i + 1}"], found[f"w_{i + 1}"] = d[:, i], w[:, i]
    found["d"], found["ratio"] = d.sum(axis=1), w[:, -1] / w[:, 0]
    if stages <= MOST_FITTED:
        found["e_fit"] = regnet.analysis.e_fit(frame)
    for letter in "bg":
        own = [f"{letter}{i + 1}" for i in range(stages)]  # of networks that draw neither
        drawn = frame[[column for column in frame if re.fullmatch(rf"drawn_{letter}\d?", column)] or own]
        found[letter] = stats.gmean(drawn.to_numpy(float), axis=1)
        found[f"one_{letter}"] = drawn.nunique(axis=1) == 1
    found["widths"], found["depths"] = (w[:, 1:] >= w[:, :-1]).all(axis=1), (d[:, 1:] >= d[:, :-1]).all(axis=1)
    found["trained"] = frame["status"] == "ok"
    for column in ("w_0", "w_a", "w_m", "zoom", "lr", "weight_decay"):
        if f"drawn_{column}" in frame:
            found[column] = frame[f"drawn_{column}"]
    return found
