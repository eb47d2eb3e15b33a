"""On which code, machine and versions rows were made."""

from __future__ import annotations

from regnet.sweeps.segments import here, same_numbers


def test_this_machine_is_described_with_its_versions() -> None:
    segment = here(precision="bf16")
    assert segment["device"]
    assert {"numpy", "torch", "numba"} <= segment["packages"].keys()
    assert same_numbers(segment, here(precision="bf16"))
    assert not same_numbers(segment, here(precision="fp32"))


def test_equal_numbers_are_expected_where_what_both_segments_name_is_equal() -> None:
    segment = here(precision="bf16")
    older = segment | {"packages": {"torch": segment["packages"]["torch"]}}
    other = segment | {"packages": {"torch": "1.0"}}
    assert same_numbers(segment, older)
    assert not same_numbers(segment, other)
