"""A table that streams gives the same examples and findings as one in memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from data_cases import IMAGE, ONE_INPUT, TWO_INPUTS, errors_of, table

pytestmark = pytest.mark.tensorflow

Both = Callable[..., tuple[Any, Any, list[str]]]


@pytest.fixture
def both(load: Any, monkeypatch: pytest.MonkeyPatch) -> Both:
    """both(data, files, model): data in memory, streamed data, and the findings of both."""
    monkeypatch.setattr("modelspec.data.table.arrow_file.CHUNK_ROWS", 16)
    monkeypatch.setattr("modelspec.data.sources.parquet.CHUNK_ROWS", 16)
    monkeypatch.setattr("modelspec.data.sources.csv.STREAM_BLOCK", 1 << 8)

    def run(data: str, files: dict[str, Any], model: str = ONE_INPUT) -> tuple[Any, Any, list[str]]:
        assert data.endswith("}")
        in_memory, findings = load(data[:-1] + ", stream: false}", files, model)
        streamed, findings_again = load(data[:-1] + ", stream: true}", files, model)
        assert [line.replace("false", "true") for line in findings] == findings_again
        return in_memory, streamed, findings

    return run


def values(examples: Any, name: str) -> Any:
    """An input's values, those that are made on the way too, as TensorFlow sees them."""
    import numpy as np
    import tensorflow as tf

    from modelspec.data.table.table import LazyArray

    found = examples.inputs[name]
    if not isinstance(found, LazyArray):
        return tf.constant(found).numpy()
    halves = np.array_split(found.references[::-1], 2)  # not in order, and not all at once
    return np.concatenate([found.make(tf.constant(half)).numpy() for half in halves])[::-1]


def same(in_memory: Any, streamed: Any) -> None:
    """Hold every array of every split to its twin, bit by bit."""
    for split in ("train", "validation", "test"):
        one, other = getattr(in_memory, split), getattr(streamed, split)
        assert (one is None) == (other is None)
        if one is None:
            continue
        assert one.rows.tolist() == other.rows.tolist()
        for name in one.inputs:
            a, b = values(one, name), values(other, name)
            assert (a.dtype, a.shape) == (b.dtype, b.shape)
            assert a.tolist() == b.tolist() if a.dtype == object else a.tobytes() == b.tobytes()
        for name in one.targets:
            assert one.targets[name].tobytes() == other.targets[name].tobytes()
        assert (one.weights is None) == (other.weights is None)
        assert one.weights is None or one.weights.tobytes() == other.weights.tobytes()
    assert in_memory.learned == streamed.learned


def messy(rows: int) -> str:
    """Text, numbers that are whole for a long time, gaps, and quoted lines."""
    lines = []
    for i in range(rows):
        x1 = "" if i % 17 == 3 else str(i) if i < rows - 30 else f"{i}.25"
        x2 = "NA" if i % 23 == 5 else f"{i * 0.37:.3f}"
        word = "" if i % 29 == 7 else f'"two\nlines, {i % 3}"' if i % 5 == 0 else f"00{i % 11}"
        lines.append(f"{x1},{x2},{word},{'abc'[i % 3] if i % 31 else ''},{i % 4}")
    return "\n".join(["x1,x2,word,kind,weight", *lines, ""])


MESSY = (
    "{train: {KIND: t.KIND}, validation: 0.2, test: 0.2, stratify: kind,"
    " inputs: {numbers: [x1, x2], word: word}, targets: kind, sample_weight: weight,"
    " missing: {x1: mean, x2: median, word: none, kind: drop}}"
)


def test_pyarrow_names_the_column_of_a_value_that_does_not_fit() -> None:
    import io

    import pyarrow as pa
    from pyarrow import csv

    from modelspec.data.sources.csv import _unconvertible_column

    options = csv.ConvertOptions(column_types={"y": pa.int64()})
    with pytest.raises(pa.ArrowInvalid) as caught:
        csv.read_csv(io.BytesIO(b"x,y\n1,2\n3,4.5\n"), convert_options=options)
    assert _unconvertible_column(caught.value) == 1
    with pytest.raises(pa.ArrowInvalid) as caught:
        csv.read_csv(io.BytesIO(b"x,y\n1\n"))
    assert _unconvertible_column(caught.value) is None


