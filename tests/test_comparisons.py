"""Chapter 9: Tables 2-7 and Figures 17, 18 against the published files, and their analogues from made-up trainings."""

import re
import shutil
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from matplotlib.axes import Axes
from matplotlib.text import Text
from scipy import stats
from sealed_runs import MULTIPLES, SEEDS, final_trainings, seal_finals

from regnet import figures, published
from regnet.analysis.final_models import compared, summary
from regnet.analysis.rules.printed import V2
from regnet.design.complexity import complexity
from regnet.design.zoo import zoo
from regnet.figures.numbers import printed, timm
from regnet.figures.numbers.published_models import models
from regnet.figures.panels import fresh, style
from regnet.figures.panels.element import Element
from regnet.page import page, svg, tables
from regnet.sweeps import finals as training
from regnet.sweeps.cost import measured, seconds_each
from regnet.sweeps.regimes import regimes
from regnet.sweeps.store import MissingPopulation, Runs, open_runs

PRINTED = ("tab02", "tab03", "tab04", "tab05", "tab06", "tab07")
FIGURES = ("fig17", "fig18")
POCKET = ("tab03here", "tab04here", "tab05here")
NOTHING = Runs("pocket", Path("/nowhere"))


@pytest.fixture(scope="module", params=FIGURES)
def alone(request: pytest.FixtureRequest) -> Element:
    """A figure where no final model is sealed."""
    return figures.element(request.param, NOTHING)


@pytest.fixture(scope="module")
def trainings() -> pd.DataFrame:
    return final_trainings()


