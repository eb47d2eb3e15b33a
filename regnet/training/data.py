"""What trainings read, by the name that a recipe gives it: data sets in memory, ImageNet as a stream of files.

`source(name)` gives either as a `Source`, which is all that a training knows of its data. `REGNET_DATA` names the
folder where they lie, several side by side if wanted; each module says what it looks for there. A recipe may name a
folder of images instead, which lies where the recipe says.
"""

from regnet.design.recipe import ImageFolder
from regnet.training import fashion_mnist, image_folder, imagenet, tiny_imagenet
from regnet.training.images import DataSet, Images, Source


def source(name: str, folder: ImageFolder | None = None) -> Source:
    """What a recipe's `data` names, or the images of its `folder`.

    Raises:
        ValueError: an unknown name, or files that are not the known ones.
        FileNotFoundError: the data set is not on this machine; the message says how to have it.
    """
    if folder:
        return image_folder.source(name, folder)
    return imagenet.find() if name == imagenet.NAME else load(name)


def load(name: str) -> DataSet:
    """The training and validation images of a data set in memory, read once a process. Raises as `source` does."""
    if classes := tiny_imagenet.classes_of(name):
        return tiny_imagenet.load(classes)
    _check(name)
    return fashion_mnist.load(name)


def load_test(name: str) -> Images:
    """The test images of a data set in memory, for final models only. Raises as `load` does."""
    if classes := tiny_imagenet.classes_of(name):
        return tiny_imagenet.load_test(classes)
    _check(name)
    return fashion_mnist.load_test(name)


def sha256(name: str, folder: ImageFolder | None = None) -> str:
    """Hexadecimal SHA-256 that names the data; raises as `source` does.

    Of ImageNet's files it takes names and sizes, of Fashion-MNIST's the known digests, of Tiny-ImageNet's all bytes;
    of a folder's all bytes, where it is kept in memory.
    """
    if folder:
        return image_folder.sha256(name, folder)
    if name == imagenet.NAME:
        return imagenet.find().sha256
    if classes := tiny_imagenet.classes_of(name):
        return tiny_imagenet.sha256(classes)
    _check(name)
    return fashion_mnist.sha256(name)


def _check(name: str) -> None:
    if name not in fashion_mnist.NAMES:
        known = ", ".join((*fashion_mnist.NAMES, tiny_imagenet.NAMES))
        raise ValueError(
            f"unknown data set {name!r}, expected one of {known}, or imagenet, which is not kept in memory"
        )
