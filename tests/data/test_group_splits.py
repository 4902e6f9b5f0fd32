"""Splits by time and in whole groups: no group in two splits or folds, whatever the seed."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.tensorflow

SHARES = st.sampled_from([0.0, 0.1, 0.3])


def split(section: str, columns: dict[str, list[Any]], seed: int) -> dict[str, list[int]]:
    """Split name to its rows, of a table of these columns."""
    import numpy as np

    from modelspec.data.prepare.splits import split_tables
    from modelspec.data.prepare.value_checks import CheckedTable
    from modelspec.data.table import Column, Table
    from modelspec.diagnostics import Findings
    from modelspec.document import load
    from modelspec.spec.data import parse_data

    findings = Findings()
    document = load(f"train: {{csv: t.csv}}\ntargets: y\n{section}", "spec.yaml", findings)
    assert document is not None
    data = parse_data(document, findings)
    assert not findings.has_errors
    count = len(next(iter(columns.values())))
    whole = {
        name: Column(np.asarray(values), np.zeros(count, dtype=np.bool_))
        for name, values in columns.items()
    }
    checked = CheckedTable(Table(whole, count, []), np.arange(count))
    return {n: r.tolist() for n, r in split_tables(data, {"train": checked}, {}, seed).items()}


@settings(max_examples=150, deadline=None)
@given(
    groups=st.lists(st.integers(0, 9), min_size=8, max_size=60).filter(lambda g: len(set(g)) > 3),
    shares=st.tuples(SHARES, SHARES),
    by=st.sampled_from(["", "test", "validation", "both"]),
    seed=st.integers(0, 2**32 - 1),
)
def test_no_group_is_in_two_splits(
    groups: list[int], shares: tuple[float, float], by: str, seed: int
) -> None:
    lines = ["group: g"]
    for name, share in zip(("validation", "test"), shares, strict=True):
        if share:
            is_latest = by in (name, "both")
            lines.append(f"{name}: " + (f"{{share: {share}, by: t}}" if is_latest else f"{share}"))
    times = random.Random(seed).choices(range(20), k=len(groups))
    found = split("\n".join(lines), {"g": groups, "t": times}, seed)
    assert sorted(row for rows in found.values() for row in rows) == list(range(len(groups)))
    assert all(rows for rows in found.values())
    members = [{groups[row] for row in rows} for rows in found.values()]
    assert sum(map(len, members)) == len(set(groups))


@settings(max_examples=100, deadline=None)
@given(
    groups=st.lists(st.integers(0, 9), min_size=8, max_size=60).filter(lambda g: len(set(g)) > 3),
    test=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
    data=st.data(),
)
def test_no_group_is_in_two_folds(groups: list[int], test: bool, seed: int, data: Any) -> None:
    parts = data.draw(st.integers(2, len(set(groups)) - test))
    section = f"folds: {{parts: {parts}, group: g}}" + "\ntest: 0.1" * test
    each = [split(f"{section}\nfold: {n + 1}", {"g": groups}, seed) for n in range(parts)]
    held = sorted(row for one in each for row in one["validation"])
    tested = each[0]["test"] if test else []
    assert sorted([*held, *tested]) == list(range(len(groups)))
    folds = [{groups[row] for row in one["validation"]} for one in each]
    assert sum(map(len, folds)) == len(set(groups)) - len({groups[row] for row in tested})
    for one in each:
        train, held_out = ({groups[row] for row in one[name]} for name in ("train", "validation"))
        assert not train & held_out
    if parts == len(set(groups)) and not test:
        assert folds == [{group} for group in sorted(set(groups))]


@settings(max_examples=100, deadline=None)
@given(times=st.lists(st.integers(0, 30), min_size=5, max_size=60), seed=st.integers(0, 2**32 - 1))
def test_the_latest_rows_test(times: list[int], seed: int) -> None:
    section = "test: {share: 0.2, by: t}\nvalidation: {share: 0.2, by: t}"
    found = split(section, {"t": times}, seed)
    assert len(found["test"]) == len(found["validation"]) == max(1, round(0.2 * len(times)))
    train, validation, test = ([times[row] for row in found[n]] for n in found)
    assert max(train) <= min(validation)
    assert max(validation) <= min(test)


def test_shares_are_met_as_nearly_as_groups_allow() -> None:
    groups = [row // 5 for row in range(500)]
    for seed in range(20):
        found = split("group: g\nvalidation: 0.1\ntest: 0.2", {"g": groups}, seed)
        assert [len(rows) for rows in found.values()] == [350, 50, 100]


def test_the_seed_of_the_data_decides_alone(load: Any) -> None:
    text = "x1,x2,kind\n" + "".join(f"{i},{-i},{'abc'[i % 3]}\n" for i in range(40))
    section = "{{train: {{csv: t.csv}}, test: 0.25, targets: kind{}}}"
    tests = [
        load(section.format(extra), {"t.csv": text}, seed=seed)[0].test.rows.tolist()
        for extra, seed in ((", seed: 5", 1), (", seed: 5", 2), ("", 5), ("", 1))
    ]
    assert tests[0] == tests[1] == tests[2] != tests[3]


def test_dates_as_people_write_them(load: Any) -> None:
    days = [f"{1 + i % 28}.{1 + i % 12}.{2020 + i % 3}" for i in range(30)]
    text = "x1,x2,when,kind\n" + "".join(f"{i},0,{d},{'ab'[i % 2]}\n" for i, d in enumerate(days))
    for extra in ("", ', format: "%d.%m.%Y"'):
        section = f"{{train: {{csv: t.csv}}, test: {{share: 0.2, by: when{extra}}}, targets: kind}}"
        data, findings = load(section, {"t.csv": text})
        assert not findings
        assert {days[row][-4:] for row in data.test.rows.tolist()} == {"2022"}
        assert data.train.inputs["x"].shape == (24, 2)
