"""The pages on scale and faults show what is on record, all of it."""

import pandas as pd
from bs4 import BeautifulSoup

from regnet.page import faults, scale


def test_every_line_of_the_record_of_scale_is_shown() -> None:
    record = pd.read_csv(scale.RECORD)
    frame = scale.measured().frame
    assert set(scale.WORDS) >= set(record["what"]) - {"resume sealed"}
    load = record[(record["what"] == "load") & (record["n"] == 100_000)].iloc[0]
    shown = frame.set_index("what").loc["read a population", "100,000 networks\npeak memory"]
    assert shown == f"{load['cpu_seconds']:.2g} s\n{load['peak_mb']:,} MB"
    assert str(record["date"].max()) in scale.when().text


def test_trainings_on_a_gpu_and_their_faults_are_all_on_the_page() -> None:
    record = pd.read_csv(scale.ON_GPU)
    frame = scale.on_gpu().frame.set_index("population")
    assert frame[["networks", "faults"]].to_numpy().sum() == len(record)
    assert frame.loc["regnetx", "faults"] == record.loc[record["population"] == "regnetx", "again"].isna().sum()
    assert f"{record['again'].notna().sum()} trainings in {record['wall_seconds'].max()} seconds" in (
        scale.on_which_gpu().text
    )


def test_hours_at_the_papers_settings_count_each_training_once() -> None:
    frame = scale.gpu_hours().frame.set_index("figure or table")
    assert frame.loc["All, each once", "trainings"] < frame["trainings"].iloc[:-1].sum()
    assert frame.loc["Figure 2", "trainings"] == 500


def test_every_fault_of_the_table_is_on_the_page_as_text() -> None:
    rows = pd.read_csv(faults.FILE, dtype=str, keep_default_na=False)
    page = BeautifulSoup(faults.table()._repr_html_(), "html.parser")
    assert [row.th.text for row in page.select("tbody tr")] == [
        happens for _, some in rows.groupby("kind", sort=False) for happens in some["happens"]
    ]
    assert len(page.select("h3")) == rows["kind"].nunique()
