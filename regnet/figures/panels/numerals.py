"""How tables and their captions write numbers."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from regnet.analysis.printed import tau

DASH = "–"


def filled(values: Iterable[float], digits: int = 1) -> list[str]:
    """Numbers with so many decimals; an empty cell for a missing one.

    >>> filled([22.0, float("nan")])
    ['22.0', '']
    """
    return ["" if np.isnan(value) else f"{value:.{digits}f}" for value in values]


def with_sd(mean: Iterable[float], sd: Iterable[float], digits: int = 1) -> list[str]:
    """Means with their standard deviations, where there are any.

    >>> with_sd([23.2, 25.0], [0.09, float("nan")])
    ['23.2 ± 0.09', '25.0']
    """
    return [f"{m:.{digits}f}" + ("" if np.isnan(s) else f" ± {s:.2f}") for m, s in zip(mean, sd, strict=True)]


def under(values: Iterable[object], below: Iterable[str]) -> list[str]:
    """Cells of two lines, the second one small on a page; of one where nothing is below.

    >>> under(["4.1", "4.0"], ["4.09", ""])
    ['4.1\\n4.09', '4.0']
    """
    return [f"{value}\n{more}" if more else f"{value}" for value, more in zip(values, below, strict=True)]


def spans(frame: pd.DataFrame, effect: str) -> list[str]:
    """An effect above its interval, from columns <effect>, <effect>_low, <effect>_high; empty where there is none.

    >>> spans(pd.DataFrame({"a": [1.5], "a_low": [1.284], "a_high": [1.716]}), "a")
    ['+1.50\\n+1.28 to +1.72']
    """
    triples = frame[[effect, f"{effect}_low", f"{effect}_high"]].to_numpy(np.float64)
    return [
        f"{value:+.2f}\n{low:+.2f} to {high:+.2f}" if np.isfinite((value, low, high)).all() else ""
        for value, low, high in triples
    ]


def unbroken(words: str) -> str:
    """The words on one line of a cell."""
    return words.replace(" ", "\N{NO-BREAK SPACE}")


def listed(words: Sequence[str], between: str = "; ") -> str:
    """The items, or that there are none."""
    return between.join(words) if words else "none"


def ranks(frame: pd.DataFrame, x: str, y: str) -> str:
    """Kendall's tau between two columns over distinct models, in words.

    >>> ranks(pd.DataFrame({"model": list("abcdef"), "x": range(6), "y": range(6)}), "x", "y")
    '1.00 (95% CI 0.65 to 1.00, n = 6)'
    """
    models = frame.drop_duplicates("model").dropna(subset=[x, y])
    found = tau(models[x], models[y])
    return f"{found.effect:.2f} (95% CI {found.low:.2f} to {found.high:.2f}, n = {found.n_a})"
