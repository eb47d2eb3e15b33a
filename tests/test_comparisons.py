"""Chapter 9: Tables 2-7 and Figures 17, 18 against the published files, and their analogues from made-up trainings."""

from __future__ import annotations

import importlib
import shutil
from dataclasses import asdict
from itertools import combinations
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from scipy import stats
from sealed_runs import SEGMENT

from regnet import published
from regnet.design.complexity import complexity
from regnet.design.zoo import zoo
from regnet.figures import fig17, fig18, tab02, tab03, tab04, tab05, tab06, tab07
from regnet.figures.numbers import fresh, printed
from regnet.figures.panels import rivals, style, trade
from regnet.page import page, svg, tables
from regnet.sweeps import finals as training
from regnet.sweeps.cost import measured
from regnet.sweeps.journal import Journal
from regnet.sweeps.regimes import regimes
from regnet.sweeps.sheets import Sheet
from regnet.sweeps.store import FINALS_KEY, MissingPopulation, Runs, open_runs, seal

PRINTED = ("tab02", "tab03", "tab04", "tab05", "tab06", "tab07")
FIGURES = ("fig17", "fig18")
POCKET = ("tab03pocket", "tab04pocket", "tab05pocket")
MULTIPLES = (0.5, 1.0, 2.0, 4.0)
SEEDS = 5


@pytest.fixture
def nothing(tmp_path: Path) -> Runs:
    return Runs("pocket", tmp_path)


def module(name: str) -> ModuleType:
    return importlib.import_module(f"regnet.figures.{name}")


def model(name: str, family: str, role: str, matched: str, multiple: float, mean: float) -> pd.DataFrame:
    """Five trainings whose errors spread by a sine and whose mean is `mean`."""
    wave = np.sin(np.arange(SEEDS) * (1 + len(name)))
    errors = mean + 0.2 * (wave - wave.mean())
    return pd.DataFrame({
        "model": name, "family": family, "role": role, "matched": matched, "multiple": multiple, "source": "made up",
        "flops": int(2.9e6 * multiple), "params": int(7e4 * multiple), "acts": int(9e4 * multiple**0.5), "lr": 0.2,
        "weight_decay": 1e-5 if family == "efficientnet" else 5e-5, "length": 8, "seed": range(SEEDS), "status": "ok",
        "error": errors, "test_error": errors + 0.4, "seconds": 60.0, "segment": 0,
    })  # fmt: skip


@pytest.fixture(scope="module")
def trainings() -> pd.DataFrame:
    """RegNetX best at 10 - log2 of the multiple, its median 0.4 above, ResNet shapes 1 and 1.2, ResNeXt's 0.6 above."""
    rows = []
    for m in MULTIPLES:
        base = 10 - float(np.log2(m))
        rows += [
            model(f"regnetx {m:g} best", "regnetx", "best", "", m, base),
            model(f"regnetx {m:g} median", "regnetx", "median", "", m, base + 0.4),
            model(f"resnet {m:g} flops", "resnet", "shape", "flops", m, base + 1.0),
            model(f"resnet {m:g} acts", "resnet", "shape", "acts", m, base + 1.2),
            model(f"resnext {m:g} flops", "resnext", "shape", "flops", m, base + 0.6),
            model(f"efficientnet {m:g} flops", "efficientnet", "shape", "flops", m, base - 0.3),
        ]
    rows.append(model("regnety 4 best", "regnety", "best", "", 4.0, 7.5))
    return pd.concat(rows, ignore_index=True)


@pytest.mark.parametrize(
    ("name", "stem", "keys"),
    [
        ("tab02", "paper_table2_mobile", ["model", "flops_G", "params_M", "top1_error_pct"]),
        ("tab03", "paper_table3_resnext", ["model", "group", "top1_error_pct_mean5", "top1_error_pct_std5"]),
        ("tab04", "paper_table4_efficientnet", ["model", "pair", "top1_error_pct_mean5", "train_hr_100ep_8gpu"]),
        ("tab07", "paper_table7_effnet_b0_enhancements", ["epochs", "top1_error_pct"]),
    ],
)
def test_every_printed_row_is_kept(name: str, stem: str, keys: list[str], nothing: Runs) -> None:
    pd.testing.assert_frame_equal(module(name).data(nothing)[keys], published.load(stem)[keys])
    assert len(module(name).make(nothing)) == len(published.load(stem))


