"""Measures of drawn predictions against scikit-learn; CI runs them in an environment of its own."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("sklearn")

from curve_cases import drawn_binary, drawn_classes
from sklearn import metrics

from modelspec.evaluation import curves_of


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
