"""What the paper's own experiments cost, and how its final models are trained."""

import pytest

from regnet import published
from regnet.sweeps.gpu_hours import Trainings, elements, table
from regnet.sweeps.section5 import final_recipe


def test_a_hundred_small_networks_cost_about_one_resnet_50_as_the_paper_remarks() -> None:
    hundred, one = Trainings("A", 100, 0.4, 10), Trainings("ResNet-50", 1, 4.1, 100)
    assert hundred.multiply_adds == pytest.approx(one.multiply_adds, rel=0.05)
    assert hundred.multiply_adds == pytest.approx(100 * 10 * 1_281_167 * 3 * 0.4e9)
    assert one.v100_hours == pytest.approx(8 * 12.2)


def test_hours_are_the_printed_ones_and_lie_between_them_elsewhere() -> None:
    assert Trainings("RegNetX C", 100, 0.8, 25).v100_hours == pytest.approx(100 * 0.25 * 8 * 5.7)
    assert 5.7 < Trainings("RegNetX C", 1, 1.2, 100).v100_hours / 8 < 8.7
    assert Trainings("EfficientNet-B5", 5, 9.9, 100).v100_hours == pytest.approx(5 * 8 * 135.1)


def test_shared_populations_are_counted_once_in_all() -> None:
    costs = table().set_index("element")
    assert costs.loc["fig02", "trainings"] == 500
    assert costs.loc["fig11"].equals(costs.loc["fig12"])
    once = {trainings for found in elements().values() for trainings in found}
    assert costs.loc["all", "trainings"] == sum(trainings.count for trainings in once)
    assert costs.loc["all", "v100_hours"] < costs.drop(index="all")["v100_hours"].sum()
    assert costs.loc[["fig02", "fig05", "fig11", "tab03", "tab04"], "stated"].all()
    assert not costs.loc[["fig07", "fig10", "fig15", "all"], "stated"].any()


def test_final_recipes_are_those_of_the_released_configurations() -> None:
    zoo = published.load("pycls_model_zoo")
    for row in zoo.to_dict("records"):
        family, side = row["family"].lower().startswith("efficientnet"), int(row["train_im_size"])
        recipe = final_recipe(int(row["batch_size"]), efficientnet=family, resolution=side)
        assert (recipe.lr, recipe.weight_decay) == (float(row["base_lr"]), float(row["weight_decay"])), row["model"]
        assert recipe.images == int(row["epochs"]) * 1_281_167
    assert final_recipe(1024).warmup_images == 5 * 1_281_167
    assert final_recipe(1024, epochs=2).warmup_images == 2 * 1_281_167
