"""The threshold that is chosen is as good as any: a search of all of them finds no better one."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelspec.diagnostics import Span
from modelspec.evaluation import NOT_COUNTED, OutputPredictions, choose_threshold
from modelspec.runs import OutputKind
from modelspec.spec.training import ThresholdGoal

PLACE = Span("spec.yaml", 1, 1, 1, 2)


def measures(rows: list[Any], threshold: float, beta: float) -> dict[str, float]:
    """By the definitions, row by row."""
    hits = sum(w for truth, score, w in rows if truth == 1 and score > threshold)
    wrong = sum(w for truth, score, w in rows if truth == 0 and score > threshold)
    positives = sum(w for truth, _, w in rows if truth == 1)
    negatives = sum(w for truth, _, w in rows if truth == 0)
    recall, specificity = hits / positives, 1 - wrong / negatives
    precision = hits / (hits + wrong) if hits + wrong else math.nan
    missed = positives - hits

    def f(square: float) -> float:
        return (1 + square) * hits / ((1 + square) * hits + square * missed + wrong)

    return {
        "precision": precision,
        "recall": recall,
        "specificity": specificity,
        "accuracy": (hits + negatives - wrong) / (positives + negatives),
        "balanced_accuracy": (recall + specificity) / 2,
        "youden": recall - wrong / negatives,
        "f1": f(1),
        "fbeta": f(beta**2),
        "wrong": wrong,
        "missed": missed,
    }


ROWS = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 0, 1, NOT_COUNTED]),
        st.one_of(st.integers(0, 8).map(lambda k: k / 8), st.floats(0, 1, width=32)),
        st.sampled_from([1.0, 1.0, 2.0, 0.5, 0.0]),
    ),
    min_size=2,
    max_size=20,
)

LEAST = st.floats(0.05, 1.0)

GOALS = st.one_of(
    st.builds(
        lambda name, beta: ThresholdGoal(PLACE, None, name, beta),
        st.sampled_from(["f1", "fbeta", "accuracy", "balanced_accuracy", "youden"]),
        st.floats(0.2, 3),
    ),
    st.builds(
        lambda pair, least: ThresholdGoal(PLACE, None, pair[0], 1.0, {pair[1]: least}),
        st.sampled_from(
            [("recall", "precision"), ("precision", "recall"), ("specificity", "recall")]
        ),
        LEAST,
    ),
    st.builds(
        lambda one, two: ThresholdGoal(PLACE, None, "f1", 1.0, {"precision": one, "recall": two}),
        LEAST,
        LEAST,
    ),
    st.builds(
        lambda wrong, missed: ThresholdGoal(PLACE, costs=(wrong, missed)),
        st.floats(0, 5),
        st.floats(0.1, 5),
    ),
)


def worth(rows: list[Any], threshold: float, goal: ThresholdGoal) -> float | None:
    """What a threshold is worth; None where it does not meet the bounds."""
    found = measures(rows, threshold, goal.beta)
    for name, least in goal.least.items():
        if not found[name] >= least - 1e-9:
            return None
    if goal.costs is not None:
        return -(goal.costs[0] * found["wrong"] + goal.costs[1] * found["missed"])
    value = found[goal.maximized]
    return None if math.isnan(value) else value


@given(ROWS, GOALS)
def test_no_other_threshold_is_better(rows: list[Any], goal: ThresholdGoal) -> None:
    truth, scores, weights = (np.asarray(part) for part in zip(*rows, strict=True))
    output = OutputPredictions(
        "churn", OutputKind.BINARY, truth, scores.astype(float), ("no", "yes"), weights=weights
    )
    chosen = choose_threshold(output, goal)
    counted = [row for row in rows if row[0] != NOT_COUNTED and row[2] > 0]
    if len({truth for truth, *_ in counted}) < 2:
        assert chosen.is_one_sided and chosen.threshold is None
        return
    known = sorted({0.0, 1.0, *(score for _, score, _ in counted)})
    every = [*known, *((a + b) / 2 for a, b in pairwise(known))]
    found = [value for one in every if (value := worth(counted, one, goal)) is not None]
    if chosen.threshold is None:
        assert not found, "no threshold meets the goal"
        assert chosen.unmet and set(chosen.unmet) <= set(goal.least)
        for name, most in chosen.unmet.items():
            assert most < goal.least[name]
        return
    assert 0 <= chosen.threshold <= 1
    value = worth(counted, chosen.threshold, goal)
    assert value is not None
    assert value == pytest.approx(max(found), rel=1e-9, abs=1e-9)
    shown = -value if goal.costs is not None else value
    assert chosen.value == pytest.approx(shown, rel=1e-9, abs=1e-9)


def test_scores_of_0_predict_nothing_as_positive() -> None:
    """No threshold gives them a precision."""
    truth, zeros = np.asarray([0, 1]), np.zeros(2)
    output = OutputPredictions("churn", OutputKind.BINARY, truth, zeros, ("no", "yes"))
    chosen = choose_threshold(output, ThresholdGoal(PLACE, None, "recall", 1.0, {"precision": 0.9}))
    assert chosen.threshold is None and chosen.unmet == {"precision": 0.0}
    chosen = choose_threshold(output, ThresholdGoal(PLACE, None, "precision", 1.0, {"recall": 0.0}))
    assert chosen.threshold is None and not chosen.unmet and not chosen.is_one_sided


def test_the_threshold_is_midway_and_short() -> None:
    output = OutputPredictions(
        "churn",
        OutputKind.BINARY,
        np.asarray([0, 0, 1, 1]),
        np.asarray([0.1, 0.3123456, 0.3876543, 0.9]),
        ("no", "yes"),
    )
    chosen = choose_threshold(output, ThresholdGoal(PLACE, None, "f1"))
    assert chosen.threshold == 0.35 and chosen.value == 1


def test_equally_good_thresholds_take_the_one_nearest_to_a_half() -> None:
    truth = np.asarray([0, 1, 0, 1])
    output = OutputPredictions(
        "churn", OutputKind.BINARY, truth, np.asarray([0.1, 0.3, 0.6, 0.8]), ("no", "yes")
    )
    chosen = choose_threshold(output, ThresholdGoal(PLACE, None, "accuracy"))
    assert chosen.threshold == 0.7 and chosen.value == 0.75  # and so is 0.2


def test_labels_share_a_threshold() -> None:
    scores = np.asarray([[0.2, 0.4], [0.3, 0.1], [0.6, 0.35]])
    truth = np.asarray([[False, True], [False, False], [True, True]])
    output = OutputPredictions("tags", OutputKind.LABELS, truth, scores, ("a", "b"))
    chosen = choose_threshold(output, ThresholdGoal(PLACE, None, "f1"))
    assert chosen.threshold is not None and 0.3 < chosen.threshold < 0.35 and chosen.value == 1
    numbers = OutputPredictions("y", OutputKind.NUMBERS, scores, scores, columns=("a", "b"))
    with pytest.raises(ValueError, match="`y` has no threshold"):
        choose_threshold(numbers, ThresholdGoal(PLACE, None, "f1"))
