"""Numbers as arguments: right ones of another type are taken, wrong ones end in one ValueError that names them."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import regnet
from regnet import analysis
from regnet.analysis.quantiles import better_at
from regnet.analysis.random_search import suffices, suffices_share
from regnet.analysis.timing_fits import fit
from regnet.cli import app
from regnet.design.complexity import complexities, complexity
from regnet.design.laws import Choice, LogUniform, Uniform
from regnet.design.networks import AnyNet, EfficientNet, MBStage, RegNet, Stage, Stem
from regnet.design.recipe import Recipe
from regnet.design.sampling import Window
from regnet.design.scalars import IMAGES, real, whole
from regnet.design.shapes import scale_to, scaled
from regnet.design.spaces import spaces
from regnet.design.zoo import zoo
from regnet.sweeps.calibration import Grid
from regnet.sweeps.engine import Local
from regnet.sweeps.length_calibration import Search
from regnet.sweeps.population import Population
from regnet.sweeps.regimes import regimes
from regnet.sweeps.store import open_runs
from regnet.sweeps.timing_jobs import Setting

Arguments = Mapping[str, Any]
STAGES = (Stage(1, 32, 1, 8), Stage(2, 64, 2, 8))
ERRORS = [10.0, 20.0, 30.0, 40.0]

# what is called, with right numbers; lists are one number a stage
BUILT: dict[str, tuple[Callable[..., Any], Arguments]] = {
    "Stem": (Stem, {"kernel": 3, "width": 32, "stride": 2, "channels": 3}),
    "Stage": (Stage, {"depth": 2, "width": 32, "bottleneck": 2.0, "group_width": 8, "stride": 2}),
    "MBStage": (MBStage, {"depth": 2, "width": 32, "expansion": 6.0, "kernel": 3, "stride": 2}),
    "AnyNet": (lambda **given: AnyNet(STAGES, **given), {"se_ratio": 0.25}),
    "AnyNet.compatible": (
        AnyNet.compatible,
        {"depths": [1, 2], "widths": [24, 56], "bottlenecks": [1.0, 2.0], "group_widths": [8, 16], "strides": [2, 1]},
    ),
    "RegNet": (RegNet, {"d": 13, "w_a": 36.5, "w_0": 24, "w_m": 2.5, "g": 8, "b": 1.0, "se_ratio": 0.25}),
    "EfficientNet": (lambda **given: EfficientNet((MBStage(1, 16),), **given), {"head_width": 64, "se_ratio": 0.25}),
    "Recipe": (
        lambda **given: Recipe("fashion-mnist", **given),
        {
            "resolution": 28, "num_classes": 10, "images": 640, "batch": 16, "lr": 0.5, "momentum": 0.5,
            "weight_decay": 0.25, "warmup_images": 64, "validation_images": 100, "final_gamma": 1.0,
        },
    ),
    "Window": (Window, {"resolution": 224, "num_classes": 1000}),
    "Uniform": (Uniform, {"low": 8.0, "high": 64.0, "step": 8.0}),
    "LogUniform": (LogUniform, {"low": 8.0, "high": 64.0, "step": 8.0, "floor": 4.0}),
    "Choice": (Choice, {"values": [1.0, 2.0]}),
    "Population": (
        lambda **given: Population("regnetx", "pocket", **given), {"multiple": 2.0, "length": 2, "seed": 1, "rate": 0.5}
    ),
    "Local": (Local, {"workers": 2, "threads": 1, "retries": 3}),
    "Setting": (lambda **given: Setting("cpu", **given), {"batch": 64, "seconds": 2.0}),
    "Grid": (Grid, {"images": [640], "batch": [16, 32], "lr": [0.5], "networks": 16}),
    "Search": (Search, {"classes": [50], "images": [640], "lr": [0.5], "rate_networks": 4, "rank_networks": 48}),
    "open_runs": (lambda **given: open_runs("smoke", "nowhere", **given), {"n": 2}),
}  # fmt: skip
DRAW = spaces["regnetx"].draw
CALLED: dict[str, tuple[Callable[..., Any], Arguments]] = {
    "complexity": (lambda **given: complexity(zoo["resnet-50"], **given), {"resolution": 224, "num_classes": 10}),
    "complexities": (
        lambda **given: complexities([[1]], [[8]], [[1]], [[8]], **given).flops.tolist(),
        {"strides": [2], "se_ratio": 0.25, "resolution": 28, "num_classes": 10},
    ),
    "scale_to": (
        lambda **given: scale_to("resnet-50", **given),
        {"flops": 4e9, "resolution": 224, "num_classes": 1000, "tolerance": 0.5, "above": 0.0},
    ),
    "scaled": (lambda **given: scaled(zoo["resnet-50"], **given), {"factor": 0.5, "strides": [1, 2, 2, 2]}),
    "EfficientNet.scaled": (EfficientNet((MBStage(2, 16),)).scaled, {"width": 2.0, "depth": 1.5}),
    "draw": (DRAW, {"n": 2, "seed": 1, "resolution": 224, "num_classes": 1000}),
    "with_template": (lambda **given: spaces["anynetx_a"].with_template("x", **given), {"stages": 3, "se_ratio": 0.5}),
    "RegNetSpace.constrain": (
        lambda **given: spaces["regnetx"].constrain("x", **given),
        {"d": 20, "w_a": 24.5, "w_0": 24, "w_m": 2.5, "b": 2, "g": 8},
    ),
    "AnyNetSpace.constrain": (
        lambda **given: spaces["anynetx_a"].constrain("x", **given), {"d": 2, "w": 64, "b": 2, "g": 8}
    ),
    "steps": (lambda **given: analysis.steps(ERRORS, **given)[0].tolist(), {"until": 50.0}),
    "band": (lambda **given: [*map(float, analysis.band(ERRORS, **given))], {"m": 2, "level": 0.5}),
    "expected_best": (lambda **given: analysis.expected_best(ERRORS, **given).tolist(), {"m": 2}),
    "best_weight": (
        lambda **given: analysis.best_weight([True, False, True, False], ERRORS, **given),
        {"permutations": 100, "seed": 1},
    ),
    "fit_quantized_linear": (lambda **given: regnet.fit_quantized_linear([8] * 3 + [64] * 4, **given), {"stages": 2}),
    "better_at": (lambda **given: better_at(ERRORS, ERRORS, **given), {"share": 0.5}),
    "suffices": (lambda **given: suffices(ERRORS, against=3, **given), {"m": 2, "within": 1.0}),
    "suffices_share": (lambda **given: suffices_share(ERRORS, against=3, **given), {"m": 2, "share": 0.5}),
    "no_worse": (lambda **given: analysis.no_worse(ERRORS, ERRORS, **given), {"margin": 1.5}),
    "power": (analysis.power, {"margin": 1.5, "sd_a": 3.0, "sd_b": 3.0, "n_a": 100, "n_b": 100}),
    "holm": (analysis.holm, {"size": 3}),
    "Curve.band": (
        lambda **given: fit("line", [1, 2, 3, 4], [1, 2, 4, 4]).band([1.0], **given)[0].tolist(), {"level": 0.5}
    ),
}  # fmt: skip
CALLED["holm"] = (lambda **given: analysis.holm([0.01, 0.04], **given), {"size": 3})
ALL = BUILT | CALLED

INTEGERS = [np.int8, np.int32, np.int64, np.uint8, np.uint64]
FLOATS = [np.float16, np.float32, np.float64, np.longdouble]
JUNK = st.one_of(
    st.sampled_from([
        None, "", "3", "x" * 10_000, b"3", [], [1], (1, 2), {}, {1}, 3j, True, False, np.True_, np.nan, np.inf, -np.inf,
        np.float32("nan"), pd.NA, pd.NaT, np.array(3), np.array([1.0]), object(), 10**400, -(10**400),
        Fraction(10**400), Fraction(1, 3), np.datetime64("2020-01-01"), 1e300, 5e-324, -1, 0, -0.0, 1.5, 2**63,
    ]),
    st.floats(allow_subnormal=False), st.integers(), st.integers(-5, 100),
    st.builds(lambda kind, value: kind(value), st.sampled_from(INTEGERS), st.integers(0, 100)),
    st.builds(
        lambda kind, value: kind(value), st.sampled_from(FLOATS), st.floats(-5, 100, width=16, allow_subnormal=False)
    ),
)  # fmt: skip


def plain(value: Any) -> Any:
    """The Python number that a right value stands for."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, np.floating):
        return float(str(value))
    return value.item() if isinstance(value, np.generic) else value


