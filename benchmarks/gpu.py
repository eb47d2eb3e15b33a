"""Do trainings on a GPU end where those on CPU cores end? Members that a CPU trained, trained again on a GPU.

    REGNET_DATA=... python benchmarks/gpu.py [-k 40] [--workers 16] [--device cuda:0] [--record benchmarks/gpu.csv]

As `regnet check natural anynetx_a regnetx -k 40 --device cuda:0 --workers 16`, and the errors are kept: one row a
member, with the wall seconds from the start, which the workers' own start is part of, until its population was done.
The sealed errors are of the compiled engine, the new ones of PyTorch's; both compute in bfloat16, with other roundings.
"""

from __future__ import annotations

import argparse
import time
from datetime import UTC, datetime

import pandas as pd
import torch

from regnet.sweeps.check import check
from regnet.sweeps.engine import Local
from regnet.sweeps.population import Population
from regnet.sweeps.store import open_runs

REGIME = "natural"
POPULATIONS = ("anynetx_a", "regnetx")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("-k", type=int, default=40, help="members of each population")
    parser.add_argument("--workers", type=int, default=16)
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--record", default="benchmarks/gpu.csv")
    options = parser.parse_args()
    populations = [Population.parse(name, REGIME) for name in POPULATIONS]
    engine = Local(workers=options.workers, devices=(options.device,))
    start = time.perf_counter()
    device = options.device if options.device == "cpu" else torch.cuda.get_device_name(options.device)
    done: list[pd.DataFrame] = []
    for result in check(populations, open_runs(REGIME), engine, k=options.k):
        print(f"{'pass' if result.passed else 'FAIL'}  {result.population}: {result.why}", flush=True)
        rows = result.members.assign(population=result.population, date=datetime.now(UTC).date(), device=device)
        wall = round(time.perf_counter() - start)
        done.append(rows.assign(torch=torch.__version__, workers=options.workers, wall_seconds=wall))
        pd.concat(done).to_csv(options.record, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
