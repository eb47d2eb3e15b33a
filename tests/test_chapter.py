from __future__ import annotations

from pathlib import Path

import pytest
from sealed_runs import seal_population

from regnet.page.chapter import TrainingsFailed, begin, element


@pytest.fixture
def folder(tmp_path: Path) -> str:
    seal_population(tmp_path, "anynetx_a", 6)
    return str(tmp_path / "runs")


def test_a_chapter_opens_the_runs_that_its_parameters_name(folder: str) -> None:
    opened = begin("fig02", regime="pocket", runs=folder, n=4)
    assert (opened.regime, opened.n) == ("pocket", 4)
    assert len(opened.frame("anynetx_a")) == 4


def test_the_regime_comes_from_the_environment_where_none_is_given(
    folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGNET_REGIME", "smoke")
    assert begin(runs=folder).regime == "smoke"
    assert begin(runs=folder, regime="pocket").regime == "pocket"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"regime": "cifar"}, "no regime 'cifar'.*pocket"),
        ({"n": -1}, "n must be.*-1"),
        ({"seed": -2}, "seed must be.*-2"),
        ({"n": "50"}, "n must be int, got '50'"),
        ({"n": True}, "n must be int"),
        ({"train": 1}, "train must be bool"),
        ({"regime": None}, "regime must be str"),
    ],
)
def test_a_wrong_parameter_is_refused_and_named(wrong: dict[str, object], says: str, folder: str) -> None:
    with pytest.raises(ValueError, match=says):
        begin("fig02", **({"runs": folder} | wrong))  # type: ignore[arg-type]


def test_an_unknown_element_is_refused() -> None:
    with pytest.raises(ValueError, match="no element 'fig99'"):
        begin("fig99")


def test_a_folder_of_runs_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        begin("fig02", runs=str(tmp_path / "nowhere"))


def test_train_makes_what_is_missing_and_seals_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGNET_WORK", str(tmp_path / "work"))
    opened = begin("fig02", regime="smoke", runs=str(tmp_path / "runs"), n=1, train=True)
    assert opened.frame("anynetx_a")["index"].tolist() == [0]


def test_trainings_that_fail_are_said_with_their_populations_and_the_figure_says_what_it_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGNET_WORK", str(tmp_path / "work"))
    (tmp_path / "torch.py").write_text("raise ImportError('broken')")
    monkeypatch.syspath_prepend(tmp_path)  # for the workers: here torch is imported already
    runs = str(tmp_path / "runs")
    with pytest.raises(
        TrainingsFailed, match=r"1 trainings failed \(1 of anynetx_a\).*regnet sweep smoke anynetx_a -n 1"
    ):
        begin("fig02", regime="smoke", runs=runs, n=1, train=True)
    shown = element("fig02", begin("fig02", regime="smoke", runs=runs, n=1))
    assert "Not trained yet" in shown.html
    assert "anynetx_a" in shown.text
