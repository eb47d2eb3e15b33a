from __future__ import annotations

import itertools

import matplotlib
import numpy as np
import numpy.typing as npt
import pytest
from matplotlib.figure import Figure

from regnet import figures
from regnet.figures.panels import style
from regnet.sweeps import labels

# Machado, Oliveira and Fernandes 2009, severity 1: linear RGB as seen with each deficiency
SEEN = {
    "all cones": np.eye(3),
    "deuteranopia": np.array([[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]),
    "protanopia": np.array([[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]]),
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
DARK_PAGE = "#121212"
PANELS = (
    ("anynetx_a", "anynetx_b", "anynetx_c"),
    ("anynetx_a", "anynetx_c", "regnetx"),
    ("anynetx_c", "anynetx_d", "anynetx_c_w_const", "anynetx_c_w_decreasing"),
    ("anynetx_d", "anynetx_e", "anynetx_d_d_const", "anynetx_d_d_decreasing"),
    ("anynetx_c", "anynetx_d", "anynetx_e"),
    ("anynetx_a", "anynetx_e", "regnetx"),
    ("regnetx", "regnetx_wm2", "regnetx_w0_wa"),
    ("regnetx", "regnetx_c"),
    ("regnetx_c", "regnetx_c_inverted", "regnetx_c_depthwise"),
    ("regnetx_c", "regnetx_c_resolution"),
    ("regnetx_c", "regnetx_c_d20"),
    ("regnetx_c", "regnetx_c_3stage"),
    ("regnetx_c", "regnety_c"),
    ("regnety_c", "regnety_c_silu"),
    ("regnety_c_depthwise", "regnety_c_depthwise_silu"),
)


def linear(colour: str) -> npt.NDArray[np.float64]:
    rgb = np.array(matplotlib.colors.to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(rgb: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    xyz = TO_XYZ @ np.clip(rgb, 0, 1) / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one: str, other: str) -> float:
    low, high = sorted(float((TO_XYZ @ linear(colour))[1]) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("eye", SEEN)
@pytest.mark.parametrize("panel", PANELS)
def test_spaces_of_one_panel_differ_for_every_eye(panel: tuple[str, ...], eye: str) -> None:
    for one, other in itertools.combinations(panel, 2):
        a, b = (lab(SEEN[eye] @ linear(style.COLOURS[space])) for space in (one, other))
        assert np.linalg.norm(a - b) >= 20, f"{one} and {other}"


@pytest.mark.parametrize("colour", style.COLOURS.values())
def test_every_colour_stands_out_from_the_light_and_the_dark_page(colour: str) -> None:
    assert contrast(colour, "#ffffff") >= 3
    assert contrast(colour, DARK_PAGE) >= 3


@pytest.mark.parametrize("space", ["regnetx_c", "efficientnet"])
def test_shades_of_a_space_stand_out_too_and_grow_lighter(space: str) -> None:
    shades = style.shades(style.COLOURS[space], 3)
    assert shades[1].upper() == style.COLOURS[space]
    assert sorted(shades, key=lambda shade: contrast(shade, "#ffffff"), reverse=True) == shades
    assert min(contrast(shade, page) for shade in shades for page in ("#ffffff", DARK_PAGE)) >= 2.9


@pytest.mark.parametrize("eye", SEEN)
def test_regnety_is_told_from_anynetx_e_and_from_every_other_family(eye: str) -> None:
    regnety, *others = (lab(SEEN[eye] @ linear(one)) for one in (
        style.FAMILIES["regnety"].colour, style.COLOURS["anynetx_e"],
        *(family.colour for name, family in style.FAMILIES.items() if name != "regnety"),
    ))  # fmt: skip
    assert style.FAMILIES["regnety"].colour == style.COLOURS["regnety_c"]
    assert min(np.linalg.norm(regnety - other) for other in others) >= 20


def test_every_population_of_the_book_has_a_colour() -> None:
    populations = {population.name for population in figures.populations("pocket")}
    assert {labels.space(name) for name in populations} <= set(style.COLOURS)


def test_a_space_keeps_its_colour_on_another_template_and_its_label_says_which() -> None:
    assert style.colour("anynetx_e_5stage") == style.colour("anynetx_e_vr") == style.colour("anynetx_e-6mf")
    assert [labels.label(f"regnetx{suffix}") for suffix in ("", "_5stage", "_r", "_v", "_vr-l2")] == [
        "RegNetX", "RegNetX, 5 stages", "RegNetR", "RegNetV", "RegNetVR",
    ]  # fmt: skip


def test_every_space_has_a_colour_a_line_and_a_label_of_its_own() -> None:
    assert set(style.COLOURS) == set(labels.LABELS)
    assert len(set(style.COLOURS.values())) == len(style.COLOURS)
    assert len(set(labels.LABELS.values())) == len(labels.LABELS)


def test_a_population_has_the_colour_of_its_space() -> None:
    assert style.colour("regnetx-6mf-l2-s1") == style.colour("regnetx") != style.colour("regnetx_wm2")
    assert style.line("anynetx_c_w_const") != style.line("anynetx_c") == style.line("anynetx_a")


def test_an_unknown_space_is_refused_and_the_known_ones_named() -> None:
    with pytest.raises(ValueError, match=r"densenet.*anynetx_a"):
        style.colour("densenet")


def test_the_theme_leaves_matplotlib_as_it_was() -> None:
    matplotlib.get_backend()  # settles what matplotlib itself leaves open until first use
    before = matplotlib.rcParams.copy()
    with style.theme():
        assert matplotlib.rcParams["text.color"] == style.INK
    assert matplotlib.rcParams == before


def test_points_that_are_not_finite_are_left_out_with_their_titles() -> None:
    ax = Figure().subplots()
    points = style.scatter(ax, [1, np.nan, 3], [4, 5, 6], ["a", "b", "c"], colour="#000000")
    assert points.titles == ["a", "c"]
    assert len(points.get_offsets()) == 2
    with pytest.raises(ValueError, match="one title a point"):
        style.scatter(ax, [1, 2], [3, 4], ["a"], colour="#000000")
