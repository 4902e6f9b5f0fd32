"""`where` and `split`: rows that do not count are as if the files lacked them."""

from __future__ import annotations

import random
from typing import Any

import pytest
from data_cases import TWO_INPUTS

pytestmark = pytest.mark.tensorflow

HEADER = "x1,x2,word,kind,weight,fold,year"
DATA = (
    "{train: {csv: t.csv}, @, inputs: {numbers: [x1, x2], word: word}, targets: kind,"
    " sample_weight: weight, missing: {x1: mean, word: none}, stream: STREAM}"
)
SHARES = "validation: 0.2, test: 0.2"


def rows_of(seed: int) -> list[list[str]]:
    """Rows of which those with "-" for a kind have text, gaps and signs in columns of numbers."""
    choose = random.Random(seed)
    rows = []
    for i in range(120):
        is_good = choose.random() < 0.7
        rows.append(
            [
                choose.choice(["", str(i), f"{i}.5"]) if is_good else "?",
                f"{choose.random():.3f}" if is_good else choose.choice(["", "inf", "x"]),
                choose.choice(["", "a", "b"]),
                choose.choice(["0", "1", "2"]) if is_good else "-",
                str(choose.randint(0, 3)) if is_good else "-5",
                str(i % 5),
                f"{choose.randint(1980, 2000)}{choose.choice(['', '.0'])}",
            ]
        )
    return rows


def text_of(rows: list[list[str]]) -> str:
    return "\n".join([HEADER, *(",".join(row) for row in rows), ""])


def arrays(data: Any) -> list[Any]:
    """All of a table in memory, by split."""
    found = []
    for part in (data.train, data.validation, data.test):
        if part is not None:
            found.append({name: array.tolist() for name, array in part.inputs.items()})
            found.append({name: array.tolist() for name, array in part.targets.items()})
            found.append(part.weights.tolist())
    return found


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("source", ["csv", "parquet"])
def test_rows_that_do_not_count_are_as_if_they_were_not_there(
    load: Any, tmp_path: Any, source: str, seed: int
) -> None:
    rows = rows_of(seed)
    kept = [row for row in rows if row[3] != "-" and float(row[6]) >= 1985 and row[5] != "0"]
    where = "where: {kind: {not: '-'}, year: {min: 1985}, fold: [1, '2', 3.0, 4]}"
    given = DATA.replace("STREAM", "false").replace("@", f"{where}, {SHARES}")
    if source == "parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        columns = zip(HEADER.split(","), zip(*rows, strict=True), strict=True)
        table = pa.table({name: [cell or None for cell in cells] for name, cells in columns})
        pq.write_table(table, tmp_path / "t.parquet")
        given = given.replace("csv: t.csv", "parquet: t.parquet")
    some, findings = load(given, {"t.csv": text_of(rows)}, TWO_INPUTS)
    assert not findings
    plain = DATA.replace("STREAM", "false").replace("@", SHARES)
    other, findings = load(plain, {"t.csv": text_of(kept)}, TWO_INPUTS)
    assert not findings
    assert arrays(some) == arrays(other)
    assert some.learned == other.learned
    assert some.counted == {"train": (len(kept), len(rows))}
    if source == "parquet":
        return
    streamed, findings = load(given.replace("false", "true"), {"t.csv": text_of(rows)}, TWO_INPUTS)
    assert not findings
    assert streamed.learned == other.learned
    assert streamed.train.targets["kind"].tolist() == other.train.targets["kind"].tolist()


def test_a_column_says_the_split(load: Any) -> None:
    rows = [row for row in rows_of(1) if row[3] != "-"]
    given = DATA.replace("@", "split: {column: fold, validation: [1, '2'], test: 4.0}")
    made, findings = load(given.replace("STREAM", "false"), {"t.csv": text_of(rows)}, TWO_INPUTS)
    assert not findings
    folds = [row[5] for row in rows]
    for split, names in (("train", "03"), ("validation", "12"), ("test", "4")):
        assert {folds[row] for row in getattr(made, split).rows} == set(names)
    assert sum(map(len, (made.train, made.validation, made.test))) == len(rows)


SERIES = (
    "{train: {timeseries: {csv: t.csv, window: 2, time: t}}, where: {shop: 1},"
    " split: {column: part, test: b}, inputs: [x], targets: x}"
)


def test_windows_over_the_rows_that_count(load: Any) -> None:
    lines = [f"{i},{s},{i * 10 + s},{'a' if i < 7 else 'b'}" for i in range(12) for s in (1, 2)]
    model = "{sequential: {input: {shape: [2, 1]}, layers: [Flatten, {Dense: {units: 1}}]}}"
    made, findings = load(SERIES, {"t.csv": "\n".join(["t,shop,x,part", *lines, ""])}, model)
    assert not findings
    name = next(iter(made.train.inputs))
    from modelspec.data.table.table import LazyArray

    inputs = {"train": made.train.inputs[name], "test": made.test.inputs[name]}
    for split, first, last in (("train", 0, 7), ("test", 7, 12)):
        values = inputs[split]
        found = values.make(values.references).numpy() if isinstance(values, LazyArray) else values
        expected = [[[i * 10 + 1], [(i + 1) * 10 + 1]] for i in range(first, last - 2)]
        assert found.tolist() == expected


def test_values_with_a_shape_are_refused(load: Any) -> None:
    import numpy as np

    arrays = {"x": np.zeros((9, 1)), "y": np.zeros(9), "z": np.zeros((9, 2))}
    data = "{train: {npz: t.npz}, @, inputs: x, targets: y}"
    for key in ("where: {z: 1}", "split: {column: z, test: 1}"):
        _, findings = load(data.replace("@", key), {"t.npz": arrays})
        name = key.split(":", maxsplit=1)[0]
        assert f"`{name}` compares single values, but `z` has shape [2] in each row" in findings[0]


def test_synthetic_data_has_no_columns(load: Any) -> None:
    for key in ("where: {z: 1}", "split: {column: z, test: 1}"):
        _, findings = load("{train: {synthetic: {examples: 8}}, @}".replace("@", key), {})
        assert "synthetic data has no columns" in findings[0]
