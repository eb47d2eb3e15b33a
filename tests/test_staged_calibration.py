"""The calibration in stages on the page: figures, table, sentences and what they say is missing, from sealed rows."""

from __future__ import annotations

import shutil
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from scipy.stats import kendalltau, spearmanr
from staged_runs import BEST, LENGTHS, LONG, RATES, SECONDS, seal_staged

from regnet import figures
from regnet.analysis.length_validity import told
from regnet.figures.calibration_rates import MEAN
from regnet.figures.panels import calibrated, style
from regnet.figures.panels.element import Element
from regnet.page import calibration_words, page
from regnet.page import validity as caveat
from regnet.sweeps import labels
from regnet.sweeps.folders import CHECKOUT
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.store import MissingPopulation, Runs, open_runs

STAGE = {"rates": "rates", "gap": "rates", "ranks": "ranks", "lengths": "ranks"}
POCKET = CHECKOUT / "runs" / "pocket"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """Two data sets, three lengths, pocket's calibration beside them."""
    root = tmp_path_factory.mktemp("staged")
    found = seal_staged(root, (20, 50))
    (root / "runs" / "pocket").mkdir()
    for path in POCKET.glob("calibration.*"):
        shutil.copy(path, root / "runs" / "pocket")
    return found


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """The first stage of one data set alone."""
    return seal_staged(tmp_path_factory.mktemp("first"), ranked=0)


def element(name: str, runs: Runs) -> Element:
    return figures.element(f"calibration_{name}", runs)


def drawn(name: str, runs: Runs) -> Figure:
    figure = element(name, runs).drawn()
    assert isinstance(figure, Figure)
    return figure


def notice(name: str, runs: Runs) -> str:
    return str(BeautifulSoup(page.element(name, runs).html, "html.parser").select_one(".missing").text)


def test_an_element_is_made_without_reading_and_has_no_population() -> None:
    for name in STAGE:
        assert element(name, Runs("natural", Path())).populations == []


def test_the_store_reads_every_data_set_and_no_other_calibration(runs: Runs) -> None:
    assert runs.calibration_sheets() == ["calibration-20", "calibration-50"]
    assert set(runs.calibrations()["classes"]) == {20, 50}
    beside = runs.at("pocket")
    assert beside.calibration_sheets() == []
    with pytest.raises(MissingPopulation, match="regnet calibrate pocket --stage rates"):
        beside.calibrations()


def test_pictures_lie_within_the_page_in_readable_type(runs: Runs, first: Runs) -> None:
    for name, some in (("rates", runs), ("gap", runs), ("ranks", runs), ("rates", first), ("gap", first)):
        fig = drawn(name, some)
        fig.draw_without_rendering()
        assert fig.get_figwidth() <= style.WIDTH
        assert min(text.get_fontsize() for text in fig.findobj(Text)) >= 9
        for ax in fig.findobj(Axes):
            boxes = [text.get_window_extent() for text in ax.texts if text.get_text()]
            assert not [pair for pair in combinations(boxes, 2) if pair[0].overlaps(pair[1])]


@pytest.mark.parametrize("name", STAGE)
def test_elements_say_where_their_rows_are_from_and_how_to_make_them(name: str, runs: Runs) -> None:
    shown = page.element(f"calibration_{name}", runs)
    assert "nan" not in shown.text
    soup = BeautifulSoup(shown.html, "html.parser")
    assert not soup.select(".missing")
    command = soup.select_one("details.make pre").text
    assert "regnet calibrate natural --stage rates" in command
    assert ("--stage ranks" in command) == (STAGE[name] == "ranks")
    assert f"regnet figure calibration_{name} --regime natural" in command
    files = {cell.text.rpartition("/")[2] for cell in soup.select("details.make tbody th")}
    beside = {"calibration.csv"} if name == "gap" else set()
    assert files == {"calibration-20.csv", "calibration-50.csv"} | beside
    caption = soup.select_one("figcaption").text
    assert "regime natural: 20 and 50 classes of Tiny-ImageNet at 32 px" in caption
    assert f"50 classes by 25,600 images (regnet calibrate natural --stage {STAGE[name]})" in caption