def fields(value: Any) -> list[Any]:
    """The numbers of a dataclass, of those in it too."""
    if dataclasses.is_dataclass(value):
        return [number for each in dataclasses.fields(value) for number in fields(getattr(value, each.name))]
    if isinstance(value, tuple):
        return [number for each in value for number in fields(each)]
    return [] if value is None or isinstance(value, str) else [value]


def identity(value: Any) -> Any:
    """What rows know a network or a recipe by; the value where it is neither."""
    value = value.to_anynet() if isinstance(value, RegNet) else value
    return getattr(value, "id", getattr(value, "hash", value))


@pytest.mark.parametrize("name", BUILT)
@settings(max_examples=60, deadline=None, derandomize=True)
@given(data=st.data())
def test_junk_is_refused_by_name_or_builds_what_plain_numbers_build(name: str, data: st.DataObject) -> None:
    build, right = BUILT[name]
    given = {
        parameter: [data.draw(JUNK), *value[1:]] if isinstance(value, list) and data.draw(st.booleans())
        else data.draw(JUNK)
        for parameter, value in right.items() if data.draw(st.booleans())
    }  # fmt: skip
    built, error = attempt(build, right | given)
    if error:
        assert any(parameter in error for parameter in given), error
        assert len(error) < 400
        assert "\n" not in error
        return
    assert {type(number) for number in fields(built)} <= {int, float, bool, type(Path())}
    same = build(**(right | {parameter: plain(value) for parameter, value in given.items()}))
    assert built == same
    assert attempt(identity, {"value": built}) == attempt(identity, {"value": same})  # a line may be too wide


