"""What a lint says."""

from __future__ import annotations

from typing import NamedTuple

from modelspec.diagnostics import Related, Span


class Lint(NamedTuple):
    """One place that a lint doubts; it becomes a warning with the lint's code."""

    span: Span
    message: str
    hint: str = ""
    related: tuple[Related, ...] = ()
