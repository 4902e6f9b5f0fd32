"""Options and fixtures for all tests."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

# after all else, so that an installed modelspec is what is tested
sys.path.append(str(Path(__file__).parents[1]))

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-out",
        action="store_true",
        help="write what the tool says now into tests/specs_bad/*.out, to be read and committed",
    )
