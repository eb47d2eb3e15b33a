"""The book's pages, with the evidence of a regime."""

import os
from pathlib import Path

from regnet.chapters.contents import book_folder, chapters
from regnet.sweeps.folders import CHECKOUT
from regnet.sweeps.regimes import find_regime


def build(regime: str = "") -> Path | None:
    """Builds the pages as `jupyter-book build -W -n --keep-going book/` does; the first page, None if that fails.

    They go to `_build/html`, those of a named regime to `_build/<regime>/html` with doctrees and cached outputs of
    their own beside them.

    Raises:
        ValueError: no such regime.
        ImportError: the extra `book` is not installed.
        FileNotFoundError: the package is installed without its checkout.
    """
    book = book_folder()
    if regime:
        regime = os.environ["REGNET_REGIME"] = find_regime(regime).name  # for the extension and for the kernels
    chapters(book)  # names the extra that is missing
    from jupyter_book.sphinx import build_sphinx  # type: ignore[import-untyped]

    target = CHECKOUT / "_build" / regime / "html"
    result = build_sphinx(
        book,
        target,
        path_config=CHECKOUT / "_config.yml",
        noconfig=True,
        confoverrides={
            "external_toc_path": (book / "_toc.yml").as_posix(),
            "latex_individualpages": False,
            "nitpicky": True,
        },
        warningiserror=True,
        keep_going=True,
    )
    if isinstance(result, KeyboardInterrupt):
        raise result
    return None if result else target / "index.html"
