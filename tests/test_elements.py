"""Every element and every panel, drawn from a made-up store that lacks nothing.

What a panel draws is what its rows say, under the names and in the units of its axes; nothing of an element is lost.
`python tests/test_elements.py`, from the repository's root, writes elements.csv anew.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from drawings import Mark, brackets, label, marks, references, spoken, watched
from layout import check_layout
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from sealed_runs import final_trainings, milliseconds, seal_finals, seal_population, seal_times, time_draws

from regnet import figures, published
from regnet.analysis.calibration import RANKED, RELIABLE
from regnet.analysis.claims import CLAIMS
from regnet.analysis.linear_fit import e_fit
from regnet.figures.longer import MARKS as LENGTHS
from regnet.figures.panels import style
from regnet.figures.panels.edfs import Edfs
from regnet.figures.panels.element import Element, Picture, Row
from regnet.figures.panels.intervals import Intervals
from regnet.figures.panels.panel import Panel
from regnet.figures.panels.rate_pairs import MARKS as SETTINGS
from regnet.figures.panels.rates import Rates
from regnet.figures.speedup import claimed
from regnet.sweeps import labels
from regnet.sweeps.folders import CHECKOUT
from regnet.sweeps.population import Population
from regnet.sweeps.store import Runs, open_runs

Floats = npt.NDArray[np.float64]
N = 8  # networks of each population
KEPT = Path(__file__).with_name("elements.csv")
CALIBRATED = {"grid": "pocket", "rates": "natural", "ranks": "natural"}  # stage -> committed runs that have it

# What an axis counts in, by the brackets of its label.
UNITS = {
    "MF": 1e6, "GF": 1e9, "10⁹ multiply-adds": 1e9, "thousands": 1e3, "millions": 1e6, "k": 1e3, "M": 1e6, "%": 1,
    "ms": 1, "blocks": 1, "channels": 1, "networks": 1, "points": 1, "points of error": 1,
    "mean squared natural-log ratio": 1,
}  # fmt: skip
# Columns of the data that count in another unit than one.
COUNTED = {"gf": 1e9, "acts of Times": 1e6}
ENDS = ("best", "low", "high", "least", "median", "greatest")
# What an axis is called -> the columns that may be drawn along it.
QUANTITIES = {
    "top-1 error": ("error", "mean", "low", "high", "least", "test_error"), "mean error": ("mean", "low", "high"),
    "top-1 error at L1": ("error",), "top-1 error at L5": ("error_long",), "cumulative probability": ("share",),
    "depth d": ("x",), "width w₄": ("x",), "bottleneck ratio b": ("x",), "e_fit": ("x", "e_fit"),
    "block index j": ("block",), "width wⱼ": ("width", "u"), "width": ("width", "u"), "sample size m": ("m",),
    "learning rate": ("x", "lr"), "weight decay": ("x",), "learning rate × weight decay": ("x",),
    "difference of mean errors": ("effect", "low", "high"), "F / F_ref": ("multiple",),
    "rank correlation of error with depth": ("spearman", "low", "high"), "mean parameters": ("mean", "low", "high"),
    "flops": ("flops", "gf"), "activations": ("acts", "x", *ENDS), "parameters": ("params", "x", *ENDS),
    "time of 64 images": ("ms", *ENDS), "ms for 64 images": ("ms",), "time ratio": ("ratio",),
    "rank correlation with the long training": ("rank",), "reliability": ("reliability",),
    "error after the long training": ("error_long",), "error after the chosen training": ("error",),
    "error after images": ("error_long",), "AnyNetX_A − RegNetX": ("gap", "sound_gap", "low", "high"),
}  # fmt: skip
COMPUTED = {  # kind, sort of mark -> why its points are no rows
    ("Best", "boxes"): "a histogram of the rows",
    ("Rates", "boxes"): "a histogram of the rows",
    ("Rates", "line"): "medians of neighbours, and ranges on top at heights that only set them apart",
    ("Grown", "line of ink"): "the law at any f; its coefficients are rows",
    ("Grown", "area"): "the law's band at any f; its coefficients' intervals are rows",
    ("Printed", "line"): "the paper's law at any f; a test compares its coefficients",
    ("Printed", "points of grey"): "the paper's other models, which are rows of Table 3",
    ("Origin", "line"): "a line through the origin; its slope is a row",
    ("Fitted", "line"): "a quantised line; its coefficients are rows",
    ("Strips", "line"): "bars at medians of the rows",
    ("Bounded", "line"): "curves at any f; their coefficients are rows",
    ("Times", "line"): "a fitted curve at any f; its coefficients are rows",
    ("Times", "area"): "the curve's band at any f",
    ("AgainstLong", "points"): "trainings of the calibration's own CSV, of which the rows are summaries",
}
DIAGRAMS = {"Sets", "Structure", "BlockDiagram", "Operators"}  # words and shapes without axes
WHOLE = {
    "TimeAgainst",
    "Times",
    "Trends",
    "Fitted",
    "Strips",
}  # rows that two panels share stand once in the element's data
DODGED = {"ByFlops": 1.06, "GapByRate": 1.3}  # factor of x by which series of one place are set apart, at most
SILENT = {  # kinds that the element's own words tell
    "Structure", "BlockDiagram", "Profiles", "Origin", "Fitted", "Published", "Operators", "Trends", "AgainstLong",
    "Search", "ByRate",
}  # fmt: skip
INKS = {to_hex(style.INK): "ink", "#8a8a8a": "grey", "#7f7f7f": "grey", "ByRate #c9761a": "ring"}
SHORT = {  # what a legend calls a series -> its design space
    "U": "regnetx", "C": "regnetx_c", "any depth": "regnetx_c", "d = 20": "regnetx_c_d20", "ReLU": "regnety_c",
    "SiLU": "regnety_c_silu",
}  # fmt: skip


@pytest.fixture(scope="session", autouse=True)
def store(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Makes the whole store before the first element is drawn."""
    global STORE
    STORE = whole(tmp_path_factory.mktemp("whole"))


