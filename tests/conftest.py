"""What every test gets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def own_lock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A lock for each process of the suite: tests that time run beside tests that train, and beside a user's sweep."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REGNET_LOCK", str(tmp_path_factory.mktemp("lock") / "cores.lock"))
        yield
