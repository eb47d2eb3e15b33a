"""Trainings of several epochs: broken off and gone on with, and shared by several processes."""

import dataclasses
import json
import multiprocessing
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from typer.testing import CliRunner

from regnet.cli import app
from regnet.design.networks import AnyNet, Network, Stage, Stem
from regnet.design.recipe import Precision, Recipe, Record
from regnet.design.zoo import zoo
from regnet.sweeps.engine import Local
from regnet.sweeps.journal_lines import read_journal
from regnet.sweeps.sheets import Sheet
from regnet.sweeps.sweep import drive
from regnet.sweeps.tasks import Plan, Task
from regnet.training import build, checkpoints, engines, train
from regnet.training.checkpoints import Checkpoints, Saved, read
from regnet.training.data import sha256, source
from regnet.training.distributed import train_together
from regnet.training.errors import errors
from regnet.training.schedule import rate
from regnet.training.team import Team
from regnet.training.torch_engine import TorchEngine

torch.set_num_threads(1)  # as a worker does; results depend on it

NETWORK = AnyNet((Stage(1, 16, 1.0, 8), Stage(1, 32, 1.0, 8)), Stem(width=8))
RECIPE = Recipe(
    data="imagenet", resolution=32, num_classes=3, images=120, batch=8, lr=0.02, warmup_images=24,
    validation_images=12, precision="fp32",
)  # fmt: skip  # 15 steps, an epoch of 24 images has 3
EPOCH = 3


