"""The error distribution of a population (Eq. 1, sec. 3.1): the share of networks below each error."""

import numpy as np
import numpy.typing as npt

from regnet.design.scalars import real, row

Floats = npt.NDArray[np.float64]
LARGE = 1000  # networks beyond which what cannot matter is left out; up to it all is drawn, as it was published


def as_errors(errors: npt.ArrayLike) -> Floats:
    """Errors as a row of finite floats, shape (n,), n >= 1.

    Raises:
        ValueError: no errors, more than one dimension, or a missing one (drop the rows whose status is failed).
    """
    return row("errors", errors)


def edf(errors: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Sorted errors and F at each of them, F(e) = share of errors strictly below e (Eq. 1).

    Both have shape (n,). F is left-continuous: 0 at the smallest error, 1 only beyond the largest.

    >>> edf([30.0, 10.0, 20.0, 20.0])
    (array([10., 20., 20., 30.]), array([0.  , 0.25, 0.25, 0.75]))
    """
    values = np.sort(as_errors(errors))
    return values, np.searchsorted(values, values, side="left") / len(values)


def steps(errors: npt.ArrayLike, until: float | None = None) -> tuple[Floats, Floats]:
    """The corners (x, y) of the drawn EDF: from 0 up to 1, closed beyond the largest error, shape (2n,) or (2n + 1,).

    until: where the line at 1 ends; it is left out if no error is meant to follow.

    Raises:
        ValueError: `until` is no number, or lies below the largest error.

    >>> x, y = steps([10.0, 20.0], until=25.0)
    >>> x.tolist(), y.tolist()
    ([10.0, 10.0, 20.0, 20.0, 25.0], [0.0, 0.5, 0.5, 1.0, 1.0])
    """
    values = np.sort(as_errors(errors))
    n = len(values)
    x = np.repeat(values, 2)
    y = np.repeat(np.arange(n + 1) / n, 2)[1:-1]
    if until is None:
        return x, y
    until = real("until", until, low=float(values[-1]))
    return np.append(x, until), np.append(y, 1.0)
