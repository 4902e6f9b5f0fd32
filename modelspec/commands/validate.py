"""`modelspec validate`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from modelspec.api import validate_files
from modelspec.completions import complete_codes, complete_specs
from modelspec.configuration import Configuration, Settings, current_configuration
from modelspec.console import (
    config_options,
    extensions_option,
    mention_hidden,
    print_report,
    say,
    set_option,
)
from modelspec.diagnostics import EXIT_ERRORS, Severity, UsageError, did_you_mean, exit_code_of
from modelspec.document import STDIN, STDIN_NAME, find_specs, heirs_of, is_spec_file
from modelspec.report import FORMATS, Report, known_codes, report_files, tally

Codes = frozenset[str]


def _codes(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> Codes | None:
    """The codes of `--select a,b --select c`; each must exist. None where the option is not given,
    for the configuration to say."""
    codes = {code.strip() for value in values for code in value.split(",")} - {""}
    for code in sorted(codes - known_codes()) if codes else ():
        near = did_you_mean(code, known_codes())
        raise click.BadParameter(f'there is no code "{code}"{near or ", see modelspec explain"}')
    return frozenset(codes) if values else None


@click.command(
    "validate",
    epilog="Example: modelspec validate specs/ --format json",
)
@click.argument("paths", nargs=-1, metavar="[PATH]...", shell_complete=complete_specs)
@click.option(
    "--format",
    "form",
    type=click.Choice(tuple(FORMATS)),
    help="How findings are printed.  [default: text]",
)
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    metavar="[FORMAT:]FILE",
    help="Write the findings to FILE, in FORMAT or else that of --format, and print text. May be"
    " given several times.",
)
@click.option("--strict/--no-strict", default=None, help="Exit with 1 on warnings too.")
@click.option(
    "--select",
    multiple=True,
    metavar="CODE,...",
    shell_complete=complete_codes,
    callback=_codes,
    help="Show only findings with these codes. Hidden errors still fail the check.",
)
@click.option(
    "--ignore",
    multiple=True,
    metavar="CODE,...",
    shell_complete=complete_codes,
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
    help="Skip files without a top-level key `modelspec`, given or inherited by `extends`, and"
    " those that `exclude` of the configuration leaves out.",
)
@click.option(
    "--dependents",
    is_flag=True,
    help="Also check the specs of the project that `extends` a given file: a changed base may break"
    " them.",
)
@set_option
@config_options
@extensions_option
def command(  # noqa: PLR0913 - each option
    paths: tuple[str, ...],
    *,
    form: str | None,
    outputs: tuple[str, ...],
    strict: bool | None,
    select: Codes | None,
    ignore: Codes | None,
    overrides: dict[str, Any],
    **how: Any,
) -> int:
    """Check spec files and print every problem with its location.

    PATH is a file, a folder (searched for YAML and JSON files with the key `modelspec`,
    also inherited by `extends`), a glob
    or "-" for standard input. Without PATH, the `paths` of the configuration are checked, or else
    every spec below the current folder. What git ignores is left out of folders.

    --data reads csv files without other packages; other formats need the extra [tensorflow], which
    also reads faster.

    Exit code 0: no errors; 1: errors; 2: wrong usage; 3: --build or --smoke without TensorFlow;
    4: no errors except missed expectations.
    """
    configuration = current_configuration()
    project = configuration.of_call
    files, root = _files(paths, configuration), how["root"]
    if how["dependents"]:
        files += _dependents(files, configuration)
    if how["skip_others"]:
        files = [file for file in files if file == STDIN or _is_wanted(file, configuration)]
    form = form or project.values.format
    written, form = report_files(outputs, form, files) if outputs else ([], form)
    findings = validate_files(
        files,
        overrides,
        processes=None,
        build=how["build"],
        data=how["data"],
        smoke=how["smoke"],
        workers=how["workers"],
        root=root or _root_in_ci(None if paths else project),
    )
    shown = [f for f in findings if configuration.is_shown(f, select, ignore)]
    names = [STDIN_NAME if file == STDIN else file for file in files]
    report = Report(shown, names, configuration.is_strict if strict is None else strict)
    print_report(shown, names, form, strict=report.strict)
    if form == "text":
        say(tally(shown, len(files)))
    mention_hidden(findings, shown)
    for file in written:
        file.write(report)
    code = exit_code_of(findings)
    warns = any(f.severity is Severity.WARNING and report.counts(f) for f in shown)
    return EXIT_ERRORS if warns else code


def _files(paths: tuple[str, ...], configuration: Configuration) -> list[str]:
    """The specs of the given paths, or else of those of the configuration."""
    project = configuration.of_call
    if paths or not project.values.paths:
        return find_specs(paths, configuration.is_ignored)
    given = [os.path.relpath(Path(project.folder, path)) for path in project.values.paths]
    try:
        return find_specs(given, configuration.is_ignored)
    except UsageError as error:
        raise UsageError(f"{error} (of `paths` in {project.shown})") from error


def _dependents(files: list[str], configuration: Configuration) -> list[str]:
    try:
        return heirs_of(files, _files((), configuration))
    except UsageError:  # the project has no spec besides those that are named
        return []


def _is_wanted(file: str, configuration: Configuration) -> bool:
    return is_spec_file(Path(file)) and not configuration.is_excluded(file)


def _root_in_ci(project: Settings | None) -> Path | None:
    """The folder that specs may read below, where a CI service runs the command, which checks what
    others wrote: the current one, or that of the configuration whose `paths` are checked."""
    if os.environ.get("CI", "").lower() in ("", "0", "false"):
        return None
    has_paths = project is not None and project.values.paths
    return Path(project.folder) if project is not None and has_paths else Path()
