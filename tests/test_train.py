import dataclasses
import math

import pytest
import torch

from regnet.design.networks import AnyNet, EfficientNet, MBStage, Stage, Stem
from regnet.design.recipe import Recipe
from regnet.design.staged import Activation
from regnet.design.zoo import zoo
from regnet.training import build, data, engines, images, train
from regnet.training.errors import errors as error_of
from regnet.training.images import Images, Normalise, batches
from regnet.training.instructions import torch_multiplies_bfloat16
from regnet.training.schedule import rate
from regnet.training.torch_engine import TorchEngine

torch.set_num_threads(1)  # as a worker does; results depend on it

STEM = Stem(width=8, stride=2, channels=1)
NETWORK = AnyNet((Stage(1, 16, 1.0, 8), Stage(1, 32, 1.0, 8)), STEM)
RECIPE = Recipe(
    data="fashion-mnist-small", resolution=28, images=2560, batch=64, lr=0.3, warmup_images=256, validation_images=500
)


@pytest.mark.parametrize(("precision", "engine"), [("fp32", "torch"), ("bf16", "torch"), ("bf16", "native")])
def test_a_short_training_learns(precision: str, engine: str) -> None:
    record = train(NETWORK, dataclasses.replace(RECIPE, precision=precision), 0, engine=engine)  # type: ignore[arg-type]
    assert record.status == "ok"
    assert record.error is not None
    assert record.error < 50  # a guess has 90
    assert record.seconds > 0
    assert record.engine.split()[0] == engine
    assert record.error == pytest.approx(((record.error_a or 0) + (record.error_b or 0)) / 2)
    assert record.error_a != record.error_b
    assert 0 < (record.train_loss or 0) < 1.5  # it began at log(10)
    assert (record.network_id, record.seed, record.test_error) == (NETWORK.id, 0, None)


@pytest.mark.parametrize("engine", ["native", "torch"])
def test_the_same_seed_gives_the_same_error_and_another_seed_another_training(engine: str) -> None:
    errors = [train(NETWORK, RECIPE, seed, engine=engine).error for seed in (0, 0, 1)]
    assert errors[0] == errors[1]
    assert len(set(errors)) > 1


@pytest.mark.parametrize("activation", ["relu", "silu"])
def test_precisions_and_engines_agree_within_seed_noise(activation: Activation) -> None:
    network, fp32 = dataclasses.replace(NETWORK, activation=activation), dataclasses.replace(RECIPE, precision="fp32")
    ways = [(fp32, "torch"), (RECIPE, "torch"), (RECIPE, "native")]
    means = [sum(train(network, recipe, seed, engine=e).error or 0 for seed in range(3)) / 3 for recipe, e in ways]
    assert means[1] == pytest.approx(means[0], abs=3)
    assert means[2] == pytest.approx(means[0], abs=3)


class Two(torch.nn.Module):
    """Two logits, each a weight times the input."""

    def __init__(self) -> None:
        super().__init__()
        self.head = torch.nn.Linear(1, 2, bias=False)
        torch.nn.init.zeros_(self.head.weight)

    def features(self, x: torch.Tensor) -> torch.Tensor:
        return x


def test_a_step_is_nesterovs() -> None:
    model = Two()
    recipe = dataclasses.replace(
        RECIPE, images=1, batch=1, lr=0.1, warmup_images=0, momentum=0.9, weight_decay=0.0, precision="fp32"
    )
    TorchEngine(model, recipe).fit([(torch.ones(1, 1), torch.zeros(1, dtype=torch.int64))])  # type: ignore[arg-type]
    # The gradient is -1/2 and 1/2. Nesterov moves by lr (1 + 0.9) times it, plain momentum would by lr times it.
    assert model.head.weight.flatten().tolist() == pytest.approx([0.095, -0.095])


