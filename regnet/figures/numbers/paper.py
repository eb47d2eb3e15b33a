"""The paper's printed numbers, looked up for the figures that show them beside ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from regnet import published
from regnet.sweeps import labels

F_REF = 0.4e9  # multiply-adds: the paper's flop regime that F stands for

# What the paper's legends call a population, where it is not the label used here.
SERIES = {
    "anynetx_a": ("AnyNetX_A", "AnyNetX"),
    "anynetx_d": ("AnyNetX_D", "+ w_{i+1}>=w_i (=AnyNetX_D)"),
    "anynetx_e": ("AnyNetX_E", "+ d_{i+1}>=d_i (=AnyNetX_E)"),
    "anynetx_c_w_const": ("+ w_{i+1}=w_i",),
    "anynetx_c_w_decreasing": ("+ w_{i+1}<=w_i",),
    "anynetx_d_d_const": ("+ d_{i+1}=d_i",),
    "anynetx_d_d_decreasing": ("+ d_{i+1}<=d_i",),
    "regnetx_wm2": ("RegNetX w_m=2",),
    "regnetx_w0_wa": ("RegNetX w_0=w_a",),
}


@dataclass(frozen=True)
class Legend:
    """The least and the mean error (percent) that the paper prints for a population, and where."""

    least: float
    mean: float
    source: str


def series(population: str) -> tuple[str, ...]:
    """What the paper's legends may call a population.

    >>> printed(7, *series("anynetx_d"))
    Legend(least=38.7, mean=43.2, source='arXiv:2003.13678 Fig 7')
    """
    return SERIES.get(population, (labels.label(population),))


def printed(figure: int, *names: str, panel: str = "") -> Legend | None:
    """The legend entry of the first of the names that the figure has, in the panel whose name has these words.

    >>> printed(23, "RegNetV")
    Legend(least=46.0, mean=49.2, source='arXiv:2003.13678 Fig 23')
    >>> printed(10, "RegNetX", panel="epochs=50").least
    29.4
    """
    table = published.load("paper_edf_legends")
    here = (table["figure"] == figure) & table["panel"].str.contains(panel, regex=False)
    found = table[here & table["series"].isin(names)]
    if found.empty:
        return None
    row = found.iloc[0]
    return Legend(float(row["min_error_pct"]), float(row["mean_error_pct"]), str(row["source"]))


def digitised(figure: int, panel: str) -> pd.DataFrame:
    """The approximate values read off a panel's image: columns source, panel, series, x, y and their units."""
    table = published.load("paper_figures_digitised_approx")
    return table[(table["source"] == f"arXiv:2003.13678 Fig {figure}") & (table["panel"] == panel)]


def best_span(figure: int, panel: str) -> tuple[float, float, float]:
    """(low, best, high) read off one of the paper's best-range panels, approximate.

    >>> best_span(2, "middle depth")
    (10.0, 20.0, 24.0)
    """
    values = digitised(figure, panel).set_index("series")["y"].astype(float)
    low, best, high = (float(values[name]) for name in ("95% CI low", "most likely best", "95% CI high"))
    return low, best, high


def best_ranges(figure: int, panel: str) -> pd.DataFrame:
    """Footnote-4 ranges against flops, read off a panel: flops, multiple of F, low, best, high, source.

    Ends that cannot be read are missing.
    """
    points = digitised(figure, panel)
    wide = points.assign(y=points["y"].astype(float)).pivot(index="x", columns="series", values="y")
    names = {"low": "95% CI low", "best": "best", "high": "95% CI high"}
    table = pd.DataFrame({name: wide.get(series) for name, series in names.items()}, index=wide.index, dtype=float)
    flops, source = 1e9 * wide.index.to_numpy(np.float64), points["source"].iloc[0] + ", read off the image"
    return table.assign(flops=flops, multiple=flops / F_REF, source=source).reset_index(drop=True)


def correlation(measure: str) -> float:
    """Pearson's r of inference time with "flops" or "activations", printed in Fig 12 (top).

    >>> correlation("flops"), correlation("activations")
    (0.643, 0.897)
    """
    return float(_figure_12(f"inference time against {measure}")["pearson_r"])


def law(measure: str) -> tuple[float, ...]:
    """The coefficients of the curve of "acts" (millions), "params" (millions) or "time" (ms) in Fig 12; f in 10^9.

    >>> law("acts"), law("params"), law("time")
    ((6.5,), (3.0, 5.5), (24.0, 6.0))
    """
    row = _figure_12(measure)
    terms = {"acts": ["sqrt_flops_G"], "params": ["constant", "flops_G"], "time": ["sqrt_flops_G", "flops_G"]}
    return tuple(float(row[term]) for term in terms[measure])


def _figure_12(what: str) -> pd.Series[Any]:
    table = published.load("paper_fig12_laws")
    return table[table["what"] == what].iloc[0]


@dataclass(frozen=True)
class Example:
    """A network that a figure draws; the paper's have widths as printed (before group compatibility)."""

    name: str
    depths: tuple[int, ...]
    widths: tuple[int, ...]
    group_width: int
    bottleneck: float
    error: float  # percent
    source: str
    fit: dict[str, float] | None = None  # the printed w_a, w_0, w_m

    @property
    def widths_per_block(self) -> npt.NDArray[np.float64]:
        """w_j for each block j, shape (d,)."""
        return np.repeat(np.asarray(self.widths, np.float64), self.depths)


def examples(figure: int) -> list[Example]:
    """The example networks of Fig 6 or Fig 8 (top right), in the paper's order.

    >>> [example.error for example in examples(8)]
    [38.7, 39.7]
    """
    table = published.load("paper_fig6_fig8_example_networks")
    return [_example(row) for _, row in table[table["figure"] == figure].iterrows()]


def _example(row: pd.Series[Any]) -> Example:
    fit = {"w_a": float(row["wa_fit"]), "w_0": float(row["w0_fit"]), "w_m": float(row["wm_fit"])}
    return Example(
        name=str(row["panel"]),
        depths=_whole(row["stage_depths"]),
        widths=_whole(row["stage_widths"]),
        group_width=int(row["group_w"]),
        bottleneck=float(row["b"]),
        error=float(row["error_pct"]),
        fit=None if pd.isna(row["wa_fit"]) else fit,
        source=str(row["source"]),
    )


def _whole(text: object) -> tuple[int, ...]:
    return tuple(int(word) for word in str(text).split())
