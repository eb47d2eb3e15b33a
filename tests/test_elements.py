"""Every element and every panel, drawn from a made-up store that lacks nothing.

What a panel draws is what its rows say, under the names and in the units of its axes; nothing of an element is lost.
`python -m tests.test_elements` writes what elements are called and hold to elements.csv.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from layout import check_layout
from matplotlib.axes import Axes
from matplotlib.collections import Collection, LineCollection, PathCollection, PolyCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from sealed_runs import final_trainings, seal_finals, seal_population, seal_times

from regnet import figures, published
from regnet.analysis.calibration import RANKED, RELIABLE
from regnet.analysis.claims import CLAIMS
from regnet.analysis.linear_fit import e_fit
from regnet.figures.longer import MARKS as LENGTHS
from regnet.figures.panels import style
from regnet.figures.panels.edfs import Edfs
from regnet.figures.panels.element import Cell, Element, Panel, Picture
from regnet.figures.panels.rate_pairs import MARKS as SETTINGS
from regnet.figures.panels.rates import Rates
from regnet.sweeps import labels
from regnet.sweeps.folders import CHECKOUT
from regnet.sweeps.population import Population
from regnet.sweeps.store import Runs, open_runs

Floats = npt.NDArray[np.float64]
N = 8  # networks of each population
KEPT = Path(__file__).with_name("elements.csv")
CALIBRATED = {"grid": "pocket", "rates": "natural", "ranks": "natural"}  # stage -> committed runs that have it

# What an axis counts in, by the brackets of its label.
UNITS = {
    "MF": 1e6, "GF": 1e9, "10⁹ multiply-adds": 1e9, "thousands": 1e3, "millions": 1e6, "k": 1e3, "M": 1e6, "%": 1,
    "ms": 1, "blocks": 1, "channels": 1, "networks": 1, "points": 1, "points of error": 1,
    "mean squared natural-log ratio": 1,
}  # fmt: skip
# Columns of the data that count in another unit than one.
COUNTED = {"gf": 1e9, "acts of Times": 1e6}
ENDS = ("best", "low", "high", "least", "median", "greatest")
# What an axis is called -> the columns that may be drawn along it.
QUANTITIES = {
    "top-1 error": ("error", "mean", "low", "high", "least", "test_error"), "mean error": ("mean", "low", "high"),
    "top-1 error at L1": ("error",), "top-1 error at L5": ("error_long",), "cumulative probability": ("share",),
    "depth d": ("x",), "width w₄": ("x",), "bottleneck ratio b": ("x",), "e_fit": ("x", "e_fit"),
    "block index j": ("block",), "width wⱼ": ("width", "u"), "width": ("width", "u"), "sample size m": ("m",),
    "learning rate": ("x", "lr"), "weight decay": ("x",), "learning rate × weight decay": ("x",),
    "difference of mean errors": ("effect", "low", "high"), "F / F_ref": ("multiple",),
    "rank correlation of error with depth": ("spearman", "low", "high"), "mean parameters": ("mean", "low", "high"),
    "flops": ("flops", "gf"), "activations": ("acts", "x", *ENDS), "parameters": ("params", "x", *ENDS),
    "time of 64 images": ("ms", *ENDS), "ms for 64 images": ("ms",), "time ratio": ("ratio",),
    "rank correlation with the long training": ("rank",), "reliability": ("reliability",),
    "error after the long training": ("error_long",), "error after the chosen training": ("error",),
    "error after images": ("error_long",), "AnyNetX_A − RegNetX": ("gap", "sound_gap", "low", "high"),
}  # fmt: skip
