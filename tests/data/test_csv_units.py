"""Numbers with a currency, a percent sign or a unit: `units` of a csv."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelspec import init, validate
from modelspec.tabular import NumberMarks, guess_dialect, parse_number

UNITS = ["$", "%", "EUR", "kg", "m²", "km/h", "e", "(x)", ".*"]


@st.composite
def columns(draw: st.DrawFn) -> tuple[NumberMarks, list[str | None]]:
    unit = draw(st.sampled_from(UNITS))
    thousands = draw(st.sampled_from(["", ","]))
    number = st.sampled_from(["1,234.5", "12", "-3", "+4.25", "1e3", "", "x", "1,2", "--1"])
    space = st.sampled_from(["", " ", "\u00a0", "\t", "  "])
    sign = st.sampled_from(["", "-", "+"])
    form = st.sampled_from(["{n}", "{n}{s}{u}", "{u}{s}{n}", "{g}{u}{n}", " {n}{u} ", "{u}{n}{u}"])
    cell = st.builds(lambda n, s, g, f: f.format(n=n, s=s, g=g, u=unit), number, space, sign, form)
    cells = st.lists(st.one_of(st.none(), cell, cell, st.just(f"5{unit}")), max_size=3)
    return NumberMarks(".", thousands, unit), draw(cells)


@settings(max_examples=300, deadline=None)
@given(columns())
def test_a_column_reads_as_its_cells_do(drawn: tuple[NumberMarks, list[str | None]]) -> None:
    pa = pytest.importorskip("pyarrow")
    from modelspec.data.table.arrow_numbers import without_marks

    marks, cells = drawn
    wanted = [None if cell is None else parse_number(cell, marks) for cell in cells]
    found = without_marks(pa.array(cells, pa.string()), marks)
    if any(value is not None and math.isnan(value) for value in wanted):
        assert found is None
    else:
        assert found.to_pylist() == wanted


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("$1,200.50", "$", 1200.5),
        ("-$5", "$", -5),
        ("$-5", "$", -5),
        ("12 %", "%", 12),
        ("7", "%", 7),
        ("1e3 kg", "kg", 1000),
        ("5 EUR", "USD", math.nan),
        ("5 EUR EUR", "EUR", math.nan),
        ("EUR", "EUR", math.nan),
    ],
)
def test_a_number_with_its_unit(text: str, unit: str, number: float) -> None:
    found = parse_number(text, NumberMarks(".", ",", unit))
    assert found == number or (math.isnan(found) and math.isnan(number))


@pytest.mark.parametrize(
    ("cells", "unit"),
    [
        (["1.5 kg", "2 kg", "n.a."], "kg"),
        (["$5", "$1,000.00"], "$"),
        (["5%", "12 %", "7"], "%"),
        (["5 EUR", "5 USD"], ""),  # two units
        (["5", "7", "12 %"], ""),  # most have none
        (["1a", "2a"], ""),  # a code
        (["5 kg", "6 kg and more"], ""),
        (["$5 %", "$6 %"], ""),
    ],
)
def test_which_columns_have_a_unit(cells: list[str], unit: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    rows = [f'{number};"{cell}"' for number, cell in enumerate(cells)]
    path.write_text("\n".join(["a;x", *rows, ""]), encoding="utf-8")
    assert guess_dialect(path, "utf-8").units == ({"x": unit} if unit else None)


TABLE = "\n".join(
    [
        "price;share;kind",
        *(
            f"{'' if n % 9 == 4 else f'{n}.{n % 10}00,50 EUR'};{n % 7} %;{'ab'[n % 2]}"
            for n in range(1, 41)
        ),
        "",
    ]
)


UNIT_OPTIONS = 'units: {price: EUR, share: "%"}'


def test_a_draft_reads_numbers_with_units(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("t.csv").write_text(TABLE, encoding="utf-8")
    text = init("t.csv", "kind", output="t.yaml")
    assert f'thousands: ".", {UNIT_OPTIONS}' in text
    assert validate("t.yaml", data=True) == []
    monkeypatch.setattr("modelspec.api.validation.data_check._is_installed", lambda name: False)
    assert validate("t.yaml", data=True) == []


CSV = f'{{path: t.csv, delimiter: ";", thousands: ".", {UNIT_OPTIONS}, na: {{price: [9]}}}}'


@pytest.mark.tensorflow
@pytest.mark.parametrize("stream", ["false", "true"])
def test_units_are_read(load: Any, monkeypatch: pytest.MonkeyPatch, stream: str) -> None:
    """A number that stands for a missing value is written with its unit, too."""
    monkeypatch.setattr("modelspec.data.sources.csv.STREAM_BLOCK", 64)
    data = (
        f"{{train: {{csv: {CSV}}}, derive: {{price: {{log1p: price}}}}, inputs: [price, price],"
        f" targets: share, missing: {{price: drop}}, stream: {stream}}}"
    )
    model = "{sequential: {input: {shape: [2], name: x}, layers: [Dense: {units: 1, name: share}]}}"
    loaded, findings = load(data, {"t.csv": f"{TABLE}9 EUR;3 %;a\n"}, model)
    assert not [one for one in findings if "error" in one]
    wanted = [n for n in range(1, 41) if n % 9 != 4]
    assert sorted(loaded.train.rows) == [n - 1 for n in wanted]
    found = [loaded.train.inputs["x"], loaded.train.targets["share"]]
    arrays = [one.make(one.references).numpy() if hasattr(one, "make") else one for one in found]
    for row, taken, target in zip(loaded.train.rows, *arrays, strict=True):
        n = int(row) + 1
        assert taken[0] == pytest.approx(math.log1p(n * 1000 + n % 10 * 100 + 0.5))
        assert target[0] == n % 7
