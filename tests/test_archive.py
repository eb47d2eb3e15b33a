"""The archive of the populations: whole, the same twice, or one line and no file."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pandas as pd
import pytest

import regnet
from regnet.sweeps.archive import NoArchive, pack
from regnet.sweeps.merged import stem_words
from regnet.sweeps.sheets import DamagedSheet
from regnet.sweeps.store import open_runs
from regnet.sweeps.whole import NotWritten

ROOT = Path(__file__).resolve().parents[1]
IN_GIT = pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout: the list of files comes from git")
NAMES = ("anynetx_a.csv", "anynetx_a.json", "regnetx.csv", "regnetx.json")
FULL = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000)); "


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository of its own with two populations, and what goes with them."""
    folder = tmp_path / "checkout"
    (folder / "runs" / "pocket").mkdir(parents=True)
    (folder / "LICENSES").mkdir()
    for name in ("LICENSES/runs.txt", "CITATION.cff", "runs/README.md", *(f"runs/pocket/{name}" for name in NAMES)):
        shutil.copy(ROOT / name, folder / name)
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    return folder


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def refused(checkout: Path, said: str, kind: type[Exception] = NoArchive) -> None:
    """Packing is refused with that line, the old archive stays and nothing else is left beside it."""
    target = checkout.parent / "archives" / "runs.tar.gz"
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(b"old")
    with pytest.raises(kind, match=said) as error:
        pack(target, checkout)
    assert len(str(error.value).splitlines()) == 1
    assert list(target.parent.iterdir()) == [target]
    assert target.read_bytes() == b"old"


