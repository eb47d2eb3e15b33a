"""`regnet book`: the pages of another regime beside those of the default one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from bs4 import BeautifulSoup
from sealed_runs import seal_population
from test_book import STRICT, build, small

__all__ = ["small"]  # the fixture: a copy of the book with one chapter, built for pocket


def regnet_book(root: Path, *arguments: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("REGNET_")}
    command = [sys.executable, "-m", "regnet.cli", "book", *arguments]
    done = subprocess.run(
        command, cwd=root, env=environment | {"PYTHONPATH": str(root)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def caption(pages: Path) -> str:
    return BeautifulSoup((pages / "chapter.html").read_text(), "html.parser").select_one("#fig02 figcaption").text


def test_a_regimes_pages_and_cached_outputs_stand_beside_the_default_ones(small: Path) -> None:
    seal_population(small, "anynetx_a", 3, regime="smoke")
    assert build(small, *STRICT).returncode == 0
    caches = sorted((small / "_build" / ".jupyter_cache").iterdir())
    first = small / "_build" / "smoke" / "html" / "index.html"
    assert f"The book: {first}" in regnet_book(small, "smoke")
    assert first.is_file()
    assert "n = 3" in caption(first.parent)
    assert "n = 8" in caption(small / "_build" / "html")
    assert sorted((small / "_build" / ".jupyter_cache").iterdir()) == caches
    assert "0 of 1 chapters executed" in regnet_book(small)  # as `make book` left it
    assert "n = 8" in caption(small / "_build" / "html")
