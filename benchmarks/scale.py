"""What a hundred thousand networks cost: reading, figures, verdicts, and the driver of a sweep, on one core.

    python benchmarks/scale.py [--n 1000 10000 100000] [--only load fig09 ...] [--record benchmarks/scale.csv]

A population of n rows is made from the rows of `runs/pocket`: drawn with replacement, error, seconds and costs moved a
little, index, seed and network id their own; written by what seals. Each line is a process of its own: CPU seconds of
the work, imports not counted, and the peak memory of the process. The elements' seconds include reading; those of
`edf`, `ranges`, `search` and `judge` do not. `ledger` reads every population that a claim of v1 names.

The driver's lines train nothing: n members of the smoke regime are planned, "trained" by an engine whose 1,000 workers
answer at once, journaled by `drive`, found done by a second `drive` and sealed. `drive, no fsync` leaves out waiting
for the disk. With the default n it takes about
10 minutes and 2 GB of disk. Results: `scale.csv`, wall seconds of a machine that did other work beside.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from regnet.design.recipe import Recipe, Record
from regnet.sweeps import segments
from regnet.sweeps.population import Population
from regnet.sweeps.sealing import read_sheet, seal, write_sealed
from regnet.sweeps.sheet_names import population_sheet
from regnet.sweeps.sheets import Content, Sheet, cell
from regnet.sweeps.store import Runs, open_runs

REGIME = "pocket"
SIZES = (1_000, 10_000, 100_000)
ELEMENTS = ("fig02", "fig09", "fig11", "fig12")
WORKERS = 1_000
COLUMNS = ("date", "cpu", "what", "n", "cpu_seconds", "wall_seconds", "peak_mb")


def make(folder: Path, name: str, n: int) -> None:
    """Seals a population of n rows like the committed one's, unless it is there."""
    sheet = Sheet(REGIME, name, folder, folder)
    if sheet.csv.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(n)
    there = read_sheet(Sheet(REGIME, name, folder, open_runs(REGIME).folder))
    old = [there.rows[key] for key in there.order()]
    noise, factor = rng.normal(0, 0.4, n).tolist(), rng.uniform(0.99, 1.01, n).tolist()
    content = Content(there.info, there.columns)
    for index, at in enumerate(rng.integers(len(old), size=n).tolist()):
        row = dict(old[at])
        error = float(row["error"]) + noise[index] * (row["status"] == "ok")
        row |= {"index": str(index), "network_id": f"{index + (1 << 44):012x}"[:12], "seed": str(index),
                "error": cell(round(error, 2)), "seconds": cell(float(row["seconds"]) * factor[index])}  # fmt: skip
        row |= {name: str(int(int(row[name]) * factor[index])) for name in ("flops", "params", "acts")}
        content.rows[str(index),] = row
    write_sealed(sheet, content)


def judged() -> list[str]:
    """The sealed populations that claims of v1 name."""
    from regnet.analysis.rule_sets import rules_of

    names = {name for claim in rules_of(REGIME).claims for name in claim.populations}
    return sorted(name for name in names if open_runs(REGIME).count(name))


def needed(what: str) -> list[str]:
    """The populations that a line reads."""
    from regnet import figures

    if what in ELEMENTS:
        return [p.name for p in figures.populations(REGIME, what) if open_runs(REGIME).count(p)]
    return judged() if what in ("ledger", "judge") else ["anynetx_a"]


@dataclass(frozen=True)
class Instant:
    """An engine whose workers answer at once, in any order: what `drive` asks of an engine, without processes."""

    workers: int = WORKERS
    threads: int = 1
    devices: tuple[str, ...] = ("cpu",)

    def at_most(self, items: int) -> Instant:
        del items
        return self

    def run(self, fn: Callable[[Any], Any], items: Any) -> Iterator[tuple[Any, Any]]:
        order, busy = random.Random(0), []
        for task in items:
            busy.append(task)
            if len(busy) == self.workers:
                done = busy.pop(order.randrange(self.workers))
                yield done, fn(done)
        for task in busy:
            yield task, fn(task)


def untrained(network: Any, recipe: Recipe, seed: int, **_: Any) -> Record:
    """What a training would return, at once."""
    return Record(network.id, recipe.hash, seed, "ok", 20 + seed % 999 / 100, 4.3)


