"""Final models: chosen from sealed populations, trained with their own seeds, tested once, judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import typer
from sealed_runs import SEGMENT, seal_population
from typer.testing import CliRunner

from regnet.analysis.claims import CLAIMS
from regnet.analysis.claims.claim import Claim
from regnet.analysis.compare import better
from regnet.analysis.rules import finals as rules
from regnet.analysis.rules.finals import FinalBetter, Model
from regnet.analysis.verdicts import judge
from regnet.commands.finals import finals as command
from regnet.console import OneLineErrors
from regnet.design.networks import EfficientNet
from regnet.evidence.judge import judgements
from regnet.page.replication import rests_on_networks
from regnet.sweeps.chosen import LENGTH, TOLERANCE, Final, Rates, plan
from regnet.sweeps.engine import Local
from regnet.sweeps.finals import SEEDS, SHEET, final_seed, missing, tasks, train, wanted
from regnet.sweeps.journal import Journal
from regnet.sweeps.population import Population, training_seed
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.sealing import seal
from regnet.sweeps.sheet_names import population_sheet, sheet_of
from regnet.sweeps.sheets import StoreConflict
from regnet.sweeps.status import known, status
from regnet.sweeps.store import MissingPopulation, Runs, open_runs
from regnet.sweeps.sweep import sweep_populations

TUNED = ("efficientnet-l2-lrwd", "efficientnet-6mf-l2-lrwd")
SOURCES = ("regnetx_c-1.5mf-l2", "regnetx_c-l2", "regnetx_c-6mf-l2", "regnetx_c-12mf-l2",
           "regnety_c-l2", "regnety_c-12mf-l2")  # fmt: skip
NAMES = [
    f"{name} {mf}mf {role}" if name.startswith(("res", "eff")) else f"{name}-{mf}mf {role}"
    for mf, shape in (("1.5", "b0"), ("3", "b0"), ("6", "b2"), ("12", "b3"))
    for name, role in (
        ("regnetx_c", "best"), ("regnetx_c", "median"), ("resnet-50", "flops"), ("resnet-50", "acts"),
        ("resnext-50", "flops"), ("resnext-50", "acts"), (f"efficientnet-{shape}", "flops"),
        *([("regnety_c", "best")] if mf in ("3", "12") else []),
    )
]  # fmt: skip
COLUMNS = [
    "model", "family", "role", "matched", "multiple", "source", "network_id", "flops", "params", "acts", "lr",
    "weight_decay", "length", "seed", "status", "error", "test_error", "seconds", "segment",
]  # fmt: skip
TRAINED = 2  # seeds of each
RATES = Rates(0.3, 1e-5)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Runs, list[Final]]]:
    """One population trained for real, and of its final models the best and a ResNet shape with two seeds."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("finals")
        patch.setenv("REGNET_WORK", str(folder / "work"))
        patch.setenv("REGNET_RUNS", str(folder / "runs"))
        population = Population.parse(SOURCES[0], "smoke")
        sweep_populations([population], 0, Local(workers=1))
        seal(population_sheet(population))
        runs = open_runs("smoke")
        models = [final for final in plan(runs).models if final.model in (NAMES[0], NAMES[2])]
        train(models, "smoke", Local(workers=1), seeds=TRAINED)
        seal(sheet_of(SHEET, "smoke"))
        yield runs, models


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every population that final models are chosen from, with errors made up."""
    folder = tmp_path_factory.mktemp("populations")
    for name in (*SOURCES, *TUNED):
        seal_population(folder, name, 4, regime="smoke")
    return folder


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place for runs and journals."""
    monkeypatch.setenv("REGNET_WORK", str(tmp_path / "work"))
    monkeypatch.setenv("REGNET_RUNS", str(tmp_path / "runs"))
    return tmp_path


def runs_of(folder: Path, n: int = 0) -> Runs:
    return Runs("smoke", folder / "runs" / "smoke", n)


def write(models: tuple[Final, ...], *, seeds: int = SEEDS) -> None:
    """Every training of the models in the journal, with errors made up."""
    recipe = find_regime("smoke").recipe(LENGTH)
    header = {"name": "finals", "recipe": asdict(recipe), "recipe_hash": recipe.hash, "data_sha256": "0" * 64}
    with Journal(sheet_of(SHEET, "smoke").journal, header | {"segment": SEGMENT}) as journal:
        for i, task in enumerate(tasks(models, "smoke", seeds)):
            journal.append(task.cells | {"status": "ok", "error": 9.0 + i, "test_error": 9.5 + i, "seconds": 7.5})