STORE = Runs("smoke", Path())


def whole(root: Path) -> Runs:
    """Every population that an element asks for, the times of members, and the final models."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)  # nothing here need outlive a power cut
        for one in figures.populations("smoke"):
            rng = np.random.default_rng(crc32(one.name.encode()))
            seal_population(
                root, one.name, N, regime="smoke", errors=(rng.choice(1200, N, replace=False) / 100 + 24).tolist()
            )
        seal_finals(final_trainings(), root, "smoke")
        runs = open_runs("smoke", root / "runs")
        seal_times(runs, [p.name for p in figures.populations("smoke", "fig12")], "a test's processor")
        time_draws(["regnetx-200mf-l2", "regnetx-l2", "regnetx-800mf-l2"], 4, "a test's GPU", runs.folder.parent)
    return runs


@cache
def element(name: str) -> Element:
    """The element, of the made-up store; a calibration of what is committed."""
    stage = figures.element(name, Runs("smoke", Path())).calibration
    return figures.element(name, open_runs(CALIBRATED[stage], CHECKOUT / "runs") if stage else STORE)


@cache
def data(name: str) -> pd.DataFrame:
    return element(name).data()


@cache
def pictured(name: str) -> tuple[Figure, list[tuple[Row, Panel, list[Axes]]]]:
    """A picture, and its panels with their rows and axes."""
    one = element(name)
    assert isinstance(one, Picture)
    return watched(one)


@dataclass(frozen=True)
class Drawn:
    """A panel that has axes: its row, these, and its rows with every number in units of one."""

    row: Row
    panel: Panel
    axes: list[Axes]
    rows: pd.DataFrame

    @property
    def kind(self) -> str:
        return type(self.panel).__name__


@cache
def drawn(name: str) -> list[Drawn]:
    """Each panel of a picture that has axes."""
    every = pictured(name)[1] if isinstance(element(name), Picture) else []
    shown = [one for one in every if type(one[1]).__name__ not in DIAGRAMS]
    return [Drawn(row, panel, found, plain(name, panel)) for row, panel, found in shown]


def unit(words: str) -> float:
    """How many of one an axis counts in."""
    return next((float(UNITS[said]) for said in brackets(words)), 1.0)


def quantity(words: str) -> str:
    """What an axis is called, as in QUANTITIES; "" where it says nothing."""
    if not words:
        return ""
    known = [said for said in spoken(words) if said in QUANTITIES]
    assert known, f"{words!r} names no quantity of QUANTITIES"
    return known[0]


def plain(name: str, panel: Panel) -> pd.DataFrame:
    """The rows of a panel with every number in units of one, and the colour of its series."""
    kind = type(panel).__name__
    rows = data(name) if kind in WHOLE else panel.rows()
    colours = [colour(panel, row) for row in rows.to_dict("records")]
    rows = rows.reset_index(drop=True).copy()
    for column in rows:
        found = pd.to_numeric(rows[column], errors="coerce").astype(float)
        if found.notna().any():
            rows[column] = found * COUNTED.get(column, COUNTED.get(f"{column} of {kind}", 1))
    if "unit" in rows:
        sizes = rows["unit"].map(UNITS).fillna(1)
        rows.update(rows[[c for c in ENDS if c in rows]].mul(sizes, axis=0))
    return rows.assign(colour=colours)


def colour(panel: Panel, row: dict[Any, Any]) -> str:
    """The colour that a row's series must have; "" where its rows name none."""
    if isinstance(panel, Rates) and len(panel.populations) > 1:
        names = [population.name for population in panel.populations]
        return style.shades(style.colour(names[0]), len(names))[names.index(row["series"])]
    if isinstance(panel, Intervals) and "series" not in row:
        return to_hex(SETTINGS[row["setting"]].colour)
    if type(panel).__name__ == "ByRate" and row["space"] not in ("anynetx_a", "regnetx"):
        return ""  # the others are grey
    if "length" in row:
        return to_hex(LENGTHS["5"].colour)
    if isinstance(family := row.get("family"), str):
        return to_hex(style.FAMILIES[family].colour)
    said = next((row[key] for key in ("population", "series", "space") if isinstance(row.get(key), str)), "")
    family = re.split(r"[ ,]", said)[0].lower()
    if type(panel).__name__ == "Trade":
        return to_hex(style.FAMILIES[family].colour)
    known = style.COLOURS.get(SHORT.get(said) or labels.space(said))
    return to_hex(known) if known else ""


