"""A population's frame as columns of plain numbers: what networks are cut by, and what describes them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from regnet.analysis.linear_fit import e_fit

DIGITS = 6  # of e_fit after the point, of others significant
MOST_FITTED = 5  # stages: the grid of e_fit has a line of more of them only where blocks are many
_LINE = ("w_0", "w_a", "w_m", "zoom", "lr", "weight_decay")  # as they were drawn, where a population has them


def columns(frame: pd.DataFrame) -> dict[str, Any]:
    """Column -> its numbers in the frame's order, or one number where all are equal; ids and seeds as one text each.

    d, ratio (last width over first), b and g (geometric means over stages, as drawn), d_1, w_1, b_1, g_1 ... of the
    realised stages, costs, e_fit, the drawn line; 1 where a condition holds: one_b, one_g (as drawn), widths, depths
    (of the realised stages), trained.
    """
    stages = [name[1:] for name in map(str, frame) if name[0] == "d" and name[1:].isdigit()]
    of = {letter: frame[[f"{letter}{i}" for i in stages]].to_numpy(np.float64) for letter in "dwbg"}
    b, g = (_drawn(frame, letter, of[letter]) for letter in "bg")
    found: dict[str, npt.ArrayLike] = {name: frame[name] for name in ("index", "error", "flops", "params", "acts")}
    found |= {f"{letter}_{i}": values[:, k] for letter, values in of.items() for k, i in enumerate(stages)}
    found |= {"d": of["d"].sum(axis=1), "ratio": of["w"][:, -1] / of["w"][:, 0], "b": _mean(b), "g": _mean(g)}
    found |= {"one_b": _equal(b), "one_g": _equal(g), "widths": _rise(of["w"]), "depths": _rise(of["d"])}
    found |= {"trained": frame["status"] == "ok"}
    if len(stages) <= MOST_FITTED:
        found |= {"e_fit": e_fit(frame).round(DIGITS)}
    found |= {name: frame[f"drawn_{name}"] for name in _LINE if f"drawn_{name}" in frame}
    texts = {"ids": "".join(frame["network_id"]), "seeds": " ".join(np.base_repr(seed, 36) for seed in frame["seed"])}
    return _plain(found) | texts


def _drawn(frame: pd.DataFrame, letter: str, realised: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """b or g of each stage as drawn, shape (n, stages) or (n, 1); as realised where nothing of it was drawn."""
    names = [name for name in map(str, frame) if name.rstrip("123456789") == f"drawn_{letter}"]
    return frame[names].to_numpy(np.float64) if names else realised


def _mean(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Geometric mean over stages; that of equal values is the value."""
    return np.asarray(2 ** np.log2(values).mean(axis=1), np.float64)


def _equal(values: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    return np.asarray((values == values[:, :1]).all(axis=1))


def _rise(values: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    return np.asarray((np.diff(values, axis=1) >= 0).all(axis=1))


def _plain(found: Mapping[str, npt.ArrayLike]) -> dict[str, Any]:
    plain = {}
    for name, values in found.items():
        numbers = [_number(value) for value in np.asarray(values, np.float64).tolist()]
        plain[name] = numbers[0] if len(set(numbers)) == 1 else numbers
    return plain


def _number(value: float) -> float:
    """Whole where it is; else with six significant digits."""
    return int(value) if value.is_integer() else float(f"{value:.{DIGITS}g}")
