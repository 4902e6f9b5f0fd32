"""Every hint that names a replacement leads somewhere: followed, its finding is gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hints import Edited, followed

from modelspec.api import validate_text
from modelspec.report import asked_workers, page_of
from modelspec.report.code_pages import known_codes
from modelspec.spec import divided_among

FOLDER = Path(__file__).parent
CASES = [
    *sorted((FOLDER / "specs_bad").glob("*.yaml")),
    *sorted((FOLDER / "whole_specs/cases").glob("*.yaml")),
    *sorted((FOLDER / "analysis/lints/cases").glob("*.yaml")),
]


def findings_of(text: str, path: Path) -> list[dict[str, Any]]:
    with divided_among(asked_workers(text)):
        return [f.to_dict() for f in validate_text(text, str(path), path)]


def edits_of(path: Path) -> Iterator[Edited]:
    """The texts that follow a hint of the findings of a file."""
    text = path.read_text(encoding="utf-8")
    for finding in findings_of(text, path):
        if finding["file"] == str(path):
            yield from followed(finding, text)


def complaints(path: Path, text: str) -> list[str]:
    """What is left of a finding, or is new, after a hint of it is followed."""
    before = findings_of(text, path)
    errors = Counter(f["code"] for f in before if f["severity"] == "error")
    found = []
    for finding in before:
        if finding["file"] != str(path):
            continue
        for edited in followed(finding, text):
            after = findings_of(edited.text, path)
            what = f"{path.name}:{finding['line']} [{finding['code']}] {edited.way}"
            same = (finding["line"], finding["code"], finding["message"])
            if same in [(f["line"], f["code"], f["message"]) for f in after]:
                found.append(f"{what}: the finding is still there")
            new = Counter(f["code"] for f in after if f["severity"] == "error") - errors
            wrong = set(new) if finding["severity"] != "error" else OF_THE_EDIT & set(new)
            if wrong and edited.way not in OTHER_ARGUMENTS:
                found.append(f"{what}: new {sorted(wrong)}")
    return found


OF_THE_EDIT = {
    *("yaml-syntax", "duplicate-key", "not-one-object", "unknown-key", "unknown-argument"),
    *("unknown-layer", "unknown-loss", "unknown-metric", "unknown-name", "bad-edge"),
}
"""Errors that come of what was written. Others may have been hidden behind the error that is gone:
a stage that finds one is the last."""

OTHER_ARGUMENTS = {
    "did you mean Dense": "`Linear` of PyTorch has arguments of other names",
    "write sparse_categorical_crossentropy": "it has no `label_smoothing`, as the hint says",
    "write mean_squared_error": "it has no arguments, and stands for the name with its arguments",
    "write mean_absolute_error": "it has no arguments, and stands for the name with its arguments",
    "write ModelCheckpoint": "it takes a file, and `OrbaxCheckpoint` a folder",
    "write BinaryIoU": "it takes the classes to look at, and not their number",
}
"""Replacements whose arguments are to be written anew."""


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_a_hint_names_is_right(path: Path) -> None:
    assert complaints(path, path.read_text(encoding="utf-8")) == []


def test_the_pages_of_codes_have_hints_that_lead_somewhere() -> None:
    pages = [page for code in known_codes() if (page := page_of(code)) is not None and page.fails]
    assert [c for page in pages for c in complaints(Path("example.yaml"), page.fails)] == []


def test_many_hints_are_followed() -> None:
    """So that a reworded hint is not passed over in silence."""
    edits = (edited for path in CASES for edited in edits_of(path))
    assert len(list(islice(edits, 101))) > 100


def test_a_hint_that_leads_nowhere_is_found() -> None:
    finding = {"line": 1, "column": 4, "end_line": 1, "end_column": 7, "hint": "write mse"}
    (edited,) = followed({**finding, "message": ""}, "a: mae\n")
    assert edited.text == "a: mse\n"