def whose(one: Drawn, ax: Axes) -> str:
    """Whether "here" or "paper" alone stands above an axes or a row, as their first words or beside them."""
    if isinstance(one.panel, Edfs):
        return ""  # its table has both
    said = [ax.get_title(side) for side in ("left", "center", "right")]
    for words_above in (*said, one.row.title, ax.get_ylabel(), one.panel.title):
        words = set(re.findall(r"\b(here|paper)\b", words_above))
        if len(words) == 1:
            return words.pop()
    return ""


def near(values: Floats, column: pd.Series, factor: float = 1 + 1e-9) -> npt.NDArray[np.bool_]:
    """Which values are which rows', shape (values, rows)."""
    found, told = values[:, None], column.to_numpy(float)[None]
    return np.abs(found - told) <= np.maximum((factor - 1) * np.abs(told), 1e-9)


def along(one: Drawn, values: Floats, ax: Axes, axis: str, rows: pd.DataFrame) -> Iterator[npt.NDArray[np.bool_]]:
    """Which points' places along an axis are which rows', by column: the columns that its label allows."""
    kind, said = one.kind, label(ax, axis)
    ticks = [text.get_text() for text in getattr(ax, f"get_{axis}ticklabels")()]
    if axis == "y" and (isinstance(one.panel, Intervals) or kind == "Strips"):
        each = rows.to_dict("records")
        yield np.array([[named(ticks[round(value)], row) for row in each] for value in values])
        return
    if axis == "x" and kind == "Choices" and "" not in ticks:
        values = np.array([float(ticks[round(value)]) for value in values])
    numbers = list(rows.select_dtypes("number"))
    columns = [column for column in QUANTITIES[quantity(said)] if column in numbers] if said else numbers
    factor = DODGED.get(kind, 1 + 1e-9) if axis == "x" else 1 + 1e-9
    for size in {unit(said)} if said else (1, 1e3, 1e6, 1e9):
        yield from (near(size * values, rows[column], factor) for column in columns)


