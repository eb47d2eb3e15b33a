"""Time against flops and activations of the published networks, device by device (arXiv:2003.13678, Fig 12)."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from regnet.analysis.compare import Comparison
from regnet.analysis.rules.timing import BATCH
from regnet.analysis.timing_fits import Curve, Law, fits, pearson, predicts_better
from regnet.figures.numbers import devices, paper
from regnet.figures.numbers.devices import Device
from regnet.figures.panels import style
from regnet.figures.panels.element import Picture, Row
from regnet.figures.panels.panel import Cell, Panel
from regnet.figures.panels.style import FAMILIES
from regnet.sweeps.store import Runs

CHAPTER, NUMBER = "11-timings", "Time and complexity"
FITTED = "regnetx"  # the family that Fig 12's curves are drawn through
LABELS = {"gf": style.GF.of("flops"), "acts": style.M.of("activations")}
TICKS = {"gf": (0.2, 0.5, 1, 2, 5, 10, 20, 40), "acts": (2, 5, 10, 20, 50, 100)}
LEAST = 8  # networks for a correlation or a fit to be shown
COLUMNS = ["device", "source", "statistic", *devices.COLUMNS, "value", "low", "high", "a", "b", "r2", "n"]


def element(runs: Runs) -> Picture:
    """A row a device: time against flops with the fitted curve, and against activations."""

    def rows() -> list[Row]:
        shown = devices.devices(runs)
        return [Row([Times(runs, one.label, one, name, one is shown[-1]) for name in LABELS], 2.05) for one in shown]

    return Picture(
        runs=runs,
        title="What inference time goes with",
        timed=True,
        rows=rows,
        legend=[
            Line2D([], [], color=one.colour, marker=one.marker, linestyle="", markersize=6, label=one.label)
            for one in FAMILIES.values()
        ],
        columns=len(FAMILIES),
        how=lambda: caption(devices.devices(runs)),
        setting=lambda: devices.status(runs),
        seen="Rows of two panels, one row a device: inference time rises with flops and with activations on "
        "logarithmic axes.",
    )


@dataclass(frozen=True)
class Times(Panel):
    """Milliseconds on a device against `measure`, a column of its rows; the axis is named at the `bottom` alone."""

    device: Device
    measure: str
    bottom: bool

    @property
    def first(self) -> bool:
        """Whether it is the left one, whose title, curve and rows are the device's."""
        return self.measure == "gf"

    @cached_property
    def r(self) -> float | None:
        """Pearson's r of time and measure; None where too few networks are timed."""
        rows = self.device.rows
        return pearson(rows[self.measure], rows["ms"]) if len(rows) >= LEAST else None

    @cached_property
    def curves(self) -> dict[Law, Curve]:
        """Fig 12's three curves of milliseconds over flops (GF) through the RegNetX."""
        mine = self.device.rows[self.device.rows["family"] == FITTED]
        return fits(mine["gf"], mine["ms"]) if self.first and len(mine) >= LEAST else {}

    def draw(self, cell: Cell) -> None:
        ax, rows, names = cell.ax(), self.device.rows, devices.networks()["name"]
        for family, look in FAMILIES.items():
            mine = rows[rows["family"] == family]
            titles = [
                f"{names[model]}: {gf:.2f} GF, {acts:.1f} M activations, {ms:.4g} ms on {self.device.label}"
                for model, gf, acts, ms in mine[["model", "gf", "acts", "ms"]].to_numpy()
            ]
            style.scatter(ax, mine[self.measure], mine["ms"], titles, colour=look.colour, marker=look.marker, s=22,
                          alpha=0.85)  # fmt: skip
        words = [self.name] * self.first + ([] if self.r is None else [f"r = {self.r:.2f}"])
        if self.curves:
            words.append(formula(self.curves["sqrt+line"]))
            self._curve(ax, self.curves["sqrt+line"])
        ax.set_title(", ".join(words), fontsize=9.5, loc="left")
        style.powers(ax, "x", TICKS[self.measure], room=0.3)
        style.powers(ax, "y")
        ax.set_ylim(rows["ms"].min() / 1.3, rows["ms"].max() * 1.3)  # the same in both panels of a device
        ax.set(xlabel=LABELS[self.measure] * self.bottom, ylabel=f"ms for {BATCH} images" * self.first)
        ax.tick_params(labelbottom=self.bottom, labelleft=self.first)

    def _curve(self, ax: Axes, curve: Curve) -> None:
        """The fitted sum with its band, and the paper's on its own device."""
        f = np.geomspace(self.device.rows["gf"].min(), self.device.rows["gf"].max(), 60)
        low, high = curve.band(f)
        colour = FAMILIES[FITTED].colour
        ax.fill_between(f, np.maximum(low, 1e-3 * curve.at(f)), high, color=colour, alpha=0.2, linewidth=0)
        ax.plot(f, curve.at(f), color=colour, linewidth=1.4)
        if self.device.whose == "paper":
            a, b = paper.law("time")
            ax.plot(f, a * np.sqrt(f) + b * f, color=style.INK, linewidth=1.2, linestyle=":")

    def rows(self) -> pd.DataFrame:
        """One row a statistic; the networks once a device, with the flops."""
        rows, found = self.device.rows, list[dict[str, Any]]()
        if self.r is not None:
            found.append({"statistic": f"r with {LABELS[self.measure]}", "value": self.r, "n": len(rows)})
        if not self.first and (gap := difference(self.device)):
            about = {"value": gap.effect, "low": gap.low, "high": gap.high, "n": gap.n_a}
            found.append({"statistic": "r with activations minus r with flops", **about})
        for law, curve in self.curves.items():
            named = dict(zip("ab", curve.coefficients, strict=False))
            found.append({"statistic": f"curve {law}", "r2": curve.r2, "n": curve.n, **named})
        parts = [pd.DataFrame(found)] + [rows.assign(statistic="network")] * self.first
        whole = pd.concat(parts, ignore_index=True).assign(device=self.device.label, source=self.device.source)
        return whole.reindex(columns=COLUMNS).astype({"resolution": "Int64"})

    def words(self) -> str:
        if self.r is None:
            return ""
        return f"{self.name}: correlation with flops {self.r:.2f}," if self.first else f"with activations {self.r:.2f}."


