"""Sortable tables: the real script on a small page, pressed in a real browser."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from regnet.page import tables

ROOT = Path(__file__).resolve().parents[1]
FRAME = pd.DataFrame({
    "model": ["RegNetX-200MF", "RegNetX-12GF", "RegNetX-1.6GF"],
    "flops": [199_040_872, 12_086_679_016, 1_602_850_792],
    "error (%)": ["31.1 ± 0.09", "20.3 ± 0.04", "23.0 ± 0.13"], "batch": ["1024", "", "512 ≠ 256"],
})  # fmt: skip
PRESS = """
document.addEventListener("DOMContentLoaded", () => {
  const heads = [...document.querySelectorAll("th[scope=col]")], states = {};
  const words = heads.map((head) => head.querySelector("button").textContent);
  for (const [column, times] of [[1, 3], [2, 1], [3, 2]])
    for (let time = 1; time <= times; time++) {
      heads[column].querySelector("button").click();
      const rows = [...document.querySelectorAll("tbody tr")].map((row) => row.cells[0].textContent);
      states[`${words[column]} ${time}`] = [...rows, heads[column].getAttribute("aria-sort")];
    }
  states.sorts = heads.map((head) => head.getAttribute("aria-sort"));
  states.buttons = words;
  document.getElementById("out").textContent = JSON.stringify(states);
});
"""


def test_only_sortable_tables_are_marked() -> None:
    assert "sortable" not in BeautifulSoup(tables.html(FRAME), "html.parser").table["class"]
    marked = BeautifulSoup(tables.html(FRAME, sortable=True), "html.parser")
    assert "sortable" in marked.table["class"]
    assert all(cell["class"] == ["number"] for cell in marked.select("td") if cell.text)


def test_tables_that_a_phone_cannot_show_whole_are_marked() -> None:
    assert "wide" in BeautifulSoup(tables.html(FRAME), "html.parser").table["class"]
    assert "wide" not in BeautifulSoup(tables.html(FRAME[["model", "flops"]]), "html.parser").table["class"]


def test_a_second_line_stands_small_below_the_first_and_its_column_is_named_on_a_card() -> None:
    made = BeautifulSoup(tables.html(pd.DataFrame({"model": ["A"], "flops\ncounted": ["4.1\n4.09"]})), "html.parser")
    cell = made.select_one("td")
    assert (cell["class"], cell["data-label"], cell.small.text) == (["number"], "flops, counted", "4.09")
    assert cell.text.split() == ["4.1", "4.09"]  # sorting reads the first
    assert made.select_one("thead th:last-child small").text == "counted"


@pytest.fixture(scope="module")
def states(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Press -> the first column's rows and the pressed head's aria-sort, all from one visit."""
    folder = tmp_path_factory.mktemp("page")
    script = (ROOT / "book" / "_static" / "sortable.js").read_text()
    (folder / "page.html").write_text(
        f"<!doctype html><meta charset=utf-8>{tables.html(FRAME, sortable=True)}"
        f"<script>{script}</script><pre id=out></pre><script>{PRESS}</script>"
    )
    flags = ("--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "--host-resolver-rules=MAP * ~NOTFOUND",
             f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=5000")  # fmt: skip
    command = [chromium, *flags, (folder / "page.html").as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    states: dict[str, list[str]] = json.loads(BeautifulSoup(done.stdout, "html.parser").select_one("#out").text)
    return states


def test_numbers_sort_by_value_not_by_letters(states: dict[str, list[str]]) -> None:
    assert states["flops 1"] == ["RegNetX-200MF", "RegNetX-1.6GF", "RegNetX-12GF", "ascending"]
    assert states["flops 2"] == ["RegNetX-12GF", "RegNetX-1.6GF", "RegNetX-200MF", "descending"]


def test_a_third_press_gives_the_papers_order_back(states: dict[str, list[str]]) -> None:
    assert states["flops 3"] == ["RegNetX-200MF", "RegNetX-12GF", "RegNetX-1.6GF", "none"]


def test_means_with_a_standard_deviation_sort_by_the_mean(states: dict[str, list[str]]) -> None:
    assert states["error (%) 1"] == ["RegNetX-12GF", "RegNetX-1.6GF", "RegNetX-200MF", "ascending"]


def test_empty_cells_stay_last_in_both_directions(states: dict[str, list[str]]) -> None:
    assert states["batch 1"] == ["RegNetX-1.6GF", "RegNetX-200MF", "RegNetX-12GF", "ascending"]
    assert states["batch 2"] == ["RegNetX-200MF", "RegNetX-1.6GF", "RegNetX-12GF", "descending"]


def test_only_the_pressed_head_says_that_it_sorts(states: dict[str, list[str]]) -> None:
    assert states["sorts"] == ["none", "none", "none", "descending"]


def test_heads_are_buttons_with_their_words(states: dict[str, list[str]]) -> None:
    assert states["buttons"] == list(FRAME.columns)
