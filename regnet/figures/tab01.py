"""Table 1: how many settings each design space has, by exact count (arXiv:2003.13678, Table 1)."""

import pandas as pd

from regnet import published
from regnet.design.spaces import spaces
from regnet.figures.panels.element import Table
from regnet.figures.panels.numerals import under
from regnet.sweeps.store import Runs

CHAPTER = "03-anynet"
NAMES = {
    "AnyNetX_A": "anynetx_a",
    "AnyNetX_B": "anynetx_b",
    "AnyNetX_C": "anynetx_c",
    "AnyNetX_D": "anynetx_d",
    "AnyNetX_E": "anynetx_e",
    "RegNet": "regnetx",
}


def element(runs: Runs) -> Table:
    """Arithmetic: the same in every regime."""
    return Table(
        runs=runs,
        title="Design space summary",
        make=_numbers,
        columns=_columns,
        how=_caption,
        seen=_alt,
        sortable=False,
    )


def _numbers() -> pd.DataFrame:
    """One row a design space: restriction, dimensions, the paper's formula and total, and three exact counts."""
    printed = published.load("paper_table1_design_spaces").set_index("design_space")
    rows = []
    for name, key in NAMES.items():
        space, row = spaces[key], printed.loc[[name]].iloc[0]
        rows.append({
            "space": name,
            "restriction": row["restriction_added"],
            "dims": space.dims,
            "formula (paper)": row["combinations_formula"],
            "total (paper)": f"{float(row['total_printed']):.1e}".replace("e+", "e"),
            "formula, exactly": space.size("printed"),
            "counted with ties": space.size("ties"),
            "counted, strict order": space.size("strict"),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _columns(table: pd.DataFrame) -> pd.DataFrame:
    """Those of the page: the paper's formula over its total, a count with ties over the strict one."""
    return pd.DataFrame({
        **table[["space", "restriction", "dims"]],
        "formula (paper)\ntotal": under(table["formula (paper)"], table["total (paper)"]),
        "formula, exactly": table["formula, exactly"],
        "counted with ties\nstrict order": under(
            *(table[name].map("{:,}".format) for name in ("counted with ties", "counted, strict order"))
        ),
    })  # fmt: skip


def _caption(table: pd.DataFrame) -> str:
    source = published.load("paper_table1_design_spaces")["source"].iloc[0]
    first, last = table["formula, exactly"].iloc[[0, -1]]
    return (
        f"Settings of each design space. Paper: dimensions, formula and total as printed in {source}. Computed here, "
        "in every regime: the formula exactly, and for spaces with an order on w or d the number of settings that "
        "satisfy it with ties allowed (the law sampled here) and without. Dividing by 4! ignores ties. RegNet's "
        f"formula has 64 values for each of d, w_0, w_a and w_m; counted at the steps sampled here, w_a and w_m have "
        f"more. From first to last row the formula falls by a factor of {first / last:.1e}."
    )


def _alt(table: pd.DataFrame) -> str:
    dims = ", ".join(f"{name} {n}" for name, n in table[["space", "dims"]].to_numpy())
    return f"Table of {len(table)} design spaces with the number of settings of each; dimensions: {dims}."
