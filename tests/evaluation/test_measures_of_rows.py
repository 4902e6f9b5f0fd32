"""Measures, slices, residuals, mistakes and baselines of made-up predictions."""

from dataclasses import replace

import numpy as np
import pytest

from modelspec.evaluation import (
    NOT_COUNTED,
    OutputPredictions,
    SplitPredictions,
    baseline_of,
    constants_of,
    joined_predictions,
    measure_calibration,
    measure_named,
    measures_of,
    measures_of_split,
    mistakes_of,
    residuals_of,
    slices_of,
    slices_outside,
    units_of,
)
from modelspec.runs import OutputKind

LABELS = ("cat", "dog", "owl")


def species() -> OutputPredictions:
    """Three of six counted rows are right; the last row does not count."""
    truth = np.array([0, 1, 2, 1, 1, 0, NOT_COUNTED])
    scores = np.array(
        [
            [0.8, 0.1, 0.1],
            [0.6, 0.3, 0.1],
            [0.1, 0.2, 0.7],
            [0.05, 0.9, 0.05],
            [0.05, 0.0, 0.95],
            [0.2, 0.5, 0.3],
            [1.0, 0.0, 0.0],
        ]
    )
    return OutputPredictions("species", OutputKind.CLASSES, truth, scores, LABELS)


def test_measures_of_classes() -> None:
    found = {name: one.value(6) for name, one in measures_of(species().counted()).items()}
    assert found["accuracy"] == pytest.approx(3 / 6)
    # cat: 1 of 2 said, 1 of 2 true; dog: 1 of 2, 1 of 3; owl: 1 of 2, 1 of 1
    assert found["macro_f1"] == pytest.approx((0.5 + 0.4 + 2 / 3) / 3)
    said = np.array([0.8, 0.3, 0.7, 0.9, 1e-7, 0.2])
    assert found["nll"] == pytest.approx(-np.log(said).mean())


@pytest.mark.parametrize("weights", [None, [1.0, 2.0, 0.0, 3.0, 0.5, 1.0, 4.0]])
def test_the_likelihood_has_one_value(weights: list[float] | None) -> None:
    """Of `evaluate`, of its calibration and of a bound, also of a row that is surely wrong."""
    output = replace(species(), weights=None if weights is None else np.array(weights))
    calibration = measure_calibration(output)
    assert calibration is not None
    found = measure_named(output.counted(), "nll").value(6)
    assert found == pytest.approx(calibration.nll)
    split = SplitPredictions("test", {"species": output})
    assert measures_of_split(split, ["test_nll"])["test_nll"] == pytest.approx(found)


def test_predictions_that_are_no_numbers_are_said_and_are_mistakes() -> None:
    truth = np.array([[1.0], [2.0], [3.0]])
    said = np.array([[1.0], [np.nan], [2.5]])
    numbers = OutputPredictions("y", OutputKind.NUMBERS, truth, said, (), ("y",))
    found = mistakes_of(SplitPredictions("test", {"y": numbers}, {"row": np.arange(3)}), "y", 5)
    assert [one.place["row"] for one in found.rows] == [1, 2]
    assert numbers.not_numbers() == "1 of 3 predictions are not numbers but NaN or infinite"
    scores = np.full((3, 3), np.nan)
    classes = OutputPredictions("kind", OutputKind.CLASSES, np.array([0, 1, 2]), scores, LABELS)
    found = mistakes_of(SplitPredictions("test", {"kind": classes}), "kind", 5)
    assert [one.truth for one in found.rows] == ["dog", "owl"] and found.total == 2
    assert classes.not_numbers().endswith("they decide for `cat` whatever the input is")
    assert species().not_numbers() == "" == species().take(np.arange(0)).not_numbers()


def test_a_measure_of_counts_is_that_of_the_rows_repeated() -> None:
    draw = np.random.default_rng(0)
    counts = draw.integers(0, 4, 6)
    counted = species().counted()
    repeated = counted.take(np.repeat(np.arange(6), counts))
    for name, measure in measures_of(counted).items():
        there = measure.of_counts(counts[None].astype(float))[0]
        assert there == pytest.approx(measures_of(repeated)[name].value(len(repeated))), name
    truth, said = draw.normal(size=(6, 2)) + 1e6, draw.normal(size=(6, 2)) + 1e6
    numbers = OutputPredictions("y", OutputKind.NUMBERS, truth, said, (), ("a", "b"))
    repeated = numbers.take(np.repeat(np.arange(6), counts))
    for name, measure in measures_of(numbers).items():
        there = measure.of_counts(counts[None].astype(float))[0]
        assert there == pytest.approx(measures_of(repeated)[name].value(len(repeated))), name


