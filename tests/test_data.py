import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import torch
from torchvision.datasets import FashionMNIST

from regnet.design.recipe import Recipe
from regnet.sweeps.regimes import TRAINING_IMAGES, regimes
from regnet.training import data, fashion_mnist, tiny_imagenet_files


def test_the_shipped_subset_has_images_of_every_class() -> None:
    subset = data.load("fashion-mnist-small")
    assert (len(subset.train), len(subset.validation)) == (1000, 500)
    assert (subset.channels, subset.resolution, subset.num_classes) == (1, 28, 10)
    assert subset.train.pixels.dtype == torch.uint8
    assert torch.bincount(subset.train.labels, minlength=10).min() > 80
    assert torch.bincount(data.load_test("fashion-mnist-small").labels, minlength=10).min() > 30


def test_mean_and_std_are_the_training_pixels() -> None:
    subset = data.load("fashion-mnist-small")
    pixels = subset.train.pixels.double()
    assert subset.mean == pytest.approx(float(pixels.mean()))
    assert subset.std == pytest.approx(float(pixels.std(correction=0)))


def test_a_data_set_is_read_once() -> None:
    assert data.load("fashion-mnist-small") is data.load("fashion-mnist-small")


def test_training_validation_and_test_images_are_different_ones() -> None:
    subset = data.load("fashion-mnist-small")
    parts = [subset.train.pixels, subset.validation.pixels, data.load_test("fashion-mnist-small").pixels]
    images = [image.numpy().tobytes() for part in parts for image in part]
    assert len(set(images)) == 2000


def test_an_unknown_name_is_an_error_that_lists_the_known_ones() -> None:
    for function in (data.source, data.load, data.load_test, data.sha256):
        with pytest.raises(ValueError, match=r"unknown data set 'mnist', expected one of fashion-mnist.*imagenet"):
            function("mnist")


def test_a_source_in_memory_gives_whole_batches_and_holds_out_what_the_recipe_wants() -> None:
    recipe = Recipe(data="fashion-mnist-small", resolution=28, images=700, batch=64, validation_images=300)
    read = data.source(recipe.data)
    read.check(recipe, test=True)
    assert read is data.load(recipe.data)
    assert read.channels == 1
    stream = list(read.stream(recipe, 0, "cpu"))
    assert [len(labels) for _, labels in stream] == [64] * 10
    assert {(x.shape[1:], x.dtype) for x, _ in stream} == {((1, 28, 28), torch.float32)}
    subset = data.load(recipe.data)
    judged = torch.cat([labels for _, labels in read.held_out(recipe, "cpu")])
    assert torch.equal(judged, subset.validation.labels[:300])
    tested = torch.cat([labels for _, labels in read.held_out(recipe, "cpu", test=True)])
    assert torch.equal(tested, data.load_test(recipe.data).labels)


def test_missing_files_name_the_three_ways(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("REGNET_DATA", raising=False)
    monkeypatch.setattr(fashion_mnist, "DEBIAN", tmp_path)
    with pytest.raises(FileNotFoundError, match=r"(?s)REGNET_DATA.*dataset-fashion-mnist.*torchvision"):
        fashion_mnist.find("train-images-idx3-ubyte")


@pytest.mark.parametrize("folder", ["", "fashion-mnist", "FashionMNIST/raw"])
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_files_are_found_where_people_keep_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folder: str, suffix: str
) -> None:
    monkeypatch.setenv("REGNET_DATA", str(tmp_path))
    path = tmp_path / folder / f"train-labels-idx1-ubyte{suffix}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    assert fashion_mnist.find("train-labels-idx1-ubyte") == path


@pytest.mark.parametrize("whole", [True, False])
def test_a_download_leaves_all_files_or_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, whole: bool) -> None:
    """From a server of this machine, whose last file is cut off if not `whole`."""
    mirror, root = tmp_path / "mirror", tmp_path / "data"
    mirror.mkdir()
    for stem in fashion_mnist.SHA256:
        axes = 3 if "images" in stem else 1
        (mirror / f"{stem}.gz").write_bytes(gzip.compress(bytes([0, 0, 8, axes, *([0, 0, 0, 1] * axes), 7])))
    sums = [(path.name, hashlib.md5(path.read_bytes()).hexdigest()) for path in sorted(mirror.iterdir())]
    if not whole:
        last = mirror / sums[-1][0]
        last.write_bytes(last.read_bytes()[:-8])
    monkeypatch.setattr(FashionMNIST, "resources", sums)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(mirror))) as server:
        threading.Thread(target=server.serve_forever).start()
        monkeypatch.setattr(FashionMNIST, "mirrors", [f"http://127.0.0.1:{server.server_port}/"])
        monkeypatch.setattr(fashion_mnist, "DEBIAN", tmp_path)
        monkeypatch.setenv("REGNET_DATA", str(root))
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        try:
            if whole:
                assert all(fashion_mnist.find(stem).is_file() for stem in fashion_mnist.SHA256)
                assert sorted(path.name for path in root.iterdir()) == ["FashionMNIST"]
            else:
                with pytest.raises(FileNotFoundError, match=r"(?s)The download failed: .*corrupted"):
                    fashion_mnist.find("train-images-idx3-ubyte")
                assert not list(root.iterdir())
        finally:
            server.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None: ...


