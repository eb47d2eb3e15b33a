"""What the calibration says of single networks: recomputed from its rows, and told on the page."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from regnet.analysis.claims import CLAIMS
from regnet.analysis.trends import rank_interval
from regnet.analysis.validity import Rank, pooled, validity
from regnet.page import validity as page
from regnet.sweeps.folders import CHECKOUT
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.store import open_runs

POCKET = open_runs("pocket", CHECKOUT / "runs")


def by_hand(frame: pd.DataFrame, space: str) -> float:
    """Mean over seeds of Spearman's correlation of the regime's recipe with the long training."""
    recipe = find_regime("pocket").base
    own = frame[frame["space"] == space]
    long = own[own["role"] == "long"].set_index("index")["error"]
    short = own[(own["role"] == "candidate") & (own["lr"] == recipe.lr) & (own["batch"] == recipe.batch)].copy()
    short["trial"] = short.groupby("index")["seed"].rank()
    found = [spearmanr(part["error"], long[part["index"]]).statistic for _, part in short.groupby("trial")]
    return float(np.mean(found))


def test_the_correlations_are_those_of_the_committed_rows() -> None:
    frame = POCKET.calibration()
    found = validity(frame)
    for space, rank in found.within.items():
        assert rank.value == pytest.approx(by_hand(frame, space)), space
        assert (rank.low, rank.high) == pytest.approx(rank_interval(rank.value, 8))
    assert found.pooled.value == pytest.approx(np.mean([rank.value for rank in found.within.values()]))
    assert found.pooled.low < 0 < found.pooled.high


def test_the_interval_of_the_mean_holds_its_level() -> None:
    rng, true, n, inside = np.random.default_rng(3), 0.7, 30, 0
    spearman = 6 / np.pi * np.arcsin(true / 2)
    for _ in range(300):
        ranks = []
        for _ in range(2):
            x, y = rng.multivariate_normal([0, 0], [[1, true], [true, 1]], n).T
            rho = float(spearmanr(x, y).statistic)
            ranks.append(Rank(rho, *rank_interval(rho, n), n))
        found = pooled(ranks)
        inside += found.low <= spearman <= found.high
    assert 0.91 <= inside / 300 <= 0.99


def test_the_page_says_the_correlation_and_how_many_claims_ask_it() -> None:
    said = str(page.validity(POCKET))
    assert str(validity(POCKET.calibration()).pooled) in said
    single = sum(claim.single for claim in CLAIMS)
    assert f"{single} are about single networks" in said
    kinds = [claim.about for claim in CLAIMS if claim.kind == "measured"]
    assert f"{kinds.count('populations')} compare whole populations" in said


def test_too_few_networks_to_rank_are_no_correlation() -> None:
    frame = POCKET.calibration()
    with pytest.raises(ValueError, match="no candidate to choose from"):
        validity(frame[frame["index"] == 0])


def test_a_regime_without_calibration_says_so() -> None:
    assert "was not measured" in str(page.validity(open_runs("smoke", CHECKOUT / "runs")))