@IN_GIT
def test_the_archive_holds_the_populations_with_checksums_that_are_right(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "regnet.cli", "archive", "-o", str(tmp_path / "runs.tar.gz")]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said.split()[0] == hashlib.sha256((tmp_path / "runs.tar.gz").read_bytes()).hexdigest()
    with tarfile.open(tmp_path / "runs.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    folder = tmp_path / "regnet-runs" / "runs"
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    packed = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert {line.split("  ")[1] for line in lines} == packed - {"SHA256SUMS"}
    assert {str(path.relative_to(ROOT / "runs")) for path in (ROOT / "runs").glob("*/*.csv")} <= packed
    for line in lines:
        digest, name = line.split("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert (tmp_path / "regnet-runs" / "LICENSES" / "runs.txt").is_file()


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder `runs` of the real archive."""
    place = tmp_path_factory.mktemp("archive")
    with tarfile.open(pack(place / "runs.tar.gz")) as archive:
        archive.extractall(place, filter="data")
    return place / "regnet-runs" / "runs"


@pytest.fixture(scope="module")
def table(packed: Path) -> pd.DataFrame:
    return pd.read_csv(packed / "populations.csv.gz", dtype={"network_id": "str"})


@IN_GIT
class TestMergedTable:
    """All populations in one table, as the archive has it."""

    def test_every_member_of_every_population_is_there_once_with_its_numbers(self, table: pd.DataFrame) -> None:
        assert not table.duplicated(["regime", "population", "index"]).any()
        names = {(regime, name) for regime in ("pocket", "natural") for name in open_runs(regime).populations()}
        groups = dict(list(table.groupby(["regime", "population"])))
        assert set(groups) == names
        for (regime, name), rows in groups.items():
            sealed = open_runs(regime).members(name)
            shared = [column for column in sealed if column != "segment"]
            pd.testing.assert_frame_equal(rows[shared].reset_index(drop=True), sealed[shared], check_dtype=False)

    def test_a_row_gives_its_network_without_the_name_of_a_file(self, table: pd.DataFrame) -> None:
        for _, row in table.iloc[::40].iterrows():
            network = regnet.network_of(row)
            counted = regnet.complexity(network, resolution=row["resolution"], num_classes=row["classes"])
            assert network.id == row["network_id"]
            assert (counted.flops, counted.params, counted.acts) == (row["flops"], row["params"], row["acts"])
            block = getattr(network, "block", "MBConv")  # an EfficientNet has no other
            assert (block, network.se_ratio, network.activation) == tuple(row[["block", "se_ratio", "activation"]])
            assert (len(network.stages), stem_words(network.stem)) == (row["stages"], row["stem"])
            assert 0.9 * row["F"] <= row["flops"] <= row["F"]

    def test_a_row_says_what_its_segment_says(self, table: pd.DataFrame) -> None:
        row = table[(table["regime"] == "pocket") & (table["population"] == "regnetx")].iloc[0]
        segment = open_runs("pocket").info("regnetx")["segments"][0]
        assert (row["device"], row["date"]) == (segment["device"], segment["last"][:10])
        assert row["engine"] == "torch 1"

    def test_the_description_for_machines_is_accepted_with_every_row_by_its_own_validator(self, packed: Path) -> None:
        command = [sys.executable, "-m", "frictionless", "validate", "datapackage.json", "--json"]
        done = subprocess.run(command, cwd=packed, capture_output=True, text=True, check=False)
        report = json.loads(done.stdout)
        assert (report["valid"], report["stats"]["errors"]) == (True, 0), done.stdout[:2000]
        package = json.loads((packed / "datapackage.json").read_text())
        described = {resource["path"] for resource in package["resources"]}
        assert described == {
            str(p.relative_to(packed)) for p in packed.rglob("*") if p.name.endswith((".csv", ".csv.gz"))
        }
        assert all(field["description"] for resource in package["resources"] for field in resource["schema"]["fields"])

    def test_a_changed_cell_is_not_accepted(self, packed: Path, tmp_path: Path) -> None:
        own = shutil.copytree(packed, tmp_path / "runs")
        sheet = own / "pocket" / "regnetx.csv"
        package = json.loads((own / "datapackage.json").read_text())
        package["resources"] = [one for one in package["resources"] if one["path"] == "pocket/regnetx.csv"]
        (own / "datapackage.json").write_text(json.dumps(package))
        sheet.write_text(sheet.read_text().replace(",ok,23.38,", ",ok,good,", 1))
        command = [sys.executable, "-m", "frictionless", "validate", "datapackage.json", "--json"]
        done = subprocess.run(command, cwd=own, capture_output=True, text=True, check=False)
        assert not json.loads(done.stdout)["valid"]
        assert done.returncode == 1


def test_equal_runs_give_equal_bytes(checkout: Path, tmp_path: Path) -> None:
    first = pack(tmp_path / "one.tar.gz", checkout).read_bytes()
    os.utime(checkout / "runs" / "pocket" / "regnetx.csv", (0, 0))
    assert pack(tmp_path / "another.tar.gz", checkout).read_bytes() == first


def test_outside_a_git_checkout_there_is_none(checkout: Path) -> None:
    shutil.rmtree(checkout / ".git")
    refused(checkout, "git does not say which files of .* are the populations: .*not a git repository")


def test_unpacked_inside_another_repository_there_is_none(checkout: Path) -> None:
    shutil.rmtree(checkout / ".git")
    git(checkout.parent, "init", "--quiet")
    refused(checkout, "not under version control yet: .*git add or remove these first")
    (checkout.parent / ".git" / "info" / "exclude").write_text("checkout\n")
    refused(checkout, "no population under version control")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder to another user")
def test_in_a_checkout_of_another_owner_gits_remedy_is_shown(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.delenv("SUDO_UID", raising=False)
    for path in (checkout, checkout / ".git"):
        os.chown(path, 12345, 12345)
    refused(checkout, "dubious ownership.*safe.directory")


def test_a_population_that_is_missing_halved_damaged_or_new_is_named(checkout: Path) -> None:
    runs = checkout / "runs" / "pocket"
    whole = (runs / "regnetx.csv").read_bytes()
    (runs / "regnetx.csv").unlink()
    refused(checkout, r"missing: runs/pocket/regnetx\.csv; restore from version control")
    (runs / "regnetx.csv").write_bytes(whole.replace(b"ok", b"no", 1))
    refused(checkout, r"regnetx\.csv has SHA-256", DamagedSheet)
    (runs / "regnetx.csv").write_bytes(whole)
    git(checkout, "rm", "--cached", "--quiet", "runs/pocket/regnetx.json")
    refused(checkout, r"not under version control yet: runs/pocket/regnetx\.json; git add or remove")
    git(checkout, "add", ".")
    git(checkout, "rm", "-r", "--force", "--quiet", "runs/pocket")
    refused(checkout, "no population under version control")


def test_a_full_disk_leaves_no_part_of_an_archive(checkout: Path) -> None:
    target = checkout.parent / "archives" / "runs.tar.gz"
    code = f"from pathlib import Path; from regnet.sweeps.archive import pack; pack(Path({str(target)!r}), Path('.'))"
    done = subprocess.run(
        [sys.executable, "-c", FULL + code], cwd=checkout, capture_output=True, text=True, check=False
    )
    assert f"{NotWritten.__name__}: {target} was not written (File too large)" in done.stderr
    assert not list(target.parent.iterdir())