def test_tables_5_and_6_together_keep_every_printed_row(nothing: Runs) -> None:
    both = pd.concat([tab05.data(nothing), tab06.data(nothing)], ignore_index=True)
    kept = published.load(fresh.STEM)
    pd.testing.assert_frame_equal(both[list(kept.columns)], kept, check_dtype=False)


@pytest.mark.parametrize("name", PRINTED)
def test_printed_tables_need_no_trainings_and_say_where_their_numbers_are_from(name: str, nothing: Runs) -> None:
    piece = module(name)
    assert piece.TITLE
    assert "arXiv:2003.13678" in piece.caption(nothing)
    assert "nan" not in f"{piece.caption(nothing)} {piece.alt(nothing)}"
    assert piece.make(nothing).attrs["sortable"]
    assert ">nan<" not in tables.html(piece.make(nothing))


def test_counts_beside_print_are_those_of_the_published_networks(nothing: Runs) -> None:
    rows = tab03.data(nothing).drop_duplicates("model").set_index("model")
    for name in ("RegNetX-12GF", "ResNeXt-152"):
        found = complexity(zoo[name.lower()])
        counted = rows.loc[name, ["flops_counted_G", "params_counted_M", "acts_counted_M"]].astype(float)
        assert counted.tolist() == pytest.approx([found.flops / 1e9, found.params / 1e6, found.conv_acts / 1e6])
    assert "ResNet-50 params 22.6 printed, 25.6 counted" in tab03.caption(nothing)


def test_pycls_differs_from_the_paper_in_the_sixteen_known_cells() -> None:
    assert printed.changed() == 16


def test_differences_to_the_regnet_are_welchs_of_the_printed_numbers(nothing: Runs) -> None:
    rows = tab03.data(nothing).set_index(["grouped_by", "model"])
    row = rows.loc[("activations", "ResNet-50")]
    assert row["above"] == pytest.approx(23.2 - 21.7)
    half = stats.t.ppf(0.975, 8 / (1 + ((0.09**2 - 0.08**2) / (0.09**2 + 0.08**2)) ** 2))
    half *= ((0.09**2 + 0.08**2) / 5) ** 0.5
    assert (row["above_low"], row["above_high"]) == pytest.approx((1.5 - half - 0.1, 1.5 + half + 0.1))
    assert rows.loc[("flops", "ResNeXt-101"), "above"] == 0
    regnets = tab03.data(nothing)["model"].str.startswith("RegNet")
    assert (tab03.data(nothing)["above"].isna() == regnets).all()


def test_the_speed_factor_is_the_ratio_of_the_printed_times(nothing: Runs) -> None:
    assert tab04.speed("EfficientNet-B5", "RegNetX-8.0GF", "inference").effect == 504 / 94
    assert tab04.speed("EfficientNet-B5", "RegNetX-8.0GF", "training").effect == 135.1 / 22.6
    factors = tab04.data(nothing).set_index("model")["inference_factor"]
    assert factors["EfficientNet-B5"] == 504 / 113
    assert factors["RegNetY-8.0GF"] == 1
    assert "5.4 (5.33 to 5.40) in inference of RegNetX-8.0GF" in tab04.caption(nothing)


def test_table_4_says_where_batches_and_warm_up_are_not_the_texts(nothing: Runs) -> None:
    caption = tab04.caption(nothing)
    assert "128, 64, 32, 16, 8 on 8" in caption
    assert "5 for RegNetX, RegNetY; 0 for ResNet, ResNeXt, EfficientNet" in caption


