"""Regimes of one's own: a small TOML file and a folder of images, wherever a regime's name is taken."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from own_images import CLASSES, TOML, forget, write_folder
from typer.testing import CliRunner

from regnet import load
from regnet.cli import app
from regnet.design.spaces import spaces
from regnet.evidence.judge import judgements
from regnet.evidence.untrained import file_of, table, untrained
from regnet.page.ledger import ledger
from regnet.sweeps.calibration import default_grid
from regnet.sweeps.population import Population
from regnet.sweeps.regime_keys import FREE, KEYS
from regnet.sweeps.regimes import find_regime, regimes
from regnet.sweeps.rows import network_of, realised
from regnet.sweeps.store import open_runs

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> object:
    """Runs, journals and cache of this module; one folder of images, which no test changes."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name, place in {"REGNET_RUNS": "runs", "REGNET_WORK": "work", "XDG_CACHE_HOME": "cache"}.items():
            patch.setenv(name, str(home / place))
        patch.setenv("COLUMNS", "300")
        patch.chdir(home)
        write_folder(home / "pictures")
        yield home


@pytest.fixture(scope="module")
def flowers(home: Path) -> Path:
    """Two populations trained and sealed, as one would type it."""
    path = write(home / "flowers.toml")
    assert "6 trained now; seal what is finished with: regnet seal flowers" in regnet(
        "sweep", "flowers.toml", "anynetx_a", "regnetx", "-n", "3", "--workers", "1"
    )
    regnet("seal", "flowers.toml")
    return path


