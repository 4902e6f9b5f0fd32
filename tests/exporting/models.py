"""Running an exported file, comparing what it builds, and skipping without a runtime."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from modelspec.api.building import build_opened
from modelspec.compile.stages import CompiledSpec, compile_file
from modelspec.exporting.formats.formats import FORMATS
from modelspec.exporting.python.source import python_source

ROOT = Path(__file__).parent.parent.parent
CASES = sorted((ROOT / "tests" / "exporting" / "cases").glob("*.yaml"))
NOT_IN_PYTHON = {"sizes-of-the-job"}
"""Specs that no Python file is written of: what they say is known with the data alone."""
SPECS = [
    *sorted((ROOT / "specs").glob("*.yaml")),
    *(p for p in sorted((ROOT / "tests/specs_ok").iterdir()) if p.stem not in NOT_IN_PYTHON),
]


def need(form: str) -> None:
    """Skip without the format's packages. OpenVINO is not imported: see `disable_telemetry`."""
    missing = [package for package in FORMATS[form].packages if find_spec(package) is None]
    if missing:
        pytest.skip(f"{missing} not installed")


def source_of(path: Path) -> str:
    opened = compile_file(path)
    return python_source(opened.spec, opened.graph)


def run_source(text: str) -> dict[str, Any]:
    """What a file defines, without the part that runs when it is the program."""
    names: dict[str, Any] = {"__name__": "exported"}
    exec(compile(text, "exported.py", "exec"), names)
    return names


def built_by(text: str) -> tuple[Any, dict[str, Any]]:
    """The model that a file builds in a fresh Keras, and what else the file defines."""
    import keras

    keras.backend.clear_session()
    policy = keras.config.dtype_policy()
    try:
        names = run_source(text)
        return names["build_model"](), names
    finally:
        keras.config.set_dtype_policy(policy)


def built_from(opened: CompiledSpec) -> Any:
    """The model that modelspec builds in a fresh Keras."""
    import keras

    keras.backend.clear_session()
    return build_opened(opened)


def plain(value: Any) -> Any:
    """A config without the difference between tuples and lists, which JSON does not know."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value
