"""Names that are given once."""

from __future__ import annotations

from modelspec.spec.model import ModelNames, UniqueNames


def test_a_taken_name_gets_the_next_free_number() -> None:
    names = UniqueNames(["dense", "dense_2"])
    assert [names.unique("dense") for _ in range(3)] == ["dense_1", "dense_3", "dense_4"]
    assert names.unique("conv") == "conv"


def test_the_numbers_start_and_the_stem_are_the_callers_choice() -> None:
    names = UniqueNames(["x_"], first=2)
    assert names.unique("x_", "x") == "x_2"
    assert names.unique("x_", "x") == "x_3"


def test_keras_names_what_has_no_name() -> None:
    names = ModelNames()
    names.add("max_pooling2d_1")
    found = [names.default_name("MaxPooling2D") for _ in range(3)]
    assert found == ["max_pooling2d", "max_pooling2d_2", "max_pooling2d_3"]
