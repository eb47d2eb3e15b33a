"""Evaluation of weights on folders of images: which class a folder is, how images are prepared, and `regnet eval`."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

import numpy as np
import pytest
import timm.data
import torch
import torchvision
from PIL import Image
from torch import Tensor, nn
from torchvision.transforms._presets import ImageClassification
from torchvision.transforms.functional import InterpolationMode
from typer.testing import CliRunner

from regnet.cli import app
from regnet.design.networks import AnyNet, Stage, Stem
from regnet.design.zoo import zoo
from regnet.training import build
from regnet.training.evaluation import Evaluation, evaluate, find, labelled, spread
from regnet.training.photographs import MEAN, STD
from regnet.training.preprocessing import Preprocessing, prescribed

torch.set_num_threads(1)

CLASSES, EACH = 11, 2
NETWORK = AnyNet((Stage(1, 16, 1.0, 8),), Stem(width=8))
HOW = Preprocessing(32, 40, "bilinear")


def brightness(number: int) -> int:
    return 10 + 20 * number


def fill(folder: Path, names: list[str]) -> Path:
    """A folder of class folders; the images of the k-th have the k-th brightness."""
    for k, name in enumerate(names):
        (folder / name).mkdir(parents=True)
        for i in range(EACH):
            Image.new("RGB", (50 + k, 60), (brightness(k),) * 3).save(folder / name / f"{i}.png")
    return folder


class ByBrightness(nn.Module):
    """Says the classes in the order in which their brightness is near to the image's."""

    def forward(self, x: Tensor) -> Tensor:
        seen = (x[:, 0].mean((1, 2)) * STD[0] + MEAN[0]) * 255
        return -(seen[:, None] - torch.tensor([float(brightness(k)) for k in range(CLASSES)])).abs()


@pytest.fixture(scope="module")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("v2") / "imagenetv2-matched-frequency-format-val", [*map(str, range(CLASSES))])


def test_folders_named_by_numbers_are_the_classes_of_these_numbers(numbered: Path) -> None:
    files = labelled(numbered, CLASSES)
    assert sorted(set(files.labels.tolist())) == list(range(CLASSES))
    assert all(int(files.path(i).parent.name) == files.labels[i] for i in range(len(files)))
    seen: list[int] = []
    found = evaluate(ByBrightness(), files, HOW, batch=4, judged=seen.append)
    assert (found.images, found.wrong, found.wrong_top5) == (CLASSES * EACH, 0, 0)
    assert seen == [4, 4, 4, 4, 4, 2]


def test_folders_named_by_words_are_counted_in_alphabetical_order(tmp_path: Path) -> None:
    names = [f"n0{chr(97 + k)}" for k in range(CLASSES)]
    files = labelled(fill(tmp_path, names), CLASSES)
    assert evaluate(ByBrightness(), files, HOW).wrong == 0


def test_errors_are_those_of_the_first_and_of_the_first_five(numbered: Path) -> None:
    files = labelled(numbered, CLASSES)
    moved = dataclasses.replace(files, labels=np.where(files.labels == 3, 4, files.labels))
    moved.labels[files.labels == 0] = 10
    found = evaluate(ByBrightness(), moved, HOW, batch=100)
    assert (found.wrong, found.wrong_top5) == (2 * EACH, EACH)


def test_fewer_images_are_evenly_spaced(numbered: Path) -> None:
    files = labelled(numbered, CLASSES)
    assert spread(files, CLASSES).labels.tolist() == list(range(CLASSES))
    assert len(spread(files, 0)) == len(spread(files, 999)) == CLASSES * EACH


@pytest.mark.parametrize(
    ("names", "classes", "message"),
    [
        (["a", "b"], 3, "has 2 class folders, but the network tells 3 classes apart"),
        (["1", "2", "3"], 3, "has a class 3, but the network tells apart the classes 0 to 2"),
        (["train", "val"], 2, "holds train, val: give one of these folders, as .*val"),
        ([], 2, "has 0 class folders"),
    ],
)
def test_other_classes_than_the_networks_are_refused(
    names: list[str], classes: int, message: str, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=message):
        labelled(fill(tmp_path, names), classes)