def test_the_compiled_engine_trains_what_it_knows_and_says_what_it_does_not() -> None:
    silu = dataclasses.replace(NETWORK, activation="silu")
    odd = AnyNet((Stage(1, 15, 1.0, 15),), STEM)
    fp32 = dataclasses.replace(RECIPE, precision="fp32")
    assert engines.choose([(NETWORK, RECIPE)]) == engines.Choice(engines.NATIVE)
    assert engines.choose([(NETWORK, RECIPE), (silu, RECIPE)]) == engines.Choice(engines.NATIVE)
    assert engines.choose([(NETWORK, RECIPE), (zoo["efficientnet-b0"], RECIPE)]) == engines.Choice(engines.NATIVE)
    plain = engines.TORCH if torch_multiplies_bfloat16() else engines.TORCH_FLOAT32
    assert engines.choose([(NETWORK, RECIPE), (odd, RECIPE)]) == engines.Choice(plain, "a width is odd: 15")
    assert engines.choose([(NETWORK, RECIPE)], "cuda:0").why == "the device is cuda:0"
    for network, recipe, why in (
        (NETWORK, fp32, "precision is fp32"),
        (NETWORK, dataclasses.replace(RECIPE, batch=60), "batch of 60"),
        (NETWORK, dataclasses.replace(RECIPE, batch=4096, images=4096, resolution=256), "may exceed 2 GiB"),
        (dataclasses.replace(NETWORK, stem=Stem(pool=True)), RECIPE, "stem"),
        (odd, RECIPE, "a width is odd: 15"),
        (AnyNet((Stage(1, 30, 1.0, 15),), STEM), RECIPE, "a group width is odd: 15"),
        (AnyNet((Stage(1, 16, 1.0, 8, 3),), STEM), RECIPE, "a stride is 3"),
        (EfficientNet((MBStage(1, 16, kernel=7),), STEM), RECIPE, "a kernel is 7x7"),
        (EfficientNet((MBStage(1, 16),), STEM, head_width=25), RECIPE, "a width is odd: 25"),
    ):
        assert why in engines.choose([(network, recipe)]).why
        with pytest.raises(ValueError, match="the native engine cannot train this"):
            engines.choose([(network, recipe)], wanted="native")
    assert engines.choose([(NETWORK, RECIPE)], wanted="torch") == engines.Choice(plain)
    with pytest.raises(ValueError, match="no engine 'native 0' here"):
        engines.choose([], wanted="native 0")


def test_test_images_are_read_only_when_asked() -> None:
    record = train(NETWORK, RECIPE, 0, test=True)
    assert record.test_error is not None
    assert 0 < record.test_error < 60
    assert train(NETWORK, RECIPE, 0).error == record.error


def test_a_training_that_explodes_is_diverged_with_the_error_of_a_guess() -> None:
    for precision, engine in (("fp32", "torch"), ("bf16", "torch"), ("bf16", "native")):
        recipe = dataclasses.replace(RECIPE, lr=1e30, warmup_images=0, precision=precision)  # type: ignore[arg-type]
        record = train(NETWORK, recipe, 0, test=True, engine=engine)
        assert (record.status, record.error, record.test_error) == ("diverged", 90.0, 90.0)
        assert (record.error_a, record.error_b, record.train_loss) == (90.0, 90.0, None)


@pytest.mark.parametrize(
    ("changes", "stem", "message"),
    [
        (
            {"resolution": 20},
            STEM,
            "recipe.resolution is 20, but fashion-mnist-small has 28, and images are only enlarged",
        ),
        ({"num_classes": 100}, STEM, "recipe.num_classes is 100, but fashion-mnist-small has 10"),
        ({"validation_images": 501}, STEM, "validation_images is 501, but fashion-mnist-small has 500"),
        ({}, Stem(width=8), "network.stem.channels is 3, but fashion-mnist-small has 1"),
        ({"data": "cifar"}, STEM, "unknown data set 'cifar'"),
    ],
)
def test_what_does_not_fit_together_is_refused(changes: dict[str, object], stem: Stem, message: str) -> None:
    recipe = dataclasses.replace(RECIPE, **changes)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=message):
        train(dataclasses.replace(NETWORK, stem=stem), recipe, 0)


