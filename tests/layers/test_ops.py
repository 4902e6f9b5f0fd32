"""The table of ops names what Keras has; dtypes are promoted as Keras promotes them."""

from __future__ import annotations

import itertools

import pytest
from question import Question, Refusal, ask_rule
from stricter_more import ROWS

from modelspec.layers import RULES
from modelspec.layers.ops import GROUPS, OPS
from modelspec.layers.rule.dtypes import ABOVE, WEAK_FLOAT, WEAK_INT, result_type
from modelspec.layers.rule.rule import Mismatch, Tensor
from modelspec.schema.files import load_file

SCHEMAS = load_file("ops.json")["$defs"]
DTYPES = (*ABOVE, "string", "float8_e4m3fn")


def test_every_op_has_a_rule() -> None:
    assert set(OPS) == set(SCHEMAS)


def test_no_op_is_filed_twice() -> None:
    names = [name for group in GROUPS for name in group.OPS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("op", sorted(SCHEMAS))
def test_a_missing_operand_is_a_mismatch_not_a_crash(op: str) -> None:
    variadic = SCHEMAS[op]["x-call"].get("variadic")
    if not variadic:
        answer = ask_rule(Question(f"ops.{op}"))
        assert isinstance(answer, Refusal)
        assert "nothing gives it" in answer.words


def test_a_tensor_in_place_of_a_constant_is_a_mismatch() -> None:
    tensors = {"x": Tensor((None, 4)), "axis": Tensor(())}
    answer = ask_rule(Question("ops.sum", {}, (), tensors))
    assert isinstance(answer, Refusal)
    assert "takes a constant for `axis`" in answer.words


def test_what_is_stricter_than_keras_names_layers_or_ops() -> None:
    import re

    names = [*RULES, *(f"ops.{name}" for name in OPS)]
    for row in ROWS:
        assert any(re.fullmatch(row[0], name) for name in names), row


@pytest.mark.tensorflow
@pytest.mark.parametrize("count", [1, 2, 3])
def test_dtypes_are_promoted_as_keras_does(count: int) -> None:
    import keras

    weak = {WEAK_INT: int, WEAK_FLOAT: float}
    for dtypes in itertools.combinations_with_replacement(DTYPES, count):
        asked = [weak.get(dtype, dtype) for dtype in dtypes]
        try:
            expected = keras.backend.result_type(*asked)
        except ValueError:
            with pytest.raises(Mismatch):
                result_type(*dtypes)
        else:
            assert result_type(*dtypes) == expected, dtypes
