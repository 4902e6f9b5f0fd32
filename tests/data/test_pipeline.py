"""Batches: every example once an epoch, in an order that the seed decides and each epoch renews."""

from __future__ import annotations

from typing import Any

import pytest
from data_cases import table

pytestmark = pytest.mark.tensorflow


@pytest.fixture
def epochs(load: Any) -> Any:
    from modelspec.data.feed.batches import Feed, Position
    from modelspec.data.feed.structure import Structure

    data, _ = load("{train: {csv: t.csv}, targets: kind}", {"t.csv": table(50)})

    def run(seed: int, size: int = 8, start: tuple[int, int] = (0, 0)) -> list[list[float]]:
        feed = Feed(data.train, Structure(("x",), ("kind",), "single", "single"), size)
        batches = iter(feed.shuffled(seed, Position(*start)))
        counts = [feed.steps - start[1], *[feed.steps] * (1 - start[0])]
        return [[float(x) for _ in range(n) for x in next(batches)[0][:, 0]] for n in counts]

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


def test_a_start_in_the_middle_goes_on_as_if_from_the_beginning(epochs: Any) -> None:
    first, second = epochs(seed=3)
    assert epochs(seed=3, start=(0, 2)) == [first[16:], second]
    assert epochs(seed=3, start=(1, 6)) == [second[48:]]


def test_in_order(load: Any) -> None:
    from modelspec.data.feed.batches import Feed
    from modelspec.data.feed.structure import Structure

    data, _ = load("{train: {csv: t.csv}, targets: kind}", {"t.csv": table(50)})
    feed = Feed(data.train, Structure(("x",), ("kind",), "single", "single"), 8)
    assert [float(x) for xs, _ in feed.in_order() for x in xs[:, 0]] == list(range(50))


@pytest.mark.parametrize("seed", [None, 5])
def test_batches_inside_a_loop_are_those_of_the_pipeline(
    load: Any, monkeypatch: pytest.MonkeyPatch, seed: int | None
) -> None:
    import tensorflow as tf

    from modelspec.data.feed.batches import Feed, Position
    from modelspec.data.feed.structure import Structure

    data, _ = load("{train: {csv: t.csv}, targets: kind}", {"t.csv": table(50)})
    feed = Feed(data.train, Structure(("x",), ("kind",), "single", "single"), 8)
    start, steps = (0, 7) if seed is None else (10, 20)  # in order, there is one epoch

    def taken() -> list[Any]:
        batches = feed.batches(seed, Position(*divmod(start, feed.steps)))
        made = (
            batches.take(batches.source, tf.constant(start + i, tf.int64)) for i in range(steps)
        )
        return [[part.numpy().tolist() for part in tf.nest.flatten(batch)] for batch in made]

    inside = taken()
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [kind])
    assert taken() == inside
    assert len({tuple(row) for batch in inside for row in batch[0]}) > 40


@pytest.mark.parametrize("in_pipeline", [False, True])
def test_shares_of_a_batch_joined_are_the_batch(
    load: Any, monkeypatch: pytest.MonkeyPatch, in_pipeline: bool
) -> None:
    import tensorflow as tf

    from modelspec.data.feed import Feed, Position, Share, Structure

    data, _ = load("{train: {csv: t.csv}, targets: kind}", {"t.csv": table(53)})
    feed = Feed(data.train, Structure(("x",), ("kind",), "single", "single"), 10)
    if in_pipeline:
        monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [kind])

    def taken(share: Share) -> list[list[float]]:
        batches = feed.batches(3, Position(0, 5), share)
        numbers = tf.range(5, 8, dtype=tf.int64)
        made = [batches.take(batches.source, number)[0] for number in numbers]
        return [part[:, 0].numpy().tolist() for part in made]

    whole, shares = taken(Share()), [taken(Share(replica, 3)) for replica in range(3)]
    assert [len(batch) for batch in whole] == [3, 10, 10]
    for number, batch in enumerate(whole):
        assert [value for share in shares for value in share[number]] == batch
    assert [len(share[1]) for share in shares] == [3, 3, 4]


def test_lazy_values_are_made_from_their_references() -> None:
    import numpy as np
    import tensorflow as tf

    from modelspec.data.examples.examples import Examples
    from modelspec.data.feed.batches import Feed
    from modelspec.data.feed.structure import Structure
    from modelspec.data.table.table import LazyArray, Table

    windows = tf.reshape(tf.range(10.0), [10, 1])
    lazy = LazyArray(
        np.arange(8),
        (3, 1),
        "float32",
        lambda at: tf.gather(windows, at[:, None] + tf.range(3, dtype=tf.int64)),
    )
    table = Table({}, 8, [])
    feed = Feed(
        Examples({"x": lazy}, {}, None, np.arange(8), table),
        Structure(("x",), ("y",), "single", "single"),
        5,
    )
    assert feed.in_order().element_spec[0].shape == (None, 3, 1)
    seen = np.concatenate([xs.numpy() for (xs,) in feed.in_order()])
    assert seen[:, :, 0].tolist() == [[i, i + 1, i + 2] for i in range(8)]


def test_text_and_weights_in_the_structure_of_the_model(load: Any) -> None:
    from data_cases import TWO_INPUTS

    from modelspec.compile.stages import compile_text
    from modelspec.data.feed.batches import Feed
    from modelspec.data.feed.structure import structure_of
    from modelspec.diagnostics.findings import Findings

    data, findings = load(
        "{train: {csv: t.csv}, inputs: {numbers: [x1, x2], word: kind}, targets: kind,"
        " sample_weight: x1}",
        {"t.csv": table(3)},
        TWO_INPUTS,
    )
    assert not findings
    opened = compile_text(f"modelspec: 1\nmodel: {TWO_INPUTS}", "s.yaml", None, Findings())
    assert opened is not None
    structure = structure_of(opened.graph)
    weights = structure.targets({"kind": data.train.weights})
    ((inputs, target, weight),) = Feed(data.train, structure, 9, weights).in_order()
    numbers, words = inputs
    assert numbers.numpy().tolist() == [[0, 0], [1, -1], [2, -2]]
    assert words.numpy().tolist() == [[b"a"], [b"b"], [b"c"]]
    assert target.numpy().tolist() == [[0], [1], [2]]
    assert weight.numpy().tolist() == [0, 1, 2]
