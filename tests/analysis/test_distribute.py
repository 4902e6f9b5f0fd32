"""A batch divided over workers: its shares, memory of a worker, bytes and seconds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from modelspec import UsageError, summarize
from modelspec.analysis.distribute import (
    LINKS,
    check_last_batches,
    largest_share,
    least_compute,
    ring_bytes,
    share_sizes,
    step_seconds,
)
from modelspec.api import validate_file, validate_text
from modelspec.commands.summarize import command
from modelspec.compile.stages import compile_text
from modelspec.diagnostics import Findings
from modelspec.spec import divided_among

SPECS = Path(__file__).parents[2] / "specs"

SPEC = """
modelspec: 1
model:
  sequential:
    input: {shape: [4]}
    layers:
      - Dense: {units: 8, use_bias: false}
      - BatchNormalization
      - Dense: {units: 1}
data: {train: {csv: train.csv}, targets: y, batch_size: 32}
training: {optimizer: adam, loss: mse}
"""


@pytest.mark.parametrize("workers", [1, 2, 3, 4, 7, 8])
def test_shares_are_all_of_the_batch_and_differ_by_one(workers: int) -> None:
    for examples in range(workers, 40):
        sizes = share_sizes(examples, workers)
        assert sum(sizes) == examples and len(sizes) == workers
        assert max(sizes) == largest_share(examples, workers) <= min(sizes) + 1


def test_a_ring_sends_nearly_twice_what_is_summed() -> None:
    assert [ring_bytes(1200, workers) for workers in (1, 2, 4)] == [0, 1200, 1800]


def test_activations_shrink_and_weights_do_not() -> None:
    found = summarize(SPECS / "digits.yaml", workers=8).to_dict()
    one, all_of_it = found["workers"]["memory"], found["memory"]
    for part in ("weights", "gradients", "optimizer"):
        assert one[part] == all_of_it[part]
    assert one["activations"] * 8 == all_of_it["activations"]
    assert "workers" not in summarize(SPECS / "digits.yaml").to_dict()


def test_what_is_summed_in_a_step(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(SPEC)
    found = summarize(path, workers=4).to_dict()["workers"]
    trained = 4 * 8 + 2 * 8 + 8 + 1
    assert found["summed_bytes"] == {
        "gradients": 4 * trained,
        "predictions": 32 * (4 + 4),
        "statistics": 4 * 2 * 8,
    }
    assert found["sent_bytes"] == (4 * trained + 32 * 8 + 4 * 2 * 8) * 2 * 3 // 4


def test_frozen_layers_exchange_nothing(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(SPEC.replace("loss: mse", "loss: mse, freeze: [dense, batch_normalization]"))
    found = summarize(path, workers=4).to_dict()["workers"]["summed_bytes"]
    assert found["gradients"] == 4 * (8 + 1) and found["statistics"] == 0


def test_the_command_says_it() -> None:
    said = CliRunner().invoke(command, [str(SPECS / "digits.yaml"), "--workers", "5"]).output
    line = said.splitlines()[-1]
    assert line.startswith("each of 5 workers: 6 or 7 examples of a batch; ")
    assert "to sum gradients 264 KiB" in line


def test_more_workers_than_examples() -> None:
    with pytest.raises(UsageError, match="a batch of 32 has no example for each of 33 workers"):
        summarize(SPECS / "digits.yaml", workers=33)


def last_batches(examples: dict[str, int], workers: int, size: int = 32) -> list[tuple[str, str]]:
    text = SPEC.replace("batch_size: 32", f"batch_size: {size}")
    findings = Findings()
    compiled = compile_text(text, "spec.yaml", None, Findings())
    assert compiled is not None
    check_last_batches(replace(compiled.spec, workers=workers), examples, findings)
    return [(found.message, found.hint) for found in findings.sorted()]


def test_a_last_batch_with_fewer_examples_than_workers() -> None:
    assert last_batches({"train": 96, "validation": 34}, 4) == [
        (
            "the 34 examples of the validation split leave 2 for its last batch, too few for 4"
            " workers",
            "write `batch_size: 28`, or train with fewer workers",
        )
    ]
    assert last_batches({"train": 100, "validation": 36}, 4) == []
    assert last_batches({"train": 34}, 1) == []


def test_a_batch_with_fewer_examples_than_devices() -> None:
    (found,) = last_batches({"train": 96}, 33)
    assert found[0] == "a batch of 32 has no example for each of 33 workers"


def test_a_split_with_fewer_examples_than_workers() -> None:
    ((message, hint),) = last_batches({"train": 96, "test": 3}, 4)
    assert message.startswith("the 3 examples of the test split leave 3")
    assert hint == "train with fewer workers"


@pytest.mark.parametrize("workers", [2, 3, 5, 8])
def test_its_hint_leaves_nobody_without_an_example(workers: int) -> None:
    for train in range(workers * 8, workers * 8 + 70):
        examples = {"train": train, "validation": train // 4}
        for _, hint in last_batches(examples, workers)[:1]:
            size = int(hint.removeprefix("write `batch_size: ").split("`")[0])
            assert last_batches(examples, workers, size) == []


def test_hints_followed_by_hand() -> None:
    with divided_among(4):
        found = validate_text(SPEC.replace("batch_size: 32", "batch_size: 30"), "spec.yaml")
        assert [one.code for one in found] == ["batch-norm-not-synchronized", "uneven-shares"]
        better = SPEC.replace("- BatchNormalization", "- BatchNormalization: {synchronized: true}")
        assert validate_text(better, "spec.yaml") == []
    assert validate_text(SPEC, "spec.yaml") == []


def test_data_are_counted(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    path = tmp_path / "spec.yaml"
    path.write_text(SPEC.replace("BatchNormalization", "ReLU"))
    rows = "".join(f"{i},{i % 7},{i % 5},{i % 3},{i % 2}\n" for i in range(65))
    (tmp_path / "train.csv").write_text("a,b,c,d,y\n" + rows)
    assert validate_file(path, data=True) == []
    (found,) = validate_file(path, data=True, workers=4)
    assert found.code == "share-without-examples"
    assert found.hint == "write `batch_size: 28`, or train with fewer workers"
    path.write_text(path.read_text().replace("batch_size: 32", "batch_size: 28"))
    assert validate_file(path, data=True, workers=4) == []


def test_seconds_of_a_step() -> None:
    slow, *_, fast = LINKS
    assert step_seconds(1.0, 10**8, 1, slow) == 1.0
    for link in LINKS:
        bend = least_compute(10**8, 4, link)
        assert step_seconds(bend, 10**8, 4, link) == pytest.approx(bend / 4 / 0.5)
    assert step_seconds(0.1, 10**8, 4, fast) < 0.1 / 3
    assert step_seconds(0.1, 10**8, 4, slow) > 0.1


EMBEDDING = """modelspec: 1
model:
  sequential:
    input: {shape: [7], dtype: int32}
    layers:
      - Embedding: {input_dim: 1000, output_dim: 5, name: words}
      - Flatten
      - Dense: {units: 1, use_bias: false, name: value}
