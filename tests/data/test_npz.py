"""The source `npz` given a file that is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from modelspec.api.validation import validate_file

np = pytest.importorskip("numpy")

SPEC = """\
modelspec: 1
model: {sequential: {input: {shape: [2]}, layers: [Dense: {units: 1, name: y}]}}
data: {train: {npz: FILE}, inputs: x, targets: y}
training: {loss: mse, optimizer: adam}
"""


HALVES = """
  train: {npz: {path: d.npz, columns: {x: x_train, y: y_train}}}
  test: {npz: {path: d.npz, columns: {x: x_test, y: y_test}}}
  inputs: x
  targets: y
"""
MODEL = "{sequential: {input: {shape: [2], name: x}, layers: [Dense: {units: 1, name: y}]}}"


def halves() -> dict[str, Any]:
    x, y = np.arange(12.0).reshape(6, 2), np.arange(6.0)
    return {"d.npz": {"x_train": x[:4], "y_train": y[:4], "x_test": x[4:], "y_test": y[4:]}}


@pytest.mark.parametrize("name", ["x.npy", "x.npz"])
def test_a_single_array_is_a_column(tmp_path: Path, name: str) -> None:
    with (tmp_path / name).open("wb") as file:
        np.save(file, np.zeros([4, 2]))
    (tmp_path / "spec.yaml").write_text(SPEC.replace("FILE", name))
    findings = validate_file(tmp_path / "spec.yaml", data=True)
    assert {finding.message for finding in findings} == {
        f"{name} has no column `x`",
        f"{name} has no column `y`",
    }
    assert {finding.hint for finding in findings} == {"its columns are `array`"}


def test_halves_of_one_file_by_their_arrays(load: Any) -> None:
    data, findings = load(HALVES, halves(), MODEL)
    assert not findings
    assert data.train.inputs["x"].tolist() == [[0, 1], [2, 3], [4, 5], [6, 7]]
    assert data.test.inputs["x"].tolist() == [[8, 9], [10, 11]]
    assert data.test.targets["y"].tolist() == [[4], [5]]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("x_test", "x_train", "`x_train` of d.npz is in both `train` and `test`"),
        (", columns: {x: x_test, y: y_test}", "", "d.npz is in both `train` and `test`"),
        ("y_test", "y_tst", 'd.npz has no array `y_tst`; did you mean "y_test"?'),
    ],
)
def test_bad_halves(load: Any, old: str, new: str, expected: str) -> None:
    data, (finding,) = load(HALVES.replace(old, new), halves(), MODEL)
    assert data is None
    assert expected in finding


def test_objects_are_never_loaded(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.asarray([{}, []], dtype=object))
    (tmp_path / "spec.yaml").write_text(
        SPEC.replace("FILE", "{path: x.npy, columns: {x: array, y: array}}")
    )
    (finding,) = validate_file(tmp_path / "spec.yaml", data=True)
    assert finding.message == "x.npy contains Python objects; only numbers and text are read"


@pytest.mark.parametrize("content", [b"", b"\x93NUMP", b"PK\x03\x04"])
def test_a_damaged_file_is_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.npz").write_bytes(content)
    (tmp_path / "spec.yaml").write_text(SPEC.replace("FILE", "x.npz"))
    (finding,) = validate_file(tmp_path / "spec.yaml", data=True)
    assert "x.npz is not a valid npz file" in finding.message


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        ("sparse_categorical_crossentropy", "got -1 in d.npz, row 0"),
        ("{SparseCategoricalCrossentropy: {ignore_class: 5}}", "got -1 in d.npz, row 0"),
        ("{SparseCategoricalCrossentropy: {ignore_class: -1}}", None),
    ],
)
def test_the_class_that_a_loss_ignores_is_in_range(
    tmp_path: Path, loss: str, expected: str | None
) -> None:
    np.savez(tmp_path / "d.npz", x=np.zeros((4, 3, 2)), y=np.tile([[0], [1], [-1]], (4, 1, 1)))
    dense = "{Dense: {units: 2, activation: softmax, name: y}}"
    (tmp_path / "spec.yaml").write_text(
        "modelspec: 1\n"
        f"model: {{sequential: {{input: {{shape: [3, 2], name: x}}, layers: [{dense}]}}}}\n"
        "data: {train: {npz: d.npz}, inputs: x, targets: y}\n"
        f"training: {{loss: {loss}, optimizer: adam}}\n"
    )
    found = [finding.message for finding in validate_file(tmp_path / "spec.yaml", data=True)]
    assert len(found) == (expected is not None)
    assert all((expected or "") in message for message in found)