def regnet(*arguments: str, code: int = 0) -> str:
    app = typer.Typer(cls=OneLineErrors)
    app.command()(command)
    app.callback()(lambda: None)
    result = CliRunner().invoke(app, ["finals", *arguments])
    assert result.exit_code == code, result.output
    return result.output


def test_best_and_median_are_those_of_the_sealed_errors(trained: tuple[Runs, list[Final]]) -> None:
    runs, _ = trained
    frame = runs.frame(SOURCES[0]).sort_values(["error", "index"])
    best, median = plan(runs).models[:2]
    assert [final.network.id for final in (best, median)] == frame["network_id"].iloc[[0, 1]].tolist()
    assert [final.source for final in (best, median)] == [f"{SOURCES[0]} {index}" for index in frame["index"][:2]]
    assert best.recipe == find_regime("smoke").recipe(8)


def test_efficientnets_wait_for_their_rates(whole: Path) -> None:
    without, known = plan(runs_of(whole)), plan(runs_of(whole), RATES)
    assert [final for final in known.models if final.family != "efficientnet"] == list(without.models)
    assert "efficientnet" in {final.family for final in known.models}


def test_populations_that_are_missing_are_named_and_the_rest_is_planned(trained: tuple[Runs, list[Final]]) -> None:
    found = plan(trained[0], RATES)
    assert [final.model for final in found.models] == NAMES[:7]
    for name in SOURCES[1:]:
        assert any(f"regnet sweep smoke {name} -n 4" in note for note in found.notes)


def test_a_population_is_chosen_from_when_it_is_whole_or_a_number_is_given(own: Path) -> None:
    seal_population(own, SOURCES[0], 3, regime="smoke")
    found = plan(runs_of(own))
    assert not found.models
    assert f"{SOURCES[0]} has 3 of 4 members" in found.notes[0]
    assert plan(runs_of(own, n=3)).models[0].model == NAMES[0]


def test_thirty_models_are_planned_or_named(whole: Path) -> None:
    found = plan(runs_of(whole), RATES)
    left_out = [note.split(" is left out: ")[0] for note in found.notes if " is left out: " in note]
    assert SEEDS * len(NAMES) == wanted("smoke")
    assert sorted([*(final.model for final in found.models), *left_out]) == sorted(NAMES)


def test_shapes_have_the_flops_or_activations_of_the_best_regnet(whole: Path) -> None:
    found = plan(runs_of(whole), RATES)
    best = {final.multiple: final.counts for final in found.models if (final.family, final.role) == ("regnetx", "best")}
    shapes = [final for final in found.models if final.role == "shape"]
    far = set()
    for final in shapes:
        off = getattr(final.counts, final.matched) / getattr(best[final.multiple], final.matched) - 1
        assert abs(off) <= TOLERANCE
        far |= {f"{final.model} has {off:+.1%} {final.matched} against"} if abs(off) > 0.05 else set()
    assert {note.split(" regnetx")[0] for note in found.notes if " against " in note} == far
    assert {final.family for final in shapes} == {"resnet", "resnext", "efficientnet"}
    assert all(final.network.stem == find_regime("smoke").stem for final in shapes)


def test_only_efficientnets_get_rates_of_their_own(whole: Path) -> None:
    for final in plan(runs_of(whole), RATES).models:
        own = RATES if isinstance(final.network, EfficientNet) else Rates(0.1, 5e-5)
        assert final.recipe == replace(find_regime("smoke").recipe(LENGTH), **own._asdict())


def test_seeds_are_one_stream_a_model_apart_from_every_populations(whole: Path) -> None:
    models = plan(runs_of(whole), RATES).models
    seeds = [task.seed for task in tasks(models, "smoke")]
    others = {training_seed(s, index, repeat) for s in (0, 1) for index in range(100) for repeat in range(4)}
    assert len(set(seeds) - others) == SEEDS * len(models)
    assert [task.seed for task in tasks(models[3:4], "smoke")] == [
        final_seed(models[3].model, repeat) for repeat in range(5)
    ]
    assert SEEDS == rules.SEEDS


