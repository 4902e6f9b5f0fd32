"""Tables cut to the width of a terminal."""

from __future__ import annotations

import pytest

from modelspec.report import fit_tables, table

ROWS = [("a_long_name_of_a_layer", "Dense", "1,234,567"), ("b", "Conv2DTranspose", "3")]
TABLE = table(("layer", "type", "params"), ROWS, right="params")
TEXT = f"a line before that is longer than most terminals are today\n\n{TABLE}\nend\n"


def test_a_table_that_fits_stays() -> None:
    assert fit_tables(TEXT, 80) == TEXT


@pytest.mark.parametrize("width", [30, 35, 40, 45])
def test_text_is_cut_and_numbers_are_not(width: int) -> None:
    lines = fit_tables(TEXT, width).splitlines()
    before, shown, after = lines[:2], lines[2:6], lines[6:]
    assert before == TEXT.splitlines()[:2]
    assert after == ["", "end"]
    assert max(map(len, shown)) == width
    assert shown[0].split() == ["layer", "type", "params"]
    assert "1,234,567" in shown[2]
    assert "…" in shown[2]
    assert shown[3].split()[0] == "b"


def test_a_table_that_cannot_be_narrow_enough_is_cut_to_the_least() -> None:
    shown = fit_tables(TEXT, 10).splitlines()[2:6]
    assert shown[2] == "a_lon…  Dense   1,234,567"
    assert shown[3] == "b       Conv2…          3"


def test_a_table_of_numbers_stays() -> None:
    text = table(("a", "b"), [("1" * 30, "2.5"), ("2 k", "1e5")])
    assert fit_tables(text, 20) == text


def test_a_long_last_column_is_cut() -> None:
    text = table(("a", "note"), [("x", "w" * 50), ("y", "")])
    assert [len(line) for line in fit_tables(text, 20).splitlines()] == [7, 20, 20, 1]
