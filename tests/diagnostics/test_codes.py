"""The table of codes has every code that the sources give to a finding, and no other."""

from __future__ import annotations

import re

import pytest
from codes_in_sources import PACKAGE, codes

from modelspec.api.validation import validate_text
from modelspec.diagnostics.codes import CODES
from modelspec.report.code_pages import examples, known_codes, lint_codes, page_of

EXAMPLES = examples()

FLOORS = ("diagnostics", "document", "schema", "spec", "graph")
"""Stages whose findings a short text can show."""

NO_EXAMPLE = {
    "outside-root": "depends on where the command runs",
    "bad-override": "comes of --set",
    "changed-since": "takes a run to resume",
    "cannot-read": "is about a file",
    "extends-cycle": "takes two files",
    "extension-on-trust": "takes an extension",
    "file-too-large": "would be long",
    "no-extension": "takes an extension",
    "not-a-chain": "comes of `modelspec convert`",
    "not-utf8": "is no text",
    "too-many-faults": "would be long",
    "output-renamed": "comes of `modelspec convert`",
}


def test_every_code_in_the_sources_has_an_entry() -> None:
    missing = {code: at for code, at in codes().items() if code not in CODES}
    missing = {code: at for code, at in missing.items() if code not in lint_codes()}
    assert not missing, f"add to modelspec/diagnostics/codes.py: {missing}"


def test_every_entry_is_a_code_in_the_sources() -> None:
    assert sorted(CODES.keys() - codes().keys()) == []


def test_every_code_in_the_golden_files_is_known() -> None:
    outs = (PACKAGE.parent / "tests" / "specs_bad").glob("*.out")
    said = {code for out in outs for code in _SHOWN.findall(out.read_text(encoding="utf-8"))}
    assert len(said) > 50
    assert sorted(said - known_codes()) == []


_SHOWN = re.compile(r": (?:error|warning|note): .* \[([a-z0-9-]+)\]$", re.MULTILINE)


def test_no_code_is_a_lint_and_in_the_table() -> None:
    assert sorted(CODES.keys() & lint_codes()) == []


@pytest.mark.parametrize("code", CODES)
def test_an_entry_is_sentences(code: str) -> None:
    text = CODES[code]
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)
    assert text[0].isupper() or text[0] in "`"
    assert text.endswith(".") and "  " not in text and 30 < len(text) < 300


@pytest.mark.parametrize("code", EXAMPLES)
def test_an_example_gives_its_code(code: str) -> None:
    found = validate_text(EXAMPLES[code], f"{code}.yaml")
    assert code in {finding.code for finding in found}
    assert page_of(code) is not None


def test_codes_of_the_early_stages_have_an_example() -> None:
    shown = EXAMPLES.keys() | NO_EXAMPLE.keys()
    folders = tuple(f"modelspec/{floor}/" for floor in FLOORS)
    early = {code for code, at in codes().items() if at.startswith(folders)}
    assert sorted(early - shown) == []
