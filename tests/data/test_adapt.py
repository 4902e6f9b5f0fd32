"""Layers that learn are adapted on the training split, wherever in the model they stand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from modelspec.api.building import build_opened
from modelspec.compile.stages import compile_text
from modelspec.diagnostics.findings import Findings

pytestmark = pytest.mark.tensorflow

CSV = "a,b,w,y\n1,10,red,1\n3,10,blue,2\n5,40,red,3\n7,40,red,4\n"

STACK = """
  sequential:
    input: {shape: [2], name: x}
    layers:
      - Normalization: {name: scaled}
      - Dense: {units: 1, name: y}
"""
DEEP = """
  sequential:
    input: {shape: [2], name: x}
    layers:
      - Rescaling: {scale: 2.0, offset: 1.0, name: twice}
      - Sequential:
          name: inner
          layers:
            - Rescaling: {scale: 10.0, name: tens}
            - Normalization: {name: scaled}
      - Dense: {units: 1, name: y}
"""
SHARED = """
  functional:
    inputs: {left: {shape: [1]}, right: {shape: [1]}}
    layers: {scaled: Normalization, both: Concatenate, y: {Dense: {units: 1}}}
    edges:
      - left -> scaled as l
      - right -> scaled as r
      - l, r -> both -> y
    outputs: y
"""
WORDS = """
  functional:
    inputs: {w: {shape: [1], dtype: string}, x: {shape: [2]}}
    layers:
      code: {StringLookup: {output_mode: one_hot, max_tokens: 5, pad_to_max_tokens: true}}
      bins: {Discretization: {num_bins: 2}}
      floats: {Rescaling: {scale: 1.0}}
      all: Concatenate
      scaled: Normalization
      y: {Dense: {units: 1}}
    edges:
      - w -> code
      - x -> bins -> floats
      - code, floats -> all -> scaled -> y
    outputs: y
"""
WRAPPED = """
  sequential:
    input: {shape: [2], name: x}
    layers:
      - Reshape: {target_shape: [2, 1]}
      - TimeDistributed:
          name: each
          layer: {Sequential: {layers: [{Rescaling: {scale: 10.0}}, Normalization]}}
      - Flatten
      - Dense: {units: 1, name: y}
"""
PIPELINE = """
  sequential:
    input: {shape: [2], name: x}
    layers:
      - Pipeline:
          name: all
          layers: [{Rescaling: {scale: 10.0}}, {Normalization: {}}, {Normalization: {}}]
      - Dense: {units: 1, name: y}
