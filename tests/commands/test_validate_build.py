"""`validate --build`: the analysis held to what Keras builds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from modelspec.cli import run
from modelspec.layers import core
from modelspec.layers.rule.rule import LayerCall, RuleResult, Tensor, Weight

pytestmark = pytest.mark.tensorflow

SPEC = """\
modelspec: 1
model:
  sequential:
    input: {shape: [8]}
    layers:
      - Dense: {units: 4, name: one}
      - Sequential: {name: inner, layers: [{Dense: {units: 2, name: two}}], trainable: false}
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text(SPEC)
    Path("b.yaml").write_text(SPEC.replace("units: 4", "units: 3"))


def found(capsys: pytest.CaptureFixture[str], *files: str) -> tuple[int, list[dict[str, object]]]:
    code = run(["validate", "--build", "--format", "json", *files])
    return code, json.loads(capsys.readouterr().out)["findings"]


def test_it_is_silent_where_both_agree(capsys: pytest.CaptureFixture[str]) -> None:
    assert found(capsys, "a.yaml", "b.yaml") == (0, [])


WRONG = {
    "shape": (
        RuleResult(Tensor((None, 5))),
        "output shape: the analysis says [null, 5], Keras builds",
    ),
    "dtype": (RuleResult(Tensor((None, 4), "float16")), "output dtype: the analysis says float16"),
    "params": (
        RuleResult(Tensor((None, 4)), (Weight("k", (7,)),)),
        "params: the analysis says 7, Keras",
    ),
    "trainable": (
        RuleResult(Tensor((None, 4)), (Weight("k", (36,), trainable=False),)),
        "trained params: the analysis says 0, Keras builds 36",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_difference_is_an_error_at_the_layer(
    what: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    facts, words = WRONG[what]
    right = core.RULES["Dense"]

    def rule(given: LayerCall) -> RuleResult:
        return facts if given.args["units"] == 4 else right(given)

    monkeypatch.setitem(core.RULES, "Dense", rule)
    code, findings = found(capsys, "a.yaml", "b.yaml")
    first = findings[0]
    assert code == 1
    assert {f["file"] for f in findings} == {"a.yaml"}
    assert (first["code"], first["line"]) == ("analysis-disagrees", 6)
    assert f'"one" (Dense), {words}' in " | ".join(str(f["message"]) for f in findings)
    assert "please report it" in str(first["hint"])


def test_a_nested_layer_is_looked_at(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    right = core.RULES["Dense"]

    def rule(given: LayerCall) -> RuleResult:
        facts = right(given)
        return facts if given.args["units"] == 4 else RuleResult(Tensor((None, 9)), facts.weights)

    monkeypatch.setitem(core.RULES, "Dense", rule)
    _, findings = found(capsys, "a.yaml")
    assert any(str(f["message"]).startswith('"two" (Dense), output shape') for f in findings)


def test_what_has_errors_is_not_built(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.yaml").write_text(SPEC.replace("units: 4", "units: four"))
    code, findings = found(capsys, "a.yaml")
    assert (code, [f["code"] for f in findings]) == (1, ["wrong-value"])


def test_a_model_of_an_extension_is_said_to_be_unbuilt(capsys: pytest.CaptureFixture[str]) -> None:
    text = SPEC.replace("Dense: {units: 4, name: one}", '"a>B": {}')
    Path("a.yaml").write_text(text.replace("model:", "extensions: [a]\nmodel:", 1))
    code, findings = found(capsys, "a.yaml")
    assert (code, [f["code"] for f in findings]) == (0, ["extension-on-trust", "not-built"])


def test_a_missed_expectation_is_built_all_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.yaml").write_text(SPEC + "expect: {params: 3}\n")
    code, findings = found(capsys, "a.yaml")
    assert (code, [f["code"] for f in findings]) == (4, ["expectation-missed"])


EXTENDED = """\
modelspec: 1
extensions: [house_of_expectations]
model:
  sequential:
    input: {shape: [8]}
    layers: [{house>Twice: {name: twice}}, {Dense: {units: 2, name: out}}]
data: {train: {synthetic: {examples: 8}}}
training: {optimizer: sgd, loss: mse}
expect:
"""
HOUSE = """\
import keras

@keras.saving.register_keras_serializable("house")
class Twice(keras.layers.Layer):
    def build(self, shape):
        self.shift = self.add_weight(shape=(5,), name="shift")

    def call(self, x):
        return keras.ops.concatenate([x, x + self.shift[0]], axis=-1)
"""
DECIDED = [
    ("{params: 39, outputs: [null, 2]}", []),
    ("{params: 40}", ["`params` must be exactly 40, got 39"]),
    ("{outputs: [null, 3]}", ["`out` must have the shape [null, 3], got [null, 2]"]),
    ("{flops: 3}", ["`flops` must be exactly 3, and the number is unknown"]),
]
"""Bounds of a model whose extension has 5 weights and doubles the width, and what is said."""


@pytest.mark.parametrize(("bounds", "said"), DECIDED)
def test_the_built_model_decides_what_an_extension_left_open(
    bounds: str, said: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("house_of_expectations.py").write_text(HOUSE)
    Path("a.yaml").write_text(EXTENDED.replace("expect:", f"expect: {bounds}"))
    code = run(["validate", "--build", "--allow-extensions", "--format", "json", "a.yaml"])
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert [finding["message"] for finding in findings] == said
    assert not any("before the model is built" in finding["hint"] for finding in findings)
    missed = bool(said) and "unknown" not in said[0]
    assert code == (4 if missed else 0)
    if missed:
        assert run(["train", "--allow-extensions", "a.yaml", "-o", "out"]) == 4
        assert said[0] in capsys.readouterr().out
        assert not Path("out").exists()