def named(text: str, row: dict[Any, Any]) -> bool:
    """Whether a word beside an axis is the name of a row of the data."""
    if "first" in row:
        first, second = (labels.label(row[side]).removesuffix(", 5 stages") for side in ("first", "second"))
        one, other = text.split(" vs ")
        sizes = [Population.parse(row[side], "smoke") for side in ("first", "second")]
        more = f", {sizes[0].mf}" if sizes[0].multiple != 1 else ", 5 stages" if "_5stage" in row["first"] else ""
        return one == first and other == second + more
    if isinstance(called := row.get("label"), str):
        return text == called
    series = str(row.get("series"))
    return text.replace("\n", " ") in (series, f"{labels.LABELS.get(series)}, here")


def strange(one: Drawn, ax: Axes, mark: Mark) -> list[list[float]]:
    """The points of an artist that are in no row of its colour's series and its side, here or the paper's."""
    kind, rows = one.kind, one.rows
    ink = INKS.get(mark.colour) or INKS.get(f"{kind} {mark.colour}", "")
    if {(kind, mark.what), (kind, f"{mark.what} of {ink}")} & COMPUTED.keys():
        return []
    if (side := whose(one, ax)) and "source" in rows:
        rows = rows[rows["source"].fillna("").str.startswith("here" if side == "here" else "arXiv")]
    if rows["colour"].any() and mark.colour in {to_hex(known) for known in style.COLOURS.values()} and not ink:
        rows = rows[rows["colour"].isin((mark.colour, ""))]
    points = mark.points[np.isfinite(mark.points).all(axis=1)]
    if mark.what == "boxes":  # bars of shares: heights alone
        points, heights = points[:, 1], rows[["base_rate", "winning_weight"]].stack()
        return points[~near(points, heights).any(axis=1)].tolist()
    if kind == "Edfs":
        points = points[1:-1]  # where curve and axis begin and end
        points = points[points[:, 1] < 1]  # the last step rises beyond the last row
    xs, ys = (list(along(one, points[:, at], ax, axis, rows)) for at, axis in enumerate("xy"))
    if kind == "Edfs":  # a step lies between two rows
        return points[~(np.any(xs, axis=0).any(axis=1) & np.any(ys, axis=0).any(axis=1))].tolist()
    both = np.any([x & y for x in xs for y in ys] or [np.zeros((len(points), 1), bool)], axis=0)
    return points[~both.any(axis=1)].tolist()


ELEMENTS = figures.names()


@pytest.mark.parametrize("name", ELEMENTS)
def test_what_a_panel_draws_is_what_its_rows_say(name: str) -> None:
    for one in drawn(name):
        shown = [(ax, mark) for ax in one.axes if ax.axison for mark in marks(ax)]
        assert shown, one.panel.name
        for ax, mark in shown:
            where = f"{one.panel.name}, {ax.get_xlabel()!r}, {ax.get_ylabel()!r}: {mark.what} {mark.colour}"
            assert not strange(one, ax, mark), where


