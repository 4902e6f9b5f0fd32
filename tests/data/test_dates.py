"""Dates and times as inputs: their parts, of text and of typed columns, held and streamed."""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from modelspec.tabular import date_hint, dates, parse_date

FORMS = (
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%d.%m.%Y",
    "%d.%m.%Y %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%d %b %Y",
    "%B %d, %Y",
    "%b %d, %Y %H:%M:%S.%f",
    "%Y.%m.%d %H:%M",
    "%Y-%m-%d %I:%M %p",
    "%Y/%m/%d %I:%M:%S %p",
    "%d.%m.%Y %I:%M %p",
    "%b %d, %Y %I:%M %p",
)


@pytest.mark.parametrize("form", FORMS)
def test_common_forms(form: str) -> None:
    for days in range(0, 800, 37):
        date = datetime(2023, 1, 1) + timedelta(days=days, hours=days % 24)
        text = date.strftime(form)
        assert parse_date(text, None) == datetime.strptime(text, form)


@pytest.mark.parametrize("form", FORMS)
def test_few_forms_are_tried(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python keeps five compiled forms: with more of them, each date took half a millisecond."""
    tried: list[str] = []
    monkeypatch.setattr(dates, "_parsed", lambda _, one: tried.append(one))
    text = datetime(2024, 5, 31, 14, 30).strftime(form)
    dates.parse_date(text, None)
    assert len(tried) <= 2


@pytest.mark.parametrize("text", ["05/06/2024", "5-6-2024", "12", "", "2024-13-01", "10:30"])
def test_nothing_is_guessed(text: str) -> None:
    assert parse_date(text, None) is None


def test_half_days() -> None:
    assert parse_date("May 31, 2024 2:05pm", None) == datetime(2024, 5, 31, 14, 5)
    assert parse_date("12:30 AM", None, is_time=True) == datetime(2000, 1, 1, 0, 30)
    assert parse_date("12:30 AM", None) is None
    assert parse_date("2024-05-31 14:05 PM", None) is None


@pytest.mark.parametrize("clock", ["", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p"])
@pytest.mark.parametrize("mark", "/-")
def test_a_form_of_the_hint_reads_the_date(mark: str, clock: str) -> None:
    text = datetime(2024, 5, 6, 14, 30, 59).strftime(f"%d{mark}%m{mark}%Y{clock}")
    forms = re.findall(r'format: "([^"]+)"', date_hint(text, None))
    assert len(forms) == 2
    found = [datetime.strptime(text, form) for form in forms]
    assert {(date.day, date.month) for date in found} == {(6, 5), (5, 6)}


def test_times_and_zones() -> None:
    assert parse_date("10:30", None, is_time=True) == datetime(2000, 1, 1, 10, 30)
    found = parse_date("2024-05-31T10:30:00+02:00", None)
    assert found is not None
    assert found.hour == 10


MODEL = """
  sequential:
    input: {shape: [SIZE], name: when}
    layers: [Dense: {units: 1, name: y}]
"""
DATA = "{train: {csv: t.csv}, inputs: {when: INPUT}, targets: {y: y}, stream: STREAM}"


def rows(count: int) -> list[datetime]:
    return [datetime(2024, 1, 1) + timedelta(days=11 * i, hours=i) for i in range(count)]


@pytest.mark.tensorflow
@pytest.mark.parametrize("stream", ["true", "false"])
@pytest.mark.parametrize("source", ["csv", "parquet"])
def test_parts_of_dates(load: Any, tmp_path: Path, source: str, stream: str) -> None:
    import numpy as np

    dates = rows(40)
    lines = [f"{date:%Y-%m-%d %H:%M:%S},{i}" for i, date in enumerate(dates)]
    if source == "parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        table = {"at": pa.array(dates, pa.timestamp("us")), "y": list(range(40))}
        pq.write_table(pa.table(table), tmp_path / "t.parquet")
    data = DATA.replace("STREAM", stream).replace("csv: t.csv", f"{source}: t.{source}")
    given = data.replace("INPUT", "{column: at, date: [year, month, week, weekday, hour]}")
    files = {"t.csv": "\n".join(["at,y", *lines, ""])}
    made, findings = load(given, files, MODEL.replace("SIZE", "5"))
    assert not findings
    expected = [[d.year, d.month, d.isocalendar().week, d.weekday(), d.hour] for d in dates]
    assert values(made) == expected
    given = data.replace("INPUT", "{column: at, date: [month, hour], cyclic: true}")
    made, findings = load(given, files, MODEL.replace("SIZE", "4"))
    assert not findings
    turns = [((d.month - 1) / 12, d.hour / 24) for d in dates]
    circle = [[f(2 * math.pi * x) for x in pair for f in (math.sin, math.cos)] for pair in turns]
    assert np.allclose(values(made), circle, atol=1e-6)


def values(made: Any) -> list[list[float]]:
    import tensorflow as tf

    from modelspec.data.table.table import LazyArray

    found = made.train.inputs["when"]
    if isinstance(found, LazyArray):
        found = found.make(tf.constant(found.references)).numpy()
    result: list[list[float]] = found.tolist()
    return result


@pytest.mark.tensorflow
def test_missing_dates_follow_their_rule(load: Any) -> None:
    lines = ["2024-02-01,1", ",2", "2024-03-01,3", ""]
    files = {"t.csv": "\n".join(["at,y", *lines])}
    data = DATA.replace("STREAM", "false").replace("INPUT", "{column: at, date: month}")
    model = MODEL.replace("SIZE", "1")
    _, findings = load(data, files, model)
    assert "values are missing: `at` 1" in findings[0]
    made, findings = load(data[:-1] + ", missing: {at: drop}}", files, model)
    assert not findings
    assert values(made) == [[2], [3]]
    made, findings = load(data[:-1] + ", missing: {at: 2024-07-01}}", files, model)
    assert not findings
    assert values(made) == [[2], [7], [3]]
    _, findings = load(data[:-1] + ", missing: {at: mean}}", files, model)
    assert "holds text, which has no mean" in findings[0]


@pytest.mark.tensorflow
def test_dates_of_a_time_series(load: Any) -> None:
    import tensorflow as tf

    lines = [f"{date:%d.%m.%Y},{i}" for i, date in enumerate(rows(9))]
    model = """
  functional:
    inputs: {when: {shape: [2, 1]}, past: {shape: [2, 1]}}
    layers: {both: Concatenate, flat: Flatten, y: {Dense: {units: 1}}}
    edges: ["when, past -> both -> flat -> y"]
    outputs: y
"""
    data = (
        "{train: {timeseries: {csv: t.csv, window: 2}}, targets: {y: y},"
        " inputs: {past: [y], when: {column: at, date: month}}}"
    )
    made, findings = load(data, {"t.csv": "\n".join(["at,y", *lines, ""])}, model)
    assert not findings
    found = made.train.inputs["when"]
    months = [date.month for date in rows(9)]
    expected = [[[months[i]], [months[i + 1]]] for i in range(7)]
    assert found.make(tf.constant(found.references)).numpy().tolist() == expected
