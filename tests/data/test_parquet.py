"""parquet: what each type of Arrow's becomes, and which do not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from data_cases import IMAGE, ONE_INPUT, TWO_INPUTS, table

pytestmark = pytest.mark.tensorflow

PLAIN = "{train: {parquet: t.parquet}, targets: kind}"


def write(path: Path, columns: dict[str, Any], **more: Any) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path.parent.mkdir(exist_ok=True)
    pq.write_table(pa.table(columns), path, **more)


def typed(values: list[Any], kind: str) -> Any:
    """An Arrow array of a type by its name."""
    import pyarrow as pa

    kinds = {
        "float16": pa.float16(),
        "int8": pa.int8(),
        "uint64": pa.uint64(),
        "decimal": pa.decimal128(9, 3),
        "dictionary": pa.dictionary(pa.int8(), pa.int32()),
        "bool": pa.bool_(),
        "null": pa.null(),
    }
    if kind == "float16":
        import numpy as np

        return pa.array(np.asarray(values, dtype=np.float16))
    if kind == "decimal":
        from decimal import Decimal

        values = [Decimal(str(value)) for value in values]
    if kind == "dictionary":
        return pa.array(values, type=pa.int32()).dictionary_encode()
    return pa.array(values, type=kinds[kind])


@pytest.mark.parametrize(
    ("kind", "given", "found"),
    [
        ("float16", [0.5, 2], [0.5, 2]),
        ("int8", [-1, 2], [-1, 2]),
        ("uint64", [1, 2**40], [1, 2**40]),
        ("decimal", [1.125, -2], [1.125, -2]),
        ("dictionary", [7, 7], [7, 7]),
        ("bool", [True, False], [1, 0]),
    ],
)
def test_numbers_of_all_types(
    load: Any, tmp_path: Path, kind: str, given: list[Any], found: list[float]
) -> None:
    columns = {"x1": typed(given, kind), "x2": [1.0, 2.0], "kind": ["a", "b"]}
    write(tmp_path / "t.parquet", columns)
    data, findings = load(PLAIN, {})
    assert not findings
    assert data.train.inputs["x"].dtype == "float32"
    assert data.train.inputs["x"][:, 0].tolist() == found


def test_text_as_plain_strings_and_as_dictionaries(load: Any, tmp_path: Path) -> None:
    import pyarrow as pa

    words = pa.array(["u", None, "u"]).dictionary_encode()
    columns = {"x1": [1, 2, 3], "x2": [1, 2, 3], "w": words, "kind": ["b", "a", "b"]}
    write(tmp_path / "t.parquet", columns)
    data, findings = load(
        "{train: {parquet: t.parquet}, inputs: {numbers: [x1, x2], word: w}, targets: kind,"
        " missing: {w: none}}",
        {},
        TWO_INPUTS,
    )
    assert not findings
    assert data.train.inputs["word"].tolist() == [["u"], ["none"], ["u"]]
    assert data.train.targets["kind"].tolist() == [[1], [0], [1]]


@pytest.mark.parametrize("fixed", [True, False])
def test_lists_of_one_length_have_a_shape(load: Any, tmp_path: Path, fixed: bool) -> None:
    import pyarrow as pa

    kind = pa.list_(pa.list_(pa.int16(), 4), 4) if fixed else pa.list_(pa.list_(pa.int16()))
    images = [[[i * 16 + r * 4 + c for c in range(4)] for r in range(4)] for i in range(3)]
    rows = pa.array([images[0], None, images[2]], type=kind)
    write(tmp_path / "t.parquet", {"image": rows, "kind": ["a", "b", "b"]})
    data, findings = load(
        "{train: {parquet: t.parquet}, inputs: image, targets: kind, missing: {image: drop}}",
        {},
        IMAGE,
    )
    assert not findings
    assert data.train.inputs["image"].shape == (2, 4, 4, 1)
    assert data.train.inputs["image"][1, ..., 0].tolist() == images[2]


@pytest.mark.parametrize(
    ("kind", "values", "words"),
    [
        ("timestamp", [0, 1], "holds timestamp[ms], but the input `x` takes numbers"),
        ("ragged", [[1], [1, 2]], "holds lists of 1 and of 2 values"),
        ("struct", [{"a": 1}, {"a": 2}], "holds struct<a: int64>, not numbers or text"),
        ("binary", [b"a", b"b"], "holds binary, not numbers or text"),
        ("text", ["1.5", "b"], '`x1` is "b" in t.parquet, row 1'),
        ("null", [None, None], "values are missing: `x1` 2 (the first in t.parquet, row 0)"),
        ("inf", [1.0, float("inf")], "`x1` is infinite in t.parquet, row 1"),
    ],
)
def test_what_is_no_number(
    load: Any, tmp_path: Path, kind: str, values: list[Any], words: str
) -> None:
    import pyarrow as pa

    array = pa.array(values, type=pa.timestamp("ms") if kind == "timestamp" else None)
    write(tmp_path / "t.parquet", {"x1": array, "x2": [1, 2], "kind": ["a", "b"]})
    loaded, findings = load(PLAIN, {})
    assert loaded is None
    assert len(findings) == 1
    assert words in findings[0]


def test_a_folder_a_list_and_a_glob(load: Any, tmp_path: Path) -> None:
    for number in range(3):
        columns = {"x1": [float(number)], "x2": [0.0], "kind": ["ab"[number % 2]]}
        write(tmp_path / "d" / f"part-{number}.parquet", columns)
    (tmp_path / "d" / "_SUCCESS").write_text("")
    (tmp_path / "d" / ".part-9.parquet").write_text("being written")
    for source in ("d", "[d/part-0.parquet, d/part-1.parquet, d/part-2.parquet]", "'d/*.parquet'"):
        data, findings = load(f"{{train: {{parquet: {source}}}, targets: kind}}", {})
        assert not findings
        assert data.train.inputs["x"][:, 0].tolist() == [0, 1, 2]
        assert data.train.table.locate(2) == "d/part-2.parquet, row 0"


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"t.parquet": ""}, "t.parquet is not a valid parquet file"),
        ({"t.parquet": "PAR1 and no more PAR1"}, "t.parquet is not a valid parquet file"),
        ({"t.parquet/x.csv": "a"}, 'the folder "t.parquet" has no file that ends in .parquet'),
        ({}, 'there is no file "t.parquet"'),
    ],
)
def test_files_that_are_none(load: Any, files: dict[str, Any], words: str) -> None:
    loaded, findings = load(PLAIN, files)
    assert loaded is None
    assert len(findings) == 1
    assert words in findings[0]


def test_no_rows(load: Any, tmp_path: Path) -> None:
    write(tmp_path / "t.parquet", {"x1": typed([], "int8"), "x2": typed([], "int8"), "kind": []})
    _, findings = load(PLAIN, {})
    assert "t.parquet has no rows [empty-data]" in findings[0]


@pytest.mark.parametrize("ending", ["gz", "bz2", "xz", "zst"])
def test_compressed_csv(load: Any, tmp_path: Path, ending: str) -> None:
    import bz2
    import gzip
    import lzma

    import pyarrow as pa

    pack = {
        "gz": gzip.compress,
        "bz2": bz2.compress,
        "xz": lzma.compress,
        "zst": lambda content: pa.compress(content, "zstd", asbytes=True),
    }
    content = table(9).encode()
    data = f"{{train: {{csv: t.csv.{ending}}}, targets: kind}}"
    if ending == "zst":
        with pa.CompressedOutputStream(tmp_path / "t.csv.zst", "zstd") as stream:
            stream.write(content)
        loaded, findings = load(data, {})
    else:
        loaded, findings = load(data, {f"t.csv.{ending}": pack[ending](content)})
    assert not findings
    assert loaded.train.inputs["x"][:, 0].tolist() == list(range(9))
    _, findings = load(data, {f"t.csv.{ending}": content})
    assert len(findings) == 1
    assert "cannot be decompressed" in findings[0]


def test_csv_and_parquet_give_the_same_examples(load: Any, tmp_path: Path) -> None:
    import pyarrow.csv as pc
    import pyarrow.parquet as pq

    (tmp_path / "t.csv").write_text(table(50).replace("\n7,", "\n,"))
    pq.write_table(pc.read_csv(tmp_path / "t.csv"), tmp_path / "t.parquet")
    section = "{train: {KIND: t.KIND}, test: 0.3, targets: kind, missing: {x1: mean}}"
    one, other = (load(section.replace("KIND", k), {}, ONE_INPUT)[0] for k in ("csv", "parquet"))
    for split in ("train", "test"):
        a, b = getattr(one, split), getattr(other, split)
        assert a.inputs["x"].tobytes() == b.inputs["x"].tobytes()
        assert a.targets["kind"].tobytes() == b.targets["kind"].tobytes()
