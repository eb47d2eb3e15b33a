"""Folders of images as data sets: what is read, as what, in memory and as a stream, and what is refused."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from own_images import CLASSES, forget, write_folder
from PIL import Image

from regnet.design.networks import AnyNet, Stage, Stem
from regnet.design.recipe import ImageFolder, Recipe
from regnet.training import data, image_folder, train
from regnet.training.image_folder import Stream, square, survey

torch.set_num_threads(1)  # as a worker does; results depend on it

NETWORK = AnyNet((Stage(1, 16, 1.0, 8), Stage(1, 32, 1.0, 8)), Stem(width=8, stride=1))


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("REGNET_LOADERS", "0")
    forget()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "pictures")


def recipe(root: Path, *, resolution: int = 16, channels: int = 3) -> Recipe:
    return Recipe(
        data="flowers", resolution=resolution, num_classes=3, images=240, batch=16, lr=0.1, warmup_images=0,
        validation_images=18, folder=ImageFolder(str(root), resolution, channels),
    )  # fmt: skip


def load(root: Path, resolution: int = 16, channels: int = 3) -> image_folder.Source:
    forget()
    return data.source("flowers", recipe(root, resolution=resolution, channels=channels).folder)


def test_each_class_folder_is_a_class_in_alphabetical_order(root: Path) -> None:
    found = load(root)
    for images, each in ((found.train, 20), (found.validation, 6), (found.read_test(), 4)):
        assert torch.bincount(images.labels).tolist() == [each] * 3
        assert images.pixels.shape == (3 * each, 3, 16, 16)
        for label, colour in enumerate(CLASSES.values()):
            mean = images.pixels[images.labels == label].double().mean((0, 2, 3))
            assert mean.tolist() == pytest.approx(colour, abs=4)
    assert found.validation.labels[:8].tolist() == [0, 0, 1, 1, 2, 2, 0, 0]  # so the first n are balanced


def test_an_images_largest_middle_square_is_resized(tmp_path: Path) -> None:
    pixels = np.zeros((30, 50, 3), np.uint8)
    pixels[:, 10:40] = 200  # the middle square
    Image.fromarray(pixels).save(tmp_path / "wide.png")
    Image.fromarray(pixels.transpose(1, 0, 2)).save(tmp_path / "tall.png")
    for name in ("wide.png", "tall.png"):
        for side in (10, 30, 64):
            assert np.unique(square(tmp_path / name, side, 3)).tolist() == [200]
    Image.fromarray(pixels).convert("RGBA").save(tmp_path / "clear.png")
    assert square(tmp_path / "clear.png", 8, 1).shape == (1, 8, 8)


def test_a_grey_folder_has_one_channel_and_one_coloured_class_makes_three(tmp_path: Path) -> None:
    grey = write_folder(tmp_path / "grey", grey=True)
    assert survey(grey, 16) == image_folder.Survey(classes=3, channels=1, validation_images=18)
    assert load(grey, channels=1).channels == 1
    for path in (grey / "train" / "rose").iterdir():
        path.write_bytes(write_colour(tmp_path).read_bytes())
    forget()
    assert survey(grey, 16).channels == 3


def write_colour(folder: Path) -> Path:
    path = folder / "colour.png"
    Image.new("RGB", (20, 20), (250, 20, 20)).save(path)
    return path


def test_the_digest_is_of_the_training_and_validation_bytes_wherever_they_lie(root: Path, tmp_path: Path) -> None:
    folder = recipe(root).folder
    first = data.sha256("flowers", folder)
    moved = tmp_path / "moved"
    root.rename(moved)
    for path in (moved / "test").rglob("*.*"):
        path.unlink()
    (moved / "val" / "rose" / ".DS_Store").write_bytes(b"hidden")
    (moved / "train" / "rose" / "notes.txt").write_text("no image")
    forget()
    assert data.sha256("flowers", replace(folder, path=str(moved))) == first
    (moved / "train" / "rose" / "000.jpg").write_bytes(write_colour(tmp_path).read_bytes())
    forget()
    assert data.sha256("flowers", replace(folder, path=str(moved))) != first


def test_pixels_are_decoded_once_and_again_where_a_file_or_the_resolution_changes(root: Path, tmp_path: Path) -> None:
    before = load(root).train.pixels.clone()
    assert torch.equal(load(root).train.pixels, before)
    kept = sorted((tmp_path / "cache" / "regnet").glob("*train*.npy"))
    changed = np.load(kept[0])
    changed[0] = 7
    np.save(kept[0], changed)
    assert (load(root).train.pixels[0] == 7).all()  # so it came from there
    (root / "train" / "tulip" / "001.png").write_bytes(write_colour(tmp_path).read_bytes())
    assert not (load(root).train.pixels == 7).all((1, 2, 3)).any()
    assert load(root, resolution=24).train.pixels.shape[-1] == 24


def test_a_training_learns_a_folders_colours_in_memory_and_as_a_stream(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = train(NETWORK, recipe(root), seed=1, engine="torch", test=True)
    assert (whole.status, whole.error, whole.test_error) == ("ok", pytest.approx(0, abs=12), pytest.approx(0, abs=17))
    monkeypatch.setattr(image_folder, "IN_MEMORY", 3 * 78 * 16 * 16 - 1)  # a byte less than it takes
    streamed = load(root)
    assert isinstance(streamed, Stream)
    labels = torch.cat([labels for _, labels in streamed.held_out(recipe(root), "cpu", test=True)])
    assert torch.bincount(labels).tolist() == [4, 4, 4]
    few = replace(recipe(root), validation_images=6)
    assert torch.cat([labels for _, labels in streamed.held_out(few, "cpu")]).tolist() == [0, 0, 1, 1, 2, 2]
    streamed = train(NETWORK, recipe(root), seed=1, engine="torch", test=True)
    assert (streamed.status, streamed.error) == ("ok", pytest.approx(0, abs=34))
    monkeypatch.setattr(image_folder, "IN_MEMORY", 3 * 78 * 16 * 16)
    assert not isinstance(load(root), Stream)


def test_a_folder_without_test_images_trains_but_tests_no_final_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write_folder(tmp_path / "two", counts={"train": 4, "val": 6})
    for limit in (image_folder.IN_MEMORY, 0):
        monkeypatch.setattr(image_folder, "IN_MEMORY", limit)
        found = load(root)
        found.check(recipe(root))
        with pytest.raises(ValueError, match=r"flowers has no test images.*test/<class>"):
            found.check(recipe(root), test=True)
        with pytest.raises(ValueError, match="validation_images is 19, but flowers has 18"):
            found.check(replace(recipe(root), validation_images=19))
        with pytest.raises(ValueError, match="num_classes is 4, but flowers has 3"):
            found.check(replace(recipe(root), num_classes=4))


def empty(root: Path) -> None:
    for path in (root / "val" / "rose").iterdir():
        path.unlink()


def rename(part: str, new: str) -> object:
    return lambda root: (root / part / "rose").rename(root / part / new)


def write(name: str, content: bytes) -> object:
    return lambda root: (root / name).write_bytes(content)


def deep(root: Path) -> None:
    Image.fromarray(np.full((20, 20), 40_000, np.uint16)).save(root / "train" / "rose" / "000.png")


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (
            lambda root: root.rename(root.with_name("gone")),
            r"no folder .*pictures: if the images of .* were moved, .* else train/<class>/\* and val/<class>/\*",
        ),
        (lambda root: (root / "val").rename(root / "validation"), r"pictures/val is missing: train/<class>"),
        (rename("train", "peony"), r"3 class folders in train and 3 in val: 'peony' is in train only"),
        (rename("val", ".rose"), r"3 class folders in train and 2 in val: 'rose' is in train only"),
        (rename("test", "peony"), r"3 class folders in train and 3 in test: 'peony' is in test only"),
        (empty, r"val/rose has no images \(\.bmp, .*\.png"),
        (write("train/rose/001.png", b"no image"), r"train/rose/001\.png cannot be read as an image"),
        (write("val/tulip/000.jpg", b""), r"val/tulip/000\.jpg cannot be read as an image"),
        (deep, r"train/rose/000\.png has more than 8 bits a channel \(mode I;16\)"),
    ],
)
def test_what_does_not_fit_is_named_in_one_line(root: Path, harm: object, said: str) -> None:
    harm(root)
    with pytest.raises((ValueError, FileNotFoundError), match=said) as caught:
        load(root)
    assert "\n" not in str(caught.value)


def test_a_truncated_photograph_is_named(root: Path) -> None:
    path = root / "train" / "daisy" / "002.jpg"
    path.write_bytes(path.read_bytes()[:400])
    with pytest.raises(ValueError, match=r"train/daisy/002\.jpg cannot be read as an image"):
        load(root)


def test_images_in_folders_below_a_class_and_names_that_are_no_text_are_read(root: Path) -> None:
    below = root / "train" / "rose" / "2019" / "may"
    below.mkdir(parents=True)
    odd = os.fsdecode(os.fsencode(below) + b"/caf\xe9\n.PNG")
    Path(odd).write_bytes((root / "train" / "rose" / "001.png").read_bytes())
    found = load(root)
    assert int((found.train.labels == 1).sum()) == 21
    assert len(data.sha256("flowers", recipe(root).folder)) == 64


def test_a_link_that_leads_back_multiplies_no_images(root: Path) -> None:
    before = survey(root, 16)
    (root / "train" / "rose" / "again").symlink_to(root / "train" / "rose", target_is_directory=True)
    assert survey(root, 16) == before
