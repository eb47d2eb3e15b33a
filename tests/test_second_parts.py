"""Rules of the second set that compare by pairs and beside a control."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from regnet.analysis.compare import Verdict
from regnet.analysis.features import FEATURES
from regnet.analysis.rules.adjusted_means import AdjustedChain
from regnet.analysis.rules.control import Controlled
from regnet.analysis.rules.evidence import Evidence, NotTestable
from regnet.analysis.rules.finals import FinalBetter, Model
from regnet.analysis.rules.paired import PairedChain
from regnet.analysis.untrained import Untrained
from regnet.sweeps.population import Population

P = len(FEATURES)
RNG = np.random.default_rng(0)


def population(errors: np.ndarray, *, seed: int = 0) -> pd.DataFrame:
    """Rows of as many networks of one shape."""
    n = len(errors)
    same = {f"{name}{stage}": np.full(n, 8.0) for name in "dwbg" for stage in range(1, 5)}
    about = {"index": np.arange(n), "seed": np.arange(n) + seed, "network_id": [f"{k:012x}" for k in range(n)]}
    return pd.DataFrame(about | same | {"flops": 1, "acts": 16, "params": 16, "error": errors})


def evidence(**frames: pd.DataFrame) -> Evidence:
    known = Untrained(10_000, 9000, np.zeros(P), np.zeros(P), {})
    return Evidence(frames, {}, 1.5, untrained=lambda _: known)


def test_pairs_find_a_difference_that_their_networks_hide() -> None:
    networks = RNG.normal(40, 8, 60)
    relu, silu = networks + RNG.normal(0, 0.5, 60), networks - 0.5 + RNG.normal(0, 0.5, 60)
    (part,) = PairedChain(("relu", "silu")).parts(evidence(relu=population(relu), silu=population(silu)))
    assert part.result.effect == pytest.approx((silu - relu).mean())
    assert part.result.verdict == "supported"
    assert part.result.high - part.result.low == pytest.approx(2 * 2.0 * (silu - relu).std(ddof=1) / 60**0.5, rel=0.01)
    (chain,) = AdjustedChain(("relu", "silu")).parts(
        evidence(relu=population(relu), silu=population(silu).assign(network_id=[f"{k:012x}" for k in range(60, 120)]))
    )
    assert chain.result.verdict == "inconclusive"


@pytest.mark.parametrize("change", [{"seed": 99}, {"flops": 2}])
def test_members_of_other_seeds_or_shapes_are_no_pairs(change: dict[str, int]) -> None:
    relu = population(RNG.normal(40, 1, 10))
    with pytest.raises(NotTestable, match="no pairs"):
        PairedChain(("relu", "silu")).parts(evidence(relu=relu, silu=relu.assign(**change)))
    with pytest.raises(NotTestable, match="3 members"):
        PairedChain(("relu", "silu")).parts(evidence(relu=relu, silu=relu.head(3)))


def test_activations_of_one_space_are_drawn_as_pairs() -> None:
    relu, silu = (Population(f"regnety_c{end}", length=2, regime="pocket").draws(20) for end in ("", "_silu"))
    assert [draw.drawn for draw in relu] == [draw.drawn for draw in silu]
    assert not {draw.network.id for draw in relu} & {draw.network.id for draw in silu}


@pytest.mark.parametrize(
    ("own", "control", "verdict"),
    [
        (-3, 3, "supported"), (3, -3, "contradicted"), (3, 3, "inconclusive"), (3, 0, "inconclusive"),
        (0, -3, "inconclusive"),
    ],
)  # fmt: skip
def test_a_step_lost_by_the_control_too_is_not_held_against_the_claim(own: int, control: int, verdict: Verdict) -> None:
    rng = np.random.default_rng(1)
    shifts = {"a_v": 0, "b_v": own, "a_x": 0, "b_x": control}
    rows = {name: population(rng.normal(40 + shift, 1, 50)) for name, shift in shifts.items()}
    ids = {name: [f"{1000 * place + k:012x}" for k in range(50)] for place, name in enumerate(rows)}
    rule = Controlled(AdjustedChain(("a_v", "b_v")), AdjustedChain(("a_x", "b_x")))
    found = evidence(**{name: frame.assign(network_id=ids[name]) for name, frame in rows.items()})
    (part,) = rule.parts(found)
    assert part.result.verdict == verdict
    assert part.beside[-1].of == ("b_x", "a_x")
    assert rule.populations == ("a_v", "b_v", "a_x", "b_x")
    with pytest.raises(ValueError, match="as many steps"):
        Controlled(AdjustedChain(("a_v", "b_v")), AdjustedChain(("a_x",)))


def test_what_is_chosen_on_one_half_of_the_images_is_reported_on_the_other() -> None:
    halves = population(RNG.normal(40, 1, 40))
    halves = halves.assign(error_a=halves["error"] + RNG.normal(0, 3, 40), error_b=halves["error"])
    again = pd.DataFrame([
        {"index": index, "length": 1, "error": 0.0, "error_a": 0.0, "error_b": float(index)}
        for index in range(40) for _ in range(3)
    ])  # fmt: skip
    known = Evidence({"one": halves}, {"one": again}, 1.5)
    assert sorted(known.retrained("one")) == sorted(halves.nsmallest(10, "error_a")["index"])
    whole = Evidence(
        {"one": halves.drop(columns=["error_a", "error_b"])}, {"one": again[["index", "length", "error"]]}, 1
    )
    assert known.retrained("one").tolist() != whole.retrained("one").tolist() == [0.0] * 10


def test_final_models_are_compared_on_the_other_half_with_the_median_beside_the_best() -> None:
    def model(family: str, role: str, error: float) -> pd.DataFrame:
        errors = error + RNG.normal(0, 0.1, 5)
        about = {"family": family, "role": role, "matched": "flops" if role == "shape" else "", "multiple": 1.0}
        return pd.DataFrame({"error": 0.0, "error_a": 0.0, "error_b": errors}).assign(**about)

    finals = pd.concat([model("regnetx", "best", 30), model("regnetx", "median", 31), model("resnet", "shape", 30.5)])
    (part,) = FinalBetter(Model("regnetx"), (Model("resnet", "shape", "flops"),), (1,)).parts(
        Evidence({}, {}, 1.5, finals=finals)
    )
    assert part.result.effect == pytest.approx(-0.5, abs=0.2)
    (median,) = part.beside
    assert median.of[0] == "the median RegNetX"
    assert median.result.verdict == "contradicted"
