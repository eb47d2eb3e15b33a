"""What stands behind the figures, as tables: the recipe, the populations, the machines, the pilots."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from regnet import published
from regnet.analysis.calibration import CANDIDATE, choose, summarise
from regnet.analysis.compare import power
from regnet.figures import tables
from regnet.figures.captions import DATA
from regnet.sweeps.experiments import SECTION3
from regnet.sweeps.regimes import Regime, find_regime
from regnet.sweeps.store import MissingPopulation, Runs


@dataclass(frozen=True)
class Table:
    """A frame as a notebook shows it; `label` is what a screen reader calls it."""

    frame: pd.DataFrame
    label: str

    def _repr_html_(self) -> str:
        panel = tables.html(self.frame) if len(self.frame) else "<p>Nothing is sealed yet.</p>"
        return f'<div class="scroll" tabindex="0" role="region" aria-label="{self.label}">{panel}</div>'


def recipe(runs: Runs) -> Table:
    """The regime's training beside the paper's (its section 3, footnote 5)."""
    here, paper = find_regime(runs.regime), find_regime("imagenet")
    rows = {name: (_settings(here)[name], value) for name, value in _settings(paper).items()}
    frame = pd.DataFrame([(name, ours, theirs) for name, (ours, theirs) in rows.items()])
    return Table(frame.set_axis(["setting", here.name, "the paper, section 3"], axis=1), "Training settings")


def populations(runs: Runs) -> Table:
    """One row a population of section 3: how many networks, their errors, what they cost and when."""
    rows = []
    for population in SECTION3:
        name, n = population.name, runs.count(population.name)
        row: dict[str, object] = {"population": name, "networks": n}
        if n:
            frame = runs.frame(name)
            row |= {
                "diverged": int((frame["status"] == "diverged").sum()),
                "least error (%)": float(frame["error"].min()),
                "mean (%)": float(frame["error"].mean()),
                "median (%)": float(frame["error"].median()),
                "sd": float(frame["error"].std()),
                "core-hours": float(frame["seconds"].sum()) / 3600,
                "last trained": runs.date(name),
            }
        rows.append(row)
    return Table(pd.DataFrame(rows).astype({"networks": int}), "Populations")


def segments(runs: Runs) -> Table:
    """One row a machine, commit and set of versions: how many rows of how many populations it made, and when."""
    rows = []
    for population in SECTION3:
        if not runs.count(population.name):
            continue
        for segment in runs.info(population.name)["segments"]:
            rows.append({
                "hardware": segment["device"],
                "threads": segment["threads"],
                "precision": segment["precision"],
                "torch": segment["packages"].get("torch", ""),
                "commit": str(segment["commit"])[:10] + (" and local changes" if segment["dirty"] else ""),
                "population": population.name,
                "rows": segment["rows"],
                "first": str(segment["first"])[:10],
                "last": str(segment["last"])[:10],
            })  # fmt: skip
    frame = pd.DataFrame(rows)
    if len(frame):
        keys = ["hardware", "threads", "precision", "torch", "commit"]
        grouped = frame.groupby(keys, sort=False)
        frame = grouped.agg(
            populations=("population", "nunique"), rows=("rows", "sum"), first=("first", "min"), last=("last", "max")
        ).reset_index()
    return Table(frame, "Machines and versions")


def resolving_power(runs: Runs) -> Table:
    """Chance that two equal populations are found equal within the margin, by n, at the spread of what is sealed."""
    margin = find_regime(runs.regime).margin
    rows = []
    for population in SECTION3:
        if runs.count(population.name) > 1:
            sd = float(runs.frame(population.name)["error"].std())
            chances = {f"n = {n}": f"{power(margin, sd, sd, n, n):.0%}" for n in (100, 300, 500)}
            rows.append({"population": population.name, "sd (points)": sd, **chances})
    return Table(pd.DataFrame(rows), "Power of the no-difference rule")


def candidates(runs: Runs) -> Table:
    """The calibration's candidates as measured, then the chosen one at fewer validation images."""
    names = {
        "batch": "batch", "lr": "learning rate", "validation_images": "validation images",
        "mean_error": "mean error (%)", "sd": "sd", "diverged": "diverged", "seconds": "CPU seconds",
        "reliability": "reliability", "rank": "rank correlation",
        "rank_anynetx_a": "within AnyNetX_A", "rank_regnetx": "within RegNetX",
    }  # fmt: skip
    try:
        frame = summarise(runs.calibration())
    except MissingPopulation:
        return Table(pd.DataFrame(), "Candidates of the calibration")
    chosen = (frame[CANDIDATE] == choose(frame)[CANDIDATE]).all(axis=1)
    measured = frame["validation_images"] == frame["validation_images"].max()
    frame = pd.concat([frame[measured], frame[chosen & ~measured][::-1]])
    return Table(frame[list(names)].rename(columns=names), "Candidates of the calibration")


def pilots() -> Table:
    """Mean errors of the pilot runs that the regime was chosen after: one row a setting, one column a space."""
    frame = published.load("pilots")
    spread = frame["sd_error"].map(lambda sd: "" if pd.isna(sd) else f" ({sd:g})")
    frame["shown"] = frame["mean_error"].map("{:g}".format) + spread
    keys = ["data", "resolution", "ranges", "images", "batch", "lr", "networks"]
    wide = frame.set_index([*keys, "space"])["shown"].unstack("space").reset_index()
    order = frame.drop_duplicates(keys)[keys]
    return Table(order.merge(wide, on=keys), "Pilot runs")


def _settings(regime: Regime) -> dict[str, str]:
    base, low, high = regime.base, *regime.window()
    stem = regime.stem
    return {
        "data": DATA.get(base.data, base.data),
        "input": f"{base.resolution} px, {stem.channels} channel" + "s" * (stem.channels != 1),
        "classes": f"{base.num_classes:,}",
        "stem": f"{stem.kernel}x{stem.kernel}, stride {stem.stride}, width {stem.width}",
        "flops": f"{low / 1e6:g} to {high / 1e6:g} MF",
        "networks a population": str(regime.n),
        "images seen": f"{base.images:,}",
        "mini-batch": str(base.batch),
        "learning rate": f"{base.lr:g}, half-period cosine",
        "warm-up": f"{base.warmup_images:,} images" if base.warmup_images else "none",
        "weight decay": f"{base.weight_decay:g}",
        "momentum": f"{base.momentum:g}, Nesterov",
        "last scale of a residual branch at the start": f"{base.final_gamma:g}",
        "precision": base.precision,
        "validation images": f"{base.validation_images:,}",
    }
