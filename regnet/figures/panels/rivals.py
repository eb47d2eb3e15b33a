"""The pocket analogue of section 5: final models here, RegNets against published shapes scaled to their budgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from regnet.analysis.compare import Comparison, better
from regnet.design.recipe import reported
from regnet.figures.numbers.printed import DASH, span, unbroken
from regnet.figures.panels import captions
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.store import MissingPopulation, Runs

LEVEL = 0.95
CELLS = {"flops": ("flops (MF)", 1e6), "params": ("params (k)", 1e3), "acts": ("acts (k)", 1e3)}


@dataclass(frozen=True)
class Family:
    """How a family of networks is called and drawn: colour and marker, the same in both figures."""

    label: str
    colour: str
    marker: str


# Colours are at least 3:1 against the white and the dark page; markers tell families apart without them.
FAMILIES = {
    "regnetx": Family("RegNetX", "#C8243C", "o"),
    "regnety": Family("RegNetY", "#6152E0", "D"),
    "resnet": Family("ResNet", "#6E7892", "s"),
    "resnext": Family("ResNeXt", "#2A9D76", "^"),
    "efficientnet": Family("EfficientNet", "#B8860B", "v"),
}


def finals(runs: Runs, families: Sequence[str]) -> pd.DataFrame:
    """The trainings of final models of these families.

    Raises:
        MissingPopulation: none is sealed.
    """
    frame: pd.DataFrame = runs.finals()
    found = frame[frame["family"].isin(families)]
    if found.empty:
        raise MissingPopulation(f"no final model of {', '.join(families)} is sealed; make them: {command(runs)}")
    return found.reset_index(drop=True)


def found(runs: Runs, families: Sequence[str]) -> pd.DataFrame | None:
    """The same, None where they are missing."""
    try:
        return finals(runs, families)
    except MissingPopulation:
        return None


def command(runs: Runs) -> str:
    """What makes the final models."""
    return f"regnet finals {runs.regime}"


def summary(trainings: pd.DataFrame) -> pd.DataFrame:
    """One row a model, by budget and family: its size, seeds, and mean, sd and 95% interval of its mean error.

    `test_error` is the mean over the same seeds. A single training has neither sd nor interval.
    """
    rows = []
    for name, part in trainings.groupby("model", sort=False):
        first, errors = part.iloc[0], part[reported(part)].to_numpy(np.float64)
        n = len(errors)
        sd = float(errors.std(ddof=1)) if n > 1 else np.nan
        half = float(stats.t.ppf((1 + LEVEL) / 2, n - 1)) * sd / n**0.5 if n > 1 else np.nan
        mean = float(errors.mean())
        kept = ("family", "role", "matched", "multiple", "source", "flops", "params", "acts")
        rows.append({
            "model": name,
            **{key: first[key] for key in kept},
            "n": n,
            "diverged": int((part["status"] == "diverged").sum()),
            "error": mean, "sd": sd, "low": mean - half, "high": mean + half,
            "test_error": float(part["test_error"].mean()),
            "test_sd": float(part["test_error"].std(ddof=1)) if n > 1 else np.nan,
        })  # fmt: skip
    places = [list(FAMILIES).index(row["family"]) for row in rows]
    table = pd.DataFrame(rows).assign(place=places)
    order = ["multiple", "place", "role", "matched"]  # flops before acts
    return table.sort_values(order, ascending=[True, True, True, False], ignore_index=True).drop(columns="place")


def reference(trainings: pd.DataFrame, multiple: float, family: str) -> pd.DataFrame:
    """The trainings of the family's best model at a budget; no rows where it has none."""
    mine = (trainings["family"] == family) & (trainings["role"] == "best")
    return trainings[mine & (trainings["multiple"] == multiple)]


def above(trainings: pd.DataFrame, model: str, family: str = "regnetx", value: str = "error") -> Comparison | None:
    """The model's mean error minus that of the family's best at the same budget (points), Welch's 95% interval.

    None for that best model itself, and where either has fewer than two trainings.
    """
    mine = trainings[trainings["model"] == model]
    theirs = reference(trainings, float(mine["multiple"].iloc[0]), family)
    if model in set(theirs["model"]) or min(len(mine), len(theirs)) < 2:
        return None
    value = reported(trainings) if value == "error" else value
    return better(mine[value].to_numpy(np.float64), theirs[value].to_numpy(np.float64))