def test_the_rate_of_the_lowest_mean_is_marked_and_an_end_of_the_grid_is_said(runs: Runs) -> None:
    rates = element("rates", runs)
    table = rates.data()
    mean = table[table["space"] == MEAN]
    marked = mean[mean["chosen"]].set_index(["classes", "images"])["lr"].to_dict()
    assert marked == {(k, n): BEST[n] for k in (20, 50) for n in LENGTHS}
    spaces = table[table["space"] != MEAN]
    keys = ["classes", "images", "lr"]
    again = spaces.groupby(keys)["error"].mean()
    assert again.to_numpy() == pytest.approx(mean.set_index(keys)["error"].reindex(again.index).to_numpy())
    caption = rates.caption()
    assert "0.2 for 6,400, 0.2 for 12,800 and 0.1 for 102,400 images of 20 classes" in caption
    assert "102,400 images of 50 classes (extend the grid below 0.1)" in caption
    assert "6 diverged and 6 broke of 312" in caption
    assert rates.alt().startswith("6 panels of mean error against learning rate. The lowest mean error is at")


def test_the_gap_stands_beside_pocket_s_and_counts_what_a_rate_hurts(runs: Runs) -> None:
    gap = element("gap", runs)
    table = gap.data()
    assert list(dict.fromkeys(table["data"])) == [
        "Fashion-MNIST", "20 classes of Tiny-ImageNet", "50 classes of Tiny-ImageNet",
    ]  # fmt: skip
    rows = open_runs("pocket", POCKET.parent).calibration()
    rows = rows[(rows["role"] == "candidate") & (rows["batch"] == find_regime("pocket").base.batch)]
    means = rows.groupby(["lr", "space"])["error"].mean().unstack()
    own = table[table["data"] == "Fashion-MNIST"]
    assert own["gap"].to_numpy() == pytest.approx((means["anynetx_a"] - means["regnetx"]).to_numpy())
    hurt = table[(table["classes"] == 50) & (table["lr"] == RATES[-1])]
    assert (hurt[["broken_anynetx_a", "diverged_regnetx"]] == 1).to_numpy().all()
    assert (hurt[["diverged_anynetx_a", "broken_regnetx"]] == 0).to_numpy().all()
    assert "ended within 2 points of chance" in gap.caption()
    figure = gap.drawn()
    assert any("hurts" in text.get_text() for text in figure.legends[0].get_texts())
    assert [[text.get_text() for text in ax.texts] for ax in figure.axes] == [[], ["1 | 1"] * 3, ["1 | 1"] * 3]


def test_where_no_rate_hurts_a_network_nothing_is_drawn_of_it() -> None:
    gap = element("gap", open_runs("natural", CHECKOUT / "runs"))
    figure = gap.drawn()
    assert not any("hurts" in text.get_text() for text in figure.legends[0].get_texts())
    assert not any(ax.texts for ax in figure.axes)
    assert "No training of the two spaces diverged" in gap.caption()


def test_what_to_conclude_is_computed_from_the_rows() -> None:
    rows = pd.read_csv(CHECKOUT / "runs/natural/calibration-50.csv").query("lr == 0.4")
    said = calibration_words.conclusion(open_runs("natural", CHECKOUT / "runs")).text
    means = rows.groupby(["images", "space"])["error"].mean().unstack()
    for images, gap in (means["anynetx_a"] - means["regnetx"]).items():
        assert f"{gap:.1f} points after {images:,} images" in said
    ours = rows.query("space == 'regnetx' and images == 25600")
    assert f"{ours['error'].std():.2f} points after 25,600 images" in said
    assert f"(that choice alone: {((ours['error_a'] - ours['error_b']) / 2).std():.2f})" in said


def test_the_gap_is_drawn_without_pocket_too(first: Runs) -> None:
    assert set(element("gap", first).data()["classes"]) == {50}
    assert "pocket" not in element("gap", first).caption()


def by_hand(runs: Runs, classes: int, images: int, space: str) -> pd.DataFrame:
    frame = runs.calibrations()
    own = frame[(frame["classes"] == classes) & (frame["space"] == space)]
    short = own[(own["images"] == images) & (own["lr"] == BEST[images])].set_index("index")["error"]
    long = own[(own["images"] == LONG) & (own["lr"] == BEST[LONG])].set_index("index")["error"]
    return pd.DataFrame({"short": short, "long": long}).dropna()


def test_correlations_of_titles_table_and_caveat_are_those_of_the_rows(runs: Runs) -> None:
    ranks = element("ranks", runs)
    titles = [ax.get_title(loc="left") for ax in ranks.drawn().axes]
    table = element("lengths", runs).drawn().set_index(["classes", "images"])
    for title, (k, n) in zip(titles, [(k, n) for k in (20, 50) for n in LENGTHS[:2]], strict=True):
        for space in ("anynetx_a", "regnetx"):
            both = by_hand(runs, k, n, space)
            value = f"{spearmanr(both['short'], both['long']).statistic:.2f}"
            assert f"{labels.label(space)} {value} (" in title
            assert table.loc[(k, f"{n:,}"), f"within {labels.label(space)} (95%)"].startswith(f"{value} (")
        both = by_hand(runs, k, n, "regnetx")
        alike = (1 + kendalltau(both["short"], both["long"]).statistic) / 2
        assert table.loc[(k, f"{n:,}"), "pairs alike"] == f"{alike:.0%}"
        assert table.loc[(k, f"{n:,}"), "CPU seconds"] == f"{SECONDS[n]:.1f}"
    assert len(ranks.data()) == 2 * 2 * 2 * 24


