"""Which text a spreadsheet takes for a formula."""

from __future__ import annotations

import pytest

from modelspec.tabular import escape_formula


@pytest.mark.parametrize(
    "text",
    [
        "=1",
        "=",
        "+a",
        "-1-1",
        "@x",
        "\ta",
        "\ra",
        "\na",
        "＝a",
        "＠a",
        "-1 2",
        "+",
        "=-1",
        "-1\n=2",
    ],
)
def test_a_formula_gets_an_apostrophe(text: str) -> None:
    assert escape_formula(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a", "a=1", " =1", "-1", "+1.5", "-.5e-3", "'=1", "1-1", "é"])
def test_other_text_stays(text: str) -> None:
    assert escape_formula(text) == text
