"""Workbooks: typed cells, sheets, headers, and messages that name the cell."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import Any

import pytest

from modelspec.api.validation import validate_file
from modelspec.report.findings import render_findings
from modelspec.tabular import WorkbookError, read_sheet

DAY = datetime.date(2024, 1, 31)
HEADER = ["price", "stock", "day", "open", "zip", "kind"]
SPEC = """
modelspec: 1
model:
  functional:
    inputs: {numbers: {shape: [4]}, zip: {shape: [1], dtype: string}, day: {shape: [4]}}
    layers:
      index: {StringLookup: {max_tokens: 9, output_mode: one_hot, pad_to_max_tokens: true}}
      all: Concatenate
      kind: {Dense: {units: 1, activation: sigmoid}}
    edges: ["numbers, day -> all -> kind", "zip -> index -> all"]
    outputs: kind
data:
  train: {excel: t.xlsx}
  test: 0.2
  inputs:
    numbers: [price, stock, open]
    zip: zip
    day: {column: day, date: [month, weekday], cyclic: true}
  targets: kind
  missing: {price: {fill: mean, indicator: true}}
training: {epochs: 1, optimizer: sgd, loss: binary_crossentropy}
"""


def rows_of(count: int) -> list[list[Any]]:
    return [
        [None if i % 9 == 4 else i / 4, i % 7, DAY, i % 2 == 0, f"0{i % 5}", "ab"[i % 2]]
        for i in range(count)
    ]


def write(path: Path, rows: list[list[Any]], sheets: tuple[str, ...] = ("Sales",)) -> Path:
    """A workbook whose first sheet has the rows."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = sheets[0]
    for row in rows:
        sheet.append(row)
    for name in sheets[1:]:
        book.create_sheet(name)
    book.save(path)
    return path


def test_cells_keep_their_types(tmp_path: Path) -> None:
    moment = datetime.datetime(2024, 1, 31, 6, 30)
    rows = [["a", 2024, "c", None], [1, "007", DAY], [], ["NA", True, moment]]
    sheet = read_sheet(write(tmp_path / "t.xlsx", rows), None, 1)
    assert sheet.names == ("a", "2024", "c")
    assert list(sheet.values("a")) == [1, None, None]
    assert list(sheet.values("2024")) == ["007", None, True]
    assert list(sheet.values("c")) == ["2024-01-31", None, "2024-01-31 06:30:00"]
    assert sheet.cell("c", 2) == "C4"


@pytest.mark.parametrize(
    ("rows", "sheets", "sheet", "header", "message"),
    [
        ([["a"], [1]], ("X", "Y"), None, 1, "has 2 sheets"),
        ([["a"], [1]], ("X",), "Z", 1, "has no sheet `Z`"),
        ([["a"], [1]], ("X",), 3, 1, "has no sheet number 3: it has 1"),
        ([["a"]], ("X",), None, 1, "has no rows below row 1 of sheet X"),
        ([["a", "a"], [1, 2]], ("X",), None, 1, "has two columns called `a` in sheet X"),
        ([["T"], ["a", "b"], [1, 2]], ("X",), None, 1, "has values below cell B1 of sheet X"),
        ([[1, 2]], ("X",), None, ["a"], "has 2 columns in sheet X, and `header` has 1 names"),
    ],
)
def test_a_sheet_that_is_no_table(
    tmp_path: Path, rows: Any, sheets: Any, sheet: Any, header: Any, message: str
) -> None:
    path = write(tmp_path / "t.xlsx", rows, sheets)
    with pytest.raises(WorkbookError, match=message.replace("(", r"\(")) as caught:
        read_sheet(path, sheet, header)
    assert caught.value.hint or caught.value.code == "empty-data"


def test_a_file_that_is_no_workbook(tmp_path: Path) -> None:
    (tmp_path / "t.xlsx").write_text("a,b\n1,2\n")
    with pytest.raises(WorkbookError, match="is not a workbook"):
        read_sheet(tmp_path / "t.xlsx", None, 1)


def found_in(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(folder)
    Path("spec.yaml").write_text(text.lstrip(), encoding="utf-8")
    return render_findings(validate_file("spec.yaml", data=True), 1)


def test_a_workbook_as_csv_is_led_to_excel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = found_in(tmp_path, SPEC.replace("excel:", "csv:"), monkeypatch)
    assert found.startswith(
        "spec.yaml:12:16: error: t.xlsx is a workbook, whose cells are no text [wrong-value]\n"
        "    hint: write `{excel: t.xlsx}`, or save the sheet as csv\n"
    )


def test_without_the_package_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "t.xlsx", [HEADER, *rows_of(20)])
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    pattern = SPEC.replace("[price, stock, open]", '["*e", stock]')
    found = found_in(tmp_path, pattern, monkeypatch)
    assert "t.xlsx needs the package python-calamine [needs-package]" in found
    assert "hint: pip install 'keras-modelspec[excel]'" in found