def test_slices_of_text_are_the_largest_first_and_gaps_the_last() -> None:
    islands = np.array([None, "Dream", "Dream", "Biscoe", "Dream", None, "Torgersen"], object)
    found = slices_of(species(), "island", islands)
    assert [(one.value, one.n) for one in found.slices] == [
        ("Dream", 3),
        ("Biscoe", 1),
        ("(empty)", 2),
    ]
    assert found.slices[0].measures["accuracy"].value == pytest.approx(1 / 3)
    assert found.slices[2].to_dict()["value"] is None
    assert found.whole.n == 6
    assert "Dream" in found.text()


def test_slices_of_numbers_are_bins_with_their_edges() -> None:
    draw = np.random.default_rng(0)
    truth = draw.normal(size=(400, 1))
    output = OutputPredictions("y", OutputKind.NUMBERS, truth, truth + 1, (), ("y",))
    ages = np.arange(400.0)
    ages[10:20] = np.nan
    found = slices_of(output, "age", ages)
    assert [one.n for one in found.slices] == [98, 97, 97, 98, 10]
    assert found.slices[0].edges == (0.0, pytest.approx(107.25))
    assert [one.value for one in found.slices][-2:] == ["[301.75, 399]", "(empty)"]
    few = slices_of(output, "floor", np.arange(400) % 3)
    assert [one.value for one in few.slices] == ["0", "1", "2"]
    as_objects = slices_of(output, "age", np.array([*range(399), None], object))
    assert len(as_objects.slices) == 5


def test_slices_of_very_many_values_say_what_is_left() -> None:
    truth = np.zeros((1000, 1))
    output = OutputPredictions("y", OutputKind.NUMBERS, truth, truth, (), ("y",))
    names = np.array([f"street {number % 300}" for number in range(1000)], object)
    found = slices_of(output, "street", names)
    assert (len(found.slices), found.others) == (12, 288)
    assert sum(one.n for one in found.slices) + found.other_rows == 1000
    assert "and 288 values in 952 rows" in found.text()


def test_residuals_say_where_errors_grow() -> None:
    draw = np.random.default_rng(0)
    truth = draw.uniform(1, 100, size=(2000, 1))
    said = truth * (1 + 0.2 * draw.normal(size=(2000, 1))) + 1
    output = OutputPredictions("price", OutputKind.NUMBERS, truth, said, (), ("price",))
    (found,) = residuals_of(output)
    errors = (said - truth)[:, 0]
    assert found.measures["bias"] == pytest.approx(errors.mean())
    assert found.quantiles[0.5] == pytest.approx(np.median(errors))
    assert sum(part.n for part in found.parts) == 2000
    assert found.parts[-1].spread > 5 * found.parts[0].spread
    assert found.growth > 0.4
    assert "grows with the prediction" in found.text()


def test_residuals_of_several_targets_and_of_constants() -> None:
    truth = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]])
    said = np.array([[1.0, 15.0], [2.0, 15.0], [3.0, 15.0]])
    output = OutputPredictions("y", OutputKind.NUMBERS, truth, said, (), ("a", "b"))
    first, second = residuals_of(output)
    assert (first.target, first.measures["mae"]) == ("a", 0)
    assert second.measures["mae"] == pytest.approx(25 / 3)
    assert np.isnan(second.growth) and second.to_dict()["growth"] is None
    assert [part.n for part in second.parts] == [3]
    assert "all equal" in second.text()


def test_mistakes_are_the_surest_first() -> None:
    places = {"row": np.arange(2, 9)}
    islands = np.array([None, "Dream", "Dream", "Biscoe", "Dream", None, "Torgersen"], object)
    split = SplitPredictions("test", {"species": species()}, places, {"island": islands})
    found = mistakes_of(split, "species", 2)
    assert found.total == 3
    assert [one.to_dict("probability") for one in found.rows] == [
        {
            "row": 6,
            "truth": "dog",
            "predicted": "owl",
            "probability": 0.95,
            "columns": {"island": "Dream"},
        },
        {
            "row": 3,
            "truth": "dog",
            "predicted": "cat",
            "probability": 0.6,
            "columns": {"island": "Dream"},
        },
    ]
    assert len(mistakes_of(split, "species", 10).rows) == 3  # never a row that is right
    assert "the 2 largest of 3 mistakes" in found.text()


