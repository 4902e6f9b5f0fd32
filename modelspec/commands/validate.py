"""`modelspec validate`."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import click

from modelspec.api import validate_files
from modelspec.console import extensions_option, format_option, print_findings, say, set_option
from modelspec.diagnostics import (
    EXIT_ERRORS,
    Finding,
    Severity,
    did_you_mean,
    exit_code_of,
    join_words,
)
from modelspec.document import STDIN, find_specs, is_spec_file
from modelspec.report import FORMATS, Report, known_codes, report_files, tally

Codes = frozenset[str]


def _codes(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> Codes:
    """The codes of `--select a,b --select c`; each must exist."""
    codes = {code.strip() for value in values for code in value.split(",")} - {""}
    for code in sorted(codes - known_codes()) if codes else ():
        near = did_you_mean(code, known_codes())
        raise click.BadParameter(f'there is no code "{code}"{near or ", see modelspec explain"}')
    return frozenset(codes)


@click.command(
    "validate",
    epilog="Example: modelspec validate specs/ --format json",
)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@format_option(FORMATS, "How findings are printed.")
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    metavar="[FORMAT:]FILE",
    help="Write the findings to FILE, in FORMAT or else that of --format, and print text. May be"
    " given several times.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 on warnings too.")
@click.option(
    "--select",
    multiple=True,
    metavar="CODE,...",
    callback=_codes,
    help="Show only findings with these codes. Hidden errors still fail the check.",
)
@click.option(
    "--ignore",
    multiple=True,
    metavar="CODE,...",
    callback=_codes,
    help="Hide findings with these codes. Hidden errors still fail the check.",
)
@click.option(
    "--build",
    is_flag=True,
    help="Also build each model with Keras and compare the shapes; needs TensorFlow.",
)
@click.option(
    "--data",
    is_flag=True,
    help="Also check the data files: columns, types, labels, missing values.",
)
@click.option(
    "--smoke",
    is_flag=True,
    help="Also take one training step with each model on synthetic data; needs TensorFlow.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="Also check that so many workers can divide each batch.",
)
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Refuse files outside of FOLDER that specs name. Where CI is set: by default the current"
    " folder.",
)
@click.option(
    "--skip-others",
    is_flag=True,
    help="Skip files without a top-level key `modelspec`, given or inherited by `extends`.",
)
@set_option
@extensions_option
def command(
    paths: tuple[str, ...],
    form: str,
    outputs: tuple[str, ...],
    select: Codes,
    ignore: Codes,
    overrides: dict[str, Any],
    **how: Any,
) -> int:
    """Check spec files and print every problem with its location.

    PATH is a file, a folder (searched for YAML and JSON files with the key `modelspec`,
    also inherited by `extends`), a glob
    or "-" for standard input. Without PATH, every spec below the current folder is checked.

    --data reads csv files without other packages; other formats need the extra [tensorflow], which
    also reads faster.

    Exit code 0: no errors; 1: errors; 2: wrong usage; 3: --build or --smoke without TensorFlow;
    4: no errors except missed expectations.
    """
    files = find_specs(paths)
    if how["skip_others"]:
        files = [file for file in files if file == STDIN or is_spec_file(Path(file))]
    written, form = report_files(outputs, form, files) if outputs else ([], form)
    findings = validate_files(
        files,
        overrides,
        processes=None,
        build=how["build"],
        data=how["data"],
        smoke=how["smoke"],
        workers=how["workers"],
        root=how["root"] or _root_in_ci(),
    )
    shown = [f for f in findings if _is_shown(f.code, select, ignore)]
    names = ["<stdin>" if file == STDIN else file for file in files]
    print_findings(shown, names, form, strict=how["strict"])
    if form == "text":
        say(tally(shown, len(files)))
    _mention_hidden(findings, shown)
    for file in written:
        file.write(Report(shown, names, how["strict"]))
    code = exit_code_of(findings)
    if how["strict"] and any(finding.severity is Severity.WARNING for finding in shown):
        return EXIT_ERRORS
    return code


def _root_in_ci() -> Path | None:
    """The current folder where a CI service runs the command, which checks what others wrote."""
    return Path() if os.environ.get("CI", "").lower() not in ("", "0", "false") else None


def _is_shown(code: str, select: Collection[str], ignore: Collection[str]) -> bool:
    return code not in ignore and (not select or code in select)


def _mention_hidden(findings: Sequence[Finding], shown: Sequence[Finding]) -> None:
    """Print to standard error which errors are hidden, as they make the check fail."""
    visible = set(shown)
    hidden = [f.code for f in findings if f.severity is Severity.ERROR and f not in visible]
    if hidden:
        one = len(hidden) == 1
        codes = join_words(f"`{code}`" for code in sorted(set(hidden)))
        say(f"{len(hidden)} error{'' if one else 's'} not shown: {codes}")
