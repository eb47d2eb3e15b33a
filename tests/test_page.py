from __future__ import annotations

import io
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from sealed_runs import SEGMENT, seal_population

from regnet.evidence import judge
from regnet.figures import element, number
from regnet.page import box, page, tables
from regnet.sweeps.sheets import DamagedSheet
from regnet.sweeps.store import Runs, open_runs


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    root = tmp_path_factory.mktemp("page")
    for name in ("anynetx_a", "anynetx_b", "anynetx_c"):
        seal_population(root, name, 12)
    return open_runs("pocket", root / "runs")


@pytest.fixture(scope="module")
def fig05(runs: Runs) -> page.Shown:
    return page.element("fig05", runs)


@pytest.fixture(scope="module")
def soup(fig05: page.Shown) -> BeautifulSoup:
    return BeautifulSoup(fig05.html, "html.parser")


def test_a_cell_shows_html_with_a_png_and_words_beside_it(fig05: page.Shown) -> None:
    bundle = fig05._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain", "image/png"}
    assert bundle["text/plain"].startswith("Figure 5: ")


def test_the_figure_has_the_papers_number_a_caption_and_an_alternative_text(soup: BeautifulSoup) -> None:
    figure = soup.select_one("figure.element#fig05")
    assert figure is not None
    assert figure.select_one("figcaption strong").text.startswith("Figure 5. ")
    assert "n = 12" in figure.select_one("figcaption").text
    assert len(figure.select_one("svg[role=img]")["aria-label"]) >= 20


def test_every_network_of_a_scatter_can_be_hovered(soup: BeautifulSoup) -> None:
    titles = [title.text for title in soup.select("svg use > title")]
    assert len(titles) >= 12
    assert all(titles)


def test_the_claims_of_the_figure_carry_a_verdict_marked_interim_below_the_judging_n(soup: BeautifulSoup) -> None:
    claims = soup.select("ul.verdicts li")
    assert len(claims) == 3
    assert all("(interim)" in claim.select_one(".verdict").text for claim in claims)


def test_the_box_gives_commands_seconds_hardware_date_commit_and_files(soup: BeautifulSoup) -> None:
    made = soup.select_one("details.make").text
    assert "regnet sweep pocket anynetx_a anynetx_b anynetx_c -n 12" in made
    assert "regnet figure fig05 --regime pocket" in made
    assert f"{3 * 12 * 7.5:,.0f} seconds" in made
    for said in ("anynetx_b.csv", SEGMENT["device"], SEGMENT["commit"][:10], "1 thread, bf16"):
        assert said in made


def test_the_data_behind_the_figure_travels_in_the_page(soup: BeautifulSoup, runs: Runs) -> None:
    link = soup.select_one("details.make a[download]")
    assert link["download"] == "fig05.csv"
    frame = pd.read_csv(io.StringIO(unquote(link["href"].partition(",")[2])))
    assert len(frame) == len(element("fig05", runs).data())


def test_the_box_holds_the_code_that_draws(soup: BeautifulSoup) -> None:
    code = soup.select_one("details.make .highlight pre")
    assert "def element(" in code.text
    assert code.select_one("span.k")


def test_a_table_is_one_a_screen_reader_can_follow(runs: Runs) -> None:
    made = page.element("tab01", runs)
    table = BeautifulSoup(made.html, "html.parser").select_one("figure#tab01 table.element-table")
    assert all(head["scope"] == "col" for head in table.select("thead th"))
    assert all(row.select_one("th[scope=row]") for row in table.select("tbody tr"))
    assert made.png == b""


def test_what_is_missing_is_named_with_counts_command_and_cost(runs: Runs) -> None:
    notice = BeautifulSoup(page.element("fig07", runs).html, "html.parser").select_one("figure#fig07 .missing").text
    assert "AnyNetX_C12500" in notice  # population, trained, wanted
    assert "AnyNetX_D0100" in notice
    assert "regnet sweep pocket anynetx_c anynetx_d" in notice
    assert "hours on one core" in notice
    assert str(runs.folder) not in notice


@pytest.mark.parametrize(
    ("regime", "said"),
    [("smoke", "regnet calibrate smoke"), ("imagenet", "The recipe of regime imagenet is the paper's")],
)
def test_a_calibration_that_is_missing_asks_for_no_sweep(regime: str, said: str, tmp_path: Path) -> None:
    html = page.element("calibration", open_runs(regime, tmp_path)).html
    notice = BeautifulSoup(html, "html.parser").select_one(".missing").text
    assert said in notice
    assert "sweep" not in notice


def test_a_population_with_fewer_members_than_asked_for_is_missing(runs: Runs) -> None:
    asked = Runs(runs.regime, runs.folder, n=50)
    notice = BeautifulSoup(page.element("fig05", asked).html, "html.parser").select_one(".missing").text
    assert "AnyNetX_A1250" in notice
    assert "-n 50" in notice


def test_a_damaged_population_is_an_error_and_not_a_notice(tmp_path: Path) -> None:
    seal_population(tmp_path, "anynetx_a", 8)
    csv = tmp_path / "runs" / "pocket" / "anynetx_a.csv"
    csv.write_text(csv.read_text().replace("ok", "ok ", 1))
    with pytest.raises(DamagedSheet, match="anynetx_a"):
        page.element("fig02", open_runs("pocket", tmp_path / "runs"))


def test_an_unknown_element_is_refused_and_the_known_ones_named(runs: Runs) -> None:
    with pytest.raises(ValueError, match=r"'fig5'.*fig05"):
        page.element("fig5", runs)


@pytest.mark.parametrize(
    ("name", "suffix"), [("fig05", ".svg"), ("fig05", ".png"), ("tab01", ".csv"), ("tab01", ".html")]
)
def test_an_element_is_saved_as_its_suffix_says(name: str, suffix: str, runs: Runs, tmp_path: Path) -> None:
    assert page.save(name, runs, tmp_path / f"{name}{suffix}").stat().st_size > 500
    with pytest.raises(ValueError, match="can be written as"):
        page.save(name, runs, tmp_path / f"{name}.docx")


def test_verdicts_follow_the_sealed_rows(tmp_path: Path) -> None:
    for name in ("anynetx_a", "regnetx"):
        seal_population(tmp_path, name, 8)
    runs = open_runs("pocket", tmp_path / "runs")
    before = {j.claim.id: j.n for j in judge.judgements(runs)}
    for name in ("anynetx_a", "regnetx"):
        seal_population(tmp_path, name, 10)
    after = {j.claim.id: j.n for j in judge.judgements(runs)}
    assert (before["fig01-refinement"], after["fig01-refinement"]) == (8, 10)


def test_commands_of_an_element_without_populations_only_draw_it(runs: Runs) -> None:
    assert box.commands("fig04", element("fig04", runs)) == "regnet figure fig04 --regime pocket"


def test_cells_keep_their_text() -> None:
    frame = pd.DataFrame({"space": ["<A>"], "size": [1_800], "share": [0.5], "none": [float("nan")]})
    row = BeautifulSoup(tables.html(frame), "html.parser").select_one("tbody tr")
    assert [cell.text for cell in row.children] == ["<A>", "1,800", "0.5", ""]


def test_elements_are_called_by_the_papers_numbers() -> None:
    assert [number(name) for name in ("fig01", "fig23right", "tab07")] == ["Figure 1", "Figure 23, right", "Table 7"]