@pytest.fixture(scope="module", autouse=True)
def images(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Three classes of noisy images, reddish, greenish and bluish: 24 to train on, 12 to judge by."""
    root, rng = tmp_path_factory.mktemp("images"), np.random.default_rng(0)
    for part, n in (("train", 8), ("val", 4)):
        for label in range(3):
            for i in range(n):
                pixels = rng.integers(0, 170, (40, 34, 3), dtype=np.uint8)
                pixels[..., label] += 20
                path = root / part / f"n0000000{label}" / f"{i}.JPEG"
                path.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(pixels).save(path, "JPEG")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REGNET_DATA", str(root))
        patch.setenv("REGNET_LOADERS", "0")
        yield


def recipe_in(precision: Precision) -> Recipe:
    return dataclasses.replace(RECIPE, precision=precision)


def begin(recipe: Recipe, network: Network = NETWORK) -> TorchEngine:
    engine = engines.start(
        engines.choose([(network, recipe)], wanted="torch").name, build(network, 3, seed=5), recipe, "cpu"
    )
    assert isinstance(engine, TorchEngine)
    return engine


def whose(recipe: Recipe = RECIPE, processes: int = 1) -> dict[str, str | int]:
    engine = engines.choose([(NETWORK, recipe)], wanted="torch").name
    return {
        "network": NETWORK.id, "recipe": recipe.hash, "seed": 5, "data": sha256("imagenet"), "engine": engine,
        "device": "cpu", "processes": processes,
    }  # fmt: skip


def break_off(recipe: Recipe, steps: int, path: Path) -> None:
    """Train so many steps as `train` does, saved at each epoch's end, and no further."""
    saved = Saved(begin(recipe), Checkpoints(path, 0), whose(recipe), lambda: 1000.0)
    stream = source("imagenet").stream(recipe, 5, "cpu", start=saved.resume())
    saved.engine.fit(islice(saved.watched(stream, 24), steps))


def numbers(record: Record) -> Record:
    return dataclasses.replace(record, seconds=0.0)


def same(one: Any, other: Any) -> bool:
    """Whether two states are equal, bit by bit."""
    if isinstance(one, torch.Tensor):
        return torch.equal(one, other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    return bool(one == other)


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_a_training_that_is_broken_off_anywhere_ends_as_an_uninterrupted_one(
    precision: Precision, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe, path = recipe_in(precision), tmp_path / "a" / "b.pt"
    whole = train(NETWORK, recipe, 5, engine="torch", keep=Checkpoints(path, 0))
    end = read(path, whose(recipe))
    assert numbers(whole) == numbers(train(NETWORK, recipe, 5, engine="torch"))  # to save changes nothing
    for broken in (1, EPOCH + 1, 4 * EPOCH):
        path.unlink()
        break_off(recipe, broken, path)
        assert path.exists() is (broken > EPOCH)
        again = train(NETWORK, recipe, 5, engine="torch", keep=Checkpoints(path, 0))
        assert numbers(again) == numbers(whole)
        ended = read(path, whose(recipe))
        assert end is not None
        assert ended is not None
        assert all(same(ended[name], end[name]) for name in ("model", "optimiser", "losses"))
        assert (again.seconds > 1000) is (broken > EPOCH)  # what was spent before counts
    assert f"going on after step 3 of 15, from {path}" in capsys.readouterr().err


def test_a_training_that_is_over_is_only_judged_again(tmp_path: Path) -> None:
    path = tmp_path / "over.pt"
    whole = train(NETWORK, RECIPE, 5, engine="torch", keep=Checkpoints(path, 0))
    before = path.stat()
    again = train(NETWORK, RECIPE, 5, engine="torch", keep=Checkpoints(path, 0))
    assert numbers(again) == numbers(whole)
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def long_training(path: Path, recipe: Recipe) -> None:
    """In a process of its own, to be killed."""
    torch.set_num_threads(1)
    train(NETWORK, recipe, 5, engine="torch", keep=Checkpoints(path, 0))


def test_a_killed_training_goes_on_where_it_was_saved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, recipe = tmp_path / "killed.pt", dataclasses.replace(RECIPE, images=600)
    process = multiprocessing.get_context("spawn").Process(target=long_training, args=(path, recipe))
    process.start()
    while not path.exists():
        assert process.is_alive()
        time.sleep(0.01)
    time.sleep(float(np.random.default_rng().uniform(0, 0.3)))
    process.kill()
    process.join()
    again = train(NETWORK, recipe, 5, engine="torch", keep=Checkpoints(path, 0))
    assert "going on after step" in capsys.readouterr().err
    assert numbers(again) == numbers(train(NETWORK, recipe, 5, engine="torch"))


def flipped(content: bytes) -> bytes:
    at = int(np.random.default_rng().integers(100, len(content)))
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda content: content[: len(content) // 2], "is damaged"),
        (lambda content: content[:95], "is damaged"),
        (flipped, "is damaged"),
        (lambda content: b"\0" * len(content), "does not begin with 'regnet checkpoint 1'"),
        (lambda content: b"", "does not begin with 'regnet checkpoint 1'"),  # noqa: ARG005
        (lambda content: content.replace(b"checkpoint 1", b"checkpoint 0", 1), "does not begin with 'regnet check"),
    ],
)
def test_a_damaged_file_is_left_aside_in_one_line(
    damage: Callable[[bytes], bytes], why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "damaged.pt"
    break_off(RECIPE, EPOCH + 1, path)
    path.write_bytes(damage(path.read_bytes()))
    assert read(path, whose()) is None
    said = capsys.readouterr().err
    assert said.startswith(f"regnet: {path} {why}")
    assert said.endswith(": the training begins anew\n")
    assert said.count("\n") == 1


def test_another_trainings_file_is_left_aside_with_what_differs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "other.pt"
    break_off(RECIPE, EPOCH + 1, path)
    longer = dataclasses.replace(RECIPE, images=128)
    for other in (whose(longer), whose() | {"network": "0" * 12}, whose() | {"seed": 6}, whose(processes=2)):
        assert read(path, other) is None
        (differs,) = [name for name, value in whose().items() if other[name] != value]
        said = f"is of another training ({differs} {whose()[differs]}, not {other[differs]}): the training begins anew"
        assert said in capsys.readouterr().err
    expected = train(NETWORK, longer, 5, engine="torch")
    assert numbers(train(NETWORK, longer, 5, engine="torch", keep=Checkpoints(path, 0))) == numbers(expected)


def test_a_training_that_cannot_be_saved_says_so_and_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "in the way"
    path.mkdir()
    record = train(NETWORK, RECIPE, 5, engine="torch", keep=Checkpoints(path, 0))
    assert record.status == "ok"
    assert f"{path} was not written (Is a directory): the training goes on" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [path]


def test_short_trainings_are_not_saved(tmp_path: Path) -> None:
    path, part = tmp_path / "short.pt", dataclasses.replace(RECIPE, images=16, warmup_images=0)
    train(NETWORK, RECIPE, 5, engine="torch", keep=Checkpoints(path))  # seconds
    train(NETWORK, part, 5, engine="torch", keep=Checkpoints(path, 0))
    train(NETWORK, recipe_in("bf16"), 5, engine="native", keep=Checkpoints(path, 0))
    assert not list(tmp_path.iterdir())


def test_a_sweep_goes_on_with_what_was_broken_off_and_clears_up(tmp_path: Path) -> None:
    sheet = Sheet("imagenet", "small", tmp_path / "work", tmp_path / "runs")
    plan = Plan(
        sheet, RECIPE, [Task("small", 0, {"index": 0, "network_id": NETWORK.id, "seed": 5}, NETWORK, RECIPE, 5)]
    )
    path = sheet.work / "checkpoints" / f"{NETWORK.id}-{RECIPE.hash}-5.pt"
    break_off(RECIPE, EPOCH + 1, path)
    assert drive([plan], Local(workers=1)).counts["ok"] == 1
    (entry,) = read_journal(sheet.journal)
    assert entry.row["error"] == train(NETWORK, RECIPE, 5).error
    assert entry.row["seconds"] > 1000  # break_off's, and its own
    assert not path.exists()
    break_off(RECIPE, EPOCH + 1, path)  # what a sweep that was killed between row and removal leaves
    assert drive([plan], Local(workers=1)).done == 0
    assert not path.exists()


@pytest.mark.parametrize("start", [0, 1, 4, 14])
def test_a_stream_from_anywhere_shared_by_any_number_is_the_same_stream(start: int) -> None:
    recipe = dataclasses.replace(RECIPE, batch=8)
    small = Recipe(data="fashion-mnist-small", resolution=28, images=120, batch=8, warmup_images=0)
    for one in (recipe, small):
        whole = list(source(one.data).stream(one, 3, "cpu"))[start:]
        parts = [list(source(one.data).stream(one, 3, "cpu", start=start, team=Team(r, 2))) for r in (0, 1)]
        assert len(whole) == len(parts[0]) == len(parts[1])
        for batch, first, second in zip(whole, *parts, strict=True):
            assert len(first[1]) == len(second[1]) == 4
            assert all(torch.equal(torch.cat([a, b]), c) for a, b, c in zip(first, second, batch, strict=True))


def by_halves(steps: int) -> tuple[TorchEngine, TorchEngine]:
    """Both halves of each batch one after the other, each with batch statistics of its own, and one step of SGD."""
    pair = begin(RECIPE), begin(RECIPE)
    for step, (x, labels) in enumerate(islice(source("imagenet").stream(RECIPE, 5, "cpu"), steps)):
        losses = []
        for rank, engine in enumerate(pair):
            engine.model.train()
            engine.optimiser.zero_grad()
            loss = F.cross_entropy(engine.logits(Team(rank, 2).cut(x)), Team(rank, 2).cut(labels))
            loss.backward()
            losses.append(loss.detach())
        for p, q in zip(pair[0].model.parameters(), pair[1].model.parameters(), strict=True):
            assert p.grad is not None
            assert q.grad is not None
            mean = (p.grad + q.grad) / 2
            p.grad, q.grad = mean, mean.clone()
        for engine in pair:
            engine.optimiser.param_groups[0]["lr"] = rate(RECIPE, step)
            engine.optimiser.step()
            engine.losses.append(float((losses[0] + losses[1]) / 2))
    return pair


def test_two_processes_go_on_from_a_checkpoint_as_one_that_takes_both_halves(tmp_path: Path) -> None:
    first, second = by_halves(RECIPE.steps)
    assert same(first.state()["model"]["head.weight"], second.state()["model"]["head.weight"])
    path = tmp_path / "team.pt"
    checkpoints.write(path, whose(processes=2), by_halves(EPOCH)[0].state() | {"seconds": 0.0})
    record = train_together(NETWORK, RECIPE, 5, processes=2, device="cpu", keep=Checkpoints(path, 0))
    ended = read(path, whose(processes=2))
    assert ended is not None
    assert ended["losses"].tolist() == pytest.approx(first.losses, rel=1e-5)
    for name, value in first.model.state_dict().items():
        if name.endswith(("weight", "bias", "running_mean", "running_var")):  # the averages are the first half's
            torch.testing.assert_close(ended["model"][name], value, rtol=1e-4, atol=1e-6)
    judged = errors(first.scores(source("imagenet").held_out(RECIPE, "cpu")))
    assert judged is not None
    assert (record.error, record.error_a, record.error_b) == (judged.error, judged.error_a, judged.error_b)
    assert (record.status, record.engine, record.network_id) == ("ok", engines.TORCH, NETWORK.id)


def test_batch_statistics_of_halves_and_of_whole_batches_learn_alike() -> None:
    halves, whole = by_halves(RECIPE.steps)[0], begin(RECIPE)
    assert whole.fit(source("imagenet").stream(RECIPE, 5, "cpu")) is not None
    assert halves.losses == pytest.approx(whole.losses, abs=0.15)
    assert halves.losses != whole.losses
    for engine in (halves, whole):
        assert sum(engine.losses[-3:]) < sum(engine.losses[:3]) - 0.1


def test_a_mistake_that_one_of_several_processes_finds_is_said_as_one_process_says_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGNET_DATA", str(tmp_path))
    gone = dataclasses.replace(RECIPE, data="imagenet")
    for processes in (1, 2):
        with pytest.raises(FileNotFoundError, match=rf"ImageNet.*{tmp_path}"):
            train_together(NETWORK, gone, 5, processes=processes, device="cpu")


def test_what_cannot_be_shared_is_refused_before_anything_starts() -> None:
    with pytest.raises(ValueError, match="a batch of 8 cannot be shared evenly by 3 processes"):
        train_together(NETWORK, RECIPE, 5, processes=3, device="cpu")
    if not torch.cuda.is_available():
        for device in ("cuda", "cuda:0"):
            with pytest.raises(ValueError, match="sees 0 CUDA GPUs"):
                train_together(NETWORK, RECIPE, 5, processes=2, device=device)
            with pytest.raises(ValueError, match="sees 0 CUDA GPUs"):
                train(NETWORK, RECIPE, 5, device=device)


def test_a_published_network_is_trained_by_one_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGNET_WORK", str(tmp_path / "work"))
    arguments = ["train", "regnetx-200mf", "--device", "cpu", "--epochs", "1", "--batch", "8"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    (result,) = (tmp_path / "work" / "imagenet" / "trained").glob("*.json")
    kept = json.loads(result.read_text())
    assert (kept["record"], kept["recipe"]["images"], kept["recipe"]["lr"]) == (said["record"], 24, 0.1 * 8 / 128)
    weights = torch.load(result.with_suffix(".pt"), weights_only=True)
    build(zoo["regnetx-200mf"], 3).load_state_dict(weights)
    assert len(list(result.parent.iterdir())) == 2  # no checkpoint is left
    again = CliRunner().invoke(app, arguments)
    assert (again.exit_code, again.stderr.count("\n")) == (2, 1)
    assert f"{result} is there: it was trained already" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--epochs", "0"), "--epochs must be a whole number of at least 1, got 0"),
        (
            ("--device", "cpu", "--processes", "3", "--batch", "8"),
            "a batch of 8 cannot be shared evenly by 3 processes",
        ),
        (("--device", "tpu"), "device must be auto, cpu, cuda or cuda:NUMBER, got 'tpu'"),
        (("-o", "weights.pt"), "-o must be a .json file, got 'weights.pt'"),
    ],
)
def test_what_the_command_cannot_do_is_said_in_one_line(
    arguments: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGNET_WORK", str(tmp_path))
    done = CliRunner().invoke(app, ["train", "regnetx-200mf", *arguments])
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert said in done.stderr
