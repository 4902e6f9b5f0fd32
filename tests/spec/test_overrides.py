"""`--set` on a section that the spec has not."""

from __future__ import annotations

from typing import Any

import pytest

from modelspec.api.validation import validate_text
from modelspec.diagnostics import UsageError

SPEC = """\
modelspec: 1
model:
  sequential:
    input: {shape: [8]}
    layers:
      - Dense: {units: 4}
"""


@pytest.mark.parametrize(
    ("path", "value", "section"),
    [
        ("training.epochs", 3, "training"),
        ("training.epoch", 3, "training"),
        ("training.loss", "mse", "training"),
        ("data.batch_size", 4, "data"),
        ("expect.memory.batch_size", 4, "expect.memory"),
    ],
)
def test_it_is_one_error(path: str, value: Any, section: str) -> None:
    (found,) = validate_text(SPEC, "a", overrides={path: value})
    assert found.code == "bad-override"
    assert found.message == f"the spec has no `{section}` to set a value in"
    assert found.span.file == f"--set {path}"


def test_a_section_may_be_set_whole_or_piece_by_piece() -> None:
    pieces = {"training.loss": "mse", "training.optimizer": "adam"}
    assert validate_text(SPEC, "a", overrides=pieces) == []
    assert validate_text(SPEC, "a", overrides={"expect.params": 36}) == []
    whole = validate_text(SPEC, "a", overrides={"training": {"epochs": 3}})
    assert [f.code for f in whole] == ["missing-key", "missing-key"]


def test_a_file_that_is_called_like_an_override_is_none() -> None:
    """The type of a file name says that `--set` gave the value, and not its text."""
    text = SPEC + "training: {epochs: 3}\n"
    codes = [found.code for found in validate_text(text, "--set training.epochs")]
    assert codes == ["missing-key", "missing-key"]


def test_a_value_from_python_is_plain_data() -> None:
    class Float(float):
        """As numpy's float64, which is a float to Python and not to a schema."""

    layer = "model.sequential.layers.0.Dense"
    values = {f"{layer}.kernel_initializer": {"RandomNormal": {"stddev": Float(0.5)}}}
    assert validate_text(SPEC, "a", overrides=values) == []
    with pytest.raises(
        UsageError, match=r"--set training\.epochs: expected plain data: .*complex$"
    ):
        validate_text(SPEC, "a", overrides={"training.epochs": 1j})
