"""Footnote 4 and e_fit in closed form beside the plain computations they replace, in one run.

    python benchmarks/analysis.py

Takes about 20 seconds on one core. Prints the median of several timings, the plain one's, and their ratio.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np

from regnet.analysis import best_range, fit_quantized_linear
from regnet.design.spaces import spaces

RESAMPLES = 10_000


def plain_best_range(x: np.ndarray, errors: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Footnote 4 as the paper words it: resample a quarter, keep the best pair's x, 10^4 times, take percentiles."""
    n, kept = len(errors), []
    for _ in range(RESAMPLES):
        drawn = rng.integers(0, n, n // 4)
        kept.append(x[drawn[np.argmin(errors[drawn])]])
    return np.percentile(kept, [2.5, 50, 97.5])


def plain_fit(widths_per_block: np.ndarray) -> float:
    """e_fit by three nested loops over the same grid, one line at a time (arrays only over the blocks)."""
    observed, j = np.log(widths_per_block), np.arange(len(widths_per_block))
    best = np.inf
    for w_m in np.arange(15, 31) / 10:
        for w_0 in range(8, 257, 8):
            for w_a in range(1, 257):
                s = np.round(np.log(1 + w_a * j / w_0) / np.log(w_m))
                if s[-1] == 3 and np.diff(s).max() <= 1:
                    best = min(best, float(np.mean((np.log(w_0) + s * np.log(w_m) - observed) ** 2)))
    return best


def seconds(function: Callable[[], object], times: int) -> float:
    """Median seconds of a call."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        function()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main() -> None:
    rng = np.random.default_rng(0)
    drawn = spaces["anynetx_c"].sample(100, resolution=224, flops=(360e6, 400e6))
    widths = [network.widths_per_block for network in drawn]
    for network in widths:
        fit_quantized_linear(network)  # the lines of each depth are found once and kept
    fit = seconds(lambda: [fit_quantized_linear(network) for network in widths], 5) / len(widths)
    plain = seconds(lambda: plain_fit(widths[0]), 3)
    assert abs(plain_fit(widths[0]) - fit_quantized_linear(widths[0]).error) < 1e-12

    print(f"{'':32}{'here (ms)':>12}{'plain (ms)':>12}{'ratio':>9}")
    for n in (100, 500):
        x, errors = rng.integers(1, 64, n), rng.normal(40, 4, n)
        closed = seconds(lambda x=x, e=errors: best_range(x, e), 200)
        looped = seconds(lambda x=x, e=errors: plain_best_range(x, e, rng), 5)
        line(f"footnote 4, n = {n}", closed, looped)
    line("e_fit, one network", fit, plain)


def line(name: str, here: float, plain: float) -> None:
    print(f"{name:32}{here * 1e3:12.3f}{plain * 1e3:12.1f}{plain / here:9.0f}")


if __name__ == "__main__":
    main()
