"""Ray's side of the driver: reaching a cluster, or starting one on this machine, and leaving it as it was found."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

ANSWER = 5.0  # seconds that a cluster has to answer
_STORE = 80 << 20  # bytes for results on this machine; Ray's least
_HELLO = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0"  # of any HTTP/2 client, which gRPC's are


@contextmanager
def connected(address: str, *, cpus: int, gpus: bool) -> Iterator[ModuleType]:
    """The module `ray`, connected to the cluster at the address, else to one of this machine alone that ends here.

    Where the caller has connected already, that cluster is used and stays.

    Raises:
        ImportError, ConnectionError: as `reach`, or a cluster that refuses.
        ValueError: a GPU is asked for and this machine has none.
    """
    ray = reach(address)
    if ray.is_initialized():
        yield ray
        return
    handler = signal.getsignal(signal.SIGTERM)  # Ray puts its own there, which would end the driver without a word
    try:
        _connect(ray, address, cpus)
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, handler)
    try:
        if gpus and not address and not ray.cluster_resources().get("GPU"):
            raise ValueError("Ray finds no GPU on this machine: leave --gpus out, or give --address of a cluster")
        yield ray
    finally:
        ray.shutdown()


def reach(address: str) -> ModuleType:
    """The module `ray`, once something that may be a cluster has answered at the address.

    Raises:
        ImportError: ray is not installed.
        ConnectionError: nothing answers in time, or no cluster.
        ValueError: no address.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if not address:
        _stay_here()
    try:
        import ray
    except ImportError as error:
        raise ImportError(f"a Ray cluster needs the extra: pip install 'regnet[ray]' ({error})") from None
    place = os.environ.get("RAY_ADDRESS", address) if address == "auto" else address
    if place and place != "auto" and not ray.is_initialized():
        _probe(place)
    return ray


def _stay_here() -> None:
    """Ray of this process on the loopback alone, and its token in no file. Read when ray is imported."""
    os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")  # also on Linux: no cluster, so no other address
    if "RAY_AUTH_MODE" not in os.environ:
        os.environ |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}


def _connect(ray: ModuleType, address: str, cpus: int) -> None:
    here = {"num_cpus": cpus, "object_store_memory": _STORE, "include_dashboard": False}
    try:
        ray.init(address=address or "local", log_to_driver=False, configure_logging=False, **({} if address else here))
    except (OSError, RuntimeError, ValueError, SystemExit, ray.exceptions.RayError) as error:
        said = " ".join(str(error).split()) or type(error).__name__
        where = f"at {address} (with RAY_AUTH_MODE and RAY_AUTH_TOKEN as its nodes have them)" if address else "here"
        raise ConnectionError(f"no Ray cluster {where}: {said}") from None


def _probe(address: str) -> None:
    """Ray itself waits for minutes, and then ends the process."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if address.startswith("ray://") or not host or not port.isdigit():
        raise ValueError(f"a Ray cluster's address is auto or HOST:PORT of its head, as 10.0.0.1:6379, got {address!r}")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=ANSWER) as connection:
            connection.sendall(_HELLO)
            answer = connection.recv(4)
    except (OSError, OverflowError) as error:
        raise ConnectionError(f"no Ray cluster answers at {address}: {error}") from None
    if answer[3:] != b"\4":  # the frame that an HTTP/2 server begins with
        raise ConnectionError(f"what answers at {address} is no Ray cluster: give its head's port, 6379 by default")