def test_mobile_networks_are_counted_from_torchvision_where_it_has_them(nothing: Runs) -> None:
    rows = tab02.data(nothing).set_index("model")
    assert rows.loc["MobileNet-V2", "flops_counted_G"] == pytest.approx(0.59, abs=0.01)
    assert rows.loc["ShuffleNet-V2", "flops_counted_G"] == pytest.approx(0.59, abs=0.01)
    assert rows.loc["RegNetX-600MF", "params_counted_M"] == complexity(zoo["regnetx-600mf"]).params / 1e6
    assert rows.loc["DARTS", "counted_from"] == ""
    assert "MobileNet-V2 6.9 printed, 6.1 counted" in tab02.caption(nothing)


def test_enhancements_are_differences_of_the_printed_errors(nothing: Runs) -> None:
    rows = tab07.data(nothing)
    assert rows["step"].tolist()[1:] == [-0.6, -0.6, -0.7]
    assert rows["whole"].iloc[-1] == -1.9
    assert "25.6% at 100 epochs, does not fit Table 4, which prints 24.9 ± 0.03%" in tab07.caption(nothing)


def test_every_weight_that_timm_is_asked_for_is_one_row_of_its_results() -> None:
    table = published.load("timm_imagenet_imagenetv2")
    models = published.load("paper_models")["model"]
    named = {name: printed.timm_name(name) for name in models}
    assert [name for name, weights in named.items() if not weights] == ["ResNeXt-152"]
    for weights in filter(None, named.values()):
        assert (table["model"] == weights).sum() == 1, weights
    for name, weights in named.items():
        assert weights.endswith(".pycls_in1k") == name.startswith("RegNet")


def test_table_5_ranks_and_timm_are_computed(nothing: Runs) -> None:
    rows = tab05.data(nothing).drop_duplicates("model")
    known = stats.kendalltau(rows[fresh.BEFORE], rows[fresh.MEAN]).statistic
    caption = tab05.caption(nothing)
    assert f"over models: {known:.2f} (95% CI" in caption
    assert "Below the RegNet on V2: ResNeXt-101, ResNeXt-152" in caption
    assert "21.8% and 32.8% by timm, 21.7% and 33.6% by the paper" in caption


@pytest.mark.parametrize("figure", [fig17, fig18])
def test_the_papers_row_has_its_printed_points(figure: ModuleType) -> None:
    paper = published.load("paper_models").set_index("model")
    rows = trade.data(figure.theirs(), [])
    assert (rows["error"].to_numpy() == paper.loc[rows["model"], "top1_error_pct_mean5"].to_numpy()).all()
    assert rows["flops"].to_numpy() == pytest.approx(1e9 * paper.loc[rows["model"], "flops_G"].to_numpy())
    assert rows["source"].str.fullmatch(r"arXiv:2003\.13678 (Fig|Table) \d+").all()
    assert len(rows) == {fig17: 11, fig18: 18}[figure]


@pytest.mark.parametrize("here", [True, False])
@pytest.mark.parametrize("figure", [fig17, fig18])
def test_figures_fit_the_page_in_readable_type(figure: ModuleType, here: bool, trainings: pd.DataFrame) -> None:
    fig = drawn(figure, trainings if here else None)
    fig.draw_without_rendering()
    assert fig.get_figwidth() <= style.WIDTH
    assert min(text.get_fontsize() for text in fig.findobj(Text)) >= 9
    box = fig.get_tightbbox()
    assert -0.02 <= box.x0 <= box.x1 <= style.WIDTH + 0.02
    for ax in fig.findobj(Axes):
        boxes = {text.get_text(): text.get_window_extent() for text in ax.texts if text.get_text()}
        assert not [pair for pair in combinations(boxes, 2) if boxes[pair[0]].overlaps(boxes[pair[1]])]


def drawn(figure: ModuleType, trainings: pd.DataFrame | None) -> Figure:
    here = [] if trainings is None else trade.measured(trainings[trainings["family"].isin(figure.FAMILIES)], "pocket")
    with style.theme():
        return trade.figure(figure.theirs(), here, regime="pocket")