@pytest.fixture(scope="module")
def finals(trainings: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    return seal_finals(trainings, tmp_path_factory.mktemp("finals"))


@pytest.fixture(scope="module", params=FIGURES)
def both(request: pytest.FixtureRequest, finals: Runs) -> Element:
    """A figure of the paper's models and ours."""
    return figures.element(request.param, finals)


def data(name: str, runs: Runs = NOTHING) -> pd.DataFrame:
    return figures.element(name, runs).data()


def caption(name: str, runs: Runs = NOTHING) -> str:
    return figures.element(name, runs).caption()


@pytest.mark.parametrize(
    ("name", "stem", "keys"),
    [
        ("tab02", "paper_table2_mobile", ["model", "flops_G", "params_M", "top1_error_pct"]),
        ("tab03", "paper_table3_resnext", ["model", "group", "top1_error_pct_mean5", "top1_error_pct_std5"]),
        ("tab04", "paper_table4_efficientnet", ["model", "pair", "top1_error_pct_mean5", "train_hr_100ep_8gpu"]),
        ("tab07", "paper_table7_effnet_b0_enhancements", ["epochs", "top1_error_pct"]),
    ],
)
def test_every_printed_row_is_kept(name: str, stem: str, keys: list[str]) -> None:
    pd.testing.assert_frame_equal(data(name)[keys], published.load(stem)[keys])


def test_tables_5_and_6_together_keep_every_printed_row() -> None:
    both, kept = pd.concat([data("tab05"), data("tab06")], ignore_index=True), published.load(fresh.STEM)
    pd.testing.assert_frame_equal(both[list(kept.columns)], kept, check_dtype=False)


@pytest.mark.parametrize("name", PRINTED)
def test_printed_tables_need_no_trainings_and_say_where_their_numbers_are_from(name: str) -> None:
    piece = figures.element(name, NOTHING)
    assert not piece.populations
    assert "arXiv:2003.13678" in piece.caption()
    assert "nan" not in f"{piece.caption()} {piece.alt()}"
    assert ">nan<" not in tables.html(piece.drawn())
    assert len(piece.drawn()) == len(piece.data())


def test_counts_beside_print_are_those_of_the_published_networks() -> None:
    rows = data("tab03").drop_duplicates("model").set_index("model")
    for name in ("RegNetX-12GF", "ResNeXt-152"):
        found = complexity(zoo[name.lower()])
        counted = rows.loc[name, ["flops_counted_G", "params_counted_M", "acts_counted_M"]].astype(float)
        assert counted.tolist() == pytest.approx([found.flops / 1e9, found.params / 1e6, found.conv_acts / 1e6])
    assert "ResNet-50 params 22.6 printed, 25.6 counted" in caption("tab03")


def test_pycls_differs_from_the_paper_in_the_sixteen_known_cells() -> None:
    assert printed.changed() == 16


def test_differences_to_the_regnet_are_welchs_of_the_printed_numbers() -> None:
    rows = data("tab03").set_index(["grouped_by", "model"])
    row = rows.loc[("activations", "ResNet-50")]
    assert row["above"] == pytest.approx(23.2 - 21.7)
    half = stats.t.ppf(0.975, 8 / (1 + ((0.09**2 - 0.08**2) / (0.09**2 + 0.08**2)) ** 2))
    half *= ((0.09**2 + 0.08**2) / 5) ** 0.5
    assert (row["above_low"], row["above_high"]) == pytest.approx((1.5 - half - 0.1, 1.5 + half + 0.1))
    assert rows.loc[("flops", "ResNeXt-101"), "above"] == 0
    assert (rows["above"].isna() == rows.index.get_level_values("model").str.startswith("RegNet")).all()


def test_the_speed_factor_is_the_ratio_of_the_printed_times() -> None:
    factors = data("tab04").set_index("model")
    assert factors.loc["EfficientNet-B5", "inference_factor"] == 504 / 113
    assert factors.loc["RegNetY-8.0GF", "inference_factor"] == 1
    assert "5.4 (5.33 to 5.40) in inference of RegNetX-8.0GF" in caption("tab04")
    assert f"{135.1 / 22.6:.1f} (5.96 to 5.99) in training of RegNetX-8.0GF" in caption("tab04")


def test_table_4_says_where_batches_and_warm_up_are_not_the_texts() -> None:
    assert "128, 64, 32, 16, 8 on 8" in caption("tab04")
    assert "5 for RegNetX, RegNetY; 0 for ResNet, ResNeXt, EfficientNet" in caption("tab04")


def test_mobile_networks_are_counted_from_torchvision_where_it_has_them() -> None:
    rows = data("tab02").set_index("model")
    assert rows.loc["MobileNet-V2", "flops_counted_G"] == pytest.approx(0.59, abs=0.01)
    assert rows.loc["ShuffleNet-V2", "flops_counted_G"] == pytest.approx(0.59, abs=0.01)
    assert rows.loc["RegNetX-600MF", "params_counted_M"] == complexity(zoo["regnetx-600mf"]).params / 1e6
    assert rows.loc["DARTS", "counted_from"] == ""
    assert "MobileNet-V2 6.9 printed, 6.1 counted" in caption("tab02")


def test_enhancements_are_differences_of_the_printed_errors() -> None:
    rows = data("tab07")
    assert rows["step"].tolist()[1:] == [-0.6, -0.6, -0.7]
    assert rows["whole"].iloc[-1] == -1.9
    assert "25.6% at 100 epochs, does not fit Table 4, which prints 24.9 ± 0.03%" in caption("tab07")


def test_every_weight_that_timm_is_asked_for_is_one_row_of_its_results() -> None:
    table = published.load("timm_imagenet_imagenetv2")["model"].tolist()
    named = {model.name: timm.weights(model) for model in models()}
    assert [name for name, weights in named.items() if not weights] == ["ResNeXt-152"]
    assert {table.count(weights) for weights in named.values() if weights} == {1}
    for name, weights in named.items():
        assert weights.endswith(".pycls_in1k") == name.startswith("RegNet")


def test_table_5_ranks_and_timm_are_computed() -> None:
    rows = data("tab05").drop_duplicates("model")
    known = stats.kendalltau(rows[fresh.BEFORE], rows[V2]).statistic
    assert f"over models: {known:.2f} (95% CI" in caption("tab05")
    assert "Below the RegNet on V2: ResNeXt-101, ResNeXt-152" in caption("tab05")
    assert "21.8% and 32.8% by timm, 21.7% and 33.6% by the paper" in caption("tab05")


def test_the_papers_row_has_its_printed_points(alone: Element) -> None:
    paper, rows = published.load("paper_models").set_index("model"), alone.data()
    assert (rows["error"].to_numpy() == paper.loc[rows["model"], "top1_error_pct_mean5"].to_numpy()).all()
    assert rows["flops"].to_numpy() == pytest.approx(1e9 * paper.loc[rows["model"], "flops_G"].to_numpy())
    assert rows["source"].str.fullmatch(r"arXiv:2003\.13678 (Fig|Table) \d+").all()
    assert rows["series"].value_counts().to_dict() in (
        {"RegNetX": 5, "ResNet": 3, "ResNeXt": 3}, {"RegNetX": 6, "RegNetY": 6, "EfficientNet": 6}
    )  # fmt: skip


def fitting(piece: Element) -> str:
    """The picture as SVG, which fits the page in readable type, every point with a title."""
    fig = piece.drawn()
    text = svg.render(fig, "any", alt="")
    assert text.count("<title>") == 3 * len(piece.data())
    assert fig.get_figwidth() <= style.WIDTH
    assert min(text.get_fontsize() for text in fig.findobj(Text)) >= 9
    box = fig.get_tightbbox()
    assert -0.02 <= box.x0 <= box.x1 <= style.WIDTH + 0.02
    for ax in fig.findobj(Axes):
        boxes = {text.get_text(): text.get_window_extent() for text in ax.texts if text.get_text()}
        assert not [pair for pair in combinations(boxes, 2) if boxes[pair[0]].overlaps(boxes[pair[1]])]
    return text


def test_figures_without_final_models_have_the_papers_row_and_say_what_lacks(alone: Element) -> None:
    text = fitting(alone)
    assert "here: regime" not in text
    assert "activations (k)" not in text
    assert alone.caption().startswith("The paper's models")
    assert "Not trained yet: the same of regime pocket (regnet finals pocket)." in alone.caption()
    assert "Bottom" not in alone.caption()
    assert "Not trained yet" in alone.alt()


def test_figures_of_sealed_final_models_have_both_rows(both: Element) -> None:
    text = fitting(both)
    assert "here: regime pocket" in text
    assert "RegNetX-12GF: error 20.3% (20.3 to 20.3), flops 12.1 GF" in text
    assert "regnetx 4 best: error 8.0%" in text
    assert set(both.data()["source"]) > {"here, pocket"}
    assert f"with {SEEDS} seeds" in both.caption()
    assert "Paper: RegNetX 2" in both.alt()
    assert "Here: RegNetX, best 11.0% to 8.0%; RegNetX, median 11.4% to 8.4%" in both.alt()


def test_final_models_are_summarised_over_seeds(trainings: pd.DataFrame) -> None:
    rows = summary(trainings).set_index("model")
    errors = trainings[trainings["model"] == "resnet 2 acts"]["error"].to_numpy()
    row = rows.loc["resnet 2 acts"]
    interval = stats.ttest_1samp(errors, 0).confidence_interval(0.95)
    assert (row["error"], row["low"], row["high"]) == pytest.approx((10.2, interval.low, interval.high))
    assert row["test_error"] == pytest.approx(10.6)
    assert (rows["n"] == SEEDS).all()


def test_shapes_are_compared_with_the_best_regnet_of_their_budget(trainings: pd.DataFrame) -> None:
    rows = compared(trainings, ["regnetx", "regnety"]).set_index("model")
    for m in MULTIPLES:
        assert rows.loc[f"resnext {m:g} flops", "above_regnetx"] == pytest.approx(0.6)
        assert rows.loc[f"regnetx {m:g} median", "above_regnetx"] == pytest.approx(0.4)
    a, b = (trainings[trainings["model"] == f"{name} 2 {kind}"]["error"] for name, kind in
            (("resnet", "acts"), ("regnetx", "best")))  # fmt: skip
    known = stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.95)
    found = rows.loc["resnet 2 acts"]
    assert (found["above_regnetx_low"], found["above_regnetx_high"]) == pytest.approx((known.low, known.high))
    assert np.isnan(rows.loc["regnetx 2 best", "above_regnetx"])
    assert np.isnan(rows.loc["resnet 2 acts", "above_regnety"])
    assert rows.loc["regnetx 4 best", "above_regnety"] == pytest.approx(0.5)


