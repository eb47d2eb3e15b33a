"""The sliders of chapter 14 in a real browser: its arithmetic beside the library's, its form as a reader uses it."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bs4 import BeautifulSoup, Tag
from test_book import opened

import regnet
from regnet.page.design_your_own import GROUP_WIDTHS, RATIOS, SLIDERS, content, widget

STATIC = Path(__file__).resolve().parents[1] / "book" / "_static"
SCRIPTS = ("design-charts.js", "design-network.js", "design.js")
PYCLS = regnet.published.load("pycls_model_zoo").set_index("model")
LINES = {row["name"]: row["line"] for row in content()["zoo"] if row["line"]}
SETTINGS = 200


def page(folder: Path, body: str, script: str, *sources: str) -> str:
    """The address of a page with that body whose script writes what it returns, as JSON, into #told."""
    loaded = "".join(f'<script src="{(STATIC / name).as_uri()}"></script>' for name in sources)
    tell = f"document.getElementById('told').textContent = JSON.stringify((() => {{ {script} }})())"
    run = f"addEventListener('DOMContentLoaded', () => {{ {tell} }})"
    path = folder / "page.html"
    path.write_text(f'<meta charset="utf-8">{loaded}<script>{run}</script>{body}<pre id="told"></pre>')
    return path.as_uri()


def told(dom: BeautifulSoup) -> Any:
    return json.loads(dom.select_one("#told").text)


def random_settings() -> list[dict[str, float]]:
    rng = np.random.default_rng(2020)
    return [
        {
            "d": int(rng.integers(1, 64)),
            "w_0": 8 * int(rng.integers(1, 41)),
            "w_a": round(float(rng.uniform(0, 256)), int(rng.integers(1, 3))),
            "w_m": round(float(rng.uniform(1.1, 3)), int(rng.integers(2, 4))),
            "b": float(rng.choice(RATIOS)),
            "g": int(rng.choice(GROUP_WIDTHS) if rng.random() < 0.7 else rng.integers(1, 300)),
            "se": float(rng.choice((0, 0.25))),
            "r": int(rng.integers(2, 29)) * 16 if rng.random() < 0.7 else int(rng.integers(8, 449)),
        }
        for _ in range(SETTINGS)
    ]


def by_the_library(setting: dict[str, Any]) -> dict[str, Any]:
    line = {name: setting[name] for name in ("d", "w_a", "w_0", "w_m", "g", "b")}
    net = regnet.RegNet(**line, se_ratio=setting["se"]).to_anynet()
    cost = regnet.complexity(net, resolution=setting["r"])
    return {
        "depths": list(net.depths), "widths": list(net.widths), "group_widths": list(net.group_widths),
        "flops": cost.flops, "params": cost.params, "acts": cost.acts, "conv_acts": cost.conv_acts,
    }  # fmt: skip


def test_the_browsers_arithmetic_equals_the_librarys_to_the_unit(chromium: str, tmp_path: Path) -> None:
    settings = random_settings()
    script = f"""return {json.dumps(settings)}.map((setting) => {{
        const net = regnetDesign.network(setting), cost = regnetDesign.complexity(net, setting.se, setting.r);
        const {{ flops, params, acts, convActs: conv_acts }} = cost;
        const each = (name) => net.stages.map((stage) => stage[name]);
        return {{ depths: each("depth"), widths: each("width"), group_widths: each("group"),
                  flops, params, acts, conv_acts }};
    }});"""
    found = told(opened(chromium, page(tmp_path, "", script, "design-network.js"), tmp_path / "profile"))
    assert len(found) == SETTINGS
    for setting, result in zip(settings, found, strict=True):
        assert result == by_the_library(setting), setting
    assert len({len(result["widths"]) for result in found}) > 4  # fewer and more stages than four
    assert any(result["widths"] != sorted(set(result["widths"])) for result in found)  # stages that came to one width


