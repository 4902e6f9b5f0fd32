"""The comments in an imported spec that silence what a lint would say of it."""

from __future__ import annotations

from typing import Any

import pytest

from modelspec.api.validation import validate_text
from modelspec.diagnostics.finding import Span
from modelspec.diagnostics.findings import Findings
from modelspec.importing.spec_text import checked_spec_text


@pytest.mark.parametrize(("pairs", "at_the_top"), [(1, False), (3, False), (4, True)])
def test_a_code_on_many_lines_is_named_once_at_the_top(pairs: int, at_the_top: bool) -> None:
    block = [{"Conv2D": {"filters": 4, "kernel_size": 3}}, "BatchNormalization"]
    model = {"sequential": {"input": {"shape": [32, 32, 3]}, "layers": block * pairs}}
    text = checked_spec_text({"modelspec": 1, "model": model}, Span("f", 1, 1, 1, 1), Findings())
    assert text is not None
    first = text.splitlines()[0]
    assert (first == "# modelspec: ignore-file[bias-before-batch-norm]") is at_the_top
    assert text.count("modelspec: ignore") == (1 if at_the_top else pairs)
    assert validate_text(text, "f") == []


def test_a_model_of_more_layers_than_a_spec_may_have_is_not_written() -> None:
    layers: list[Any] = [{"Activation": {"activation": "relu"}}] * 10_001
    model = {"sequential": {"input": {"shape": [4]}, "layers": layers}}
    findings = Findings()
    span = Span("model.json", 1, 1, 1, 1)
    assert checked_spec_text({"modelspec": 1, "model": model}, span, findings) is None
    (finding,) = findings.sorted()
    assert finding.code == "too-large"
    assert "the model is larger than a spec may be" in finding.message
    assert "more than 10,000 layers" in finding.message
