"""What Keras refuses comes back as a finding at the layer's line."""

from __future__ import annotations

import pytest

from modelspec.diagnostics import Findings, SpecError
from modelspec.pipeline import build_opened, open_text

pytestmark = pytest.mark.tensorflow

STACK = "modelspec: 1\nmodel:\n  sequential:\n    input: {{shape: {shape}}}\n    layers:\n{layers}"

CASES = [
    ("[8]", ["Dense: {units: 3}", "Conv2D: {filters: 3, kernel_size: 3}"], 7, "Conv2D"),
    ("[8, 8, 3]", ["Conv2D: {filters: 4, kernel_size: 3, groups: 2}"], 6, "Conv2D"),
    ("[4, 4, 3]", ["Conv2D: {filters: 4, kernel_size: 7}"], 6, "Conv2D"),
    ("[8]", ["Reshape: {target_shape: [3, 3]}"], 6, "Reshape"),
    ("[8]", ["Dense: {units: 3}", "Add"], 7, "Add"),
    ("[8]", ["Sequential: {layers: [Flatten, LSTM: {units: 3}]}"], 6, "LSTM"),
    ("[5, 8]", ["LSTM: {units: 3, return_state: true}", "Dense: {units: 2}"], 6, "results"),
    ("[8]", ["Dense: {units: 4}", "Permute: {dims: [2, 1]}"], 7, "Permute"),
]


@pytest.mark.parametrize(("shape", "layers", "line", "word"), CASES)
def test_a_refusal_names_the_layer_at_its_line(
    shape: str, layers: list[str], line: int, word: str
) -> None:
    text = STACK.format(shape=shape, layers="".join(f"      - {layer}\n" for layer in layers))
    opened = open_text(text, "stack.yaml", None, Findings())
    assert opened is not None
    with pytest.raises(SpecError) as caught:
        build_opened(opened)
    (finding,) = caught.value.findings
    assert finding.code == "keras-refused"
    assert finding.span.line == line
    assert word in finding.message
    assert "Traceback" not in finding.message
    assert "\x1b" not in finding.message


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
    opened = open_text(text, "text", None, Findings())
    assert opened is not None
    with pytest.raises(SpecError, match="3 results"):
        build_opened(opened)
