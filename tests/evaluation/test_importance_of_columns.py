"""The core that shuffles and scores, with a model of numpy."""

import numpy as np
import numpy.typing as npt
import pytest

from modelspec.evaluation import OutputScore, Shuffling, importances_of

Array = npt.NDArray[np.float64]


def shuffling_of(rows: Array, truth: Array, weights: Array) -> Shuffling[Array]:
    """The columns of a matrix, and the R2 of a linear model."""

    def shuffled(feature: str, order: npt.NDArray[np.int64]) -> Array:
        found = rows.copy()
        found[:, int(feature)] = rows[order, int(feature)]
        return found

    def scores(of: Array) -> dict[str, OutputScore]:
        errors = of @ weights - truth
        r2 = 1 - np.square(errors).sum() / np.square(truth - truth.mean()).sum()
        mae = np.abs(errors).mean()
        return {"r2": OutputScore("r2", float(r2), True), "mae": OutputScore("mae", mae, False)}

    return Shuffling(len(rows), [str(at) for at in range(rows.shape[1])], shuffled, scores)


def test_a_column_that_is_not_used_has_none_and_errors_count_the_other_way() -> None:
    draw = np.random.default_rng(0)
    rows = draw.normal(size=(500, 3))
    weights = np.array([1.0, 3.0, 0.0])
    found = importances_of(rows, shuffling_of(rows, rows @ weights, weights))
    for name in ("r2", "mae"):
        assert [one.feature for one in found[name].features] == ["1", "0", "2"]
        assert found[name].features[0].mean > found[name].features[1].mean > 0
        assert found[name].features[2].drops == (0.0,) * 5
    # the variance of a linear model that loses an independent column is twice that of it
    assert found["r2"].features[0].mean == pytest.approx(2 * 9 / 10, rel=0.1)
    assert "by how much r2 1 is worse" in found["r2"].text()


def test_a_column_has_the_same_orders_whatever_other_columns_there_are() -> None:
    draw = np.random.default_rng(0)
    rows = draw.normal(size=(60, 3))
    truth, weights = rows @ np.array([1.0, 2.0, 1.0]), np.array([1.0, 1.5, 0.5])
    whole = shuffling_of(rows, truth, weights)
    alone = Shuffling(60, ["1"], whole.shuffled, whole.scores)
    one = importances_of(rows, alone, repeats=3, seed=4)["r2"].features[0]
    both = importances_of(rows, whole, repeats=3, seed=4)["r2"].features
    assert one in both
    assert importances_of(rows, alone, repeats=3, seed=5)["r2"].features[0] != one
