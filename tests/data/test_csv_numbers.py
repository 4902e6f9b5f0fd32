"""Numbers with marks between their thousands: a cell alone and a column at once read the same."""

from __future__ import annotations

import math
from typing import Any

import pytest
from data_cases import errors_of
from hypothesis import given, settings
from hypothesis import strategies as st

from modelspec.tabular import NumberMarks, parse_number

MARKS = [
    NumberMarks(".", ","),
    NumberMarks(",", "."),
    NumberMarks(".", " "),
    NumberMarks(",", " "),
    NumberMarks(".", "'"),
]

OTHERS = {" ": "\u00a0\u202f", "'": "’"}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,000", 1000),
        ("-1,234,567.25", -1234567.25),
        (" +12,345 ", 12345),
        ("1,00,000", 100_000),
        ("1,000e2", 100_000),
        ("999", 999),
        ("1,00", None),
        ("1234,567", None),
        ("1,0000", None),
        ("1.5,000", None),
        (",000", None),
        ("1,,000", None),
        ("1 000", None),
        ("0,250", None),
        ("-012,345", None),
    ],
)
def test_a_cell(text: str, number: float | None) -> None:
    value = parse_number(text, NumberMarks(".", ","))
    assert math.isnan(value) if number is None else value == number


@st.composite
def columns(draw: st.DrawFn) -> tuple[NumberMarks, list[str | None]]:
    marks = draw(st.sampled_from(MARKS))
    signs = marks.thousands * 3 + marks.decimal + "- e1" + OTHERS.get(marks.thousands, "")
    cell = st.text(st.sampled_from("1230" + signs), max_size=9)
    number = st.floats(-1e9, 1e9).map(lambda x: f"{x:,.2f}")
    written = number.map(
        lambda text: text.translate(str.maketrans({",": marks.thousands, ".": marks.decimal}))
    )
    whole = st.integers(0, 10**13).map(lambda x: f"{x:,}".replace(",", marks.thousands))
    cut = st.tuples(whole, cell, st.integers(0, 17)).map(
        lambda drawn: drawn[0][: drawn[2]] + drawn[1][:1] + drawn[0][drawn[2] + 1 :]
    )
    kinds = [st.none(), written, whole, cell, cut]
    # all of one kind, so that whole numbers are often alone
    cells = st.one_of(*kinds) if draw(st.booleans()) else st.one_of(whole, whole, whole, cut)
    return marks, draw(st.lists(cells, max_size=4))


@settings(max_examples=300, deadline=None)
@given(columns())
def test_a_column_reads_as_its_cells_do(drawn: tuple[NumberMarks, list[str | None]]) -> None:
    pa = pytest.importorskip("pyarrow")
    from modelspec.data.table.arrow_numbers import without_marks

    marks, cells = drawn
    wanted = [None if cell is None else parse_number(cell, marks) for cell in cells]
    array = pa.array(["x", *cells], pa.string()).slice(1)
    found = without_marks(array, marks)
    if any(value is not None and math.isnan(value) for value in wanted):
        assert found is None
    else:
        assert found is not None
        assert found.to_pylist() == wanted


def test_columns_longer_than_a_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    pa = pytest.importorskip("pyarrow")
    from modelspec.data.table.arrow_numbers import without_marks

    monkeypatch.setattr("modelspec.data.table.arrow_numbers.SLICE", 3)
    marks, cells = NumberMarks(".", ","), [f"{number:,}" for number in range(995, 1010)]
    found = without_marks(pa.array([*cells, None]), marks)
    assert found.to_pylist() == [*range(995, 1010), None]
    assert without_marks(pa.array([*cells, "1,0"]), marks) is None
    assert len(without_marks(pa.array([], pa.string()), marks)) == 0


EUROPEAN = '{path: t.csv, delimiter: ";", thousands: "."}'


@pytest.mark.tensorflow
@pytest.mark.parametrize("stream", ["false", "true"])
def test_thousands_far_down_a_file(load: Any, monkeypatch: pytest.MonkeyPatch, stream: str) -> None:
    """The first block has plain numbers alone; the target has no text, so it stays numbers."""
    monkeypatch.setattr("modelspec.data.sources.csv.STREAM_BLOCK", 64)
    numbers = [n * 7 for n in range(1, 200)]
    rows = [f"{n};{n:,};{n:,}.5".translate(str.maketrans(",.", ".,")) for n in numbers]
    text = "\n".join(["a;x;y", *rows, ""])
    data = f"{{train: {{csv: {EUROPEAN}}}, inputs: [a, x], targets: y, stream: {stream}}}"
    model = "{sequential: {input: {shape: [2], name: x}, layers: [Dense: {units: 1, name: y}]}}"
    loaded, findings = load(data, {"t.csv": text}, model)
    assert not findings
    targets = loaded.train.targets["y"].ravel().tolist()
    assert targets == [n + 0.5 for n in numbers]


@pytest.mark.tensorflow
@pytest.mark.parametrize("stream", ["false", "true"])
def test_text_among_thousands_stays_text(load: Any, stream: str) -> None:
    rows = [f"{n};{n}.000" for n in range(1, 50)]
    text = "\n".join(["a;kind", *rows, "3;none", ""])
    data = (
        f"{{train: {{csv: {EUROPEAN}}}, inputs: {{x: [a, a]}},"
        f" targets: {{kind: {{column: kind, labels: auto}}}}, stream: {stream}}}"
    )
    loaded, findings = load(data, {"t.csv": text})
    assert not [one for one in findings if "error" in one]
    assert set(loaded.learned.labels["kind"]) == {"none", *(f"{n}.000" for n in range(1, 50))}


NAMED = '{path: t.csv, thousands: " ", na: {"*": [-999], x: [none, 7]}}'


@pytest.mark.tensorflow
@pytest.mark.parametrize("stream", ["false", "true"])
def test_what_is_missing_in_one_column_alone(load: Any, stream: str) -> None:
    rows = [f"{n},{n}" for n in range(1, 40)]
    text = "\n".join(["a,x", *rows, "-999.0,50", "60,none", "1 000,-999", "none,60"])
    data = (
        f"{{train: {{csv: {NAMED}}}, inputs: {{x: [a, x]}}, targets: {{kind: a}}, stream: {stream},"
        " missing: {a: drop, x: 0}}"
    )
    model = "{sequential: {input: {shape: [2], name: x}, layers: [Dense: {units: 1, name: kind}]}}"
    loaded, findings = load(data, {"t.csv": text}, model)
    assert loaded is None  # "none" is missing in `x` alone
    assert "row 44" in findings[0]
    loaded, findings = load(data, {"t.csv": text.replace("none,60", "8,none")}, model)
    assert not errors_of(findings)
    inputs = loaded.train.inputs["x"]
    if stream == "true":
        inputs = inputs.make(inputs.references).numpy()
    wanted = [[n, 0 if n == 7 else n] for n in range(1, 40)]
    assert inputs.tolist() == [*wanted, [60, 0], [1000, 0], [8, 0]]