def test_the_length_that_the_rule_takes_is_named_in_table_caption_and_caveat(runs: Runs) -> None:
    lengths = element("lengths", runs)
    assert lengths.drawn()["rule"].tolist() == ["", "passes, taken", "", "passes"]
    assert "2 of 4 lengths meet the bar" in lengths.caption()
    assert "So far 24 of 48 networks a space" in lengths.caption()
    said = str(caveat.validity(runs))
    taken = told(runs.calibrations()).iloc[1]
    assert "after 12,800 and after 102,400 images" in said
    assert f"{taken['rank_regnetx']:.2f} (95%: {taken['low_regnetx']:.2f} to {taken['high_regnetx']:.2f})" in said
    assert "The bar set beforehand was 0.6 within RegNetX" in said
    assert "of 4 candidate trainings 2 met it" in said
    assert "15-calibration.html#calibration_lengths" in caveat.validity(runs)._repr_html_()
    assert f"{taken['alike']:.0%} of such pairs" in calibration_words.conclusion(runs).text


def test_a_bar_that_no_length_meets_is_said(tmp_path: Path) -> None:
    runs = seal_staged(tmp_path, lengths=(6400, LONG), by_luck=True)
    lengths = element("lengths", runs)
    assert "No length of 1 meets the bar" in lengths.caption()
    assert lengths.drawn()["rule"].tolist() == ["taken"]
    assert "none met it" in str(caveat.validity(runs))


def test_ranks_wait_for_the_second_stage(first: Runs) -> None:
    for name in ("ranks", "lengths"):
        said = notice(f"calibration_{name}", first)
        assert "Too few networks are ranked so far" in said
        assert "--stage ranks" in said
        for read in (element(name, first).drawn, element(name, first).data):
            with pytest.raises(MissingPopulation, match=r"ranks 24 networks of RegNetX.*--stage ranks"):
                read()
    assert calibration_words.conclusion(first) is None
    assert "was not measured" in str(caveat.validity(first))
    assert "too few networks to show: 50 classes by 25,600 images" in element("rates", first).caption()


@pytest.mark.parametrize("name", STAGE)
def test_without_rows_the_stages_are_asked_for(name: str, tmp_path: Path) -> None:
    empty = open_runs("natural", tmp_path)
    with pytest.raises(MissingPopulation, match="regnet calibrate natural --stage rates"):
        element(name, empty).data()
    said = notice(f"calibration_{name}", empty)
    assert "Not calibrated yet" in said
    assert "regnet calibrate natural --stage rates" in said
    assert ("--stage ranks" in said) == (STAGE[name] == "ranks")
    assert "was not measured" in str(caveat.validity(empty))


def test_a_regime_that_is_calibrated_otherwise_says_so(runs: Runs) -> None:
    pocket = runs.at("pocket")
    for name in STAGE:
        assert "Regime pocket is calibrated on one grid" in notice(f"calibration_{name}", pocket)
        with pytest.raises(MissingPopulation, match="pocket is not calibrated in stages"):
            element(name, pocket).drawn()
    assert "Regime natural is calibrated in stages" in notice("calibration", runs)


def test_a_chapter_shows_both_calibrations_whatever_its_regime(runs: Runs) -> None:
    for regime, other in (("pocket", "pocket"), ("natural", "pocket"), ("smoke", "smoke")):
        opened = open_runs(regime, runs.folder.parent)
        assert calibrated.staged(opened).regime == "natural"
        assert calibrated.on_grid(opened).regime == other
        assert calibrated.staged(opened).folder == runs.folder


def test_rules_are_said_with_the_code_s_own_numbers(runs: Runs) -> None:
    rates, ranks = calibration_words.rate_rule(runs).text, calibration_words.rank_rule(runs).text
    assert "12,800, 25,600 and 102,400 images are tried on 50 classes of Tiny-ImageNet" in rates
    assert "at most 40 CPU seconds" in ranks
    assert "at least 0.6 within RegNetX" in ranks


def test_the_recipe_of_natural_is_the_one_that_its_calibration_takes() -> None:
    row = element("lengths", open_runs("natural", CHECKOUT / "runs")).data().query("taken").iloc[0]
    base = find_regime("natural").base
    assert (base.num_classes, base.images, base.lr) == (row["classes"], row["images"], row["lr"])
