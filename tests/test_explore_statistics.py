"""What the page that explores the populations computes, beside what the library says of the same rows."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from explored import REGIMES, SEALED, members, told
from explored import address as address
from explored import browser as browser
from explored import markup as markup
from explored import page as page
from playwright.sync_api import Page
from scipy import stats

import regnet
from regnet.analysis.superiority import beats
from regnet.page import explore_form

CUTS = 100
CLOSE = 1e-9  # relative
PARAMETERS = [one.name for group in explore_form.GROUPS.values() for one in group]


def random_view(rng: np.random.Generator) -> dict[str, Any]:
    regime = str(rng.choice(list(REGIMES)))
    names = [name for name in REGIMES[regime].populations() if REGIMES[regime].count(name) > 9]  # begun ones have few
    first, other = (str(name) for name in rng.choice(names, 2, replace=False))
    second = str(rng.choice(["", "rest", other], p=[0.1, 0.4, 0.5]))
    hold = str(rng.choice(["both", "first"]))
    held = [members(regime, name) for name in (first, second) if name in names and (name == first or hold == "both")]
    could = [name for name in PARAMETERS if all(name in frame and frame[name].nunique() > 1 for frame in held)]
    chosen = rng.choice(could, 2) if could else ()  # an EfficientNet beside another population shares no range with it
    cut = {str(name): ends(rng, pd.concat([frame[name] for frame in held])) for name in chosen}
    only = [str(name) for name in rng.choice(list(explore_form.CONDITIONS), int(rng.integers(0, 2)))]
    margin = round(float(rng.uniform(0.2, 4)), 2)
    return {
        "regime": regime,
        "first": first,
        "second": second,
        "hold": hold,
        "cut": cut,
        "only": only,
        "margin": margin,
    }


def ends(rng: np.random.Generator, values: pd.Series) -> tuple[float, float]:
    """Two places in wide gaps between values, or exactly on whole ones, with a good part of the values between them."""
    distinct = np.unique(values.to_numpy(float))
    wide = np.flatnonzero(np.diff(distinct) > 1e-4 * distinct[1:] + 1e-5)
    places = [float(distinct[k] if distinct[k] % 1 == 0 else distinct[k : k + 2].mean()) for k in wide]
    low, high = np.sort(rng.integers(0, len(places), 2)) if rng.random() < 0.5 else (0, rng.integers(0, len(places)))
    return places[low], places[high]


def hash_of(view: dict[str, Any]) -> str:
    cut = {name: f"{low!r}..{high!r}" for name, (low, high) in view["cut"].items()}
    given = {**{name: view[name] for name in ("regime", "first", "second", "hold", "margin")}, **cut}
    return "#" + "&".join(f"{name}={value}" for name, value in (given | {"only": ",".join(view["only"])}).items())


def by_the_library(view: dict[str, Any]) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    def keep(frame: pd.DataFrame) -> pd.Series:
        passed = pd.Series(True, frame.index)
        for name, (low, high) in view["cut"].items():
            passed &= frame[name].between(low, high)
        for name in view["only"]:
            passed &= frame[name]
        return passed

    first = members(view["regime"], view["first"])
    if view["second"] == "rest":
        return first[keep(first)], first[~keep(first)]
    if not view["second"]:
        return first[keep(first)], None
    second = members(view["regime"], view["second"])
    return first[keep(first)], second[keep(second)] if view["hold"] == "both" else second


def check_side(found: dict[str, Any], wanted: pd.DataFrame, places: list[float]) -> None:
    errors, n = wanted["error"].to_numpy(float), len(wanted)
    assert found["ids"] == sorted(wanted["network_id"])
    assert (found["n"], found["distinct"]) == (n, wanted["network_id"].nunique())
    if n:
        assert (found["mean"], found["least"]) == pytest.approx((errors.mean(), errors.min()), rel=CLOSE)
        for k, (e, edf) in enumerate(zip(places, found["edf"], strict=True)):
            below = int((errors < e).sum())
            assert edf["share"] == below / n
            if k % 5 == 1:  # scipy is slow here
                band = stats.binomtest(below, n).proportion_ci(0.95, method="wilson")
                assert (edf["low"], edf["high"]) == pytest.approx(band, rel=CLOSE, abs=1e-12)
    if n > 1:
        low, high = (
            stats.t.interval(0.95, n - 1, loc=errors.mean(), scale=stats.sem(errors)) if np.ptp(errors) else errors[:2]
        )
        assert (found["low"], found["high"]) == pytest.approx((low, high), rel=CLOSE)


def check_comparison(found: dict[str, Any] | None, a: np.ndarray, b: np.ndarray, margin: float) -> str:
    if min(len(a), len(b)) < 2:
        assert found is None
        return ""
    better, same, pairs = regnet.analysis.better(a, b), regnet.analysis.no_difference(a, b, margin), beats(a, b)
    wanted = (better.effect, better.low, better.high, same.low, same.high, pairs.effect, pairs.low, pairs.high)
    chance = found["beats"]
    said = (
        *(found[name] for name in ("effect", "low", "high", "low90", "high90")),
        *(chance[k] for k in ("share", "low", "high")),
    )
    assert said == pytest.approx(wanted, rel=CLOSE, abs=1e-11)
    ties = {"supported": "better", "contradicted": "worse"}
    otherwise = "no difference within the margin" if same.verdict == "supported" else "open"
    assert found["verdict"] == ties.get(better.verdict, otherwise)
    return str(found["verdict"])


def test_a_hundred_random_cuts_say_what_the_library_says(page: Page) -> None:
    rng = np.random.default_rng(2020)
    views = [random_view(rng) for _ in range(CUTS)]
    places = [*map(float, range(20, 30)), *np.linspace(18.005, 90.005, 10).tolist()]  # errors themselves, and between
    script = """const found = [];
    for (const hash of given.hashes) { await go(hash); found.push(seen(given.places)); }
    return found;"""
    found = told(page, script, {"hashes": [hash_of(view) for view in views], "places": places})
    verdicts = []
    for view, result in zip(views, found, strict=True):
        first, second = by_the_library(view)
        assert result["first"]["name"] == view["first"], view
        check_side(result["first"], first, places)
        if second is None:
            assert result["second"] is result["comparison"] is None
            continue
        check_side(result["second"], second, places)
        errors = (side["error"].to_numpy(float) for side in (first, second))
        verdicts.append(check_comparison(result["comparison"], *errors, view["margin"]))
        assert result["shared"] == first["network_id"].isin(second["network_id"]).sum()
    assert {"better", "worse", "open", "no difference within the margin"} <= set(verdicts)


def test_what_is_read_on_the_page_is_what_was_computed(page: Page) -> None:
    told(page, 'await go("#regime=pocket&first=anynetx_e&second=anynetx_a&margin=1.5");')
    e, a = (SEALED.frame(name)["error"].to_numpy(float) for name in ("anynetx_e", "anynetx_a"))
    found, pairs = regnet.analysis.better(e, a), beats(e, a)
    signed = [f"{abs(x):.2f}" for x in (found.effect, found.low, found.high)]
    assert page.inner_text(".result .verdict") == "better"
    assert re.findall(r"\d+\.\d+", page.inner_text(".result .sentence")) == signed
    assert f"{pairs.effect:.1%}" in page.inner_text(".more")
    rows = page.locator(".view tbody tr").all_inner_texts()
    assert [f"{len(e)}" in rows[0], f"{a.mean():.2f}" in rows[1]] == [True, True]
    assert f"{np.quantile(e, 0.5):.4g}" in (page.get_attribute(".edf svg", "aria-label") or "")
    page.wait_for_function("document.querySelector('.status').textContent.startsWith('better. AnyNetX_E beside')")


def test_a_margin_of_the_readers_own_moves_the_verdict(page: Page) -> None:
    script = "await go(`#first=anynetx_b&second=anynetx_a&margin=${given}`); return seen().comparison.verdict;"
    a, b = (SEALED.frame(name)["error"] for name in ("anynetx_a", "anynetx_b"))
    assert regnet.analysis.better(b, a).verdict == "inconclusive"
    assert [told(page, script, margin) for margin in (0.01, 40)] == ["open", "no difference within the margin"]
