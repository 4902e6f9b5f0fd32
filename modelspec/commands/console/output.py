"""Printing: data to standard output, everything else to standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from modelspec.diagnostics import Finding
from modelspec.report import render_findings


def print_findings(
    findings: Sequence[Finding],
    files: Sequence[str] = (),
    form: str = "text",
    *,
    strict: bool = False,
) -> None:
    """Print findings to standard output; in colour on a terminal, unless NO_COLOR is set."""
    colour = is_colour_on(sys.stdout)
    text = render_findings(findings, files, form, strict=strict, colour=colour)
    click.echo(text, nl=False, color=True)


def is_colour_on(stream: object) -> bool:
    """Whether a stream is a terminal and NO_COLOR (no-color.org) is not set."""
    isatty = getattr(stream, "isatty", None)
    return not os.environ.get("NO_COLOR") and bool(isatty and isatty())


def say(text: str) -> None:
    """Print a note to standard error."""
    click.echo(text, err=True)
