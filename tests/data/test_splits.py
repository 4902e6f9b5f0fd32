"""Splits are shuffled, seeded and stratified, and no row is in two of them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from data_cases import table

pytestmark = pytest.mark.tensorflow

SHARES = "{train: {csv: t.csv}, validation: 0.15, test: 0.2, targets: kind, stratify: kind}"


def rows(examples: Any) -> list[float]:
    return examples.inputs["x"][:, 0].tolist()


@pytest.mark.parametrize("total", [5, 17, 100, 1003])
@pytest.mark.parametrize("seed", [0, 1, 2**31 - 1])
def test_every_row_is_in_exactly_one_split(load: Any, total: int, seed: int) -> None:
    data, findings = load(SHARES, {"t.csv": table(total)}, seed=seed)
    assert not findings
    found = [rows(part) for part in (data.train, data.validation, data.test)]
    assert sorted([*found[0], *found[1], *found[2]]) == list(range(total))
    assert len(found[1]) == max(1, round(0.15 * total))
    assert len(found[2]) == max(1, round(0.2 * total))


def test_splits_follow_the_seed_and_are_no_slices(load: Any) -> None:
    first, _ = load(SHARES, {"t.csv": table(100)}, seed=3)
    again, _ = load(SHARES, {"t.csv": table(100)}, seed=3)
    other, _ = load(SHARES, {"t.csv": table(100)}, seed=4)
    assert rows(first.test) == rows(again.test)
    assert rows(first.test) != rows(other.test)
    assert max(rows(first.train)) > min(rows(first.test)) < max(rows(first.test)) - 40


def test_each_split_has_each_class_in_proportion(load: Any) -> None:
    kinds = "a" * 10 + "b" * 4 + "c"
    data, findings = load(SHARES, {"t.csv": table(1500, kinds)}, seed=1)
    assert not findings
    for part, share in ((data.train, 0.65), (data.validation, 0.15), (data.test, 0.2)):
        counts = Counter(part.targets["kind"][:, 0].tolist())
        for label, of_all in enumerate((1000, 400, 100)):
            assert abs(counts[label] - share * of_all) <= 1


def test_a_class_with_one_row_is_trained_on(load: Any) -> None:
    lines = table(60, "ab") + "60,-60,rare\n"
    for seed in range(20):
        data, findings = load(SHARES, {"t.csv": lines}, seed=seed)
        assert not findings
        assert 60 in rows(data.train)


def test_sources_of_their_own(load: Any) -> None:
    data, findings = load(
        "{train: {csv: t.csv}, validation: 0.5, test: {csv: other.csv}, targets: kind}",
        {"t.csv": table(10), "other.csv": "x2,kind,x1\n7,b,5\n"},
    )
    assert not findings
    assert len(data.train) == len(data.validation) == 5
    assert data.test.inputs["x"].tolist() == [[5, 7]]
    assert data.test.targets["kind"].tolist() == [[1]]


@pytest.mark.parametrize(
    "data",
    [
        "{train: {csv: t.csv}, test: {csv: t.csv}, targets: kind}",
        '{train: {csv: "*.csv"}, test: {csv: sub/../t.csv}, targets: kind}',
        "{train: {csv: o.csv}, validation: {csv: t.csv}, test: {csv: [t.csv]}, targets: kind}",
    ],
)
def test_a_file_in_two_splits_is_a_leak(load: Any, data: str) -> None:
    loaded, findings = load(data, {"t.csv": table(9), "o.csv": table(9), "sub/x": ""})
    assert loaded is None
    assert len(findings) == 1
    assert "[leaking-split]" in findings[0]


def test_a_file_named_twice_counts_once(load: Any) -> None:
    data, findings = load(
        '{train: {csv: [t.csv, "*.csv", sub/../t.csv]}, targets: kind}',
        {"t.csv": table(9), "sub/x": ""},
    )
    assert not findings
    assert sorted(rows(data.train)) == list(range(9))


def test_several_files_are_one_table(load: Any) -> None:
    data, findings = load(
        "{train: {csv: parts/*.csv}, test: 0.3, targets: kind}",
        {"parts/b.csv": "x1,x2,kind\n3,1,a\n4,1,b\n", "parts/a.csv": table(3)},
    )
    assert not findings
    assert sorted(rows(data.train) + rows(data.test)) == [0, 1, 2, 3, 4]
    assert data.train.table.locate(3) == "parts/b.csv, row 2"
    assert data.train.table.locate(2) == "parts/a.csv, row 4"


def test_shares_that_leave_nothing(load: Any) -> None:
    _, findings = load("{train: {csv: t.csv}, validation: 0.5, test: 0.5, targets: kind}", {})
    assert len(findings) == 1
    assert "[no-training-share]" in findings[0]


NUMBERS = "sequential: {input: {shape: [1], name: x}, layers: [Dense: {units: 1, name: y}]}"
CLASSES = NUMBERS.replace("units: 1", "units: 3, activation: softmax")


def test_rows_of_both_other_splits_that_are_in_training(load: Any) -> None:
    """Two warnings at one place would be given as one, as if a `repeat` had expanded it."""
    lines = "x,y,s\n" + "".join(f"{i % 20}.5,{i % 20},{'rrvt'[i // 20]}\n" for i in range(80))
    data = (
        "{train: {csv: t.csv}, split: {column: s, validation: v, test: t}, inputs: x, targets: y}"
    )
    _, (said,) = load(data, {"t.csv": lines}, f"{{{NUMBERS}}}")
    assert (
        "20 of 20 rows of the validation split and 20 of 20 rows of the test split are in" in said
    )
    assert "t.csv, row 42, the same as t.csv, row 2" in said and "once more" not in said


def test_classes_that_both_other_splits_lack(load: Any) -> None:
    lines = "x,y\n" + "".join(f"{i}.25,{'rare' if i == 7 else 'ab'[i % 2]}\n" for i in range(90))
    data = "{train: {csv: t.csv}, validation: 0.2, test: 0.2, inputs: x, targets: y}"
    found = (load(data, {"t.csv": lines}, f"{{{CLASSES}}}", seed) for seed in range(9))
    _, (said,) = next(one for one in found if one[0] is not None)  # in which the row trains
    assert 'the validation split has no row of the class "rare" and the test split' in said
    assert "once more" not in said