SPACES = {  # space -> what a label and the paper's legend call it, where a panel does not call it otherwise
    "anynetx_a": ("AnyNetX_A", "AnyNetX", "AnyNetR_A", "AnyNetV_A", "AnyNetVR_A"), "anynetx_b": ("AnyNetX_B",),
    "anynetx_c": ("AnyNetX_C",), "anynetx_d": ("AnyNetX_D", "+ w_{i+1}>=w_i (=AnyNetX_D)"),
    "anynetx_e": ("AnyNetX_E", "+ d_{i+1}>=d_i (=AnyNetX_E)", "AnyNetR_E", "AnyNetV_E", "AnyNetVR_E"),
    "regnetx": ("RegNetX", "RegNetR", "RegNetV", "RegNetVR", "U", "400MF U", "800MF U", "X", "V", "VR"),
    "anynetx_c_w_const": ("C, wᵢ₊₁ = wᵢ", "+ w_{i+1}=w_i"),
    "anynetx_c_w_decreasing": ("C, wᵢ₊₁ ≤ wᵢ", "+ w_{i+1}<=w_i"),
    "anynetx_d_d_const": ("D, dᵢ₊₁ = dᵢ", "+ d_{i+1}=d_i"),
    "anynetx_d_d_decreasing": ("D, dᵢ₊₁ ≤ dᵢ", "+ d_{i+1}<=d_i"),
    "regnetx_wm2": ("RegNetX, wₘ = 2", "RegNetX w_m=2"), "regnetx_w0_wa": ("RegNetX, w₀ = wₐ", "RegNetX w_0=w_a"),
    "regnetx_c": ("C", "400MF C", "800MF C", "b = 1", "b=1, g<=32", "RegNetX", "4 stages", "any depth", "r = 28",
                  "400MF r=224", "800MF r=224"),
    "regnetx_c_inverted": ("b ≤ 1", "b<=1, g<=32"), "regnetx_c_depthwise": ("b ≤ 1, g = 1", "b<=1, g=1"),
    "regnetx_c_resolution": ("r ≤ 56", "400MF r<=448", "800MF r<=448"), "regnetx_c_3stage": ("3 stages",),
    "regnetx_c_d20": ("d = 20",), "regnety_c": ("RegNetY", "ReLU"), "regnety_c_silu": ("SiLU",),
    "regnety_c_depthwise": ("ReLU",), "regnety_c_depthwise_silu": ("SiLU",),
}  # fmt: skip
MIXED = ("start 0", "start 1", "5 stages", "3 MF", "6 MF", "12 MF")  # what a label says beside the space


def bare(label: str) -> str:
    """A label without what it says beside the space."""
    return ", ".join(part for part in label.split(", ") if part not in MIXED)


@pytest.mark.parametrize("name", ELEMENTS)
def test_every_network_and_every_series_of_the_rows_is_drawn(name: str) -> None:
    for one in drawn(name):
        shown = [mark for ax in one.axes for mark in marks(ax)]
        assert {*one.rows["colour"]} - {""} <= {mark.colour for mark in shown} or one.kind in WHOLE, one.panel.name
        if "network_id" in one.rows and one.kind not in WHOLE:
            points = sum(len(mark.points) for mark in shown if mark.what == "points")
            assert points >= one.rows["network_id"].notna().sum(), one.panel.name


@pytest.mark.parametrize("name", ELEMENTS)
def test_a_table_above_curves_has_our_numbers_under_here_and_the_papers_under_paper(name: str) -> None:
    for one in drawn(name):
        panel = one.panel
        if not isinstance(panel, Edfs):
            continue
        top, rows = one.axes[0], one.rows.dropna(subset=["least_error"])
        texts = {(round(text.get_position()[0], 6), text.get_position()[1]): text.get_text() for text in top.texts}
        heads = {said: x for (x, y), said in texts.items() if y == 0.5 and said in ("here", "paper")}
        printed = rows["source"].str.startswith("arXiv").any()
        assert set(heads) == ({"here", "paper"} if printed else {"here"})
        assert len(top.lines) == len(panel.entries)
        for line, entry in zip(top.lines, panel.entries, strict=True):
            y, series = line.get_ydata()[0], entry.population.name
            beside = {said: texts[x, y] for said, x in heads.items()}
            mine = rows[rows["series"] == series]
            for said, source in {"here": "here", "paper": "arXiv"}.items() if printed else [("here", "here")]:
                row = mine[mine["source"].str.startswith(source)]
                numbers = [f"{a:.1f}|{b:.1f}" for a, b in row[["least_error", "mean_error"]].to_numpy()]
                assert beside[said] == (numbers or ["–"])[0], f"{panel.name}, {series}, {said}"
            (words,) = [text for (x, at), text in texts.items() if at == y and x not in heads.values()]
            space = labels.space(series)
            assert bare(words) in SPACES[space], f"{words!r} for {series}"
            assert to_hex(line.get_color()) == to_hex(style.COLOURS[space])
            theirs = mine[mine["source"].str.startswith("arXiv")]
            for least, mean in theirs[["least_error", "mean_error"]].to_numpy():
                table = published.load("paper_edf_legends")
                same = table[(table["min_error_pct"] == least) & (table["mean_error_pct"] == mean)]
                assert set(same["series"]) & set(SPACES[space]), f"{least}|{mean} for {series}"


