"""Architectures of `keras.applications` to specs and back; the benchmark does all of them."""

from __future__ import annotations

import pytest

from benchmarks.applications import architectures, make
from benchmarks.import_applications import compare

pytestmark = pytest.mark.tensorflow


@pytest.mark.parametrize(
    ("name", "most_lines"),
    [
        pytest.param("MobileNetV2", 260, marks=pytest.mark.slow),
        ("MobileNetV3Small", 350),
        pytest.param("ResNet50", 400, marks=pytest.mark.slow),
        pytest.param("ConvNeXtTiny", 450, marks=pytest.mark.slow),
    ],
)
def test_an_architecture_comes_back_the_same(name: str, most_lines: int) -> None:
    row = compare(name, make(architectures()[name]))
    assert row.faults == ()
    assert row.lines <= most_lines
