"""regnet.analysis.rules: trends, final models, timings and printed numbers, on evidence whose truth is known."""

import numpy as np
import pandas as pd
import pytest

from regnet.analysis.rules.evidence import Evidence, NotTestable
from regnet.analysis.rules.finals import FinalBetter, Model, RanksHold
from regnet.analysis.rules.means import Chain, NoWorse
from regnet.analysis.rules.printed import PrintedBetter, PrintedFaster, PrintedRanks, TopModels
from regnet.analysis.rules.several import Each
from regnet.analysis.rules.timing import Faster, PredictsTime, TimeLaw
from regnet.analysis.rules.trends import Grows, IsAbout, Law, Stays, Trend, column

MULTIPLES = (0.5, 1.0, 2.0, 4.0)
NAMES = tuple(f"population{i}" for i in range(4))


def evidence(frames=None, **also):
    return Evidence(frames or {}, {}, 1.5, **also)


def around(best, *, n=80, seed=0, spread=0.6):
    """A population whose error grows with the distance of log2 x from log2 of the best x."""
    rng = np.random.default_rng(seed)
    logs = np.log2(best) + rng.uniform(-2, 2, n)
    error = 20 + 3 * np.abs(logs - np.log2(best)) + rng.normal(0, spread, n)
    index = np.arange(n)
    return pd.DataFrame({"index": index, "x": 2**logs, "error": error, "status": "ok", "flops": 1.0})


def trend(best):
    frames = {name: around(value, seed=i) for i, (name, value) in enumerate(zip(NAMES, best, strict=True))}
    return Trend(NAMES, MULTIPLES, "x", column("x")), evidence(frames)


def verdicts(rule, found):
    return [part.result.verdict for part in rule.parts(found)]


def test_a_best_value_that_doubles_with_flops_grows_and_does_not_stay():
    followed, found = trend((8, 16, 32, 64))
    assert verdicts(Grows(followed), found) == ["supported"]
    assert verdicts(Stays(followed, 1.0), found) == ["contradicted"]
    (part,) = Grows(followed).parts(found)
    assert part.result.effect == pytest.approx(1.0, abs=0.35)  # a doubling of x a doubling of F


def test_a_best_value_that_shrinks_contradicts_growth():
    followed, found = trend((64, 32, 16, 8))
    assert verdicts(Grows(followed), found) == ["contradicted"]


def test_a_best_value_that_stays_is_stable_and_about_itself():
    followed, found = trend((16, 16, 16, 16))
    assert verdicts(Stays(followed, 6.0), found) == ["supported"]
    assert verdicts(IsAbout(followed, 16, 5), found) == ["supported"]
    assert verdicts(IsAbout(followed, 40, 5), found) == ["contradicted"]


def test_a_growth_law_is_read_off_16x_in_flops_or_not_at_all():
    followed, found = trend((8, 16, 32, 64))
    with pytest.raises(NotTestable, match=r"F spans 8x here; .* 16x or more"):
        Law(followed, 1.0, 0.2).parts(found)
    wide = Trend(NAMES, (0.5, 2.0, 8.0, 32.0), "x", column("x"))
    frames = {name: around(8 * 4**i, seed=i, spread=0.2) for i, name in enumerate(NAMES)}
    assert verdicts(Law(wide, 1.0, 0.2), evidence(frames)) == ["supported"]
    assert verdicts(Law(wide, 0.5, 0.2), evidence(frames)) == ["contradicted"]


def test_each_gathers_the_parts_of_rules_of_one_family_only():
    frames = {"a": around(8), "b": around(8, seed=1).assign(error=lambda f: f["error"] + 5)}
    both = Each((Chain(("b", "a")), Chain(("a", "b"))))
    assert both.populations == ("b", "a")
    assert verdicts(both, evidence(frames)) == ["supported", "contradicted"]
    with pytest.raises(ValueError, match="one family"):
        Each((Chain(("a", "b")), NoWorse(("a", "b"))))


