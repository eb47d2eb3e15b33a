"""regnet.analysis.edf: Eq. 1."""

import numpy as np
import pytest

from regnet.analysis import edf, steps


def test_f_is_the_share_of_errors_strictly_below():
    errors = np.random.default_rng(0).integers(20, 40, 200) / 2
    ordered, share = edf(errors)
    assert share.tolist() == [float(np.mean(errors < e)) for e in np.sort(errors)]
    assert ordered.tolist() == sorted(errors)


def test_ties_share_one_value_and_the_smallest_error_has_nothing_below():
    ordered, share = edf([3.0, 1.0, 1.0, 2.0])
    assert ordered.tolist() == [1, 1, 2, 3]
    assert share.tolist() == [0, 0, 0.5, 0.75]


def test_row_order_does_not_matter():
    errors = np.random.default_rng(1).normal(30, 3, 50)
    assert edf(errors)[1].tolist() == edf(errors[::-1])[1].tolist()


def test_drawn_line_is_vertical_at_each_error_and_closes_at_one():
    x, y = steps([20.0, 10.0, 10.0])
    assert x.tolist() == [10, 10, 10, 10, 20, 20]
    assert y == pytest.approx([0, 1 / 3, 1 / 3, 2 / 3, 2 / 3, 1])
    x, y = steps([10.0, 20.0], until=30)
    assert (x[-1], y[-1]) == (30, 1)


def test_area_above_the_drawn_line_is_the_mean_error():
    errors = np.random.default_rng(2).normal(40, 5, 60)
    x, y = steps(errors)
    assert x[0] + np.trapezoid(1 - y, x) == pytest.approx(errors.mean())


def test_line_cannot_end_before_the_largest_error():
    with pytest.raises(ValueError, match="until must be a number of at least 20, got 15"):
        steps([10.0, 20.0], until=15)


@pytest.mark.parametrize("errors", [[], [[1.0, 2.0]], 3.0])
def test_errors_are_one_row_with_something_in_it(errors):
    with pytest.raises(ValueError, match="one row with at least one value"):
        edf(errors)


def test_missing_errors_are_refused_with_their_number():
    with pytest.raises(ValueError, match="2 of 3 errors are missing or infinite: leave them out"):
        edf([1.0, float("nan"), float("inf")])
