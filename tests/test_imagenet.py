"""ImageNet's path on small folders of real JPEG files: what is read, what is drawn, what a training sees."""

import dataclasses
import multiprocessing
import shutil
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch
from PIL import Image

from regnet.design.networks import AnyNet, Stage, Stem
from regnet.design.recipe import Recipe
from regnet.sweeps.engine import Local
from regnet.sweeps.journal_lines import read_journal
from regnet.sweeps.regimes import regimes
from regnet.sweeps.sheets import Sheet
from regnet.sweeps.sweep import drive
from regnet.sweeps.tasks import Plan, Task
from regnet.training import data, photographs, train
from regnet.training.imagenet import find, loaders, order
from regnet.training.photographs import MEAN, STD, augmented, centred, normalised, random_box

torch.set_num_threads(1)  # as a worker does; results depend on it

NETWORK = AnyNet((Stage(1, 16, 1.0, 8), Stage(1, 32, 1.0, 8)), Stem(width=8))
RECIPE = Recipe(
    data="imagenet", resolution=32, num_classes=3, images=120, batch=8, lr=0.1, warmup_images=0,
    validation_images=12, precision="fp32",
)  # fmt: skip
SIZES = ((40, 31), (29, 53), (64, 64), (33, 20), (97, 45), (17, 90), (50, 50), (36, 32))  # odd ones and small ones


