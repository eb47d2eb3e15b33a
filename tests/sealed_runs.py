"""Small sealed populations, times and final models for tests: real draws and real files, numbers made up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from regnet.sweeps import timings
from regnet.sweeps.journal import Journal
from regnet.sweeps.population import Population
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.sealing import seal
from regnet.sweeps.sheet_names import population_sheet, sheet_of
from regnet.sweeps.store import Runs
from regnet.sweeps.tasks import member_tasks
from regnet.sweeps.timing_jobs import drawn_jobs

SEGMENT = {
    "commit": "0123456789abcdef", "dirty": False, "device": "a test's processor", "precision": "bf16",
    "threads": 1, "python": "3.11.2", "packages": {"numpy": "2.0.0"},
}  # fmt: skip
SEEDS = 5  # of each final model
MULTIPLES = (0.5, 1.0, 2.0, 4.0)  # of F, their budgets


def seal_population(
    root: Path,
    name: str,
    n: int,
    *,
    mean: float = 30.0,
    regime: str = "pocket",
    errors: Sequence[float] = (),
    data_sha256: str = "0" * 64,
) -> None:
    """Seals the first n members of a population under `root`/runs; called again with a larger n it adds rows.

    errors: those of the members, where they matter; one of exactly 90 has diverged.
    """
    population = Population.parse(name, regime)
    sheet = population_sheet(population, work=root / "work", runs=root / "runs")
    made_up = np.abs(mean + 3 * np.random.default_rng(len(name)).standard_normal(n))  # an error is a percentage
    header = {
        "name": sheet.name, "recipe": asdict(population.recipe), "recipe_hash": population.recipe.hash,
        "data_sha256": data_sha256, "segment": SEGMENT,
    }  # fmt: skip
    sheet.work.mkdir(parents=True, exist_ok=True)
    sheet.journal.unlink(missing_ok=True)
    with Journal(sheet.journal, header) as journal:
        for task, error in zip(member_tasks(population, n), errors or made_up.tolist(), strict=True):
            status = "diverged" if error == 90.0 else "ok"
            error = round(error, 2)
            values = {"status": status, "error": error, "error_a": error, "error_b": error, "train_loss": 2.0}
            outcome = {cell: (values | {"seconds": 7.5})[cell] for cell in find_regime(regime).outcome}
            journal.append(task.cells | outcome, "")
    seal(sheet)


def milliseconds(frame: Any) -> Any:
    """2 ms a MF and 0.3 ms a thousand activations."""
    return 2e-6 * frame["flops"] + 3e-4 * frame["acts"]


def time_draws(names: list[str], n: int, device: str, runs: Path) -> None:
    """Times of the first n draws of populations of the paper's size, as `regnet time --members` writes them."""
    rows = []
    for name in names:
        for job in drawn_jobs(Population.parse(name, "imagenet"), n):
            ms = dict.fromkeys(("ms_median", "ms_q1", "ms_q3"), milliseconds(job.cells))
            how = {"batch": 64, "images": 64, "precision": "fp32", "train": False, "status": "ok", "repeats": 5}
            about = {"device": device, "threads": None, "torch": "2", "cuda": "13", "cudnn": "9", "date": "2020-03-30"}
            rows.append(job.cells | ms | how | about | {"commit": "", "dirty": False, "instructions": ""})
    timings.write(rows, runs / timings.FOLDER / f"{timings.slug(device)}.csv")


def seal_times(runs: Runs, names: list[str], device: str, **also: Any) -> None:
    """Times of every member."""
    about = {
        "device": device, "regime": runs.regime, "model": "", "resolution": 28, "batch": 64, "precision": "fp32",
        "train": False, "threads": 1, "status": "ok", "repeats": 5, "images": 64, "torch": "2", "cuda": "",
        "cudnn": "", "date": "2020-03-30", "commit": "", "dirty": False, "instructions": "",
    }  # fmt: skip
    kept = ["index", "network_id", "flops", "params", "acts"]
    tables = []
    for name in names:
        frame = runs.frame(name)
        ms = dict.fromkeys(("ms_median", "ms_q1", "ms_q3"), milliseconds(frame))
        tables.append(frame[kept].assign(**about, **ms, population=name).assign(**also))
    rows = pd.concat(tables).to_dict("records")
    timings.write(rows, runs.folder.parent / timings.FOLDER / f"{timings.slug(device)}.csv")


def final_model(name: str, family: str, role: str, matched: str, multiple: float, mean: float) -> pd.DataFrame:
    """Five trainings whose errors spread by a sine and whose mean is `mean`."""
    wave = np.sin(np.arange(SEEDS) * (1 + len(name)))
    errors = mean + 0.2 * (wave - wave.mean())
    return pd.DataFrame({
        "model": name, "family": family, "role": role, "matched": matched, "multiple": multiple, "source": "made up",
        "flops": int(2.9e6 * multiple), "params": int(7e4 * multiple), "acts": int(9e4 * multiple**0.5), "lr": 0.2,
        "weight_decay": 1e-5 if family == "efficientnet" else 5e-5, "length": 8, "seed": range(SEEDS), "status": "ok",
        "error": errors, "test_error": errors + 0.4, "seconds": 60.0, "segment": 0,
    })  # fmt: skip


def final_trainings() -> pd.DataFrame:
    """RegNetX best at 10 - log2 of the multiple, its median 0.4 above, ResNet shapes 1 and 1.2, ResNeXt's 0.6 above."""
    rows = []
    for m in MULTIPLES:
        base = 10 - float(np.log2(m))
        rows += [
            final_model(f"regnetx {m:g} best", "regnetx", "best", "", m, base),
            final_model(f"regnetx {m:g} median", "regnetx", "median", "", m, base + 0.4),
            final_model(f"resnet {m:g} flops", "resnet", "shape", "flops", m, base + 1.0),
            final_model(f"resnet {m:g} acts", "resnet", "shape", "acts", m, base + 1.2),
            final_model(f"resnext {m:g} flops", "resnext", "shape", "flops", m, base + 0.6),
            final_model(f"efficientnet {m:g} flops", "efficientnet", "shape", "flops", m, base - 0.3),
        ]
    rows.append(final_model("regnety 4 best", "regnety", "best", "", 4.0, 7.5))
    return pd.concat(rows, ignore_index=True)


def seal_finals(trainings: pd.DataFrame, root: Path, regime: str = "pocket") -> Runs:
    """The trainings sealed as `regnet finals` seals them."""
    sheet = sheet_of("finals", regime, work=root / "work", runs=root / "runs")
    recipe = find_regime(regime).recipe(8)
    header = {
        "name": "finals", "recipe": asdict(recipe), "recipe_hash": recipe.hash, "data_sha256": "0" * 64,
        "segment": SEGMENT,
    }  # fmt: skip
    sheet.work.mkdir(parents=True, exist_ok=True)
    with Journal(sheet.journal, header) as journal:
        for row in trainings.drop(columns="segment").assign(network_id="0123456789ab").to_dict("records"):
            journal.append({str(name): value for name, value in row.items()}, "")
    seal(sheet)
    return Runs(regime, sheet.runs)
