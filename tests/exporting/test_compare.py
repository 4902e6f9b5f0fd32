"""How two sets of answers are compared."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.tensorflow

CLASSES = {"kind": "classes", "labels": None, "from_logits": False}


def one(wanted: Any, given: Any, meaning: Any = None) -> Any:
    import numpy as np

    from modelspec.exporting.verify.comparison import compare

    arrays = {"out": np.asarray(wanted)}, {"out": np.asarray(given)}
    (found,) = compare(*arrays, {} if meaning is None else {"out": meaning})
    return found


def test_relative_is_in_parts_of_the_largest_value() -> None:
    found = one([[0.0], [-200.0]], [[1.0], [-200.0]])
    assert (found.absolute, found.relative) == (1.0, 0.005)


def test_a_number_is_not_nan() -> None:
    assert one([1.0, 2.0], [1.0, float("nan")]).relative == float("inf")
    assert one([1.0, float("nan")], [1.0, 2.0]).relative == float("inf")
    assert one([1.0, float("inf")], [1.0, 2.0]).relative == float("inf")
    same = one([1.0, float("nan")], [1.0, float("nan")])
    assert (same.relative, same.note) == (0.0, "the Keras model itself outputs NaN or infinity")
    assert one([1.0], [float("inf")]).to_dict()["relative"] is None


def test_zeros_are_held_to_zeros() -> None:
    assert one([0.0], [0.0]).relative == 0
    assert one([0.0], [1e-9]).relative == float("inf")


def test_another_shape_and_a_missing_output_are_told() -> None:
    from modelspec.exporting.verify.comparison import compare

    assert one([[1.0]], [1.0]).note == "shape [1] instead of [1, 1]"
    import numpy as np

    (found,) = compare({"a": np.ones(1)}, {"b": np.ones(1)}, {})
    assert found.relative == float("inf")
    assert found.note == "output missing; the export has b"


def test_text_is_equal_or_not() -> None:
    assert one(["a", "b"], ["a", "b"]).relative == 0
    assert one(["a", "b"], ["a", "c"]).relative == float("inf")


@pytest.mark.parametrize(
    ("meaning", "wanted", "given", "share"),
    [
        (CLASSES, [[0.6, 0.4], [0.6, 0.4]], [[0.6, 0.4], [0.4, 0.6]], 0.5),
        ({"kind": "binary", "from_logits": False}, [[0.6], [0.2]], [[0.4], [0.3]], 0.5),
        ({"kind": "binary", "from_logits": True}, [[0.2], [-1.0]], [[0.1], [-0.1]], 1.0),
        ({"kind": "labels", "from_logits": False}, [[0.6, 0.2]], [[0.4, 0.3]], 0.5),
        ({"kind": "tokens"}, [[[0.6, 0.4], [0.1, 0.9]]], [[[0.7, 0.3], [0.8, 0.2]]], 0.5),
        ({"kind": "numbers"}, [[0.6]], [[0.4]], None),
    ],
)
def test_decisions_are_those_of_predict(
    meaning: Any, wanted: Any, given: Any, share: float | None
) -> None:
    assert one(wanted, given, meaning).decisions == share


def test_answers_that_hardly_depend_on_the_example_show_little() -> None:
    flat = one([[0.5, 0.50001], [0.50001, 0.5]], [[0.5, 0.5], [0.5, 0.5]])
    assert flat.note.startswith("the outputs of all examples are equal within 0.1%")
    assert one([[0.5, 0.51], [0.51, 0.5]], [[0.5, 0.5], [0.5, 0.5]]).note == ""
    assert one([[0.5, 0.5]], [[0.5, 0.5]]).note == ""
