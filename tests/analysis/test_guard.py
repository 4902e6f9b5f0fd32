"""A rule, a lint or a check of a loss that raises is a warning, and the rest is still analyzed."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest

from modelspec.compile.stages import compile_text
from modelspec.diagnostics.finding import Finding
from modelspec.diagnostics.findings import Findings
from modelspec.layers import core, ops

pytestmark = pytest.mark.guarded_checks

STACK = """\
modelspec: 1
model:
  sequential:
    input: {{shape: [6, 4]}}
    layers:
      - {first}
      - Flatten
      - Dense: {{units: 2, name: last{more}}}
training: {{loss: mse, optimizer: adam}}
"""
GRAPH = """\
modelspec: 1
model:
  functional:
    inputs: {x: {shape: [4]}}
    layers: {a: ops.relu, b: {Dense: {units: 3}}}
    edges: [x -> a, x -> b]
    outputs: [a, b]
"""


def break_dense(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = core.RULES["Dense"]

    def broken(call: Any) -> Any:
        return {}["lost"] if call.args["units"] == 5 else rule(call)

    monkeypatch.setitem(core.RULES, "Dense", broken)


def judge(text: str) -> tuple[list[Finding], Any]:
    findings = Findings()
    compiled = compile_text(text, "a.yaml", None, findings)
    return findings.sorted(), compiled


@pytest.mark.parametrize(
    "first",
    [
        "Dense: {units: 5}",
        "SpectralNormalization: {layer: {Dense: {units: 5}}}",
        "Sequential: {layers: [{Dense: {units: 5}}]}",
        "TimeDistributed: {layer: {Sequential: {layers: [{Dense: {units: 5}}]}}}",
    ],
)
def test_a_rule_that_raises_is_a_warning_at_its_layer(
    first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_dense(monkeypatch)
    found, compiled = judge(STACK.format(first=first, more=""))
    assert [finding.code for finding in found] == ["internal-error"]
    assert found[0].severity == "warning"
    assert found[0].span.line == 6
    assert "KeyError: 'lost'" in found[0].message
    assert "report" in found[0].hint
    assert compiled.analysis.tensors["last"] is None


def test_an_op_that_raises_leaves_the_other_branch_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(call: Any) -> NoReturn:
        raise TypeError("of an op")

    monkeypatch.setitem(ops.OPS, "relu", broken)
    found, compiled = judge(GRAPH)
    assert [(finding.code, finding.span.line) for finding in found] == [("internal-error", 6)]
    assert compiled.analysis.tensors["b"].shape == (None, 3)


def test_what_is_wrong_with_the_spec_stands_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    break_dense(monkeypatch)
    found, _ = judge(STACK.format(first="Dense: {units: 5}", more=", activation: relux"))
    assert [finding.code for finding in found] == ["unknown-activation"]


def test_the_message_names_the_line_of_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modelspec.layers.core.need_numbers", None)
    found, _ = judge(STACK.format(first="Dense: {units: 5}", more=""))
    assert "modelspec/layers/core.py:" in found[0].message


def test_a_lint_that_raises_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modelspec.analysis.lints.flatten_does_nothing.check", None)
    found, compiled = judge(STACK.format(first="Dense: {units: 5}", more=""))
    assert [finding.code for finding in found] == ["internal-error"]
    assert "flatten-does-nothing" in found[0].message
    assert compiled is not None


def test_a_check_of_losses_that_raises_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modelspec.analysis.losses.checks.check_shape", None)
    found, compiled = judge(STACK.format(first="Dense: {units: 5}", more=""))
    assert [(finding.code, finding.span.line) for finding in found] == [("internal-error", 9)]
    assert compiled is not None
