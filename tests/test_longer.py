"""The same networks at two lengths: joined by index, gaps at both, ranks within each space."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from layout import check_layout, said
from scipy import stats
from sealed_runs import seal_population

from regnet import figures
from regnet.analysis.compare import better
from regnet.analysis.same_networks import gaps, joined
from regnet.analysis.trends import rank_interval
from regnet.figures.longer import Networks
from regnet.figures.panels.element import Picture
from regnet.page import page
from regnet.page.stays import stays
from regnet.sweeps.folders import CHECKOUT
from regnet.sweeps.store import MissingPopulation, Runs, open_runs

N, LONG_N = 9, 6
SPACES = ("anynetx_a", "anynetx_e", "regnetx")
POCKET = open_runs("pocket", CHECKOUT / "runs")


def picture(runs: Runs) -> Picture:
    found = figures.element("longer", runs)
    assert isinstance(found, Picture)
    return found


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    root = tmp_path_factory.mktemp("longer")
    rng = np.random.default_rng(2)
    for space, mean in zip(SPACES, (40.0, 35.0, 30.0), strict=True):
        short = mean + 2 * rng.standard_normal(N)
        seal_population(root, space, N, regime="smoke", errors=short.round(2).tolist())
        long = short[:LONG_N] / 2 + rng.standard_normal(LONG_N)
        seal_population(root, f"{space}-l5", LONG_N, regime="smoke", errors=long.round(2).tolist())
    return open_runs("smoke", root / "runs")


@pytest.fixture(scope="module")
def found(runs: Runs) -> Picture:
    return picture(runs)


def networks(found: Picture) -> dict[str, pd.DataFrame]:
    panel = found.panels[1]
    assert isinstance(panel, Networks)
    return panel.found


def test_networks_are_those_at_both_lengths_and_the_same_at_each(runs: Runs, found: Picture) -> None:
    names = {f"{space}{suffix}" for space in SPACES for suffix in ("", "-l5")}
    assert {population.name for population in found.populations} == names
    assert list(networks(found)) == list(SPACES)
    for space, frame in networks(found).items():
        short, long = runs.frame(space), runs.frame(f"{space}-l5")
        assert frame["network_id"].tolist() == long["network_id"].tolist() == short["network_id"].tolist()[:LONG_N]
        assert frame["error"].tolist() == short["error"].tolist()[:LONG_N]
        assert frame["error_long"].tolist() == long["error"].tolist()


def test_gaps_are_welch_at_each_length_and_the_change_that_of_each_networks_gain(found: Picture) -> None:
    rows = found.data().query("panel == 'gaps'").set_index(["series", "length"])
    a, e = networks(found)["anynetx_a"], networks(found)["anynetx_e"]
    for length, first, second in (
        ("1", e["error"], a["error"]),
        ("5", e["error_long"], a["error_long"]),
        ("change", e["error_long"] - e["error"], a["error_long"] - a["error"]),
    ):
        row, expected = rows.loc[("AnyNetX_E vs AnyNetX_A", length)], better(first, second)
        assert row[["effect", "low", "high"]].tolist() == [expected.effect, expected.low, expected.high]
    assert len(rows) == 6


def test_rank_correlations_are_spearmans_with_their_interval(found: Picture) -> None:
    rows = found.data().query("panel == 'ranks'").set_index("series")
    for space, frame in networks(found).items():
        rho = float(stats.spearmanr(frame["error"], frame["error_long"]).statistic)
        assert rows.loc[space, ["spearman", "low", "high"]].tolist() == pytest.approx(
            [rho, *rank_interval(rho, LONG_N)]
        )


def test_pocket_s_networks_at_two_lengths_are_the_same_and_keep_their_order() -> None:
    short, long = POCKET.frame("regnetx"), POCKET.frame("regnetx-l2")
    found = joined(short, long)
    assert found["index"].tolist() == sorted({*short["index"]} & {*long["index"]})
    assert stats.spearmanr(found["error"], found["error_long"]).statistic > 0
    assert found["error_long"].mean() < found["error"].mean()
    itself = gaps(found, found, (1, 2))
    assert itself["effect"].tolist() == pytest.approx([0, 0, 0])
    with pytest.raises(ValueError, match="not the same networks"):
        joined(short, POCKET.frame("anynetx_a"))


def test_pocket_shows_its_networks_or_the_notice() -> None:
    html = page.element("longer", POCKET).html
    assert ('class="missing"' in html) == ("regnetx-l5" not in POCKET.populations())


def test_the_picture_and_its_words(found: Picture) -> None:
    figure, caption = found.drawn(), found.caption()
    check_layout(figure)
    assert sum("RegNetX: " in text for text in said(figure)) == 1
    assert {"L1", "L5, 5 times as long"} <= set(said(figure))
    assert f"there at both lengths, {LONG_N} a space" in caption
    assert "learning rate 0.1 at both lengths" in caption
    assert "each trained on 384 or 1,920 images" in caption
    assert "nan" not in caption + found.alt()
    assert "AnyNetX_E vs AnyNetX_A -" in found.alt()


def test_one_space_has_ranks_and_no_gap(tmp_path: Path) -> None:
    for name in ("regnetx", "regnetx-l5", "anynetx_a"):
        seal_population(tmp_path, name, N, regime="smoke")
    found = picture(open_runs("smoke", tmp_path / "runs"))
    assert set(found.data()["panel"]) == {"ranks", "networks"}
    assert "AnyNetX_A (5 × as long): 0 of 4" in " ".join(said(found.drawn()))
    assert (
        "Not trained yet: AnyNetX_A (5 × as long); AnyNetX_E; AnyNetX_E (5 × as long): 0 of 4 each." in found.caption()
    )


def test_without_both_lengths_nothing_is_drawn(tmp_path: Path) -> None:
    seal_population(tmp_path, "regnetx", N, regime="smoke")
    with pytest.raises(MissingPopulation, match="regnetx-l5"):
        picture(open_runs("smoke", tmp_path / "runs")).drawn()


def test_what_stays_is_said_in_the_figures_numbers(runs: Runs) -> None:
    found, networks = stays(runs), Networks(runs, "networks")
    assert found
    means = {space: frame[["error", "error_long"]].mean() for space, frame in networks.found.items()}
    gap = means["anynetx_e"] - means["anynetx_a"]
    assert f"AnyNetX_E against AnyNetX_A {gap['error']:+.1f} and {gap['error_long']:+.1f} points" in found.text
    rho = stats.spearmanr(*networks.found["regnetx"][["error", "error_long"]].to_numpy().T).statistic
    assert f"{rho:.2f} within RegNetX." in found.text
    assert stays(Runs("smoke", Path("/nowhere"))) is None