def test_other_content_is_refused_by_its_sha256(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REGNET_DATA", str(tmp_path))
    content = bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 9])
    for stem in fashion_mnist.SHA256:
        (tmp_path / f"{stem}.gz").write_bytes(gzip.compress(content))
    with pytest.raises(ValueError, match="is not Fashion-MNIST's t10k-images-idx3-ubyte: SHA-256"):
        fashion_mnist.load_test.__wrapped__("fashion-mnist")


def test_idx_files_are_parsed_in_any_number_of_axes() -> None:
    pixels = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    header = bytes([0, 0, 8, 3]) + np.array(pixels.shape, ">u4").tobytes()
    assert np.array_equal(fashion_mnist.parse_idx(header + pixels.tobytes()), pixels)
    with pytest.raises(ValueError, match="not an idx file"):
        fashion_mnist.parse_idx(b"PK\3\4" + pixels.tobytes())


def test_the_two_data_sets_have_different_digests() -> None:
    digests = {data.sha256(name) for name in fashion_mnist.NAMES}
    assert {len(digest) for digest in digests} == {64}
    assert len(digests) == 2


def test_the_whole_data_set_begins_with_the_shipped_subset() -> None:
    try:
        whole = data.load("fashion-mnist")
    except FileNotFoundError as error:
        pytest.skip(str(error).splitlines()[0])
    subset = data.load("fashion-mnist-small")
    assert (len(whole.train), len(whole.validation)) == (50_000, 10_000)
    assert torch.equal(whole.train.pixels[:1000], subset.train.pixels)
    assert torch.equal(whole.validation.first(500).labels, subset.validation.labels)
    assert torch.equal(data.load_test("fashion-mnist").pixels[:500], data.load_test("fashion-mnist-small").pixels)


@pytest.mark.parametrize("damage", ["cut", "tail", "crc", "other", "empty"])
def test_a_damaged_gzip_file_is_named_in_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "train-images-idx3-ubyte.gz"
    whole = gzip.compress(bytes(5000) + bytes(range(256)))
    middle = len(whole) // 2
    content = {
        "cut": whole[:middle], "tail": whole + b"more", "crc": whole[:-8] + b"12345678", "other": b"PK" + whole,
        "empty": b"",
    }  # fmt: skip
    path.write_bytes(content[damage])
    (tmp_path / path.stem).mkdir()  # a folder where the unpacked file might be is passed over
    monkeypatch.setenv("REGNET_DATA", str(tmp_path))
    with pytest.raises(ValueError, match=rf"{path} (cannot be read|is not Fashion-MNIST's)") as refusal:
        fashion_mnist._read("train-images-idx3-ubyte")
    assert len(str(refusal.value).splitlines()) == 1


def test_a_damaged_subset_is_named_in_one_line(tmp_path: Path) -> None:
    """In another process: a training that reads a copy of the library with a torn file in it."""
    shutil.copytree(Path(fashion_mnist.__file__).parents[1], tmp_path / "regnet")
    torn = tmp_path / "regnet" / "training" / fashion_mnist.SMALL.name
    code = f"""from pathlib import Path
from regnet.training import data
whole = Path({str(torn)!r}).read_bytes()
for keep in (0, 10, 5000, -100):
    Path({str(torn)!r}).write_bytes(whole[:keep])
    try: data.load('fashion-mnist-small')
    except ValueError as error: print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    said = done.stdout.splitlines()
    assert len(said) == 4
    assert all(re.fullmatch(rf"{torn} is damaged \(.*install regnet again.*", line) for line in said)


def test_a_pass_is_as_many_images_as_the_data_sets_train_on() -> None:
    tiny = {f"tiny-imagenet-{k}": k * tiny_imagenet_files.TRAIN for k in (20, 50)}
    assert {"fashion-mnist": fashion_mnist.TRAIN, **tiny}.items() <= TRAINING_IMAGES.items()
    for name in ("pocket", "natural", "imagenet"):
        assert regimes[name].base.data in TRAINING_IMAGES
