"""What a column is used for is an enum; its text is for messages, and decides nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelspec.data.table import column_uses
from modelspec.data.table.column_uses import ANY, ColumnUse, Purpose, drop_purposes, purpose_text
from modelspec.diagnostics import Span

SPAN = Span("spec.yaml", 1, 1, 1, 1)
USES = [ColumnUse("c", ANY, purpose, SPAN, "x") for purpose in Purpose]


def decisions() -> list[tuple[bool, bool, bool]]:
    return [(use.is_input, use.orders_rows, use.is_read_in_chunks) for use in USES]


def test_a_kept_column_is_not_an_input() -> None:
    kept = ColumnUse("c", ANY, Purpose.KEEP, SPAN, "c")
    assert not kept.is_input
    assert kept.is_read_in_chunks  # so that predicting a large file keeps no column in memory


def test_rewording_the_texts_changes_no_decision(monkeypatch: pytest.MonkeyPatch) -> None:
    before, strata = decisions(), drop_purposes(USES, Purpose.STRATIFY)
    assert purpose_text(Purpose.INPUT, "x") == "the input `x`"
    monkeypatch.setattr(column_uses, "_TEXTS", dict.fromkeys(Purpose, "the input `stratify`"))
    assert USES[1].text == "the input `stratify`"
    assert decisions() == before
    assert drop_purposes(USES, Purpose.STRATIFY) == strata
    assert [use.purpose for use in strata] == [p for p in Purpose if p is not Purpose.STRATIFY]


def test_no_module_of_data_reads_the_text() -> None:
    folder = Path(column_uses.__file__).parents[1]
    for path in folder.rglob("*.py"):
        code = path.read_text(encoding="utf-8")
        for word in ('startswith("the input', '"`stratify`"', ".text =="):
            assert word not in code or path.name == "column_uses.py", (path, word)
