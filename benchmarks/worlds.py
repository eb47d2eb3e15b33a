"""Populations whose truth is known, made from the rows of a trained one: what the rules of v2 are simulated on.

A world has 4,000 untrained networks of the population's own space. The error of each is what a ridge on the frozen
features says, fitted to the trained rows, plus the residual of one of the 15 trained networks nearest in what it says:
spread and tails grow with the error as they do in the rows. Where the predictor is wrong, residuals keep that too, for
they stay near where they were.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from regnet.analysis.adjusted import Members
from regnet.analysis.edf import Floats
from regnet.analysis.features import PENALTY, of_frame
from regnet.analysis.untrained import drawn
from regnet.design.design_space import DesignSpace
from regnet.design.sampling import Window

DRAWS = 4_000
NEAREST = 15  # trained networks of which one lends its residual


@dataclass(frozen=True)
class World:
    """Networks (rows), their errors (percent) and features, shapes (draws,) and (draws, features)."""

    rows: pd.DataFrame
    errors: Floats
    x: Floats

    @property
    def mean(self) -> float:
        """The true mean error, percent."""
        return float(self.errors.mean())

    @property
    def sd(self) -> float:
        """The true standard deviation of error over networks, points."""
        return float(self.errors.std())

    def moved(self, mean: float) -> World:
        """The same networks with errors around another mean."""
        return replace(self, errors=self.errors + mean - self.mean)

    def members(self, n: int, rng: np.random.Generator) -> Members:
        """n networks, trained."""
        at = self.chosen(n, rng)
        ids = np.array([f"{place:012x}" for place in at])
        return Members(self.errors[at], self.x[at], ids, self.x.mean(axis=0), self.x.std(axis=0), len(self.errors))

    def chosen(self, n: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
        """n of the networks, none twice, shape (n,)."""
        return rng.choice(len(self.errors), n, replace=False)


def world(space: DesignSpace, window: Window, trained: pd.DataFrame, *, draws: int = DRAWS, seed: int = 0) -> World:
    """The world made from the trained rows of a space inside a window."""
    rng = np.random.default_rng(seed)
    rows = drawn(space, window, draws)
    x, own = of_frame(rows), of_frame(trained)
    errors = trained["error"].to_numpy(np.float64)
    scale = np.where(own.std(axis=0) > 1e-9, own.std(axis=0), np.inf)
    z = (own - own.mean(axis=0)) / scale
    beta = np.linalg.solve(z.T @ z + PENALTY * len(z) * np.eye(z.shape[1]), z.T @ (errors - errors.mean()))
    said = errors.mean() + z @ beta
    # beyond what was trained the ridge would extrapolate: there it says what it said at the end
    new = np.clip(errors.mean() + (x - own.mean(axis=0)) / scale @ beta, said.min(), said.max())
    order = np.argsort(said)
    first = np.clip(np.searchsorted(said[order], new) - NEAREST // 2, 0, max(0, len(said) - NEAREST))
    lent = order[first + rng.integers(min(NEAREST, len(said)), size=len(new))]
    return World(rows, np.clip(new + errors[lent] - said[lent], 0.0, 100.0), x)
