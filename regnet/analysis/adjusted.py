"""The regression estimator of a population's mean error, and of the difference of two (5.1 of the verdict rules).

A population's mean is estimated by the mean of a predictor over untrained draws, known to many digits, plus the mean
residual of the trained members:

    mean = 1/n sum_i [ y_i - (x_i - X)' beta_k(i) ],   X: mean features of 10,000 untrained draws

beta_k is a ridge fitted without fold k, on both populations of a comparison, each centred at its own mean: their
means may differ, their slopes are shared. A predictor that is wrong costs variance, not bias, as no member is adjusted
by a fit that has seen its network. Source of the idea: the difference estimator of survey sampling, and cross-fitting
as in Wager et al., PNAS 113 (2016) 12673.

- Populations of one seed share networks, and a narrow space draws some networks several times: the variance sums
  residuals network by network before it squares them. Within one population that is cautious, as its members are
  independent draws: by up to a quarter of the standard error where, as among RegNets of V blocks, many come twice.
- Populations' untrained draws are finite: the variance of the predictor over their number is added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from regnet.analysis.compare import Estimate
from regnet.analysis.edf import Floats, as_errors
from regnet.analysis.features import FOLDS, PENALTY, of_frame
from regnet.analysis.untrained import Untrained


@dataclass(frozen=True)
class Members:
    """Trained members of a population: errors (n,), features (n, features), network ids (n,); what is known untrained.

    known: mean features (features,), spread: their sds (features,), draws: how many untrained networks these rest on.
    """

    errors: Floats
    x: Floats
    networks: npt.NDArray[np.str_]
    known: Floats
    spread: Floats
    draws: int

    @classmethod
    def of(cls, frame: pd.DataFrame, before: Untrained) -> Members:
        """From the rows of a population and its untrained moments."""
        ids = frame["network_id"].to_numpy(np.str_)
        return cls(as_errors(frame["error"]), of_frame(frame), ids, before.means, before.sds, before.draws)

    @property
    def n(self) -> int:
        """How many members."""
        return len(self.errors)

    @property
    def freedom(self) -> int:
        """Degrees of freedom of the mean: distinct networks less 1."""
        return len(np.unique(self.networks)) - 1

    @property
    def folds(self) -> npt.NDArray[np.int64]:
        """The fold of each member, by its network: a network drawn twice is in one fold, shape (n,)."""
        return np.array([int(name, 16) % FOLDS for name in self.networks])


def difference(a: Members, b: Members, *, penalty: float = PENALTY, margin: float = 0.0) -> Estimate:
    """mean(a) - mean(b), percentage points, both adjusted by one cross-fitted predictor.

    margin: where the difference is to be held against so many standard deviations of b. These are estimated, too, and
    from the same networks: the error is then the larger of those of difference -+ margin x sd, by the influence of each
    network on the sd, ((y - mean)^2 - sd^2) / (2 sd).

    Raises:
        ValueError: fewer than two members a side.
    """
    if min(a.n, b.n) < 2:
        raise ValueError(f"a comparison needs at least 2 members a side, got {a.n} and {b.n}")
    adjusted, predicted = residuals((a, b), penalty=penalty)
    centred = [values - values.mean() for values in adjusted]
    drawing = sum(float(p.var()) / side.draws for p, side in zip(predicted, (a, b), strict=True))
    reached = [centred[1] + sign * margin * _on_sd(b.errors) for sign in ((-1, 1) if margin else (0,))]
    square = max(by_network((a, b), (centred[0], own)) for own in reached) + drawing
    parts = np.array([by_network((side,), [own]) for side, own in zip((a, b), centred, strict=True)])
    freedom = np.array([side.freedom for side in (a, b)])
    spread = float((parts**2 / np.maximum(freedom, 1)).sum())
    effect = float(adjusted[0].mean() - adjusted[1].mean())
    return Estimate(effect, square**0.5, float(parts.sum()) ** 2 / spread if spread else np.inf)


def _on_sd(errors: Floats) -> Floats:
    """The influence of each network on the standard deviation of error, points, shape (n,); they sum to 0."""
    square = (errors - errors.mean()) ** 2
    sd = float(square.mean()) ** 0.5
    return np.asarray((square - sd**2) / (2 * sd) if sd else np.zeros(len(errors)), np.float64)


def residuals(sides: Sequence[Members], *, penalty: float = PENALTY) -> tuple[list[Floats], list[Floats]]:
    """For each population y_i - (x_i - X)' beta and (x_i - X)' beta, shape (n,) each; beta from the other folds."""
    centre = np.mean([side.known for side in sides], axis=0)
    within = np.mean([side.spread**2 + (side.known - centre) ** 2 for side in sides], axis=0)
    scale = np.where(within > 1e-12, within, np.inf) ** 0.5  # what does not vary predicts nothing
    x = [side.x / scale for side in sides]
    off = [z - side.known / scale for z, side in zip(x, sides, strict=True)]
    predicted = [np.zeros(side.n) for side in sides]
    folds = [side.folds for side in sides]
    for fold in range(FOLDS):
        others = [(z[f != fold], side.errors[f != fold]) for z, f, side in zip(x, folds, sides, strict=True)]
        beta = _ridge(others, penalty)
        for own, z, f in zip(predicted, off, folds, strict=True):
            own[f == fold] = z[f == fold] @ beta
    return [side.errors - own for side, own in zip(sides, predicted, strict=True)], predicted


def by_network(sides: Sequence[Members], centred: Sequence[Floats]) -> float:
    """Variance of the mean of the first minus that of the second, from residuals that sum to 0 in each population.

    sum over networks of (sum of its residuals / n in the first - the same in the second)^2, with n / (n - 1) a side:
    Welch's variance where every network is drawn once.
    """
    shares = [sign * own / side.n * (side.n / (side.n - 1)) ** 0.5
              for sign, own, side in zip((1, -1), centred, sides, strict=False)]  # fmt: skip
    _, at = np.unique(np.concatenate([side.networks for side in sides]), return_inverse=True)
    return float((np.bincount(at, np.concatenate(shares)) ** 2).sum())


def _ridge(groups: Sequence[tuple[Floats, Floats]], penalty: float) -> Floats:
    """Slopes shared by groups that each have a mean of their own; the penalty counts a member, shape (features,).

    Groups without members teach none: 0.
    """
    if not any(len(y) for _, y in groups):
        return np.zeros(groups[0][0].shape[1])
    kept = [(x - x.mean(axis=0), y - y.mean()) for x, y in groups if len(y)]
    x, y = np.vstack([x for x, _ in kept]), np.concatenate([y for _, y in kept])
    return np.linalg.solve(x.T @ x + penalty * len(y) * np.eye(x.shape[1]), x.T @ y)
