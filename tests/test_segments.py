"""On which code, machine and versions rows were made."""

from __future__ import annotations

from regnet.sweeps.segments import FIRST_ENGINE, engine_of, here, same_numbers


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


def test_trainings_name_their_engine_and_instructions_and_older_ones_count_as_pytorchs() -> None:
    segment = here(precision="bf16", engine="native 1")
    assert segment["instructions"] in ("avx512-bf16", "avx512", "avx2")
    older = here(precision="bf16")
    assert (engine_of(segment), engine_of(older)) == ("native 1", FIRST_ENGINE)
    assert not same_numbers(segment, older)
    assert same_numbers(older, here(precision="bf16", engine=FIRST_ENGINE))
    assert not same_numbers(segment, segment | {"instructions": "sse2"})
    assert not same_numbers(segment, segment | {"engine": "native 2"})
