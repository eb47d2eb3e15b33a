"""Equations carry the paper's numbers: 1 to 4, each shown once, and called by its number wherever it is cited."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np

from regnet.analysis.edf import edf
from regnet.design.regnet import RegNet

ROOT = Path(__file__).resolve().parents[1]
PAPER = {"eq-edf": 1, "eq-line": 2, "eq-exponent": 3, "eq-quantised": 4}  # arXiv:2003.13678, secs 3.1 and 3.3


def prose() -> str:
    """Every chapter's text."""
    cells = [cell for path in sorted(ROOT.glob("book/*.ipynb")) for cell in json.loads(path.read_text())["cells"]]
    return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


def test_the_papers_equations_are_shown_once_each_with_its_numbers() -> None:
    shown = re.findall(r"\((eq-[a-z]+)\)=\n\$\$\n[^$]*\\tag\{(\d+)\}\n\$\$", prose())
    assert {name: int(number) for name, number in shown} == PAPER
    assert len(shown) == len(re.findall(r"\\tag\{", prose())) == len(PAPER)


def test_no_equation_has_a_number_of_the_books_own() -> None:
    assert not re.findall(r"^\$\$ \(.*\)$|\{eq\}", prose(), re.MULTILINE)


def test_a_reference_says_the_number_that_the_equation_shows() -> None:
    cited = re.findall(r"\{ref\}`Eq\. (\d+) <(eq-[a-z]+)>`", prose())
    assert cited
    assert all(PAPER[name] == int(number) for number, name in cited)


def test_code_cites_no_equation_that_the_paper_does_not_number() -> None:
    files = [*ROOT.glob("regnet/**/*.py"), *ROOT.glob("book/_static/*.js")]
    cited = [number for path in files for number in re.findall(r"\bEqs? (\d+)|\bEq\. (\d+)", path.read_text())]
    numbers = {int(one or other) for one, other in cited}
    assert numbers == set(PAPER.values())


def test_the_numbered_equations_are_what_the_code_computes() -> None:
    net = RegNet(d=16, w_a=27.89, w_0=48, w_m=2.09, g=8)
    j, line = np.arange(net.d), net.line()
    assert np.allclose(line, net.w_0 + net.w_a * j)
    exact = np.log(line / net.w_0) / np.log(net.w_m)
    assert np.abs(net.exponents() - exact).max() <= 0.5
    errors, share = edf(np.array([20.0, 30.0, 40.0]))
    assert (errors.tolist(), share.tolist()) == ([20.0, 30.0, 40.0], [0.0, 1 / 3, 2 / 3])
