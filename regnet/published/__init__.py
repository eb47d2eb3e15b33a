"""Numbers printed or released by others, as CSV: the paper's figures and tables, pycls' model zoo, timm, torchvision.

`SOURCES.md` beside the files says where each comes from, at which commit, and what was left out. Files hold what the
source says, quirks included: `pycls_model_zoo` has bot_mul "1.0 (default)", se_on "True" and "true", and
warmup_epochs "0 (key absent)".
"""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["load", "names", "path"]

_FOLDER = Path(__file__).parent


def names() -> list[str]:
    """Stems of the CSV files, sorted.

    >>> "paper_edf_legends" in names()
    True
    """
    return sorted(file.stem for file in _FOLDER.glob("*.csv"))


def path(stem: str) -> Path:
    """The CSV file of that stem.

    Raises:
        ValueError: no such file; the message lists the names.
    """
    known = names()
    if stem not in known:
        close = difflib.get_close_matches(stem, known, n=1)
        hint = f": did you mean {close[0]!r}?" if close else "."
        raise ValueError(f"no published numbers {stem!r}{hint} There are: {', '.join(known)}")
    return _FOLDER / f"{stem}.csv"


def load(stem: str) -> DataFrame:
    """The rows of one CSV file; a new frame at each call.

    Raises:
        ValueError: no such file; the message lists the names.

    >>> load("paper_models").query("model == 'RegNetX-400MF'").stage_widths.item()
    '32 64 160 384'
    """
    import pandas as pd

    return pd.read_csv(path(stem))