def finals(**errors):
    """Five trainings of each model, named family_role_matched, at 1 F."""
    rows = []
    for name, error in errors.items():
        family, role, matched = name.split("_")
        for seed in range(5):
            about = {"family": family, "role": role, "matched": matched.replace("none", ""), "multiple": 1.0}
            noise = 0.1 * (seed - 2)
            rows.append(about | {"model": name, "seed": seed, "error": error + noise, "test_error": error + 1 - noise})
    return pd.DataFrame(rows)


def test_final_models_are_compared_over_their_seeds():
    found = evidence(finals=finals(regnetx_best_none=10, resnet_shape_flops=12, resnext_shape_flops=9))
    others = (Model("resnet", "shape", "flops"), Model("resnext", "shape", "flops"))
    assert verdicts(FinalBetter(Model("regnetx"), others, (1,)), found) == ["supported", "contradicted"]


def test_final_models_that_are_not_there_are_not_tested():
    rule = FinalBetter(Model("regnetx"), (Model("resnet", "shape", "flops"),), (1, 2))
    with pytest.raises(NotTestable, match="no final models are trained"):
        rule.parts(evidence())
    few = finals(regnetx_best_none=10, resnet_shape_flops=12).query("seed < 4")
    with pytest.raises(NotTestable, match=r"the best RegNetX at 1 F is not trained with 5 seeds"):
        rule.parts(evidence(finals=few))
    half = evidence(finals=finals(regnetx_best_none=10, resnet_shape_flops=12))
    with pytest.raises(NotTestable, match=r"the best RegNetX at 2 F"):
        rule.parts(half)


def test_ranks_hold_where_test_errors_follow_validation_errors():
    many = finals(**{f"family{i}_best_none": 10 + i for i in range(8)})
    assert verdicts(RanksHold(), evidence(finals=many)) == ["supported"]
    turned = many.assign(test_error=30 - many["test_error"])
    assert verdicts(RanksHold(), evidence(finals=turned)) == ["contradicted"]
    with pytest.raises(NotTestable, match="7 final models"):
        RanksHold().parts(evidence(finals=many[many["model"] != "family0_best_none"]))


def timings(n=40, *, follows="acts", device="a cpu", threads=1, populations=NAMES):
    """n members of each population, whose time follows one of their counts."""
    rng = np.random.default_rng(3)
    total = n * len(populations)
    counts = {"acts": rng.uniform(1e5, 1e6, total), "flops": rng.uniform(1e6, 1e7, total)}
    ms = counts[follows] / counts[follows].mean() * 20
    about = {
        "device": device, "threads": threads, "population": list(populations) * n, "status": "ok", "batch": 64,
        "images": 64, "precision": "fp32", "model": None,
    }  # fmt: skip
    return pd.DataFrame({**counts, "index": range(total), "ms_median": ms, "train": False}).assign(**about)


def test_what_predicts_time_is_judged_on_every_device():
    rule = PredictsTime(NAMES)
    both = pd.concat([timings(), timings(follows="flops", device="b gpu")], ignore_index=True)
    assert verdicts(rule, evidence(timings=timings())) == ["supported"]
    assert verdicts(rule, evidence(timings=both)) == ["supported", "contradicted"]
    with pytest.raises(NotTestable, match="20 members of each population"):
        rule.parts(evidence(timings=timings(19)))
    with pytest.raises(NotTestable, match="20 members of each population"):  # flops hardly vary within one window
        rule.parts(evidence(timings=timings(100, populations=NAMES[:1])))
    with pytest.raises(NotTestable, match="20 members of each population"):  # scaled from parts of the batch
        rule.parts(evidence(timings=timings().assign(images=4)))
    with pytest.raises(NotTestable, match="no network is timed"):
        rule.parts(evidence())


