"""Random calls of recurrent and preprocessing layers: the rules answer as Keras does."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.tensorflow

COUNT = 112
"""Two calls of each layer; Keras traces a graph for every one, which takes long."""


@pytest.mark.parametrize("count", [COUNT, pytest.param(700, marks=pytest.mark.slow)])
def test_rules_and_keras_agree(count: int) -> None:
    from agreement import tally
    from generate_sequences import DRAFTS, SEED, question

    found = tally(DRAFTS, question, count, SEED)
    assert found.disagreements == []
    assert found.taken.total() > count * 0.6
    assert found.refused.total() > count * 0.15