@pytest.mark.parametrize("name", ELEMENTS)
def test_a_legend_names_the_series_of_its_colour(name: str) -> None:
    for shown in drawn(name):
        rows = shown.rows
        called: dict[str, set[str]] = {}
        for row in rows[rows["colour"] != ""].to_dict("records"):
            for key in ("series", "space", "family", "label"):
                if isinstance(one := row.get(key), str):
                    called.setdefault(row["colour"], set()).update({one, labels.LABELS.get(one, one)})
        for ax in shown.axes:
            legend = ax.get_legend()
            for text, sign in zip(legend.get_texts(), legend.legend_handles, strict=True) if legend else ():
                seen = sign.get_color() if isinstance(sign, Line2D) else sign.get_edgecolor()
                one = to_hex(seen if isinstance(seen, str) else np.ravel(seen)[:4])
                said = re.split(r"[:,] ", text.get_text())[0]
                names = {re.split(r"[:,] ", name)[0].lower() for name in called.get(one, ())}
                assert one in INKS or not called or said.lower() in names, f"{shown.panel.name}: {text.get_text()}"


LOGARITHMIC = {  # drawn log-uniformly, or a ratio, or grown by doubling
    "width w₄", "e_fit", "width wⱼ", "width", "sample size m", "F / F_ref", "learning rate", "weight decay",
    "learning rate × weight decay", "time ratio", "ms for 64 images",
}  # fmt: skip
EITHER = {"flops", "activations", "parameters", "mean parameters", "top-1 error"}  # by the panel: see LINEAR
LINEAR = {"TimeAgainst": ("flops", "activations"), "Grown": ("activations", "parameters"),
          "Printed": ("activations", "parameters")}  # fmt: skip
TRENDS = {"d": "linear", "b": "log", "w_m": "linear", "g": "log", "w_a": "log", "w_0": "log"}


@pytest.mark.parametrize("name", ELEMENTS)
def test_axes_are_logarithmic_where_values_are_drawn_so_or_are_ratios_and_nowhere_else(name: str) -> None:
    for one in drawn(name):
        kind, called = one.kind, one.panel.name
        for ax in (ax for ax in one.axes if ax.axison):
            for axis in "xy":
                said = quantity(label(ax, axis))
                log = getattr(ax, f"get_{axis}scale")() == "log"
                if said in EITHER:
                    assert log == (said != "top-1 error" and said not in LINEAR.get(kind, ())), f"{called}, {said}"
                elif said:
                    assert log == (said in LOGARITHMIC), f"{called}, {said}"
            if kind == "Trend":
                assert (ax.get_yscale() == "log") == (TRENDS[called] == "log"), called


@pytest.mark.parametrize("name", ELEMENTS)
def test_an_axis_counts_in_a_unit_that_fits_its_numbers(name: str) -> None:
    for one in drawn(name):
        for ax in one.axes:
            for at, axis in enumerate("xy"):
                size = unit(label(ax, axis))
                if size > 1:
                    middle = float(np.nanmedian(np.concatenate([mark.points[:, at] for mark in marks(ax)])))
                    assert 0.5 <= middle < 5000, f"{one.panel.name}: {ax} counts around {middle:g}"