def regnet(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == code, result.output
    return result.output


def write(path: Path, text: str = TOML, **keys: object) -> Path:
    """A regime's file: `text` without the keys given, then these; None leaves one out."""
    lines = [line for line in text.splitlines() if line.partition(" ")[0] not in keys]
    lines += [f"{key} = {json.dumps(value)}" for key, value in keys.items()
              if value is not None]  # fmt: skip
    path.write_text("\n".join(lines))
    return path


def test_a_sweep_seals_rows_that_load_under_the_regimes_name(flowers: Path, home: Path) -> None:
    rows = load("flowers", "anynetx_a")
    assert rows["status"].tolist() == ["ok"] * 3
    assert rows.equals(load(str(flowers), "anynetx_a"))
    info = open_runs("flowers").info("regnetx")
    assert info["recipe"] == find_regime("flowers").base.values
    assert (info["recipe"]["data"], info["recipe"]["num_classes"], info["recipe"]["validation_images"]) == (
        "flowers", 3, 18,
    )  # fmt: skip
    assert str(home) not in json.dumps(info)  # another machine has the images elsewhere
    assert "0 trained now" in regnet("sweep", "flowers", "regnetx", "-n", "3", "--workers", "1")
    assert "pass  regnetx: equal" in regnet("check", "flowers", "regnetx", "-k", "1", "--workers", "1")


def test_a_rows_network_is_found_though_its_stem_is_the_regimes_own(flowers: Path, home: Path) -> None:
    del flowers
    own = find_regime(str(write(home / "broad.toml", name="broad", stem_width=24, stem_stride=2)))
    network = spaces["anynetx_a"].with_stem(own.stem).sample(1, **own.ranges(spaces["anynetx_a"]))[0]
    assert network_of({"network_id": network.id, **realised(network)}) == network
    (home / "runs" / "broad" / "regime.toml").unlink()


def test_what_is_left_out_is_naturals_or_found_and_f_goes_with_the_area(flowers: Path) -> None:
    own, natural = find_regime(str(flowers)), regimes["natural"]
    assert own == find_regime("flowers")
    assert own.base == replace(
        natural.base, data="flowers", resolution=16, num_classes=3, images=96, batch=16, warmup_images=9,
        validation_images=18, folder=own.base.folder,
    )  # fmt: skip
    assert own.stem == natural.stem
    assert own.flops_unit == natural.flops_unit / 4
    assert (own.n, own.n_long, own.limits, own.lengths) == (3, natural.n_long, None, natural.lengths)


@pytest.mark.parametrize("name", ["flowers.toml", "flowers"])
def test_every_command_takes_the_file_or_then_its_name(flowers: Path, home: Path, name: str) -> None:
    del flowers
    assert "regnetx" in regnet("status", name)
    assert 675_000 <= json.loads(regnet("sample", "regnetx", "-n", "1", "--regime", name, "--json"))["flops"] <= 750_000
    assert regnet("figure", "fig09", "--regime", name, "-o", str(home / "fig09.svg")).strip().endswith("fig09.svg")
    assert "no candidate to choose from" in regnet("calibrate", name, "--show", code=2)
    assert "limits of regime flowers need 4 samples" in regnet("limits", name, code=2)
    assert "limits not frozen yet in regime flowers" in regnet("sweep", name, "regnetx_c", code=2)
    assert "no final model can be chosen in regime flowers" in regnet("finals", name, "--show", code=2)


def test_a_chapter_is_executed_on_it(flowers: Path, home: Path) -> None:
    del flowers
    (home / "book").mkdir()
    (home / "book" / "_toc.yml").write_text("format: jb-book\nroot: intro\nchapters:\n- file: 01-first\n")
    (home / "book" / "intro.md").write_text("# A book\n")
    begin = 'from regnet.page.chapter import begin, element\nopened = begin("fig09", regime=regime, runs=runs)'
    sources = (
        'regime: str = ""\nruns: str = ""',
        f'{begin}\nassert opened.regime == "flowers"',
        'element("fig09", opened)',
    )
    cells = [
        {"cell_type": "code", "id": f"c{i}", "metadata": {"tags": ["parameters"] * (not i)}, "outputs": [],
         "execution_count": None, "source": source} for i, source in enumerate(sources)
    ]  # fmt: skip
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    content = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    (home / "book" / "01-first.ipynb").write_text(json.dumps(content))
    assert "1 executed" in regnet("batch", "flowers.toml", "--book", str(home / "book"))
    done = json.loads((home / "runs" / "flowers" / "executed" / "01-first.ipynb").read_text())
    assert "flowers at 16 px" in json.dumps(done)


def test_what_it_measures_is_not_judged_before_its_limits_are_known(flowers: Path) -> None:
    del flowers
    judged = judgements(open_runs("flowers"))
    measured = [j for j in judged if j.claim.kind == "measured" and j.claim.populations]
    assert {(j.words, j.note) for j in measured} == {
        ("not tested here", "not judged: regime flowers has no limits of space C yet (regnet limits flowers)")
    }
    assert "supported" in {j.words for j in judged if j.claim.kind != "measured"}  # print is print
    assert "not judged" in ledger(open_runs("flowers"))._repr_html_()


def test_its_populations_moments_before_training_are_kept_beside_its_runs(flowers: Path, home: Path) -> None:
    population = Population("regnetx", "flowers")
    file = file_of(population.setting)
    assert file.parent == home / "runs" / "flowers" / "untrained"
    assert file_of(replace(population.setting, flops_unit=1e6)) != file
    file.parent.mkdir()
    table([population], draws=200).to_csv(file, index=False)
    assert untrained(population).draws == 200
    assert "regnetx" in regnet("status", str(flowers))  # what lies beside is no sheet


def test_a_changed_file_is_refused_with_what_differs_and_free_keys_may_change(flowers: Path, home: Path) -> None:
    changed = write(home / "changed.toml", lr=0.2, stem_stride=2, n=5)
    said = regnet("status", str(changed), code=2)
    assert "lr = 0.2, trained with 0.4; stem_stride = 2, trained with 1; set it back" in said
    assert find_regime("flowers").base.lr == 0.4
    more = write(home / "more.toml", n=7, lengths=[1, 2, 3, 5, 8], images=None)
    assert (find_regime(str(more)).n, find_regime("flowers").lengths) == (7, (1, 2, 3, 5, 8))
    assert find_regime("flowers").base.images == 96  # not natural's: it was trained with it
    find_regime(str(flowers))
    assert {"n", "lengths", "data"} < FREE


def test_limits_may_be_added_once(flowers: Path, home: Path) -> None:
    text = flowers.read_text() + "\nlimits = { a = 60, p = 0, q = 0.1 }\n"
    before = (home / "runs" / "flowers" / "regime.toml").read_text()
    (home / "limited.toml").write_text(text)
    assert Population("regnetx_c", str(home / "limited.toml")).window.acts[1] == 60 * 750_000**0.5
    assert find_regime(str(flowers)).limits is not None  # kept
    (home / "limited.toml").write_text(text.replace("60", "70"))
    assert "limits = { a = 70, p = 0, q = 0.1 }, trained with { a = 60" in regnet("status", "limited.toml", code=2)
    (home / "runs" / "flowers" / "regime.toml").write_text(before)


def test_other_images_are_refused_before_anything_is_trained(flowers: Path, home: Path) -> None:
    write_folder(home / "others", side=24)
    other = write(home / "other.toml", data="others")
    said = regnet("sweep", str(other), "regnetx", "-n", "4", "--workers", "1", code=2)
    assert "flowers/regnetx: the SHA-256 of flowers's images is" in said
    assert len(load("flowers", "regnetx")) == 3
    find_regime(str(flowers))  # the folder may lie elsewhere: data is free


def test_before_anything_is_trained_the_file_may_change_and_the_images_too(home: Path) -> None:
    root = write_folder(home / "growing")
    path = write(home / "new.toml", name="new", data="growing", lr=0.1)
    assert find_regime(str(path)).base.lr == 0.1
    extra = Path(root / "train" / "lily")
    for part in ("train", "val"):
        (root / part / "rose").rename(root / part / "lily")
    (root / "test" / "rose").rename(root / "test" / "lily")
    for part in ("train", "val", "test"):
        (root / part / "rose").mkdir()
        (root / part / "rose" / "a.png").write_bytes(next((root / part / "lily").glob("*.png")).read_bytes())
    forget()
    assert find_regime(str(write(path, name="new", data="growing", lr=0.3))).base.num_classes == len(CLASSES) + 1
    assert (find_regime("new").base.lr, extra.is_dir()) == (0.3, True)


def test_its_rate_is_sought_around_its_own() -> None:
    grid = default_grid(find_regime(str(write(Path("rates.toml"), name="rates"))).name)
    assert (grid.images, grid.batch, grid.lr, grid.long_images) == ((96,), (16,), (0.2, 0.4, 0.8), 384)
    with pytest.raises(ValueError, match="regime imagenet is not calibrated on a grid"):
        default_grid("imagenet")


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"name": "pocket"}, "name = 'pocket' is the library's own"),
        ({"name": "timings"}, "name = 'timings' is the library's own"),
        ({"name": "../up"}, 'name = "../up", expected lower-case letters'),
        ({"name": None}, "name is missing, expected lower-case letters"),
        ({"data": "nowhere"}, r'data = ".*nowhere": no folder .*nowhere: train/<class>'),
        ({"data": "pictures/train"}, r"train/train is missing: train/<class>"),
        ({"resolution": "32"}, 'resolution = "32", expected a whole number, 8 or more'),
        ({"resolution": 4}, "resolution = 4, expected a whole number, 8 or more"),
        ({"batch": 16.5}, "batch = 16.5, expected a whole number, 1 or more"),
        ({"batch": 128}, r"images \(96\) must be at least one batch \(128\)"),
        ({"batch": True}, "batch = true, expected a whole number"),
        ({"lr": 0}, "lr = 0, expected a positive number"),
        ({"flops": 3_000_001}, "flops = 3000001, expected a positive number of multiply-adds, of four digits at most"),
        ({"lrr": 0.1}, r"no key 'lrr': did you mean 'lr'\? There are: name, data, resolution"),
        ({"classes": 10}, r"classes = 10, but .*pictures/train has 3"),
        ({"channels": 2}, r"channels = 2, expected 1 \(grey\) or 3 \(colour\)"),
        ({"validation_images": 19}, r"validation_images = 19, but .*pictures/val has 18"),
        ({"precision": "fp16"}, 'precision = "fp16", expected bf16 or fp32'),
        ({"lengths": [2, 1]}, r"lengths = \[2, 1\], expected ascending whole numbers from 1 on"),
        ({"lengths": [1, 2]}, r"lengths = \[1, 2\], expected ascending .* from 1 on, \[1, 2, 5, 8\] among them"),
        ({"limits": [1]}, r"limits = \[1\], expected \{ a = ..., p = ..., q = ... \}"),
        ({"warmup_images": 200}, r"warmup_images must .*96.*, got 200"),
    ],
)
def test_what_is_wrong_in_a_file_is_named_with_file_key_and_value(keys: dict[str, object], said: str) -> None:
    path = write(Path("wrong.toml"), **({"name": "wrong"} | keys))
    with pytest.raises((ValueError, FileNotFoundError), match=rf"wrong\.toml: {said}|wrong\.toml: .*{said}") as caught:
        find_regime(str(path))
    assert "\n" not in str(caught.value)
    assert not Path("runs", "wrong").exists()


