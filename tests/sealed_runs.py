"""Small sealed populations for tests: real draws and real files, errors made up from a seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from regnet.sweeps.journal import Journal
from regnet.sweeps.population import Population
from regnet.sweeps.store import population_sheet, seal
from regnet.sweeps.sweep import member_tasks

SEGMENT = {
    "commit": "0123456789abcdef", "dirty": False, "device": "a test's processor", "precision": "bf16",
    "threads": 1, "python": "3.11.2", "packages": {"numpy": "2.0.0"},
}  # fmt: skip


def seal_population(
    root: Path, name: str, n: int, *, mean: float = 30.0, regime: str = "pocket", errors: Sequence[float] = ()
) -> None:
    """Seals the first n members of a population under `root`/runs; called again with a larger n it adds rows.

    errors: those of the members, where they matter; one of exactly 90 has diverged.
    """
    population = Population.parse(name, regime)
    sheet = population_sheet(population, work=root / "work", runs=root / "runs")
    made_up = mean + 3 * np.random.default_rng(len(name)).standard_normal(n)
    header = {
        "name": sheet.name, "recipe": asdict(population.recipe), "recipe_hash": population.recipe.hash,
        "data_sha256": "0" * 64, "segment": SEGMENT,
    }  # fmt: skip
    sheet.work.mkdir(parents=True, exist_ok=True)
    sheet.journal.unlink(missing_ok=True)
    with Journal(sheet.journal, header) as journal:
        for task, error in zip(member_tasks(population, n), errors or made_up.tolist(), strict=True):
            status = "diverged" if error == 90.0 else "ok"
            journal.append(task.cells | {"status": status, "error": round(error, 2), "seconds": 7.5}, "")
    seal(sheet)
