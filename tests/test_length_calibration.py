"""Calibration in stages: which trainings it asks for, that it goes on where it stopped, and what it says."""

from dataclasses import replace
from pathlib import Path

import pytest
from tiny_imagenet import WNIDS, write
from typer.testing import CliRunner

from regnet.analysis.length_choice import best_rates, rank_table, rate_table
from regnet.cli import app
from regnet.design.complexity import complexity
from regnet.sweeps.calibration import SEED
from regnet.sweeps.engine import Local
from regnet.sweeps.experiments import SECTION3, named
from regnet.sweeps.length_calibration import SEARCHES, Search, price, rank_plans, rate_plans, sheet, trainings
from regnet.sweeps.population import Population
from regnet.sweeps.regimes import regimes
from regnet.sweeps.sealing import seal
from regnet.sweeps.status import status
from regnet.sweeps.sweep import drive

SMALL = Search(
    classes=(2,), images=(32, 64), lr=(0.05, 0.1, 0.2), long_images=64, batch=16, rate_networks=1, rank_networks=4
)
RATES = {(2, 32): 0.1, (2, 64): 0.05}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("data"), WNIDS[:2]).parent


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    for name in ("work", "runs", "cache"):
        monkeypatch.setenv({"cache": "XDG_CACHE_HOME"}.get(name, f"REGNET_{name.upper()}"), str(tmp_path / name))
    monkeypatch.setenv("REGNET_DATA", str(folder))
    monkeypatch.setenv("COLUMNS", "200")


def test_rates_are_searched_on_every_space_of_section_3_network_by_network() -> None:
    search = SEARCHES["natural"]
    plans = rate_plans("natural", replace(search, classes=(20, 50)))
    assert [plan.sheet.name for plan in plans] == ["calibration-20", "calibration-50"]
    for plan, classes in zip(plans, (20, 50), strict=True):
        of = {n: [task for task in plan.tasks if task.recipe.images == n] for n in search.images}
        assert {n: len(tasks) for n, tasks in of.items()} == {
            **dict.fromkeys(search.images[:2], 12 * 4 * 4),
            LONG: 2 * 4 * 4,
        }
        assert {task.cells["space"] for task in of[12_800]} == set(SECTION3)
        assert {task.cells["space"] for task in of[LONG]} == {"anynetx_a", "regnetx"}
        assert [task.cells["index"] for task in plan.tasks] == sorted(task.cells["index"] for task in plan.tasks)
        assert len({plan.sheet.key_of(task.cells) for task in plan.tasks}) == len(plan.tasks)
        for task in plan.tasks[:40]:
            recipe = task.recipe
            assert (recipe.data, recipe.num_classes, recipe.validation_images) == (
                f"tiny-imagenet-{classes}", classes, 100 * classes,
            )  # fmt: skip
            assert recipe.warmup_images == recipe.images // 10
            low, high = regimes["natural"].window()
            assert low <= complexity(task.network, 32, classes).flops <= high
    assert SEED not in {population.seed for population in named("natural")}


LONG = SEARCHES["natural"].long_images


def test_ranks_are_of_48_networks_a_space_and_reuse_the_rates_trainings() -> None:
    search = replace(SEARCHES["natural"], classes=(20,))
    rates = {(20, 12_800): 0.2, (20, 25_600): 0.4, (20, LONG): 0.1}
    (ranks,), (searched,) = rank_plans("natural", search, rates), rate_plans("natural", search)
    assert len(ranks.tasks) == 2 * 48 * 3
    assert {(task.recipe.images, task.recipe.lr) for task in ranks.tasks} == {(n, lr) for (_, n), lr in rates.items()}
    keys = {ranks.sheet.key_of(task.cells) for task in ranks.tasks}
    assert len(keys & {searched.sheet.key_of(task.cells) for task in searched.tasks}) == 2 * 4 * 3
    assert searched.recipe == ranks.recipe
    long = {task.cells["index"]: task.seed for task in ranks.tasks if task.cells["role"] == "long"}
    assert all(long[task.cells["index"]] != task.seed for task in ranks.tasks if task.cells["role"] == "candidate")


