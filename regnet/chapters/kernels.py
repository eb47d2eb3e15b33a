"""Chapters executed into the book's cache by kernels that go on from chapter to chapter.

A chapter takes a second or two, a new kernel three: it imports everything and judges every claim again. So one kernel a
core executes one chapter after the other, each in an emptied namespace.
"""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from regnet import machine
from regnet.chapters.contents import cells_of

if TYPE_CHECKING:
    from nbformat import NotebookNode

Chapter = tuple[Path, "NotebookNode"]
EMPTY = "%reset -f"  # the namespace, not the modules


def execute(folder: Path, chapters: Sequence[Path], timeout: int, workers: int = 0) -> int:
    """Executes the chapters that the cache in `folder` lacks, by as many kernels as there are cores; how many.

    One that fails is left out: MyST-NB executes it again when its page is made, and reports.
    """
    import nbformat
    from jupyter_cache import get_cache
    from jupyter_cache.base import CacheBundleIn

    cache, waiting = get_cache(folder), SimpleQueue[Chapter]()
    for path in chapters:
        cells_of(path)  # nbformat would name no file
        notebook = nbformat.read(path, nbformat.NO_CONVERT)  # type: ignore[no-untyped-call]
        try:
            cache.match_cache_notebook(notebook)
        except KeyError:
            waiting.put((path, notebook))
    lacking = waiting.qsize()
    kernels = min(workers or machine.cores(), lacking)
    if not kernels:
        return 0
    with ThreadPoolExecutor(kernels) as pool:
        for done in pool.map(lambda _: list(_executed(waiting, timeout)), range(kernels)):
            for (path, notebook), seconds in done:
                bundle = CacheBundleIn(notebook, str(path), data={"execution_seconds": seconds})
                cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
    return lacking


def _executed(waiting: SimpleQueue[Chapter], timeout: int) -> Iterator[tuple[Chapter, float]]:
    """What one kernel makes of the queue: chapters with their outputs, and the seconds each took."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    kernel: NotebookClient | None = None
    try:
        while True:
            path, notebook = waiting.get_nowait()
            where = {"metadata": {"path": str(path.parent)}}
            client = NotebookClient(notebook, timeout=timeout, resources=where, record_timing=False)
            start = time.monotonic()
            if kernel is None:
                kernel = client
            else:
                client.km, client.kc = kernel.km, kernel.kc
                client.nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(EMPTY)])  # type: ignore[no-untyped-call]
                client.execute(cleanup_kc=False)
                client.nb = notebook
            try:
                client.execute(cleanup_kc=False)
            except CellExecutionError:
                continue
            except (CellTimeoutError, DeadKernelError):  # the next chapter needs another kernel
                kernel._cleanup_kernel()
                kernel = None
                continue
            yield (path, notebook), time.monotonic() - start
    except Empty:
        return
    finally:
        if kernel is not None:
            kernel._cleanup_kernel()
