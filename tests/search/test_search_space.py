"""A space: what is drawn lies in it, what is asked for is active, and a grid has all of it once."""

from __future__ import annotations

import json
import math
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from search_specs import SPACES, dimensions_of

from modelspec.search import Space
from modelspec.spec.tune import Choice, Dimension, Scalar

OPTIMIZERS = [
    {"Adam": {"learning_rate": {"log": [1e-4, 1e-2]}}},
    {"SGD": {"momentum": {"choice": [0.0, 0.9]}, "learning_rate": {"float": [0.0, 0.3]}}},
    "adam",
]


def space_of(**written: Any) -> Space:
    return Space(dimensions_of({key.replace("__", "."): value for key, value in written.items()}))


def in_dimension(dimension: Dimension, value: Scalar) -> bool:
    if isinstance(dimension, Choice):
        return value in dimension.labels
    assert isinstance(value, (int, float))
    return dimension.low <= value <= dimension.high


@settings(max_examples=40, deadline=None)
@given(SPACES, st.integers(0, 2**20))
def test_what_is_drawn_is_active_and_in_its_dimension(written: dict[str, Any], seed: int) -> None:
    space = Space(dimensions_of(written))
    by_name = {dimension.name: dimension for dimension in space.flat()}
    values = space.draw(random.Random(seed))
    assert json.loads(json.dumps(values)) == values
    assert values.keys() <= by_name.keys()
    assert all(in_dimension(by_name[name], value) for name, value in values.items())
    assert space.draw(random.Random(seed)) == values
    asked: list[str] = []

    def ask(dimension: Dimension) -> Scalar:
        asked.append(dimension.name)
        return values[dimension.name]

    assert space.suggest(ask) == values and asked == list(values)
    overrides = space.overrides(values)
    assert list(overrides) == list(written)
    assert not any(form in json.dumps(overrides) for form in ('"log"', '"float"', '"choice"'))


@settings(max_examples=25, deadline=None)
@given(SPACES)
def test_a_grid_has_each_point_once(written: dict[str, Any]) -> None:
    space = Space(dimensions_of(written))
    size = space.size()
    if size is None:
        with pytest.raises(ValueError, match="no end"):
            next(space.grid())
    elif size <= 500:
        points = [json.dumps(values) for values in space.grid()]
        assert len(points) == len(set(points)) == size


def test_a_dimension_in_an_object_is_named_by_its_path_and_its_choice() -> None:
    space = space_of(training__optimizer={"choice": OPTIMIZERS})
    assert [dimension.name for dimension in space.flat()] == [
        "training.optimizer",
        "training.optimizer[Adam].learning_rate",
        "training.optimizer[SGD].momentum",
        "training.optimizer[SGD].learning_rate",
    ]
    values: dict[str, Scalar] = {
        "training.optimizer": "SGD",
        "training.optimizer[SGD].momentum": 0.9,
        "training.optimizer[SGD].learning_rate": 0.2,
    }
    filled = {"SGD": {"momentum": 0.9, "learning_rate": 0.2}}
    assert space.overrides(values) == {"training.optimizer": filled}
    with pytest.raises(KeyError):
        space.overrides({"training.optimizer": "SGD"})


@pytest.mark.parametrize(
    ("items", "labels"),
    [
        ([1, 1.5, "1", None, True], [1, 1.5, "1", None, "true"]),
        ([math.inf, "Infinity"], ["Infinity", "Infinity #2"]),
        (["Adam", {"Adam": {}}], ["Adam", "{Adam: {}}"]),
        ([{"SGD": {"a": 1}}, {"SGD": {"a": 2}}], ["{SGD: {a: 1}}", "{SGD: {a: 2}}"]),
        ([[3, 3], [5, 5], 3], ["[3, 3]", "[5, 5]", 3]),
        ([{"SGD": {}}, {"Adam": {}}], ["SGD", "Adam"]),
        (
            [{"D": {"x": "a" * 50, "y": 1}}, {"D": {"x": "a" * 50, "y": 2}}],
            ["{D: {x: " + "a" * 31 + "…", "{D: {x: " + "a" * 31 + "… #2"],
        ),
    ],
)
def test_labels_are_short_and_all_different(items: list[Any], labels: list[Scalar]) -> None:
    (choice,) = dimensions_of({"training.x": {"choice": items}})
    assert isinstance(choice, Choice)
    assert list(choice.labels) == labels
    assert [choice.item(label).value for label in labels] == items


def test_the_ends_of_a_range_are_steps() -> None:
    whole, tenths = dimensions_of(
        {"a": {"int": [1, 8], "step": 3}, "b": {"float": [0.1, 0.45], "step": 0.1}}
    )
    assert not isinstance(whole, Choice) and not isinstance(tenths, Choice)
    assert (whole.high, whole.size) == (7, 3)
    assert [tenths.value(index) for index in range(tenths.size or 0)] == [0.1, 0.2, 0.3, 0.4]
    assert tenths.high == 0.4
    assert Space((whole, tenths)).size() == 12


def test_a_changed_point_keeps_what_is_still_active() -> None:
    space = space_of(params__a={"int": [1, 9]}, training__optimizer={"choice": OPTIMIZERS})
    values: dict[str, Scalar] = {
        "params.a": 4,
        "training.optimizer": "Adam",
        "training.optimizer[Adam].learning_rate": 0.001,
    }
    changed = space.changed(values, "training.optimizer", "adam", random.Random(0))
    assert changed == {"params.a": 4, "training.optimizer": "adam"}
    other = space.changed(values, "params.a", 7, random.Random(0))
    assert other == {**values, "params.a": 7}
