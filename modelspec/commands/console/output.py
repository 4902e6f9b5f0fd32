"""What goes to standard output (data) and to standard error (all else), with colour or without."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from modelspec.diagnostics import Finding
from modelspec.report import coloured, render_findings


def print_findings(
    findings: Sequence[Finding],
    files: Sequence[str] = (),
    form: str = "text",
    *,
    strict: bool = False,
) -> None:
    """Findings to standard output; in colour on a terminal, unless NO_COLOR is set."""
    text = render_findings(findings, files, form, strict=strict)
    if form == "text" and colour_is_on(sys.stdout):
        text = coloured(text)
    click.echo(text, nl=False, color=True)


def colour_is_on(stream: object) -> bool:
    """Whether a stream is a terminal and NO_COLOR (no-color.org) is not set."""
    isatty = getattr(stream, "isatty", None)
    return not os.environ.get("NO_COLOR") and bool(isatty and isatty())


def say(text: str) -> None:
    """A note to standard error."""
    click.echo(text, err=True)
