"""Import time, each statement in a fresh process, in turns; seconds, median of several.

    python benchmarks/imports.py [--repeats 7]

Expected: `import regnet` within a tenth of a second of an empty interpreter, a space in a fraction of torch's import.
Takes half a minute.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from statistics import median

STATEMENTS = {
    "nothing": "pass",
    "import regnet": "import regnet",
    "a design space": "import regnet; regnet.spaces['anynetx_a']",
    "a population": "import regnet; regnet.load",
    "the command line": "import regnet.cli",
    "import pandas": "import pandas",
    "import torch": "import torch",
}


def seconds(statement: str) -> float:
    """Wall time of one process that runs the statement."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=7)
    repeats = parser.parse_args().repeats
    for statement in STATEMENTS.values():
        seconds(statement)  # fills the disk's cache
    turns = [{name: seconds(statement) for name, statement in STATEMENTS.items()} for _ in range(repeats)]
    for name in STATEMENTS:
        print(f"{name:18} {median(turn[name] for turn in turns):7.3f} s")


if __name__ == "__main__":
    main()
