"""How the second rules do in simulations: how often they err where nothing is, and decide where something is."""

from pathlib import Path

import pandas as pd

from regnet import analysis
from regnet.page.records import Table

FILE = Path(analysis.__file__).with_name("rule_power.csv")
NAMES = {
    "better": "Better",
    "P(e_a < e_b)": "Better, one by one",
    "no such effect": "No such effect",
    "no difference": "No difference",
    "no worse": "No worse",
    "one setting for all": "One setting for all",
    "32 suffice": "Few suffice",
    "best fifth's share": "The best have",
    "widens given w_4": "Widens",
    "best grow": "Grows",
    "best are": "Is about",
}
"""A rule of the simulations as the ledger names it."""


def simulated() -> Table:
    """One row a rule: in which share of simulations it decides, from the least to the most of its cases.

    A case is some populations and a truth about them. Where something is there to find, the shares with a case's fewest
    and with its most networks stand apart.
    """
    every, rows = pd.read_csv(FILE), []
    for rule, name in NAMES.items():
        own = every[every["rule"] == rule]
        nothing, something = own[own["level"].notna()], own[own["level"].isna()]
        row: dict[str, object] = {"rule": name, "cases": own.groupby(["populations", "truth"]).ngroups}
        row["may err"] = "" if nothing.empty else f"{100 * nothing['level'].max():g}%"
        row["errs"] = _span(nothing["share"])
        decided = something.groupby(["populations", "truth", "n"])["share"].max().reset_index("n")
        by_case = decided.groupby(["populations", "truth"])["n"]
        for title, n in (("few", by_case.transform("min")), ("many", by_case.transform("max"))):
            at = decided[decided["n"] == n]
            sizes = " or ".join(map(str, sorted(at["n"].unique())))
            row[f"decides, {title}\nnetworks"] = f"{_span(at['share'])}\n{sizes}" if sizes else ""
        rows.append(row)
    return Table(pd.DataFrame(rows), "What simulations say of the rules")


def _span(shares: "pd.Series[float]") -> str:
    """The least and the most, in percent; empty of none.

    >>> _span(pd.Series([0.005, 0.11])), _span(pd.Series([0.5]))
    ('0.5 to 11%', '50%')
    """
    if shares.empty:
        return ""
    low, high = (f"{round(100 * value, 1):g}" for value in (shares.min(), shares.max()))
    return f"{high}%" if low == high else f"{low} to {high}%"
