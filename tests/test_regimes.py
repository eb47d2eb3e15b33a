"""Regimes: what populations share."""

import pytest

from regnet.sweeps.regimes import find_regime, regimes


def test_the_imagenet_regime_has_the_papers_settings() -> None:
    paper = regimes["imagenet"]
    recipe = paper.recipe()
    assert (recipe.lr, recipe.batch, recipe.weight_decay, recipe.momentum) == (0.05, 128, 5e-5, 0.9)
    assert recipe.images == 10 * 1_281_167  # ten epochs
    assert (paper.resolution, paper.num_classes, paper.stem.width) == (224, 1000, 32)
    assert paper.window() == (360e6, 400e6)


def test_a_longer_training_keeps_the_share_of_its_warm_up_and_everything_else() -> None:
    short, long = regimes["pocket"].recipe(1), regimes["pocket"].recipe(5)
    assert (long.images, long.warmup_images) == (5 * short.images, 5 * short.warmup_images)
    assert (long.lr, long.batch, long.validation_images) == (short.lr, short.batch, short.validation_images)
    assert long.hash != short.hash


def test_a_length_that_the_regime_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match=r"one of \(1, 2, 5, 8\).*got 3"):
        regimes["pocket"].recipe(3)


def test_the_default_regime_is_pocket_unless_the_environment_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REGNET_REGIME", raising=False)
    assert find_regime().name == "pocket"
    monkeypatch.setenv("REGNET_REGIME", "smoke")
    assert find_regime().name == "smoke"
    assert find_regime("imagenet").name == "imagenet"


def test_an_unknown_regime_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match="pocket"):
        find_regime("poket")
