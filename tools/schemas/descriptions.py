"""One short line about each class, in our own words."""

from __future__ import annotations

from typing import Any


def describe(page: str, name: str, entry: dict[str, Any], faults: list[str]) -> None:
    """Put the description of a class into its schema, where there is one."""
