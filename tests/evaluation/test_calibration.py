"""Calibration against definitions written out, and temperatures against a search of the optimum."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from modelspec.evaluation import (
    NOT_COUNTED,
    NoTemperature,
    OutputPredictions,
    fit_temperature,
    measure_calibration,
)
from modelspec.runs import OutputKind

Array = npt.NDArray[np.float64]


def _softmax(logits: Array) -> Array:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    found: Array = powers / powers.sum(axis=-1, keepdims=True)
    return found


def _classes(
    rows: int = 500, classes: int = 4, *, sharpness: float = 3.0, seed: int = 7
) -> tuple[Array, npt.NDArray[np.int64]]:
    """Logits that are `sharpness` times too sure of classes drawn by their probabilities."""
    rng = np.random.default_rng(seed)
    honest = rng.normal(size=(rows, classes)) * 1.5
    drawn = rng.random((rows, 1)) < _softmax(honest).cumsum(axis=-1)
    return honest * sharpness, drawn.argmax(axis=-1)


def _predictions(
    scores: Array, truth: npt.NDArray[np.int64], weights: Array | None = None
) -> OutputPredictions:
    labels = tuple(f"c{number}" for number in range(scores.shape[-1]))
    return OutputPredictions("y", OutputKind.CLASSES, truth, scores, labels, weights=weights)


def _written_out(scores: Array, truth: npt.NDArray[np.int64], weights: Array, bins: int) -> float:
    """The expected calibration error, row by row and bin by bin."""
    error = 0.0
    for number in range(bins):
        confidence = accuracy = share = 0.0
        for row, true, weight in zip(scores, truth, weights, strict=True):
            top = max(row)
            inside = number / bins < top <= (number + 1) / bins
            if inside:
                share += weight
                confidence += weight * top
                accuracy += weight * (list(row).index(top) == true)
        if share:
            error += share / sum(weights) * abs(accuracy / share - confidence / share)
    return error


@pytest.mark.parametrize("bins", [1, 10, 15])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_expected_calibration_error_is_its_definition(bins: int, weighted: bool) -> None:
    logits, truth = _classes()
    scores = _softmax(logits)
    rng = np.random.default_rng(1)
    weights = rng.integers(0, 4, len(truth)).astype(np.float64)
    found = measure_calibration(
        _predictions(scores, truth, weights if weighted else None), bins=bins
    )
    expected = _written_out(scores, truth, weights if weighted else np.ones(len(truth)), bins)
    assert found is not None
    assert found.ece == pytest.approx(expected, abs=1e-12)
    assert len(found.bins) == bins
    counted = (weights > 0).sum() if weighted else len(truth)
    assert sum(one.count for one in found.bins) == found.count == counted


def test_a_row_of_weight_two_counts_as_two_rows() -> None:
    logits, truth = _classes(60)
    weights = np.tile([1.0, 2.0], 30)
    twice = np.repeat(np.arange(60), weights.astype(int))
    scores = _softmax(logits)
    weighted = measure_calibration(_predictions(scores, truth, weights))
    repeated = measure_calibration(_predictions(scores[twice], truth[twice]))
    assert weighted is not None and repeated is not None
    assert weighted.values == pytest.approx(repeated.values)
    for one, other in zip(weighted.bins, repeated.bins, strict=True):
        assert one.confidence == pytest.approx(other.confidence)
        assert one.accuracy == pytest.approx(other.accuracy)


def test_brier_and_likelihood_of_few_rows_by_hand() -> None:
    scores = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8], [0.0, 1.0, 0.0]])
    truth = np.array([0, 1, NOT_COUNTED])
    found = measure_calibration(_predictions(scores, truth))
    assert found is not None and found.count == 2
    assert found.brier == pytest.approx((0.09 + 0.04 + 0.01 + 0.01 + 0.81 + 0.64) / 2)
    assert found.nll == pytest.approx(-(np.log(0.7) + np.log(0.1)) / 2)


def test_one_probability_is_compared_with_the_fraction_of_the_second_class() -> None:
    scores, truth = np.array([0.1, 0.1, 0.1, 0.9]), np.array([0, 1, 0, 1])
    found = measure_calibration(
        OutputPredictions("y", OutputKind.BINARY, truth, scores, ("no", "yes"))
    )
    assert found is not None
    assert found.ece == pytest.approx(3 / 4 * abs(1 / 3 - 0.1) + 1 / 4 * 0.1)
    assert found.brier == pytest.approx((0.01 + 0.81 + 0.01 + 0.01) / 4)


def test_labels_count_each_label_of_each_row() -> None:
    scores, truth = np.array([[0.2, 0.9], [0.4, 0.6]]), np.array([[0, 1], [1, 1]]).astype(bool)
    weights = np.array([1.0, 3.0])
    found = measure_calibration(
        OutputPredictions("y", OutputKind.LABELS, truth, scores, ("a", "b"), weights=weights)
    )
    assert found is not None and found.count == 4
    each = [0.04, 0.01, 0.36, 0.16]
    assert found.brier == pytest.approx((each[0] + each[1] + 3 * (each[2] + each[3])) / 8)


def test_nothing_that_counts_has_no_calibration() -> None:
    scores, truth = np.array([[0.5, 0.5]]), np.array([NOT_COUNTED])
    assert measure_calibration(_predictions(scores, truth)) is None


def test_the_temperature_is_undone() -> None:
    logits, truth = _classes()
    calibrated = _predictions(_softmax(logits / 2.5), truth)
    found = measure_calibration(calibrated, temperature=2.5)
    raw = measure_calibration(_predictions(_softmax(logits), truth))
    assert found is not None and raw is not None and found.uncalibrated is not None
    assert found.uncalibrated.values == pytest.approx(raw.values)
    assert found.ece < raw.ece
    line = found.text()
    assert line.startswith("calibration of y: ECE ") and line.endswith("\n")
    assert "without its temperature of 2.5: " in line


@pytest.mark.parametrize("sharpness", [0.2, 1.0, 5.0, 60.0])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_temperature_is_the_best_one_of_a_fine_grid(sharpness: float, weighted: bool) -> None:
    logits, truth = _classes(sharpness=sharpness)
    weights = np.random.default_rng(3).random(len(truth)) if weighted else np.ones(len(truth))

    def loss(temperature: float) -> float:
        scaled = logits / temperature
        losses = np.logaddexp.reduce(scaled, axis=-1) - scaled[np.arange(len(truth)), truth]
        return float((weights * losses).sum() / weights.sum())

    found = fit_temperature(logits, truth, weights if weighted else None)
    low, high = 1e-2, 1e3
    for _ in range(12):  # each grid is around the best point of the one before
        grid = np.geomspace(low, high, 41)
        best = int(np.argmin([loss(value) for value in grid]))
        low, high = grid[max(0, best - 1)], grid[min(40, best + 1)]
    assert found.value == pytest.approx(grid[best], rel=1e-4)
    assert found.value == pytest.approx(sharpness, rel=0.3)
    assert found.after == pytest.approx(loss(found.value))
    assert found.before == pytest.approx(loss(1.0))
    assert found.after <= found.before


def test_one_logit_has_the_temperature_of_two_classes() -> None:
    logits, truth = _classes(classes=2)
    of_two = fit_temperature(logits, truth)
    of_one = fit_temperature(logits[:, 1] - logits[:, 0], truth)
    assert of_one.value == pytest.approx(of_two.value, rel=1e-9)


def test_a_split_that_says_nothing_leaves_the_temperature_at_1() -> None:
    logits = np.array([[2.0, 0.0], [0.0, 1.0]])
    right = fit_temperature(logits, np.array([0, 1]))
    assert (right.value, right.reason) == (1.0, NoTemperature.ALL_RIGHT)
    wrong = fit_temperature(logits, np.array([1, 0]))
    assert (wrong.value, wrong.reason) == (1.0, NoTemperature.NOTHING_LEARNED)
    nothing = fit_temperature(logits, np.array([1, 0]), np.zeros(2))
    assert (nothing.value, nothing.reason) == (1.0, NoTemperature.NOTHING_COUNTS)


def test_logits_that_no_probability_could_hold_are_fitted() -> None:
    logits = np.array([[2000.0, 0.0], [0.0, 1500.0], [0.0, 1000.0], [300.0, 0.0]])
    found = fit_temperature(logits, np.array([0, 1, 1, 1]))
    assert found.reason is None and 100 < found.value < 1000
    assert found.before == pytest.approx(75.0)
    assert found.after < 1


def test_the_same_split_gives_the_same_bits() -> None:
    logits, truth = _classes()
    assert fit_temperature(logits, truth) == fit_temperature(logits.copy(), truth.copy())
