"""A small calibration in stages for tests: real plans and real files, errors made up from a seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from sealed_runs import SEGMENT

from regnet.design.recipe import chance
from regnet.sweeps.calibration import SPACES
from regnet.sweeps.journal import Journal
from regnet.sweeps.length_calibration import SEARCHES, Search, rank_plans, rate_plans, sheet
from regnet.sweeps.sealing import seal
from regnet.sweeps.store import Runs
from regnet.sweeps.tasks import Plan, Task

LONG = 102_400
LENGTHS = (6400, 12_800, LONG)
RATES = (0.1, 0.2, 0.4)
BEST = {6400: 0.2, 12_800: 0.2, LONG: 0.1}  # the made-up best rate of the long training lies at the grid's low end
NOISE = {6400: 3.0, 12_800: 0.3, LONG: 0.0}  # points, beside a spread of quality of 1
SECONDS = {6400: 1.9, 12_800: 3.8, LONG: 31.0}


def seal_staged(root: Path, classes: Sequence[int] = (50,), *, ranked: int = 24, lengths: Sequence[int] = LENGTHS,
                break_at: float = 0.4, by_luck: bool = False) -> Runs:  # fmt: skip
    """Seals two networks a space by every rate and length, then `ranked` networks of two spaces (0: none) by the best.

    AnyNetX_A is 4 points worse than RegNetX; at the rate `break_at` its network 0 is broken and network 1 of RegNetX
    diverges. `by_luck`: short errors have nothing to do with long ones.
    """
    search = replace(SEARCHES["natural"], classes=tuple(classes), images=tuple(lengths), lr=RATES, rate_networks=2,
                     rank_networks=max(ranked, 1))  # fmt: skip
    with_work(root, rate_plans("natural", search), search, break_at, by_luck)
    if ranked:
        rates = {(k, n): BEST[n] for k in classes for n in (*lengths, LONG)}
        with_work(root, rank_plans("natural", search, rates), search, break_at, by_luck)
    return Runs("natural", root / "runs" / "natural")


def with_work(root: Path, plans: Sequence[Plan], search: Search, break_at: float, by_luck: bool) -> None:
    """Writes the plans' rows as their journal would have them, and seals them."""
    for plan, classes in zip(plans, search.classes, strict=True):
        place = replace(sheet("natural", classes), work=root / "work" / "natural", runs=root / "runs" / "natural")
        place.work.mkdir(parents=True, exist_ok=True)
        place.journal.unlink(missing_ok=True)
        header = {"name": place.name, "recipe": asdict(plan.recipe), "recipe_hash": plan.recipe.hash,
                  "data_sha256": "0" * 64, "segment": SEGMENT}  # fmt: skip
        done = set[tuple[str, ...]]()
        with Journal(place.journal, header) as journal:
            for task in plan.tasks:
                if (key := place.key_of(task.cells)) not in done:
                    done.add(key)
                    journal.append(task.cells | outcome(task, classes, break_at, by_luck), "")
        seal(place)


def outcome(task: Task, classes: int, break_at: float, by_luck: bool) -> dict[str, object]:
    """Error, status and seconds of a training: the network's quality, the rate's cost, the length's noise."""
    cells = task.cells
    space, index, images, lr = (cells[name] for name in ("space", "index", "images", "lr"))
    quality = np.random.default_rng([len(str(space)), index, 7]).standard_normal()
    noise = np.random.default_rng([len(str(space)), index, images]).standard_normal()
    kept = 0.0 if by_luck and images != LONG else quality
    error = 60 + kept + NOISE[images] * noise + 4 * (space == SPACES[0]) + 8 * abs(np.log2(lr / BEST[images]))
    hurt = lr == break_at
    if hurt and space == SPACES[0] and index == 0:
        error = chance(classes) - 1
    diverged = hurt and space == SPACES[1] and index == 1
    error = round(chance(classes) if diverged else float(error), 2)
    return {"status": "diverged" if diverged else "ok", "error": error, "error_a": error, "error_b": error,
            "train_loss": 3.0, "seconds": SECONDS[images]}  # fmt: skip