def attempt(call: Callable[..., Any], given: Arguments) -> tuple[Any, str]:
    """What comes out, and the message where it is refused."""
    try:
        return call(**given), ""
    except ValueError as error:
        return None, str(error)


@pytest.mark.parametrize("name", CALLED)
@pytest.mark.parametrize(
    "junk",
    [None, "3", [None], float("nan"), float("inf"), True, np.True_, -(10**400), 10**5000, 3j, {}],
    ids=lambda junk: type(junk).__name__,
)
def test_a_wrong_number_is_refused_by_name(name: str, junk: object) -> None:
    call, right = CALLED[name]
    optional = {"until", "strides", "stages", "se_ratio", "flops", "d", "w_a", "w_0", "w_m", "w", "b", "g"}
    for parameter in right:
        if junk is None and parameter in optional and name != "fit_quantized_linear":
            continue
        with pytest.raises(ValueError, match=rf"\b{parameter}\b") as error:
            call(**(right | {parameter: junk}))
        assert "\n" not in str(error.value)


def kinds(value: Any) -> list[Any]:
    """The same number in every type that holds it exactly."""
    if isinstance(value, list):
        return [list(each) for each in zip(*map(kinds, value), strict=True)] + [tuple(value), pd.Series(value)]
    wide = [kind for kind in [np.int64, *FLOATS[2:], Fraction, float] if kind(value) == value]
    small = [kind for kind in (*INTEGERS, *FLOATS) if 0 <= value < 100 and kind(value) == value]
    return [kind(value) for kind in [*wide, *small]]


@pytest.mark.parametrize("name", ALL)
def test_a_right_number_of_another_type_gives_the_same(name: str) -> None:
    call, right = ALL[name]
    expected = call(**right)
    for parameter, value in right.items():
        for other in [np.array(value)] if isinstance(value, list) else kinds(value):
            found = call(**(right | {parameter: other}))
            assert found == expected, (parameter, other, type(other))
            assert identity(found) == identity(expected)


def test_whole_valued_floats_of_a_row_build_the_network_that_the_row_names() -> None:
    row = regnet.load("pocket", "regnetx").astype({f"{name}{i}": float for name in "dwg" for i in (1, 2, 3, 4)}).iloc[0]
    stages = tuple(Stage(*(row[f"{name}{i}"] for name in "dwbg")) for i in (1, 2, 3, 4))
    assert AnyNet(stages, regimes["pocket"].stem).id == row["network_id"]


def test_half_precision_is_the_decimal_that_it_prints() -> None:
    assert Recipe("x", 28, lr=np.float32(0.1)).hash == Recipe("x", 28, lr=0.1).hash  # type: ignore[arg-type]
    narrow = spaces["regnetx"].constrain("x", w_m=np.float32(2.1))  # type: ignore[arg-type]
    assert narrow == spaces["regnetx"].constrain("x", w_m=2.1)


