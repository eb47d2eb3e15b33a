"""What stands behind the figures, as tables: the recipe, the populations, the machines, the pilots."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd
from scipy.stats import norm

from regnet import figures, published
from regnet.analysis import adjusted
from regnet.analysis.calibration import CANDIDATE, choose, summarise
from regnet.analysis.compare import power
from regnet.analysis.counts import count
from regnet.analysis.rule_sets import V2, rules_of
from regnet.analysis.rules.adjusted_means import MARGIN
from regnet.evidence.untrained import untrained
from regnet.figures.panels.captions import data_name
from regnet.page import tables
from regnet.sweeps import finals, labels, noise
from regnet.sweeps.cost import measured, seconds_each
from regnet.sweeps.experiments import SECTION3
from regnet.sweeps.population import Population
from regnet.sweeps.regimes import TRAINING_IMAGES, Regime, find_regime
from regnet.sweeps.segments import engine_of
from regnet.sweeps.store import MissingPopulation, Runs

SEEN = float(norm.ppf(0.975) + norm.ppf(0.8))  # standard errors that a two-sided 5% test sees with 80% power


@dataclass(frozen=True)
class Table:
    """A frame as a notebook shows it; `label` is what a screen reader calls it, `empty` stands where it has no row."""

    frame: pd.DataFrame
    label: str
    sortable: bool = False
    empty: str = "Nothing is sealed yet."

    def _repr_html_(self) -> str:
        if not len(self.frame):
            return f"<p>{self.empty}</p>"
        return tables.region(tables.html(self.frame, sortable=self.sortable), self.label)


def recipe(runs: Runs) -> Table:
    """The regime's training beside the paper's (its section 3, footnote 5)."""
    here, paper = find_regime(runs.regime), find_regime("imagenet")
    rows = {name: (_settings(here)[name], value) for name, value in _settings(paper).items()}
    frame = pd.DataFrame([(name, ours, theirs) for name, (ours, theirs) in rows.items()])
    return Table(frame.set_axis(["setting", here.name, "the paper, section 3"], axis=1), "Training settings")


def populations(runs: Runs) -> Table:
    """One row a population that is there, whole or in part: its networks, their errors, what they cost and when."""
    rows = []
    for population in _sealed(runs):
        name, frame = population.name, runs.frame(population)
        rows.append({
            "population": name,
            "networks\ndistinct": f"{len(frame)}\n{count(frame).distinct}",
            "wanted": runs.n or population.wanted,
            "diverged": int((frame["status"] == "diverged").sum()),
            "least error (%)": f"{frame['error'].min():.2f}",
            "mean (%)\nmedian": "{:.2f}\n{:.2f}".format(frame["error"].mean(), frame["error"].median()),
            "sd": f"{frame['error'].std():.2f}",
            "last trained\ncore-hours": "{}\n{:.2f}".format(
                runs.date(name).replace("-", "\u2011"),  # a date is not broken over lines
                frame["seconds"].sum() / 3600,
            ),
        })  # fmt: skip
    return Table(pd.DataFrame(rows), "Populations", sortable=True)


def left(runs: Runs) -> Table:
    """One row a figure or table whose populations are not whole: how many networks it lacks, and what they would cost.

    Final models have a row of their own. A population that two elements share counts in both; the last row counts each
    once.
    """
    means = measured(runs)
    every = {name: figures.populations(runs.regime, name) for name in figures.names()}
    rows = [(figures.number(name), *_lacking(runs, some, means)) for name, some in every.items()]
    models = finals.lacking(runs)
    final, seconds = sum(models.values()), _seconds(models, means)
    once = _lacking(runs, dict.fromkeys(population for some in every.values() for population in some), means)
    models_wanted = finals.wanted(runs.regime)
    rows.append(("Final models", models_wanted, final, seconds))
    rows.append(("All, whole ones too", once[0] + models_wanted, once[1] + final, once[2] + seconds))
    columns = ["figure or table", "networks wanted", "not trained yet", "core-hours left"]
    frame = pd.DataFrame([(*row[:3], row[3] / 3600) for row in rows if row[2]], columns=columns)
    return Table(frame, "What is left to train", empty="Every figure and table has its networks.")


def _lacking(
    runs: Runs, populations: Iterable[Population], means: Mapping[Population, float]
) -> tuple[int, int, float]:
    """Networks wanted, networks not trained yet, seconds that these would take."""
    wanted = {p: runs.n or p.wanted for p in populations}
    lacking = {p: n for p in wanted if (n := max(0, wanted[p] - runs.whole.count(p)))}
    return sum(wanted.values()), sum(lacking.values()), _seconds(lacking, means)


def _seconds(lacking: Mapping[Population, int], means: Mapping[Population, float]) -> float:
    return sum((n * (seconds_each(p, means) or float("nan")) for p, n in lacking.items()), 0.0)


def _sealed(runs: Runs) -> list[Population]:
    return [population for population in figures.populations(runs.regime) if runs.count(population.name)]


def segments(runs: Runs) -> Table:
    """One row a machine, commit and set of versions: how many rows of how many populations it made, and when."""
    rows = []
    for population in _sealed(runs):
        for segment in runs.info(population.name)["segments"]:
            rows.append({
                "hardware": ", ".join(filter(None, (segment["device"], segment.get("cpu", "")))),
                "threads": segment["threads"],
                "precision": segment["precision"],
                "engine": ", ".join(filter(None, (engine_of(segment), segment.get("instructions", "")))),
                "torch": segment["packages"].get("torch", ""),
                "commit": str(segment["commit"])[:10] + (" and local changes" if segment["dirty"] else ""),
                "population": population.name,
                "rows": segment["rows"],
                "first": str(segment["first"])[:10],
                "last": str(segment["last"])[:10],
            })  # fmt: skip
    frame = pd.DataFrame(rows)
    if len(frame):
        keys = ["hardware", "threads", "precision", "engine", "torch", "commit"]
        grouped = frame.groupby(keys, sort=False)
        frame = grouped.agg(
            populations=("population", "nunique"), rows=("rows", "sum"), first=("first", "min"), last=("last", "max")
        ).reset_index()
    return Table(frame, "Machines and versions")


def resolving_power(runs: Runs) -> Table:
    """What as many networks a population as the regime wants can show, at the spread of those that are sealed.

    The chance that two equal populations are found equal within the margin, and the smallest difference of means that
    the test at 5% sees four times in five. Where rules adjust means, what the adjustment leaves of the spread counts,
    and the margin is a share of the spread.
    """
    adjusts, margin = rules_of(runs.regime) is V2, find_regime(runs.regime).margin
    rows, sizes = [], sorted({runs.population(name).wanted for name in SECTION3})
    for name in SECTION3:
        if runs.count(name) > 1 and (sd := float(runs.frame(name)["error"].std())):
            left = sd
            row: dict[str, object] = {"population": labels.described(name), "sd (points)": sd}
            if adjusts:
                left, margin = _left(runs, name), MARGIN * sd
                row["sd, adjusted (points)"] = left
            row |= {f"equal, n = {n}": f"{power(margin, left, left, n, n):.0%}" for n in sizes}
            row |= {f"seen, n = {n} (points)": SEEN * left * (2 / n) ** 0.5 for n in sizes}
            rows.append(row)
    return Table(pd.DataFrame(rows), "Power of the no-difference rule, and the smallest difference that is seen")


def _left(runs: Runs, name: str) -> float:
    """The spread of errors that the networks' features leave, points."""
    (residuals,), _ = adjusted.residuals([adjusted.Members.of(runs.frame(name), untrained(runs.population(name)))])
    return float(residuals.std(ddof=1))


