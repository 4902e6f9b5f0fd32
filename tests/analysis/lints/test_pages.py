"""A lint's docstring is its manual page, and its examples are run."""

from __future__ import annotations

from pathlib import Path

import lint_cases
import pytest

from modelspec.analysis import lints
from modelspec.analysis.lints import LINTS, module_of, page

FOLDER = Path(lints.__file__).parent


def test_the_table_holds_the_folder() -> None:
    modules = {path.stem for path in FOLDER.glob("*.py")} - {"__init__", "context"}
    assert {code.replace("-", "_") for code in LINTS} == modules
    assert list(LINTS) == sorted(LINTS)


@pytest.mark.parametrize("code", LINTS)
def test_a_module_says_its_code(code: str) -> None:
    assert code == module_of(code).CODE


@pytest.mark.parametrize("code", LINTS)
def test_a_page_says_how_to_fix_and_shows_both(code: str) -> None:
    text = page(code)
    assert text is not None
    assert "\nTo fix it, " in text
    found = lint_cases.examples(code)
    assert found["Fails"] and found["Passes"]


def test_no_page_for_what_is_no_lint() -> None:
    assert page("shape-mismatch") is None


@pytest.mark.parametrize("code", LINTS)
def test_the_failing_example_gives_this_lint_alone(code: str) -> None:
    for text in lint_cases.examples(code)["Fails"]:
        found = lint_cases.said_of(text)
        assert [finding.code for finding in found] == [code], "\n".join(map(str, found))
        assert found[0].hint


@pytest.mark.parametrize("code", LINTS)
def test_the_passing_example_gives_none(code: str) -> None:
    for text in lint_cases.examples(code)["Passes"]:
        assert lint_cases.said_of(text) == []