def test_the_networks_do_not_depend_on_what_the_regime_s_provisional_recipe_says() -> None:
    plan = rate_plans("natural", replace(SEARCHES["natural"], classes=(50,), rate_networks=2))[0]
    drawn = Population("regnetx", seed=SEED, regime="natural").draws(2)  # 50 classes, as that recipe
    found = {task.cells["index"]: task.network for task in plan.tasks if task.cells["space"] == "regnetx"}
    assert [found[draw.index] for draw in drawn] == [draw.network for draw in drawn]


def test_stages_go_on_where_they_stopped_and_seal_one_row_a_training() -> None:
    search = replace(SMALL, lr=SMALL.lr[:2])
    plans = rate_plans("natural", search)
    assert drive(plans, Local(workers=1)).counts == {"ok": 28, "diverged": 0, "failed": 0}
    assert price(rate_plans("natural", SMALL))[["images", "trainings", "done"]].to_numpy().tolist() == [
        [32, 36, 24], [64, 6, 4],
    ]  # fmt: skip
    seal(sheet("natural", 2))
    assert drive(rate_plans("natural", search), Local(workers=1)).done == 0
    best = best_rates(rate_table(trainings("natural", (2,))))
    assert best[["images", "networks", "spaces"]].to_numpy().tolist() == [[32, 12, 12], [64, 2, 2]]

    assert drive(rank_plans("natural", SMALL, RATES), Local(workers=1)).done == 2 * 4 * 2 - 2 * 2
    seal(sheet("natural", 2))
    frame = trainings("natural", (2, 3))
    assert len(frame) == 28 + 12
    assert set(frame["classes"]) == {2}
    assert frame["error"].tolist() == pytest.approx(((frame["error_a"] + frame["error_b"]) / 2).tolist())
    assert (frame["train_loss"] > 0).all()
    table = rank_table(frame, RATES)
    assert table["images"].tolist() == [32]
    assert table["seconds"].iloc[0] > 0
    left = price(rank_plans("natural", SMALL, RATES))
    assert left["core_hours"].tolist() == [0, 0]
    assert status(regimes["natural"], ()).set_index("population").loc["calibration-2", "sealed"] == 40


def test_a_price_before_any_training_is_in_proportion_to_images() -> None:
    found = price(rate_plans("natural", SEARCHES["natural"])).set_index(["classes", "images"])
    assert found["done"].sum() == 0
    assert found.loc[(50, 25_600), "seconds"] == pytest.approx(2 * found.loc[(50, 12_800), "seconds"])
    each = found["trainings"] * found["seconds"] / 3600
    assert found["core_hours"].tolist() == pytest.approx(each.tolist())


def command(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["calibrate", *arguments])
    assert result.exit_code == code, result.output
    return result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("natural",), "--stage rates or --stage ranks, got ''"),
        (("natural", "--stage", "lengths"), "got 'lengths'"),
        (("natural", "--stage", "rates", "--batch", "128"), "keeps its batch"),
        (("natural", "--stage", "ranks", "--classes", "2"), "trainings of the search for rates are missing"),
        (("pocket", "--stage", "rates"), "only natural is calibrated in stages"),
    ],
)
def test_a_stage_that_cannot_be_trained_says_so_in_one_line(arguments: tuple[str, ...], said: str) -> None:
    output = command(*arguments, code=2)
    assert said in output
    assert len(output.splitlines()) == 1


def test_show_prices_the_stages_and_trains_nothing(tmp_path: Path) -> None:
    output = command("natural", "--show")
    assert "rates: what is left" in output
    assert "ranks: what is left" in output
    assert "ranks: " not in command("natural", "--show", "--stage", "rates")
    assert not (tmp_path / "work").exists()


def test_a_stage_is_trained_sealed_and_shown_from_the_command_line(tmp_path: Path) -> None:
    asked = ("natural", "--stage", "rates", "--classes", "2", "--images", "64", "--lr", "0.1", "--networks", "1")
    assert "extend the grid" in command(*asked)
    assert (tmp_path / "runs" / "natural" / "calibration-2.csv").is_file()
    assert "0.1" in command(*asked, "--show")
