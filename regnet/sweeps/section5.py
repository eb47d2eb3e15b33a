"""How the paper trains its final models (sec. 5, App. C): 100 epochs on 8 GPUs, the rate in proportion to the batch."""

from regnet.design.recipe import Recipe
from regnet.design.scalars import BATCH, IMAGES, whole
from regnet.sweeps.regimes import IMAGENET_TRAIN

EPOCHS, WARMUP = 100, 5
PER = 128  # images that rates are stated for


def final_recipe(
    batch: int,
    *,
    epochs: int = EPOCHS,
    efficientnet: bool = False,
    resolution: int = 224,
    data: str = "imagenet",
    images: int = IMAGENET_TRAIN,
    num_classes: int = 1000,
    validation_images: int = 50_000,
) -> Recipe:
    """The recipe of a final model; `images` are those of an epoch.

    Rate 0.1 and weight decay 5e-5 to 128 images, a warm-up of 5 epochs. EfficientNets' 0.2 and 1e-5 are pycls' (Fig 22
    has them without the numbers); its configurations have no warm-up for them, nor for ResNe(X)ts: the text says all.

    >>> final_recipe(1024).lr, final_recipe(256, efficientnet=True).lr
    (0.8, 0.4)
    """
    epochs, images = whole("epochs", epochs), whole("images", images, high=IMAGES)
    batch = whole("batch", batch, high=BATCH)
    rate, decay = (0.2, 1e-5) if efficientnet else (0.1, 5e-5)
    return Recipe(
        data=data, resolution=resolution, num_classes=num_classes, images=epochs * images, batch=batch,
        lr=rate * batch / PER, weight_decay=decay, warmup_images=min(epochs, WARMUP) * images,
        validation_images=validation_images, precision="fp32",
    )  # fmt: skip
