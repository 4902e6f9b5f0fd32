"""jsonl: what each line becomes, and the findings of lines that are not rows."""

from __future__ import annotations

import json
from typing import Any

import pytest

DATA = "{train: {jsonl: t.jsonl}, inputs: [x1, x2], targets: kind, missing: {x2: mean}}"


def lines(*rows: Any) -> dict[str, str]:
    return {"t.jsonl": "\n".join(json.dumps(row) for row in rows) + "\n"}


def test_rows_with_keys_that_are_missing(load: Any) -> None:
    rows = [{"x1": 1, "x2": 2.5, "kind": "a"}, {"kind": "b", "x1": 3}, {"x1": 2, "x2": None}]
    rows[2]["kind"] = "a"
    data, findings = load(DATA, lines(*rows))
    assert findings == []
    assert data.train.inputs["x"].tolist() == [[1, 2.5], [3, 2.5], [2, 2.5]]
    assert data.learned.labels["kind"] == ("a", "b")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "t.jsonl has no rows"),
        ("[1]\n", "t.jsonl, row 1 is not a JSON object: [1]"),
        (
            '{"x1": 1, "x2": 1, "kind": "a"}\n\n{"x1": \n',
            't.jsonl, row 2 is not a JSON object: {"x1":',
        ),
        (
            '{"x1": 1, "x2": 1, "kind": "a"}\n{"x1": "no", "x2": 1, "kind": "b"}\n',
            "`x1` of t.jsonl is text in row 2 and a number in row 1",
        ),
        ('{"x1": 1, "kind": "a"}\n', "t.jsonl has no column `x2`"),
    ],
)
def test_bad_lines(load: Any, text: str, message: str) -> None:
    data, findings = load(DATA, {"t.jsonl": text})
    assert data is None
    assert message in findings[0]