GROUP = """
modelspec: 1
model:
  functional:
    each:
      words:
        input: {shape: [1], dtype: string}
        layers: {index: {StringLookup: {max_tokens: "${categories + 1}", output_mode: one_hot}}}
        edges: ["input -> index"]
    layers: {all: Concatenate, price: {Dense: {units: 1}}}
    edges: ["words -> all -> price"]
    outputs: price
data:
  train: {excel: {path: t.xlsx, sheet: Sales}}
  inputs: {words: [zip, kind]}
  targets: price
training: {epochs: 1, optimizer: sgd, loss: mse}
"""


def test_a_sheet_whose_categories_cannot_be_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "t.xlsx", [HEADER, *rows_of(20)], ("Sold",))
    found = found_in(tmp_path, GROUP, monkeypatch)
    assert found.startswith(
        "spec.yaml:13:25: error: t.xlsx has no sheet `Sales` [bad-data-file]\n"
        "    hint: its sheets are Sold\n"
    )
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    assert "t.xlsx needs the package python-calamine" in found_in(tmp_path, GROUP, monkeypatch)


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    ("value", "column", "message"),
    [
        (
            "n/a",
            0,
            'spec.yaml:15:15: error: the input `numbers` takes numbers, but `price` is "n/a" in'
            " cell A4 of sheet Sales in t.xlsx [not-a-number]\n    hint: clear the cell and choose"
            " a rule under `missing`, or give the input `dtype: string`\n",
        ),
        (
            DAY,
            1,
            'spec.yaml:15:22: error: the input `numbers` takes numbers, but `stock` is "2024-01-31"'
            " in cell B4 of sheet Sales in t.xlsx [not-a-number]\n    hint: take part of the"
            " date in its place: `stock_month`, of"
            " `derive: {stock_month: {date: stock, part: month}}`\n",
        ),
        (
            None,
            1,
            "spec.yaml:12:11: error: values are missing: `stock` 1 (the first in t.xlsx, sheet"
            " Sales, row 4) [missing-values]\n",
        ),
    ],
)
def test_a_cell_that_does_not_suit_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: Any, column: int, message: str
) -> None:
    rows = rows_of(20)
    rows[2][column] = value
    write(tmp_path / "t.xlsx", [HEADER, *rows])
    assert found_in(tmp_path, SPEC, monkeypatch).startswith(message)


@pytest.mark.tensorflow
@pytest.mark.parametrize("with_series", [False, True])
def test_a_workbook_trains_and_predicts(tmp_path: Path, *, with_series: bool) -> None:
    from modelspec.api.predicting import predict
    from modelspec.api.training import train

    write(tmp_path / "t.xlsx", [HEADER, *rows_of(40)], ("Sales", "Notes"))
    text = SPEC.replace("excel: t.xlsx", "excel: {path: t.xlsx, sheet: Sales}")
    if with_series:
        source = "timeseries: {excel: {path: t.xlsx, sheet: 1}, window: 3, horizon: 1}"
        text = (
            "modelspec: 1\nmodel:\n  sequential:\n    input: {shape: [3, 1]}\n"
            "    layers: [Flatten, Dense: {units: 1}]\n"
            f"data: {{train: {{{source}}}, test: 0.2, inputs: [stock], targets: stock}}\n"
            "training: {epochs: 1, optimizer: sgd, loss: mse}\n"
        )
    (tmp_path / "spec.yaml").write_text(text, encoding="utf-8")
    run = train(tmp_path / "spec.yaml", output=tmp_path / "run")
    found = predict(run, tmp_path / "t.xlsx")
    assert {len(values) for values in found.values()} == {40}


def test_init_takes_a_workbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from modelspec.cli import run as command

    monkeypatch.chdir(tmp_path)
    write(tmp_path / "t.xlsx", [HEADER[:3] + HEADER[4:], *(r[:3] + r[4:] for r in rows_of(40))])
    assert command(["init", "--data", "t.xlsx", "--target", "kind", "-o", "spec.yaml"]) == 0
    assert "train: {excel: t.xlsx}" in Path("spec.yaml").read_text(encoding="utf-8")
    assert validate_file("spec.yaml") == []
