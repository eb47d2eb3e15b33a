"""The chapter of the published models: profiles, tables, the recount, roundings, trends, oddities."""

from __future__ import annotations

from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from regnet import figures, published
from regnet.analysis.trends import holds_from, longest_stage, saturation, trend
from regnet.design.complexity import complexity
from regnet.design.zoo import zoo
from regnet.figures import recount
from regnet.figures.numbers import published_models
from regnet.figures.panels import style
from regnet.figures.panels.element import Element
from regnet.sweeps.store import Runs

RUNS = Runs("pocket", Path())
FIGURES = ("fig15", "fig16", "zootrends")
TABLES = ("zoox", "zooy", "recount", "rounding", "oddities")
PAPER = published.load("paper_models").set_index("model")


@cache
def of(name: str) -> Element:
    return figures.element(name, RUNS)


@cache
def drawn(name: str) -> Figure:
    fig = of(name).drawn()
    assert isinstance(fig, Figure)
    return fig


def page(name: str) -> pd.DataFrame:
    table = of(name).drawn()
    assert isinstance(table, pd.DataFrame)
    return table


@pytest.mark.parametrize("name", FIGURES)
def test_pictures_fit_the_page_in_readable_type_and_no_words_cross(name: str) -> None:
    fig = drawn(name)
    fig.draw_without_rendering()
    assert fig.get_figwidth() <= style.WIDTH
    assert min(text.get_fontsize() for text in fig.findobj(Text)) >= 9
    whole = fig.get_tightbbox()
    assert min(whole.x0, whole.y0) >= -0.02
    assert whole.x1 <= style.WIDTH + 0.02
    boxes = [
        text.get_window_extent()
        for ax in fig.findobj(Axes)
        for text in (*ax.texts, ax.title, getattr(ax, "_left_title", ax.title))
        if text.get_text()
    ]
    assert not [pair for pair in combinations(boxes, 2) if pair[0] is not pair[1] and pair[0].overlaps(pair[1])]


@pytest.mark.parametrize("name", [*FIGURES, *TABLES])
def test_words_can_be_read_alone(name: str) -> None:
    element = of(name)
    assert element.title
    assert not element.populations
    assert len(element.alt()) >= 20
    assert "nan" not in f"{element.caption()} {element.alt()}".split()
    assert len(element.data())


@pytest.mark.parametrize(("name", "family"), [("fig15", "RegNetX"), ("fig16", "RegNetY")])
def test_profiles_have_the_depths_and_widths_of_the_papers_legends(name: str, family: str) -> None:
    rows = of(name).data()
    printed = PAPER[PAPER.index.str.startswith(family)]
    assert list(dict.fromkeys(rows["model"])) == printed.index.tolist()
    for model, mine in rows.groupby("model"):
        runs = mine.groupby("stage")["width"].agg(["count", "first", "nunique"])
        assert " ".join(map(str, runs["count"])) == printed.loc[model, "stage_depths"]
        assert " ".join(f"{w:g}" for w in runs["first"]) == printed.loc[model, "stage_widths"]
        assert (runs["nunique"] == 1).all()
        j, first = mine["block"].to_numpy(float), mine.iloc[0]
        np.testing.assert_allclose(mine["u"], first["w_0"] + first["w_a"] * j)


def test_every_block_of_a_profile_can_be_hovered() -> None:
    fig = drawn("fig15")
    titles = [title for ax in fig.axes for dots in ax.collections for title in getattr(dots, "titles", [])]
    assert len(titles) == sum(model.net.depth for model in published_models.models("regnetx"))
    assert titles[0] == "RegNetX-200MF, stage 1, block 0: w 24, line 24.0"


def test_quantised_lines_give_the_zoos_networks() -> None:
    lines = {model.key: model.line for model in published_models.models("regnet")}
    assert len(lines) == 24
    for key, line in lines.items():
        assert line is not None
        assert line.to_anynet() == zoo[key]


