"""What Keras refuses is a finding at the layer's line: found without Keras, and with it."""

from __future__ import annotations

import pytest

from modelspec.building.build import build_model
from modelspec.compile.stages import compile_text
from modelspec.diagnostics.finding import Finding
from modelspec.diagnostics.findings import Findings
from modelspec.diagnostics.problems import CannotRunError
from modelspec.document.load import load
from modelspec.graph.build import build_graph
from modelspec.spec.spec import parse_spec

STACK = "modelspec: 1\nmodel:\n  sequential:\n    input: {{shape: {shape}}}\n    layers:\n{layers}"

CASES = [
    ("[8]", ["Dense: {units: 3}", "Conv2D: {filters: 3, kernel_size: 3}"], 7, "Conv2D"),
    ("[8, 8, 3]", ["Conv2D: {filters: 4, kernel_size: 3, groups: 2}"], 6, "Conv2D"),
    ("[4, 4, 3]", ["Conv2D: {filters: 4, kernel_size: 7}"], 6, "Conv2D"),
    ("[8]", ["Reshape: {target_shape: [3, 3]}"], 6, "Reshape"),
    ("[8]", ["Dense: {units: 3}", "Add"], 7, "Add"),
    ("[8]", ["Sequential: {layers: [Flatten, LSTM: {units: 3}]}"], 6, "LSTM"),
    ("[5, 8]", ["LSTM: {units: 3, return_state: true}", "Dense: {units: 2}"], 6, "tensors"),
    ("[8]", ["Dense: {units: 4}", "Permute: {dims: [2, 1]}"], 7, "Permute"),
]


def refused_by_keras(text: str) -> list[Finding]:
    """The findings of a build that the analysis has not looked at."""
    findings = Findings()
    spec = parse_spec(load(text, "stack.yaml", findings), None, findings)
    graph = build_graph(spec.model, findings)
    assert graph is not None, findings.sorted()
    assert build_model(spec, graph, findings) is None
    return findings.sorted()


def refused_by_analysis(text: str) -> list[Finding]:
    findings = Findings()
    assert compile_text(text, "stack.yaml", None, findings) is None
    return findings.sorted()


@pytest.mark.parametrize(("shape", "layers", "line", "word"), CASES)
def test_the_analysis_finds_it_at_its_line(
    shape: str, layers: list[str], line: int, word: str
) -> None:
    text = STACK.format(shape=shape, layers="".join(f"      - {layer}\n" for layer in layers))
    (finding,) = refused_by_analysis(text)
    assert finding.code in ("shape-mismatch", "several-results-in-stack")
    assert finding.span.line == line
    assert word in finding.message


@pytest.mark.tensorflow
@pytest.mark.parametrize(("shape", "layers", "line", "word"), CASES)
def test_a_refusal_of_keras_names_the_layer_at_its_line(
    shape: str, layers: list[str], line: int, word: str
) -> None:
    text = STACK.format(shape=shape, layers="".join(f"      - {layer}\n" for layer in layers))
    (finding,) = refused_by_keras(text)
    assert finding.code == "keras-refused"
    assert finding.span.line == line
    assert word in finding.message
    assert "Traceback" not in finding.message
    assert "\x1b" not in finding.message


@pytest.mark.tensorflow
def test_an_index_past_the_results_is_named() -> None:
    text = """
modelspec: 1
model:
  functional:
    inputs: {x: {shape: [5, 3]}}
    layers: {lstm: {LSTM: {units: 2, return_state: true}}, out: {Dense: {units: 1}}}
    edges: [x -> lstm, "lstm[3] -> out"]
    outputs: out
"""
    (finding,) = refused_by_keras(text)
    assert "3 results" in finding.message


@pytest.mark.tensorflow
def test_a_window_that_scipy_makes_asks_for_scipy(monkeypatch: pytest.MonkeyPatch) -> None:
    text = STACK.format(shape="[800, 1]", layers="      - STFTSpectrogram{}\n")
    named = text.replace("{}", ": {frame_length: 64}")
    monkeypatch.setattr("modelspec.building.build.find_spec", lambda name: None)
    opened = compile_text(named, "stack.yaml", None, Findings())
    assert opened is not None
    with pytest.raises(CannotRunError, match=r"stack.yaml:6:9: .*keras-modelspec\[audio\]"):
        build_model(opened.spec, opened.graph, opened.findings)
    plain = compile_text(text.replace("{}", ": {window: null}"), "stack.yaml", None, Findings())
    assert plain is not None
    assert build_model(plain.spec, plain.graph, plain.findings) is not None