def test_a_model_with_one_seed_has_neither_interval_nor_comparison(trainings: pd.DataFrame, tmp_path: Path) -> None:
    runs = seal_finals(trainings[trainings["seed"] == 0], tmp_path)
    piece, figure = figures.element("tab03here", runs), figures.element("fig17", runs)
    assert piece.data()[["sd", "low", "high", "above_regnetx"]].isna().all().all()
    assert "nan" not in piece.drawn().astype(str).to_numpy().ravel().tolist()
    titles = re.findall("<title>(.*?)</title>", svg.render(figure.drawn(), "fig17", alt=""))
    assert "regnetx 4 best: error 8.0%" in " ".join(titles)
    assert not [title for title in titles if "nan" in title]
    assert "with 1 seeds" in piece.caption()


def test_diverged_trainings_are_counted_in_words(trainings: pd.DataFrame, finals: Runs, tmp_path: Path) -> None:
    lost = seal_finals(trainings.assign(status=["diverged", *trainings["status"][1:]]), tmp_path)
    assert f"1 of {len(trainings)} trainings" in caption("tab05here", lost)
    assert "Diverged" not in caption("tab05here", finals)


def test_families_and_budgets_without_a_model_are_named(trainings: pd.DataFrame, tmp_path: Path) -> None:
    small = (trainings["family"] == "efficientnet") & (trainings["multiple"] < 1)
    some = seal_finals(trainings[~small & (trainings["matched"] != "acts")], tmp_path)
    assert "There is no RegNetY at 1.5, 3 and 6 MF, no EfficientNet at 1.5 MF." in caption("fig18", some)
    assert "equal activations" not in caption("fig17", some)


