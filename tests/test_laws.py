import numpy as np
import pytest
from scipy import stats

from regnet.design.laws import Choice, LogUniform, Uniform

N = 200_000


def draws(law, n=N, seed=1):
    return law.draw(np.random.default_rng(seed), n)


def log_uniform_probabilities(values, step, floor):
    """P(v) of ceil(f / step) * step, f log-uniform on (floor, max(values)]."""
    values = np.asarray(values, float)
    below = np.maximum(values - step, floor)
    return np.log(values / below) / np.log(values[-1] / floor)


def fits(drawn, values, probabilities):
    """p-value of the chi-square test that `drawn` follows the law, rare values pooled to an expected 20."""
    index = np.searchsorted(values, drawn * (1 - 1e-9))
    assert np.allclose(np.asarray(values)[index], drawn, rtol=1e-12)  # nothing outside the values
    counts = np.bincount(index, minlength=len(values))
    bins = np.minimum(np.cumsum(probabilities) * len(drawn) // 20, len(drawn) // 20 - 1)
    _, starts = np.unique(bins, return_index=True)
    return stats.chisquare(np.add.reduceat(counts, starts), np.add.reduceat(probabilities, starts) * len(drawn)).pvalue


@pytest.mark.parametrize(("low", "high", "step", "floor"), [(1, 16, 1, 0.5), (8, 1024, 8, 4), (8, 256, 8, 4)])
def test_log_uniform_follows_its_law(low, high, step, floor):
    values = np.arange(low, high + step, step)
    probabilities = log_uniform_probabilities(values, step, floor)
    assert probabilities.sum() == pytest.approx(1)
    assert fits(draws(LogUniform(low, high, step)), values, probabilities) > 1e-3


def test_log_uniform_has_the_shares_stated_for_depths_and_widths():
    depths = log_uniform_probabilities(np.arange(1, 17), 1, 0.5)
    assert depths[[0, 1, 15]] == pytest.approx([0.200, 0.200, 0.0186], abs=5e-5)
    widths = log_uniform_probabilities(np.arange(8, 1032, 8), 8, 4)
    assert widths[:2] == pytest.approx([0.125, 0.125])
    seen = np.array([np.mean(draws(LogUniform(1, 16)) == d) for d in (1, 2, 16)])
    assert seen == pytest.approx([0.2, 0.2, 0.0186], abs=4 * np.sqrt(0.16 / N))


def test_slopes_are_multiples_of_a_tenth_from_8_to_256():
    slopes = draws(LogUniform(8, 256, 0.1))
    assert slopes.min() >= 8
    assert slopes.max() <= 256
    assert np.array_equal(slopes, np.rint(slopes * 10) / 10)
    probabilities = log_uniform_probabilities(np.arange(80, 2561), 1, 79)  # in tenths: (7.9, 256]
    middle = np.mean(slopes <= 45)
    assert middle == pytest.approx(probabilities[: 450 - 79].sum(), abs=4 * np.sqrt(0.25 / N))


@pytest.mark.parametrize(("low", "high", "step"), [(1, 63, 1), (1.5, 3, 0.001)])
def test_uniform_takes_every_multiple_equally_often(low, high, step):
    law = Uniform(low, high, step)
    values = np.rint(np.arange(law.count) + low / step) * step
    assert (values[0], values[-1]) == pytest.approx((low, high))
    assert fits(draws(law), values, np.full(law.count, 1 / law.count)) > 1e-3


def test_multipliers_are_the_decimals_one_would_write():
    assert set(draws(Uniform(1.5, 3, 0.001)).tolist()) <= {k / 1000 for k in range(1500, 3001)}


def test_choice_takes_every_value_equally_often():
    values = (1, 2, 4, 8, 16, 32)
    assert fits(draws(Choice(values)), values, np.full(6, 1 / 6)) > 1e-3
    assert draws(Choice((2,)), 3).tolist() == [2, 2, 2]


@pytest.mark.parametrize("law", [LogUniform(8, 256, 8), LogUniform(1, 16), LogUniform(8, 64, 8)])
def test_bounds_condition_the_law(law):
    low, high = 16 / 8 * law.step, law.high / 2
    drawn = draws(law)
    inside = drawn[(drawn >= low) & (drawn <= high)]
    bounded = law.between(low, high)
    values = np.arange(low, high + law.step, law.step)
    conditional = log_uniform_probabilities(values, law.step, low - law.step)
    assert fits(inside, values, conditional) > 1e-3
    assert fits(draws(bounded, seed=2), values, conditional) > 1e-3
    assert bounded.between(low, high) == bounded


def test_the_ends_of_a_law_are_kept_whatever_the_rounding():
    class Edge(np.random.Generator):
        """The two extreme uniforms."""

        def random(self, n):
            return np.resize([0.0, 1 - 2**-53], n)

    rng = Edge(np.random.PCG64(0))
    for law in (LogUniform(1, 16), LogUniform(8, 1024, 8), LogUniform(8, 256, 0.1), LogUniform(8, 256, 8, floor=4),
                LogUniform(8, 256, 8).between(16, 128), Uniform(1, 63), Uniform(1.5, 3, 0.001)):  # fmt: skip
        assert sorted(law.draw(rng, 2)) == [law.low, law.high], law


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match=r"2\.0005 cannot be drawn: expected a value of uniform 1\.5\.\.3 step 0\.001"):
        Uniform(1.5, 3, 0.001).fixed(2.0005)
    with pytest.raises(ValueError, match="3 cannot be drawn: expected one of 1, 2, 4"):
        Choice((1, 2, 4)).fixed(3)
    with pytest.raises(ValueError, match=r"no value of log-uniform 1\.\.16 lies in \[20, 30\]"):
        LogUniform(1, 16).between(20, 30)
    with pytest.raises(ValueError, match=r"no value of one of 1, 2, 4 lies in \[5, 6\]"):
        Choice((1, 2, 4)).between(5, 6)
    with pytest.raises(ValueError, match="low must be a multiple of the step 8, got 20"):
        LogUniform(20, 64, 8)
    with pytest.raises(ValueError, match="without repeats"):
        Choice((1, 1))
    with pytest.raises(ValueError, match=r"one over one, got 0\.3"):
        Uniform(0.3, 3, 0.3)


def test_a_fixed_law_gives_its_value_alone():
    assert set(draws(Uniform(1.5, 3, 0.001).fixed(2), 10)) == {2.0}
    assert LogUniform(8, 256, 8).fixed(64).count == 1