def test_a_processor_timed_on_several_numbers_of_threads_counts_as_several_devices():
    many = timings(threads=8)
    many["ms_median"] /= 8
    both = evidence(timings=pd.concat([timings(), many, timings(device="a gpu", threads=None)], ignore_index=True))
    parts = PredictsTime(NAMES).parts(both)
    assert [part.name.partition(" on ")[2] for part in parts] == ["a cpu, 1 thread", "a cpu, 8 threads", "a gpu"]
    assert [part.result.n_a for part in parts] == [160, 160, 160]  # no network is counted twice
    few = evidence(timings=pd.concat([timings(15), timings(15, threads=8)], ignore_index=True))
    with pytest.raises(NotTestable, match="20 members of each population"):
        PredictsTime(NAMES).parts(few)


def test_time_grows_between_the_root_and_the_whole_of_flops():
    at = (0.5, 2.0, 8.0, 32.0)
    frames = {name: around(8, seed=i) for i, name in enumerate(NAMES)}
    rows = [
        frame[["index"]].assign(
            device="a cpu", threads=1, population=name, status="ok", batch=64, images=64, precision="fp32", train=False,
            ms_median=24 * f**0.5 + 6 * f + 0.1 * frame["error"],
        )
        for (name, frame), f in zip(frames.items(), at, strict=True)
    ]  # fmt: skip
    found = evidence(frames, timings=pd.concat(rows, ignore_index=True))
    assert verdicts(TimeLaw(NAMES, at), found) == ["supported"]
    with pytest.raises(NotTestable, match="8x"):
        TimeLaw(NAMES, MULTIPLES).parts(found)
    lacking = evidence(frames, timings=pd.concat(rows[1:], ignore_index=True))
    with pytest.raises(NotTestable, match="20 members of each population"):
        TimeLaw(NAMES, at).parts(lacking)


def test_how_much_faster_a_network_is_counts_on_the_devices_that_timed_both():
    columns = {"status": "ok", "batch": 64, "images": 64, "precision": "fp32", "train": False}
    rows = pd.DataFrame([
        {"device": d, "threads": t, "model": model, "ms_median": ms, "ms_q1": 0.99 * ms, "ms_q3": 1.01 * ms, **columns}
        for d, t, model, ms in (
            ("a", 1, "slow", 60), ("a", 1, "fast", 10), ("a", 8, "slow", 8), ("a", 8, "fast", 2),
            ("b", None, "slow", 40), ("b", None, "fast", 10), ("c", 1, "slow", 1), ("c", 8, "fast", 1),
        )
    ])  # fmt: skip
    found = evidence(timings=rows)
    assert verdicts(Faster("slow", "fast", 5), found) == ["supported", "contradicted", "contradicted"]
    with pytest.raises(NotTestable, match="not timed on one device"):
        Faster("slow", "other", 5).parts(found)


def test_printed_tables_are_compared_within_their_groups():
    parts = PrintedBetter("paper_table3_resnext", "Table 3a", "RegNetX").parts(evidence())
    assert parts[0].name == "printed error: RegNetX-3.2GF - ResNet-50"
    assert len(parts) == 5  # one, two and two rivals
    assert {part.result.verdict for part in parts} == {"supported"}
    tied = PrintedBetter("paper_table3_resnext", "Table 3b", "RegNetX").parts(evidence())
    (tie,) = (part for part in tied if part.of == ("RegNetX-8.0GF", "ResNeXt-101"))
    assert tie.result.effect == pytest.approx(0.0)  # 20.7 and 20.7
    assert tie.result.verdict == "inconclusive"


def test_printed_times_ranks_and_top_models_come_from_the_tables():
    inference, training = PrintedFaster("EfficientNet-B5", "RegNetX-8.0GF", 5).parts(evidence())
    assert inference.result.effect == pytest.approx(504 / 94)
    assert training.result.effect == pytest.approx(135.1 / 22.6)
    (ranks,) = PrintedRanks(5).parts(evidence())
    assert ranks.result.n_a == 11
    assert [part.result.effect for part in TopModels("stages").parts(evidence())] == [1.6, 0.8]
