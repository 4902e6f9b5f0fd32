"""`modelspec validate`."""

from __future__ import annotations

from typing import Any

import click

from modelspec.diagnostics import Severity
from modelspec.document import find_specs
from modelspec.pipeline import validate_files
from modelspec.report import FORMATS
from modelspec.report.findings import tally

from .options import set_option
from .output import print_findings, say


@click.command(
    "validate",
    epilog="Example: modelspec validate specs/ --format json",
    short_help="Check spec files, without TensorFlow.",
)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    help="How findings are printed.",
)
@click.option("--strict", is_flag=True, help="Leave with 1 for warnings too.")
@set_option
def command(paths: tuple[str, ...], form: str, strict: bool, overrides: dict[str, Any]) -> int:
    """Check spec files and print every fault with its place.

    PATH is a file, a folder (searched for YAML and JSON files with the key `modelspec`), a glob
    or "-" for standard input. Without one, every spec under this folder is checked.

    Exit code 0: no faults; 1: faults; 2: wrong use.
    """
    files = find_specs(paths)
    findings = validate_files(files, overrides)
    print_findings(findings, len(files), form)
    if form == "text":
        say(tally(findings, len(files)))
    worst = {finding.severity for finding in findings}
    return int(Severity.ERROR in worst or (strict and Severity.WARNING in worst))
