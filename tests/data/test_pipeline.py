"""Batches: every example once an epoch, in an order that the seed decides and each epoch renews."""

from __future__ import annotations

from typing import Any

import pytest
from data_cases import table

pytestmark = pytest.mark.tensorflow


@pytest.fixture
def epochs(load: Any) -> Any:
    from modelspec.data import Structure, batches

    data, _ = load("{train: {csv: t.csv}, targets: kind}", {"t.csv": table(50)})

    def run(seed: int | None, size: int = 8) -> list[list[float]]:
        structure = Structure(("x",), ("kind",), "single", "single")
        dataset = batches(data.train, structure, size, seed=seed)
        return [[float(x) for xs, _ in dataset for x in xs[:, 0]] for _ in range(2)]

    return run


def test_every_example_once_an_epoch(epochs: Any) -> None:
    for epoch in epochs(seed=3):
        assert sorted(epoch) == list(range(50))


def test_each_epoch_has_another_order_and_the_seed_decides_both(epochs: Any) -> None:
    first, second = epochs(seed=3)
    assert first != second
    assert epochs(seed=3) == [first, second]
    assert epochs(seed=4)[0] != first


def test_the_order_does_not_depend_on_the_batch_size(epochs: Any) -> None:
    assert epochs(seed=3, size=8) == epochs(seed=3, size=50)


def test_without_a_seed_the_order_is_kept(epochs: Any) -> None:
    assert epochs(seed=None) == [list(range(50))] * 2


def test_text_and_weights_in_the_structure_of_the_model(load: Any) -> None:
    from data_cases import TWO_INPUTS

    from modelspec.data import batches, structure_of
    from modelspec.diagnostics import Findings
    from modelspec.pipeline import open_text

    data, findings = load(
        "{train: {csv: t.csv}, inputs: {numbers: [x1, x2], word: kind}, targets: kind,"
        " sample_weight: x1}",
        {"t.csv": table(3)},
        TWO_INPUTS,
    )
    assert not findings
    opened = open_text(f"modelspec: 1\nmodel: {TWO_INPUTS}", "s.yaml", None, Findings())
    assert opened is not None
    structure = structure_of(opened.graph)
    weights = structure.targets({"kind": data.train.weights})
    ((inputs, target, weight),) = batches(data.train, structure, 9, weights=weights)
    numbers, words = inputs
    assert numbers.numpy().tolist() == [[0, 0], [1, -1], [2, -2]]
    assert words.numpy().tolist() == [[b"a"], [b"b"], [b"c"]]
    assert target.numpy().tolist() == [[0], [1], [2]]
    assert weight.numpy().tolist() == [0, 1, 2]
