"""`predictions.parquet`: a split is read back as it was written, by pandas' readers as well."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelspec.evaluation import (
    NOT_COUNTED,
    OutputPredictions,
    SplitOrigin,
    SplitPredictions,
    read_split,
    save_split,
)
from modelspec.runs import OutputKind, RunFile

ORIGIN = SplitOrigin("w1", "d1", {"../t.csv": "f1"})

NAMES = st.sampled_from(["a", "split", "row", "a_truth", "a_b", "ü", "truth", "weight"])


@st.composite
def outputs(draw: Any, rows: int) -> OutputPredictions:
    generator = np.random.default_rng(draw(st.integers(0, 1 << 30)))
    kind = draw(st.sampled_from([kind for kind in OutputKind if kind is not OutputKind.TOKENS]))
    name = draw(NAMES)
    count = 2 if kind is OutputKind.BINARY else draw(st.integers(1, 4))
    labels = tuple(draw(st.lists(NAMES, min_size=count, max_size=count, unique=True)))
    weights = generator.random(rows) if draw(st.booleans()) else None
    threshold = draw(st.floats(0, 1))
    if kind is OutputKind.NUMBERS:
        quantiles = draw(st.sampled_from([(), (0.5,), (0.1, 0.5, 0.9)]))
        shape = (rows, count, len(quantiles)) if quantiles else (rows, count)
        truth, scores = generator.normal(size=(rows, count)), generator.normal(size=shape)
        scores = scores.astype(draw(st.sampled_from(["float32", "float64"]))).astype("float64")
        return OutputPredictions(
            name, kind, truth, scores, (), labels, quantiles, threshold, weights
        )
    if kind is OutputKind.LABELS:
        truth, scores = generator.random((rows, count)) > 0.5, generator.random((rows, count))
        return OutputPredictions(
            name, kind, truth, scores, labels, threshold=threshold, weights=weights
        )
    truth = generator.integers(NOT_COUNTED, count, rows)
    scores = generator.random(rows if kind is OutputKind.BINARY else (rows, count))
    return OutputPredictions(
        name, kind, truth, scores, labels, threshold=threshold, weights=weights
    )


@st.composite
def splits(draw: Any, split: str = "test") -> SplitPredictions:
    rows = draw(st.integers(1, 6))
    made = {one.name: one for one in draw(st.lists(outputs(rows), min_size=1, max_size=3))}
    text = np.empty(rows, dtype=object)
    text[:] = draw(st.lists(st.none() | st.text(max_size=3), min_size=rows, max_size=rows))
    numbers = np.where(np.arange(rows) % 2, np.nan, 0.5)
    places = {"row": np.arange(2, rows + 2)}
    columns = {draw(NAMES): text, "other": numbers, "flag": np.arange(rows) > 1}
    return SplitPredictions(split, made, places, columns, {"mask": "is an image"})


def same(first: Any, second: Any) -> bool:
    if isinstance(first, np.ndarray):
        equal = first.dtype == second.dtype and first.shape == second.shape
        nan = first.dtype.kind == "f"
        return equal and bool(np.array_equal(first, second, equal_nan=nan))
    if dataclasses.is_dataclass(first):
        names = [field.name for field in dataclasses.fields(first)]
        return all(same(getattr(first, name), getattr(second, name)) for name in names)
    if isinstance(first, dict):
        return list(first) == list(second) and all(same(first[k], second[k]) for k in first)
    return bool(first == second)


def read(folder: Path, split: str, origin: SplitOrigin = ORIGIN) -> SplitPredictions | None:
    return read_split(folder, split, lambda found: found == origin)


@given(first=splits(), second=splits("validation"))
def test_splits_are_read_back_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, first: SplitPredictions, second: SplitPredictions
) -> None:
    folder = tmp_path_factory.mktemp("run")
    save_split(folder, first, ORIGIN)
    found = read(folder, "test")
    assert same(first, found)
    save_split(folder, second, ORIGIN)
    found = read(folder, "test")
    assert found is not None and same(first.outputs, found.outputs)
    assert same(second, read(folder, "validation"))
    assert [path.name for path in folder.iterdir()] == [RunFile.PREDICTIONS]


def small(split: str = "test", **columns: Any) -> SplitPredictions:
    scores = np.asarray([0.25, 0.75])
    output = OutputPredictions(
        "churn", OutputKind.BINARY, np.asarray([0, NOT_COUNTED]), scores, ("no", "yes")
    )
    return SplitPredictions(split, {"churn": output}, {"row": np.asarray([2, 5])}, columns)


def test_the_table_reads_well_elsewhere(tmp_path: Path) -> None:
    given = {"row": np.asarray(["x", None], dtype=object), "churn_yes": np.asarray([1, 2])}
    save_split(tmp_path, small(**given), ORIGIN)
    table = pq.read_table(tmp_path / RunFile.PREDICTIONS)
    assert table.to_pylist() == [
        {"split": "test", "row": 2, "row_given": "x", "churn_yes": 1, "churn_truth": "no",
         "churn_yes_given": 0.25},
        {"split": "test", "row": 5, "row_given": None, "churn_yes": 2, "churn_truth": None,
         "churn_yes_given": 0.75},
    ]  # fmt: skip


def test_what_is_stale_or_damaged_is_not_read_and_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / RunFile.PREDICTIONS
    assert read(tmp_path, "test") is None
    save_split(tmp_path, small(), ORIGIN)
    assert read(tmp_path, "validation") is None
    assert read(tmp_path, "test", SplitOrigin("w2", "d1", {})) is None
    trained_on = SplitOrigin("w2", "d1", {})
    save_split(tmp_path, small("validation"), trained_on)
    assert read(tmp_path, "test") is None, "those of other weights go"
    assert read(tmp_path, "validation", trained_on) is not None
    whole = path.read_bytes()
    for damaged in (
        b"",
        b"PAR1",
        whole[: len(whole) // 2],
    ):
        path.write_bytes(damaged)
        assert read(tmp_path, "validation", trained_on) is None
        save_split(tmp_path, small(), ORIGIN)
        assert same(small(), read(tmp_path, "test"))
    table = pq.read_table(path)
    facts = table.schema.metadata[b"modelspec"]
    for other in ({}, {"modelspec": facts.replace(b'"version": 1', b'"version": 9')}):
        pq.write_table(table.replace_schema_metadata(other), path)
        assert read(tmp_path, "test") is None, "a table of somebody else, or of a later version"
    pq.write_table(table, path)
    assert read(tmp_path, "test") is not None


def test_columns_of_unlike_types_in_two_splits_are_kept(tmp_path: Path) -> None:
    save_split(tmp_path, small(age=np.asarray([1, 2]), a=np.asarray([1, 2])), ORIGIN)
    text = np.asarray(["x", "y"], dtype=object)
    save_split(tmp_path, small("validation", age=text, a=np.asarray([0.5, np.nan])), ORIGIN)
    test, validation = read(tmp_path, "test"), read(tmp_path, "validation")
    assert test is not None and validation is not None
    assert test.columns["age"].tolist() == [1, 2] and validation.columns["age"][0] == "x"
    assert pq.read_schema(tmp_path / RunFile.PREDICTIONS).names.count("age_given") == 1
    assert test.columns["a"].tolist() == [1.0, 2.0]
    assert same(validation.columns["a"], np.asarray([0.5, np.nan]))