def test_every_image_is_seen_once_before_any_is_seen_again() -> None:
    images = data.load("fashion-mnist-small").train
    recipe = dataclasses.replace(RECIPE, images=2000, batch=100)
    numbered = Images(images.pixels, torch.arange(1000))
    seen = torch.cat([labels for _, labels in batches(numbered, recipe, seed=3)])
    assert len(seen) == 2000
    assert seen[:1000].sort().values.equal(torch.arange(1000))
    assert seen[1000:].sort().values.equal(torch.arange(1000))
    assert not seen[:1000].equal(seen[1000:])


def test_about_half_of_the_images_are_flipped_and_none_is_changed_otherwise() -> None:
    images = data.load("fashion-mnist-small").train
    flipped = 0
    for pixels, numbers in batches(Images(images.pixels, torch.arange(1000)), RECIPE, seed=0):
        originals = images.pixels[numbers]
        same = (pixels == originals).flatten(1).all(1)
        assert (same | (pixels == originals.flip(-1)).flatten(1).all(1)).all()
        flipped += int((~same).sum())
    assert flipped == pytest.approx(1280, abs=130)  # 2,560 draws: five standard deviations


def test_the_rate_rises_from_a_tenth_and_falls_along_a_cosine() -> None:
    recipe = dataclasses.replace(RECIPE, images=6400, warmup_images=640)
    rates = [rate(recipe, step) for step in range(recipe.steps)]
    assert rates[0] == pytest.approx(0.03)
    assert rates.index(max(rates)) == 10
    assert rates[50] == pytest.approx(0.3 * 0.5 * (1 + math.cos(math.pi / 2)))
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert 0 < rates[-1] < 3e-4
    assert rate(dataclasses.replace(recipe, warmup_images=0), 0) == 0.3


def test_weight_decay_reaches_batch_norm_too() -> None:
    norms = []
    for decay in (0.0, 0.5):
        recipe = dataclasses.replace(RECIPE, weight_decay=decay, precision="fp32", images=640)
        data_set = data.load(recipe.data)
        engine = TorchEngine(build(NETWORK, 10, seed=0), recipe)
        assert engine.fit(data_set.stream(recipe, 0, "cpu")) is not None
        norms.append(float(engine.model.stem.norm.weight.detach().norm()))  # type: ignore[union-attr, arg-type]
    assert norms[1] < 0.9 * norms[0]


@pytest.mark.parametrize("engine", [engines.NATIVE, engines.TORCH])
def test_the_error_does_not_depend_on_how_validation_is_cut_into_batches(
    engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data_set = data.load(RECIPE.data)
    trained = engines.start(engine, build(NETWORK, 10, seed=0), RECIPE, "cpu")
    assert trained.fit(data_set.stream(RECIPE, 0, "cpu")) is not None
    errors = []
    for size in (500, 499, 64):
        monkeypatch.setattr(images, "EVALUATION_BATCH", size)
        assert next(len(labels) for _, labels in data_set.held_out(RECIPE, "cpu")) == size
        measured = error_of(trained.scores(data_set.held_out(RECIPE, "cpu")))
        assert measured is not None
        errors.append(measured.error)
    assert errors[0] == pytest.approx(errors[1], abs=0.4)
    assert errors[0] == pytest.approx(errors[2], abs=0.4)


def test_a_recipe_with_more_pixels_enlarges_the_images_and_one_with_fewer_is_refused() -> None:
    data_set = data.load(RECIPE.data)
    larger = dataclasses.replace(RECIPE, resolution=32)
    pixels = data_set.validation.first(4).pixels
    plain, enlarged = Normalise(data_set, RECIPE, "cpu")(pixels), Normalise(data_set, larger, "cpu")(pixels)
    assert enlarged.shape == (4, 1, 32, 32)
    assert float(enlarged.mean()) == pytest.approx(float(plain.mean()), abs=0.05)
    assert train(NETWORK, larger, seed=0).status == "ok"