def test_a_messy_csv(both: Both) -> None:
    in_memory, streamed, findings = both(
        MESSY.replace("KIND", "csv"), {"t.csv": messy(300)}, TWO_INPUTS
    )
    assert not errors_of(findings)
    same(in_memory, streamed)
    assert type(streamed.train.inputs["numbers"]).__name__ == "LazyArray"


OTHER_MARKS = '{path: s.csv, delimiter: ";", decimal: ",", encoding: utf-16}'


def test_a_csv_in_other_marks_and_another_encoding(both: Both, load: Any) -> None:
    rows = [f"{i};{i * 0.37:.3f};wört {i % 3}".replace(".", ",") for i in range(90)]
    text = "\n".join(["x1;x2;kind", *rows, ""])
    data = "{train: {csv: @}, test: 0.2, targets: {kind: {column: kind, labels: auto}}}"
    in_memory, streamed, findings = both(
        data.replace("@", OTHER_MARKS), {"s.csv": text.encode("utf-16")}
    )
    assert not findings
    same(in_memory, streamed)
    plain, findings = load(
        data.replace("@", "t.csv"), {"t.csv": text.replace(",", ".").replace(";", ",")}
    )
    assert not findings
    same(plain, in_memory)


def test_text_that_is_also_a_number_keeps_its_decimal_comma(both: Both) -> None:
    rows = [f"{i};{i % 3},5" for i in range(30)]
    data = "{train: {csv: @}, targets: {kind: {column: x2, labels: auto}}, inputs: [x1, x2]}"
    csv = "\n".join(["x1;x2", *rows, ""]).encode("utf-16")
    in_memory, streamed, findings = both(data.replace("@", OTHER_MARKS), {"s.csv": csv})
    assert not errors_of(findings)
    same(in_memory, streamed)
    assert in_memory.train.inputs["x"][:3].tolist() == [[0, 0.5], [1, 1.5], [2, 2.5]]
    assert in_memory.learned.labels == {"kind": ("0,5", "1,5", "2,5")}


def test_a_messy_parquet(both: Both, tmp_path: Path) -> None:
    import pyarrow.csv as pc
    import pyarrow.parquet as pq

    (tmp_path / "t.csv").write_text(messy(300))
    options = pc.ConvertOptions(strings_can_be_null=True)
    parse = pc.ParseOptions(newlines_in_values=True)
    found = pc.read_csv(tmp_path / "t.csv", parse_options=parse, convert_options=options)
    pq.write_table(found, tmp_path / "t.parquet", row_group_size=70)
    in_memory, streamed, findings = both(MESSY.replace("KIND", "parquet"), {}, TWO_INPUTS)
    assert not errors_of(findings)
    same(in_memory, streamed)