DRIVER = """
const root = document.querySelector(".design"), find = (selector) => root.querySelector(selector);
const enter = (selector, value) => {
  const target = find(selector);
  if (target.type === "checkbox" || target.type === "radio") target.checked = value; else target.value = value;
  for (const name of ["input", "change"]) target.dispatchEvent(new Event(name, { bubbles: true }));
};
const seen = () => ({
  ...Object.fromEntries([...root.querySelectorAll("output[name$=Exact]")].map((output) =>
    [output.name.replace("Exact", ""), Number(output.textContent.replaceAll(",", ""))])),
  code: find("pre code").textContent, from: find("[name=from]").value, notes: find(".notes").textContent,
  table: [...root.querySelectorAll("tbody tr")].map((row) => [...row.children].map((cell) => cell.textContent)),
  picture: find(".profile svg").getAttribute("aria-label"), marks: find(".place svg").innerHTML,
});
"""


def used(chromium: str, folder: Path, script: str, address: str = "") -> tuple[Any, BeautifulSoup]:
    """What the script returns on a page with the widget, beside the page's final state."""
    body = f'<link rel="stylesheet" href="{(STATIC / "design.css").as_uri()}">{widget()._repr_html_()}'
    dom = opened(chromium, page(folder, body, DRIVER + script, *SCRIPTS) + address, folder / "profile")
    return told(dom), dom


@cache
def built(line: str) -> regnet.AnyNet:
    net = eval(line, {"regnet": regnet})
    assert isinstance(net, regnet.AnyNet)
    return net


def test_every_published_regnet_can_be_the_start_and_shows_the_printed_numbers(chromium: str, tmp_path: Path) -> None:
    script = "return [...find('[name=from]').options].map((option) => option.value).filter(Boolean)"
    found, _ = used(chromium, tmp_path, f"{script}.map((name) => {{ enter('[name=from]', name); return seen(); }});")
    assert [seen["from"] for seen in found] == list(LINES)
    for seen in found:
        row = PYCLS.loc[seen["from"]]
        assert seen["flops"] == round(row["flops_G"] * 1e9)
        assert seen["params"] == round(row["params_M"] * 1e6)
        assert seen["acts"] == round(row["acts_M"] * 1e6)
        assert [cells[3] for cells in seen["table"][1:]] == row["stage_widths"].split()
        assert [cells[1] for cells in seen["table"][1:]] == row["stage_depths"].split()
        assert built(seen["code"]).id == regnet.zoo[seen["from"].lower()].id


def test_a_slider_and_a_number_field_move_the_network_and_each_other(chromium: str, tmp_path: Path) -> None:
    script = """
    enter("#design-w_m-slider", 3); enter("#design-g-slider", 11); enter("#design-b-slider", 1);
    enter("[name=se]", true); enter("#design-w_a", "35.73"); enter("#design-r", "448");
    return { ...seen(), g: find("#design-g").value, slope: find("#design-w_a-slider").value,
             b: find("[data-control=b] output").textContent, spoken: find("#design-g-slider").ariaValueText };
    """
    seen, dom = used(chromium, tmp_path, script)
    assert (seen["g"], seen["slope"], seen["b"], seen["spoken"]) == (str(GROUP_WIDTHS[11]), "35.7", "1/2", "72")
    net = regnet.RegNet(d=22, w_a=35.73, w_0=24, w_m=3, g=GROUP_WIDTHS[11], b=0.5, se_ratio=0.25).to_anynet()
    assert built(seen["code"]) == net
    assert seen["flops"] == regnet.complexity(net, resolution=448).flops
    assert seen["from"] == ""
    assert "Nearest published network in flops" in dom.select_one("[role=status]").text


def test_what_a_reader_may_not_expect_is_said(chromium: str, tmp_path: Path) -> None:
    script = """
    enter("[name=from]", "RegNetX-800MF"); const four = seen().notes;
    enter("#design-w_m", "3"); const three = seen().notes;
    enter("#design-g", "128"); return [four, three, seen().notes];
    """
    four, three, wide = used(chromium, tmp_path, script)[0]
    assert "the paper looks at four" not in four
    assert "3 stages: the paper looks at four" in three
    assert "g = 128 is wider than w/b in stage 1" in wide