def reading(what: str, runs: Runs) -> Callable[[], object]:
    """The work of a line, what it needs already read."""
    from regnet.analysis import best_range, edf
    from regnet.evidence.judge import judgements
    from regnet.figures.fig09 import _searched
    from regnet.page import ledger, page

    if what in ELEMENTS:
        path = Path(tempfile.gettempdir()) / f"regnet-{os.getpid()}-{what}"
        return lambda: [page.save(what, runs, path.with_suffix(kind)).unlink() for kind in (".svg", ".csv")]
    if what == "load":
        return lambda: runs.frame("anynetx_a")
    if what == "ledger":
        return lambda: ledger.ledger(runs)._repr_html_()
    if what == "judge":
        for name in judged():
            runs.frame(name)
        return lambda: judgements(runs)
    frame = runs.frame("anynetx_a")
    return {
        "edf": lambda: edf(frame["error"]),
        "ranges": lambda: best_range(frame["w4"], frame["error"]),
        "search": lambda: _searched(frame),
    }[what]


def driving(what: str, n: int) -> Callable[[], object]:
    """A step of the driver's life, the earlier ones being done in the same folders."""
    from regnet.sweeps import sweep
    from regnet.sweeps.tasks import Plan, member_tasks

    training = importlib.import_module("regnet.training.train")
    training.train = untrained  # type: ignore[attr-defined]
    population = Population("regnetx", "smoke")
    sheet = population_sheet(population)
    if what == "plan":
        return lambda: member_tasks(population, n)
    if what == "seal":
        return lambda: seal(sheet)
    if what == "drive, no fsync":
        os.fsync = lambda _: None
    sweep.run = lambda fn, items, engine: engine.run(fn, items)
    plan = Plan(sheet, population.recipe, member_tasks(population, n))
    if what.startswith("drive"):
        sheet.journal.unlink(missing_ok=True)
    return lambda: sweep.drive([plan], Instant())


READ = ("load", "edf", "ranges", "search", *ELEMENTS, "ledger", "judge")
DRIVE = ("plan", "drive, no fsync", "drive", "resume", "seal", "resume sealed")


def measure(what: str, n: int, folder: Path) -> dict[str, float]:
    """CPU and wall seconds, and the peak memory of this process in MB."""
    work = reading(what, Runs(REGIME, folder / str(n) / REGIME)) if what in READ else driving(what, n)
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "cpu_seconds": round(time.process_time() - cpu, 3),
        "wall_seconds": round(time.perf_counter() - wall, 3),
        "peak_mb": round(peak),
    }


def alone(what: str, n: int, folder: Path) -> dict[str, float]:
    """`measure` in a fresh process on one thread."""
    env = os.environ | dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    env |= {"REGNET_WORK": str(folder / f"{n}-work"), "REGNET_RUNS": str(folder / f"{n}-runs")} if what in DRIVE else {}
    command = [sys.executable, __file__, "--n", str(n), "--only", what, "--folder", str(folder)]
    for step in ("--make", "--measure"):  # processes of their own: the peak of who starts one counts as its own
        done = subprocess.run([*command, step], env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, nargs="+", default=SIZES)
    parser.add_argument("--only", nargs="+", default=(*READ, *DRIVE), choices=(*READ, *DRIVE))
    parser.add_argument("--folder", type=Path, help="keeps the populations there [default: a temporary folder]")
    parser.add_argument("--record", type=Path, help="a CSV that the lines are added to")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--make", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.make:
        for name in needed(options.only[0]) if options.only[0] in READ else ():
            make(options.folder / str(options.n[0]) / REGIME, name, options.n[0])
        return
    if options.measure:
        print(json.dumps(measure(options.only[0], options.n[0], options.folder)))
        return
    about = {"date": str(date.today()), "cpu": " ".join(segments.here(precision="")[key] for key in ("device", "cpu"))}
    with tempfile.TemporaryDirectory() as temporary:
        print(f"{'':20}{'n':>8}{'CPU s':>10}{'wall s':>10}{'peak MB':>10}")
        for what in options.only:
            for n in options.n:
                found = alone(what, n, options.folder or Path(temporary))
                print(f"{what:20}{n:8}" + "".join(f"{found[name]:10g}" for name in COLUMNS[4:]), flush=True)
                if options.record:
                    keep(options.record, about | {"what": what, "n": n} | found)


def keep(path: Path, row: dict[str, Any]) -> None:
    """Adds a row to a CSV."""
    new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerow(row)


if __name__ == "__main__":
    main()
