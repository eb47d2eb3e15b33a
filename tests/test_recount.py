"""benchmarks/recount.py: counts by hooks against counts from the dataclass, and the committed file against both."""

from __future__ import annotations

import pandas as pd
import pytest

pytest.importorskip("torchvision")

from recount import recount, torchvision_recounts

from regnet import published
from regnet.design.complexity import complexity
from regnet.design.zoo import zoo
from regnet.training import build


@pytest.mark.parametrize("name", ["regnetx-200mf", "regnety-600mf", "resnet-50"])
def test_hooks_count_what_the_dataclass_says(name: str) -> None:
    expected = complexity(zoo[name])
    found = recount(lambda: build(zoo[name], 1000))
    assert found == {"flops": expected.flops, "params": expected.params, "acts": expected.conv_acts}


def test_the_committed_counts_are_those_of_this_torchvision_but_for_its_version() -> None:
    kept, now = published.load("torchvision_recounts"), torchvision_recounts()
    counts = [name for name in kept.columns if name != "source"]
    pd.testing.assert_frame_equal(kept[counts].fillna(""), now[counts].astype(kept[counts].dtypes).fillna(""))


def test_published_mobile_networks_have_their_known_parameters() -> None:
    params = published.load("torchvision_recounts").set_index("model")["params"]
    assert params["mobilenet_v2"] == 3_504_872
    assert params["shufflenet_v2_x2_0"] == 7_393_996
