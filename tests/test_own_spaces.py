"""Design spaces of one's own: tables in `spaces.toml`, wherever a space's name is taken."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from matplotlib.colors import to_hex
from typer.testing import CliRunner

from regnet import build, complexity, load
from regnet.cli import app
from regnet.commands.compare import MOST, _picture
from regnet.design.laws import Choice
from regnet.design.spaces import spaces
from regnet.figures.panels import style
from regnet.figures.panels.edfs import Edfs
from regnet.sweeps import labels
from regnet.sweeps.experiments import named
from regnet.sweeps.folders import CHECKOUT
from regnet.sweeps.own_spaces import find_space, own_spaces
from regnet.sweeps.population import Population
from regnet.sweeps.rows import network_of, realised
from regnet.sweeps.store import open_runs

TOML = """
[narrow]
of = "regnetx"
d = [4, 20]
g = 8
b = { choice = [0.5, 1, 2] }

[narrow_y]
of = "narrow"
se_ratio = 0.1

[ordered]
of = "anynetx_c"
w = "decreasing"
block = "X"
stages = 3
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file, in a folder of runs of its own."""
    monkeypatch.setenv("REGNET_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("REGNET_WORK", str(tmp_path / "work"))
    monkeypatch.setenv("COLUMNS", "300")
    path = tmp_path / "runs" / "spaces.toml"
    path.parent.mkdir()
    path.write_text(TOML)
    return path


def regnet(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == code, result.output
    return result.output


def test_a_table_is_the_space_that_python_would_make() -> None:
    narrow = spaces["regnetx"].constrain("narrow", d=(4, 20), g=8, b=Choice((0.5, 1, 2)))
    assert find_space("narrow") == narrow
    assert find_space("narrow_y") == narrow.with_template("narrow_y", se_ratio=0.1)
    ordered = spaces["anynetx_c"].with_template("ordered", stages=3).constrain("ordered", w="decreasing")
    assert find_space("ordered") == ordered
    assert find_space("regnetx") == spaces["regnetx"]


def test_without_a_file_there_are_none(place: Path) -> None:
    place.unlink()
    assert own_spaces() == {}
    with pytest.raises(ValueError, match=r"did you mean 'regnetx'\?.*; or one of your own, described in spaces\.toml"):
        find_space("regnetz")


def test_a_changed_file_is_read_again(place: Path) -> None:
    before = find_space("narrow")
    place.write_text(TOML.replace("g = 8", "g = 16"))
    assert find_space("narrow") != before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[narrow", "is not TOML"),
        ("[Narrow]\nof = 'regnetx'", r"\[Narrow\]: a space's name is lower-case letters, digits and _"),
        ("[regnetx]\nof = 'anynetx_a'", r"\[regnetx\]: the library has something of that name"),
        ("[efficientnet]\nof = 'anynetx_a'", r"\[efficientnet\]: the library has something of that name"),
        ("narrow = 3", r'\[narrow\]: of = "\.\.\." is missing'),
        ("[narrow]\nd = 3", r'\[narrow\]: of = "\.\.\." is missing'),
        ("[narrow]\nof = 'regnetz'", r"\[narrow\]: no design space 'regnetz': did you mean 'regnetx'"),
        ("[narrow]\nof = 'regnetx'\nw = 8", r"\[narrow\]: no key 'w'.*There are: of, d, w_a, w_0, w_m, b, g, stages"),
        ("[narrow]\nof = 'regnetx'\ng = 3", r"\[narrow\]: g: .*3"),
        ("[narrow]\nof = 'regnetx'\nb = [1, 2, 4]", r"b: a value, \[low, high\] or \{ choice = "),
        ("[narrow]\nof = 'regnetx'\nb = { choice = [0] }", r"\[narrow\]: b: .*0"),
        ("[narrow]\nof = 'regnetx'\nb = { choose = [1] }", r"b: a value, \[low, high\] or \{ choice = "),
        ("[narrow]\nof = 'regnetx'\ng = true", r"\[narrow\]: g: .*True"),
        ("[narrow]\nof = 'regnetx'\nblock = 'Z'", r"\[narrow\]: .*'Z'"),
        ("[narrow]\nof = 'regnetx'\nstages = '4'", r"\[narrow\]: stages .*'4'"),
        ("[narrow]\nof = 'anynetx_d'\nw = 'decreasing'", r"\[narrow\]: narrow has w increasing: it cannot"),
        ("[narrow]\nof = 'regnetx'\nw_0 = 'w_b'", r"\[narrow\]: the only word is"),
        ("[finals]\nof = 'regnetx'", r"\[finals\]: the library has something of that name"),
        ("[narrow]\nof = 'regnetx'\nw_0 = { choice = [12] }", r"w_0: multiples of 8 expected, got 12"),
        ("[narrow]\nof = 'regnetx'\nw_m = { choice = [1] }", r"w_m: 1.001 to 10000 expected"),
        ("[narrow]\nof = 'anynetx_a'\nd = { choice = [20000] }", r"d: 1 to 10000 expected"),
        ("[narrow]\nof = 'anynetx_a'\nb = { choice = [100000] }", r"b: 0.0001 to 10000 expected"),
        ("[narrow]\nof = 'anynetx_a'\nblock = 'V'\ng = 8", r"g: block V has none"),
        ("[narrow]\nof = 'anynetx_a'\nblock = 'R'\ng = [1, 8]", r"g: block R has none"),
        ("[narrow]\nof = 'regnetx'\nblock = ''", r"\[narrow\]: .*''"),
        ("[narrow]\nof = 'regnetx'\nactivation = 0", r"activation must be one of"),
        ("[narrow]\nof = 'regnetx'\nw_0 = 'w_a'\nw_a = [8, 16]", r"leaves no w_a to constrain"),
        ("x = " + "[" * 3000, "is not TOML: it is nested too deeply"),
        ("x = " + "1" * 5001, "is not TOML"),
    ],
)
def test_what_is_no_space_is_refused_with_file_space_and_key(place: Path, text: str, said: str) -> None:
    place.write_text(text)
    with pytest.raises(ValueError, match=said) as error:
        find_space("narrow")
    assert str(place) in str(error.value)
    assert len(str(error.value).splitlines()) == 1


def test_populations_are_drawn_trained_sealed_compared_and_checked(place: Path) -> None:
    assert [*pd.DataFrame(find_space("narrow").draw(3)[0].drawn, index=[0])] == ["d", "w_a", "w_0", "w_m", "b", "g"]
    assert len(regnet("sample", "narrow", "--regime", "smoke", "-n", "3").splitlines()) == 4
    regnet("sweep", "smoke", "narrow", "narrow_y", "ordered", "-n", "2", "--workers", "1")
    regnet("seal", "smoke")
    frame = load("smoke", "narrow_y")
    drawn = Population("narrow_y", "smoke").draws(2)
    for (_, row), draw in zip(frame.iterrows(), drawn, strict=True):
        assert network_of(row) == draw.network
        assert network_of(row).se_ratio == 0.1
        assert {name: row[name] for name in realised(draw.network)} == realised(draw.network)
    table = regnet("compare", "smoke", "narrow", "narrow_y", "ordered", "-o", str(place.parent / "edfs.csv"))
    assert [line.split()[:3] for line in table.splitlines()[1:4]] == [
        [name, "2", "2"] for name in ("narrow", "narrow_y", "ordered")
    ]
    data = pd.read_csv(place.parent / "edfs.csv")
    assert set(data["series"]) == {"narrow", "narrow_y", "ordered"}
    assert "pass  narrow: equal" in regnet("check", "smoke", "narrow", "-k", "1", "--workers", "1")

    changed = TOML.replace("d = [4, 20]", "d = [4, 400]")  # its first members may well be the same
    place.write_text(changed)
    for command in (
        ("sweep", "smoke", "narrow", "-n", "3", "--workers", "1"),
        ("seal", "smoke", "narrow"),
        ("status", "smoke"),
    ):
        said = regnet(*command, code=2)
        assert "its design space is RegNetSpace(" in said
        assert len(said.splitlines()) == 1
    place.write_text(changed.replace("[narrow]", "[other]").replace('of = "narrow"', 'of = "other"'))
    assert "or describe its design space in spaces.toml" in regnet("status", "smoke", code=2)
    place.write_text("[narrow")
    assert "spaces.toml is not TOML" in regnet("status", "smoke", code=2)


def test_a_choice_may_have_many_values_and_a_squeeze_few_channels(place: Path) -> None:
    many = ", ".join(map(str, range(1, 301)))
    place.write_text(f"[many]\nof = 'anynetx_a'\nd = {{ choice = [{many}] }}\n[thin]\nof = 'regnetx'\nse_ratio = 0.001")
    assert regnet("sample", "many", "-n", "2")
    (network,) = (
        find_space("thin")
        .with_stem(Population("thin", "smoke").setting.stem)
        .draw(1, resolution=28, num_classes=10, flops=(2.7e6, 3e6))
    )
    module = build(network.network, 10, seed=0)
    counts = complexity(network.network, 28, 10)
    assert sum(p.numel() for p in module.parameters()) == counts.params


def test_a_space_named_like_a_template_of_the_papers_is_its_own(place: Path) -> None:
    place.write_text("[regnetx_c_r]\nof = 'anynetx_a'\n[anynetx_b_v]\nof = 'anynetx_a'")
    assert [labels.label(name) for name in own_spaces()] == ["regnetx_c_r", "anynetx_b_v"]
    every = (*own_spaces(), "regnetx_c", "anynetx_b")
    assert len({(style.colour(name), style.line(name)) for name in every}) == len(every)


def test_compared_populations_have_a_look_each() -> None:
    names = ("anynetx_a", "anynetx_a_v", "anynetx_a_r", "anynetx_a_vr", "anynetx_a-6mf", "anynetx_a-l5")
    picture = _picture(open_runs("natural", CHECKOUT / "runs"), named("natural", names))
    (panel,) = picture.panels
    assert isinstance(panel, Edfs)
    assert len({(curve.look["color"], curve.look["linestyle"]) for curve in panel.curves}) == len(names) == MOST


def test_they_have_labels_colours_and_broken_lines() -> None:
    assert labels.described("narrow_y-6mf-l2") == "narrow_y (6 MF, 2 × as long)"
    colours = [to_hex(style.colour(name)) for name in own_spaces()]
    assert len(set(colours)) == 3
    assert {style.line(name) for name in own_spaces()} == {"-."}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("regnetx",), "2 to 6 different populations are compared, got regnetx"),
        (("regnetx", "regnetx"), "2 to 6 different populations are compared, got regnetx regnetx"),
        (("regnetx", "regnetz"), "no design space 'regnetz'"),
        (("regnetx", "narrow"), "population smoke/regnetx has 0 of 4 members sealed"),
    ],
)
def test_what_cannot_be_compared_is_said_in_one_line(arguments: tuple[str, ...], said: str) -> None:
    shown = regnet("compare", "smoke", *arguments, code=2)
    assert said in shown
    assert len(shown.splitlines()) == 1
