"""Measures of drawn predictions against scikit-learn; CI runs them in an environment of its own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

pytest.importorskip("sklearn")

from curve_cases import drawn_binary, drawn_classes
from sklearn import metrics
from sklearn.calibration import calibration_curve
from sklearn.datasets import make_classification
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression

from modelspec.evaluation import (
    OutputPredictions,
    OutputScore,
    Shuffling,
    curves_of,
    importances_of,
    measure_calibration,
    measures_of,
)
from modelspec.runs import OutputKind


@pytest.mark.parametrize("seed", range(40))
def test_the_curves_of_two_classes(seed: int) -> None:
    output = drawn_binary(seed)
    curves = curves_of(output)
    assert curves is not None
    [one] = curves.classes
    counted = output.counted()
    arguments = (counted.truth, counted.scores)
    weights = counted.weights
    assert curves.roc_auc == pytest.approx(
        metrics.roc_auc_score(*arguments, sample_weight=weights), rel=1e-12
    )
    assert curves.average_precision == pytest.approx(
        metrics.average_precision_score(*arguments, sample_weight=weights), rel=1e-12
    )
    false, true, _ = metrics.roc_curve(*arguments, sample_weight=weights, drop_intermediate=False)
    assert np.allclose(one.roc(), (false, true), rtol=1e-12)
    precision, recall, _ = metrics.precision_recall_curve(*arguments, sample_weight=weights)
    recalls, precisions = one.precision_recall()
    # scikit-learn ends with a recall of 0 that no threshold reaches
    assert np.allclose(recalls[::-1], recall[:-1]) and np.allclose(precisions[::-1], precision[:-1])


@pytest.mark.parametrize("seed", range(20))
def test_the_curves_of_several_classes_and_labels(seed: int) -> None:
    output = drawn_classes(seed)
    curves = curves_of(output)
    assert curves is not None
    counted = output.counted()
    one_hot = np.arange(len(output.labels)) == counted.truth[:, np.newaxis]
    for average, found in (("roc_auc", curves.roc_auc), ("ap", curves.average_precision)):
        score = metrics.roc_auc_score if average == "roc_auc" else metrics.average_precision_score
        expected = score(one_hot, counted.scores, average="macro", sample_weight=counted.weights)
        assert found == pytest.approx(expected, rel=1e-12)
    ovr = metrics.roc_auc_score(
        counted.truth, counted.scores, multi_class="ovr", sample_weight=counted.weights
    )
    assert curves.roc_auc == pytest.approx(ovr, rel=1e-12)


@pytest.mark.parametrize("truth", [0, 1])
def test_one_class_alone(truth: int) -> None:
    output = drawn_binary(3).take(np.asarray([0, 1, 2, 3]))
    output.truth[:] = truth
    curves = curves_of(output)
    assert curves is not None and np.isnan(curves.roc_auc)
    with pytest.warns(metrics._ranking.UndefinedMetricWarning):
        assert np.isnan(metrics.roc_auc_score(output.truth, output.scores))
    assert np.isnan(curves.average_precision) if truth == 0 else curves.average_precision == 1


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("bins", [5, 15])
def test_the_reliability_of_two_classes(seed: int, bins: int) -> None:
    output = drawn_binary(seed)
    counted = output.counted()
    found = measure_calibration(output, bins=bins)
    assert found is not None
    # it takes no weights
    fractions, means = calibration_curve(counted.truth, counted.scores, n_bins=bins)
    plain = measure_calibration(replace(output, weights=None), bins=bins)
    assert plain is not None
    filled = [one for one in plain.bins if one.count]
    assert [one.accuracy for one in filled] == pytest.approx(fractions, rel=1e-12)
    assert [one.confidence for one in filled] == pytest.approx(means, rel=1e-12)
    arguments = (counted.truth, counted.scores)
    weights = counted.weights
    brier = metrics.brier_score_loss(*arguments, sample_weight=weights)
    assert found.brier == pytest.approx(brier, rel=1e-12)
    nll = metrics.log_loss(*arguments, sample_weight=weights)
    assert found.nll == pytest.approx(nll, rel=1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_the_reliability_of_several_classes_and_labels(seed: int) -> None:
    output = drawn_classes(seed)
    found, counted = measure_calibration(output), output.counted()
    assert found is not None
    top, is_right = counted.scores.max(axis=-1), counted.decisions() == counted.truth
    fractions, means = calibration_curve(is_right, top, n_bins=15)
    plain = measure_calibration(replace(output, weights=None))
    assert plain is not None
    filled = [one for one in plain.bins if one.count]
    assert [one.accuracy for one in filled] == pytest.approx(fractions, rel=1e-12)
    assert [one.confidence for one in filled] == pytest.approx(means, rel=1e-12)
    numbers, weights = np.arange(len(output.labels)), counted.weights
    brier = metrics.brier_score_loss(
        counted.truth, counted.scores, sample_weight=weights, labels=numbers
    )
    assert found.brier == pytest.approx(brier, rel=1e-12)
    nll = metrics.log_loss(counted.truth, counted.scores, sample_weight=weights, labels=numbers)
    assert found.nll == pytest.approx(nll, rel=1e-9)


def test_the_measures_of_classes_and_numbers() -> None:
    draw = np.random.default_rng(0)
    scores = draw.dirichlet(np.ones(4), 300)
    guessed, said = draw.integers(0, 4, 300), scores.argmax(axis=1)
    truth = np.where(draw.random(300) < 0.6, said, guessed)
    classes = OutputPredictions("y", OutputKind.CLASSES, truth, scores, tuple("abcd"))
    found = {name: one.value(300) for name, one in measures_of(classes).items()}
    assert found["accuracy"] == pytest.approx(metrics.accuracy_score(truth, said))
    assert found["macro_f1"] == pytest.approx(metrics.f1_score(truth, said, average="macro"))
    assert found["nll"] == pytest.approx(metrics.log_loss(truth, scores))
    goal = draw.normal(size=(300, 3)) * [1, 10, 100]
    forecast = goal + draw.normal(size=(300, 3))
    numbers = OutputPredictions("y", OutputKind.NUMBERS, goal, forecast)
    found = {name: one.value(300) for name, one in measures_of(numbers).items()}
    assert found["r2"] == pytest.approx(metrics.r2_score(goal, forecast))
    assert found["mae"] == pytest.approx(metrics.mean_absolute_error(goal, forecast))
    assert found["mse"] == pytest.approx(metrics.mean_squared_error(goal, forecast))


@pytest.mark.parametrize("seed", range(5))
def test_the_importance_of_the_columns_of_a_model(seed: int) -> None:
    """Within two standard deviations of scikit-learn's for the same model and rows; and the means
    of many repeats are as near as means of that many are."""
    repeats = 100
    rows, truth = make_classification(400, 6, n_informative=3, n_redundant=1, random_state=seed)
    model = LogisticRegression().fit(rows, truth)
    theirs = permutation_importance(model, rows, truth, n_repeats=repeats, random_state=seed)

    def shuffled(feature: str, order: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        changed = rows.copy()
        changed[:, int(feature)] = rows[order, int(feature)]
        return changed

    def scores(of: npt.NDArray[np.float64]) -> dict[str, OutputScore]:
        return {"y": OutputScore("accuracy", float(model.score(of, truth)), True)}

    shuffling = Shuffling(len(rows), [str(at) for at in range(6)], shuffled, scores)
    ours = importances_of(rows, shuffling, repeats=repeats, seed=seed)["y"]
    assert ours.score == pytest.approx(model.score(rows, truth))
    for one in ours.features:
        mean, deviation = (
            getattr(theirs, f"importances_{name}")[int(one.feature)] for name in ("mean", "std")
        )
        assert abs(one.mean - mean) <= 2 * deviation + 1e-12
        error = np.hypot(one.deviation, deviation) / np.sqrt(repeats)
        assert abs(one.mean - mean) <= 4 * error + 1e-12
        assert one.deviation == pytest.approx(deviation, rel=0.4, abs=1e-4)
