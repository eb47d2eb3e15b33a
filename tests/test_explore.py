"""The page that explores the populations as readers use it: keyboard, mouse, touch, addresses, files, networks."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from urllib.parse import parse_qs
from xml.etree import ElementTree

import numpy as np
import pytest
from bs4 import BeautifulSoup, Tag
from explored import REGIMES, SCRIPTS, SEALED, STATIC, members, told, visit, written
from explored import address as address
from explored import browser as browser
from explored import markup as markup
from explored import page as page
from playwright.sync_api import Browser, Page
from sealed_runs import seal_population

import regnet
from regnet.page import explore
from regnet.page.design_your_own import RATIOS
from regnet.sweeps.store import Runs


def test_the_whole_way_by_keyboard_alone(browser: Browser, address: str) -> None:
    page = visit(browser, address)

    def tab_to(selector: str) -> None:
        for _ in range(120):
            page.keyboard.press("Tab")
            if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
                return
        pytest.fail(f"Tab does not reach {selector}")

    tab_to("#explore-first")
    page.keyboard.type("AnyNetX_C")
    tab_to("#explore-second")
    page.keyboard.type("the rest")
    tab_to("[data-parameter=ratio] [type=range][data-end=low]")
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    seen = told(page, "return seen();")
    c = members("pocket", "anynetx_c")
    least = np.unique(c["ratio"])[30]
    assert (seen["view"]["second"], seen["view"]["x"]) == ("rest", "ratio")
    assert seen["first"]["n"] == (c["ratio"] >= least - 1e-6).sum() < len(c) == seen["first"]["n"] + seen["second"]["n"]
    tab_to("[name=only][value=one_g]")
    page.keyboard.press("Space")
    assert told(page, "return seen().view.only;") == ["one_g"]
    tab_to("[name=point]")
    page.keyboard.press("End")
    assert page.is_visible(".network pre")
    most = c.loc[c["ratio"] == c["ratio"].max(), "network_id"].tolist()
    assert any(f"id {name}" in page.inner_text(".network .facts") for name in most)
    tab_to(".network pre")
    for name in ("python", "link", "csv", "svg"):
        tab_to(f"[name={name}]")
    page.close()


def test_the_address_brings_the_view_back(browser: Browser, address: str) -> None:
    page = visit(browser, address)
    page.select_option("#explore-first", "regnetx_w0_wa")
    page.select_option("#explore-second", "regnetx")
    page.click("summary >> text=The line of a RegNet")
    page.fill("[data-parameter=w_m] [type=number][data-end=low]", "2.25")
    page.check("[name=only][value=depths]")
    page.fill("#explore-margin", "0.7")
    page.focus("[name=point]")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("location.hash.includes('point=')")
    found = told(page, "return seen();")
    assert found["view"]["ranges"]["w_m"][0] == 2.25
    assert found["first"]["n"] < 100
    again = visit(browser, page.url)
    assert told(again, "return seen();") == found
    assert again.inner_text(".network code") == page.inner_text(".network code")
    assert again.input_value("#explore-margin") == "0.7"
    page.close()
    again.close()


def test_what_is_wrong_in_an_address_is_left_out(browser: Browser, address: str) -> None:
    hostile = "#regime=moon&first=%3Cscript%3E&second=constructor&hold=x&d=9..&w_4=a..b&margin=-1&only=n,__proto__"
    page = visit(browser, f"{address}{hostile}&x=error&point=9")
    view = told(page, "return seen().view;")
    start = {"regime": "pocket", "first": "anynetx_e", "second": "anynetx_a", "hold": "both", "margin": 1.5}
    assert view == start | {"ranges": {}, "only": [], "x": "ratio", "point": None}
    page.close()


def test_where_every_network_has_one_depth_the_axis_is_one_that_differs(browser: Browser, address: str) -> None:
    only = "#regime=natural&first=regnetx_c_d20-12mf-l2&second=rest&x=d"
    assert members("natural", "regnetx_c_d20-12mf-l2")["d"].nunique() == 1
    page = visit(browser, f"{address}{only}")
    chosen = page.input_value(".explore [name=x]")
    assert chosen not in ("", "d")
    assert told(page, "return seen().view;")["x"] == chosen
    page.close()


def test_a_half_typed_number_waits_and_a_handle_stops_at_the_other(page: Page) -> None:
    told(page, 'await go("#first=anynetx_a&second=");')
    field = "[data-parameter=d] [type=number][data-end=low]"
    page.fill(field, "")
    assert told(page, "return seen().view.ranges;") == {}
    page.dispatch_event(field, "change")
    assert page.input_value(field) == str(int(members("pocket", "anynetx_a")["d"].min()))
    page.fill("[data-parameter=d] [type=number][data-end=high]", "12")
    page.focus("[data-parameter=d] [type=range][data-end=low]")
    page.keyboard.press("End")
    assert told(page, "return seen().view.ranges.d;") == [12, 12]
    page.click("[name=clear]")
    assert told(page, "return seen().first.n;") == len(members("pocket", "anynetx_a"))


@pytest.mark.parametrize("touch", [False, True])
def test_a_point_that_is_touched_shows_its_network(browser: Browser, address: str, touch: bool) -> None:
    page = visit(browser, address + "#first=regnetx&second=&x=d", has_touch=touch)
    at = page.evaluate("document.querySelector('.dots[stroke-linecap=round]').getAttribute('d')")
    x, y = map(float, re.findall(r"M([\d.]+) ([\d.]+)h0", at)[7])
    box = page.locator(".scatter svg").bounding_box()
    assert box
    page.locator(".scatter svg").scroll_into_view_if_needed()
    place = {"x": x, "y": y}
    (page.locator(".scatter svg").tap if touch else page.locator(".scatter svg").click)(position=place)  # type: ignore[operator]
    ordered = SEALED.frame("regnetx").sort_values(["drawn_d", "error"], kind="stable")
    assert page.get_attribute(".chosen", "r") == "7"
    said = page.inner_text(".network .facts")
    assert any(f"id {row.network_id}, training seed {row.seed}." in said for row in ordered.itertuples())
    page.close()


def test_every_populations_networks_are_rebuilt_by_their_python_line(page: Page) -> None:
    script = """const found = [];
    for (const [regime, first, index] of given) {
      await go(`#regime=${regime}&first=${first}&second=&point=1.${index}`);
      const link = document.querySelector(".network .design-link");
      found.push([document.querySelector(".network code").textContent, link.hidden ? null : link.getAttribute("href")]);
    }
    return found;"""
    asked = [
        (regime, name, int(k))
        for regime, runs in REGIMES.items()
        for name in runs.populations()
        for k in runs.frame(name)["index"].iloc[
            sorted({0, min(3, runs.count(name) - 1)})
        ]  # the same hash twice is no event
    ]
    for (regime, name, index), (line, link) in zip(asked, told(page, script, asked), strict=True):
        row = REGIMES[regime].frame(name).set_index("index", drop=False).loc[index]
        assert eval(line, {"regnet": regnet}).id == row["network_id"], line
        opens = "drawn_w_a" in row and name.split("-")[0].rpartition("_")[2] not in ("r", "v", "vr", "silu")
        assert bool(link) == (opens and row["drawn_b"] in RATIOS), (name, link)
        if link:
            path, _, setting = link.partition("#")
            given = {key: float(value) for key, (value,) in parse_qs(setting).items()}
            assert path == "14-design-your-own.html"
            assert {key: given[key] for key in "dbg"} == {key: row[f"drawn_{key}"] for key in "dbg"}
            assert [given[f"w_{k}"] for k in "0am"] == [row[f"drawn_w_{k}"] for k in "0am"]


def test_networks_that_are_no_anynets_are_rebuilt_from_their_rows(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal_population(tmp_path, "efficientnet-l2", 3, regime="smoke")
    monkeypatch.setenv("REGNET_RUNS", str(tmp_path / "runs"))
    runs = Runs("smoke", tmp_path / "runs" / "smoke")
    page = visit(browser, written(tmp_path, explore.widget(runs)._repr_html_()) + "#regime=smoke&point=1.2")
    row = runs.frame("efficientnet-l2").iloc[2]
    assert eval(page.inner_text(".network code"), {"regnet": regnet}).id == row["network_id"]
    assert page.locator(".network tbody tr").count() == 7
    assert page.locator("[data-parameter=w_7]").is_hidden() == (runs.frame("efficientnet-l2")["w7"].nunique() == 1)
    page.close()


def test_the_tour_counts_what_it_shows(page: Page) -> None:
    told(page, 'await go("#regime=pocket");')
    steps, said = page.locator("[data-step]"), []
    for k in range(steps.count()):
        steps.nth(k).click()
        said.append(page.inner_text(".tour .step"))
        assert steps.nth(k).get_attribute("aria-pressed") == "true"
    assert len(set(said)) == len(said) == 8
    c, d = members("pocket", "anynetx_c"), members("pocket", "anynetx_d")
    assert f"In {c['widths'].sum()} of {len(c)} networks of C widths never fall" in said[3]
    assert f"In {d['depths'].sum()} of {len(d)} networks of D depths never fall" in said[5]
    dims = (regnet.spaces[f"anynetx_{letter}"].dims for letter in "ae")
    assert "from {} degrees of freedom to {}.".format(*dims) in said[7]
    page.check("[name=only][value=trained]")
    assert page.inner_text(".tour .step") == ""


def test_the_view_can_be_saved_as_csv_and_as_svg(browser: Browser, address: str, tmp_path: Path) -> None:
    page = visit(browser, address + "#first=anynetx_d&second=rest&d=10..14&x=w_4")
    saved = {}
    for name in ("csv", "svg"):
        with page.expect_download() as waited:
            page.click(f"[name={name}]")
        saved[name] = tmp_path / waited.value.suggested_filename
        waited.value.save_as(saved[name])
    assert [path.name for path in saved.values()] == ["pocket-anynetx_d-rest.csv", "pocket-anynetx_d-rest.svg"]
    rows = list(csv.DictReader(saved["csv"].read_text().splitlines()))
    sealed = SEALED.frame("anynetx_d").set_index("index")
    inside = sealed[[f"d{i}" for i in (1, 2, 3, 4)]].sum(axis=1).between(10, 14)
    assert {int(row["index"]) for row in rows if row["side"] == "1"} == set(sealed.index[inside])
    for row in rows:
        member = sealed.loc[int(row["index"])]
        assert (row["network_id"], int(row["seed"]), float(row["error"])) == tuple(
            member[["network_id", "seed", "error"]]
        )
    picture = ElementTree.parse(saved["svg"]).getroot()
    assert picture.tag == "{http://www.w3.org/2000/svg}svg"
    assert len(picture.findall(".//{*}path[@class='curve']")) == 2
    page.close()


def test_every_control_has_a_name_and_every_id_is_one(markup: str) -> None:
    soup = BeautifulSoup(markup, "html.parser")
    ids = [str(tag["id"]) for tag in soup.select("[id]")]
    assert len(ids) == len(set(ids))
    labelled = {str(label["for"]) for label in soup.select("label[for]")}
    for control in soup.select("input, select"):
        inside = isinstance(control.find_parent("label"), Tag)
        assert inside or control.get("aria-label") or control.get("id") in labelled, control


def test_without_scripts_the_form_is_hidden_and_the_page_says_what_is_missing(markup: str) -> None:
    soup = BeautifulSoup(markup, "html.parser")
    assert soup.select_one(".app").has_attr("hidden")
    assert soup.select_one(".off noscript").text == "JavaScript is off. "
    assert "regnet.load" in soup.select_one(".off").text


def test_the_data_stay_small_enough_for_a_page(markup: str) -> None:
    assert len(BeautifulSoup(markup, "html.parser").select_one("script").text) < 600_000
    assert len(markup) < 900_000


def test_only_what_is_sealed_is_offered(tmp_path: Path) -> None:
    runs = Runs("pocket", tmp_path / "runs" / "pocket")
    (tmp_path / "runs").mkdir()
    assert explore.widget(runs)._repr_html_() == "<p>No population is sealed yet.</p>"
    seal_population(tmp_path, "anynetx_a", 5)
    seal_population(tmp_path, "efficientnet-l2", 3, regime="smoke")
    found = explore.content(runs)["regimes"]
    assert [(one["name"], [p["n"] for p in one["populations"]]) for one in found] == [("pocket", [5]), ("smoke", [3])]
    few = explore.content(Runs("pocket", tmp_path / "runs" / "pocket", 4))["regimes"]
    assert [(one["name"], [p["n"] for p in one["populations"]]) for one in few] == [("pocket", [4])]
    assert json.dumps(found, allow_nan=False)


@pytest.mark.parametrize("name", [*SCRIPTS, "explore.css"])
def test_the_scripts_ask_for_nothing_and_stay_short(name: str) -> None:
    text = (STATIC / name).read_text().replace('xmlns: "http://www.w3.org/2000/svg"', "")
    assert not re.search(r"https?:|\bfetch\b|XMLHttpRequest|@import|url\(|import\s*\(", text)
    assert text.count("\n") < 250
