"""Sphinx extension of this book: nothing stale, nothing damaged, no installation needed.

Jupyter-cache knows a notebook by its code alone, so a changed library or a new run would leave old numbers on the
page. Here the cache lives in a folder named by a hash of all that a chapter reads (`regnet.chapters.state`); a changed
hash executes every chapter again, a hash seen before finds its outputs. Before that, every sealed population is
compared with its SHA-256.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

logger = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parents[2]
KEPT = 4  # caches of as many states of library and runs

sys.path.insert(0, str(ROOT))
from regnet.chapters.kernels import execute as fill_cache  # noqa: E402
from regnet.chapters.state import state  # noqa: E402
from regnet.sweeps import timings  # noqa: E402
from regnet.sweeps.folders import runs_folder  # noqa: E402
from regnet.sweeps.regimes import find_regime, regimes  # noqa: E402
from regnet.sweeps.sheet_names import names_of, sheet_at  # noqa: E402
from regnet.sweeps.sheets import read_sealed  # noqa: E402


def setup(app: Sphinx) -> dict[str, bool | str]:
    """Connects the steps; called by Sphinx."""
    app.connect("config-inited", prepare, priority=1)
    app.connect("builder-inited", execute)
    app.connect("env-get-outdated", outdated)
    app.connect("build-finished", prune)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True, "env_version": 1}


def prepare(app: Sphinx, config: Config) -> None:
    """Verifies the runs, lets kernels import the library from this checkout, and names the cache."""
    verify()
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    cache = Path(app.outdir).parent / ".jupyter_cache" / state(find_regime().name, runs_folder())
    cache.mkdir(parents=True, exist_ok=True)
    os.utime(cache)
    config["nb_execution_cache_path"] = str(cache)


def verify() -> None:
    """Ends the build, in one line, where there are no runs, or at a file in them that is damaged or no sheet's."""
    try:
        if not (runs := runs_folder()).is_dir():
            raise FileNotFoundError(
                f"no folder of runs {runs}: REGNET_RUNS names another, or without it a checkout has its own"
            )
        for regime in regimes:
            folder = runs / regime
            for name in names_of((path for end in ("csv", "json") for path in folder.glob(f"*.{end}")), regime):
                sheet = sheet_at(name, regime, work=folder, runs=folder)
                if not read_sealed(sheet).info:
                    raise FileNotFoundError(f"{sheet.json} is there, its CSV is not: restore both")
        timings.read(runs)
    except (ValueError, OSError) as damage:
        raise SystemExit(
            f"regnet: the book is not built: {damage}"
        ) from None  # Jupyter Book shows all else as a traceback


def execute(app: Sphinx) -> None:
    """Executes the chapters that the cache does not have, before MyST-NB would, one after the other."""
    chapters = [Path(app.srcdir) / f"{name}.ipynb" for name in sorted(app.project.discover())]
    found = [path for path in chapters if path.exists()]
    count = fill_cache(Path(app.config["nb_execution_cache_path"]), found, app.config["nb_execution_timeout"])
    logger.info("%d of %d chapters executed", count, len(found))


def outdated(app: Sphinx, env: BuildEnvironment, *_: set[str]) -> list[str]:
    """Every page, where the key is not the last build's."""
    last, now = getattr(env, "regnet_key", None), Path(app.config["nb_execution_cache_path"]).name
    env.regnet_key = now  # type: ignore[attr-defined]
    return [] if last == now else sorted(env.found_docs)


def prune(app: Sphinx, exception: Exception | None) -> None:
    """Keeps the last few caches."""
    del exception
    caches = sorted((Path(app.outdir).parent / ".jupyter_cache").iterdir(), key=lambda path: path.stat().st_mtime)
    for cache in caches[:-KEPT]:
        shutil.rmtree(cache)
