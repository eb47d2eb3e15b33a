"""The ledger's claims, in the paper's order; each rule was fixed before its evidence was seen."""

from regnet.analysis.claims.claim import JUDGING_N, LONG_N, Claim, Kind
from regnet.analysis.claims.generalisation import GENERALISATION
from regnet.analysis.claims.section3 import SECTION3
from regnet.analysis.claims.section4 import SECTION4
from regnet.analysis.claims.section5 import SECTION5

__all__ = ["CLAIMS", "JUDGING_N", "LONG_N", "Claim", "Kind"]

CLAIMS = (*SECTION3, *GENERALISATION, *SECTION4, *SECTION5)
