"""The rules that choose each length's rate and the length, on made-up trainings."""

import numpy as np
import pandas as pd
import pytest

from regnet.analysis.length_choice import best_rates, choose_length, rank_table, rate_table, rates_of
from regnet.analysis.trends import rank_interval

LONG = 102_400
RATES = (0.1, 0.2, 0.4)


def training(space: str, index: int, lr: float, error: float, **more: object) -> dict[str, object]:
    about = {"space": space, "index": index, "role": "candidate", "classes": 20, "images": 6400, "lr": lr, "seed": 1}
    return about | {"status": "ok", "error": error, "seconds": 2.0} | more


def search(*means: float, networks: int = 4) -> pd.DataFrame:
    """Two spaces by the three rates; `means` are the first space's errors, the second's are 10 higher throughout."""
    return pd.DataFrame([
        training(space, index, lr, mean + extra + index)
        for space, extra in (("anynetx_a", 0), ("regnetx", 10))
        for index in range(networks)
        for lr, mean in zip(RATES, means, strict=True)
    ])  # fmt: skip


def best(frame: pd.DataFrame) -> dict[str, object]:
    return best_rates(rate_table(frame)).iloc[0].to_dict()  # type: ignore[no-any-return]


def test_the_rate_of_the_lowest_mean_error_inside_the_grid_is_taken() -> None:
    found = best(search(60, 55, 70))
    assert (found["lr"], found["error"], found["networks"], found["spaces"]) == (0.2, 55 + 5 + 1.5, 8, 2)
    assert found["advice"] == ""
    assert rates_of(best_rates(rate_table(search(60, 55, 70)))) == {(20, 6400): 0.2}


@pytest.mark.parametrize(("means", "said"), [((50, 55, 70), "below 0.1"), ((60, 55, 40), "above 0.4")])
def test_a_lowest_error_at_an_end_of_the_grid_chooses_nothing(means: tuple[float, ...], said: str) -> None:
    assert best(search(*means))["advice"] == f"extend the grid {said}"
    with pytest.raises(ValueError, match=rf"6,400 images of 20 classes .* extend the grid {said}"):
        rates_of(best_rates(rate_table(search(*means))))


def test_each_space_has_equal_weight_whatever_its_number_of_networks() -> None:
    frame = search(60, 55, 70)
    at_high = (frame["space"] == "regnetx") & (frame["lr"] == 0.4)
    frame.loc[at_high, "error"] -= 40  # RegNetX likes the high rate, by more than AnyNetX_A dislikes it
    assert best(frame)["lr"] == 0.4
    crowd = pd.DataFrame(
        [training("anynetx_a", 10 + i, lr, e) for i in range(40) for lr, e in zip(RATES, (60, 55, 70), strict=True)]
    )
    assert best(pd.concat([frame, crowd], ignore_index=True))["lr"] == 0.4


def test_only_networks_trained_at_every_rate_count() -> None:
    easy = pd.DataFrame([training("regnetx", 50 + i, 0.1, 1.0) for i in range(40)])  # later, at one rate
    found = best(pd.concat([search(60, 55, 70), easy], ignore_index=True))
    assert (found["lr"], found["networks"]) == (0.2, 8)


def test_a_diverged_training_counts_with_the_error_of_chance_and_is_counted() -> None:
    frame = search(60, 55, 70)
    broken = (frame["lr"] == 0.2) & (frame["index"] < 2)
    frame.loc[broken, ["status", "error"]] = ["diverged", 0.0]
    table = rate_table(frame).set_index("lr")
    assert table.loc[0.2, "diverged"] == 4
    assert table.loc[0.2, "error"] == pytest.approx(np.mean([95, 95, 57, 58, 95, 95, 67, 68]))
    assert best(frame)["lr"] == 0.1


def ranked(noise: float, images: int = 6400, seconds: float = 2.0, networks: int = 48, seed: int = 0) -> pd.DataFrame:
    """Two spaces of networks trained short, with noise, and long; another rate's rows that must not count."""
    rng, rows = np.random.default_rng(seed), []
    for space in ("anynetx_a", "regnetx"):
        for index, quality in enumerate(rng.normal(0, 1, networks)):
            short = 60 + quality + rng.normal(0, noise)
            rows.append(training(space, index, 0.2, short, images=images, seconds=seconds))
            rows.append(training(space, index, 0.4, -short, images=images))
            rows.append(training(space, index, 0.1, 20 + quality, images=LONG, role="long", seconds=30.0))
    return pd.DataFrame(rows).drop_duplicates(["space", "index", "images", "lr"])


