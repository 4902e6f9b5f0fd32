"""Options and fixtures for all tests."""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-out",
        action="store_true",
        help="write what the tool says now into tests/specs_bad/*.out, to be read and committed",
    )
