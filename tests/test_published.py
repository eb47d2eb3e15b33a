import csv
import re

import pandas as pd
import pytest

from regnet import published


def test_every_file_loads_and_each_row_names_its_source():
    assert len(published.names()) >= 17
    for name in published.names():
        rows = published.load(name)
        assert len(rows), name
        assert rows["source"].notna().all(), name


def test_an_unknown_name_is_refused_with_the_names_there_are():
    with pytest.raises(ValueError, match=r"'paper_model'.*did you mean 'paper_models'.*pycls_model_zoo"):
        published.load("paper_model")


def test_a_loaded_frame_is_the_callers_own():
    mine = published.load("paper_models")
    mine["flops_G"] = -1.0
    assert (published.load("paper_models")["flops_G"] > 0).all()


def test_sources_states_the_rows_of_every_file():
    text = published.path("paper_models").with_name("SOURCES.md").read_text()
    stated = {stem: int(rows) for stem, rows in re.findall(r"^\| `([\w-]+)\.csv` \| (\d+)", text, re.MULTILINE)}
    assert stated == {name: len(published.load(name)) for name in published.names()}


@pytest.mark.parametrize("name", published.names())
def test_no_row_has_a_missing_or_surplus_cell(name):
    with published.path(name).open(newline="") as file:
        header, *rows = csv.reader(file)
    assert {len(row) for row in rows} == {len(header)}


def test_paper_and_first_model_zoo_agree_in_every_shared_cell():
    paper = published.load("paper_models").set_index("model")
    zoo = published.load("pycls_model_zoo_2020-04-15").set_index("model")
    columns = {
        "flops_G": "flops_G", "params_M": "params_M", "acts_M": "acts_M", "batch_size": "batch_size",
        "infer_ms_batch64_v100": "infer_ms_batch64_v100", "train_hr_100ep_8gpu": "train_hr_100ep_8gpu_v100",
        "top1_error_pct_mean5": "top1_error_pct",
    }  # fmt: skip
    for ours, theirs in columns.items():
        pd.testing.assert_series_equal(
            paper[ours].astype(float), zoo[theirs].astype(float)[paper.index], check_names=False
        )


def test_timm_rows_are_those_of_the_papers_architectures():
    models = set(published.load("timm_infer_benchmarks")["model"])
    assert {"regnetx_002", "regnety_320", "resnet50", "resnext101_32x4d", "efficientnet_b5"} <= models
    assert len({m for m in models if m.startswith("regnet")}) == 24
    assert not any(m.startswith(("regnetz", "resnetv2", "resnet18", "efficientnet_b6")) for m in models)
    accuracies = published.load("timm_imagenet_imagenetv2")["model"]
    regnets = accuracies[accuracies.str.startswith("regnet")]
    assert len(regnets) == 24
    assert regnets.str.endswith(".pycls_in1k").all()


def test_printed_milliseconds_a_batch_of_64_follow_from_timms_throughput():
    rows = published.load("timm_infer_benchmarks")
    assert (rows["ms_per_64_images_derived"] - 64_000 / rows["infer_samples_per_sec"]).abs().max() < 1e-3
