"""docs/keras_io.md says what the folder `specs/keras_io` shows, and its specs are valid."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from blocks import DOCS, ROOT

from modelspec import expand, validate
from modelspec.api import validate_text
from modelspec.compile import compile_file

PAGE = (DOCS / "keras_io.md").read_text(encoding="utf-8")
SPECS = sorted((ROOT / "specs" / "keras_io").glob("*.yaml"))
ROW = re.compile(
    r"^\| \[(?P<name>[\w-]+)\]\((?P<address>https://(?:keras\.io/examples|github\.com/keras-team)/[\w./-]+)\)"
    r" \| (?P<says>.*?) \| (?P<third>.*?) ?\|$",
    re.MULTILINE,
)
ROWS = list(ROW.finditer(PAGE))
README = (ROOT / "README.md").read_text(encoding="utf-8")
STATES = ("not whole", "not tried", "no job")


def missing(third: str) -> list[str]:
    return [re.sub(r" \(.*\)", "", word) for word in third.split("; ")]


def test_the_table_and_the_folder_have_the_same_specs() -> None:
    whole = {row["name"]: row["says"] for row in ROWS if row["says"] not in STATES}
    assert whole == {p.stem: f"[whole](../specs/keras_io/{p.name})" for p in SPECS}
    assert all(count == 1 for count in Counter(row["name"] for row in ROWS).values())
    assert f"{len(whole)} of {len(ROWS)} can" in PAGE.replace("\n", " ")
    assert f"with {len(whole)} of them as specs" in README


def test_what_is_missing_is_counted() -> None:
    rows = [row["third"] for row in ROWS if row["says"] == "not whole"]
    assert all(rows)
    counts = Counter(word for third in rows for word in missing(third))
    found = re.findall(r"^\| ([^|\[]+) \| (\d+) \|$", PAGE, re.MULTILINE)
    assert {word: int(count) for word, count in found} == {
        word: count for word, count in counts.items() if count > 1
    }


@pytest.mark.parametrize(
    "path",
    [
        path if number % 8 == 0 else pytest.param(path, marks=pytest.mark.slow)
        for number, path in enumerate(SPECS)
    ],
    ids=lambda path: path.stem,
)
def test_a_spec_is_valid_and_says_where_it_comes_from(path: Path) -> None:
    compiled = compile_file(path)
    errors = validate_text(expand(path), path.name, path)  # a run goes by its expanded spec
    assert [found for found in errors if found.severity == "error"] == []
    assert [found for found in validate(path) if found.code != "phase-needs"] == []
    assert compiled.spec.name == path.stem
    assert compiled.spec.data is not None
    assert compiled.spec.training is not None
    (address,) = (row["address"] for row in ROWS if row["name"] == path.stem)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[1].startswith(f"# {address}, written anew.")
    comments = [line.lstrip().startswith("#") for line in lines]
    assert (True, True) not in pairwise(comments[3:])
