"""The best networks of populations that grow with flops, a row a population."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from regnet.analysis.best_trends import Pairs
from regnet.analysis.bootstrap import best_range
from regnet.sweeps.population import Population

Frames = Mapping[Population, pd.DataFrame]


def pairs(frames: Frames, column: str) -> Pairs:
    """The statistic and the error of each population's members."""
    return [(frame[column].to_numpy(np.float64), frame["error"].to_numpy(np.float64)) for frame in frames.values()]


def ranges(frames: Frames, column: str) -> pd.DataFrame:
    """Multiple of F, flops, n, footnote 4's low, best and high, and the population's own least, median and greatest."""
    rows = []
    for population, frame in frames.items():
        x = frame[column].astype(float)
        about = {"population": population.name, "multiple": population.multiple, "flops": population.flops}
        own = {"least": x.min(), "median": x.median(), "greatest": x.max()}
        rows.append(about | {"n": len(x)} | best_range(x, frame["error"])._asdict() | own)
    return pd.DataFrame(rows)
