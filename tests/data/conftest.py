"""Loads the `data` section of small specs over small files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from data_cases import ONE_INPUT

from modelspec.diagnostics import Findings
from modelspec.pipeline import open_text

Load = Callable[..., tuple[Any, list[str]]]


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
    """load(data, files, model=..., seed=...) -> the splits (or None), and all findings as text."""

    def run(
        data: str, files: dict[str, Any], model: str = ONE_INPUT, seed: int = 0
    ) -> tuple[Any, list[str]]:
        from modelspec.data import load_data

        write_files(tmp_path, files)
        findings = Findings()
        text = f"modelspec: 1\nmodel: {model}\ndata: {data}\n"
        opened = open_text(text, "spec.yaml", tmp_path / "spec.yaml", findings)
        if opened is None:
            return None, [str(finding) for finding in findings.sorted()]
        assert opened.spec.data is not None
        loaded = load_data(opened.spec.data, tmp_path, opened.graph, seed, findings)
        return loaded, [str(finding) for finding in findings.sorted()]

    return run
