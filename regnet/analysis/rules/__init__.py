"""The rules by which a claim is judged: which populations are compared, on what, and how.

A rule turns evidence into parts. A claim of several parts is supported only if each part is, contradicted if any is.
v1: `means`, `members`, `trends`; v2: `adjusted_means`, `best`, `control`, `paired`, `regret`; both: the others
(`rule_sets.py`).
Rules of the family "difference" test against no difference, those of "equivalence" against the regime's margin; the
others, which read printed numbers or have no p, are not adjusted.
"""
