"""Time against flops and activations of the published networks, device by device (arXiv:2003.13678, Fig 12)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, LogLocator, NullLocator

from regnet import published
from regnet.analysis.compare import Comparison
from regnet.analysis.timing_fits import Curve, Law, fits, pearson, predicts_better
from regnet.figures.numbers import devices
from regnet.figures.numbers.devices import IMAGES, Device
from regnet.figures.panels import style
from regnet.figures.panels.rivals import FAMILIES
from regnet.sweeps.store import Runs

TITLE = "What inference time goes with"
FITTED = "regnetx"  # the family that Fig 12's curves are drawn through
MEASURES = {"gf": "flops (GF)", "acts": "activations (M)"}
TICKS: dict[str, list[float]] = {"gf": [0.2, 0.5, 1, 2, 5, 10, 20], "acts": [2, 5, 10, 20, 50, 100]}
LEAST = 8  # networks for a correlation or a fit to be shown
ROW, HEAD = 2.05, 0.55  # inches


def correlations(device: Device) -> dict[str, float]:
    """Pearson's r of milliseconds with flops and with activations; nothing where too few networks are timed."""
    rows = device.rows
    return {name: pearson(rows[name], rows["ms"]) for name in MEASURES} if len(rows) >= LEAST else {}


def difference(device: Device) -> Comparison | None:
    """r with activations minus r with flops, resampled over the networks."""
    rows = device.rows
    return predicts_better(rows["acts"], rows["gf"], rows["ms"]) if len(rows) >= LEAST else None


def curves(device: Device) -> dict[Law, Curve]:
    """Fig 12's three curves of milliseconds over flops (GF) through the RegNetX."""
    mine = device.rows[device.rows["family"] == FITTED]
    return fits(mine["gf"], mine["ms"]) if len(mine) >= LEAST else {}


def paper_curve() -> tuple[float, float]:
    """a and b of the paper's a sqrt(f) + b f: milliseconds on its V100, f in GF.

    >>> paper_curve()
    (24.0, 6.0)
    """
    row = _paper("time")
    return float(row["sqrt_flops_G"]), float(row["flops_G"])


def paper_r() -> dict[str, float]:
    """The paper's r of inference time with flops and with activations (Fig 12, top)."""
    panels = {"gf": "inference time against flops", "acts": "inference time against activations"}
    return {name: float(_paper(panel)["pearson_r"]) for name, panel in panels.items()}


def _paper(what: str) -> pd.Series[Any]:
    table = published.load("paper_fig12_laws")
    return table[table["what"] == what].iloc[0]


@style.theme()
def make(runs: Runs) -> Figure:
    """A row a device: time against flops with the fitted curve, and against activations."""
    shown = devices.devices(runs)
    fig = Figure(figsize=(style.WIDTH, HEAD + ROW * len(shown)), layout="constrained")
    axes = fig.subplots(len(shown), 2, squeeze=False, sharex="col", sharey="row")
    for device, row in zip(shown, axes, strict=True):
        for ax, name in zip(row, MEASURES, strict=True):
            _panel(ax, device, name)
        row[0].set_ylabel(f"ms for {IMAGES} images")
    for ax, name in zip(axes[-1], MEASURES, strict=True):
        ax.set_xlabel(MEASURES[name])
    marks = [
        Line2D([], [], color=f.colour, marker=f.marker, linestyle="", markersize=6, label=f.label)
        for f in FAMILIES.values()
    ]
    fig.legend(handles=marks, loc="outside upper center", ncols=len(marks))
    return fig


def _panel(ax: Axes, device: Device, name: str) -> None:
    for family, look in FAMILIES.items():
        rows = device.rows[device.rows["family"] == family]
        titles = [
            f"{devices.short(model)}: {gf:.2f} GF, {acts:.1f} M activations, {ms:.4g} ms on {device.label}"
            for model, gf, acts, ms in rows[["model", "gf", "acts", "ms"]].to_numpy()
        ]
        style.scatter(ax, rows[name], rows["ms"], titles, colour=look.colour, marker=look.marker, s=22, alpha=0.85)
    words = [f"r = {correlations(device)[name]:.2f}"] if correlations(device) else []
    if name == "gf":
        words = [device.label, *words, *_draw_curve(ax, device)]
    ax.set_title(", ".join(words), fontsize=9.5, loc="left")
    ax.set(xscale="log", yscale="log")
    ax.xaxis.set_major_locator(FixedLocator(TICKS[name]))
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter("{x:g}")


