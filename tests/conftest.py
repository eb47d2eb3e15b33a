"""What every test gets."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from regnet.chapters import printed

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")  # a busy one makes no example wrong

# A shell's `&` and nohup start what they start with SIGINT ignored, and its children inherit that: the commands that
# tests start and interrupt would not hear it.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def own_lock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A lock for each process of the suite: tests that time run beside tests that train, and beside a user's sweep."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REGNET_LOCK", str(tmp_path_factory.mktemp("lock") / "cores.lock"))
        yield


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where the browser is. Without one what needs it is skipped, where nobody would see that an error."""
    try:
        return printed.browser()
    except printed.NotPrinted as reason:
        if os.environ.get("CI"):
            pytest.fail(str(reason))
        pytest.skip(str(reason))
