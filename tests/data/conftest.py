"""Loads the `data` section of small specs over small files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from data_cases import ONE_INPUT

from modelspec.compile.stages import compile_text
from modelspec.diagnostics.findings import Findings

Load = Callable[..., tuple[Any, list[str]]]
Case = tuple[str, dict[str, Any], str]
"""The `data` section, the files, and the model."""

MESSAGES = Path(__file__).parent / "messages"


def write_files(folder: Path, files: dict[str, Any]) -> None:
    """Text and bytes as they are, mappings of arrays as npz."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            path.write_text(content, encoding="utf-8")
        elif isinstance(content, bytes):
            path.write_bytes(content)
        else:
            import numpy as np

            np.savez(path, **content)


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """load(data, files, model=..., seed=..., inside=...) -> the splits (or None), and all findings
    as text; the files lie in a folder `inside` that of the test."""

    def run(
        data: str, files: dict[str, Any], model: str = ONE_INPUT, seed: int = 0, inside: str = ""
    ) -> tuple[Any, list[str]]:
        from modelspec.data.load import load_data

        folder = tmp_path / inside
        write_files(folder, files)
        findings = Findings()
        text = f"modelspec: 1\nmodel: {model}\ndata: {data}\n"
        opened = compile_text(text, "spec.yaml", folder / "spec.yaml", findings)
        if opened is None:
            return None, [str(finding) for finding in findings.sorted()]
        assert opened.spec.data is not None
        loaded = load_data(opened.spec.data, folder, opened.graph, seed, findings)
        return loaded, [str(finding) for finding in findings.sorted()]

    return run


@pytest.fixture
def assert_messages(
    load: Load, request: pytest.FixtureRequest
) -> Callable[[str, dict[str, Case]], None]:
    """assert_messages(name, cases): compares the findings of bad data with messages/NAME.out.

    Each case has bad data; its files are made in code, as most are not text.
    """

    def compare(name: str, cases: dict[str, Case]) -> None:
        parts = []
        for case, (data, files, model) in cases.items():
            loaded, findings = load(data, files, model, inside=case)
            assert loaded is None, case
            parts.append("\n".join([f"== {case}", *findings, ""]))
        expected, actual = MESSAGES / f"{name}.out", "\n".join(parts)
        if request.config.getoption("--update-out"):
            expected.write_text(actual, encoding="utf-8")
        assert actual == expected.read_text(encoding="utf-8")

    return compare
