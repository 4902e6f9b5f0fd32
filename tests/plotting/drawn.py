"""Drawing specs in tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from modelspec.compile import compile_parts
from modelspec.diagnostics import Findings
from modelspec.plotting import Drawing, Folding, Picture, draw, fold, place


def drawing_of(text: str, **folding: Any) -> Drawing:
    """The folded drawing of a spec."""
    parts = compile_parts(text, "spec.yaml", None, Findings())
    assert parts is not None
    return fold(draw(parts), Folding(**folding))


def picture_of(path: Path, **folding: Any) -> Picture:
    """The picture of a spec file."""
    parts = compile_parts(path.read_text(encoding="utf-8"), str(path), path, Findings())
    assert parts is not None
    return place(fold(draw(parts), Folding(**folding)))
