"""Arguments and options that several commands have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from regnet.sweeps.engine import Engine

REGIMES = "smoke, pocket, natural, imagenet, or a file of your own, as my.toml"


def regime_name(given: str) -> str:
    """The name of the regime that was given, by its name or its file; "" stays."""
    from regnet.sweeps.regimes import find_regime

    return find_regime(given).name if given else given


def _named(given: str) -> str:
    if not given:
        raise ValueError(f"the regime is empty: {REGIMES} expected")
    return regime_name(given)


Regime = Annotated[str, typer.Argument(help=REGIMES, callback=_named)]
Populations = Annotated[list[str] | None, typer.Argument(help="as anynetx_a or regnetx-6mf-l2")]
Workers = Annotated[int, typer.Option(help="processes on this machine, one thread each")]
Device = Annotated[str, typer.Option(help="cpu, or cuda:0,cuda:1 to share among the workers")]
EngineName = Annotated[str, typer.Option("--engine", help="local: this machine's processes; ray: a cluster's tasks")]
Address = Annotated[
    str, typer.Option(help="ray: auto, or HOST:PORT of the cluster's head [default: this machine]", show_default=False)
]
Cpus = Annotated[int, typer.Option(help="ray: cores of a training")]
Gpus = Annotated[float, typer.Option(help="ray: share of a GPU for a training, as 0.25")]
ShardText = Annotated[
    str, typer.Option("--shard", help="I/N, as 3/16: only every N-th training, for job I of N", show_default=False)
]
Trainer = Annotated[
    str, typer.Option(help="native or torch: what trains [default: native where it can]", show_default=False)
]


def engine_of(engine: str, *, workers: int, device: str, address: str = "", cpus: int = 1, gpus: float = 0.0) -> Engine:
    """The engine that the options name.

    Raises:
        ValueError: another name, an option of the other engine, or a number that is none.
        ImportError, ConnectionError: as `Ray.check`.
    """
    from regnet.sweeps.engine import Local, Ray

    if engine == "local":
        if address or cpus != 1 or gpus:
            raise ValueError("--address, --cpus and --gpus are for --engine ray")
        return Local(workers=workers, devices=tuple(device.split(",")))
    if engine != "ray":
        raise ValueError(f"--engine must be local or ray, got {engine!r}")
    if device != "cpu":
        raise ValueError(f"--engine ray gives each training its GPU: --gpus 1 or a share instead of --device {device}")
    cluster = Ray(address, workers, cpus, gpus)
    cluster.check()
    return cluster
