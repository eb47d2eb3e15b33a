"""What a population is before any training: features, parameters and e_fit of 10,000 draws.

Drawing takes seconds for narrow spaces, so that the moments are kept in `untrained.csv`, made once a regime by
`regnet untrained <regime>`. Nothing here has seen an error. The seed is used for no trained population.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from regnet.analysis.edf import Floats
from regnet.analysis.features import FEATURES, fingerprint, of_frame
from regnet.analysis.linear_fit import e_fit
from regnet.design import complexity
from regnet.design.design_space import DesignSpace
from regnet.design.sampling import BLOCK, MAX_DRAWS, Candidates, Sampler, Window

FILE = Path(__file__).with_name("untrained.csv")
DRAWS, SEED = 10_000, 2003
FEWEST, BLOCKS = 3_000, 20_000  # a narrow space may stop with that many draws after so many blocks
FITTED = ("anynetx_c", "anynetx_d", "anynetx_e")  # spaces whose e_fit a claim compares (Fig 8)


@dataclass(frozen=True)
class Untrained:
    """Means and standard deviations over draws of a population, as many as `draws`; `distinct` of them differ.

    means, sds: of FEATURES, shape (features,). `value` has those of "params" and "e_fit", NaN where not wanted.
    """

    draws: int
    distinct: int
    means: Floats
    sds: Floats
    value: dict[str, tuple[float, float]]


def drawn(space: DesignSpace, window: Window, n: int = DRAWS, seed: int = SEED) -> pd.DataFrame:
    """n networks of a space inside a window: columns d1 ... g4, params, acts; nothing is trained.

    Fewer, but 3,000 at least, where the space is so narrow that 20,000 blocks hold no more.

    Raises:
        ValueError: a window in which `MAX_DRAWS` draws find no network.
    """
    sampler = Sampler(space, window, seed=seed)
    found, frames, k = 0, [], 0
    while found < n and (k < BLOCKS or found < min(n, FEWEST)):
        block = sampler.block(k)
        k += 1
        if not found and not len(block) and k * BLOCK >= MAX_DRAWS:
            raise ValueError(f"no network of {space.name} in {k * BLOCK:,} draws lies in {window}")
        if len(block):
            frames.append(_frame(block, sampler))
            found += len(block)
    return pd.concat(frames, ignore_index=True).head(n)


def row(regime: str, space: DesignSpace, multiple: float, window: Window, draws: int = DRAWS) -> dict[str, object]:
    """The row of `untrained.csv` of a space in a regime's window at `multiple` x F."""
    found = moments(drawn(space, window, draws), fit=space.name in FITTED and multiple == 1)
    about: dict[str, object] = {"regime": regime, "space": space.name, "multiple": multiple}
    about |= {"seed": SEED, "draws": found.draws, "distinct": found.distinct, "features": fingerprint()[:12]}
    for name, (mean, sd) in found.value.items():
        about |= {f"mean {name}": mean, f"sd {name}": sd}
    columns = zip(FEATURES, found.means, found.sds, strict=True)
    return about | {
        f"{kind} {name}": value for name, *both in columns for kind, value in zip(_KINDS, both, strict=True)
    }


_KINDS = ("mean", "sd")


def moments(frame: pd.DataFrame, *, fit: bool = False) -> Untrained:
    """The moments of drawn networks, as `drawn` gives them; e_fit only on demand: it takes seconds."""
    x = of_frame(frame)
    params = frame["params"].to_numpy(np.float64)
    fits = e_fit(frame) if fit else np.full(2, np.nan)
    value = {name: (float(v.mean()), float(v.std(ddof=1))) for name, v in (("params", params), ("e_fit", fits))}
    distinct = len(frame.drop_duplicates())
    return Untrained(len(frame), distinct, x.mean(axis=0), x.std(axis=0), value)


def _frame(block: Candidates, sampler: Sampler) -> pd.DataFrame:
    space, window = sampler.space, sampler.window
    rows = zip("dwbg", (block.depths, block.widths, block.bottlenecks, block.group_widths), strict=True)
    columns = {f"{name}{i}": row for name, values in rows for i, row in enumerate(values, 1)}
    side = np.rint(window.resolution * block.drawn["zoom"]) if "zoom" in block.drawn else window.resolution
    cost = complexity.complexities(
        block.depths.T, block.widths.T, block.bottlenecks.T, block.group_widths.T,
        stem=space.stem, block=space.block, se_ratio=space.se_ratio, resolution=side, num_classes=window.num_classes,
    )  # fmt: skip
    return pd.DataFrame(columns | {"params": cost.params, "acts": cost.acts})


def kept(regime: str, space: str, multiple: float, file: Path = FILE) -> Untrained | None:
    """The moments of a space in a regime at `multiple` x F that a file keeps; None where there are none."""
    row = _kept(file).get((regime, space, multiple))
    if row is None:
        return None
    means, sds = (np.array([row[f"{kind} {name}"] for name in FEATURES], np.float64) for kind in _KINDS)
    value = {name: (float(row[f"mean {name}"]), float(row[f"sd {name}"])) for name in ("params", "e_fit")}
    return Untrained(int(row["draws"]), int(row["distinct"]), means, sds, value)


@lru_cache(maxsize=8)
def _kept(file: Path) -> dict[tuple[str, str, float], dict[Hashable, Any]]:
    """Regime, space and multiple -> the kept row; none where the features have changed since."""
    rows = pd.read_csv(file).to_dict("records") if file.exists() else []
    mark = fingerprint()[:12]
    return {(row["regime"], row["space"], row["multiple"]): row for row in rows if row["features"] == mark}