@pytest.mark.parametrize(("content", "said"), [(b"name = ", "is not TOML: "), (b'name = "\xff"', "is not TOML: ")])
def test_a_file_that_is_no_toml_or_not_there_is_named(content: bytes, said: str) -> None:
    Path("broken.toml").write_bytes(content)
    assert said in regnet("status", "broken.toml", code=2)
    assert "no regime file" in regnet("figure", "fig09", "--regime", "gone.toml", code=2)


def test_a_name_that_no_file_was_read_for_lists_those_there_are(flowers: Path) -> None:
    del flowers
    said = regnet("status", "flower", code=2)
    assert "no regime 'flower': did you mean 'flowers'? There are: smoke, pocket, natural, imagenet, flowers" in said
    assert "or a file of your own, as my.toml" in said


def test_a_kept_file_that_was_altered_is_refused(flowers: Path, home: Path) -> None:
    kept = home / "runs" / "flowers" / "regime.toml"
    whole = kept.read_text()
    for harm in (lambda text: text.replace("flowers", "roses"), lambda text: text.replace("lr = ", "# lr = ")):
        kept.write_text(harm(whole))
        assert "is not what was kept there" in regnet("status", "flowers", code=2)
    kept.write_text(whole)
    assert find_regime("flowers") == find_regime(str(flowers))


def test_the_layout_is_said_where_data_sets_are_fetched() -> None:
    said = regnet("data")
    assert all(word in said for word in ("flowers/train/rose/*.jpg", 'data = "flowers"', *KEYS))


def test_no_librarys_regime_or_recipe_has_changed() -> None:
    said = {name: regime.base.hash for name, regime in regimes.items()}
    assert said == {
        "smoke": "fb99002f7245", "pocket": "f87252b8b05a", "natural": "47b194c85b4a", "imagenet": "f4a7d91110cb",
    }  # fmt: skip
