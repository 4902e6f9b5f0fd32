"""The findings of all faulty specs."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from modelspec.api.validation import validate_files
from modelspec.diagnostics.finding import Finding

FOLDER = Path(__file__).parent.parent / "specs_bad"

in_one_process = pytest.mark.xdist_group("faulty")
"""For each test that asks for them, as they take seconds."""


class Faulty(NamedTuple):
    names: list[str]
    findings: list[Finding]


@cache
def faulty() -> Faulty:
    names = sorted(str(path) for path in FOLDER.iterdir() if path.suffix != ".out")
    return Faulty(names, validate_files(names))