def difference(device: Device) -> Comparison | None:
    """r with activations minus r with flops, resampled over the networks."""
    rows = device.rows
    return predicts_better(rows["acts"], rows["gf"], rows["ms"]) if len(rows) >= LEAST else None


def formula(curve: Curve) -> str:
    """A fitted sum in the paper's form.

    >>> from regnet.analysis.timing_fits import fit
    >>> formula(fit("sqrt+line", [1, 4, 9, 16], [30, 72, 126, 192]))
    '24√f + 6·f'
    """
    a, b = curve.coefficients
    first, second = (f"{x:,.0f}" if abs(x) >= 100 else f"{x:.2g}" for x in (a, abs(b)))
    return f"{first}√f {'+' if b >= 0 else '−'} {second}·f"


def caption(shown: list[Device]) -> str:
    """What r and the curves are of, and how far r with activations lies above r with flops."""
    gaps = ", ".join(
        f"{device.label} {gap.effect:+.2f} [{gap.low:+.2f}, {gap.high:+.2f}]"
        for device in shown if (gap := difference(device))
    )  # fmt: skip
    a, b = paper.law("time")
    return (
        f"Published networks of {shown[0].source} at their image sizes; logarithmic axes, r is Pearson's of the "
        "plain values. Line and band: a√f + b·f through the RegNetX by least squares, with the 95% interval of the "
        f"curve; dotted, on the V100: the paper's {a:g}√f + {b:g}·f (f in GF). Correlation with activations minus that "
        f"with flops, 95% interval over resampled networks: {gaps}; both measures as counted here, where the claim "
        f"about the paper's numbers takes the printed ones. The paper's r = {paper.correlation('flops'):g} (flops) and "
        f"{paper.correlation('activations'):g} (activations) are of random RegNetX in a narrower range of flops and do "
        "not compare with these. timm: mixed precision at the largest batch that fitted."
    )
