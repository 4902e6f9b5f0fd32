"""Small data files that unpack to gigabytes are refused before memory is taken for them."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from modelspec.api.validation import validate_file
from modelspec.diagnostics import Finding, Findings, UsageError
from modelspec.drafting.profile import profile_table
from modelspec.unpacking import DEFLATE_RATIO, MAX_UNPACKED, bound_of_data

SPEC = """
modelspec: 1
model:
  sequential:
    input: {{shape: [1]}}
    layers: [{{Dense: {{units: 1}}}}]
data:
  train: {{{kind}: {file}}}
  test: 0.2
  inputs: [x]
  targets: y
training: {{epochs: 1, optimizer: sgd, loss: mse}}
"""
ROWS = 2_000_000


def _gz(path: Path, row: bytes = b"0,1\n") -> None:
    path.write_bytes(gzip.compress(b"x,y\n" + row * ROWS, 6))


def _bz2(path: Path) -> None:
    path.write_bytes(bz2.compress(b"x,y\n" + b"0,1\n" * ROWS))


def _xz(path: Path) -> None:
    path.write_bytes(lzma.compress(b"x,y\n" + b"0,1\n" * ROWS, preset=0))


def _two_members(path: Path) -> None:
    """The end of a gzip file has the size of its last member alone."""
    path.write_bytes(gzip.compress(b"x,y\n" + b"0,1\n" * ROWS) + gzip.compress(b"0,1\n"))


def _one_line(path: Path) -> None:
    path.write_bytes(gzip.compress(b"\0" * 4 * ROWS))


def _parquet(path: Path) -> None:
    pq.write_table(pa.table({"x": np.zeros(ROWS), "y": np.ones(ROWS)}), path)


def _long_text(path: Path) -> None:
    """One long text, which a number in each row stands for."""
    numbers = pa.array(np.zeros(5000, np.int32))
    text = pa.DictionaryArray.from_arrays(numbers, pa.array(["a" * 100_000]))
    pq.write_table(pa.table({"x": text, "y": np.ones(5000)}), path)


def _npz(path: Path) -> None:
    np.savez_compressed(path, x=np.zeros(ROWS), y=np.ones(ROWS))


def _workbook(path: Path, rows: str) -> None:
    names = "http://schemas.openxmlformats.org/"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        types = f"<Types xmlns='{names}package/2006/content-types'/>"
        archive.writestr("[Content_Types].xml", types)
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{names}spreadsheetml/2006/main" '
            f'xmlns:r="{names}officeDocument/2006/relationships">'
            '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{names}package/2006/relationships"><Relationship Id="rId1" '
            f'Type="{names}officeDocument/2006/relationships/worksheet" '
            'Target="worksheets/sheet1.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/worksheets/sheet1.xml",
            f'<worksheet xmlns="{names}spreadsheetml/2006/main"><sheetData>{rows}</sheetData>'
            "</worksheet>",
        )


def _rows(count: int) -> str:
    head = '<row r="1"><c r="A1" t="str"><v>x</v></c><c r="B1" t="str"><v>y</v></c></row>'
    return head + '<row r="2"><c r="A2"><v>0</v></c><c r="B2"><v>1</v></c></row>' * count


def _xlsx(path: Path) -> None:
    _workbook(path, _rows(100_000))


def _far_cell(path: Path) -> None:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    _workbook(path, _rows(1) + far)


def _ods(path: Path) -> None:
    cells = '<table:table-cell table:number-columns-repeated="9999" office:value="1"/>'
    rows = f'<table:table-row table:number-rows-repeated="999999">{cells}</table:table-row>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.xml", f"<table:table>{rows}</table:table>")


BOMBS: list[tuple[str, str, Callable[[Path], None]]] = [
    ("csv", "t.csv.gz", _gz),
    ("csv", "t.csv.bz2", _bz2),
    ("csv", "t.csv.xz", _xz),
    ("csv", "members.csv.gz", _two_members),
    ("csv", "line.csv.gz", _one_line),
    ("jsonl", "t.jsonl.gz", lambda path: _gz(path, b'{"x": 0, "y": 1}\n')),
    ("lines", "t.txt.gz", _gz),
    ("parquet", "t.parquet", _parquet),
    ("parquet", "long.parquet", _long_text),
    ("npz", "t.npz", _npz),
    ("excel", "t.xlsx", _xlsx),
    ("excel", "far.xlsx", _far_cell),
    ("excel", "t.ods", _ods),
]


def _check(folder: Path, kind: str, name: str) -> list[Finding]:
    spec = folder / "spec.yaml"
    spec.write_text(SPEC.format(kind=kind, file=name))
    return validate_file(spec, data=True)


@pytest.mark.parametrize(("kind", "name", "write"), BOMBS, ids=[one[1] for one in BOMBS])
def test_it_is_refused_with_both_sizes_and_a_way_out(
    kind: str,
    name: str,
    write: Callable[[Path], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write(tmp_path / name)
    monkeypatch.setenv(MAX_UNPACKED, "0.001")
    [found] = [one for one in _check(tmp_path, kind, name) if "unpacks" in one.message]
    assert found.message.startswith(f"{name} is not read: it has ")
    assert MAX_UNPACKED in found.hint
    assert found.span.line == 8


@pytest.mark.parametrize(
    ("kind", "name", "write"),
    [one for one in BOMBS if one[1] in ("t.csv.gz", "t.csv.bz2", "t.parquet", "t.npz")],
)
def test_what_is_below_the_bound_is_read(
    kind: str, name: str, write: Callable[[Path], None], tmp_path: Path
) -> None:
    write(tmp_path / name)
    assert not [one for one in _check(tmp_path, kind, name) if "not read" in one.message]


@pytest.mark.parametrize("name", ["t.csv.gz", "t.parquet", "t.xlsx"])
def test_a_draft_refuses_it_too(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    next(write for _, known, write in BOMBS if known == name)(tmp_path / name)
    monkeypatch.setenv(MAX_UNPACKED, "0.001")
    findings = Findings()
    assert profile_table(tmp_path / name, "y", findings) is None
    [found] = findings
    assert "unpacks to" in found.message
    assert MAX_UNPACKED in found.hint


@pytest.mark.parametrize("given", ["0", "-1", "nan", "inf", "lots"])
def test_the_setting_is_checked(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MAX_UNPACKED, given)
    with pytest.raises(UsageError, match=MAX_UNPACKED):
        bound_of_data()


def test_deflate_unpacks_to_no_more() -> None:
    content = gzip.compress(b"\0" * 50_000_000, 9)
    assert 50_000_000 / len(content) < DEFLATE_RATIO