@pytest.mark.parametrize("name", ["zoox", "zooy"])
def test_tables_repeat_print_and_add_the_count(name: str) -> None:
    shown = page(name).set_index("model")
    for model in shown.index:
        row, printed = shown.loc[model], PAPER.loc[model]
        cost = complexity(zoo[model.lower()])
        printed_flops, counted_flops = row["flops (B)\ncounted"].split("\n")
        assert float(printed_flops) == printed["flops_G"]
        assert counted_flops.split()[0] == f"{cost.flops / 1e9:.3f}"
        assert float(row["train (hr)"]) == printed["train_hr_100ep_8gpu"]
        assert row["error (%)"] == f"{printed['top1_error_pct_mean5']:.1f} ± {printed['top1_error_pct_std5']:.2f}"
        assert row["params (M)\ncounted"].split("\n")[1].split()[0] == f"{cost.params / 1e6:.3f}"
        assert row["acts (M)\ncounted"].split("\n")[1].split()[0] == f"{cost.conv_acts / 1e6:.3f}"
        assert int(row["batch"].split()[0]) == printed["batch_size"]
    assert not shown.map(str).apply(lambda column: column.str.endswith("≠")).to_numpy().any()
    marked = {model: batch for model, batch in shown["batch"].items() if "≠" in batch}
    assert marked == ({"RegNetY-16GF": "512 ≠ 256"} if name == "zooy" else {})


class TestRecount:
    def test_nine_cells_differ_by_the_papers_rule_and_fifteen_by_pycls(self) -> None:
        rows = of("recount").data()
        cells = rows[rows["quantity"] != "batch"]
        assert len(cells) == 36 * 3
        assert (cells["differs"].sum(), cells["differs_pycls_rule"].sum()) == (9, 15)
        assert rows.loc[rows["quantity"] == "batch"].query("differs")["model"].tolist() == ["RegNetY-16GF"]
        said = of("recount").caption()
        assert "9 differ" in said
        assert "15 if they are counted as pycls does" in said

    def test_what_is_shown_is_what_differs_between_the_paper_and_pycls_now(self) -> None:
        pycls = published.load("pycls_model_zoo").set_index("model")
        columns = {"flops (B)": ("flops_G", "zoo_md_flops_B"), "params (M)": ("params_M", "zoo_md_params_M"),
                   "acts (M)": ("acts_M", "zoo_md_acts_M"), "batch": ("batch_size", "zoo_md_batch")}  # fmt: skip
        changed = {
            (model, quantity)
            for quantity, (ours, theirs) in columns.items()
            for model in PAPER.index
            if PAPER.loc[model, ours] != pycls.loc[model, theirs]
        }
        shown = page("recount")
        assert set(zip(shown["model"], shown["quantity"], strict=True)) == changed

    @pytest.mark.parametrize(
        ("model", "quantity", "reason"),
        [
            ("ResNet-50", "params (M)", "22.6 for 25.6"),
            ("ResNet-101", "params (M)", "44.549, 44.55, 44.6"),
            ("ResNeXt-152", "acts (M)", "max-pool and the logits, 201,704 elements"),
            ("EfficientNet-B5", "flops (B)", "EfficientNet's paper"),
            ("EfficientNet-B4", "acts (M)", "48.5 for 49.5"),
            ("RegNetX-400MF", "flops (B)", ""),
        ],
    )
    def test_a_reason_is_the_one_that_gives_the_printed_number(self, model: str, quantity: str, reason: str) -> None:
        rows = of("recount").data().set_index(["model", "quantity"])
        assert (reason in rows.loc[(model, quantity), "why"]) if reason else not rows.loc[(model, quantity), "why"]

    def test_no_reason_is_made_up_for_a_number_that_no_rule_gives(self) -> None:
        model = published_models.find("resnet-50")
        cell = published_models.Cell("params", 30.0, 25.557, 25.557, 25.6)
        assert recount.why(model, cell) == recount.UNKNOWN

    def test_efficientnets_flops_and_params_are_those_of_its_own_paper(self) -> None:
        theirs = published.load("efficientnet_table2").set_index("model")
        for model, row in theirs.iterrows():
            assert PAPER.loc[model, "params_M"] == row["params_M"]
            assert PAPER.loc[model, "flops_G"] == round(row["flops_B"], 1)


