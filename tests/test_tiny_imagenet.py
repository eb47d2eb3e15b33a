"""Tiny-ImageNet from a folder of its layout: which files are used, what becomes of them, and what is noticed."""

import io
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from tiny_imagenet import WNIDS, jpeg, write

from regnet.design.networks import AnyNet, Stage, Stem
from regnet.design.recipe import Recipe
from regnet.training import data, listing, tiny_imagenet, train
from regnet.training import tiny_imagenet_files as files

NAME = "tiny-imagenet-3"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("data"))


@pytest.fixture(autouse=True)
def _fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, archive: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("REGNET_DATA", str(archive.parent))
    forget()


def forget() -> None:
    """As a new process begins: what was read is read again."""
    tiny_imagenet._found.cache_clear()
    tiny_imagenet._load.cache_clear()


@pytest.fixture
def copy(tmp_path: Path, archive: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the folder that a test may change."""
    monkeypatch.setenv("REGNET_DATA", str(tmp_path))
    return shutil.copytree(archive, tmp_path / archive.name)


def kept(tmp_path: Path) -> list[str]:
    return sorted(path.suffix for path in (tmp_path / "cache" / "regnet").iterdir())


def expected(path: Path) -> torch.Tensor:
    """The image by other means: box averages in float64, by Pillow's decoder."""
    pixels = np.asarray(Image.open(path).convert("RGB"), np.float64)
    means = (pixels[0::2, 0::2] + pixels[1::2, 0::2] + pixels[0::2, 1::2] + pixels[1::2, 1::2]) / 4
    return torch.from_numpy(np.round(means).astype(np.uint8)).permute(2, 0, 1)


def test_of_each_class_400_train_100_validate_and_the_official_50_test(archive: Path) -> None:
    found, test = data.load(NAME), data.load_test(NAME)
    assert (found.num_classes, found.channels, found.resolution) == (3, 3, 32)
    for images, each in ((found.train, 400), (found.validation, 100), (test, 50)):
        assert torch.bincount(images.labels).tolist() == [each] * 3
        assert images.pixels.dtype == torch.uint8
    names = sorted(path.name for path in (archive / "train" / WNIDS[1] / "images").iterdir())
    folder = archive / "train" / WNIDS[1] / "images"
    assert torch.equal(found.train.pixels[2], expected(folder / names[0]))
    assert torch.equal(found.validation.pixels[3], expected(folder / names[401]))
    assert torch.equal(found.validation.pixels[-3], expected(folder / names[-1]))
    assert found.mean == pytest.approx(float(found.train.pixels.double().mean()))
    assert found.std == pytest.approx(float(found.train.pixels.double().std(correction=0)))


def test_the_first_images_and_every_second_one_are_balanced() -> None:
    found = data.load(NAME)
    for name in (NAME, "tiny-imagenet-2"):
        labels = data.load(name).validation.labels
        for half in (labels[::2], labels[1::2]):
            assert set(torch.bincount(half).tolist()) == {50}
    assert found.validation.labels[:8].tolist() == [0, 0, 1, 1, 2, 2, 0, 0]
    first = next(iter(found.stream(Recipe(NAME, 32, 3, images=64, batch=64, warmup_images=0), 0, "cpu")))[1]
    assert torch.bincount(first, minlength=3).min() > 10  # a permutation, not the files' order


def test_the_first_classes_are_those_of_wnids_in_sorted_order_and_only_they_need_be_there(copy: Path) -> None:
    three = data.load(NAME)
    shutil.rmtree(copy / "train" / WNIDS[2])
    for i in range(50):
        (copy / "val" / "images" / f"val_{100 + i}.JPEG").unlink()
    two = data.load("tiny-imagenet-2")
    assert torch.equal(two.train.pixels, three.train.pixels[three.train.labels < 2])
    forget()
    with pytest.raises(FileNotFoundError, match=rf"train/{WNIDS[2]}/images is missing: .*regnet data tiny-imagenet"):
        data.load(NAME)


def test_the_folder_itself_is_found_and_stands_beside_other_data_sets(
    archive: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (copy.parent / "train" / "n01440764").mkdir(parents=True)  # as ImageNet lies there
    (copy.parent / "fashion-mnist").mkdir()
    assert files.find() == copy
    monkeypatch.setenv("REGNET_DATA", str(archive))
    assert files.find() == archive


def test_the_digest_is_of_the_bytes_used_wherever_they_lie(archive: Path, copy: Path) -> None:
    here = files.listing(copy, 3)
    for number, path in enumerate(copy.rglob("*.JPEG")):
        os.utime(path, (number, number))
    (copy / "train" / WNIDS[0] / f"{WNIDS[0]}_boxes.txt").write_text("not used", encoding="utf-8")
    with (copy / "wnids.txt").open("a", encoding="utf-8") as file:
        file.write("n99999999\n")
    assert (
        listing.sha256(files.listing(copy, 3))
        == listing.digest_of(files.listing(archive, 3))
        == listing.digest_of(here)
    )
    assert listing.digest_of(files.listing(archive, 2)) != listing.digest_of(here)


def test_the_digest_decodes_nothing_and_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = data.sha256(NAME)
    assert kept(tmp_path) == [".sha256"]
    monkeypatch.setattr(Path, "read_bytes", None)  # no image is read for it again
    forget()
    assert data.sha256(NAME) == first


@pytest.mark.parametrize("times", ["new", "restored"])
def test_an_altered_file_is_noticed_and_never_served_from_before(copy: Path, times: str) -> None:
    before, digest = data.load(NAME), data.sha256(NAME)
    path = sorted((copy / "train" / WNIDS[0] / "images").iterdir())[0]
    said, content = path.stat(), bytearray(path.read_bytes())
    content[-12] ^= 255  # in the last pixels' code; the size stays
    path.write_bytes(content)
    if times == "restored":
        os.utime(path, ns=(said.st_atime_ns, said.st_mtime_ns))
    forget()
    assert data.sha256(NAME) != digest
    assert not torch.equal(data.load(NAME).train.pixels[0], before.train.pixels[0])


def test_images_are_decoded_once_and_test_images_only_when_asked_for(tmp_path: Path) -> None:
    before = data.load(NAME)
    assert kept(tmp_path) == [".npy", ".npy", ".sha256"]
    data.load_test(NAME)
    assert kept(tmp_path).count(".npy") == 3
    for path in (tmp_path / "cache" / "regnet").glob("*train*.npy"):
        changed = np.load(path)
        changed[0] = 7
        np.save(path, changed)
    forget()
    after = data.load(NAME)
    assert (after.train.pixels[0] == 7).all()  # so it came from there
    assert torch.equal(after.train.pixels[1:], before.train.pixels[1:])


def test_a_torn_cached_array_and_a_cache_that_takes_no_files_only_cost_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = data.load(NAME)
    for path in (tmp_path / "cache" / "regnet").iterdir():
        path.write_bytes(path.read_bytes()[:60])
    forget()
    assert torch.equal(data.load(NAME).train.pixels, before.train.pixels)
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    forget()
    assert torch.equal(data.load(NAME).train.pixels, before.train.pixels)


def test_grey_files_get_three_equal_channels(copy: Path) -> None:
    path = sorted((copy / "train" / WNIDS[0] / "images").iterdir())[0]
    path.write_bytes(jpeg(np.arange(4096, dtype=np.uint16).reshape(64, 64).astype(np.uint8)))
    grey = data.load(NAME).train.pixels[0]
    assert torch.equal(grey[0], grey[1])
    assert torch.equal(grey[0], grey[2])


def test_means_of_four_pixels_are_rounded_half_to_even() -> None:
    every = np.array(np.meshgrid(range(5), range(5), [0], [0, 251]), np.uint8).reshape(4, -1).T  # (n, 4)
    blocks = every.reshape(-1, 2, 2, 1)
    found = [int(tiny_imagenet.halved(block)[0, 0, 0]) for block in blocks]
    assert found == [round(int(block.sum()) / 4) for block in blocks]  # Python's round is half to even


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("wnids.txt", "Tiny-ImageNet not found"),
        ("val/val_annotations.txt", "val_annotations.txt is missing"),
        (f"train/{WNIDS[1]}/images/{WNIDS[1]}_7.JPEG", "has 499 files .*, 500 expected"),
        ("val/images/val_3.JPEG", "val_3.JPEG is missing"),
    ],
)
def test_what_is_missing_is_named_with_what_to_do_in_one_line(copy: Path, name: str, said: str) -> None:
    (copy / name).unlink()
    with pytest.raises((FileNotFoundError, ValueError), match=rf"{said}.*regnet data tiny-imagenet") as caught:
        data.load(NAME)
    assert "\n" not in str(caught.value)