def ranks(*frames: pd.DataFrame) -> pd.DataFrame:
    every = pd.concat(frames, ignore_index=True).drop_duplicates(["space", "index", "images", "lr"])
    return rank_table(every, {(20, int(n)): 0.1 if n == LONG else 0.2 for n in every["images"].unique()})


def test_ranks_are_spearman_s_with_the_long_training_each_at_its_own_rate() -> None:
    row = ranks(ranked(noise=0.0)).iloc[0]
    assert (row["rank_regnetx"], row["rank_anynetx_a"], row["rank"]) == (1, 1, 1)
    row = ranks(ranked(noise=1.0, networks=2000)).iloc[0]
    assert row["rank_regnetx"] == pytest.approx(6 / np.pi * np.arcsin(np.sqrt(0.5) / 2), abs=0.05)
    assert (row["networks_regnetx"], row["networks"], row["images"], row["lr"]) == (2000, 4000, 6400, 0.2)
    row = ranks(ranked(noise=1.0)).iloc[0]
    assert (row["low_regnetx"], row["high_regnetx"]) == rank_interval(row["rank_regnetx"], 48)
    assert row["low"] < row["rank"] < row["high"]
    assert row["high"] - row["low"] < row["high_regnetx"] - row["low_regnetx"]


def test_networks_without_the_long_training_are_left_out_and_three_are_no_rank() -> None:
    frame = ranked(noise=0.5, networks=6)
    lacking = (frame["role"] == "long") & (frame["space"] == "regnetx") & (frame["index"] < 3)
    row = ranks(frame[~lacking]).iloc[0]
    assert "rank_regnetx" not in row
    assert row["networks_anynetx_a"] == 6
    assert not len(ranks(ranked(noise=0.5, networks=3)))
    assert not len(rank_table(pd.DataFrame(), {}))
    with pytest.raises(ValueError, match="no length to choose from"):
        choose_length(ranks(ranked(noise=0.5, networks=3)))


def table(*rows: tuple[int, float, float]) -> pd.DataFrame:
    """Of (images, correlation within RegNetX, CPU seconds)."""
    about = {"classes": 20, "lr": 0.2, "low_regnetx": 0.1, "high_regnetx": 0.9, "networks_regnetx": 48}
    found = pd.DataFrame([about | {"images": n, "rank_regnetx": rank, "seconds": s} for n, rank, s in rows])
    return found.assign(rank=found["rank_regnetx"])


def test_of_the_lengths_that_reach_the_bar_the_one_with_most_correlation_a_second_is_taken() -> None:
    found = choose_length(table((6400, 0.59, 1.0), (12_800, 0.65, 4.0), (25_600, 0.9, 8.0)))
    assert (found.images, found.met, found.rank.value) == (12_800, True, 0.65)
    assert str(found) == (
        "12,800 images of 20 classes at lr 0.2, 4.0 CPU seconds: "
        "rank correlation 0.65 (95%: 0.10 to 0.90) within RegNetX"
    )


def test_where_none_within_the_price_reaches_the_bar_the_best_is_taken_and_that_is_said() -> None:
    found = choose_length(table((6400, 0.3, 1.0), (12_800, 0.5, 4.0), (25_600, 0.9, 41.0)))
    assert (found.images, found.met) == (12_800, False)
    assert "; none within 40 seconds reaches 0.6; of those within a standard error" in str(found)


def test_lengths_that_rank_regnetx_alike_are_told_apart_over_both_spaces() -> None:
    near, far = table((12_800, 0.20, 4.0), (25_600, 0.15, 8.0)), table((12_800, 0.50, 4.0), (25_600, 0.15, 8.0))
    pooled = [0.37, 0.45]
    assert choose_length(near.assign(rank=pooled)).images == 25_600
    assert choose_length(far.assign(rank=pooled)).images == 12_800  # beyond a standard error of 0.2
