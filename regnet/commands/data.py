"""`regnet data`: fetching a data set that no package brings."""

from typing import Annotated

import typer

NAMES = ("tiny-imagenet",)


def data(
    name: Annotated[str, typer.Argument(help="tiny-imagenet")],
    url: Annotated[str, typer.Option(help="another address of the same archive", hidden=True)] = "",
) -> None:
    """Fetch a data set, check that it is whole and unpack it in the folder that REGNET_DATA names.

    Tiny-ImageNet is 248 MB, under ImageNet's terms (non-commercial research); nothing of it belongs in this project.
    """
    if name not in NAMES:
        raise ValueError(f"no data set {name!r} to fetch, expected {' or '.join(NAMES)}")
    from regnet.training import tiny_imagenet_archive as archive

    typer.echo(f"Tiny-ImageNet lies in {archive.fetch(archive.destination(), url or archive.URL)}")