def test_more_classes_than_there_are_and_images_of_another_size_are_refused(copy: Path) -> None:
    with pytest.raises(ValueError, match=r"names 3 classes, tiny-imagenet-4 needs more"):
        data.load("tiny-imagenet-4")
    for name in ("tiny-imagenet-1", "tiny-imagenet-201", "tiny-imagenet"):
        with pytest.raises(ValueError, match=r"unknown data set .* tiny-imagenet-<2 to 200>"):
            data.source(name)
    file = io.BytesIO()
    Image.new("RGB", (32, 64)).save(file, "JPEG")
    (copy / "train" / WNIDS[2] / "images" / f"{WNIDS[2]}_0.JPEG").write_bytes(file.getvalue())
    with pytest.raises(ValueError, match=rf"{WNIDS[2]}_0.JPEG has 32 x 64 pixels, 64 x 64 expected"):
        data.load(NAME)


def test_without_a_folder_the_message_says_how_to_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REGNET_DATA")
    with pytest.raises(FileNotFoundError, match=r"set REGNET_DATA .* regnet data tiny-imagenet"):
        data.sha256(NAME)


@pytest.mark.parametrize("engine", ["native", "torch"])
def test_a_network_learns_from_it(engine: str) -> None:
    recipe = Recipe(NAME, 32, 3, images=640, batch=32, lr=0.1, warmup_images=64, validation_images=300)
    network = AnyNet((Stage(1, 16, 1.0, 8), Stage(1, 32, 1.0, 8)), Stem(kernel=3, width=8, stride=1, channels=3))
    record = train(network, recipe, 0, test=True, engine=engine)
    assert record.error is not None
    assert record.test_error is not None
    assert max(record.error, record.test_error) < 30  # a guess has 67