@pytest.mark.parametrize("name", POCKET)
def test_tables_of_final_models_wait_for_them(name: str) -> None:
    with pytest.raises(MissingPopulation, match="regnet finals pocket"):
        figures.element(name, NOTHING).drawn()


@pytest.mark.parametrize("name", POCKET)
def test_tables_of_sealed_final_models_say_regime_seeds_and_images(name: str, finals: Runs) -> None:
    piece = figures.element(name, finals)
    assert len(piece.drawn()) == len(piece.data())
    images = 8 * regimes["pocket"].base.images
    assert f"each trained on {images:,} images with {SEEDS} seeds" in piece.caption()
    assert "nan" not in f"{piece.caption()} {piece.alt()}"


def test_rows_of_sealed_final_models_go_by_budget_and_family(finals: Runs) -> None:
    shown = figures.element("tab05here", finals).drawn()
    assert sorted(set(shown["budget (MF)"])) == [1.5, 3.0, 6.0, 12.0]
    assert shown["model"].tolist()[:6] == [
        "regnetx 0.5 best", "regnetx 0.5 median", "resnet 0.5 flops", "resnet 0.5 acts", "resnext 0.5 flops",
        "efficientnet 0.5 flops",
    ]  # fmt: skip
    assert shown["model"].iloc[-5] == "regnety 4 best"
    assert shown.set_index("model").loc["resnext 1 flops", "test error (%)"].startswith("11.00 ± ")


def test_captions_have_ranks_between_validation_and_test_and_each_familys_rates(finals: Runs) -> None:
    means = finals.finals().groupby("model")[["error", "test_error"]].mean().round(6)
    known = stats.kendalltau(means["error"], means["test_error"]).statistic
    assert f"{known:.2f} (95% CI" in caption("tab05here", finals)
    assert "EfficientNet 0.2 and 1e-5" in caption("tab04here", finals)


@pytest.fixture(scope="module")
def unfinished(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """The sealed populations of this checkout without any final model."""
    there, folder = open_runs("pocket").folder, tmp_path_factory.mktemp("unfinished") / "pocket"
    shutil.copytree(there, folder, ignore=shutil.ignore_patterns("finals.*"))
    return Runs("pocket", folder)


@pytest.mark.parametrize("name", POCKET)
def test_what_waits_for_final_models_has_their_price(name: str, unfinished: Runs) -> None:
    words = BeautifulSoup(page.element(name, unfinished).html, "html.parser").select_one(".missing summary").text
    means, waiting = measured(unfinished), figures.element(name, unfinished).populations
    lacks = {population: population.wanted - unfinished.count(population) for population in waiting}
    more = sum(n * seconds_each(population, means) for population, n in lacks.items())
    hours = (training.seconds_of_all("pocket", means) + more) / 3600
    count = training.wanted("pocket") + sum(lacks.values())
    assert hours > 1
    assert words.startswith(f"Not trained yet. Estimated cost: {hours:.1f} hours on one core ({count} ")


def test_the_box_of_a_figure_without_its_final_models_has_their_price(unfinished: Runs) -> None:
    box = BeautifulSoup(page.element("fig17", unfinished).html, "html.parser").select_one("details.make").text
    assert f"Final models not trained yet: {training.seconds_of_all('pocket', measured(unfinished)) / 3600:.1f}" in box


def test_final_models_that_are_sealed_are_not_priced_again(finals: Runs, trainings: pd.DataFrame) -> None:
    lacking = training.lacking(finals)
    assert sum(lacking.values()) == training.wanted("pocket") - len(trainings)
    assert {population.length for population in lacking} == {8}
