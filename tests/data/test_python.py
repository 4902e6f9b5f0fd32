"""Datasets that functions of an extension make: what they give, and what a wrong one says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from modelspec.api.building import open_spec
from modelspec.api.validation import validate_file
from modelspec.spec.extensions import permit_extensions

MODULE = """
import tensorflow as tf

D = tf.data.Dataset
X, Y = [[1.0, 2.0]] * 6, ["a", "b"] * 3
PAIR = tf.TensorSpec([None]), tf.TensorSpec([], tf.string)

def sound(): return D.from_tensor_slices((X, Y))
def generated(): return D.from_generator(lambda: zip(X, Y), output_signature=PAIR)
def bare(): return X
def raises(folder): return open(folder / "nothing.csv")
def batched(): return sound().batch(2)
def endless(): return sound().repeat()
def four(): return D.from_tensor_slices((X, Y, Y, Y))
def twice(): return D.from_tensor_slices(({"a": X}, {"a": Y}))
def nested(): return D.from_tensor_slices({"a": {"b": X}})
def empty(): return sound().take(0)
def late():
    def rows():
        yield X[0], "a"
        raise ValueError("row 2 is odd")
    return D.from_generator(rows, output_signature=PAIR)
def ragged(): return D.from_generator(lambda: [(X[0], "a"), ([1.0], "a")], output_signature=PAIR)
def wide(): return D.from_tensor_slices(([[1.0] * 5] * 6, Y))
def gaps(): return D.from_tensor_slices(([[1.0, float("nan")]] * 6, Y))
def raw(): return D.from_tensor_slices((X, [b"\\xff"] * 6))
def wants(a, b=2): return sound()
"""

SPEC = """\
modelspec: 1
extensions: [made_for_tests]
model: {sequential: {input: {shape: [2]}, layers: [Dense: {units: 2, activation: softmax}]}}
data:
  train: {python: SOURCE}
  test: 0.34
  stream: false
  targets: {dense: {column: target, labels: auto}}
training: {epochs: 1, optimizer: sgd, loss: sparse_categorical_crossentropy}
"""


def write(folder: Path, source: str, **changes: str) -> Path:
    (folder / "made_for_tests.py").write_text(MODULE, encoding="utf-8")
    text = SPEC.replace("SOURCE", source)
    for old, new in changes.items():
        text = text.replace(f"{old}: ", f"{new}: ")
    path = folder / "spec.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_function_is_taken_on_trust_and_not_called(tmp_path: Path) -> None:
    found = validate_file(write(tmp_path, "made_for_tests.sound"), data=True)
    assert [(f.code, f.severity.value) for f in found] == [("extension-on-trust", "note")]
    assert "`made_for_tests.sound` is a function of an extension" in found[0].message


WRONG = {
    "bare": "returns list, not a tf.data.Dataset",
    "raises": "calling `made_for_tests.raises` failed: FileNotFoundError",
    "batched": "seems to yield batches",
    "endless": "yields examples without end",
    "four": "yields tuples of 4; they may have `input`, `target` and `weight`",
    "twice": "yields a column twice",
    "nested": "yields `a` as dict; a column must be a tensor",
    "empty": "`made_for_tests.empty` yields no examples",
    "late": "fails within 1024 examples from number 0 on: ValueError: row 2 is odd",
    "ragged": "Cannot batch tensors with different shapes",
    "wide": "takes shape [2], but `input` has [5]",
    "gaps": "values are missing: `input` 6 (the first in made_for_tests.gaps, row 0)",
    "raw": "`target` of `made_for_tests.raw` contains bytes that are not UTF-8 text",
    "wants": "`made_for_tests.wants` needs `a`",
    "raise": 'has no function `raise`; did you mean "raises"?',
}


@pytest.mark.tensorflow
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_function_is_one_finding(tmp_path: Path, name: str) -> None:
    spec = write(tmp_path, f"made_for_tests.{name}")
    found = validate_file(spec, data=True, allow_extensions=True)
    assert len(found) == 1
    assert WRONG[name] in found[0].message
    assert ("padded_batch" in found[0].hint) == (name == "ragged")  # known from TensorFlow's text


@pytest.mark.tensorflow
def test_unknown_arguments_are_named(tmp_path: Path) -> None:
    spec = write(tmp_path, "{function: made_for_tests.wants, args: {a: 1, c: 3}}")
    [found] = validate_file(spec, allow_extensions=True)
    assert found.message == "`made_for_tests.wants` has no parameter `c`"
    assert (found.span.line, found.span.column) == (5, 68)


@pytest.mark.tensorflow
def test_one_call_for_two_splits_leaks(tmp_path: Path) -> None:
    spec = write(tmp_path, "made_for_tests.sound")
    text = spec.read_text(encoding="utf-8").replace("0.34", "{python: made_for_tests.sound}")
    spec.write_text(text, encoding="utf-8")
    [found] = validate_file(spec, data=True, allow_extensions=True)
    assert found.code == "leaking-split"


@pytest.mark.tensorflow
def test_it_streams_to_the_same_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np
    import tensorflow as tf

    from modelspec.data.load import load_data
    from modelspec.diagnostics.findings import Findings

    def load(streams: Any) -> Any:
        spec = write(tmp_path, "made_for_tests.generated")
        findings = Findings()
        with permit_extensions(True):
            opened = open_spec(spec, {"data.stream": streams})
        assert opened.spec.data is not None
        found = load_data(opened.spec.data, tmp_path, opened.graph, 0, findings)
        assert not findings
        assert found is not None
        return found.train

    in_memory, kept, small = load(False), load(True), load("auto")
    monkeypatch.setattr("modelspec.data.read_tables.LARGE_BYTES", 1)
    large = load("auto")
    rows = tf.range(len(kept), dtype=tf.int64)
    (name,) = in_memory.inputs
    assert np.array_equal(kept.inputs[name].make(rows).numpy(), in_memory.inputs[name])
    assert np.array_equal(kept.targets["dense"], in_memory.targets["dense"])
    assert kept.table.parts == in_memory.table.parts == small.table.parts
    assert np.array_equal(small.inputs[name], in_memory.inputs[name])
    assert type(large.inputs[name]) is type(kept.inputs[name])
