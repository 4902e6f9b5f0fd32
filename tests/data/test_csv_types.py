"""The types of a large csv: those of its first rows, or what pyarrow finds in all of it."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modelspec.data.sources import find_files
from modelspec.diagnostics import Findings, Span
from modelspec.spec.data import Source, options_of

pytest.importorskip("pyarrow")

from modelspec.data.sources import csv as csv_source
from modelspec.data.sources.csv import read_csv
from modelspec.data.table import ANY, LABEL, TEXT, Column, ColumnUse, Purpose, read_whole

HERE = Span("spec.yaml", 1, 1, 1, 1)

FIRST = 200

CELLS: dict[str, Callable[[random.Random], str]] = {
    "whole": lambda source: str(source.randrange(10**6)),
    "float": lambda source: f"{source.uniform(-9, 9):.3f}",
    "large": lambda source: str(source.randrange(2**62, 2**70)),
    "words": lambda source: source.choice(["red", "green", "NA", "two, words", 'a "quoted" one']),
    "lines": lambda source: source.choice(["one\nline", "red"]),
    "date": lambda source: f"2024-01-{source.randrange(10, 29)}",
    "truth": lambda source: source.choice(["true", "false"]),
    "marks": lambda source: f"{source.randrange(10**7):,}",
    "empty": lambda source: "",
}


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set('",\n') else cell


def read(path: Path, uses: list[ColumnUse], **options: Any) -> tuple[dict[str, Column], list[str]]:
    source = Source("csv", (path.name,), (HERE,), HERE, {**options_of("csv"), **options})
    findings = Findings()
    chunks = read_csv(find_files(source, path.parent, Findings())[0], uses, findings)
    columns = {} if chunks is None else dict(read_whole(chunks, uses).columns)
    return columns, [one.message for one in findings]


def assert_equal(found: dict[str, Column], wanted: dict[str, Column]) -> None:
    assert found.keys() == wanted.keys()
    for name, column in wanted.items():
        assert found[name].values.dtype == column.values.dtype
        kept = ~column.missing
        assert found[name].missing.tolist() == column.missing.tolist()
        assert found[name].values[kept].tolist() == column.values[kept].tolist()
        assert found[name].clean == column.clean


@pytest.mark.parametrize("number", range(40))
def test_later_rows_of_other_kinds(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each column is of one kind in the first rows, and perhaps of another one in the others."""
    source = random.Random(number)
    names = [f"c{position}" for position in range(6)]
    kinds = source.choices(list(CELLS), k=6)
    later = [kind if source.random() < 0.8 else source.choice(list(CELLS)) for kind in kinds]
    rows = [[CELLS[kind](source) for kind in (kinds if n < 40 else later)] for n in range(60)]
    path = tmp_path / "t.csv"
    lines = [",".join(map(quoted, row)) for row in [names, *rows]]
    path.write_text("".join(f"{line}\n" for line in lines))
    uses = [
        ColumnUse(name, source.choice([ANY, ANY, TEXT, LABEL]), Purpose.INPUT, HERE)
        for name in names
    ]
    options: dict[str, Any] = source.choice([{}, {"thousands": ","}, {"na": ["red"]}])
    wanted, reasons = read(path, uses, **options)
    monkeypatch.setattr(csv_source, "FIRST_BYTES", FIRST)
    found, others = read(path, uses, **options)
    assert others == reasons
    assert_equal(found, wanted)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1", "utf-8"])
def test_first_rows_in_any_encoding(
    encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "1.5,é\n" * 300 + "x,y\n", encoding=encoding)
    uses = [ColumnUse(name, ANY, Purpose.INPUT, HERE) for name in "ab"]
    wanted = read(path, uses, encoding=encoding)
    monkeypatch.setattr(csv_source, "FIRST_BYTES", FIRST)
    found = read(path, uses, encoding=encoding)
    assert found[1] == wanted[1]
    assert_equal(found[0], wanted[0])


@pytest.mark.parametrize("end", ["3,4,5\n", "3,\xff\n"])
def test_what_is_wrong_further_down_is_said_as_before(
    end: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(("a,b\n" + "1,word\n" * 100 + end).encode("latin-1"))
    uses = [ColumnUse(name, ANY, Purpose.INPUT, HERE) for name in "ab"]
    wanted = read(path, uses)
    monkeypatch.setattr(csv_source, "FIRST_BYTES", FIRST)
    assert wanted == ({}, read(path, uses)[1])
    assert len(wanted[1]) == 1


def test_the_text_of_the_file_is_not_kept(tmp_path: Path) -> None:
    """Of a file whose first rows tell all types, only what its columns need is in memory."""
    import pyarrow as pa

    path = tmp_path / "t.csv"
    row = ",".join(["0.1234567890123456789012345678901234567890"] * 10)
    path.write_text(",".join(f"x{n}" for n in range(10)) + "\n" + f"{row}\n" * 60_000)
    uses = [ColumnUse(f"x{n}", ANY, Purpose.INPUT, HERE) for n in range(10)]
    pool = pa.proxy_memory_pool(pa.default_memory_pool())
    before = pa.default_memory_pool()
    pa.set_memory_pool(pool)
    try:
        read(path, uses)
    finally:
        pa.set_memory_pool(before)
    peak = pool.max_memory()
    assert peak is not None
    assert peak < path.stat().st_size
