"""The exports of a run, found in its folder and beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import ModelspecError
from modelspec.document import model_format
from modelspec.runs import json_of

if TYPE_CHECKING:
    from modelspec.run_report import ExportFacts, RunContent

CHECK = ".check.json"

RUNS = "runs"
"""The folder that runs are written to; exports are written to the one that it is in."""


def exports_of(content: RunContent) -> list[ExportFacts]:
    """The exports in the run folder, in the folder that it is in and, for runs/NAME, the one
    above: those whose metadata are of this run; without metadata those in the run folder."""
    from modelspec.run_report import ExportFacts

    run = content.record.path.absolute()
    folders = [run, run.parent]
    if run.parent.name == RUNS:
        folders.append(run.parent.parent)
    digest = hashlib.sha256(content.spec_text.encode()).hexdigest()
    found = []
    for folder in folders:
        for path, check in _checked_files(folder):
            form = str(check.get("format") or model_format(path) or "")
            note = _note(path, content, digest)
            if note is None and folder != run:
                continue
            size = _size(path)
            name = path.name if folder == run else str(Path("..") / path.name)
            found.append(ExportFacts(name, form, size, check, note or ""))
    return found


def _checked_files(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The files beside which the result of a check lies, and that result."""
    try:
        checks = sorted(folder.glob(f"*{CHECK}"))
    except OSError:
        return
    for file in checks:
        path = file.with_name(file.name.removesuffix(CHECK))
        if not path.exists():
            continue
        yield path, json_of(file)


def _note(path: Path, content: RunContent, digest: str) -> str | None:
    """What is to be said of an export of this run; None where that it is one cannot be known, or
    it is of another run."""
    if model_format(path) is None:
        return None
    from modelspec.exporting import read_metadata

    try:
        metadata = read_metadata(path)
    except (ModelspecError, OSError, ModuleNotFoundError):
        return None
    if metadata.spec_sha256 != digest:
        return None
    if metadata.metrics is not None and dict(metadata.metrics) != dict(content.metrics):
        return None
    return "" if metadata.metrics is not None else "of the spec, not of the run"


def _size(path: Path) -> int:
    if path.is_dir():
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return path.stat().st_size