def test_every_model_is_trained_once_before_any_is_trained_again(whole: Path) -> None:
    models = plan(runs_of(whole), RATES).models
    order = [task.cells["model"] for task in tasks(models, "smoke")]
    assert order == SEEDS * [final.model for final in models]


def test_rows_have_validation_and_test_error_of_the_same_training(trained: tuple[Runs, list[Final]]) -> None:
    runs, models = trained
    frame = runs.finals()
    assert list(frame.columns) == COLUMNS
    assert len(frame) == TRAINED * len(models)
    assert frame[["error", "test_error"]].apply(lambda column: column.between(0, 90)).all().all()
    assert (frame["test_error"] != frame["error"]).any()
    row = frame[frame["model"] == NAMES[2]].iloc[0]
    assert (row["family"], row["role"], row["matched"], row["source"]) == ("resnet", "shape", "flops", "resnet-50")
    assert (row["multiple"], row["length"], row["lr"], row["segment"]) == (0.5, 8, 0.1, 0)
    assert set(frame[frame["role"] == "best"]["matched"]) == {""}


def test_trainings_that_are_done_are_not_repeated(trained: tuple[Runs, list[Final]]) -> None:
    _, models = trained
    before = sheet_of(SHEET, "smoke").csv.read_bytes()
    assert train(models, "smoke", Local(workers=1), seeds=TRAINED).done == 0
    seal(sheet_of(SHEET, "smoke"))
    assert sheet_of(SHEET, "smoke").csv.read_bytes() == before
    assert len(missing(models, "smoke")) == (SEEDS - TRAINED) * len(models)


def test_the_sheet_is_known_to_status_and_seal_and_is_no_population(trained: tuple[Runs, list[Final]]) -> None:
    runs, models = trained
    assert runs.populations() == [SOURCES[0]]
    assert known("smoke") == ["finals", SOURCES[0]]
    row = status(find_regime("smoke"), ()).set_index("population").loc["finals"]
    assert (row["trained"], row["sealed"], row["wanted"]) == (TRAINED * len(models),) * 2 + (wanted("smoke"),)
    assert runs.info("finals")["recipe"]["images"] == 8 * 384
    assert runs.date("finals") >= "2020"


def test_claims_are_judged_on_them(trained: tuple[Runs, list[Final]]) -> None:
    runs, _ = trained
    two = runs.finals()
    frame = pd.concat([two.assign(seed=two["seed"] + turn) for turn in range(3)], ignore_index=True)  # six seeds of two
    rule = FinalBetter(Model("regnetx"), (Model("resnet", "shape", "flops"),), (0.5,))
    claim = Claim("fig17-flops", "RegNetX is better than ResNet shapes.", "Fig 17", "fig17", rule, n=0)
    (found,) = judge({}, {}, 1.5, [claim], finals=frame)
    errors = [frame[frame["model"] == name]["error"].to_numpy(np.float64) for name in (NAMES[0], NAMES[2])]
    assert found.parts[0].result == better(*errors)
    assert found.verdict == better(*errors).verdict
    assert judge({}, {}, 1.5, [claim])[0].note == "no final models are trained"
    assert judge({}, {}, 1.5, [claim], finals=two)[0].note.endswith("with 5 seeds")


def test_a_page_judges_its_claims_on_sealed_final_models(trained: tuple[Runs, list[Final]]) -> None:
    notes = {judgement.claim.id: judgement.note for judgement in judgements(trained[0])}
    assert len(notes) == len(CLAIMS)
    assert notes["fig17-flops"].startswith("the best RegNetX at 0.5 F is not trained with 5 seeds")


def test_diverged_final_trainings_stand_in_the_verdicts_note(trained: tuple[Runs, list[Final]]) -> None:
    two = trained[0].finals()
    frame = pd.concat([two.assign(seed=two["seed"] + turn) for turn in range(3)], ignore_index=True)
    frame.loc[frame.index[:2], "status"] = "diverged"
    rule = FinalBetter(Model("regnetx"), (Model("resnet", "shape", "flops"),), (0.5,))
    claim = Claim("fig17-flops", "RegNetX is better than ResNet shapes.", "Fig 17", "fig17", rule, n=0)
    (found,) = judge({}, {}, 1.5, [claim], finals=frame)
    assert (found.diverged, found.note.startswith("2 diverged")) == (2, True)
    assert rests_on_networks(found)


