"""Do the engines train alike? What their trainings of the same networks say, as tables."""

from __future__ import annotations

import pandas as pd
from scipy.stats import spearmanr

from regnet.analysis.final_models import interval
from regnet.page.records import Table
from regnet.sweeps import labels
from regnet.sweeps.engine_trials import NETWORKS, TRAINERS
from regnet.sweeps.folders import CHECKOUT
from regnet.sweeps.segments import FIRST_ENGINE, engine_of
from regnet.sweeps.store import MissingPopulation, Runs

NAMES = {"engines-native": "compiled", "engines-torch": "PyTorch, bfloat16", "engines-float32": "PyTorch, float32"}
REFEREE = "engines-float32"
INTERVAL = "95% interval"
INSTRUCTIONS = CHECKOUT / "benchmarks" / "instructions.csv"
FEWEST_PAIRS = 10  # of a population that has a row of its own
KEPT_IN = "pocket"  # the regime whose trainings compare the engines


def compared(runs: Runs) -> Runs:
    """These runs, or those of the regime that has the trainings, beside them."""
    if any((runs.folder / f"{sheet}.csv").is_file() for sheet in TRAINERS):
        return runs
    return runs.at(KEPT_IN)


def members(runs: Runs) -> Table:
    """Sealed members trained again by the compiled engine with their own seeds: the mean paired difference."""
    runs = compared(runs)
    trained = _trainings(runs, "engines-native", "member")
    pairs = [_pair(runs, str(name), own) for name, own in trained.groupby("population", sort=False)]
    frame = pd.concat(pairs) if pairs else pd.DataFrame(columns=["sealed", "again"])
    if len(frame) < 3:
        return Table(pd.DataFrame(), "Members trained by both engines")
    row: dict[str, object] = {"regime": runs.regime, "members": len(frame), "populations": len(pairs)}
    row |= {"PyTorch, mean error (%)": frame["sealed"].mean(), "compiled, mean error (%)": frame["again"].mean()}
    row |= _difference("compiled minus PyTorch (points)", frame["again"] - frame["sealed"])
    row["rank correlation"] = float(spearmanr(frame["sealed"], frame["again"]).statistic)
    return Table(pd.DataFrame([row]), "Members trained by both engines")


def networks(runs: Runs) -> Table:
    """Three networks trained with many seeds by each engine: mean, spread, and the difference from float32."""
    runs, rows = compared(runs), []
    referee = _trainings(runs, REFEREE, "network")
    for space, index, _ in NETWORKS:
        for sheet in TRAINERS:
            own, other = (
                frame[frame["population"].str.startswith(f"{space}-") & (frame["index"] == index)]
                for frame in (_trainings(runs, sheet, "network"), referee)
            )
            if len(own) > 2:
                row: dict[str, object] = {
                    "network": f"{own['network_id'].iloc[0]} ({labels.label(space)}, {own['d'].iloc[0]} blocks)"
                }
                row |= {
                    "engine": NAMES[sheet],
                    "trainings": len(own),
                    "diverged": int((own["status"] == "diverged").sum()),
                }
                row |= {"mean error (%)": own["error"].mean(), "sd": own["error"].std()}
                both = own.merge(other, on="seed", suffixes=("", "_float32"))
                difference = both["error"] - both["error_float32"]
                title = "minus float32 (points)"
                row |= _difference(title, difference) if sheet != REFEREE else {title: "", INTERVAL: ""}
                rows.append(row)
    return Table(pd.DataFrame(rows), "Three networks trained with many seeds by each engine")


def instruction_sets() -> Table:
    """Sealed members trained again by the compiled engine and another instruction set: the mean paired difference.

    Populations of which only a few members were are one row.
    """
    pairs = pd.read_csv(INSTRUCTIONS)
    names = pairs.groupby(["regime", "population"])["index"].transform("size")
    few, rows = names < FEWEST_PAIRS, []
    for (regime, name), own in pairs[~few].groupby(["regime", "population"], sort=False):
        rows.append({"population": f"{name}\n{regime}"} | _instructions(own))
    for regime, own in pairs[few].groupby("regime", sort=False):
        rows.append({"population": f"{own['population'].nunique()} more\n{regime!s}"} | _instructions(own))
    return Table(pd.DataFrame(rows), "Networks trained with two instruction sets")


def _instructions(pairs: pd.DataFrame) -> dict[str, object]:
    means: dict[str, object] = {
        "pairs": len(pairs),
        "AVX-512 (%)": pairs["sealed_avx512_bf16"].mean(),
        "AVX2 (%)": pairs["again_avx2"].mean(),
    }
    return means | _difference("AVX2 minus AVX-512", pairs["again_avx2"] - pairs["sealed_avx512_bf16"])


def _trainings(runs: Runs, sheet: str, role: str) -> pd.DataFrame:
    try:
        frame = runs.engines(sheet)
    except MissingPopulation:
        return pd.DataFrame(columns=["population", "index", "seed", "role", "network_id", "d", "status", "error"])
    return frame[frame["role"] == role]


def _pair(runs: Runs, population: str, again: pd.DataFrame) -> pd.DataFrame:
    """Sealed errors, of PyTorch's, beside those of the same members and seeds trained again."""
    sealed_by = {engine_of(segment) for segment in runs.info(population)["segments"] if segment["rows"]}
    if sealed_by != {FIRST_ENGINE}:
        raise ValueError(f"{population} was trained by {', '.join(sorted(sealed_by))}: no pair to {FIRST_ENGINE}")
    sealed = runs.frame(population)[["index", "seed", "error"]].rename(columns={"error": "sealed"})
    return again.rename(columns={"error": "again"}).merge(sealed, on=["index", "seed"])[["sealed", "again"]]


def _difference(title: str, differences: pd.Series[float]) -> dict[str, object]:
    """Mean and Student's interval of paired differences."""
    n, mean = len(differences), float(differences.mean())
    ends = interval(mean, float(differences.std()), n)
    shown, low, high = (f"{round(value, 2) + 0.0:+.2f}" for value in (mean, *ends))  # no -0.00
    return {title: shown, INTERVAL: f"{low} to {high}"}
