"""Every printed number that counting does not give, over the paper's models, and why (Figs 15, 16, Tables 3, 4).

A reason is given only where code finds one: EfficientNet's own paper has the number, it is the count rounded twice, or
the other rule for activations gives it. Where one digit differs a misprint is likely, and no more is known.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

from regnet import published
from regnet.figures.numbers import published_models
from regnet.figures.numbers.published_models import DIGITS, Cell, Model
from regnet.figures.panels.element import Table
from regnet.sweeps.store import Runs

CHAPTER = "08-zoo"
MISPRINT, UNKNOWN = "one digit differs, as in a misprint", "no reason found"
PRINTED = 36  # models with flops, parameters and activations in the paper


def element(runs: Runs) -> Table:
    """One row a cell that differs, under one rule for activations or both; then batch sizes. For every regime."""
    return Table(
        runs=runs, title="Printed numbers that counting does not give", make=_numbers, columns=_columns, how=_caption,
        seen=_alt,
    )  # fmt: skip


def _numbers() -> pd.DataFrame:
    """One row a printed cell of every model: printed, counted by both rules, pycls' of 2023, why it differs."""
    rows = []
    for model in published_models.models():
        rows += [_row(model, cell) for cell in model.cells()]
        printed, configured = model.batch_sizes()
        other = printed != configured
        rows.append({
            "model": model.name, "quantity": "batch", "printed": printed, "counted": None, "pycls_rule": None,
            "pycls": configured, "differs": other, "differs_pycls_rule": other,
            "why": "pycls' configuration has another batch size" if other else "",
        })  # fmt: skip
    return pd.DataFrame(rows)


def _differing(every: pd.DataFrame) -> pd.DataFrame:
    return every[every["differs"] | every["differs_pycls_rule"]]


def _columns(every: pd.DataFrame) -> pd.DataFrame:
    columns = {"printed": "paper", "counted": "counted here", "pycls_rule": "by pycls' rule", "pycls": "pycls 2023"}
    shown = _differing(every)[["model", "quantity", *columns, "why"]].rename(columns=columns)
    for name in ("paper", "pycls 2023"):
        shown[name] = [f"{value:.{DIGITS}f}" if value < 100 or value % 1 else f"{value:.0f}" for value in shown[name]]
    for name in ("counted here", "by pycls' rule"):
        shown[name] = ["" if pd.isna(value) else f"{value:.3f}" for value in shown[name]]
    return shown


def _row(model: Model, cell: Cell) -> dict[str, object]:
    return {
        "model": model.name, "quantity": f"{cell.quantity} ({cell.unit})", "printed": cell.printed,
        "counted": cell.counted, "pycls_rule": cell.wide, "pycls": cell.pycls, "differs": cell.differs,
        "differs_pycls_rule": cell.differs_wide, "why": why(model, cell),
    }  # fmt: skip


def why(model: Model, cell: Cell) -> str:
    """The rule that gives the printed number where the count does not; "" where nothing differs."""
    if not cell.differs:
        return _other_rule(model) if cell.differs_wide else ""
    if cell.printed == _reported(model, cell):
        return "the number that EfficientNet's paper reports (arXiv:1905.11946, Table 2)"
    if cell.printed == _twice(cell.counted):
        return f"the count rounded twice: {cell.counted:.3f}, {cell.counted:.2f}, {cell.printed:.{DIGITS}f}"
    if _one_digit(cell):
        return f"{MISPRINT}: {cell.printed:.{DIGITS}f} for {cell.counted:.{DIGITS}f}"
    return UNKNOWN


def _other_rule(model: Model) -> str:
    more = model.counts.acts - model.counts.conv_acts
    stem = model.net.stem
    pooled = " the stem's max-pool and" if getattr(stem, "pool", False) else ""
    return f"as printed if convolutions alone count; pycls adds{pooled} the logits, {more:,} elements"


def _reported(model: Model, cell: Cell) -> float | None:
    """What EfficientNet's own paper has, at the digits printed here."""
    table = published.load("efficientnet_table2").set_index("model")
    column = f"{cell.quantity}_{cell.unit}"
    if model.name not in table.index or column not in table:
        return None
    return round(float(table[column].loc[model.name]), DIGITS)


def _twice(value: float) -> float:
    """Rounded half up to one digit more than printed, then to the printed one.

    >>> _twice(44.549), _twice(44.544)
    (44.6, 44.5)
    """
    once = Decimal(repr(value)).quantize(Decimal(10) ** -(DIGITS + 1), ROUND_HALF_UP)
    return float(once.quantize(Decimal(10) ** -DIGITS, ROUND_HALF_UP))


def _one_digit(cell: Cell) -> bool:
    a, b = (f"{value:.{DIGITS}f}" for value in (cell.printed, cell.counted))
    return len(a) == len(b) and sum(x != y for x, y in zip(a, b, strict=True)) == 1


def _caption(every: pd.DataFrame) -> str:
    """How many cells were counted, how many differ under either rule, and what the columns are."""
    cells = every[every["quantity"] != "batch"]
    n = cells["model"].nunique()
    of = f"all {n}" if n == PRINTED else f"{n} of the {PRINTED}"
    unknown = int((cells["why"] == UNKNOWN).sum())
    misprints = int(cells["why"].str.startswith(MISPRINT).sum())
    return (
        f"Flops, parameters and activations of {of} models of the paper, {len(cells)} cells, counted from the networks "
        f"and rounded to the printed digit: {int(cells['differs'].sum())} differ if activations are the outputs of "
        f"convolutions, as the paper says, {int(cells['differs_pycls_rule'].sum())} if they are counted as pycls does. "
        f"Likely misprints: {misprints}; no reason found: {unknown}. Batch sizes unlike pycls' configurations: "
        f"{int(every.loc[every['quantity'] == 'batch', 'differs'].sum())}. Last column of numbers: pycls' own table of "
        f"2023; its first, of April 2020, equals the paper in {_first_zoo(cells)} of these {len(cells)} cells."
    )


def _first_zoo(cells: pd.DataFrame) -> int:
    """In how many cells pycls' first table, of April 2020, has the paper's number."""
    first = published.load("pycls_model_zoo_2020-04-15").set_index("model")
    columns = [name.replace(" (B)", "_G").replace(" (M)", "_M") for name in cells["quantity"]]
    found = [float(first.loc[model, column]) for model, column in zip(cells["model"], columns, strict=True)]
    return int((cells["printed"] == found).sum())


def _alt(every: pd.DataFrame) -> str:
    models = _differing(every)["model"]
    return f"Table of {len(models)} printed numbers beside the counts: {', '.join(models.unique())}."
