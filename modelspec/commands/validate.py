"""`modelspec validate`."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
    show,
)
from modelspec.diagnostics import (
    EXIT_ERRORS,
    Finding,
    Severity,
    UsageError,
    did_you_mean,
    exit_code_of,
    join_words,
)
from modelspec.document import STDIN, STDIN_NAME, find_specs, is_spec_file
from modelspec.report import FORMATS, Report, known_codes, tally

if TYPE_CHECKING:
    from modelspec.api import FixedFile
    from modelspec.report import ReportFile

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
@click.option(
    "--fix",
    is_flag=True,
    help="Replace each word that can only be one other, in the given files, and check again.",
)
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
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
    written: list[ReportFile] = []
    if outputs:
        from modelspec.report import report_files

        written, form = report_files(outputs, form, files)
    root = root or _root_in_ci(None if paths else project)
    check = partial(
        validate_files,
        files,
        overrides,
        processes=None,
        build=how["build"],
        data=how["data"],
        smoke=how["smoke"],
        workers=how["workers"],
        root=root,
    )
    is_shown = partial(configuration.is_shown, select=select, ignore=ignore)
    if how["fix"] and STDIN in files:
        raise UsageError("--fix changes files, and standard input is none: leave out -")
    findings = check()
    if how["fix"] or how["diff"]:
        from modelspec.api import fix_files

        asked = {name: how[name] for name in ("data", "workers")}
        fixed = fix_files(files, findings, is_shown, overrides, root=root, **asked)
        if how["diff"]:
            return _show_diff(fixed, findings)
        if _write(fixed):
            findings = check()
        _mention_left(findings, is_shown, files)
    shown = [f for f in findings if is_shown(f)]
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


def _show_diff(fixed: list[FixedFile], findings: list[Finding]) -> int:
    """Print what would change; 1 if anything would."""
    for file in fixed:
        show(file.diff(), is_data=True)
    count = sum(len(file.fixes) for file in fixed)
    say(f"--fix would change {_counted(count, 'word')} in {_counted(len(fixed), 'file')}")
    return EXIT_ERRORS if fixed else exit_code_of(findings)


def _write(fixed: list[FixedFile]) -> bool:
    """Write the files, and say what was changed; whether anything was."""
    for file in fixed:
        file.write()
        for fix in file.fixes:
            say(f"{file.name}:{fix.span.line}:{fix.span.column}: {fix.wrong} is now {fix.text}")
    count = sum(len(file.fixes) for file in fixed)
    say(f"changed {_counted(count, 'word')} in {_counted(len(fixed), 'file')}")
    return bool(fixed)


def _mention_left(
    findings: list[Finding], is_shown: Callable[[Finding], bool], files: list[str]
) -> None:
    """Say which files have words to replace and are not changed, as they were not given."""
    found = {f.span.file for f in findings if f.fixes and is_shown(f)}
    others = sorted(found - set(files))
    if others:
        say(f"--fix changes given files only: give {join_words(others)} too")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


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
    from modelspec.document import heirs_of

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