def _draw_curve(ax: Axes, device: Device) -> list[str]:
    """The fitted sum with its band, the paper's beside it on its own device; the formula."""
    found = curves(device)
    if not found:
        return []
    curve = found["sqrt+line"]
    f = np.geomspace(device.rows["gf"].min(), device.rows["gf"].max(), 60)
    low, high = curve.band(f)
    colour = FAMILIES[FITTED].colour
    ax.fill_between(f, np.maximum(low, 1e-3 * curve.at(f)), high, color=colour, alpha=0.2, linewidth=0)
    ax.plot(f, curve.at(f), color=colour, linewidth=1.4)
    if device.label == devices.V100:
        a, b = paper_curve()
        ax.plot(f, a * np.sqrt(f) + b * f, color=style.INK, linewidth=1.2, linestyle=":")
    return [formula(curve)]


def formula(curve: Curve) -> str:
    """A fitted sum in the paper's form.

    >>> from regnet.analysis.timing_fits import fit
    >>> formula(fit("sqrt+line", [1, 4, 9, 16], [30, 72, 126, 192]))
    '24√f + 6·f'
    """
    a, b = curve.coefficients
    return f"{_short(a)}√f {'+' if b >= 0 else '−'} {_short(abs(b))}·f"


def _short(x: float) -> str:
    return f"{x:,.0f}" if abs(x) >= 100 else f"{x:.2g}"


def data(runs: Runs) -> pd.DataFrame:
    """One row a network and device, one a correlation and one a fitted curve (f in GF)."""
    frames = []
    for device in devices.devices(runs):
        points = device.rows.assign(statistic="network")
        found = correlations(device)
        summary = [{"statistic": f"r with {MEASURES[name]}", "value": r, "n": len(points)} for name, r in found.items()]
        if gap := difference(device):
            about = {"value": gap.effect, "low": gap.low, "high": gap.high, "n": gap.n_a}
            summary.append({"statistic": "r with activations minus r with flops", **about})
        for law, curve in curves(device).items():
            named = dict(zip("ab", curve.coefficients, strict=False))
            summary.append({"statistic": f"curve {law}", "r2": curve.r2, "n": curve.n, **named})
        frames.append(pd.concat([pd.DataFrame(summary), points]).assign(device=device.label, source=device.source))
    whole = pd.concat(frames, ignore_index=True)
    columns = ["device", "source", "statistic", *devices.COLUMNS, "value", "low", "high", "a", "b", "r2", "n"]
    return whole.reindex(columns=columns).astype({"n": "Int64", "resolution": "Int64"})


def caption(runs: Runs) -> str:
    """What r and the curves are of, and how far r with activations lies above r with flops."""
    gaps = ", ".join(
        f"{device.label} {gap.effect:+.2f} [{gap.low:+.2f}, {gap.high:+.2f}]"
        for device in devices.devices(runs)
        if (gap := difference(device))
    )
    a, b = paper_curve()
    r = {name: f"{value:g}" for name, value in paper_r().items()}
    return (
        f"Published networks of {devices.paper().source} at their image sizes; logarithmic axes, r is Pearson's of the "
        "plain values. Line and band: a√f + b·f through the RegNetX by least squares, with the 95% interval of the "
        f"curve; dotted, on the V100: the paper's {a:g}√f + {b:g}·f (f in GF). r with activations minus r with flops, "
        f"95% interval over resampled networks: {gaps}; both measures as counted here, where the claim about the "
        f"paper's numbers takes the printed ones. The paper's r = {r['gf']} (flops) and {r['acts']} (activations)"
        " are of random RegNetX in a narrower range of flops and do not compare with these. timm: mixed precision at "
        f"the largest batch that fitted. {devices.status(runs)}{devices.scaled(runs)}"
    )


def alt(runs: Runs) -> str:
    """The picture in words."""
    words = "; ".join(
        f"{device.label} {found['gf']:.2f} and {found['acts']:.2f}"
        for device in devices.devices(runs)
        if (found := correlations(device))
    )
    return (
        "Rows of two panels, one row a device: inference time rises with flops and with activations on logarithmic "
        f"axes. Correlation with flops and with activations: {words}."
    )