def write(path: Path, pixels: npt.NDArray[np.uint8]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, "JPEG", quality=95)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three classes, reddish, greenish and bluish: 24 training and 12 validation images."""
    rng = np.random.default_rng(0)
    for part, n in (("train", 8), ("val", 4)):
        for label in range(3):
            for i, (width, height) in enumerate(SIZES[:n]):
                pixels = rng.integers(0, 120, (height, width, 3), dtype=np.uint8)
                pixels[..., label] += 60
                write(tmp_path / "images" / part / f"n0000000{label}" / f"{part}_{label}_{i}.JPEG", pixels)
    monkeypatch.setenv("REGNET_DATA", str(tmp_path / "images"))
    monkeypatch.setenv("REGNET_LOADERS", "0")
    return tmp_path / "images"


@pytest.mark.usefixtures("root")
def test_a_short_training_learns_the_colours() -> None:
    record = train(NETWORK, RECIPE, 0)
    assert record.status == "ok"
    assert record.error is not None
    assert record.error < 40  # a guess has 67
    assert (record.network_id, record.test_error) == (NETWORK.id, None)


@pytest.mark.usefixtures("root")
def test_the_same_seed_gives_the_same_error_and_another_seed_another_training() -> None:
    recipe = dataclasses.replace(RECIPE, images=32, lr=0.02)  # errors that are not all zero
    errors = [train(NETWORK, recipe, seed).error for seed in (0, 0, 1, 2, 3)]
    assert errors[0] == errors[1]
    assert len(set(errors)) > 1


@pytest.mark.usefixtures("root")
def test_order_and_augmentation_follow_from_the_seed_whoever_decodes(monkeypatch: pytest.MonkeyPatch) -> None:
    first, again, other = (next(find().stream(RECIPE, seed, "cpu")) for seed in (0, 0, 1))
    assert torch.equal(first[0], again[0])
    assert not torch.equal(first[0], other[0])
    monkeypatch.setenv("REGNET_LOADERS", "1")
    stream = find().stream(RECIPE, 0, "cpu")
    pixels, labels = next(stream)
    assert multiprocessing.active_children()
    assert torch.equal(pixels, first[0])
    assert torch.equal(labels, first[1])
    stream.close()  # type: ignore[attr-defined]  # what becomes of a training that diverges
    assert not multiprocessing.active_children()


def test_orders_are_permutations_one_after_another_cut_into_whole_batches() -> None:
    seen = [item for batch in order(10, dataclasses.replace(RECIPE, images=30, batch=4), seed=3) for item in batch]
    assert [turn for turn, _ in seen] == list(range(28))
    images = [image for _, image in seen]
    assert sorted(images[:10]) == sorted(images[10:20]) == list(range(10))
    assert images[:10] != images[10:20]
    assert images != [image for batch in order(10, RECIPE, seed=4) for _, image in batch][:28]


@pytest.mark.usefixtures("root")
def test_batches_have_the_recipes_size_and_lie_channels_last() -> None:
    for resolution in (32, 48):
        recipe = dataclasses.replace(RECIPE, resolution=resolution, validation_images=12, batch=5)
        streams = (find().stream(recipe, 0, "cpu"), find().held_out(recipe, "cpu"))
        (x, labels), judged = next(streams[0]), list(streams[1])
        assert (x.shape, x.dtype, labels.dtype) == ((5, 3, resolution, resolution), torch.float32, torch.int64)
        assert x.is_contiguous(memory_format=torch.channels_last)
        assert [len(part) for part, _ in judged] == [5, 5, 2]
        assert {part.shape[2:] for part, _ in judged} == {(resolution, resolution)}


@pytest.mark.usefixtures("root")
def test_fewer_validation_images_are_spaced_over_the_classes() -> None:
    recipe = dataclasses.replace(RECIPE, validation_images=6)
    assert torch.cat([labels for _, labels in find().held_out(recipe, "cpu")]).tolist() == [0, 0, 1, 1, 2, 2]


def test_a_grey_image_is_judged_as_its_distance_from_the_mean(tmp_path: Path) -> None:
    write(tmp_path / "grey.JPEG", np.full((60, 80, 3), 128, np.uint8))
    pixels = normalised(centred(photographs.read(tmp_path / "grey.JPEG"), 37, 32))
    assert pixels.shape == (3, 32, 32)
    for channel, mean, std in zip(pixels, MEAN, STD, strict=True):
        assert float(channel.mean()) == pytest.approx((128 / 255 - mean) / std, abs=1e-5)
        assert float(channel.std()) == pytest.approx(0, abs=1e-5)


def test_the_centre_is_what_is_kept() -> None:
    pixels = np.zeros((64, 128, 3), np.uint8)
    pixels[:, 32:96] = 200
    assert centred(Image.fromarray(pixels), 64, 56).unique().tolist() == [200.0]
    assert centred(Image.fromarray(pixels), 64, 56).shape == (3, 56, 56)
    assert centred(Image.fromarray(pixels.transpose(1, 0, 2)), 32, 28).unique().tolist() == [200.0]


def test_lighting_shifts_the_channels_by_alexnets_covariance() -> None:
    grey = Image.fromarray(np.full((20, 20, 3), 100, np.uint8))
    clean = normalised(torch.full((3, 4, 4), 100.0))
    drawn = torch.stack([augmented(grey, 4, np.random.default_rng(seed)) - clean for seed in range(3000)])
    assert float(drawn.flatten(2).std(-1).max()) < 1e-5  # one shift an image and channel
    shifts = drawn[..., 0, 0].double().numpy() * STD
    vectors, values = photographs.EIGENVECTORS, photographs.EIGENVALUES
    expected = vectors @ np.diag((0.1 * values) ** 2) @ vectors.T
    assert np.abs(shifts.mean(0)).max() < 1e-3
    assert np.cov(shifts.T) == pytest.approx(expected, rel=0.1)


def test_random_boxes_lie_inside_and_cover_the_papers_areas_and_aspects() -> None:
    rng = np.random.default_rng(0)
    boxes = [random_box(500, 500, rng) for _ in range(3000)]
    left, top, right, bottom = np.array([box for box in boxes if box]).T
    assert min(left.min(), top.min()) == 0
    assert (right.max(), bottom.max()) == (500, 500)
    width, height = right - left, bottom - top
    area = width * height / (500 * 500)
    assert area.min() == pytest.approx(0.08, abs=0.005)
    assert area.max() > 0.9
    assert area[area < 0.5].mean() == pytest.approx(0.29, abs=0.015)  # uniform where every crop fits
    assert (width / height).min() == pytest.approx(3 / 4, abs=0.03)
    assert (width / height).max() == pytest.approx(4 / 3, abs=0.03)


def test_an_image_that_no_crop_fits_gives_its_centre_and_half_of_the_images_are_flipped() -> None:
    strip = np.zeros((4, 400, 3), np.uint8)
    strip[:, 200:] = 255
    assert random_box(400, 4, np.random.default_rng(0)) is None
    views = [augmented(Image.fromarray(strip), 4, np.random.default_rng(seed)) for seed in range(200)]
    flipped = sum(bool(view[0, 0, 0] > view[0, 0, -1]) for view in views)
    assert flipped == pytest.approx(100, abs=35)  # five standard deviations


@pytest.mark.parametrize("mode", ["L", "CMYK", "P"])
def test_grey_and_print_colours_become_rgb(tmp_path: Path, mode: str) -> None:
    path = tmp_path / f"image.{'png' if mode == 'P' else 'JPEG'}"
    Image.new("RGB", (9, 7), (90, 90, 90)).convert(mode).save(path)
    image = photographs.read(path)
    assert (image.mode, image.size) == ("RGB", (9, 7))


def test_a_missing_data_set_names_the_variable_and_the_layout(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    layout = r"(?s)REGNET_DATA.*train/<wnid>/\*\.JPEG.*val/<wnid>/\*\.JPEG"
    for broken in ("", str(root / "elsewhere"), str(root / "train")):
        monkeypatch.setenv("REGNET_DATA", broken)
        for call in (lambda: train(NETWORK, RECIPE, 0), lambda: data.sha256("imagenet")):
            with pytest.raises(FileNotFoundError, match=layout):
                call()


def test_validation_images_that_are_not_in_class_folders_are_said_to_be_missing(root: Path) -> None:
    for path in (root / "val").rglob("*.JPEG"):
        path.rename(root / "val" / path.name)
    for folder in (root / "val").glob("n*"):
        folder.rmdir()
    with pytest.raises(FileNotFoundError, match=r"(?s)Couldn't find any class folder in .*val.*sorted into the same"):
        find()


def test_other_classes_in_validation_are_named(root: Path) -> None:
    shutil.rmtree(root / "val" / "n00000001")
    with pytest.raises(ValueError, match="3 class folders in train and 2 in val: 'n00000001' is in train only"):
        find()


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize(
    ("changes", "stem", "message"),
    [
        ({"num_classes": 9}, Stem(width=8), "recipe.num_classes is 9, but .*train has 3 class folders: set"),
        ({"validation_images": 13}, Stem(width=8), "validation_images is 13, but .*val has 12"),
        ({}, Stem(width=8, channels=1), "network.stem.channels is 1, but imagenet has 3"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_refused(changes: dict[str, int], stem: Stem, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        train(dataclasses.replace(NETWORK, stem=stem), dataclasses.replace(RECIPE, **changes), 0)  # type: ignore[arg-type]


@pytest.mark.usefixtures("root")
def test_there_are_no_test_images() -> None:
    with pytest.raises(ValueError, match="ImageNet's test labels are not public; use ImageNetV2"):
        train(NETWORK, RECIPE, 0, test=True)


@pytest.mark.parametrize("processes", ["0", "1"])
def test_a_corrupt_file_is_named_in_one_line(root: Path, processes: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGNET_LOADERS", processes)
    path = root / "train" / "n00000001" / "train_1_2.JPEG"
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(ValueError, match=rf"^{path} cannot be read: .*; put the original file in its place$"):
        train(NETWORK, RECIPE, 0)


def test_the_digest_is_of_names_and_sizes(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = data.sha256("imagenet")
    assert len(before) == 64
    digests = {before}
    for change in ("moved", "renamed", "longer"):
        copy = tmp_path / change
        shutil.copytree(root, copy)
        path = copy / "val" / "n00000002" / "val_2_0.JPEG"
        if change == "renamed":
            path.rename(path.with_name("val_2_9.JPEG"))
        if change == "longer":
            path.write_bytes(path.read_bytes() + b"\0")
        monkeypatch.setenv("REGNET_DATA", str(copy))
        digests.add(data.sha256("imagenet"))
        assert (data.sha256("imagenet") == before) is (change == "moved")
    assert len(digests) == 3


def test_loaders_are_those_of_the_variable_or_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGNET_LOADERS", "3")
    assert loaders() == 3
    monkeypatch.setenv("REGNET_LOADERS", "two")
    with pytest.raises(ValueError, match="REGNET_LOADERS must be a whole number, 0 or more, got 'two'"):
        loaders()
    monkeypatch.delenv("REGNET_LOADERS")
    assert 1 <= loaders() <= 8


def test_a_sweep_trains_in_its_workers_which_have_loaders_of_their_own(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert root.is_dir()
    sheet = Sheet("imagenet", "small", tmp_path / "work", tmp_path / "runs")
    cells = {"index": 0, "network_id": NETWORK.id, "seed": 5}
    plan = Plan(sheet, RECIPE, [Task("small", 0, cells, NETWORK, RECIPE, seed=5)])
    in_process = train(NETWORK, RECIPE, 5)
    monkeypatch.setenv("REGNET_LOADERS", "1")
    report = drive([plan], Local(workers=1))
    assert report.counts == {"ok": 1, "diverged": 0, "failed": 0}
    (entry,) = read_journal(sheet.journal)
    assert entry.row["error"] == in_process.error
    assert entry.header["data_sha256"] == data.sha256("imagenet")


@pytest.mark.usefixtures("root")
def test_a_sweep_stops_before_its_first_training_where_the_data_are_not_imagenet(tmp_path: Path) -> None:
    recipe = regimes["imagenet"].base
    task = Task("small", 0, {"index": 0, "network_id": NETWORK.id, "seed": 5}, NETWORK, recipe, seed=5)
    sheet = Sheet("imagenet", "small", tmp_path / "work", tmp_path / "runs")
    with pytest.raises(ValueError, match=r"recipe.num_classes is 1000, but .*train has 3 class folders"):
        drive([Plan(sheet, recipe, [task])], Local(workers=1))
