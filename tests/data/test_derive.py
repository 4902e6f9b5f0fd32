"""Derived columns: whole columns have the values that single rows have, and nothing is learned."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelspec.diagnostics import Findings
from modelspec.document import load as load_document
from modelspec.spec.data import Derived, parse_data

pytestmark = pytest.mark.tensorflow

FORMS = [
    "{log: a}",
    "{log1p: a}",
    "{log10: a}",
    "{sqrt: a}",
    "{exp: a}",
    "{abs: a}",
    "{clip: a, min: -1, max: 2}",
    "{clip: a, max: 0.5}",
    "{bins: a, edges: [-1, 0, 2]}",
    "'${a / b}'",
    "'${a // b + a % b}'",
    "'${a ** b - -a}'",
    "'${min(a, b, 2) + max(a, b)}'",
    "'${int(a) + round(b)}'",
    "'${a > b}'",
    "'${0 < a <= b and not b == 2}'",
    "'${a < 0 or 1 / a > b}'",
    "'${a / b if b > 0 else a}'",
    "'${t == \"x\" and a > 0}'",
    '\'${row["t"] != "y"}\'',
]
PARTS = ["year", "quarter", "month", "week", "day", "yearday", "weekday", "is_weekend"]
PARTS += ["hour", "minute", "second"]
NUMBERS = st.one_of(
    st.none(), st.integers(-3, 3).map(float), st.floats(-1e3, 1e3).map(lambda x: round(x, 3))
)
ROWS = st.lists(st.tuples(NUMBERS, NUMBERS, st.sampled_from(["x", "y", None])), min_size=1)


def derived(form: str) -> Derived:
    findings = Findings()
    text = f"train: {{csv: t.csv}}\ntargets: y\nderive:\n  made: {form}\n"
    document = load_document(text, "spec.yaml", findings)
    assert document is not None
    data = parse_data(document, findings)
    assert not findings.has_errors, list(findings)
    return next(iter(data.derive.values()))


def made(one: Derived, columns: dict[str, list[Any]]) -> list[float | None]:
    """The column of several rows."""
    import numpy as np

    from modelspec.data.table import Column, Table, with_derived

    found = {}
    for name, values in columns.items():
        missing = np.asarray([value is None for value in values])
        is_text = any(isinstance(value, str) for value in values) or name in ("t", "from", "to")
        filled = [("" if is_text else 0.0) if value is None else value for value in values]
        found[name] = Column(np.asarray(filled, dtype=object if is_text else float), missing)
    rows = len(next(iter(columns.values())))
    column = with_derived(Table(found, rows, []), [one.name], {one.name: one}).columns[one.name]
    pairs = zip(column.values.tolist(), column.missing.tolist(), strict=True)
    return [None if gone else value for value, gone in pairs]


def same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=25, deadline=None)
@given(rows=ROWS)
def test_whole_columns_are_as_their_rows(form: str, rows: list[tuple[Any, Any, Any]]) -> None:
    one = derived(form)
    columns = dict(zip("abt", map(list, zip(*rows, strict=True)), strict=True))
    each = [one.of_row(dict(zip("abt", row, strict=True))) for row in rows]
    whole = made(one, columns)
    assert all(map(same, whole, each)), (form, rows, whole, each)


@settings(max_examples=60, deadline=None)
@given(
    part=st.sampled_from(PARTS),
    dates=st.lists(st.one_of(st.none(), st.datetimes()), min_size=1, max_size=300),
    iso=st.booleans(),
)
def test_parts_of_dates(part: str, dates: list[Any], iso: bool) -> None:
    form = "" if iso else ", format: '%Y|%m|%d %H:%M:%S'"
    one = derived(f"{{date: from, part: {part}{form}}}")
    dates = [None if d is None else d.replace(microsecond=0) for d in dates]
    words = [None if d is None else d.isoformat() for d in dates]
    if not iso:
        words = [
            None if d is None else f"{d.year:04}|{d.month}|{d.day} {d.hour}:{d.minute}:{d.second}"
            for d in dates
        ]
    each = [one.of_row({"from": date}) for date in dates]
    assert made(one, {"from": words}) == each


@settings(max_examples=40, deadline=None)
@given(pairs=st.lists(st.tuples(st.datetimes(), st.datetimes()), min_size=1))
def test_lengths_of_time(pairs: list[tuple[Any, Any]]) -> None:
    one = derived("{date: from, until: to, unit: hours}")
    columns = {name: [p[i].isoformat() for p in pairs] for i, name in enumerate(("from", "to"))}
    each = [one.of_row({"from": first, "to": last}) for first, last in pairs]
    assert all(map(same, made(one, columns), each))
    since = derived("{date: to, since: '2024-02-29T12:00', unit: weeks}")
    later = [since.of_row({"to": last}) for _, last in pairs]
    assert all(map(same, made(since, {"to": columns["to"]}), later))
    assert since.of_row({"to": datetime(2024, 3, 7, 12)}) == 1.0


ZONES = st.one_of(st.none(), st.integers(-12, 14).map(lambda h: timezone(timedelta(hours=h))))
TIMES = st.datetimes(datetime(1970, 1, 1), datetime(2040, 1, 1), timezones=ZONES)


@settings(max_examples=60, deadline=None)
@given(pairs=st.lists(st.tuples(TIMES, TIMES), min_size=1))
def test_lengths_of_time_across_zones(pairs: list[tuple[datetime, datetime]]) -> None:
    """Midnight in New York is five hours after midnight in London."""
    columns = {name: [p[i].isoformat() for p in pairs] for i, name in enumerate(("from", "to"))}
    in_utc = [[t if t.tzinfo else t.replace(tzinfo=UTC) for t in pair] for pair in pairs]
    until = derived("{date: from, until: to, unit: hours}")
    truth = [(last - first) / timedelta(hours=1) for first, last in in_utc]
    assert all(map(same, made(until, columns), truth))
    assert all(map(same, [until.of_row({"from": a, "to": b}) for a, b in pairs], truth))
    since = derived("{date: to, since: '2024-03-31T02:00+02:00', unit: hours}")
    start = datetime(2024, 3, 31, tzinfo=UTC)
    later = [(last - start) / timedelta(hours=1) for _, last in in_utc]
    assert all(map(same, made(since, {"to": columns["to"]}), later))
    hours = made(derived("{date: to, part: hour}"), {"to": columns["to"]})
    assert hours == [last.hour for _, last in pairs], "parts are as written"


def test_the_last_date_of_all_has_a_length_in_any_zone() -> None:
    until = derived("{date: from, until: to}")
    dates = {"from": ["9999-12-30T00:00-05:00"], "to": ["9999-12-31T23:00-05:00"]}
    [found] = made(until, dates)
    assert found is not None and found > 0.7


def values(examples: Any) -> Any:
    """The array of an input, also of one that is read batch by batch."""
    from modelspec.data.table import LazyArray

    found = examples.inputs["x"]
    return found.make(found.references).numpy() if isinstance(found, LazyArray) else found


SECTION = (
    "{train: {csv: t.csv}, validation: 0.2, test: 0.2, stratify: kind, targets: kind,"
    " derive: {late: {date: day, part: month}, rate: '${b / a}', b: {log1p: b}},"
    " inputs: {x: [late, rate]}, where: {b: {min: 0}}, missing: {rate: median}, stream: STREAM}"
)


def lines(rows: int) -> list[list[Any]]:
    chance = random.Random(3)
    return [
        [f"2024-{1 + i % 12:02}-03", i % 61, round(chance.random(), 3), "abc"[i % 3]]
        for i in range(rows)
    ]


def text(rows: list[list[Any]]) -> str:
    return "\n".join(["day,a,b,kind", *(",".join(map(str, row)) for row in rows), ""])


@pytest.mark.parametrize("stream", ["false", "true"])
def test_nothing_is_learned_from_other_splits(load: Any, tmp_path: Path, stream: str) -> None:
    section, rows = SECTION.replace("STREAM", stream), lines(90)
    before, findings = load(section, {"t.csv": text(rows)})
    assert not findings
    changed = [row.copy() for row in rows]
    for part in (before.validation, before.test):
        for row in part.rows.tolist():
            changed[row][:3] = ["1990-12-31", 1, 1e6 + row]
    after, findings = load(section, {"t.csv": text(changed)})
    assert not findings
    assert after.learned == before.learned
    assert (values(after.train) == values(before.train)).all()
    assert after.train.rows.tolist() == before.train.rows.tolist()


def test_a_stream_has_the_values_of_a_table_in_memory(load: Any) -> None:
    rows = text(lines(90))
    parts = [load(SECTION.replace("STREAM", s), {"t.csv": rows})[0] for s in ("false", "true")]
    for name in ("train", "validation", "test"):
        whole, streamed = (getattr(one, name) for one in parts)
        assert (values(streamed) == values(whole)).all()


def test_an_input_without_columns_takes_derived_ones(load: Any) -> None:
    section = "{train: {csv: t.csv}, targets: kind, derive: {m: {date: day, part: month},"
    section += " b: {log1p: b}}, where: {a: {min: 0}}}"
    data, findings = load(section, {"t.csv": text(lines(30))})
    assert not findings
    assert set(data.learned.unused_columns) == {"m", "b"}


BINS = (
    "{train: {csv: t.csv}, validation: 0.2, test: 0.2, targets: kind, stream: STREAM,"
    " derive: {band: {bins: b, quantiles: 4}, rate: '${b / a}'}, inputs: {x: [band, rate]},"
    " missing: {rate: median}}"
)


@pytest.mark.parametrize("stream", ["false", "true"])
def test_bins_have_as_many_training_rows(load: Any, stream: str) -> None:
    import numpy as np

    section, rows = BINS.replace("STREAM", stream), lines(90)
    data, findings = load(section, {"t.csv": text(rows)})
    assert not findings
    counts = np.bincount(values(data.train)[:, 0].astype(int), minlength=4)
    assert counts.sum() == 54 and set(counts.tolist()) <= {13, 14}
    for part in (data.validation, data.test):
        for row in part.rows.tolist():
            rows[row][2] = 1e6 + row
    other, findings = load(section, {"t.csv": text(rows)})
    assert not findings
    assert other.learned.edges == data.learned.edges
    assert (values(other.test)[:, 0] == 3).all()


def test_edges_are_kept_for_new_data(load: Any) -> None:
    from modelspec.data.prepare import LearnedState

    data, _ = load(BINS.replace("STREAM", "false"), {"t.csv": text(lines(90))})
    kept = LearnedState.from_dict(data.learned.to_dict())
    assert kept == data.learned
    assert len(kept.edges["band"]) == 3


def test_params_in_expressions_of_columns() -> None:
    from modelspec.spec.expressions import with_params

    params = {"city": "Oslo", "least": -1.5, "yes": True, "row": 3}
    pairs = {
        "${a > least and b == city}": '${a > (-1.5) and b == "Oslo"}',
        "${row['city'] == city or yes}": "${row['city'] == \"Oslo\" or true}",
        "${a ** least}": "${a ** (-1.5)}",
    }
    assert {one: with_params(one, params) for one in pairs} == pairs


def test_patterns_take_derived_columns_but_not_what_targets_are_made_of(load: Any) -> None:
    section = "{train: {csv: t.csv}, targets: {y: rate}, inputs: {x: {except: [kind]}},"
    section += " derive: {rate: '${b / 2}', m: {date: day, part: month}, log_a: {log1p: a}}}"
    model = (
        "{sequential: {input: {shape: [null], name: x}, layers: [{Dense: {units: 1, name: y}}]}}"
    )
    data, findings = load(section, {"t.csv": text(lines(30))}, model=model)
    assert not findings
    assert [use.column for use in data.plan.uses if use.is_input] == ["m", "log_a"]
