"""Every case of `cases/*.yaml`: the rule gives the written answer, and so does Keras.

A case is a mapping:

    layer: the class, or an op (`ops.add`)
    args, inputs, named, call, policy: the question; a tensor is written "(null, 8) int32"
    output: the results, or
    refused: words of the rule's refusal
    params, frozen: how many numbers the weights hold, and how many of them are not trained
    flops: operations for one example; null where a size is not known
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any

import pytest
import yaml
from known import known_disagreements
from question import Question, Refusal, ask_rule, read_tensor, write_tensor

from modelspec.layers.rule.rule import RuleResult
from modelspec.schema.catalogue import class_schema

CASES = Path(__file__).parent / "cases"
KEYS = {
    "layer", "args", "inputs", "named", "call", "policy", "output", "refused", "params", "frozen",
    "flops",
}  # fmt: skip


def cases() -> Iterator[Any]:
    for path in sorted(CASES.glob("*.yaml")):
        for index, case in enumerate(yaml.safe_load(path.read_text())):
            yield pytest.param(case, id=f"{path.stem}-{index}-{case['layer']}")


def question(case: dict[str, Any]) -> Question:
    return Question(
        case["layer"],
        case.get("args", {}),
        tuple(read_tensor(text) for text in case.get("inputs", ())),
        {key: read_tensor(text) for key, text in case.get("named", {}).items()},
        case.get("call", {}),
        case.get("policy", "float32"),
    )


@pytest.mark.parametrize("case", list(cases()))
def test_rule_gives_the_written_answer(case: dict[str, Any]) -> None:
    assert set(case) <= KEYS
    answer = ask_rule(question(case))
    if "refused" in case:
        assert isinstance(answer, Refusal), write_tensor(answer.output)
        assert case["refused"] in answer.words
        return
    assert isinstance(answer, RuleResult), answer
    assert write_tensor(answer.output) == case["output"]
    assert sum(prod(w.shape) for w in answer.weights) == case.get("params", 0)
    frozen = sum(prod(w.shape) for w in answer.weights if not w.trainable)
    assert frozen == case.get("frozen", 0)
    if "flops" in case:
        assert answer.flops == case["flops"]


@pytest.mark.tensorflow
@pytest.mark.parametrize("graph", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize("case", list(cases()))
def test_keras_gives_the_written_answer(case: dict[str, Any], graph: bool) -> None:
    """Eagerly; the slow tests run each in a graph, as `fit` does: three times the work. What is
    refused here and taken eagerly is asked in a graph at once: some calls fail only there."""
    from compare import disagreement

    verdict = disagreement(question(case), graph=graph)
    agreed = ("refused", "stricter", "known") if "refused" in case else ("taken", "known")
    if verdict.kind not in agreed and "refused" in case and not graph:
        verdict = disagreement(question(case), graph=True)
    assert verdict.kind in agreed, verdict


@pytest.mark.tensorflow
@pytest.mark.parametrize("row", known_disagreements(), ids=lambda row: row["example"]["layer"])
def test_a_known_disagreement_is_still_one(row: dict[str, Any]) -> None:
    from compare import disagreement

    verdict = disagreement(question(row["example"]))
    assert verdict.kind == "known", f"delete this row of known.yaml: {row}"


def test_cases_stand_in_the_file_of_their_family() -> None:
    wrong = []
    for path in CASES.glob("*.yaml"):
        for case in yaml.safe_load(path.read_text()):
            known = class_schema("layer", case["layer"])
            family = "ops" if case["layer"].startswith("ops.") else Path(known.file).stem
            if not path.stem.startswith(family):
                wrong.append((path.name, case["layer"]))
    assert not wrong