@pytest.mark.usefixtures("own")
def test_a_training_that_fails_is_named_and_left_out(whole: Path, capfd: pytest.CaptureFixture[str]) -> None:
    best = plan(runs_of(whole)).models[0]
    broken = replace(best, recipe=replace(best.recipe, resolution=20))
    assert train([broken], "smoke", Local(workers=1), seeds=1).counts["failed"] == 1
    assert f"finals, {best.model}: ValueError" in capfd.readouterr().err
    seal(sheet_of(SHEET, "smoke"))
    assert open_runs("smoke").finals().empty
    assert [task.seed for task in missing([best], "smoke")] == [task.seed for task in tasks([best], "smoke")]


@pytest.mark.usefixtures("own")
def test_final_models_that_nobody_trained_name_the_command() -> None:
    with pytest.raises(MissingPopulation, match=r"no final models sealed in .*; make them: regnet finals smoke$"):
        open_runs("smoke").finals()


def test_a_population_that_has_grown_is_refused_and_its_first_members_go_on(own: Path) -> None:
    seal_population(own, SOURCES[0], 4, regime="smoke")
    old = plan(runs_of(own)).models
    write(old, seeds=2)
    seal_population(own, SOURCES[0], 24, regime="smoke")
    new = plan(runs_of(own)).models
    assert new[1].source != old[1].source
    with pytest.raises(StoreConflict) as refused:
        train(new, "smoke", Local(workers=1))
    moved = ("keep the final models", "finals.jsonl", "finals.csv away")
    for word in (old[1].model, old[1].source, new[1].source, *moved):
        assert word in str(refused.value)
    assert len(missing(plan(runs_of(own, n=4)).models, "smoke")) == 3 * len(old)


@pytest.mark.usefixtures("own")
def test_other_rates_than_those_trained_with_are_refused(whole: Path) -> None:
    write(plan(runs_of(whole), Rates(0.3, 1e-5)).models, seeds=1)
    with pytest.raises(StoreConflict, match=r"efficientnet-b0 1\.5mf flops .*rate 0\.3, .* 1e-05\) .*rate 0\.2, "):
        missing(plan(runs_of(whole), Rates(0.2, 1e-5)).models, "smoke")


@pytest.mark.usefixtures("own")
def test_the_command_shows_models_and_cost_and_trains_nothing(whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGNET_RUNS", str(whole / "runs"))
    said = regnet("smoke", "--show")
    models = plan(runs_of(whole), RATES).models
    lines = said.splitlines()
    for final in models:
        (line,) = (line for line in lines if line.strip().startswith(final.model) and final.network.id in line)
        assert f"{final.counts.flops:,}" in line
        assert f"{final.counts.acts:,}" in line
    assert f"{SEEDS * len(models)} trainings to do, about " in said
    assert not sheet_of(SHEET, "smoke").journal.exists()


@pytest.mark.usefixtures("own")
def test_the_command_takes_efficientnets_rates_from_figure_22(whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGNET_RUNS", str(whole / "runs"))
    rates = [runs_of(whole).frame(name)["drawn_lr"] for name in TUNED]
    lowest, highest = min(map(min, rates)), max(map(max, rates))
    said = regnet("smoke", "--show").split("EfficientNets get learning rate ")[1]
    assert lowest < float(said.split()[0]) < highest
    for name in TUNED:
        assert name in said.splitlines()[0]


def test_the_command_seals_what_is_trained_and_says_what_it_lacks(own: Path) -> None:
    seal_population(own, SOURCES[0], 4, regime="smoke")
    models = plan(runs_of(own)).models
    write(models)
    said = regnet("smoke")
    assert "EfficientNets are left out" in said
    assert not [final for final in models if final.family == "efficientnet"]
    assert f"{SEEDS * len(models)} rows in " in said
    assert len(open_runs("smoke").finals()) == SEEDS * len(models)


@pytest.mark.usefixtures("own")
def test_the_command_without_a_population_ends_in_one_line() -> None:
    assert "regnet sweep smoke --element fig17" in regnet("smoke", code=2).splitlines()[-1]
