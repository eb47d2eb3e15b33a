"""Kernels that go on from chapter to chapter, and the chapters that end one."""

import json
import subprocess
import sys
from pathlib import Path

from jupyter_cache import get_cache

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
# in a process of its own, as the build does: nbclient leaves the event loop of every thread open
EXECUTE = """
import sys
from pathlib import Path
from regnet.chapters.kernels import execute
here = Path(sys.argv[1])
execute(here / "cache", sorted(here.glob("*.ipynb")), timeout=3, workers=1)
"""


def write(path: Path, source: str) -> None:
    cell: dict[str, object] = {
        "cell_type": "code",
        "id": "a",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "source": source,
    }
    content = {"cells": [cell], "metadata": {"kernelspec": KERNEL}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(content))


def test_a_chapter_that_fails_dies_or_hangs_is_left_out_and_the_others_are_executed(tmp_path: Path) -> None:
    sources = ["left = 1", "raise ValueError", "import os; os._exit(1)", "assert 'left' not in dir()",
               "import time; time.sleep(60)", "left = 2"]  # fmt: skip
    for number, source in enumerate(sources):
        write(tmp_path / f"{number}.ipynb", source)
    done = subprocess.run([sys.executable, "-c", EXECUTE, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    cached = get_cache(tmp_path / "cache").list_cache_records()
    assert sorted(Path(record.uri).name for record in cached) == ["0.ipynb", "3.ipynb", "5.ipynb"]
