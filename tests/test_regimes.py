"""Regimes: what populations share."""

import json
from pathlib import Path

import pytest

from regnet.design.complexity import complexity
from regnet.sweeps.experiments import MULTIPLES
from regnet.sweeps.population import Population
from regnet.sweeps.regimes import DEFAULT, find_regime, regimes
from regnet.sweeps.sheet_names import is_population

SEALED = Path(__file__).resolve().parents[1] / "runs"


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


def test_the_default_regime_is_the_book_s_unless_the_environment_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("REGNET_REGIME", raising=False)
    assert find_regime().name == DEFAULT == "natural"
    monkeypatch.setenv("REGNET_REGIME", "smoke")
    assert find_regime().name == "smoke"
    assert find_regime("imagenet").name == "imagenet"


def test_an_unknown_regime_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match="pocket"):
        find_regime("poket")


@pytest.mark.parametrize("regime", ["pocket", "natural"])
def test_the_recipes_of_every_sealed_population_are_those_of_its_regime(regime: str) -> None:
    names = [path.stem for path in (SEALED / regime).glob("*.json") if is_population(path.stem)]
    assert len(names) > 30
    for name in names:
        said = json.loads((SEALED / regime / f"{name}.json").read_text(encoding="utf-8"))["recipe_hash"]
        assert said == Population.parse(name, regime).recipe.hash, name


@pytest.mark.parametrize("multiple", MULTIPLES)
def test_the_natural_regime_takes_colour_at_32_pixels_and_has_networks_in_every_window(multiple: float) -> None:
    natural = regimes["natural"]
    recipe, stem = natural.recipe(), natural.stem
    assert recipe.data == f"tiny-imagenet-{recipe.num_classes}"
    assert (natural.resolution, recipe.final_gamma, recipe.precision) == (32, 0.0, "bf16")
    assert (stem.kernel, stem.stride, stem.width, stem.channels) == (3, 1, 16, 3)
    low, high = natural.window(multiple)
    for space in ("anynetx_a", "regnetx"):
        for draw in Population(space, "natural", multiple).draws(3):
            assert low <= complexity(draw.network, 32, natural.num_classes).flops <= high