def test_mistakes_of_two_classes_labels_and_numbers() -> None:
    binary = OutputPredictions(
        "sex", OutputKind.BINARY, np.array([0, 1, 1]), np.array([0.6, 0.01, 0.9]), ("f", "m")
    )
    tags = OutputPredictions(
        "tags",
        OutputKind.LABELS,
        np.array([[1, 0], [0, 1], [1, 1]], dtype=np.bool_),
        np.array([[0.1, 0.2], [0.8, 0.9], [0.9, 0.9]]),
        ("red", "big"),
    )
    years = OutputPredictions(
        "year", OutputKind.NUMBERS, np.array([[1.0], [2], [3]]), np.array([[1.5], [9], [3]])
    )
    split = SplitPredictions("test", {"sex": binary, "tags": tags, "year": years})
    sure = mistakes_of(split, "sex", 5).rows
    assert [(one.truth, one.predicted, one.size) for one in sure] == [
        ("m", "f", pytest.approx(0.99)),
        ("f", "m", pytest.approx(0.6)),
    ]
    wrong = mistakes_of(split, "tags", 5)
    assert wrong.total == 2
    assert [(one.truth, one.predicted, one.size) for one in wrong.rows] == [
        ("red", "no red", pytest.approx(0.9)),
        ("no red", "red", pytest.approx(0.8)),
    ]
    far = mistakes_of(split, "year", 1).rows[0]
    assert (far.truth, far.predicted, far.size) == (2.0, 9.0, 7.0)


def test_a_model_is_compared_with_the_most_frequent_class() -> None:
    constants = constants_of(OutputKind.CLASSES, np.array([1, 1, 0, 2, -1, -1, -1]))
    assert constants == {"class": 1}
    (found,) = baseline_of(species(), constants)
    assert (found.value, found.baseline, found.gain) == (0.5, 0.5, 0)
    assert found.text() == "species: accuracy 0.5 is that of always `dog`\n"
    (other,) = baseline_of(species(), {"class": 2})
    assert "is better than always `owl` (0.1667) by 0.3333" in other.text()


def test_numbers_are_compared_with_median_and_mean_of_the_training_split() -> None:
    constants = constants_of(OutputKind.NUMBERS, np.array([[1.0], [2.0], [9.0]]))
    assert constants == {"median": [2.0], "mean": [4.0]}
    output = OutputPredictions(
        "y", OutputKind.NUMBERS, np.array([[2.0], [6.0]]), np.array([[7.0], [1.0]])
    )
    by_median, by_mean = baseline_of(output, constants)
    assert (by_median.value, by_median.baseline, by_median.gain) == (5.0, 2.0, -3.0)
    assert "mae 5 is worse than always the training median, 2 (2) by 3" in by_median.text()
    assert by_mean.baseline == pytest.approx(2.0)
    assert baseline_of(output, {}) == ()


def test_labels_and_images_have_their_constants_or_none() -> None:
    tags = np.array([[1, 0], [1, 1], [1, 0]], dtype=np.float32)
    assert constants_of(OutputKind.LABELS, tags) == {"labels": [True, False]}
    assert constants_of(OutputKind.CLASSES, np.eye(3)[[2, 2, 0]]) == {"class": 2}
    assert constants_of(OutputKind.CLASSES, np.zeros((2, 8, 8))) == {}
    assert constants_of(OutputKind.NUMBERS, np.zeros((2, 64, 64))) == {}
    assert constants_of(OutputKind.NUMBERS, np.zeros((0, 1))) == {}


def test_slices_of_a_measure_that_is_no_sum_over_rows() -> None:
    draw = np.random.default_rng(0)
    truth = draw.integers(0, 2, 300)
    scores = np.clip(0.5 + 0.3 * (truth - 0.5) + 0.2 * draw.normal(size=300), 0, 1)
    output = OutputPredictions("sex", OutputKind.BINARY, truth, scores, ("f", "m"))
    towns = np.array(["north", "south", "east"], object)[np.arange(300) % 3]
    found = slices_outside(output, towns, "roc_auc", lambda value: value > 1)
    assert [one.n for one in found] == [100] * 3
    for one in found:
        rows = towns == one.value
        positive, negative = scores[rows & (truth == 1)], scores[rows & (truth == 0)]
        area = (positive[:, None] > negative).mean() + (positive[:, None] == negative).mean() / 2
        interval = one.measures["roc_auc"]
        assert interval.value == pytest.approx(area)
        assert interval.low is not None and interval.high is not None
        assert interval.low < area < interval.high


def test_a_row_that_several_models_predict_counts_once() -> None:
    truth = np.zeros((30, 1))
    places = {"row": np.arange(30)}
    parts = [
        SplitPredictions(
            "test",
            {"y": OutputPredictions("y", OutputKind.NUMBERS, truth, truth + error)},
            places,
            {"town": np.array(["north"] * 20 + ["south"] * 10, object)},
        )
        for error in (1.0, 3.0)
    ]
    whole = joined_predictions(parts)
    units = units_of(whole, None)
    found = slices_of(whole.outputs["y"], "town", whole.columns["town"], units=units)
    assert [(one.n, one.measures["mae"].value) for one in found.slices] == [(20, 2.0), (10, 2.0)]
    assert found.slices[0].measures["mae"].units == 20
    for at_least, large in ((10, ["north", "south"]), (11, ["north"])):
        outside = slices_outside(
            whole.outputs["y"],
            whole.columns["town"],
            "mae",
            lambda value: value < 1,
            units,
            at_least=at_least,
        )
        assert [one.value for one in outside] == large