def test_many_words_are_read_from_the_file(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modelspec.data.table.spill.MOST_WORDS", 4)
    in_memory, streamed, _ = both(MESSY.replace("KIND", "csv"), {"t.csv": messy(100)}, TWO_INPUTS)
    same(in_memory, streamed)


def test_images_in_lists(both: Both, tmp_path: Path) -> None:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    images = list(np.arange(50 * 16, dtype=np.uint8).reshape(50, 16).tolist())
    kind = pa.list_(pa.list_(pa.uint8(), 4), 4)
    rows = [None if i == 20 else np.reshape(x, (4, 4)).tolist() for i, x in enumerate(images)]
    kinds = ["ab"[i % 2] for i in range(50)]
    columns = {"image": pa.array(rows, type=kind), "kind": kinds}
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    in_memory, streamed, findings = both(
        "{train: {parquet: t.parquet}, test: 0.2, inputs: image, targets: kind,"
        " missing: {image: drop}}",
        {},
        IMAGE,
    )
    assert not findings
    same(in_memory, streamed)


def test_files_of_their_own_for_each_split(both: Both) -> None:
    files = {"a.csv": table(40), "b.csv": table(33).replace("7,-7", "7.5,-7"), "v.csv": table(20)}
    in_memory, streamed, findings = both(
        "{train: {csv: [a.csv, b.csv]}, validation: {csv: v.csv}, test: 0.25, targets: kind}", files
    )
    assert not findings
    same(in_memory, streamed)


LONG = table(100)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (LONG.replace("\n70,", "\noops,").replace("\n80,", "\nbad,"), "not-a-number"),
        (LONG.replace("\n70,", "\n,").replace("\n80,-80", "\n,"), "missing-values"),
        (LONG.replace("\n70,", "\ninf,"), "not-finite"),
        (LONG.replace("-70,", "-70,9,"), "bad-data-file"),
        (LONG.replace("\n70,", "\n2020-01-01,"), "not-a-number"),
        ("x1,x2,kind\n", "empty-data"),
        (LONG.replace("a\n", "c\n").replace("b\n", "c\n"), "one-class"),
        (LONG.encode() + b"1,\xff,a\n", "bad-data-file"),
        (LONG.encode() + b"1,1,\xff\n", "bad-data-file"),
    ],
)
def test_errors_far_down_have_the_same_messages(both: Both, content: Any, code: str) -> None:
    in_memory, streamed, findings = both(
        "{train: {csv: t.csv}, test: 0.2, targets: kind}", {"t.csv": content}
    )
    assert in_memory is None
    assert streamed is None
    assert len(findings) == 1
    assert f"[{code}]" in findings[0]


def test_whole_numbers_keep_all_their_digits(both: Both) -> None:
    model = """
  sequential:
    input: {shape: [1], name: x, dtype: int64}
    layers: [IntegerLookup: {max_tokens: 9}, Embedding: {input_dim: 9, output_dim: 2}, Flatten]
"""
    lines = [f"{2**62 + i},{i % 2}.5" for i in range(60)]
    in_memory, streamed, findings = both(
        "{train: {csv: t.csv}, inputs: id, targets: y}",
        {"t.csv": "\n".join(["id,y", *lines, ""])},
        model,
    )
    assert not errors_of(findings)
    same(in_memory, streamed)
    assert values(streamed.train, "x")[1, 0] == 2**62 + 1


def test_large_tables_stream_by_themselves(
    load: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyarrow.csv as pc
    import pyarrow.parquet as pq

    files = {"t.csv": table(1000)}
    for kind in ("csv", "parquet"):
        data = f"{{train: {{{kind}: t.{kind}}}, targets: kind}}"
        monkeypatch.setattr(
            "modelspec.data.sources.sources.LARGE_BYTES", 8100
        )  # 1000 rows of two floats: 8000
        (tmp_path / "t.csv").write_text(files["t.csv"])
        pq.write_table(pc.read_csv(tmp_path / "t.csv"), tmp_path / "t.parquet")
        in_memory, _ = load(data, files)
        assert type(in_memory.train.inputs["x"]).__name__ == "ndarray"
        monkeypatch.setattr("modelspec.data.sources.sources.LARGE_BYTES", 7900)
        streamed, _ = load(data, files)
        assert type(streamed.train.inputs["x"]).__name__ == "LazyArray"


def test_a_full_disk_is_reported(load: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno

    from modelspec.data.table.spill import ScratchFile
    from modelspec.diagnostics.problems import CannotRunError

    def full(self: Any, content: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("modelspec.data.table.spill.ScratchFile._write", full, raising=False)
    assert hasattr(ScratchFile, "_write")
    with pytest.raises(CannotRunError, match=r"the disk is full.*TMPDIR"):
        load("{train: {csv: t.csv}, targets: kind, stream: true}", {"t.csv": table(9)})
