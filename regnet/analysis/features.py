"""What of a network its error is predicted from: the frozen features of the regression estimator (`adjusted.py`).

Chosen on the rows of `pocket` by `benchmarks/adjusted.py`, which prints the variance left by each set tried: logarithms
of costs, depths and widths alone leave 0.69 of Welch's variance (geometric mean over 20 pairs), with the hinges 0.62,
with the squares 0.58. Boosted trees over all populations at once leave 0.46 of the variance, but would let a verdict
hang on every other population, and need each draw kept where the mean of a linear predictor needs the features' means.

- Stages are counted from both ends (first, second, last but one, last), so that networks of three, four and five
  stages have the same features.
- The hinges are the two ways in which networks fail to train: a last stage much wider than the one before, above all
  with a bottleneck, and a last stage of few channels.
"""

import hashlib
import json

import numpy as np
import numpy.typing as npt
import pandas as pd

from regnet.analysis.edf import Floats

FEATURES = (
    "log2 acts", "log2 params", "log2 d",
    "log2 w first", "log2 w second", "log2 w last but one", "log2 w last",
    "log2 d first", "log2 d second", "log2 d last but one", "log2 d last",
    "mean log2 b", "mean log2 g",
    "max(0, log2(w last / w last but one) - 3)", "the same times log2 b last", "max(0, 5 - log2 w last)",
    "(log2 d - 4)^2", "(log2 acts - 16.5)^2", "(log2 w last - 8)^2", "(log2 w first - 5)^2",
)  # fmt: skip
PENALTY = 0.1  # of the ridge, on standardised features, a training member
FOLDS = 10  # of cross-fitting; a network's fold is its network_id modulo this
FROZEN = "898b4259fbaf21ba9173b509403bcffb20230d3a544055f6c0ea95434c3b058e"


def fingerprint() -> str:
    """SHA-256 of the feature list, the penalty and the folds; `FROZEN` is what it was when the rules were frozen."""
    text = json.dumps({"features": FEATURES, "penalty": PENALTY, "folds": FOLDS}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def check_frozen() -> None:
    """Refuse to judge by features other than the frozen ones.

    Raises:
        RuntimeError: the list, the penalty or the folds have changed.
    """
    if fingerprint() != FROZEN:
        raise RuntimeError(f"features, penalty or folds are not the frozen ones: SHA-256 {fingerprint()}, not {FROZEN}")


def features(
    depths: npt.ArrayLike,
    widths: npt.ArrayLike,
    bottlenecks: npt.ArrayLike,
    group_widths: npt.ArrayLike,
    *,
    acts: npt.ArrayLike,
    params: npt.ArrayLike,
) -> Floats:
    """FEATURES of n networks, shape (n, features); realised values of shape (stages, n), costs of shape (n,).

    >>> features([[1], [2], [3], [2]], [[8], [16], [32], [64]], *[[[1]] * 4] * 2, acts=[2**16], params=[2**15]).shape
    (1, 20)
    """
    d, w, b, g = (np.asarray(value, np.float64) for value in (depths, widths, bottlenecks, group_widths))
    ends = [0, 1, -2, -1]
    log_acts, log_params, log_d = (np.log2(np.asarray(x, np.float64)) for x in (acts, params, d.sum(axis=0)))
    log_w, log_b = np.log2(w), np.log2(b)
    wider = np.maximum(0, log_w[-1] - log_w[-2] - 3)
    return np.column_stack([
        log_acts, log_params, log_d, *log_w[ends], *np.log2(d)[ends], log_b.mean(axis=0), np.log2(g).mean(axis=0),
        wider, wider * log_b[-1], np.maximum(0, 5 - log_w[-1]),
        (log_d - 4) ** 2, (log_acts - 16.5) ** 2, (log_w[-1] - 8) ** 2, (log_w[0] - 5) ** 2,
    ])  # fmt: skip


def of_frame(frame: pd.DataFrame) -> Floats:
    """FEATURES of the rows of a population, shape (n, features)."""
    stages = sum(f"d{i}" in frame for i in range(1, 10))
    rows = (frame[[f"{name}{i}" for i in range(1, stages + 1)]].to_numpy(np.float64).T for name in "dwbg")
    return features(*rows, acts=frame["acts"], params=frame["params"])