training: {optimizer: sgd, epochs: 1, loss: mse}
"""


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, 4 * 35 + 6 * 7 * (4 * 5 + 8)),
        ({"name: words": "name: words, lora_rank: 2"}, 4 * (35 + 10) + 6 * 7 * (4 * 2 + 8)),
        ({"name: words": "trainable: false"}, 4 * 35),
        ({"name: words": "embeddings_regularizer: l2"}, 4 * (35 + 5000)),
        (
            {
                "output_dim: 5": "output_dim: 1",
                "units: 1,": "units: 100,",
                "epochs: 1, loss: mse": "loss: mse, phases: [{epochs: 1, freeze: words}, "
                "{epochs: 1, freeze: value}]",
            },
            4 * 700,
        ),
    ],
    ids=["whole", "adapters", "frozen", "regularized", "phases"],
)
def test_an_embedding_exchanges_the_rows_of_the_batch(
    tmp_path: Path, changed: dict[str, str], expected: int
) -> None:
    text = EMBEDDING
    for old, new in changed.items():
        text = text.replace(old, new)
    path = tmp_path / "spec.yaml"
    path.write_text(text)
    found = summarize(path, workers=2, batch_size=6).to_dict()["workers"]["summed_bytes"]
    assert found["gradients"] == expected


def test_an_embedding_of_a_model_that_is_called_twice_counts_twice(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(
        "modelspec: 1\nmodel:\n  functional:\n"
        "    inputs: {a: {shape: [7], dtype: int32}, b: {shape: [7], dtype: int32}}\n"
        "    layers:\n"
        "      words: {Sequential: {layers: [Embedding: {input_dim: 100, output_dim: 5}]}}\n"
        "      both: Add\n"
        "    edges: [a -> words as x, b -> words as y, 'x, y -> both']\n    outputs: both\n"
    )
    found = summarize(path, workers=2, batch_size=6).to_dict()["workers"]["summed_bytes"]
    assert found["gradients"] == 2 * 6 * 7 * (4 * 5 + 8)
