"""The learning rate of each step."""

import math

from regnet.design.recipe import Recipe

WARMUP_START = 0.1  # of the rate


def rate(recipe: Recipe, step: int) -> float:
    """Learning rate of a step, from 0: half a cosine, times a ramp from 0.1 to 1 over the warm-up.

    >>> recipe = Recipe(data="fashion-mnist", resolution=28, images=1280, warmup_images=256, lr=1.0)
    >>> [round(rate(recipe, step), 3) for step in (0, 1, 5, 9)]
    [0.1, 0.537, 0.5, 0.024]
    """
    seen = step * recipe.batch
    ramp = 1.0
    if seen < recipe.warmup_images:
        ramp = WARMUP_START + (1 - WARMUP_START) * seen / recipe.warmup_images
    return recipe.lr * ramp * 0.5 * (1 + math.cos(math.pi * step / recipe.steps))
