"""Timings of many networks: the records, `regnet time` as a user types it, and what the book draws from them."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from matplotlib.figure import Figure
from sealed_runs import seal_population, time_draws
from typer.testing import CliRunner

from regnet import figures, published
from regnet.analysis.rules.timing import FEWEST
from regnet.cli import app
from regnet.design.complexity import complexity
from regnet.design.zoo import zoo
from regnet.evidence.judge import judgements
from regnet.figures import speedup
from regnet.figures.numbers import devices
from regnet.page import svg
from regnet.page.page import element
from regnet.sweeps import timings as records
from regnet.sweeps.population import Population
from regnet.sweeps.store import open_runs
from regnet.sweeps.timing_jobs import (
    Job,
    Setting,
    drawn_jobs,
    missing,
    population_jobs,
    published_jobs,
    record,
)

torch.set_num_threads(1)

SETTING = Setting("cpu", batch=1)
FAST = ("--batch", "1", "--resolution", "32")
ELEMENTS = ("timings", "speedup", "timefits")


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGNET_WORK", str(tmp_path / "work"))
    monkeypatch.setenv("REGNET_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("COLUMNS", "200")


def regnet(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["time", *arguments])
    assert result.exit_code == code, result.output
    return result.output


def row(model: str, ms: float, **other: object) -> dict[str, object]:
    """A made-up record of a published network."""
    job = Job(zoo[model], zoo.resolution(model), model=model)
    times = {"status": "ok", "ms_median": ms, "ms_q1": ms - 1, "ms_q3": ms + 1, "repeats": 5}
    made = {
        "torch": "2.9.0",
        "cuda": "",
        "cudnn": "",
        "date": "2026-03-30",
        "commit": "0123",
        "dirty": False,
        "instructions": "avx2",
    }
    how = {"device": "A test's processor", "batch": 64, "images": 64, "precision": "fp32", "train": False, "threads": 2}
    return job.cells | times | made | how | other


def whole_zoo(tmp_path: Path, **other: object) -> None:
    """Every published network at 100 ms a 10^9 flops, an EfficientNet at 300."""
    rows = []
    for model in zoo:
        each = 300 if model.startswith("efficientnet") else 100
        rows.append(row(model, each * complexity(zoo[model], zoo.resolution(model)).flops / 1e9, **other))
    device = str(rows[0]["device"])
    records.write(rows, tmp_path / "runs" / "timings" / f"{records.slug(device)}.csv")


class TestRecords:
    def test_nothing_timed_reads_as_no_rows_with_every_column(self, tmp_path: Path) -> None:
        frame = records.read(tmp_path)
        assert (len(frame), tuple(frame.columns)) == (0, records.COLUMNS)

    def test_rows_come_back_as_they_were_written_with_types(self, tmp_path: Path) -> None:
        failed = {"status": "too large", "ms_median": None, "ms_q1": None, "ms_q3": None, "repeats": 0, "images": 0}
        rows = [row("resnet-50", 53.125), row("resnet-101", 1.0, threads=None, **failed)]
        records.write(rows, tmp_path / "timings" / "a.csv")
        frame = records.read(tmp_path).set_index("model")
        assert frame.loc["resnet-50", "ms_median"] == 53.125
        assert np.isnan(frame.loc["resnet-101", "ms_median"])
        assert frame["threads"].isna().to_dict() == {"resnet-101": True, "resnet-50": False}
        assert frame["index"].isna().all()
        assert not frame["train"].any()
        assert frame["regime"].tolist() == ["", ""]

    def test_devices_are_read_together_and_empty_columns_do_not_matter(self, tmp_path: Path) -> None:
        records.write([row("resnet-50", 1.0)], tmp_path / "timings" / "a.csv")
        records.write([row("resnet-50", 2.0, device="B", cuda="13.0", threads=None)], tmp_path / "timings" / "b.csv")
        frame = records.read(tmp_path)
        assert frame["ms_median"].tolist() == [1.0, 2.0]
        assert frame["cuda"].tolist() == ["", "13.0"]
        assert frame.dtypes.to_dict() == records.read(tmp_path / "nowhere").dtypes.to_dict()

    def test_a_row_takes_the_place_of_the_same_network_timed_the_same_way_only(self, tmp_path: Path) -> None:
        path = tmp_path / "timings" / "a.csv"
        records.write([row("resnet-50", 1.0), row("resnet-50", 2.0, batch=8), row("resnet-101", 9.0)], path)
        records.write([row("resnet-50", 3.0), row("resnet-50", 4.0, threads=1)], path)
        assert sorted(records.read(tmp_path)["ms_median"]) == [2.0, 3.0, 4.0, 9.0]
        assert not list(path.parent.glob(".*"))

    def test_the_file_does_not_depend_on_the_order_of_writing(self, tmp_path: Path) -> None:
        rows = [row("resnet-50", 1.0), row("resnet-50", 2.0, batch=8), row("regnetx-1.6gf", 3.0)]
        records.write(rows, tmp_path / "a.csv")
        for one in reversed(rows):
            records.write([one], tmp_path / "b.csv")
        assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()

    def test_a_file_from_before_instructions_were_recorded_is_read_and_gets_them_with_its_next_row(
        self, tmp_path: Path
    ) -> None:
        path = tmp_path / "timings" / "a.csv"
        records.write([row("resnet-50", 1.0)], path)
        path.write_text("".join(line.rpartition(",")[0] + "\n" for line in path.read_text().splitlines()))
        assert path.read_text().splitlines()[0].endswith(",dirty")
        assert records.read(tmp_path)["instructions"].tolist() == [""]
        records.write([row("resnet-101", 2.0)], path)
        assert records.read(tmp_path).set_index("model")["instructions"].to_dict() == {
            "resnet-50": "", "resnet-101": "avx2"
        }  # fmt: skip

    def test_a_file_with_other_columns_is_refused_by_name(self, tmp_path: Path) -> None:
        (tmp_path / "timings").mkdir()
        (tmp_path / "timings" / "other.csv").write_text("model,ms\nresnet-50,1\n")
        with pytest.raises(ValueError, match=r"other\.csv is not a CSV of timings"):
            records.read(tmp_path)

    @pytest.mark.parametrize(
        ("old", "new"),
        [(b"resnet-50,", b"\xe9,"), (b",224,", b",wide,"), (b",224,", b",99999999999999999999,"), (b",64,", b",6.4,"),
         (b",64,", b",64,64,"), (b"1.0", b"fast"), (b"fp32,", b'"fp32,'), (b"resnet-50,", b"r" * 200_000 + b",")],
    )  # fmt: skip
    def test_a_damaged_file_is_named_in_one_line_by_who_reads_and_who_writes(
        self, tmp_path: Path, old: bytes, new: bytes
    ) -> None:
        path = tmp_path / "timings" / "a.csv"
        records.write([row("resnet-50", 1.0)], path)
        damaged = path.read_bytes().replace(old, new)
        path.write_bytes(damaged)
        for reader in (lambda: records.read(tmp_path), lambda: records.write([row("resnet-101", 9.0)], path)):
            with pytest.raises(ValueError, match=r"a\.csv is not a CSV of timings \(.*move it away") as refusal:
                reader()
            assert len(str(refusal.value).splitlines()) == 1
        assert path.read_bytes() == damaged

    def test_two_rows_of_the_same_are_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        records.write([row("resnet-50", 1.0)], path)
        path.write_text(path.read_text() + path.read_text().splitlines()[1] + "\n")
        with pytest.raises(ValueError, match="1 rows time what another does"):
            records.rows_of(path)


class TestJobs:
    def test_published_networks_come_at_the_resolution_they_were_published_at(self) -> None:
        jobs = {job.model: job.resolution for job in published_jobs()}
        assert len(jobs) == len(zoo) == 36
        assert (jobs["resnet-50"], jobs["efficientnet-b5"]) == (224, 456)
        assert [job.resolution for job in published_jobs(["efficientnet-b5", "efficientnet-b5"], 64)] == [64]

    def test_networks_of_other_names_and_files_are_timed_but_kept_out_of_what_is_read(self, tmp_path: Path) -> None:
        text = '{"stages": [{"depth": 1, "width": 8, "group_width": 8}], "stem": {"width": 8}, "resolution": 48}'
        (tmp_path / "mine.json").write_text(text)
        jobs = published_jobs(["RegNetX-200MF", "regnetx_002", str(tmp_path / "mine.json"), "regnety_640"])
        assert [job.resolution for job in jobs] == [224, 48, 224]
        names = [job.model for job in jobs]
        assert names == ["regnetx-200mf", f"mine.json-{jobs[1].network.id}", "regnety-64gf"]
        (tmp_path / "mine.json").write_text(text.replace("8}]", "4}]"))
        assert published_jobs([str(tmp_path / "mine.json")])[0].model not in names  # a changed file is another network
        list(record(jobs[:2], SETTING, tmp_path / "timings" / "a.csv"))
        assert missing(jobs[:2], SETTING, tmp_path / "timings" / "a.csv") == []
        assert records.read(tmp_path)["model"].tolist() == ["regnetx-200mf"]

    def test_members_are_the_sealed_networks_at_the_regimes_input(self, tmp_path: Path) -> None:
        seal_population(tmp_path, "regnetx", 3)
        runs = open_runs("pocket")
        jobs = population_jobs(runs.population("regnetx"), runs)
        frame = runs.frame("regnetx")
        assert [job.network.id for job in jobs] == frame["network_id"].tolist()
        assert [job.cells["flops"] for job in jobs] == frame["flops"].tolist()
        assert {(job.resolution, job.num_classes, job.network.stem.channels) for job in jobs} == {(28, 10, 1)}
        assert jobs[2].name == "regnetx 2"

    def test_members_need_not_be_trained_to_be_timed(self, tmp_path: Path) -> None:
        large, path = Population.parse("regnetx-200mf-l2", "imagenet"), tmp_path / "timings" / "a.csv"
        jobs = drawn_jobs(large, 3)
        assert [job.network.id for job in jobs] == [draw.network.id for draw in large.draws(3)]
        assert {(job.resolution, job.num_classes, job.network.stem.channels) for job in jobs} == {(224, 1000, 3)}
        regnet("--population", "imagenet/regnetx-200mf-l2", "--members", "2", "--resolution", "32", "--batch", "1",
               "-o", str(path))  # fmt: skip
        assert records.read(tmp_path)["network_id"].tolist() == [job.network.id for job in jobs[:2]]

    def test_networks_of_the_papers_size_are_judged_in_every_regime(self, tmp_path: Path) -> None:
        names = ["regnetx-200mf-l2", "regnetx-l2", "regnetx-800mf-l2", "regnetx-1600mf-l2"]
        time_draws(names, FEWEST, "a test's GPU", tmp_path / "runs")
        for regime in ("smoke", "natural", "imagenet"):
            (found,) = (j for j in judgements(open_runs(regime)) if j.claim.id == "timerandom-acts")
            assert [part.result.n_a for part in found.parts] == [4 * FEWEST], regime

    def test_random_networks_that_nobody_timed_leave_a_page_with_the_command(self) -> None:
        found = figures.element("timerandom", open_runs("imagenet"))
        assert "regnet time --population imagenet/regnetx-l2 --members 20" in found.caption()
        assert "not timed yet" in found.alt()
        assert len(found.data()) == 0
        assert "Not timed yet" in element("timerandom", open_runs("smoke")).html

    def test_two_precisions_of_a_device_are_two_columns(self, tmp_path: Path) -> None:
        gpu = {"device": "a test's GPU", "threads": None}
        rows = [row("resnet-50", 9.0, **gpu), row("resnet-50", 3.0, precision="bf16", **gpu)]
        records.write(rows, tmp_path / "runs" / "timings" / "gpu.csv")
        table = figures.element("timings", open_runs()).data().set_index("network").loc["ResNet-50"]
        assert table[["a test's GPU (here)", "a test's GPU, bf16 (here)"]].tolist() == [9.0, 3.0]

    def test_a_member_that_is_drawn_otherwise_now_is_refused(self, tmp_path: Path) -> None:
        seal_population(tmp_path, "regnetx", 2)
        sealed = tmp_path / "runs" / "pocket" / "regnetx.csv"
        first = open_runs("pocket").frame("regnetx")["network_id"][0]
        _tamper(sealed, first, "0" * 12)
        with pytest.raises(ValueError, match="member 0 of pocket/regnetx is sealed as network 000000000000"):
            population_jobs(open_runs("pocket").population("regnetx"), open_runs("pocket"))

    def test_each_row_is_on_disk_before_the_next_network_and_the_rest_is_still_missing(self, tmp_path: Path) -> None:
        jobs, path = published_jobs(["regnetx-200mf", "regnety-200mf", "resnet-50"], 32), tmp_path / "timings" / "a.csv"
        results = record(jobs, SETTING, path)
        next(results)
        results.close()  # as Ctrl-C does
        assert records.read(tmp_path)["model"].tolist() == ["regnetx-200mf"]
        assert [job.model for job in missing(jobs, SETTING, path)] == ["regnety-200mf", "resnet-50"]
        assert len(missing(jobs, Setting("cpu", batch=2), path)) == 3

    def test_a_row_says_what_was_timed_where_and_with_what(self, tmp_path: Path) -> None:
        [(_, made)] = record(published_jobs(["regnetx-200mf"], 32), SETTING, tmp_path / "a.csv")
        counts = complexity(zoo["regnetx-200mf"], 32)
        assert (made["flops"], made["params"], made["acts"]) == (counts.flops, counts.params, counts.acts)
        assert made["torch"] == torch.__version__
        assert (made["threads"], made["device"] != "") == (1, True)
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", made["date"])
        assert set(made) == set(records.COLUMNS)

    def test_rows_of_a_file_that_is_deleted_meanwhile_are_written_again(self, tmp_path: Path) -> None:
        path = tmp_path / "timings" / "a.csv"
        results = record(published_jobs(["regnetx-200mf", "regnety-200mf"], 32), SETTING, path)
        next(results)
        path.unlink()
        next(results)
        assert records.read(tmp_path)["model"].tolist() == ["regnetx-200mf", "regnety-200mf"]


class TestCommand:
    def test_networks_are_timed_once_kept_by_device_and_timed_anew_when_asked(self, tmp_path: Path) -> None:
        assert "2 timed now" in regnet("regnetx-200mf", "regnety-200mf", *FAST)
        [path] = (tmp_path / "runs" / "timings").glob("*.csv")
        before = path.read_bytes()
        said = regnet("regnety-200mf", "regnetx-200mf", *FAST)
        assert "2 of 2 are in" in said
        assert "timed now" not in said
        assert path.read_bytes() == before
        assert "1 timed now" in regnet("regnetx-200mf", *FAST, "--again")
        assert len(records.read(tmp_path / "runs")) == 2

    def test_each_network_has_a_line_with_its_time_and_all_but_the_last_the_time_left(self) -> None:
        lines = [line for line in regnet("regnetx-200mf", "regnety-200mf", *FAST).splitlines() if " ms (" in line]
        assert [line.partition(":")[0] for line in lines] == ["1/2 regnetx-200mf", "2/2 regnety-200mf"]
        assert ["left" in line for line in lines] == [True, False]

    def test_the_members_of_a_population_are_timed_into_the_file_that_is_named(self, tmp_path: Path) -> None:
        seal_population(tmp_path, "regnetx", 2)
        regnet("--population", "pocket/regnetx", "--batch", "1", "-o", str(tmp_path / "timings" / "mine.csv"))
        frame = records.read(tmp_path)
        assert frame["index"].tolist() == [0, 1]
        assert set(frame["population"]) == {"regnetx"}
        assert set(frame["resolution"]) == {28}
        assert (frame["status"] == "ok").all()

    def test_what_does_not_fit_into_memory_is_a_row_not_a_crash(self, tmp_path: Path) -> None:
        assert "too large for 64 images" in regnet("regnetx-200mf", "--resolution", "300000")
        assert records.read(tmp_path / "runs")["status"].tolist() == ["too large"]

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("regnetx-2",), "no published network 'regnetx-2'"),
            (("resnet-50", "--device", "tpu"), "device must be auto, cpu"),
            (("resnet-50", "--population", "pocket/regnetx"), "either published networks or --population"),
            (("--population", "regnetx"), "--population must be REGIME/NAME"),
            (("--population", "pocket/regnetx"), "regnet sweep pocket regnetx"),
            (("resnet-50", "--resolution", "big"), "--resolution must be a number of pixels or published"),
            (("resnet-50", "--members", "3"), "--members are of a --population REGIME/NAME, got 3 of none"),
            (("--population", "imagenet/regnetx", "--members", "-1"), "--members must be a whole number of at least 0"),
            (("resnet-50", "--precision", "int8"), "--precision must be fp32 or bf16"),
            (("resnet-50", "--batch", "0"), "batch must be a whole number of at least 1, got 0"),
            (("resnet-50", "-o", "times.txt"), "-o must be a .csv file"),
        ],
    )
    def test_a_mistake_is_one_line_that_says_what_was_expected(self, arguments: tuple[str, ...], said: str) -> None:
        output = regnet(*arguments, code=2)
        assert said in output
        assert len(output.strip().splitlines()) == 1


class TestElements:
    @pytest.mark.parametrize("name", ELEMENTS)
    def test_they_are_drawn_in_any_regime_where_nothing_is_timed_and_say_how_to_time(self, name: str) -> None:
        piece = figures.element(name, open_runs("imagenet"))
        assert not piece.populations
        assert piece.timed
        assert "regnet time" in piece.caption()
        assert len(piece.alt()) > 60
        assert len(piece.data()) > 30
        piece.drawn()

    def test_times_on_other_threads_are_judged_apart_and_other_resolutions_not_at_all(self, tmp_path: Path) -> None:
        whole_zoo(tmp_path)
        whole_zoo(tmp_path, threads=8)
        whole_zoo(tmp_path, resolution=32)
        (found,) = (j for j in judgements(open_runs("smoke")) if j.claim.id == "timings-5x")
        assert [part.name.rpartition(", ")[2] for part in found.parts] == ["2 threads", "8 threads"]

    def test_the_table_has_the_papers_times_timms_and_a_column_a_device_timed_here(self, tmp_path: Path) -> None:
        whole_zoo(tmp_path)
        table = figures.element("timings", open_runs()).data().set_index("network")
        assert list(table.columns[3:5]) == ["V100 (paper)", "RTX 3090 (timm)"]
        assert table.columns[-1] == "A test's processor, 2 threads (here)"
        printed = published.load("paper_models").set_index("model")["infer_ms_batch64_v100"]
        assert table["V100 (paper)"].to_dict() == printed.to_dict()
        assert table.iloc[:, -1].notna().all()
        assert table.loc["EfficientNet-B5"].iloc[-1] == pytest.approx(300 * 10.27, rel=0.01)

    def test_timms_times_are_those_of_the_published_image_size(self) -> None:
        table = published.load("timm_infer_benchmarks").set_index(["file", "model", "img_size_px"])
        here = {d.label: d.rows.set_index("model")["ms"] for d in devices.on_timm(exact=True)}
        file = "results/benchmark-infer-amp-nchw-pt291-cu128-4090.csv"
        per_second = table["infer_samples_per_sec"]
        for key, name, size in (("regnety-8.0gf", "regnety_080", 224), ("efficientnet-b5", "tf_efficientnet_b5", 456)):
            assert here["RTX 4090"][key] == pytest.approx(64_000 / per_second[file, name, size], rel=1e-3)
        assert here["RTX 4090"]["efficientnet-b0"] != per_second[file, "tf_efficientnet_b0", 224]

    def test_networks_that_are_not_timed_yet_or_too_large_leave_their_cells_empty(self, tmp_path: Path) -> None:
        rows = [row("resnet-50", 50.0), row("resnet-101", 1.0, status="too large", ms_median=None)]
        records.write(rows, tmp_path / "runs" / "timings" / "a.csv")
        runs = open_runs()
        mine = figures.element("timings", runs).drawn().set_index("network").iloc[:, -1]
        assert mine[mine != ""].to_dict() == {"ResNet-50": "50"}
        figures.element("speedup", runs).drawn()
        fits = figures.element("timefits", runs)
        fits.drawn()
        here = fits.data().query("source == 'here'")
        assert here["statistic"].tolist() == ["network"]  # too few for a correlation

    def test_training_steps_members_and_other_resolutions_are_not_shown_as_inference(self, tmp_path: Path) -> None:
        rows = [
            row("resnet-50", 1.0, train=True),
            row("resnet-50", 2.0, resolution=32),
            row("resnet-50", 3.0) | {"model": "", "population": "regnetx", "regime": "pocket", "index": 0},
        ]
        records.write(rows, tmp_path / "runs" / "timings" / "a.csv")
        assert devices.timed_here(open_runs()) == []

    def test_a_batch_of_another_size_is_scaled_to_64_images_and_64_itself_preferred(self, tmp_path: Path) -> None:
        path = tmp_path / "runs" / "timings" / "a.csv"
        records.write([row("resnet-50", 10.0, batch=8)], path)
        assert devices.timed_here(open_runs())[0].rows["ms"].tolist() == [80.0]
        records.write([row("resnet-50", 70.0)], path)
        assert devices.timed_here(open_runs())[0].rows["ms"].tolist() == [70.0]

    def test_the_caption_says_what_was_timed_on_part_of_a_batch_and_whether_a_gpu_was(self, tmp_path: Path) -> None:
        whole_zoo(tmp_path, images=8)
        said = figures.element("timings", open_runs()).caption()
        assert "36 of 36 times here are of 8 images or more and scaled to 64" in said
        assert "No GPU was timed here." in said
        whole_zoo(tmp_path, device="NVIDIA Test 9000", threads=None)
        said = figures.element("timings", open_runs()).caption()
        assert "Test 9000 (fp32, 2026-03-30, 36 networks)" in said
        assert "No GPU" not in said

    def test_the_speed_up_is_at_equal_flops(self, tmp_path: Path) -> None:
        whole_zoo(tmp_path)
        piece = figures.element("speedup", open_runs())
        table = piece.data()
        mine = table[table["source"] == "here"]
        assert len(mine) == 2 * 6
        assert mine["ratio"].to_numpy() == pytest.approx(3, rel=0.01)  # times proportional to flops, 300 against 100
        paper = table[(table["device"] == "V100") & (table["model"] == "efficientnet-b5")].set_index("against")
        assert 94 < paper.loc["regnetx", "regnet_ms"] < 137  # between 8.0GF and 12GF
        assert f"Dotted: {504 / 94:.1f}, the printed times" in piece.caption()

    def test_a_regnet_as_slow_as_the_efficientnet_gives_a_ratio_of_one(self) -> None:
        flops = [0.2, 2.0, 20.0, 0.5, 5.0, 60.0]
        rows = pd.DataFrame({
            "model": ["a", "b", "c", "d", "e", "f"], "timed": "", "resolution": 224, "acts": 1.0,
            "family": ["regnetx"] * 3 + ["efficientnet"] * 3, "gf": flops, "ms": [10 * f**0.5 for f in flops],
        })  # fmt: skip
        device = devices.Device("any", "", "here", rows, "here")
        found = speedup.ratios(device, "regnetx")
        assert found["model"].tolist() == ["d", "e"]  # f has no RegNet around its flops
        assert found["ratio"].tolist() == pytest.approx([1, 1])
        assert speedup.ratios(device, "regnety").empty

    def test_each_device_has_its_correlations_curves_and_points(self, tmp_path: Path) -> None:
        whole_zoo(tmp_path)
        piece = figures.element("timefits", open_runs())
        table = piece.data()
        for label, part in table.groupby("device"):
            counts = part["statistic"].value_counts()
            assert counts["network"] == (36 if label in ("V100", "A test's processor, 2 threads") else 35)
            assert counts.filter(like="r with").tolist() == [1, 1, 1]
            assert len(counts.filter(like="curve")) == 3
        mine = table[table["source"] == "here"].set_index("statistic")
        assert mine.loc["curve line", "b"] == pytest.approx(100)
        assert "the paper's 24√f + 6·f" in piece.caption()

    @pytest.mark.parametrize(("name", "points"), [("speedup", 2 * 6 * 6), ("timefits", 2 * (36 + 4 * 35 + 36))])
    def test_pictures_fit_the_page_and_every_point_has_a_title(self, name: str, points: int, tmp_path: Path) -> None:
        whole_zoo(tmp_path)
        figure = figures.element(name, open_runs()).drawn()
        assert isinstance(figure, Figure)
        assert figure.get_figwidth() <= 8.1
        assert svg.render(figure, "any", alt="").count("<title>") == points


def _tamper(sealed: Path, old: str, new: str) -> None:
    """The sealed CSV with another network id, and a JSON that describes it."""
    import hashlib

    text = sealed.read_text().replace(old, new)
    sealed.write_text(text)
    about = sealed.with_suffix(".json")
    about.write_text(
        re.sub(
            r'"csv_sha256": "[0-9a-f]+"',
            f'"csv_sha256": "{hashlib.sha256(text.encode()).hexdigest()}"',
            about.read_text(),
        )
    )
    assert len(list(csv.reader(text.splitlines()))) == 3
