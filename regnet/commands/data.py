"""`regnet data`: fetching a data set that no package brings."""

from typing import Annotated

import typer

NAMES = ("tiny-imagenet",)
OWN = """\
Images of your own are a regime by a folder for each class and a small file. The folder, wherever it lies:

  flowers/train/rose/*.jpg   flowers/val/rose/*.jpg   flowers/test/rose/*.jpg (only for regnet finals)
  flowers/train/tulip/*.jpg  flowers/val/tulip/*.jpg  flowers/test/tulip/*.jpg

The file flowers.toml, beside the folder:

  name = "flowers"
  data = "flowers"
  resolution = 32

Then regnet sweep flowers.toml anynetx_a regnetx -n 50, and the file wherever a regime's name is taken. What it leaves
out is found in the images or is natural's:

{keys}"""


def data(
    name: Annotated[str, typer.Argument(help="tiny-imagenet; left out, how to lay out images of your own")] = "",
    url: Annotated[str, typer.Option(help="another address of the same archive", hidden=True)] = "",
) -> None:
    """Fetch a data set, check that it is whole and unpack it where REGNET_DATA says; or say how to bring your own.

    Tiny-ImageNet is 248 MB, under ImageNet's terms (non-commercial research); nothing of it belongs in this project.
    """
    if not name:
        from regnet.sweeps.regime_keys import KEYS, NEEDED

        more = {key: about.expected for key, about in KEYS.items() if key not in NEEDED}
        typer.echo(OWN.format(keys="\n".join(f"  {key:18} {expected}" for key, expected in more.items())))
        return
    if name not in NAMES:
        raise ValueError(f"no data set {name!r} to fetch, expected {' or '.join(NAMES)}")
    from regnet.training import tiny_imagenet_archive as archive

    typer.echo(f"Tiny-ImageNet lies in {archive.fetch(archive.destination(), url or archive.URL)}")