def suffices() -> int:
    """The random networks that the paper's claim says suffice."""
    (claim,) = [one for one in CLAIMS if one.id == "fig09-32-suffice"]
    return int(next(iter(re.findall(r"About (\d+) random networks", claim.sentence))))


def lines(panel: Panel) -> dict[str, set[float]]:
    """Where lines may cross a panel, by axis; ranges of the best where rows have these."""
    kind, rows = type(panel).__name__, panel.rows()
    limits = {1.0} if panel.name == "share of the limit" else set()
    known: dict[str, dict[str, set[float]]] = {
        "Search": {"x": {suffices()}}, "Candidates": {"x": {RANKED}, "y": {RELIABLE}}, "Trends": {"y": limits},
        "Ratios": {"y": {1.0, claimed()}}, "GapByRate": {"y": {0.0}},
    }  # fmt: skip
    if isinstance(panel, Intervals):
        return {"x": {0.0}}
    if "statistic" in rows and kind in ("Best", "Rates"):
        here = rows[rows["source"].str.startswith("here")]
        several = len({*here["series"]}) > 1  # whose ranges are bars
        said = ["own"] if several else ["best low", "best", "best high", "own"]
        return {"x": set(here[here["statistic"].isin(said)]["x"])}
    return known.get(kind, {})


@pytest.mark.parametrize("name", ELEMENTS)
def test_lines_across_a_panel_stand_where_claims_and_ranges_have_them(name: str) -> None:
    for one in drawn(name):
        there: dict[str, set[float]] = {}
        for ax in (ax for ax in one.axes if ax.axison):
            for axis, value in references(ax):
                there.setdefault(axis, set()).add(value)
        known = lines(one.panel)
        for axis in known.keys() | there.keys():
            assert sorted(there.get(axis, ())) == pytest.approx(sorted(known.get(axis, ()))), one.panel.name


MEASURED: dict[str, Callable[[pd.DataFrame], Any]] = {  # what an axis is called -> it, of members
    "depth d": lambda frame: frame.filter(regex=r"^d\d$").sum(axis=1), "width w₄": lambda frame: frame["w4"],
    "bottleneck ratio b": lambda frame: frame["b1"], "e_fit": e_fit, "activations": lambda frame: frame["acts"],
    "learning rate": lambda frame: frame["drawn_lr"], "weight decay": lambda frame: frame["drawn_weight_decay"],
    "learning rate × weight decay": lambda frame: frame["drawn_lr"] * frame["drawn_weight_decay"],
    "parameters": lambda frame: frame["params"], "mean parameters": lambda frame: frame["params"],
    "time of 64 images": milliseconds, "top-1 error": lambda frame: frame["error"],
    "mean error": lambda frame: frame["error"],
}  # fmt: skip


def measured(one: Drawn, said: str) -> Iterator[tuple[Floats, Floats]]:
    """Numbers of the rows, and the same of the quantity that an axis or a heading names, from the networks."""
    called = next((key for key in ("population", "series") if key in one.rows), "")
    if not called:
        return
    rows = one.rows
    if isinstance(one.panel, Rates):
        rows = rows[rows["panel"] == f"{one.panel.name}: {said}"]
    for name, part in rows[rows[called].isin([p.name for p in one.panel.of])].groupby(called):
        frame = STORE.frame(str(name))
        values = np.asarray(frame[f"drawn_{said}"] if said in TRENDS else MEASURED[said](frame), float)
        place = dict(zip(frame["index"], values, strict=True))
        if {"index", "x"} <= {*part} and said != "top-1 error":
            some = part.dropna(subset=["index", "x"])
            yield some["x"].to_numpy(float), np.array([place[index] for index in some["index"]])
        if {"least", "greatest"} <= {*part}:
            ranges = part.dropna(subset=["least", "greatest"])
            yield ranges[["least", "greatest"]].to_numpy(float), np.array([[values.min(), values.max()]] * len(ranges))
        if "mean" in part:
            yield part["mean"].to_numpy(float), np.full(len(part), values.mean())


