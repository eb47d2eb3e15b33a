"""regnet.analysis.linear_fit: e_fit against the paper's printed fits and a plain search of the same grid."""

import numpy as np
import pandas as pd
import pytest

import regnet
from regnet.analysis import e_fit, fit_population, fit_quantized_linear


def blocks(depths, widths):
    return np.repeat(np.asarray(widths, float), depths)


def plain_search(widths_per_block, stages=4):
    """The smallest error over every w_0, w_a, w_m of the grid, one line at a time in w_0 and w_m."""
    y, j = np.log(widths_per_block), np.arange(len(widths_per_block))
    w_a, best = np.arange(1.0, 257), np.inf
    for w_m in np.arange(15, 31) / 10:
        for w_0 in np.arange(8, 257, 8):
            s = np.round(np.log((w_0 + w_a[:, None] * j) / w_0) / np.log(w_m))
            whole = np.array([set(row) == set(range(stages)) for row in s])
            if whole.any():
                best = min(best, ((np.log(w_0 * w_m ** s[whole]) - y) ** 2).mean(axis=1).min())
    return best


@pytest.mark.parametrize(
    ("depths", "widths", "w_a", "w_0", "w_m"),
    [((2, 4, 5, 5), (64, 128, 272, 704), 30, 80, 1.9), ((1, 1, 3, 5), (32, 144, 256, 448), 61, 48, 2.2)],
)
def test_both_fits_printed_in_figure_8(depths, widths, w_a, w_0, w_m):
    fit = fit_quantized_linear(blocks(depths, widths))
    assert (fit.w_0, fit.w_m) == (w_0, w_m)
    assert abs(fit.w_a - w_a) <= 2


def test_error_is_that_of_the_line_returned():
    observed = blocks((2, 4, 5, 5), (64, 128, 272, 704))
    fit = fit_quantized_linear(observed)
    s = np.round(np.log((fit.w_0 + fit.w_a * np.arange(16)) / fit.w_0) / np.log(fit.w_m))
    ratio = np.log(fit.w_0 * fit.w_m**s / observed)
    assert fit.error == pytest.approx(np.mean(ratio**2))
    assert sorted(set(s)) == [0, 1, 2, 3]


def test_nothing_on_the_grid_is_better():
    rng = np.random.default_rng(0)
    for _ in range(4):
        network = blocks(rng.integers(1, 9, 4), rng.integers(1, 129, 4) * 8)
        assert fit_quantized_linear(network).error == pytest.approx(plain_search(network))
    assert fit_quantized_linear(network[:9], stages=3).error == pytest.approx(plain_search(network[:9], stages=3))


@pytest.mark.parametrize(
    ("depths", "widths", "low", "high"),
    [
        ((1, 2, 2, 4), (48, 80, 352, 560), 0.07, 0.135),  # Fig 6, good
        ((2, 3, 1, 6), (64, 128, 448, 656), 0.07, 0.135),
        ((2, 7, 17, 6), (48, 48, 208, 608), 0.07, 0.135),
        ((1, 1, 1, 2), (48, 704, 32, 48), 0.6, 1.75),  # Fig 6, bad
        ((3, 2, 2, 4), (48, 576, 128, 32), 0.6, 1.75),
        ((1, 1, 9, 9), (64, 960, 64, 64), 0.6, 1.75),
        ((3, 4, 6, 3), (256, 512, 1024, 2048), 0.05, 0.075),  # ResNet-50, -101, -152
        ((3, 4, 23, 3), (256, 512, 1024, 2048), 0.05, 0.075),
        ((3, 8, 36, 3), (256, 512, 1024, 2048), 0.05, 0.075),
    ],
)
def test_known_networks(depths, widths, low, high):
    assert low <= fit_quantized_linear(blocks(depths, widths)).error <= high


def test_drawn_regnets_lie_near_a_line_and_drawn_anynets_do_not():
    window = {"resolution": 224, "flops": (360e6, 400e6)}
    errors = {
        name: [
            fit.error for fit in fit_population(n.widths_per_block for n in regnet.spaces[name].sample(40, **window))
        ]
        for name in ("regnetx", "anynetx_c")
    }
    assert np.median(errors["regnetx"]) < 0.01
    assert np.median(errors["anynetx_c"]) > 0.1


def test_a_population_is_fitted_row_by_row():
    frame = pd.DataFrame({"d1": [2, 1], "d2": [4, 1], "d3": [5, 3], "d4": [5, 5]}).assign(
        w1=[64, 32], w2=[128, 144], w3=[272, 256], w4=[704, 448]
    )
    networks = [blocks((2, 4, 5, 5), (64, 128, 272, 704)), blocks((1, 1, 3, 5), (32, 144, 256, 448))]
    fits = fit_population(networks)
    assert fits == [fit_quantized_linear(network) for network in networks]
    assert e_fit(frame).tolist() == [fit.error for fit in fits]


def test_a_row_has_as_many_stages_as_columns():
    frame = pd.DataFrame({"d1": [1], "d2": [2], "d3": [2], "w1": [16], "w2": [40], "w3": [96]})
    assert e_fit(frame).tolist() == [fit_quantized_linear(blocks((1, 2, 2), (16, 40, 96)), 3).error]
    with pytest.raises(ValueError, match="one population at a time"):
        e_fit(pd.concat([frame, frame.assign(d4=1, w4=96)]))


@pytest.mark.parametrize("d", [4, 5, 64])
def test_every_depth_of_the_design_space_has_a_line(d):
    assert np.isfinite(fit_quantized_linear(np.linspace(32, 512, d)).error)


def test_fewer_blocks_than_stages_are_refused():
    with pytest.raises(ValueError, match="4 stages in 3 blocks"):
        fit_quantized_linear([8, 16, 32])


def test_widths_that_are_not_positive_are_refused():
    with pytest.raises(ValueError, match="widths_per_block must be a number above 0, got 0"):
        fit_quantized_linear([8, 16, 0, 32])


def test_published_regnets():
    nets = [regnet.zoo[name] for name in regnet.zoo if name.startswith("regnet")]
    errors = [fit_quantized_linear(net.widths_per_block).error for net in nets if net.widths[0] <= 256]
    assert len(errors) == 23  # RegNetX-32GF starts at 320, outside the grid
    assert min(errors) == pytest.approx(0.0003, abs=0.0001)
    assert max(errors) <= 0.0126