def test_every_point_can_be_hovered_in_both_rows(trainings: pd.DataFrame) -> None:
    fig = drawn(fig17, trainings)
    text = svg.render(fig, "fig17", alt="two rows")
    points = 3 * (11 + 5 * len(MULTIPLES))
    assert text.count("<title>") == points
    assert "RegNetX-12GF: error 20.3% (20.3 to 20.3), flops 12.1 GF" in text
    assert "resnet 4 acts: error 9.2%" in text


def test_without_trainings_there_is_no_second_row() -> None:
    fig = drawn(fig18, None)
    words = [text.get_text() for text in fig.findobj(Text)]
    assert not [word for word in words if "here" in word]
    assert sum("activations" in word for word in words) == 1
    assert fig.get_figheight() == trade.HEIGHTS[0]


def test_final_models_are_summarised_over_seeds(trainings: pd.DataFrame) -> None:
    rows = rivals.summary(trainings).set_index("model")
    errors = trainings[trainings["model"] == "resnet 2 acts"]["error"].to_numpy()
    row = rows.loc["resnet 2 acts"]
    interval = stats.ttest_1samp(errors, 0).confidence_interval(0.95)
    assert (row["error"], row["low"], row["high"]) == pytest.approx((10.2, interval.low, interval.high))
    assert row["test_error"] == pytest.approx(10.6)
    assert (rows["n"] == SEEDS).all()


def test_shapes_are_compared_with_the_best_regnet_of_their_budget(trainings: pd.DataFrame) -> None:
    rows = rivals.compared(trainings, ["regnetx", "regnety"]).set_index("model")
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


def test_a_model_with_one_seed_has_neither_interval_nor_comparison(trainings: pd.DataFrame) -> None:
    first = trainings[trainings["seed"] == 0]
    rows = rivals.compared(first, ["regnetx"])
    assert rows[["sd", "low", "high", "above_regnetx"]].isna().all().all()
    shown = rivals.table(first, ["regnetx"], "pocket")
    assert "nan" not in shown.astype(str).to_numpy().ravel().tolist()
    series = trade.measured(first, "pocket")
    assert "nan" not in " ".join(trade.titles(series[0].points, trade.HERE_UNITS))


def test_tables_of_final_models_give_budgets_of_the_regime(trainings: pd.DataFrame) -> None:
    shown = rivals.table(trainings, ["regnetx"], "pocket", test=True)
    assert sorted(set(shown["budget (MF)"])) == [1.5, 3.0, 6.0, 12.0]
    assert shown.set_index("model").loc["resnext 1 flops", "test error (%)"].startswith("11.00 ± ")


def test_diverged_trainings_are_counted_in_words(trainings: pd.DataFrame, nothing: Runs) -> None:
    said = rivals.setting(trainings, nothing)
    assert "5 seeds" in said
    assert "Diverged" not in said
    lost = trainings.assign(status=["diverged", *trainings["status"][1:]])
    assert f"1 of {len(trainings)} trainings" in rivals.setting(lost, nothing)


@pytest.mark.parametrize("name", FIGURES)
def test_figures_are_drawn_where_no_final_model_is_sealed(name: str, nothing: Runs) -> None:
    assert isinstance(module(name).make(nothing), Figure)
    caption = module(name).caption(nothing)
    assert caption.startswith("The paper's models")
    assert "Not trained yet: the same of regime pocket (regnet finals pocket)." in caption
    assert "Bottom" not in caption
    assert "not trained yet" in module(name).alt(nothing)
    assert set(module(name).data(nothing)["source"].str[:16]) == {"arXiv:2003.13678"}


@pytest.mark.parametrize("name", POCKET)
def test_tables_of_final_models_wait_for_them(name: str, nothing: Runs) -> None:
    with pytest.raises(MissingPopulation):
        module(name).make(nothing)