def test_a_number_that_cannot_be_is_not_taken(chromium: str, tmp_path: Path) -> None:
    script = """
    const tried = [...["", "64", "0", "2.5", "many"].map((value) => ["#design-d", value]), ["#design-w_0", "12"]];
    return tried.map(([field, value]) => { enter(field, value); return [find(field).value, seen()]; });
    """
    found, _ = used(chromium, tmp_path, script)
    assert [value for value, _ in found] == ["22"] * 5 + ["24"]
    assert {seen["from"] for _, seen in found} == {"RegNetX-400MF"}


def test_an_address_brings_its_network_back_and_what_is_wrong_in_it_is_left_out(chromium: str, tmp_path: Path) -> None:
    kept, _ = used(chromium, tmp_path, "return seen();", "#d=20&w_0=232&w_a=115.89&w_m=2.53&b=1&g=232&r=224&se=0.25")
    assert kept["from"] == "RegNetY-32GF"
    mixed, _ = used(chromium, tmp_path, "return seen();", "#d=900&w_0=9&w_a=x&w_m=2.25&script=1")
    assert built(mixed["code"]) == regnet.RegNet(d=22, w_a=24.48, w_0=24, w_m=2.25, g=16).to_anynet()
    other, _ = used(chromium, tmp_path, "return seen();", "#what-to-try")
    assert other["from"] == "RegNetX-400MF"


def test_the_address_follows_the_form(chromium: str, tmp_path: Path) -> None:
    script = """
    enter("#design-d", "30");
    setTimeout(() => { document.getElementById("told").textContent = JSON.stringify(location.hash); }, 2000);
    return "";
    """
    address, _ = used(chromium, tmp_path, script)
    assert address == "#d=30&w_0=24&w_a=24.48&w_m=2.54&b=1&g=16&r=224&se=0"


def test_the_pictures_name_every_published_network_and_have_words(chromium: str, tmp_path: Path) -> None:
    script = "const acts = seen(); enter('[name=cost][value=params]', true); return [acts, seen()];"
    (acts, params), _ = used(chromium, tmp_path, script)
    for row in content()["zoo"]:
        assert f"<title>{row['name']}: " in acts["marks"]
    assert acts["picture"] == "Widths of 22 blocks. Stage depths 1, 2, 7, 12; widths 32, 64, 160, 384."
    assert acts["marks"] != params["marks"]
    assert "parameters (M)" in params["marks"]


def soup() -> BeautifulSoup:
    return BeautifulSoup(widget()._repr_html_(), "html.parser")


def test_without_scripts_the_form_is_hidden_and_the_page_says_what_is_missing() -> None:
    assert soup().select_one(".app").has_attr("hidden")
    assert soup().select_one(".off noscript").text == "JavaScript is off. "
    assert "sliders" in soup().select_one(".off").text


def test_every_control_has_a_label_and_every_id_is_one() -> None:
    markup = soup()
    ids = [str(tag["id"]) for tag in markup.select("[id]")]
    assert len(ids) == len(set(ids))
    labelled = {str(label["for"]) for label in markup.select("label[for]")}
    for control in markup.select("input, select"):
        inside = isinstance(control.find_parent("label"), Tag)
        assert inside or control.get("aria-label") or control.get("id") in labelled, control
    assert [tag["data-control"] for tag in markup.select("[data-control]")] == [slider.name for slider in SLIDERS]
    assert all(output["aria-live"] == "off" for output in markup.select("output"))  # one status speaks for all


def test_the_sliders_reach_every_published_group_width_and_the_form_every_setting() -> None:
    assert {line["g"] for line in LINES.values()} <= set(GROUP_WIDTHS)
    for slider in SLIDERS:
        if slider.field:
            assert all(slider.low <= line[slider.name] <= slider.high for line in LINES.values())


@pytest.mark.parametrize("name", [*SCRIPTS, "design.css"])
def test_the_scripts_ask_for_nothing(name: str) -> None:
    assert not re.search(r"https?:|\bfetch\b|XMLHttpRequest|@import|url\(|import\s*\(", (STATIC / name).read_text())