class TestRounding:
    def test_torchvisions_rule_gives_torchvisions_parameters_to_the_unit(self) -> None:
        rows = of("rounding").data()
        assert rows["params_half_up"].tolist() == rows["params_torchvision"].tolist()
        assert len(rows) == 14

    def test_three_networks_are_others(self) -> None:
        shown = page("rounding").set_index("model")
        assert shown["torchvision"].to_dict() == {
            "RegNetX-400MF": 5_495_976, "RegNetY-800MF": 6_432_512, "RegNetY-8.0GF": 39_381_472,
        }  # fmt: skip
        assert shown.loc["RegNetX-400MF", "torchvision's widths"] == "32 64 160 400"

    def test_timms_networks_are_the_papers(self) -> None:
        rows = of("rounding").data()
        assert (rows["params"] / 1e6).round(2).tolist() == rows["params_timm_M"].tolist()


class TestTrends:
    def test_rank_correlation_is_that_of_ranks(self) -> None:
        assert trend([1, 10, 100], [3, 2, 1]).rho == pytest.approx(-1)
        assert trend([1, 2, 3, 4, 5], [1, 2, 3, 5, 4]).rho == pytest.approx(0.9)

    @pytest.mark.parametrize("x", [[1, 2], [1, 1, 1, 1], [1, 2, 3]])
    def test_what_has_no_rank_is_refused(self, x: list[int]) -> None:
        with pytest.raises(ValueError, match=r"got shapes?|is constant"):
            trend([1, 2, 3, 4], x)

    def test_what_rises_and_then_stays_saturates(self) -> None:
        found = saturation([1, 2, 3, 4, 5, 6], [5, 10, 20, 19, 21, 18], large=4)
        assert (found.small.rho, found.large.rho) == pytest.approx((1, -0.5))
        assert (found.low, found.high, found.greatest_small) == (18, 21, 20)

    def test_a_statement_holds_from_the_least_flops_after_its_last_failure(self) -> None:
        assert holds_from([3, 1, 2, 4], [True, True, False, True]) == 3
        assert holds_from([1, 2], [True, True]) == 1
        assert holds_from([1, 2], [True, False]) == float("inf")

    def test_ties_have_no_longest_stage(self) -> None:
        assert longest_stage([(1, 3, 6, 6), (1, 1, 4, 7), (2, 7, 14, 2)]).tolist() == [0, 4, 3]

    def test_the_papers_sentences_hold_of_the_models_that_the_caption_names(self) -> None:
        rows = of("zootrends").data()
        large = rows[rows["size"] >= 1.6]
        assert (large["longest stage"] == 3).all()
        assert (large["last stage"] <= 2).all()
        assert rows.loc[rows["size"] == 0.6, "longest stage"].tolist() == [4, 3]
        said = of("zootrends").caption()
        assert "Stage 3 is the longest in every model named 800MF or larger" in said
        assert "at most 2 blocks in every one named 1.6GF or larger" in said

    def test_one_model_is_just_outside_the_limits(self) -> None:
        rows = of("zootrends").data().set_index("model")
        over = rows[(rows["acts"] > 1) | (rows["params"] > 1)]
        assert over.index.tolist() == ["RegNetY-6.4GF"]
        assert over["acts"].item() == pytest.approx(16.407 / (6.5 * 6.3552**0.5), abs=1e-4)


def test_oddities_are_looked_up() -> None:
    found = of("oddities").data().set_index("what")["found"]
    assert "12 of 36" in found["warm-up"]
    assert found["images per GPU"].startswith("128, 64, 32, 16, 8 on 8 GPUs")
    assert found["error, 100 epochs, plain"] == "25.6%"
