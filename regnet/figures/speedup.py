"""How much longer an EfficientNet takes than a RegNet of equal flops, by device (arXiv:2003.13678, sec. 5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator

from regnet.figures.numbers import devices
from regnet.figures.numbers.devices import Device
from regnet.figures.panels import style
from regnet.figures.panels.element import Picture, Row
from regnet.figures.panels.panel import Cell, Panel
from regnet.figures.panels.style import FAMILIES
from regnet.sweeps.store import Runs

CHAPTER, NUMBER = "11-timings", "Speed-up"
PAIR = ("efficientnet-b5", "regnetx-8.0gf")  # behind "up to 5x faster", by the paper's abstract and section 5
FLOPS, RATIOS = (0.4, 0.7, 1, 2, 4, 10), (0.5, 1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30)  # ticks
COLUMNS = ["device", "how", "source", "against", "model", "timed", "resolution", "gf", "ms", "regnet_ms", "ratio"]

# The printed times are black on white; each further device has a colour and a marker of its own.
LOOKS = (
    (style.INK, "o"), ("#2F95CF", "s"), ("#6152E0", "D"), ("#2A9D76", "^"), ("#B8860B", "v"),
    ("#C8243C", "P"), ("#A8468A", "X"), ("#6E7892", "*"),
)  # fmt: skip


def element(runs: Runs) -> Picture:
    """A panel a RegNet family, a line a device."""
    panels = [Ratios(runs, FAMILIES[family].label, family) for family in ("regnetx", "regnety")]
    return Picture(
        runs=runs,
        title="EfficientNet against RegNet at equal flops",
        timed=True,
        rows=[Row(panels, body=3.2)],
        legend=lambda: [Line2D([], [], markersize=6, label=one.name, **look) for one, _, look in panels[0].lines()],
        how=lambda: caption(panels),
        setting=lambda: devices.status(runs),
        seen="Two panels of time ratio against flops, one line a device, from the smallest to the largest "
        "EfficientNet.",
    )


@dataclass(frozen=True)
class Ratios(Panel):
    """EfficientNets' times over those of a RegNet family at equal flops."""

    family: str

    @property
    def title(self) -> str:
        return f"EfficientNet over {self.name}"

    @cached_property
    def tables(self) -> list[tuple[Device, pd.DataFrame]]:
        """`ratios` of each device."""
        return [(device, ratios(device, self.family)) for device in devices.devices(self.runs)]

    def lines(self) -> Iterator[tuple[Device, pd.DataFrame, dict[str, Any]]]:
        """Device, ratios, and how they look."""
        for number, (device, table) in enumerate(self.tables):
            colour, marker = LOOKS[number % len(LOOKS)]
            line = "--" if device.whose == "timm" else "-"
            yield device, table, {"color": colour, "marker": marker, "linestyle": line}

    def draw(self, cell: Cell) -> None:
        ax, names = cell.ax(), devices.networks()["name"]
        for device, table, look in self.lines():
            ax.plot(table["gf"], table["ratio"], markersize=6, **look)
            titles = [
                f"{names[model]} at {px} px, {device.label}: {ms:.1f} ms, {self.name} {other:.1f} ms, ratio {ratio:.1f}"
                for model, px, ms, other, ratio in table[["model", "resolution", "ms", "regnet_ms", "ratio"]].to_numpy()
            ]
            style.scatter(ax, table["gf"], table["ratio"], titles, colour=look["color"], marker=look["marker"], s=36,
                          alpha=1.0)  # fmt: skip
        ax.axhline(claimed(), color=style.INK, linewidth=1.2, linestyle=":")
        ax.axhline(1, color=style.INK, linewidth=0.8)
        ax.set_title(self.title, fontsize=10, loc="left")
        ax.set(xlabel=style.GF.of("flops"), ylabel="time ratio")
        style.powers(ax, "x", FLOPS, room=0.2)
        style.powers(ax, "y")
        ax.yaxis.set_major_locator(FixedLocator(RATIOS))

    def rows(self) -> pd.DataFrame:
        """One row an EfficientNet and device."""
        found = [
            table.assign(against=self.family, device=device.label, how=device.how, source=device.source)[COLUMNS]
            for device, table in self.tables if len(table)
        ]  # fmt: skip
        return pd.concat(found, ignore_index=True)

    def largest(self) -> str:
        """The ratio of each device's largest EfficientNet, in words."""
        found = [f"{t['ratio'].iloc[-1]:.1f} ({device.label})" for device, t in self.tables if len(t)]
        return f"over {self.name} {', '.join(found)}"

    def words(self) -> str:
        found = [
            f"{one.label} {t['ratio'].iloc[0]:.1f} to {t['ratio'].iloc[-1]:.1f}" for one, t in self.tables if len(t)
        ]
        return f"{self.title}: {'; '.join(found)}."


def ratios(device: Device, against: str) -> pd.DataFrame:
    """One row an EfficientNet: its flops, its time, and that time over a RegNet's at the same flops.

    The RegNet's time is read between the two published ones around those flops, on logarithmic scales.
    """
    rows = device.rows.dropna(subset=["gf", "ms"])
    regnets = rows[rows["family"] == against].sort_values("gf")
    found = rows[rows["family"] == "efficientnet"].sort_values("gf")
    if len(regnets) < 2:
        return found.assign(regnet_ms=np.nan, ratio=np.nan)[:0]
    found = found[found["gf"].between(0.95 * regnets["gf"].min(), regnets["gf"].max())]
    theirs = np.exp(np.interp(np.log(found["gf"]), np.log(regnets["gf"]), np.log(regnets["ms"])))
    return found.assign(regnet_ms=theirs, ratio=found["ms"] / theirs)


def claimed() -> float:
    """The ratio behind the paper's "up to 5x": of two printed times, the RegNet's being of fewer flops.

    >>> round(claimed(), 1)
    5.4
    """
    slow, fast = devices.networks()["ms"][list(PAIR)]
    return float(slow / fast)


def caption(panels: list[Ratios]) -> str:
    """How the ratio is made, and what it is at the largest EfficientNet."""
    return (
        "Each point: an EfficientNet's time over that of a RegNet of equal flops, read between the published RegNets "
        "on either side (logarithmic scales), all on one device; flops are those of the image size that was timed. "
        f"Ratio at the largest EfficientNet: {'; '.join(one.largest() for one in panels)}. Dotted: {claimed():.1f}, "
        f"the printed times of {' and '.join(devices.networks()['name'][list(PAIR)])}, behind the paper's “up to 5×”: "
        "that RegNet has fewer flops. V100: the paper's printed times. timm (broken lines): mixed precision, its own "
        "EfficientNets at the image size nearest the published one."
    )
