"""`regnet zoo` as a user types it, and the parts of a network that it shows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from regnet.commands import zoo as command
from regnet.console import OneLineErrors
from regnet.design.complexity import complexity
from regnet.design.parts import parts
from regnet.design.zoo import zoo


@pytest.mark.parametrize("name", list(zoo))
def test_parts_add_up_to_the_whole(name: str) -> None:
    found, cost = parts(zoo[name], zoo.resolution(name)), complexity(zoo[name], zoo.resolution(name))
    sums = [sum(getattr(part, count) for part in found) for count in ("flops", "params", "conv_acts")]
    assert sums == [cost.flops, cost.params, cost.conv_acts]
    assert [part.name for part in found[:2]] == ["stem", "stage 1"]
    assert all(part.flops > 0 and part.params > 0 for part in found)


def test_a_stages_cost_is_that_of_its_convolutions() -> None:
    stage = parts(zoo["regnetx-200mf"])[1]  # 32 -> 24 at 56 px, one block: 1x1, 3x3 in groups of 8, 1x1, projection
    weights = 32 * 24, 9 * 24 * 8, 24 * 24, 32 * 24
    assert stage.params == sum(weights) + 4 * 2 * 24
    assert stage.flops == weights[0] * 112**2 + sum(weights[1:]) * 56**2
    assert (stage.side, stage.conv_acts) == (56, 24 * 112**2 + 3 * 24 * 56**2)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("COLUMNS", "200")
    return CliRunner()


@pytest.fixture
def app() -> typer.Typer:
    app = typer.Typer(cls=OneLineErrors)
    app.callback()(lambda: None)
    app.command()(command.zoo)
    return app


def test_without_a_name_every_network_has_a_line(run: CliRunner, app: typer.Typer) -> None:
    done = run.invoke(app, ["zoo"])
    assert done.exit_code == 0
    assert all(name in done.output for name in zoo)
    assert "397,678,568" in done.output


def test_one_network_is_shown_stage_by_stage_with_line_print_and_profile(run: CliRunner, app: typer.Typer) -> None:
    said = run.invoke(app, ["zoo", "regnetx-400mf"]).output
    assert "quantised line: d 22, w_a 24.48, w_0 24, w_m 2.54, g 16, b 1" in said
    assert len([line for line in said.splitlines() if line.endswith("█")]) == 22
    stage3 = next(line for line in said.splitlines() if line.split()[:2] == ["stage", "3"])
    assert stage3.split()[2:9] == ["7", "160", "16", "1", "2", "3", "14"]
    assert "5,157,512" in next(line for line in said.splitlines() if line.split()[:1] == ["all"])


def test_what_is_not_as_printed_says_no(run: CliRunner, app: typer.Typer) -> None:
    lines = run.invoke(app, ["zoo", "resnet-50"]).output.splitlines()
    by_name = {line.split("  ")[0].strip(): line.split() for line in (line.strip() for line in lines)}
    assert by_name["params (M)"][-1] == "no"
    assert by_name["flops (B)"][-1] == "yes"
    assert by_name["acts by pycls' rule"][-1] == "no"


@pytest.mark.parametrize("name", ["regnety-800mf", "efficientnet-b5", "resnext-101"])
def test_json_is_one_object_that_adds_up(name: str, run: CliRunner, app: typer.Typer) -> None:
    found = json.loads(run.invoke(app, ["zoo", name, "--json"]).output)
    assert found["resolution"] == zoo.resolution(name)
    assert found["id"] == zoo[name].id
    assert sum(part["flops"] for part in found["parts"]) == found["flops"]
    assert (found["line"] is None) == (not name.startswith("regnet"))
    assert {row["quantity"] for row in found["printed"]} >= {"flops (B)", "params (M)", "acts (M)", "error (%)"}


def test_every_network_is_a_line_of_json(run: CliRunner, app: typer.Typer) -> None:
    lines = run.invoke(app, ["zoo", "--json"]).output.splitlines()
    assert [json.loads(line)["name"] for line in lines] == list(zoo)


def test_another_resolution_is_counted_and_not_compared_with_print(run: CliRunner, app: typer.Typer) -> None:
    said = run.invoke(app, ["zoo", "resnet-50", "--resolution", "128"]).output
    assert f"{complexity(zoo['resnet-50'], 128).flops:,}" in said
    assert "is for 224 px" in said


def test_a_library_s_name_shows_the_papers_network(run: CliRunner, app: typer.Typer) -> None:
    expected = run.invoke(app, ["zoo", "regnety-8.0gf"]).output
    for name in ("RegNetY-8.0GF_dds_8gpu", "regnety_080", "facebook/regnet-y-080"):
        assert run.invoke(app, ["zoo", name]).output == expected
    done = run.invoke(app, ["zoo", "regnet_y_8gf"])
    assert done.stdout == expected
    assert done.stderr.startswith("torchvision's network of that name is regnety-8.0gf-torchvision")


def test_a_network_beyond_the_paper_is_counted_and_has_nothing_printed(run: CliRunner, app: typer.Typer) -> None:
    said = run.invoke(app, ["zoo", "regnety_640"]).output
    assert said.startswith("regnety-64gf: 20 blocks, 224 px")
    assert "281,378,786" in said
    assert "not one of the paper's networks: nothing is printed for it" in said
    found = json.loads(run.invoke(app, ["zoo", "regnety_640", "--json"]).output)
    assert (found["name"], found["printed"], found["params"]) == ("regnety-64gf", None, 281378786)


def test_its_own_json_is_a_network_again(run: CliRunner, app: typer.Typer, tmp_path: Path) -> None:
    for name in ("efficientnet-b3", "regnety-1.6gf"):
        (tmp_path / "one.json").write_text(run.invoke(app, ["zoo", name, "--json"]).output)
        shown = run.invoke(app, ["zoo", str(tmp_path / "one.json")]).output
        assert shown == run.invoke(app, ["zoo", name]).output
    (tmp_path / "mine.json").write_text(json.dumps({"d": 8, "w_a": 8, "w_0": 16, "w_m": 2.1, "g": 8}))
    shown = run.invoke(app, ["zoo", str(tmp_path / "mine.json"), "--resolution", "32"]).output
    assert shown.startswith("mine.json: 8 blocks, 32 px")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["regnetx-401mf"], "regnetx-400mf"), (["--resolution", "-1"], "got -1"), (["no.yaml"], "no.yaml")],
)
def test_a_mistake_is_one_line(arguments: list[str], said: str, run: CliRunner, app: typer.Typer) -> None:
    done = run.invoke(app, ["zoo", *arguments])
    assert done.exit_code == 2
    assert done.output.startswith("regnet: ")
    assert said in done.output