def test_a_folder_without_images_and_a_damaged_image_are_named(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "notes.txt").write_text("nothing")
    (tmp_path / "a" / "._x.jpg").write_bytes(b"what macOS leaves beside a file")
    with pytest.raises(ValueError, match=r"has no images: \.jpg"):
        labelled(tmp_path, 1)
    (tmp_path / "a" / "x.jpg").write_bytes(b"\xff\xd8 cut")
    with pytest.raises(ValueError, match=r"x\.jpg cannot be read"):
        evaluate(nn.Identity(), labelled(tmp_path, 1), HOW)


def test_results_that_are_no_numbers_are_refused(numbered: Path) -> None:
    module = build(NETWORK, CLASSES, seed=0)
    nn.init.constant_(module.head.weight, math.nan)
    with pytest.raises(ValueError, match="results are not finite"):
        evaluate(module, labelled(numbered, CLASSES), HOW)


def test_imagenets_folders_are_looked_for_below_regnet_data(
    numbered: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGNET_DATA", str(numbered.parent))
    assert find("imagenetv2") == numbered
    with pytest.raises(FileNotFoundError, match=r"no folder .*val: put imagenet there"):
        find("imagenet")
    with pytest.raises(FileNotFoundError, match=r"no folder .*nowhere: --data is imagenet, imagenetv2, or a folder"):
        find(str(tmp_path / "nowhere"))
    monkeypatch.delenv("REGNET_DATA")
    with pytest.raises(FileNotFoundError, match="imagenetv2 not found: set REGNET_DATA"):
        find("imagenetv2")


@pytest.fixture(scope="module")
def photograph() -> Image.Image:
    rng = np.random.default_rng(0)
    return Image.fromarray(rng.integers(0, 255, (83, 117, 3), dtype=np.uint8)).resize((351, 249))


@pytest.mark.parametrize(
    ("short", "side", "kind"), [(256, 224, "bilinear"), (232, 224, "bicubic"), (97, 96, "bicubic")]
)
def test_pillows_ways_are_torchvisions_and_timms(short: int, side: int, kind: str, photograph: Image.Image) -> None:
    got = Preprocessing(side, short, kind)(photograph)  # type: ignore[arg-type]
    mode = InterpolationMode(kind)
    expected = ImageClassification(crop_size=side, resize_size=short, interpolation=mode)(photograph)
    torch.testing.assert_close(got, expected, rtol=0, atol=1e-5)
    theirs = timm.data.create_transform(side, crop_pct=side / short, interpolation=kind, mean=MEAN, std=STD)
    if math.floor(side / (side / short)) == short:
        torch.testing.assert_close(got, theirs(photograph), rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    ("project", "name", "way"),
    [
        ("pycls", "regnetx-400mf", (224, 256, "opencv")),
        ("pycls", "efficientnet-b5", (456, 522, "opencv")),
        ("regnet", "efficientnet-b1", (240, 274, "opencv")),
        ("regnet", "mine.json", (96, 110, "opencv")),
        ("torchvision", "regnetx-400mf-torchvision", (224, 256, "bilinear")),
        ("torchvision", "resnext-50", (224, 256, "bilinear")),
        ("torchvision", "efficientnet-b2", (288, 288, "bicubic")),
        ("torchvision", "regnety-128gf", (384, 384, "bicubic")),
        ("timm", "regnety-3.2gf", (224, 256, "bicubic")),
        ("timm", "regnety-64gf", (384, 384, "bicubic")),
        ("transformers", "regnety-4.0gf", (224, 256, "bicubic")),
    ],
)
def test_each_projects_way_is_prescribed(project: str, name: str, way: tuple[int, int, str]) -> None:
    resolution = zoo.resolution(name) if name in zoo else 96
    found = prescribed(project, name, resolution)
    assert (found.resolution, found.short, found.interpolation) == way
    assert project.replace("regnet", "pycls") in found.source


def test_given_numbers_replace_the_prescribed_ones() -> None:
    usual = prescribed("torchvision", "regnetx-800mf", 224)
    assert usual.at(0) is usual
    assert (usual.at(0, 232).short, usual.at(192).short, usual.at(0, 0, "bicubic").interpolation) == (
        232,
        219,
        "bicubic",
    )
    with pytest.raises(ValueError, match="short side must be at least the crop's, and that positive, got 200 and 224"):
        usual.at(0, 200)
    with pytest.raises(ValueError, match="interpolation must be one of opencv, bilinear, bicubic, got 'cubic'"):
        usual.at(0, 0, "cubic")


class TestCommand:
    @pytest.fixture
    def files(self, tmp_path: Path) -> tuple[str, str]:
        """A description of a small network, and its own weights."""
        described = {"network": dataclasses.asdict(NETWORK), "resolution": 32}
        (tmp_path / "small.json").write_text(json.dumps(described))
        torch.save({"model": build(NETWORK, CLASSES, seed=0).state_dict()}, tmp_path / "own.pt")
        return str(tmp_path / "small.json"), str(tmp_path / "own.pt")

    def test_says_errors_intervals_and_what_was_read(self, files: tuple[str, str], numbered: Path) -> None:
        model, weights = files
        done = CliRunner().invoke(app, ["eval", model, "--weights", weights, "--data", str(numbered)])
        module, wrong = build(NETWORK, CLASSES, seed=0).eval(), 0
        images = labelled(numbered, CLASSES)
        usual = prescribed("regnet", "small.json", 32)
        with torch.inference_mode():
            for i in range(len(images)):
                x = usual(Image.open(images.path(i)).convert("RGB"))[None]
                wrong += int(module(x).argmax()) != images.labels[i]
        assert done.exit_code == 0, done.output
        said = done.output
        assert f"small.json, 11 classes: {weights}, its part model, by regnet's names" in said
        assert f"22 images of {numbered}: RGB, short side to 37 px (OpenCV's bilinear), centre crop 32 px" in said
        assert f"top-1 error {100 * wrong / 22:.2f}% (95%: " in said
        assert "images a second on cpu, decoding included" in said
        assert "22/22 images" in done.stderr

    def test_options_change_what_is_read(self, files: tuple[str, str], numbered: Path) -> None:
        options = ["-n", "5", "--resolution", "48", "--resize", "50", "--interpolation", "bicubic", "--batch", "2"]
        model, weights = files
        done = CliRunner().invoke(app, ["eval", model, "--weights", weights, "--data", str(numbered), *options])
        assert "5 images of" in done.output
        assert "short side to 50 px (bicubic, Pillow), centre crop 48 px" in done.output

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["--batch", "0"], "--batch must be a whole number of at least 1, got 0"),
            (["-n", "-1"], "--limit must be a whole number of at least 0, got -1"),
            (["--resolution", "-1"], "--resolution must be a whole number of at least 0, got -1"),
            (["--eps", "0"], "--eps must be a number above 0, got 0"),
            (["--device", "cuda:99"], "no device 'cuda:99'"),
            (["--part", "ema"], "no part 'ema'"),
            (["--interpolation", "nearest"], "interpolation must be one of"),
        ],
    )
    def test_a_mistake_is_one_line(
        self, arguments: list[str], said: str, files: tuple[str, str], numbered: Path
    ) -> None:
        model, weights = files
        done = CliRunner().invoke(app, ["eval", model, "--weights", weights, "--data", str(numbered), *arguments])
        assert done.exit_code == 2
        assert done.output.startswith("regnet: ")
        assert said in done.output
        assert len(done.output.splitlines()) == 1

    def test_a_network_of_torchvisions_name_that_is_the_papers_is_said(self, numbered: Path, tmp_path: Path) -> None:
        torch.save(torchvision.models.regnet_x_400mf(num_classes=CLASSES).state_dict(), tmp_path / "tv.pth")
        usual = ["--weights", str(tmp_path / "tv.pth"), "--data", str(numbered)]
        done = CliRunner().invoke(app, ["eval", "regnet_x_400mf", *usual])
        assert done.exit_code == 2
        assert "torchvision's network of that name is regnetx-400mf-torchvision" in done.stderr
        assert "it fits regnetx-400mf-torchvision" in done.stderr
        small = ["--resolution", "32"]
        done = CliRunner().invoke(app, ["eval", "regnetx_004_tv", *usual, *small])
        assert "regnetx-400mf-torchvision, 11 classes" in done.output

    def test_grey_networks_are_refused(self, files: tuple[str, str], numbered: Path, tmp_path: Path) -> None:
        grey = dataclasses.asdict(dataclasses.replace(NETWORK, stem=Stem(width=8, channels=1)))
        (tmp_path / "grey.json").write_text(json.dumps(grey))
        done = CliRunner().invoke(
            app, ["eval", str(tmp_path / "grey.json"), "--weights", files[1], "--data", str(numbered)]
        )
        assert "grey.json takes images of 1 channels: photographs have 3" in done.output


def test_images_a_second_are_of_all() -> None:
    assert Evaluation(100, 3, 1, 4.0).per_second == 25