def seed_noise(runs: Runs) -> Table:
    """The sd of error over trainings of one network, by the length of training and the network's mean error."""
    base = find_regime(runs.regime).base
    parts = [
        pd.DataFrame({
            "images": base.images * length,
            "mean error (%)": [f"{low:.1f} to {high:.1f}" for low, high in groups[["low", "high"]].to_numpy()],
            "networks": groups["networks"].astype(int),
            "trainings": groups["trainings"].astype(int),
            "sd (points)": groups["sd"],
        })
        for length in noise.lengths(runs)
        if len(groups := noise.by_error(runs, length))
    ]  # fmt: skip
    return Table(pd.concat(parts) if parts else pd.DataFrame(), "Seed noise by length of training and mean error")


def luck(runs: Runs) -> Table:
    """The best members of a population: their errors when they were chosen, and when trained again with new seeds."""
    rows = []
    for population in _sealed(runs):
        repeats = runs.repeats(population)
        repeats = repeats[repeats["length"] == population.length]
        if len(repeats):
            chosen = runs.frame(population).set_index("index").loc[repeats["index"].unique(), "error"]
            again = repeats.groupby("index")["error"].mean()
            rows.append({
                "population": population.name, "networks": len(again), "trained again": len(repeats),
                "chosen at (%)": float(chosen.mean()), "again (%)": float(again.mean()),
                "difference": float(again.mean() - chosen.mean()),
            })  # fmt: skip
    return Table(pd.DataFrame(rows), "The best networks trained again")


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
    return Table(order.merge(wide, on=keys).rename(columns=labels.LABELS), "Pilot runs")


def _settings(regime: Regime) -> dict[str, str]:
    base, low, high = regime.base, *regime.window()
    once = TRAINING_IMAGES.get(base.data)
    stem, sizes = regime.stem, [Population(name, regime.name).wanted for name in SECTION3]
    return {
        "data": data_name(base.data),
        "input": f"{base.resolution} px, {stem.channels} channel" + "s" * (stem.channels != 1),
        "classes": f"{base.num_classes:,}",
        "stem": f"{stem.kernel}x{stem.kernel}, stride {stem.stride}, width {stem.width}",
        "flops": f"{low / 1e6:g} to {high / 1e6:g} MF",
        "networks a population": " to ".join(map(str, sorted({min(sizes), max(sizes)}))),
        "images seen": f"{base.images:,}",
        "passes over the training images": f"{base.images / once:.2g}" if once else "",
        "mini-batch": str(base.batch),
        "learning rate": f"{base.lr:g}, half-period cosine",
        "warm-up": f"{base.warmup_images:,} images" if base.warmup_images else "none",
        "weight decay": f"{base.weight_decay:g}",
        "momentum": f"{base.momentum:g}, Nesterov",
        "last scale of a residual branch at the start": f"{base.final_gamma:g}",
        "precision": base.precision,
        "validation images": f"{base.validation_images:,}",
    }
