"""Tests of importing; a package, so that its tests share their models."""

from __future__ import annotations

from typing import Any

from modelspec.diagnostics.findings import Findings
from modelspec.importing.sections.model import convert_config


def import_config(
    config: Any, name: str, findings: Findings, **options: Any
) -> dict[str, Any] | None:
    """The spec of a config as plain data; None where it was rejected."""
    converted = convert_config(config, name, findings, **options)
    return None if converted is None else converted[0]
