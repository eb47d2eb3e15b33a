"""From arrays and frames to values: distributions, best ranges, fits, comparisons and the ledger of claims."""

from regnet.analysis.bootstrap import BestRange, best_range, best_weight, weights
from regnet.analysis.claims import CLAIMS, Claim
from regnet.analysis.compare import Comparison, better, holm, no_difference, no_worse, power
from regnet.analysis.edf import edf, steps
from regnet.analysis.linear_fit import Fit, e_fit, fit_population, fit_quantized_linear
from regnet.analysis.random_search import band, expected_best
from regnet.analysis.verdicts import Judgement, judge, ledger, seed_sd

__all__ = [
    "CLAIMS",
    "BestRange",
    "Claim",
    "Comparison",
    "Fit",
    "Judgement",
    "band",
    "best_range",
    "best_weight",
    "better",
    "e_fit",
    "edf",
    "expected_best",
    "fit_population",
    "fit_quantized_linear",
    "holm",
    "judge",
    "ledger",
    "no_difference",
    "no_worse",
    "power",
    "seed_sd",
    "steps",
    "weights",
]