@pytest.fixture(scope="module")
def finals(trainings: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """The trainings sealed as `regnet finals` seals them."""
    root = tmp_path_factory.mktemp("finals")
    sheet = Sheet("pocket", "finals", root / "work", root / "runs", FINALS_KEY)
    recipe = regimes["pocket"].recipe(8)
    header = {
        "name": "finals", "recipe": asdict(recipe), "recipe_hash": recipe.hash, "data_sha256": "0" * 64,
        "segment": SEGMENT,
    }  # fmt: skip
    sheet.work.mkdir()
    with Journal(sheet.journal, header) as journal:
        for row in trainings.drop(columns="segment").assign(network_id="0123456789ab").to_dict("records"):
            journal.append({str(name): value for name, value in row.items()}, "")
    seal(sheet)
    return Runs("pocket", sheet.runs)


@pytest.mark.parametrize("name", POCKET)
def test_tables_of_sealed_final_models_say_regime_seeds_and_images(name: str, finals: Runs) -> None:
    piece = module(name)
    assert piece.make(finals).attrs["sortable"]
    assert len(piece.make(finals)) == len(piece.data(finals))
    caption = piece.caption(finals)
    assert f"each trained on {8 * regimes['pocket'].base.images:,} images with {SEEDS} seeds" in caption
    assert "nan" not in f"{caption} {piece.alt(finals)}"


def test_rows_of_sealed_final_models_go_by_budget_and_family(finals: Runs) -> None:
    names = module("tab05pocket").data(finals)["model"].tolist()
    assert names[:6] == [
        "regnetx 0.5 best", "regnetx 0.5 median", "resnet 0.5 flops", "resnet 0.5 acts", "resnext 0.5 flops",
        "efficientnet 0.5 flops",
    ]  # fmt: skip
    assert names[-5] == "regnety 4 best"


def test_ranks_between_validation_and_test_are_in_the_caption(finals: Runs) -> None:
    means = finals.finals().groupby("model")[["error", "test_error"]].mean().round(6)
    known = stats.kendalltau(means["error"], means["test_error"]).statistic
    assert f"{known:.2f} (95% CI" in module("tab05pocket").caption(finals)


def test_each_family_says_its_learning_rate_and_weight_decay(finals: Runs) -> None:
    assert "EfficientNet 0.2 and 1e-05" in module("tab04pocket").caption(finals)


@pytest.mark.parametrize("name", FIGURES)
def test_figures_of_sealed_final_models_draw_both_rows(name: str, finals: Runs) -> None:
    piece = module(name)
    assert set(piece.data(finals)["source"]) > {"here, pocket"}
    assert f"with {SEEDS} seeds" in piece.caption(finals)
    assert "RegNetX, best" in piece.alt(finals)
    assert isinstance(piece.make(finals), Figure)


@pytest.fixture(scope="module")
def unfinished(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """The sealed populations of this checkout without any final model."""
    there, folder = open_runs("pocket").folder, tmp_path_factory.mktemp("unfinished") / "pocket"
    shutil.copytree(there, folder, ignore=shutil.ignore_patterns("finals.*"))
    return Runs("pocket", folder)


@pytest.mark.parametrize("name", POCKET)
def test_what_waits_for_final_models_has_their_price(name: str, unfinished: Runs) -> None:
    words = BeautifulSoup(page.element(name, unfinished).html, "html.parser").select_one(".missing summary").text
    hours = training.seconds_of_all("pocket", measured(unfinished)) / 3600
    assert hours > 1
    assert words.startswith(f"Not trained yet. Estimated cost: {hours:.1f} hours on one core ({training.WANTED} ")


def test_the_box_of_a_figure_without_its_final_models_has_their_price(unfinished: Runs) -> None:
    box = BeautifulSoup(page.element("fig17", unfinished).html, "html.parser").select_one("details.make").text
    assert f"Final models not trained yet: {training.seconds_of_all('pocket', measured(unfinished)) / 3600:.1f}" in box


def test_final_models_that_are_sealed_are_not_priced_again(finals: Runs, trainings: pd.DataFrame) -> None:
    lacking = training.lacking(finals)
    assert sum(lacking.values()) == training.WANTED - len(trainings)
    assert {population.length for population in lacking} == {8}