def compared(trainings: pd.DataFrame, against: Sequence[str], value: str = "error") -> pd.DataFrame:
    """`summary`, and for each family of `against` columns above_<family>, _low and _high (points)."""
    rows = []
    for row in summary(trainings).to_dict("records"):
        for family in against:
            gap = above(trainings, row["model"], family, value)
            found = (gap.effect, gap.low, gap.high) if gap else (np.nan,) * 3
            row |= dict(zip((f"above_{family}", f"above_{family}_low", f"above_{family}_high"), found, strict=True))
        rows.append(row)
    return pd.DataFrame(rows)


def table(trainings: pd.DataFrame, against: Sequence[str], regime: str, *, test: bool = False) -> pd.DataFrame:
    """The columns of the page, one row a model by budget; with `test`, the test error is the one compared."""
    frame = compared(trainings, against, "test_error" if test else "error")
    budgets = frame["multiple"] * find_regime(regime).flops_unit / 1e6
    shown = {"model": frame["model"], "budget (MF)": budgets, "equal": [name or DASH for name in frame["matched"]]}
    shown["validation error (%)"] = _errors(frame["error"], frame["sd"])
    if test:
        shown["test error (%)"] = _errors(frame["test_error"], frame["test_sd"])
    for family in against:
        triples = frame[[f"above_{family}", f"above_{family}_low", f"above_{family}_high"]].to_numpy(np.float64)
        label = f"{'test: ' * test}above the best {FAMILIES[family].label} (points)"
        shown[label] = [unbroken(span(*triple)) if np.isfinite(triple).all() else "" for triple in triples]
    shown |= {label: [f"{size / scale:.4g}" for size in frame[name]] for name, (label, scale) in CELLS.items()}
    shown["seeds"] = frame["n"]
    return pd.DataFrame(shown)


def _errors(mean: pd.Series[float], sd: pd.Series[float]) -> list[str]:
    return [f"{m:.2f}" + ("" if np.isnan(s) else f" ± {s:.2f}") for m, s in zip(mean, sd, strict=True)]


def in_words(trainings: pd.DataFrame, value: str = "error") -> str:
    """The lowest and the highest mean error, for alternative text."""
    frame = summary(trainings).sort_values(value)
    ends = [f"{name} {error:.2f}%" for name, error in frame.iloc[[0, -1]][["model", value]].to_numpy()]
    return f"Table of {len(frame)} final models; mean {value.replace('_', ' ')} from {ends[0]} to {ends[1]}."


def setting(trainings: pd.DataFrame, runs: Runs) -> str:
    """Regime, data, training and seeds of the final models, how they were chosen, and how many trainings diverged."""
    lengths, seeds = sorted(set(trainings["length"])), trainings.groupby("model").size()
    recipe = find_regime(runs.regime).recipe(int(lengths[-1]))
    number = f"{seeds.min()}" if seeds.min() == seeds.max() else f"{seeds.min()} to {seeds.max()}"
    diverged = int((trainings["status"] == "diverged").sum())
    lost = f" Diverged, counted with the error of chance: {diverged} of {len(trainings)} trainings." if diverged else ""
    return (
        f"Measured here, regime {runs.regime}: {captions.DATA.get(recipe.data, recipe.data)} at {recipe.resolution} "
        f"px, {len(seeds)} models, each trained on {recipe.images:,} images with {number} seeds.{lost}"
    )


CHOSEN = (
    "Best and median were chosen from their populations by a shorter training's error on the same validation images, "
    "which favours the best; the published shapes were scaled to the budget, not searched, so the median stands "
    "beside the best."
)
DIFFERENCE = (
    "Above the best: mean error minus that of the best network of the same budget, Welch's 95% interval over seeds; "
    "seeds vary, the choice of the network does not."
)
