"""Random calls: the rules take and refuse what Keras does, with the same shapes and weights."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.tensorflow

COUNT = 1000


def test_rules_and_keras_agree() -> None:
    from agreement import tally
    from generate_layers import DRAFTS, SEED, question

    found = tally(DRAFTS, question, COUNT, SEED)
    assert found.disagreements == []
    assert found.taken.total() > COUNT * 0.6
    assert found.refused.total() > COUNT * 0.15
