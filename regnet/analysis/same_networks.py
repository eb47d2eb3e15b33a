"""The same networks trained for two lengths: what stays of the gap between two spaces."""

import numpy as np
import pandas as pd

from regnet.analysis.compare import better


def joined(short: pd.DataFrame, long: pd.DataFrame) -> pd.DataFrame:
    """The networks that are there at both lengths, by index: the columns of `short`, and error_long (percent).

    Raises:
        ValueError: an index that names two networks.
    """
    found = short.merge(long[["index", "network_id", "error"]], on="index", suffixes=("", "_long"), validate="1:1")
    if (other := found["network_id"] != found["network_id_long"]).any():
        raise ValueError(f"members {found.loc[other, 'index'].tolist()} are not the same networks at both lengths")
    return found.drop(columns="network_id_long")


def gaps(first: pd.DataFrame, second: pd.DataFrame, lengths: tuple[int, int]) -> pd.DataFrame:
    """First's mean error minus second's at each length, and how the gap changes from the one to the other.

    first, second: as `joined`. Columns length ("1", "5" or "change"), effect, low, high (95%, Welch's, points), n (of
    the smaller), verdict (is the first better; for the change: does the gap move in the first's favour). The change
    compares what each network gains, so that how good the networks are cancels out.
    """
    rows = []
    for length, a, b in (
        (str(lengths[0]), first["error"], second["error"]),
        (str(lengths[1]), first["error_long"], second["error_long"]),
        ("change", first["error_long"] - first["error"], second["error_long"] - second["error"]),
    ):
        found = better(a.to_numpy(np.float64), b.to_numpy(np.float64))
        n = min(found.n_a, found.n_b)
        rows.append((length, found.effect, found.low, found.high, n, found.verdict))
    return pd.DataFrame(rows, columns=["length", "effect", "low", "high", "n", "verdict"])
