"""The shares of a batch, joined, are the batch: of every kind of source, changed or not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.tensorflow

SPECS = Path(__file__).parents[2] / "specs"

NOT_CACHED = ("digits_mixup", "unet", "sounds")


def prepared(spec: Path, overrides: dict[str, Any]) -> Any:
    """A spec made ready for training."""
    from modelspec.api.building import build_opened, open_spec
    from modelspec.diagnostics import Findings
    from modelspec.framework import start_keras
    from modelspec.training.prepare import prepare_training

    start_keras()
    compiled = open_spec(spec, overrides)
    return prepare_training(compiled.spec, compiled.graph, build_opened(compiled), Findings())


def flat(feed: Any, share: Any, seed: int | None, batches: int, start: int) -> list[list[Any]]:
    """The arrays of some batches, as the loop takes them."""
    import tensorflow as tf

    from modelspec.data.feed import Position

    epoch, step = divmod(start, feed.steps)
    made = feed.batches(seed, Position(epoch, step), share)
    numbers = tf.range(start, start + batches, dtype=tf.int64)
    taken = [made.take(made.source, number) for number in numbers]
    return [[part.numpy() for part in tf.nest.flatten(batch)] for batch in taken]


def with_uneven_end(feed: Any, replicas: int) -> Any:
    """The feed in batches whose last one is smaller, and has an example for each replica."""
    count = len(feed.examples)
    sizes = range(7, 19)
    return replace(feed, batch_size=next(n for n in sizes if count % n > replicas))


def check_shares(feed: Any, seed: int | None, replicas: int) -> None:
    """Compare the last batch of an epoch, and where there is one that of the next, with shares."""
    import numpy as np

    from modelspec.data.feed import Share

    start, batches = feed.steps - 1, 1 if seed is None else 2
    if seed is None:
        start, batches = 0, min(feed.steps, 2)
    whole = flat(feed, Share(), seed, batches, start)
    shares = [flat(feed, Share(one, replicas), seed, batches, start) for one in range(replicas)]
    for number, batch in enumerate(whole):
        for part, values in enumerate(batch):
            joined = np.concatenate([share[number][part] for share in shares])
            assert np.array_equal(joined, values), f"part {part} of batch {number}"
        sizes = [len(share[number][0]) for share in shares]
        assert max(sizes) - min(sizes) <= 1


def check_sent(feed: Any, folder: Path) -> None:
    """Compare batches of the examples with those that another process of the machine makes."""
    import numpy as np

    from modelspec.data.feed import Share
    from modelspec.data.shared import read_shared, write_shared
    from modelspec.data.table import Table

    folder.mkdir()
    write_shared(folder, replace(feed.examples, table=Table({}, 0, ())))
    there = replace(feed, examples=read_shared(folder))
    pairs = zip(flat(feed, Share(), 5, 2, 0), flat(there, Share(), 5, 2, 0), strict=True)
    for ours, theirs in pairs:
        assert all(np.array_equal(*pair) for pair in zip(ours, theirs, strict=True))


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["digits_mixup", "unet", "sounds", "sunspots", "characters", "penguins", "tagger", "siamese"],
)
def test_shares_of_the_sources_of_specs(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name in NOT_CACHED:  # images and sounds are decoded on the way, as many of them would be
        from modelspec.data.examples import cache

        monkeypatch.setattr(cache, "CACHE_LIMIT", 0)
    made = prepared(SPECS / f"{name}.yaml", {})
    feed = with_uneven_end(made.training_feed(), 3)
    check_shares(feed, 5, 3)
    check_sent(feed, tmp_path / "sent")
    if made.data.validation is not None:
        check_shares(with_uneven_end(made.evaluator.feed(made.data.validation), 2), None, 2)


STREAMED = """\
modelspec: 1
model:
  functional:
    inputs:
      x: {shape: [2]}
      word: {shape: [1], dtype: string}
    layers:
      home: {StringLookup: {output_mode: one_hot, max_tokens: 5, pad_to_max_tokens: true}}
      all: Concatenate
      y: {Dense: {units: 1}}
    edges: [word -> home, "x, home -> all -> y"]
    outputs: y
data:
  train: {csv: rows.csv}
  inputs: {x: [a, b], word: word}
  targets: {y: y}
  sample_weight: weight
  batch_size: 8
  stream: true
training: {loss: mse, optimizer: SGD, epochs: 1}
"""


def test_shares_of_a_stream(tmp_path: Path) -> None:
    lines = [f"{i},{i / 7:.3f},{'pqr'[i % 3]},{i % 5},{1 + i % 2}" for i in range(53)]
    text = "\n".join(["a,b,word,y,weight", *lines]) + "\n"
    (tmp_path / "rows.csv").write_text(text, encoding="utf-8")
    spec = tmp_path / "spec.yaml"
    spec.write_text(STREAMED, encoding="utf-8")
    feed = prepared(spec, {}).training_feed()
    for replicas in (2, 5):
        check_shares(feed, 5, replicas)
        check_shares(feed, None, replicas)
    check_sent(feed, tmp_path / "sent")