@pytest.mark.parametrize("name", ELEMENTS)
def test_numbers_are_those_of_the_quantity_that_the_axis_names(name: str) -> None:
    for one in drawn(name):
        labelled = [quantity(label(ax, axis)) for ax in one.axes for axis in "xy"]
        headed = [ax.texts[0].get_text().split(",")[0] for ax in one.axes if one.kind == "Trend" and ax.texts]
        letters = [re.sub(r" \([^)]*\)", "", heading).split()[-1] for heading in headed]
        for said in {*labelled, *letters} & (MEASURED.keys() | TRENDS.keys()):
            for rows, networks in measured(one, said):
                assert rows == pytest.approx(networks), f"{one.panel.name}, {said}"


def test_the_papers_means_are_those_read_off_its_image_in_the_units_of_the_file() -> None:
    sizes = {"params_M": 1e6, "error_pct": 1.0}
    points = published.load("paper_figures_digitised_approx").query("source == 'arXiv:2003.13678 Fig 13'")
    rows = data("fig13")
    for panel, place in (("mean error", "middle"), ("mean params", "right")):
        theirs = rows[(rows["panel"] == panel) & rows["source"].str.startswith("arXiv")]
        for series in "UC":
            read = points[(points["panel"] == place) & points["series"].str.startswith(f"RegNetX {series} ")]
            expected = [float(y) * sizes[u] for y, u in zip(read["y"], read["y_unit"], strict=True)]
            assert theirs[theirs["series"] == series]["mean"].tolist() == pytest.approx(expected)


@pytest.mark.parametrize("name", ELEMENTS)
def test_every_picture_can_be_read_and_lies_on_its_page(name: str) -> None:
    if isinstance(element(name), Picture):
        check_layout(pictured(name)[0])
    else:
        assert len(element(name).drawn())


def summary(name: str) -> dict[str, str]:
    """An element as elements.csv has it."""
    asked = figures.element(name, Runs("pocket", Path()))
    calibrated = asked.calibration in ("rates", "ranks")
    return {
        "name": name, "title": asked.title, "number": figures.number(name), "chapter": figures.chapter(name),
        "populations": "" if calibrated else " ".join(population.name for population in asked.populations),
        "columns": "; ".join(sorted(map(str, data(name).columns))),
    }  # fmt: skip


def test_no_element_is_lost_and_none_loses_a_population_or_a_column() -> None:
    kept = pd.read_csv(KEPT, dtype=str, keep_default_na=False).to_dict("records")
    changed = [one["name"] for one in map(summary, ELEMENTS) if one not in kept]
    gone = {one["name"] for one in kept} - {*ELEMENTS}
    assert not changed, f"{changed} are not as in {KEPT.name}; where that is meant: python tests/test_elements.py"
    assert not gone, f"{sorted(gone)} are gone; where that is meant: python tests/test_elements.py"


@pytest.mark.parametrize("name", ELEMENTS)
def test_words_are_there_and_complete(name: str) -> None:
    one = element(name)
    panels = one.panels if isinstance(one, Picture) else []
    assert len(one.title) >= 10
    assert len(one.caption()) > 80
    assert len(one.alt()) >= 30
    assert "Not trained yet" not in one.caption() + one.alt() or one.calibration
    said = " ".join([one.caption(), one.alt(), *(panel.words() for panel in panels)])
    assert not re.search(r"\b(nan|inf)\b", said)
    silent = {type(panel).__name__ for panel in panels if not panel.words()}
    assert silent <= SILENT, f"{silent - SILENT} say nothing"


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        STORE = whole(Path(folder))
        pd.DataFrame([summary(name) for name in ELEMENTS]).to_csv(KEPT, index=False)
