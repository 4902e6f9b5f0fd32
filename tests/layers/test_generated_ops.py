"""Random calls of ops: the rules answer as Keras does."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.tensorflow

COUNT = 330
"""A call of each op; the slow test makes five."""


@pytest.mark.parametrize("count", [COUNT, pytest.param(1650, marks=pytest.mark.slow)])
def test_rules_and_keras_agree(count: int) -> None:
    from agreement import tally
    from generate_ops import DRAFTS, SEED, question

    found = tally(DRAFTS, question, count, SEED)
    assert found.disagreements == []
    assert found.taken.total() > count * 0.6
    assert found.refused.total() > count * 0.1
