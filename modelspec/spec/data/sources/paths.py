"""The paths of a source."""

from __future__ import annotations

from typing import Any

from modelspec.diagnostics import Findings, Span
from modelspec.document import value_span

from ..addresses import is_remote, problem_of
from .kinds import CSV, SOURCE_KINDS, WORKBOOKS


def parse_paths(
    kind: str, given: Any, span: Span, findings: Findings
) -> tuple[tuple[str, ...], tuple[Span, ...]]:
    """The paths and where they stand; findings for addresses that nothing can be fetched from."""
    paths: tuple[str, ...] = (given,) if isinstance(given, str) else tuple(given)
    spans: tuple[Span, ...] = (span,)
    if not isinstance(given, str):
        spans = tuple(value_span(given, index, span) for index in range(len(given)))
    takes_folders = SOURCE_KINDS[kind].file_column is not None
    for path, place in zip(paths, spans, strict=True):
        if kind == CSV and path.lower().endswith(WORKBOOKS):
            message = f"{path} is a workbook, whose cells are no text"
            hint = f"write `{{excel: {path}}}`, or save the sheet as csv"
            findings.error(place, "wrong-value", message, hint=hint)
        problem = problem_of(path, takes_folders=takes_folders) if is_remote(path) else None
        if problem is not None:
            findings.error(place, "wrong-value", problem[0], hint=problem[1])
    return paths, spans
