"""Matrix products over no features: oneDNN's kernel ends the process, so Keras is not asked."""

from __future__ import annotations

import pytest
from question import Question, Refusal, ask_rule

from modelspec.layers.rule.rule import Shape, Tensor


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        ("Dense", (None, 0)),
        ("Dense", (None, 5, 0)),
        ("GRU", (None, 5, 0)),
        ("LSTM", (None, 5, 0)),
        ("SimpleRNN", (None, 5, 0)),
    ],
)
def test_a_product_over_no_features_is_refused(layer: str, shape: Shape) -> None:
    answer = ask_rule(Question(layer, {"units": 2}, (Tensor(shape),)))
    assert isinstance(answer, Refusal)
    assert "at least one feature" in answer.words
