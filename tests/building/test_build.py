"""Specs become the Keras objects that they name. Keras itself is asked what it got."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from modelspec.api.building import build, build_opened
from modelspec.compile.stages import compile_file, compile_text
from modelspec.diagnostics.findings import Findings

pytestmark = pytest.mark.tensorflow

HERE = Path(__file__).parent.parent
OK = sorted((HERE / "specs_ok").iterdir())


@pytest.mark.parametrize("path", OK, ids=lambda p: p.name)
def test_every_sound_spec_builds_with_its_names(path: Path) -> None:
    import keras

    opened = compile_file(path)
    model = build_opened(opened)
    wanted = keras.Sequential if opened.graph.kind == "sequential" else keras.Model
    assert type(model) is wanted or isinstance(model, wanted)
    assert model.name == path.stem
    functional = getattr(model, "_functional", None) or model
    names = {operation.name for operation in functional.operations}
    graph = opened.graph.for_outputs()  # without what losses of the graph alone need
    assert (set(graph.layers) - graph.constants()) | {entry.name for entry in graph.inputs} <= names


@pytest.mark.slow
@pytest.mark.parametrize("path", OK, ids=lambda p: p.name)
def test_what_is_built_can_be_saved_by_keras(path: Path, tmp_path: Path) -> None:
    import keras

    model = build(path)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    assert again.count_params() == model.count_params()
    assert [t.shape for t in again.outputs] == [t.shape for t in model.outputs]


def built(layers: str, inputs: str = "x: {shape: [6]}", edges: str = "", outputs: str = "") -> Any:
    text = f"modelspec: 1\nmodel:\n  functional:\n    inputs: {{{inputs}}}\n    layers: {layers}\n"
    text += f"    edges: {edges}\n    outputs: {outputs}\n"
    findings = Findings()
    opened = compile_text(text, "text", None, findings)
    assert opened is not None, findings.sorted()
    return build_opened(opened)


def test_fan_in_keeps_the_order_of_the_edges() -> None:
    import numpy as np

    model = built(
        "{gap: Subtract}", "a: {shape: [1]}, b: {shape: [1]}", "[b -> gap, a -> gap]", "gap"
    )
    one, three = np.ones((1, 1)), np.full((1, 1), 3.0)
    assert float(model.predict([one, three], verbose=0)[0, 0]) == 2.0


def test_a_shared_layer_has_one_set_of_weights() -> None:
    model = built(
        "{d: {Dense: {units: 2, use_bias: false}}, join: Concatenate}",
        "a: {shape: [3]}, b: {shape: [3]}",
        "[a -> d as p, b -> d as q, 'p, q -> join']",
        "join",
    )
    assert model.count_params() == 6


def test_outputs_keep_their_structure() -> None:
    layers, edges = "{d: {Dense: {units: 2}}, e: {Dense: {units: 3}}}", "[x -> d, x -> e]"
    assert [t.shape for t in built(layers, edges=edges, outputs="[e, d]").output] == [
        (None, 3),
        (None, 2),
    ]
    assert built(layers, edges=edges, outputs="{left: d, right: e}").output["right"].shape == (
        None,
        3,
    )


def test_a_dict_of_inputs_is_taken_by_name() -> None:
    import numpy as np

    text = """
modelspec: 1
model:
  functional:
    input_structure: dict
    inputs: {a: {shape: [1]}, b: {shape: [1]}}
    layers: {gap: Subtract}
    edges: ["b, a -> gap"]
    outputs: gap
"""
    opened = compile_text(text, "text", None, Findings())
    assert opened is not None
    model = build_opened(opened)
    got = model.predict({"a": np.ones((1, 1)), "b": np.full((1, 1), 3.0)}, verbose=0)
    assert float(got[0, 0]) == 2.0


@pytest.mark.parametrize(
    ("key", "shape"),
    [(":, 0", (None,)), ("..., -1", (None,)), (":, 1:5:2", (None, 2)), (":, None, 2", (None, 1))],
)
def test_indexing_reads_like_numpy(key: str, shape: tuple[int | None, ...]) -> None:
    model = built(f'{{i: {{ops.get_item: {{key: "{key}"}}}}}}', edges="[x -> i]", outputs="i")
    assert model.output.shape == shape


def test_constants_stand_in_any_argument_of_an_op() -> None:
    import numpy as np

    model = built(
        "{one_minus: {ops.subtract: {x1: 1.0}}}", edges="[x -> one_minus]", outputs="one_minus"
    )
    assert np.allclose(model.predict(np.full((1, 6), 0.25), verbose=0), 0.75)


def test_an_activation_with_arguments_is_saved_with_them() -> None:
    model = built(
        "{d: {Dense: {units: 2, activation: {leaky_relu: {negative_slope: 0.4}}}}}",
        edges="[x -> d]",
        outputs="d",
    )
    assert model.get_layer("d").activation.negative_slope == 0.4
