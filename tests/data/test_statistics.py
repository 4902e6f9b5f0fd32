"""What is learned is learned from the training split alone: means, medians, labels."""

from __future__ import annotations

from typing import Any

import pytest
from data_cases import TWO_INPUTS, errors_of, table

pytestmark = pytest.mark.tensorflow

FILES = {"t.csv": "x1,x2,kind\n1,4,a\n3,,b\n,6,a\n8,6,c\n", "v.csv": "x1,x2,kind\n,,a\n100,100,c\n"}


def test_means_and_medians_are_those_of_train(load: Any) -> None:
    data, findings = load(
        "{train: {csv: t.csv}, test: {csv: v.csv}, targets: kind, missing: {x1: mean, x2: median}}",
        FILES,
    )
    assert not findings
    assert data.learned.fills == {"x1": 4.0, "x2": 6.0}
    assert data.train.inputs["x"].tolist() == [[1, 4], [3, 6], [4, 6], [8, 6]]
    assert data.test.inputs["x"].tolist() == [[4, 6], [100, 100]]


def test_rows_of_a_share_do_not_reach_the_statistics(load: Any) -> None:
    lines = table(200).replace("\n10,", "\n,").replace("\n150,", "\n,")
    section = (
        "{train: {csv: t.csv}, test: 0.3, validation: 0.2, targets: kind, missing: {x1: mean}}"
    )
    for seed in range(5):
        data, findings = load(section, {"t.csv": lines}, seed=seed)
        assert not findings
        known = [x1 for x1, x2 in data.train.inputs["x"].tolist() if x1 == -x2]
        assert data.learned.fills["x1"] == pytest.approx(sum(known) / len(known), rel=1e-6)
        assert data.learned.fills["x1"] != pytest.approx(99.59, abs=1e-2)  # the mean of all rows


def test_a_value_stands_in(load: Any) -> None:
    data, findings = load(
        "{train: {csv: t.csv}, inputs: {numbers: [x1, x2], word: kind}, targets: x1,"
        " missing: {x1: -1, x2: 0.5, kind: none}}",
        {"t.csv": "x1,x2,kind\n,,\n2,3,a\n"},
        TWO_INPUTS,
    )
    assert not errors_of(findings)
    assert data.train.inputs["numbers"].tolist() == [[-1, 0.5], [2, 3]]
    assert data.train.inputs["word"].tolist() == [["none"], ["a"]]


def test_dropped_rows_are_in_no_split(load: Any) -> None:
    data, findings = load(
        "{train: {csv: t.csv}, test: {csv: v.csv}, targets: kind, missing: {x1: drop, x2: drop}}",
        FILES,
    )
    assert not findings
    assert data.train.inputs["x"].tolist() == [[1, 4], [8, 6]]
    assert data.train.rows.tolist() == [0, 3]
    assert len(data.test) == 1


@pytest.mark.parametrize("null", ["", "NA", "NaN", "null", '""', '"NA"'])
def test_missing_values_without_a_rule_are_counted_by_column(load: Any, null: str) -> None:
    lines = f"x1,x2,kind\n1,{null},a\n3,4,b\n{null},{null},c\n"
    loaded, findings = load("{train: {csv: t.csv}, targets: kind}", {"t.csv": lines})
    assert loaded is None
    assert len(findings) == 1
    assert "`x1` 1, `x2` 2 (the first in t.csv, row 2)" in findings[0]
    assert "missing: {x1: drop, x2: drop}" in findings[0]


def test_a_column_that_nothing_uses_may_miss_values(load: Any) -> None:
    data, findings = load(
        "{train: {csv: t.csv}, inputs: [x1, x2], targets: kind}",
        {"t.csv": "x1,x2,note,kind\n1,2,,a\n3,4,NA,b\n"},
    )
    assert not findings
    assert len(data.train) == 2


@pytest.mark.parametrize(
    ("missing", "code", "words"),
    [
        ("{x11: drop}", "unknown-column", 'did you mean "x1"'),
        ("{note: drop}", "unused-column", "which no input, target or weight uses"),
        ("{kind: mean}", "missing-target", "kind: drop"),
        ("{x1: zero}", "missing-rule", '"zero" is not a number'),
    ],
)
def test_rules_that_make_no_sense(load: Any, missing: str, code: str, words: str) -> None:
    loaded, findings = load(
        f"{{train: {{csv: t.csv}}, inputs: [x1, x2], targets: kind, missing: {missing}}}",
        {"t.csv": "x1,x2,note,kind\n1,2,u,a\n3,4,v,b\n"},
    )
    assert loaded is None
    assert len(findings) == 1
    assert f"[{code}]" in findings[0]
    assert words in findings[0]


def test_labels_are_those_of_train_in_order(load: Any) -> None:
    data, findings = load(
        "{train: {csv: t.csv}, targets: {kind: {column: kind, labels: auto}}}",
        {"t.csv": "x1,x2,kind\n1,1,10\n1,1,9\n1,1,2\n1,1,9\n"},
    )
    assert not findings
    assert data.learned.labels == {"kind": ("2", "9", "10")}
    assert data.train.targets["kind"].tolist() == [[2], [1], [0], [1]]


def test_given_labels_keep_their_order(load: Any) -> None:
    data, _ = load(
        "{train: {csv: t.csv}, targets: {kind: {column: kind, labels: [c, b, a]}}}",
        {"t.csv": table(4)},
    )
    assert data.learned.labels == {"kind": ("c", "b", "a")}
    assert data.train.targets["kind"].tolist() == [[2], [1], [0], [2]]


def test_a_label_that_train_lacks_is_named_with_its_row(load: Any) -> None:
    _, findings = load(
        "{train: {csv: t.csv}, test: {csv: v.csv}, targets: kind}",
        {"t.csv": table(9), "v.csv": "x1,x2,kind\n1,1,a\n1,1,bb\n1,1,d\n"},
    )
    assert len(findings) == 1
    assert 'the label "bb" of `kind` in v.csv, row 3 does not occur in the training' in findings[0]
    assert "[unknown-label]" in findings[0]


def test_a_label_that_is_not_in_the_list(load: Any) -> None:
    _, findings = load(
        "{train: {csv: t.csv}, targets: {kind: {column: kind, labels: [a, bee]}}}",
        {"t.csv": table(3, "ab")},
    )
    assert len(findings) == 1
    assert 'the label "b" of `kind` in t.csv, row 3 is not one of `labels`' in findings[0]


def test_one_class_only(load: Any) -> None:
    _, findings = load("{train: {csv: t.csv}, targets: kind}", {"t.csv": table(4, "a")})
    assert len(findings) == 1
    assert "[one-class]" in findings[0]
