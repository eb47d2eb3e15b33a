"""The command line as a user types it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from regnet import __version__
from regnet.cli import app
from regnet.console import bounds
from regnet.design.descriptions import network_from
from regnet.sweeps.population import Population
from regnet.sweeps.regimes import DEFAULT, regimes

COMMANDS = (
    "sample", "zoo", "eval", "train", "sweep", "status", "seal", "check", "calibrate", "limits", "finals", "figure",
    "time", "book", "batch", "archive", "data",
    "pdf", "edition",
)  # fmt: skip
HEAVY = {"numpy", "pandas", "scipy", "matplotlib", "torch", "papermill", "nbformat", "sphinx"}


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGNET_WORK", str(tmp_path / "work"))
    monkeypatch.setenv("REGNET_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("COLUMNS", "200")


def regnet(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == code, result.output
    return result.output


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_shows_an_example_in_its_help(command: str) -> None:
    assert f"Example: regnet {command} " in regnet(command, "--help")
    assert command in regnet("--help")


def test_version_and_mistakes_before_a_command_are_one_line() -> None:
    assert regnet("--version") == f"regnet {__version__}\n"
    assert re.fullmatch(r"regnet: No such option: --bogus; see \S+ --help\n", regnet("--bogus", code=2))
    module = [sys.executable, "-m", "regnet", "--version"]
    assert subprocess.run(module, capture_output=True, text=True, check=True).stdout == regnet("--version")


def test_help_imports_nothing_that_takes_long() -> None:
    code = "import sys; from regnet.cli import app; app(['--help'], standalone_mode=False); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Usage" in done.stdout
    assert not HEAVY & {name.split(".")[0] for name in done.stdout.splitlines()[-1].split()}


def test_a_default_in_a_help_text_is_shown() -> None:
    assert f"[default: REGNET_REGIME or {DEFAULT}]" in regnet("figure", "--help")


def test_networks_sampled_in_a_regime_are_its_populations_first_members() -> None:
    for space in ("regnetx_c", "regnetx_c_resolution"):
        said = regnet("sample", space, "-n", "4", "--regime", "natural", "--json")
        rows = [json.loads(line) for line in said.splitlines()]
        assert [row["id"] for row in rows] == [draw.network.id for draw in Population(space, "natural").draws(4)]
        low, high = regimes["natural"].window()
        assert all(low <= row["flops"] <= high for row in rows)
        assert [network_from(row).id for row in rows] == [row["id"] for row in rows]
    assert {row["resolution"] for row in rows} != {32}


def test_limits_that_only_a_regime_has_are_said_to_be_left_out() -> None:
    said = regnet("sample", "regnetx_c", "-n", "1", "--flops", "360e6:400e6")
    assert "regnetx_c has limits that a regime sets" in said


def test_sampled_networks_lie_in_the_window_that_was_asked_for() -> None:
    lines = regnet(
        "sample", "anynetx_a", "-n", "3", "--flops", "360e6:400e6", "--params", ":20e6", "--json"
    ).splitlines()
    networks = [json.loads(line) for line in lines]
    assert [network["index"] for network in networks] == [0, 1, 2]
    assert all(360e6 <= network["flops"] <= 400e6 and network["params"] <= 20e6 for network in networks)
    assert set(networks[0]["drawn"]) >= {"d1", "w4", "b2", "g3"}


def test_a_regime_gives_sampling_its_input_stem_and_window() -> None:
    network = json.loads(regnet("sample", "regnetx", "-n", "1", "--regime", "pocket", "--json"))
    assert 2.7e6 <= network["flops"] <= 3e6


def test_the_zoo_shows_every_network_and_the_profile_of_one() -> None:
    assert "397,678,568" in regnet("zoo")
    assert "5,157,512" in (one := regnet("zoo", "regnetx-400mf"))
    assert len([line for line in one.splitlines() if line.endswith("█")]) == 22


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("sample", "anynetx_z"), "no design space 'anynetx_z'"),
        (("sample", "regnetx", "--flops", "400e6"), "--flops must be LOW:HIGH"),
        (("zoo", "regnetx-401mf"), "regnetx-400mf"),
        (("sweep", "poket"), "pocket"),
        (("sweep", "smoke", "regnetx-3mf"), "is written 'regnetx'"),
        (("sweep", "smoke", "--workers", "0"), "workers must be a whole number of at least 1, got 0"),
        (("sweep", "smoke", "regnetx", "-n", "-1"), "got -1"),
        (("sweep", "imagenet", "regnetx", "-n", "1"), "ImageNet not found"),
        (("seal", "smoke"), "regnet sweep smoke"),
        (("seal", "smoke", "regnetx"), "nothing to seal"),
        (("check", "smoke"), "no sealed population"),
        (("check", "smoke", "regnetx"), "regnet sweep smoke regnetx"),
        (("figure", "fig99"), "no element 'fig99'"),
        (("figure", "fig05", "-o", "fig05.bad"), "Figure 5 can be written as .csv, .svg, .png, .pdf, got 'fig05.bad'"),
        (("figure", "tab01", "-o", "tab01.png"), "Table 1 can be written as .csv, .html, got 'tab01.png'"),
        (("book", "poket"), "pocket"),
        (("calibrate", "imagenet"), "not calibrated"),
        (("data", "mnist"), "no data set 'mnist' to fetch, expected tiny-imagenet"),
        (("calibrate", "smoke", "--show"), "no candidate to choose from"),
    ],
)
def test_a_mistake_is_one_line_and_exit_status_2(arguments: tuple[str, ...], said: str) -> None:
    output = regnet(*arguments, code=2)
    assert output.startswith("regnet: ")
    assert said in output
    assert len(output.splitlines()) == 1


def test_train_status_seal_and_check_as_one_would_type_them(tmp_path: Path) -> None:
    assert "2 trained now" in regnet("sweep", "smoke", "regnetx", "-n", "2", "--workers", "1")
    assert "0 trained now" in regnet("sweep", "smoke", "regnetx", "-n", "2")
    assert status("regnetx") == {"trained": "2", "wanted": "4", "sealed": "0", "journal": "2"}

    journal = tmp_path / "work" / "smoke" / "regnetx.jsonl"
    *lines, last = journal.read_text().splitlines()
    changed = json.loads(last)
    changed["row"]["error"] += 1
    journal.write_text("\n".join([*lines, json.dumps(changed), ""]))
    assert str(tmp_path / "runs" / "smoke" / "regnetx.csv") in regnet("seal", "smoke")
    assert status("regnetx") == {"trained": "2", "wanted": "4", "sealed": "2", "journal": "0"}

    output = regnet("check", "smoke", "-k", "2", "--workers", "1", code=1)
    assert "2/2 trained again" in output
    said = [line for line in output.splitlines() if "regnetx" in line]
    sealed, again = ([float(line.split()[i]) for line in said[:2]] for i in (3, 5))
    assert np.subtract(sealed, again).tolist() == pytest.approx([0, 1], abs=0.011)
    assert said[2] == "FAIL  regnetx: not equal, on equal machine and versions"


def status(population: str) -> dict[str, str]:
    header, *rows = (line.split() for line in regnet("status", "smoke").splitlines())
    row = dict(zip(header, next(row for row in rows if row[0] == population), strict=True))
    return {name: row[name] for name in ("trained", "wanted", "sealed", "journal")}


def test_a_figure_that_needs_no_runs_is_written(tmp_path: Path) -> None:
    target = tmp_path / "fig03.svg"
    assert regnet("figure", "fig03", "-o", str(target)).strip() == str(target)
    assert "<svg" in target.read_text()
    regnet("figure", "fig03", "-o", str(tmp_path / "fig03.csv"))
    assert len(pd.read_csv(tmp_path / "fig03.csv")) > 1
    assert "AnyNetX" in regnet("figure", "tab01")


def test_a_figure_without_its_runs_names_the_command_that_makes_them() -> None:
    assert "regnet sweep smoke" in regnet("figure", "fig05", "--regime", "smoke", code=2)


@pytest.mark.parametrize(("text", "read"), [("", None), ("1:2", (1, 2)), (":8e6", (None, 8e6)), ("5:", (5, None))])
def test_ranges_are_read_with_open_ends(text: str, read: object) -> None:
    assert bounds(text, "flops") == read


def test_the_command_alone_shows_its_help_and_no_empty_mistake() -> None:
    result = CliRunner().invoke(app, [])
    assert "COMMAND [ARGS]" in result.output
    assert "regnet:" not in result.output