@pytest.mark.parametrize(
    ("constraint", "said"),
    [
        ({"d": (70, 80)}, "d: no value of uniform 1..63 lies in [70, 80]"),
        ({"d": (8, 4)}, "d: bounds must be (low, high) with low <= high, got (8, 4)"),
        ({"d": 1.5}, "d: 1.5 cannot be drawn: expected a value of uniform 1..63"),
        ({"d": Choice((1.5, 2))}, "d: whole numbers expected, got one of 1.5, 2"),
        ({"w_m": (2, float("nan"))}, "w_m: bounds must be a finite number, got nan"),
        ({"g": {8}}, "g: a value, bounds (low, high) or a law expected, got {8}"),
    ],
)
def test_a_constraint_is_refused_in_the_users_own_numbers(constraint: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011 (compared below)
        spaces["regnetx"].constrain("x", **constraint)
    assert str(error.value) == said


@pytest.mark.parametrize("use", [complexity, regnet.build, lambda line: scaled(line, 1.0)])
def test_a_line_where_a_network_is_meant_names_the_way_to_it(use: Callable[[Any], Any]) -> None:
    with pytest.raises(ValueError, match=r"\.to_anynet\(\)"):
        use(RegNet(d=13, w_a=36.5, w_0=24, w_m=2.5, g=8))
    with pytest.raises(ValueError, match="network must be an AnyNet or an EfficientNet, got 'resnet-50'"):
        use("resnet-50")


def test_a_message_says_the_bound_that_is_passed() -> None:
    with pytest.raises(ValueError, match=r"^images must be a whole number from 1 to 10,000,000,000, got 1.*000$"):
        whole("images", 10**20, high=IMAGES)
    with pytest.raises(ValueError, match=r"^lr must be a number above 0 and below 1, got 2$"):
        real("lr", 2, above=0, below=1)
    with pytest.raises(ValueError, match="is beyond 64 bits"):
        complexities([[10_000]], [[2**24]], [[1]], [[2**24]])


WRONG_COUNTS = ("nan", "inf", "-1", "1.5", "abc", "", "²", "1e3", "None", str(10**20), "1" * 5000)
WRONG_RATES = ("nan", "inf", "-inf", "-1", "0", "abc", "", "1e999", "None")
COUNTS = (
    ("sample regnetx", "-n"), ("sample regnetx", "--seed"), ("sample regnetx", "--resolution"), ("zoo", "--resolution"),
    ("sweep smoke", "-n"), ("sweep smoke", "--workers"), ("check smoke", "-k"), ("check smoke", "--seed"),
    ("calibrate smoke", "--images"), ("calibrate smoke", "--batch"), ("calibrate smoke", "--networks"),
    ("calibrate natural --stage rates", "--classes"), ("calibrate natural --stage ranks", "--networks"),
    ("finals smoke", "-n"), ("engines smoke", "--workers"), ("time resnet-50", "--batch"),
    ("time resnet-50", "--resolution"), ("batch smoke", "--jobs"),
)  # fmt: skip
REALS = (("calibrate smoke", "--lr"), ("calibrate natural --stage rates", "--lr"), ("time resnet-50", "--seconds"))


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WORK", "RUNS"):
        monkeypatch.setenv(f"REGNET_{name}", str(tmp_path / name))


@pytest.mark.usefixtures("folders")
@pytest.mark.parametrize(
    ("command", "option", "wrong"),
    [(*one, WRONG_COUNTS) for one in COUNTS] + [(*one, WRONG_RATES) for one in REALS],
)
def test_a_wrong_number_typed_is_one_line_that_names_the_option(
    command: str, option: str, wrong: tuple[str, ...], tmp_path: Path
) -> None:
    for value in wrong:
        if (option, value) == ("--seconds", "0"):  # no limit
            continue
        result = CliRunner().invoke(app, [*command.split(), option, value])
        assert result.exit_code == 2, (value, result.output)
        assert result.output.startswith("regnet: "), value
        assert len(result.output.splitlines()) == 1, value
        assert option.lstrip("-") in result.output, (value, result.output)
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("folders")
@pytest.mark.parametrize("window", ["nan:1", "1:inf", "2:1", "a:b", "1", "1e999:"])
def test_a_wrong_window_typed_is_one_line_that_names_it(window: str) -> None:
    for name in ("flops", "params", "acts"):
        result = CliRunner().invoke(app, ["sample", "regnetx", f"--{name}", window])
        assert (result.exit_code, len(result.output.splitlines())) == (2, 1)
        assert name in result.output


def digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def test_ids_and_hashes_are_those_that_stored_rows_name() -> None:
    drawn = {
        name: [(draw.network.id, draw.drawn) for draw in space.draw(200, seed=3)] for name, space in spaces.items()
    }
    recipes = {(r.name, length): r.recipe(length).hash for r in regimes.values() for length in r.lengths}
    found = digest(drawn), digest({name: net.id for name, net in zoo.items()}), digest(list(recipes.values()))
    assert found == ("2a1eded8fda9a291", "5c9274fa0c06b0bd", "6f47fb2fc645e7c2")


def test_a_negative_zero_is_zero() -> None:
    assert AnyNet(STAGES, se_ratio=-0.0).id == AnyNet(STAGES).id
    assert Recipe("x", 28, weight_decay=-0.0).hash == Recipe("x", 28, weight_decay=0).hash
