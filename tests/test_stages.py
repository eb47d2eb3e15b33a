import numpy as np
import pytest

from regnet.design.laws import LogUniform, Uniform
from regnet.design.networks import RegNet, compatible_width
from regnet.design.stages import compatible_widths, crossings, line_stages, may_have_stages


def scalar(d, w_a, w_0, w_m, stages):
    """Depths and widths by pycls' test, block by block, or None where the line has not `stages` whole stages."""
    net = RegNet(d=int(d), w_a=float(w_a), w_0=int(w_0), w_m=float(w_m), g=1)
    widths, depths = np.unique(net.quantised(), return_counts=True)
    whole = len(widths) == net.exponents().max() + 1 == stages
    return (depths.tolist(), widths.tolist()) if whole else None


def vectorised(d, w_a, w_0, w_m, stages):
    x = crossings(w_a, w_0, w_m, stages)
    possible = may_have_stages(d, x)
    depths, widths, whole = line_stages(d, w_a, w_0, w_m, x)
    whole &= possible
    return [(depths[:, i].tolist(), widths[:, i].tolist()) if whole[i] else None for i in range(len(d))]


def agree(d, w_a, w_0, w_m, stages):
    """Both paths give the same; how many lines were whole."""
    columns = [np.asarray(c, float) for c in (d, w_a, w_0, w_m)]
    expected = [scalar(*row, stages) for row in zip(*columns, strict=True)]
    assert vectorised(*columns, stages) == expected
    return sum(line is not None for line in expected)


@pytest.mark.parametrize(("stages", "least"), [(1, 3), (3, 250), (4, 250), (5, 250)])
def test_closed_form_stages_equal_the_line_block_by_block(stages, least):
    rng, n = np.random.default_rng(stages), 5_000
    d, w_0, w_m = Uniform(1, 63).draw(rng, n), LogUniform(8, 256, 8).draw(rng, n), Uniform(1.5, 3, 0.001).draw(rng, n)
    assert agree(d, LogUniform(8, 256, 0.1).draw(rng, n), w_0, w_m, stages) > least


def test_they_agree_where_a_block_lies_exactly_on_a_boundary():
    rows = [
        (d, w_0 * (root - 1) * root ** (2 * i) / j + (w_0 * (root ** (2 * i) - 1) / j), w_0, root * root)
        for root in (1.3, 1.4, 1.5, 1.6, 1.7)
        for i in (0, 1, 2)
        for w_0 in range(8, 257, 24)
        for j in (1, 2, 3, 5, 8, 13)
        for d in (j, j + 1, 20)
    ]
    d, w_a, w_0, w_m = (np.array(column, float) for column in zip(*rows, strict=True))
    x = crossings(w_a, w_0, w_m, 4)
    assert (np.abs(x - np.rint(x)).min(axis=0) < 1e-9).all()
    assert agree(d, w_a, w_0, w_m, 4) > 100


def test_they_agree_where_a_width_lies_halfway_between_multiples_of_8():
    ticks = np.arange(1500, 3001)
    rows = [
        (20, 20.0, 8 * m, n / 1000)
        for m in range(1, 33)
        for n in ticks[[any(2 * m * int(n) ** i % (2 * 1000**i) == 1000**i for i in (1, 2, 3)) for n in ticks]]
    ]
    assert len(rows) > 200
    assert {(80, 2.25), (40, 1.9)} <= {(w_0, w_m) for _, _, w_0, w_m in rows}
    assert agree(*zip(*rows, strict=True), 4) > 20


def test_group_compatibility_of_arrays_equals_that_of_one_width():
    cases = [
        (w, b, g)
        for w in range(8, 1032, 8)
        for b in (1 / 8, 1 / 4, 1 / 2, 1, 2, 4)
        for g in (1, 2, 3, 4, 6, 8, 16, 24, 32, 40, 64)
    ]
    w, b, g = (np.array(column, float) for column in zip(*cases, strict=True))
    for part in (b >= 1, b < 1, b > 0):  # the step is a least common multiple only where some b < 1
        widths, groups = compatible_widths(w[part], b[part], g[part])
        expected = [compatible_width(*case) for case, kept in zip(cases, part, strict=True) if kept]
        assert list(zip(widths.tolist(), groups.tolist(), strict=True)) == expected
