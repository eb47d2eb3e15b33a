"""A row of a sealed population as its network again, and networks of the populations that are committed."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import regnet
from regnet.sweeps.population import Population
from regnet.sweeps.rows import realised
from regnet.sweeps.store import open_runs

RUNS = Path(__file__).resolve().parents[1] / "runs"
COMMITTED = [(regime, name) for regime in ("pocket", "natural") for name in open_runs(regime, RUNS).populations()]
EVERY = 40  # a search takes milliseconds


@pytest.mark.parametrize(("regime", "population"), COMMITTED, ids="/".join)
def test_the_network_of_a_committed_row_has_the_rows_id(regime: str, population: str) -> None:
    frame = open_runs(regime, RUNS).frame(population)
    for k in range(0, len(frame), EVERY):
        row = frame.iloc[k]
        network = regnet.network_of(row)
        assert network.id == row["network_id"]
        setting = regnet.regimes[regime]
        if "drawn_zoom" not in row:
            counts = regnet.complexity(network, setting.resolution, setting.num_classes)
            assert (counts.flops, counts.params, counts.acts) == (row["flops"], row["params"], row["acts"])


def test_an_efficientnets_row_is_found_too() -> None:
    network = Population("efficientnet", "natural", 2, length=2).draws(1)[0].network
    assert regnet.network_of({"network_id": network.id, **realised(network)}) == network


def test_a_row_that_is_no_members_is_refused() -> None:
    row = dict(open_runs("pocket", RUNS).frame("regnetx").iloc[0])
    with pytest.raises(ValueError, match=r"gives these stages the id '0123'"):
        regnet.network_of(row | {"network_id": "0123"})
    with pytest.raises(ValueError, match="this one lacks w2"):
        regnet.network_of({name: value for name, value in row.items() if name != "w2"})
    with pytest.raises(ValueError, match="this one lacks d1"):
        regnet.network_of({"index": 1, "network_id": "0123"})


def test_a_row_as_the_csv_module_reads_it_is_found_too() -> None:
    with (RUNS / "natural" / "anynetx_a.csv").open(newline="") as file:
        row = next(csv.DictReader(file))
    assert regnet.network_of(row | {"d5": "", "w5": ""}).id == row["network_id"]
