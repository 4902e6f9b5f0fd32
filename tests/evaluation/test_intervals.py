"""Intervals: how often they have the truth, and that rows of one group count as one."""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest

from modelspec.evaluation import (
    Measure,
    OutputPredictions,
    intervals_of,
    measures_of,
    wilson,
)
from modelspec.runs import OutputKind

Array = npt.NDArray[np.float64]

CASES = 400
ENOUGH, AT_MOST = 0.925, 0.975
"""Within 0.95 ± 2.3 standard errors of a share of 400 cases."""


def classes_with(hits: npt.NDArray[np.bool_]) -> OutputPredictions:
    """An output of two classes that is right where `hits` is."""
    scores = np.tile([0.9, 0.1], (len(hits), 1))
    truth = np.where(hits, 0, 1)
    return OutputPredictions("y", OutputKind.CLASSES, truth, scores, ("a", "b"))


def numbers_with(truth: Array, errors: Array) -> OutputPredictions:
    """An output of one number with these errors."""
    truth, errors = truth.reshape(-1, 1), errors.reshape(-1, 1)
    return OutputPredictions("y", OutputKind.NUMBERS, truth, truth + errors, (), ("y",))


def share_of(found: Iterable[bool]) -> float:
    return float(np.mean(list(found)))


def test_wilson_has_the_figures_of_the_paper() -> None:
    """Brown, Cai and DasGupta (2001) and R's prop.test(correct=FALSE) say the same of these."""
    assert wilson(0.9, 10) == pytest.approx((0.5958499, 0.9821238), abs=1e-6)
    assert wilson(0.0, 20) == pytest.approx((0.0, 0.1611252), abs=1e-6)
    assert wilson(1.0, 20) == pytest.approx((0.8388748, 1.0), abs=1e-6)


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_the_interval_of_a_share_has_the_truth_in_95_of_100_cases(share: float) -> None:
    draw = np.random.default_rng(int(share * 100))
    inside = []
    for _ in range(CASES):
        output = classes_with(draw.random(60) < share)
        measure = measures_of(output)["accuracy"]
        found = intervals_of([measure], 60)["accuracy"]
        assert found.low is not None and found.high is not None
        inside.append(found.low <= share <= found.high)
    assert ENOUGH <= share_of(inside) <= AT_MOST


@pytest.mark.parametrize(("name", "truth"), [("mae", 0.7978846), ("bias", 0.0), ("rmse", 1.0)])
@pytest.mark.slow
def test_the_interval_of_an_error_has_the_truth_in_95_of_100_cases(name: str, truth: float) -> None:
    draw = np.random.default_rng(5)
    inside = []
    for case in range(CASES):
        output = numbers_with(draw.normal(size=150), draw.normal(size=150))
        found = intervals_of([measures_of(output)[name]], 150, resamples=400, seed=case)[name]
        assert found.low is not None and found.high is not None
        inside.append(found.low <= truth <= found.high)
    assert ENOUGH <= share_of(inside) <= AT_MOST


def test_rows_of_a_group_are_drawn_together() -> None:
    """Of groups whose rows are all alike, an interval of single rows has the truth too rarely."""
    draw = np.random.default_rng(2)
    groups = np.repeat(np.arange(60), 8)
    together, alone = [], []
    for case in range(CASES // 2):
        errors = np.repeat(draw.normal(size=60), 8)
        measure = measures_of(numbers_with(np.zeros(480), errors))["bias"]
        for units, inside in ((groups, together), (None, alone)):
            found = intervals_of([measure], 480, units, resamples=300, seed=case)["bias"]
            assert found.low is not None and found.high is not None
            inside.append(found.low <= 0 <= found.high)
    assert 0.9 <= share_of(together) <= 0.98
    assert share_of(alone) < 0.7


def test_a_share_of_groups_is_drawn_and_has_ends_where_all_rows_are_right() -> None:
    groups = np.repeat(np.arange(20), 5)
    draw = np.random.default_rng(0)
    some = intervals_of(measures_of(classes_with(draw.random(100) < 0.8)).values(), 100, groups)
    assert (some["accuracy"].method, some["accuracy"].units) == ("bootstrap", 20)
    right = classes_with(np.ones(100, dtype=np.bool_))
    found = intervals_of(measures_of(right).values(), 100, groups)
    assert found["accuracy"].method == "wilson"
    assert found["accuracy"].low == pytest.approx(wilson(1.0, 20)[0])
    assert found["macro_f1"].low is None  # all draws are alike, which is no certainty


def test_few_rows_have_no_interval_of_a_bootstrap() -> None:
    output = numbers_with(np.arange(4.0), np.ones(4) * [1, 2, 3, 4])
    found = intervals_of(measures_of(output).values(), 4)["mae"]
    assert (found.value, found.low, found.high, found.method) == (2.5, None, None, None)
    assert str(found) == "2.500"


def test_the_same_seed_draws_the_same_interval_in_blocks_of_any_size(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    draw = np.random.default_rng(0)
    output = numbers_with(draw.normal(size=50), draw.normal(size=50))
    whole = intervals_of(measures_of(output).values(), 50)
    monkeypatch.setattr("modelspec.evaluation.intervals.BLOCK_NUMBERS", 333)
    parts = intervals_of(measures_of(output).values(), 50)
    for name, one in whole.items():
        assert (one.low, one.high) == pytest.approx((parts[name].low, parts[name].high), rel=1e-9)
    assert intervals_of(measures_of(output).values(), 50, seed=1)["mae"] != whole["mae"]


def test_more_rows_make_an_interval_narrower() -> None:
    draw = np.random.default_rng(0)
    errors = draw.normal(size=6400)
    widths = []
    for size in (100, 400, 1600, 6400):
        measures: list[Measure] = [measures_of(numbers_with(errors[:size], errors[:size]))["mae"]]
        found = intervals_of(measures, size)["mae"]
        assert found.low is not None and found.high is not None
        widths.append(found.high - found.low)
    for wide, narrow in pairwise(widths):
        assert 1.5 < wide / narrow < 2.7
