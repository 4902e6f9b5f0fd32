"""What computes with several rows of a batch cannot be divided among workers."""

from __future__ import annotations

import pytest

from modelspec.api import validate_text

SPEC = """
modelspec: 1
model:
  functional:
    inputs: {{x: {{shape: [6]{batch}}}}}
    layers:
{layers}
    edges: {edges}
    outputs: y
data: {{train: {{npz: train.npz}}, inputs: x, batch_size: 8}}
training: {{optimizer: adam, losses: {{small: {{of: y}}}}, distribute: multi_worker}}
"""

ONE_CALL_ACROSS = [
    "{ops.softmax: {axis: 0}}",
    "{ops.cumsum: {axis: 0}}",
    "ops.cumsum",
    "ops.flip",
    "{ops.roll: {shift: 1}}",
    "{ops.sort: {axis: -2}}",
    "{ops.diff: {axis: 0}}",
    "{ops.normalize: {axis: 0}}",
    '{ops.get_item: {key: "::-1"}}',
    '{ops.get_item: {key: "1:"}}',
    '{ops.get_item: {key: "::2, ..."}}',
    "{ops.reshape: {newshape: [-1, 12]}}",
    "ops.tril",
    "{Softmax: {axis: 0}}",
    "{UnitNormalization: {axis: 0}}",
]

GRAPHS_ACROSS = {
    "less its mean": {"m: {ops.mean: {axis: 0}}": "x -> m", "y: ops.subtract": "x, m -> y"},
    "all pairs": {
        "t: ops.transpose": "x -> t",
        "m: ops.matmul": "x, t -> m",
        "y: {ops.mean: {axis: 1}}": "m -> y",
    },
    "covariance": {
        "t: ops.transpose": "x -> t",
        "m: ops.matmul": "t, x -> m",
        "y: ops.matmul": "x, m -> y",
    },
    "einsum": {
        'm: {ops.einsum: {subscripts: "bi,ci->bc"}}': "x, x -> m",
        "y: {ops.mean: {axis: 1}}": "m -> y",
    },
    "stretched by mistake": {
        "a: {ops.sum: {axis: -1}}": "x -> a",
        "b: {ops.sum: {axis: -1, keepdims: true}}": "x -> b",
        "m: ops.subtract": "a, b -> m",
        "y: {ops.mean: {axis: 1}}": "m -> y",
    },
    "halves": {
        "m: {ops.split: {indices_or_sections: 2}}": "x -> m",
        "y: ops.add": "m[0], m[1] -> y",
    },
    "another order": {
        "m: {ops.reshape: {newshape: [6, -1]}}": "x -> m",
        "y: ops.transpose": "m -> y",
    },
    "nested": {
        "m: {Functional: {inputs: {q: {}}, layers: {y: {ops.softmax: {axis: 0}}}, "
        "edges: [q -> y], outputs: y}}": "x -> m",
        "y: {Dense: {units: 1}}": "m -> y",
    },
}

GRAPHS_WITHIN = {
    "softmax": {"y: ops.softmax": "x -> y"},
    "flip": {"y: {ops.flip: {axis: 1}}": "x -> y"},
    "columns": {'y: {ops.get_item: {key: "..., 1:3"}}': "x -> y"},
    "reshaped": {"y: {ops.reshape: {newshape: [-1, 2, 3]}}": "x -> y"},
    "transposed": {"t: ops.transpose": "x -> t", "y: {ops.mean: {axis: 0}}": "t -> y"},
    "below one another": {"y: {ops.concatenate: {axis: 0}}": "x, x -> y"},
    "stacked": {"s: {ops.stack: {axis: 0}}": "x, x -> s", "y: {ops.mean: {axis: 0}}": "s -> y"},
    "of each row": {'y: {ops.einsum: {subscripts: "bi,bi->b"}}': "x, x -> y"},
    "one hot": {
        "m: {ops.argmax: {axis: 1}}": "x -> m",
        "y: {ops.one_hot: {num_classes: 6}}": "m -> y",
    },
    "from a table": {
        "w: {Weight: {shape: [6, 3], batch: false}}": "",
        "m: {ops.argmax: {axis: 1}}": "x -> m",
        "y: {ops.take: {axis: 0}}": "w, m -> y",
    },
    "of a table": {
        "w: {Weight: {shape: [6, 3], batch: false}}": "",
        "s: {ops.softmax: {axis: 0}}": "w -> s",
        "y: ops.matmul": "x, s -> y",
    },
    "statistics": {"m: BatchNormalization": "x -> m", "y: {Dense: {units: 1}}": "m -> y"},
}


def _refused(graph: dict[str, str], batch: str = "") -> list[str]:
    layers = "\n".join(f"      {layer}" for layer in graph)
    edges = [edge for edge in graph.values() if edge]
    found = validate_text(SPEC.format(layers=layers, edges=edges, batch=batch), "spec.yaml")
    assert {one.code for one in found if one.severity == "error"} <= {"cannot-be-divided"}, found
    return [one.message for one in found if one.code == "cannot-be-divided"]


@pytest.mark.parametrize("layer", ONE_CALL_ACROSS)
@pytest.mark.parametrize("batch", ["", ", batch_size: 8"])
def test_a_call_along_the_rows_is_refused(layer: str, batch: str) -> None:
    graph = {f"m: {layer}": "x -> m", "y: {ops.mean: {axis: -1}}": "m -> y"}
    found = _refused(graph, batch)
    assert found[0].startswith('"m" (') or "the loss `small` is one value" in found[0]


@pytest.mark.parametrize("graph", GRAPHS_ACROSS.values(), ids=GRAPHS_ACROSS)
def test_what_brings_rows_together_is_refused_once(graph: dict[str, str]) -> None:
    (message,) = _refused(graph)
    assert "computes with several examples" in message


@pytest.mark.parametrize("graph", GRAPHS_WITHIN.values(), ids=GRAPHS_WITHIN)
def test_what_each_row_has_by_itself_is_divided(graph: dict[str, str]) -> None:
    assert _refused(graph) == []
    if "concatenate" not in str(graph):  # twice 8 rows are taken for none
        assert _refused(graph, ", batch_size: 8") == []
