"""Random calls: the rules take and refuse what Keras does, with the same shapes and weights."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.tensorflow

COUNT = 164
"""Two calls of each layer; the slow tests make many more."""


@pytest.mark.parametrize(
    ("count", "seed"),
    [
        (COUNT, 0),
        pytest.param(1000, 0, marks=pytest.mark.slow),
        pytest.param(5000, 1, marks=pytest.mark.slow),
    ],
)
def test_rules_and_keras_agree(count: int, seed: int) -> None:
    from agreement import tally
    from generate_layers import DRAFTS, SEED, question

    found = tally(DRAFTS, question, count, SEED + seed)
    assert found.disagreements == []
    assert found.taken.total() > count * 0.6
    assert found.refused.total() > count * 0.15