"""


def adapted(tmp_path: Path, model: str, inputs: str, csv: str = CSV) -> tuple[Any, list[str]]:
    from modelspec.data.load import load_data
    from modelspec.training.prepare.adapting import adapt_layers

    (tmp_path / "t.csv").write_text(csv)
    data = f"{{train: {{csv: t.csv}}, inputs: {inputs}, targets: y}}"
    findings = Findings()
    text = f"modelspec: 1\nmodel: {model}\ndata: {data}\n"
    opened = compile_text(text, "spec.yaml", tmp_path / "spec.yaml", findings)
    assert opened is not None, [str(f) for f in findings.sorted()]
    built = build_opened(opened)
    loaded = load_data(opened.spec.data, tmp_path, opened.graph, 0, findings)
    assert loaded is not None, [str(f) for f in findings.sorted()]
    adapt_layers(built, opened.graph, loaded.train, opened.spec.data.train.span, findings)
    return built, [str(finding) for finding in findings.sorted()]


def means(layer: Any) -> list[float]:
    import keras

    return keras.ops.convert_to_numpy(layer.mean).ravel().tolist()


def test_right_after_an_input(tmp_path: Path) -> None:
    model, findings = adapted(tmp_path, STACK, "[a, b]")
    assert not findings
    assert means(model.get_layer("scaled")) == [4, 25]


def test_inside_a_nested_model_behind_other_layers(tmp_path: Path) -> None:
    model, findings = adapted(tmp_path, DEEP, "[a, b]")
    assert not findings
    assert means(model.get_layer("inner").get_layer("scaled")) == [90, 510]


def test_a_shared_layer_learns_from_all_its_calls(tmp_path: Path) -> None:
    model, findings = adapted(tmp_path, SHARED, "{left: a, right: b}")
    assert not findings
    assert means(model.get_layer("scaled")) == [14.5]


def test_a_layer_sees_what_those_before_it_learned(tmp_path: Path) -> None:
    model, findings = adapted(tmp_path, WORDS, "{w: w, x: [a, b]}")
    assert not findings
    assert model.get_layer("code").get_vocabulary() == ["[UNK]", "red", "blue"]
    # one hot of [UNK], red, blue and two unused; one a of four and every b are in the upper bin
    wanted = [0, 0.75, 0.25, 0, 0, 0.25, 1]
    assert means(model.get_layer("scaled")) == pytest.approx(wanted)


def test_what_is_given_is_not_learned(tmp_path: Path) -> None:
    given = STACK.replace("{name: scaled}", "{name: scaled, mean: [1, 2], variance: [1, 1]}")
    model, findings = adapted(tmp_path, given, "[a, b]")
    assert not findings
    assert means(model.get_layer("scaled")) == [1, 2]


def test_inside_a_wrapper_it_learns_from_each_step(tmp_path: Path) -> None:
    model, findings = adapted(tmp_path, WRAPPED, "[a, b]")
    assert not findings
    assert means(model.get_layer("each").layer.layers[-1]) == [145]


def test_inside_a_pipeline_it_learns_from_what_the_layers_before_it_give(tmp_path: Path) -> None:
    model, findings = adapted(tmp_path, PIPELINE, "[a, b]")
    assert not findings
    _, first, second = model.get_layer("all").layers
    assert means(first) == [40, 250]
    assert means(second) == pytest.approx([0, 0], abs=1e-6)


def test_numbers_whose_squares_float32_does_not_have(tmp_path: Path) -> None:
    """Without the finding, the loss is NaN from the first step on."""
    csv = "a,b,y\n1,1e25,1\n3,3e25,2\n5,2e25,3\n"
    _, findings = adapted(tmp_path, STACK, "[a, b]", csv)
    (said,) = findings
    assert '"scaled" cannot learn the variance of feature 2 of its input' in said
    assert "[cannot-adapt]" in said
    _, findings = adapted(tmp_path, STACK, "[a, b]", csv.replace("e25", "e18"))
    assert not findings


def test_what_an_extension_holds_cannot_learn(tmp_path: Path) -> None:
    import keras

    from modelspec.data.feed import adapt
    from modelspec.graph import build_graph

    class Holder(keras.layers.Layer):
        def __init__(self) -> None:
            super().__init__(name="holder")
            self.scaled = keras.layers.Normalization(name="scaled")

        def call(self, x: Any) -> Any:
            return self.scaled(x)

    findings = Findings()
    opened = compile_text(f"modelspec: 1\nmodel: {STACK}", "spec.yaml", None, findings)
    assert opened is not None
    graph = build_graph(opened.spec.model, findings)
    assert graph is not None
    adapt(keras.Sequential([keras.Input([2]), Holder()]), graph, [], findings)
    (found,) = findings.sorted()
    assert '"scaled" (Normalization) cannot learn inside "holder"' in str(found)


LINES = """
  sequential:
    input: {shape: [1], dtype: string, name: w}
    layers:
      - StringLookup: {name: code, max_tokens: 9, pad_to_max_tokens: true, output_mode: multi_hot}
      - Dense: {units: 1, name: y}
"""


@pytest.mark.parametrize(
    "word",
    ["red\nblue", *(pytest.param(w, marks=pytest.mark.slow) for w in ("red\u2028blue", "red\x0b"))],
)
def test_a_word_that_a_saved_model_loses(tmp_path: Path, word: str) -> None:
    csv = f'w,y\nplain,1\n"{word}",2\n'
    _, findings = adapted(tmp_path, LINES, "{w: w}", csv)
    (said,) = findings
    assert f'spec.yaml:6:9: error: "code" learned the word {word!r}' in said
    assert said.count("[saved-model-differs]") == 1


def test_words_with_spaces_are_kept(tmp_path: Path) -> None:
    _, findings = adapted(tmp_path, LINES, "{w: w}", "w,y\n red ,1\nlight blue,2\n")
    assert not findings
