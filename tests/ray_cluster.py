"""Ray clusters of nodes on this machine, for tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ray.cluster_utils import Cluster

HERE = Path(__file__).parent
STORE = 80 << 20


@contextmanager
def started(*nodes: dict[str, Any]) -> Iterator[Cluster]:
    """A cluster of these nodes, the head first, to which this process is connected."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_AUTH_MODE", "disabled")
        patch.setenv("PYTHONPATH", f"{HERE}{os.pathsep}{HERE.parent}")  # of the workers
        import ray
        from ray.cluster_utils import Cluster

        cluster = Cluster()
        try:
            for node in nodes:
                cluster.add_node(object_store_memory=STORE, include_dashboard=False, **node)
            ray.init(address=cluster.address, log_to_driver=False, configure_logging=False)
            yield cluster
        finally:
            ray.shutdown()
            cluster.shutdown()
