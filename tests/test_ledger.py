"""The ledger in a real browser: filters, their address, permalinks, keyboard, and the page without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Page, sync_playwright

from regnet.analysis.compare import better, no_difference, no_worse
from regnet.analysis.rules.evidence import POINTS, Part
from regnet.evidence.judge import judgements
from regnet.figures import names
from regnet.page.intervals import Scale, picture, scales
from regnet.page.ledger import Ledger, ledger
from regnet.page.post_hoc import second
from regnet.page.verdicts import badges
from regnet.sweeps import labels
from regnet.sweeps.folders import CHECKOUT
from regnet.sweeps.store import open_runs

POCKET = open_runs("pocket", CHECKOUT / "runs")
STATIC = CHECKOUT / "book" / "_static"
NAME = re.compile(rf"\b({'|'.join(sorted(labels.LABELS, key=len, reverse=True))})[_-][a-z0-9]")  # of runs
LOW, HIGH = [20.0, 21.0, 22.0, 23.0], [23.0, 25.0, 27.0, 29.0]


@pytest.fixture(scope="module")
def made() -> Ledger:
    return ledger(POCKET, second(POCKET))


@pytest.fixture(scope="module")
def address(made: Ledger, tmp_path_factory: pytest.TempPathFactory) -> str:
    style = ":root { --pst-color-primary: #0055cc }" + "".join(
        (STATIC / f"{name}.css").read_text() for name in ("regnet", "ledger")
    )
    file = tmp_path_factory.mktemp("ledger") / "12-ledger.html"
    file.write_text(
        f"<!doctype html><html lang=en><meta charset=utf-8><title>The ledger</title><style>{style}</style>"
        f'<nav><a href="04-regnet.html">The RegNet design space</a></nav><main>{made._repr_html_()}</main>'
        f"<script>{(STATIC / 'ledger.js').read_text()}</script></html>"
    )
    return file.as_uri()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page()
    yield opened
    opened.close()


def shown(page: Page) -> list[str]:
    """The claims that can be seen."""
    ids: list[str] = page.eval_on_selector_all(
        "tbody tr", "rows => rows.filter(row => row.getClientRects().length).map(row => row.id)"
    )
    return ids


def said(page: Page) -> str:
    return page.inner_text("[role=status]")


def test_all_verdicts_can_be_taken_as_a_table(page: Page, address: str, made: Ledger) -> None:
    page.goto(address)
    with page.expect_download() as waiting:
        page.click("a[download='ledger.csv']")
    table = pd.read_csv(waiting.value.path())
    assert len(table) == sum(map(len, made.judged.values()))
    for regime, judged in made.judged.items():
        own = table[table["regime"] == regime].set_index("id")
        assert own["adjusted"].to_dict() == {j.claim.id: j.adjusted for j in judged}
        assert own.loc["fig07-w-increasing", ["effect", "low", "high"]].notna().all()


def test_filters_combine_and_the_count_is_announced(page: Page, address: str, made: Ledger) -> None:
    page.goto(address)
    assert said(page) == f"{len(made.claims)} claims"
    page.select_option("[name=verdict]", "supported")
    page.select_option("[name=chapter]", "04-regnet")
    page.fill("[name=text]", "FIXING no")
    wanted = ["fig09-wm2", "fig09-w0-wa"]
    assert shown(page) == wanted
    assert said(page) == f"{len(wanted)} of {len(made.claims)} claims"
    page.select_option("[name=kind]", "arithmetic")
    assert shown(page) == []
    page.click("[type=reset]")
    page.wait_for_function("document.querySelector('tbody tr:not([hidden])')")
    assert shown(page) == list(made.claims)
    assert "?" not in page.url


def test_the_address_holds_the_filters_and_opens_them_again(page: Page, address: str) -> None:
    page.goto(address)
    page.select_option("[name=regime]", "natural")
    page.select_option("[name=outcome]", "holds in both")
    found, url = shown(page), page.url
    assert url.endswith("?regime=natural&outcome=holds+in+both")
    page.goto("about:blank")
    page.goto(url)
    assert shown(page) == found != []
    assert page.input_value("[name=outcome]") == "holds in both"


def test_a_choice_that_does_not_exist_filters_nothing(page: Page, address: str, made: Ledger) -> None:
    page.goto(f"{address}?verdict=perhaps&text=")
    assert shown(page) == list(made.claims)


def test_a_regime_shows_its_own_verdicts_alone(page: Page, address: str, made: Ledger) -> None:
    page.goto(f"{address}?regime=natural&verdict=supported")
    supported = [name for name, by in made.claims.items() if "natural" in by and by["natural"].adjusted == "supported"]
    assert shown(page) == [name for name in made.claims if name in supported]
    seen = "every => every.filter(one => one.getClientRects().length).map(one => one.dataset.regime)"
    assert set(page.eval_on_selector_all(".found", seen)) == {"natural"}


def test_a_linked_claim_is_shown_whatever_the_filters_and_marked(page: Page, address: str, made: Ledger) -> None:
    page.goto(f"{address}?verdict=contradicted#fig05-shared-b")
    assert "fig05-shared-b" in shown(page)
    count = sum(any(j.adjusted == "contradicted" for j in by.values()) for by in made.claims.values())
    assert said(page) == f"{count} of {len(made.claims)} claims, and the one that the address names"
    assert page.evaluate("document.querySelector('tr:target').id") == "fig05-shared-b"
    colour = "row => getComputedStyle(document.querySelector(row + ' > td')).backgroundColor"
    assert page.evaluate(colour, "tr:target") != page.evaluate(colour, "tr:not(:target)")
    page.evaluate("location.hash = '#fig06-widen'")
    page.wait_for_function("!document.getElementById('fig06-widen').hidden")
    assert "fig05-shared-b" not in shown(page)


def test_a_claim_s_permalink_works_by_keyboard_and_keeps_the_filters(page: Page, address: str) -> None:
    page.goto(f"{address}?verdict=supported")
    page.focus("#fig09-mean th a:first-child")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("link: RegNetX has a lower")
    page.keyboard.press("Enter")
    assert page.url.endswith("?verdict=supported#fig09-mean")


def test_what_is_folded_away_opens_by_keyboard(page: Page, address: str) -> None:
    page.goto(address)
    line = page.locator("#fig09-wm2 details >> nth=0 >> text=after Holm")
    assert not line.is_visible()
    page.focus("#fig09-wm2 summary >> nth=0")
    page.keyboard.press("Enter")
    assert line.is_visible()


def test_chapters_are_called_as_in_the_menu(page: Page, address: str) -> None:
    page.goto(address)
    assert page.inner_text("option[value='04-regnet']") == "The RegNet design space"
    assert page.inner_text("option[value='03-anynet']") == "3 anynet"


def test_without_scripts_every_claim_stands_there(browser: Browser, address: str, made: Ledger) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{address}?verdict=contradicted")
    assert shown(page) == list(made.claims)
    assert not page.is_visible("form")
    assert said(page) == f"{len(made.claims)} claims"
    page.close()


def test_no_line_below_a_figure_or_in_the_ledger_speaks_in_names_of_the_runs(made: Ledger) -> None:
    for html in (made._repr_html_(), *(badges(name, POCKET) for name in names())):
        page = BeautifulSoup(html, "html.parser")
        assert not NAME.search(page.text), NAME.search(page.text)


def test_below_a_figure_stand_margin_and_level_and_p_is_folded_away() -> None:
    item = BeautifulSoup(badges("fig05", POCKET), "html.parser").select_one("li")
    assert "(90%: -0.70 to 0.83); margin 1.5 either way; n = 300" in item.select_one(".effect").text
    assert "after Holm" not in item.select_one(".effect").text
    assert "after Holm" in item.details.text
    assert item.select_one("a.anchor")["href"] == "12-ledger.html#fig05-shared-b"


def test_intervals_of_a_unit_have_one_scale_with_zero_on_it_and_the_asked_range_shaded() -> None:
    found = scales(judgements(POCKET))
    assert found[POINTS].low < 0 < found[POINTS].high
    scale = Scale(-10, 10)
    for result, asked in ((better(LOW, HIGH), "M80 0H160"), (no_difference(LOW, HIGH, 5), "M42 0H118")):
        assert f'class="asked" d="{asked}' in picture(Part("mean error", POINTS, result), scale)
    svg = picture(Part("mean error", POINTS, no_worse(LOW, HIGH, 5)), scale)
    assert 'class="asked" d="M42 0H160' in svg
    low, high = map(int, re.search(r'class="line" d="M(\d+) 7H(\d+)"', svg).groups())
    assert 80 < low < high < 160, "four points better: right of zero"
    assert "interval wholly in what is claimed" in svg


def test_an_interval_that_leaves_the_scale_reaches_the_edge() -> None:
    svg = picture(Part("mean error", POINTS, better(LOW, [49.0, 50.0, 51.0, 90.0])), Scale(-1, 20))
    assert "H160" in svg.partition('class="line"')[2]
