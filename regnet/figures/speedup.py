"""How much longer an EfficientNet takes than a RegNet of equal flops, by device (arXiv:2003.13678, sec. 5)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from regnet.figures.numbers import devices
from regnet.figures.numbers.devices import Device
from regnet.figures.panels import style
from regnet.figures.panels.rivals import FAMILIES
from regnet.sweeps.store import Runs

TITLE = "EfficientNet against RegNet at equal flops"
AGAINST = ("regnetx", "regnety")
PAIR = ("efficientnet-b5", "regnetx-8.0gf")  # behind "up to 5x faster", by the paper's abstract and section 5
TICKS = (0.5, 1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30)
HEIGHT = 3.9

# The printed times are black on white; each further device has a colour and a marker of its own.
LOOKS = (
    (style.INK, "o"), ("#2F95CF", "s"), ("#6152E0", "D"), ("#2A9D76", "^"), ("#B8860B", "v"),
    ("#C8243C", "P"), ("#A8468A", "X"), ("#6E7892", "*"),
)  # fmt: skip


def ratios(device: Device, against: str) -> pd.DataFrame:
    """One row an EfficientNet: its flops, its time, and that time over a RegNet's at the same flops.

    The RegNet's time is read between the two published ones around those flops, on logarithmic scales.
    """
    rows = device.rows[["model", "timed", "resolution", "family", "gf", "ms"]].dropna()
    regnets = rows[rows["family"] == against].sort_values("gf")
    found = rows[rows["family"] == "efficientnet"].sort_values("gf")
    if len(regnets) < 2:
        return found.assign(regnet_ms=np.nan, ratio=np.nan)[:0]
    found = found[found["gf"].between(0.95 * regnets["gf"].min(), regnets["gf"].max())]
    logs = np.interp(np.log(found["gf"]), np.log(regnets["gf"]), np.log(regnets["ms"]))
    return found.assign(regnet_ms=np.exp(logs), ratio=found["ms"] / np.exp(logs))


def claimed() -> float:
    """The ratio behind the paper's "up to 5x": of two printed times, the RegNet's being of fewer flops.

    >>> round(claimed(), 1)
    5.4
    """
    slow, fast = (float(devices.paper().rows.set_index("model")["ms"][key]) for key in PAIR)
    return slow / fast


@style.theme()
def make(runs: Runs) -> Figure:
    """A panel a RegNet family, a line a device."""
    fig, axes = style.figure(len(AGAINST), HEIGHT)
    shown = devices.devices(runs)
    for ax, family in zip(axes, AGAINST, strict=True):
        for number, device in enumerate(shown):
            _line(ax, device, family, *LOOKS[number % len(LOOKS)])
        ax.axhline(claimed(), color=style.INK, linewidth=1.2, linestyle=":")
        ax.axhline(1, color=style.INK, linewidth=0.8)
        ax.set_title(f"EfficientNet over {FAMILIES[family].label}", fontsize=10, loc="left")
        ax.set(xscale="log", yscale="log", xlabel="flops (GF)", ylabel="time ratio")
        ax.xaxis.set_major_locator(FixedLocator([0.4, 0.7, 1, 2, 4, 10]))
        ax.yaxis.set_major_locator(FixedLocator(list(TICKS)))
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_minor_locator(NullLocator())
            axis.set_major_formatter("{x:g}")
    handles, labels = axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside upper center", ncols=3)
    return fig


def _line(ax: Axes, device: Device, family: str, colour: str, marker: str) -> None:
    rows = ratios(device, family)
    source = "here" if device.here else "paper" if device.label == devices.V100 else "timm"
    ax.plot(
        rows["gf"], rows["ratio"], color=colour, marker=marker, markersize=6, label=f"{device.label} ({source})",
        linestyle="-" if device.here or device.label == devices.V100 else "--",
    )  # fmt: skip
    titles = [
        f"{devices.short(model)} at {px} px, {device.label}: {ms:.1f} ms, {FAMILIES[family].label} {other:.1f} ms, "
        f"ratio {ratio:.1f}"
        for model, px, ms, other, ratio in rows[["model", "resolution", "ms", "regnet_ms", "ratio"]].to_numpy()
    ]
    style.scatter(ax, rows["gf"], rows["ratio"], titles, colour=colour, marker=marker, s=36, alpha=1.0)


def data(runs: Runs) -> pd.DataFrame:
    """One row an EfficientNet, RegNet family and device."""
    frames = [
        ratios(device, family).assign(against=family, device=device.label, how=device.how, source=device.source)
        for device in devices.devices(runs)
        for family in AGAINST
    ]
    whole = pd.concat(frames, ignore_index=True)
    columns = ["device", "how", "source", "against", "model", "timed", "resolution", "gf", "ms", "regnet_ms", "ratio"]
    return whole[columns]


def largest(runs: Runs, against: str = "regnetx") -> dict[str, float]:
    """Device -> the ratio of its largest EfficientNet; devices without one are left out."""
    rows = {device.label: ratios(device, against) for device in devices.devices(runs)}
    return {label: float(table["ratio"].iloc[-1]) for label, table in rows.items() if len(table)}


def caption(runs: Runs) -> str:
    """How the ratio is made, and what it is at the largest EfficientNet."""
    words = [
        f"over {FAMILIES[family].label} "
        + ", ".join(f"{ratio:.1f} ({label})" for label, ratio in largest(runs, family).items())
        for family in AGAINST
    ]
    return (
        "Each point: an EfficientNet's time over that of a RegNet of equal flops, read between the published RegNets "
        "on either side (logarithmic scales), all on one device; flops are those of the image size that was timed. "
        f"Ratio at the largest EfficientNet: {'; '.join(words)}. Dotted: {claimed():.1f}, the printed times of "
        f"{' and '.join(devices.short(key) for key in PAIR)}, behind the paper's “up to 5×”: that RegNet has fewer "
        "flops. V100: the paper's printed times. timm (broken lines): mixed precision, its own EfficientNets at the "
        f"image size nearest the published one. {devices.status(runs)}{devices.scaled(runs)}"
    )


def alt(runs: Runs) -> str:
    """The picture in words."""
    words = "; ".join(
        f"{device.label} {rows['ratio'].iloc[0]:.1f} to {rows['ratio'].iloc[-1]:.1f}"
        for device in devices.devices(runs)
        for rows in [ratios(device, "regnetx")]
        if len(rows)
    )
    return (
        "Two panels of time ratio against flops, one line a device, EfficientNet over RegNetX and over RegNetY. "
        f"From the smallest to the largest EfficientNet, over RegNetX: {words}."
    )
