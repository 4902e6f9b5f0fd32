"""Random calls of recurrent and preprocessing layers: the rules answer as Keras does."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.tensorflow

COUNT = 700


def test_rules_and_keras_agree() -> None:
    from agreement import tally
    from generate_sequences import DRAFTS, SEED, question

    found = tally(DRAFTS, question, COUNT, SEED)
    assert found.disagreements == []
    assert found.taken.total() > COUNT * 0.6
    assert found.refused.total() > COUNT * 0.15
