"""Findings for options that no source can be read with."""

from __future__ import annotations

from modelspec.diagnostics import Findings, Span
from modelspec.document import LocatedDict

from ..addresses import is_remote
from .source import Source, path_columns


def refuse_far_files(source: Source, findings: Findings) -> None:
    """A finding for a remote table whose rows name files, without the folder that has them."""
    if source.table is None or not path_columns(source):
        return
    folder = source.options.get("folder")
    if folder is not None and is_remote(folder):
        message = "`folder` is remote, and the files that the rows of a table name are not fetched"
        hint = "save them on this machine, and name the folder that has them"
        findings.error(source.place("folder"), "wrong-value", message, hint=hint)
    far = [path for path in source.paths if is_remote(path)]
    if far and folder is None:
        message = f"the table {far[0]} is remote, and its rows name files; these are not fetched"
        hint = "write the folder on this machine that has them: `folder: PATH`"
        findings.error(source.span, "missing-key", message, hint=hint)


def refuse_step(given: LocatedDict, findings: Findings) -> None:
    """Findings for a step of a time series that is none, or that nothing has."""
    from modelspec.schema import hint_for_step

    from ..steps import ANY_STEP, step_of

    place = given.value_spans["every"]
    if given["every"] != ANY_STEP and step_of(given["every"]) is None:
        message = f"`every` is a step of the time, got {given['every']}"
        hint = "write such as 1 day, 15 minutes, 3 months; a number where the time is one; or any"
        hint = hint_for_step(given["every"]) or hint
        findings.error(place, "wrong-value", message, hint=hint)
    if "time" not in given:
        message = "`every` is the step of the column `time`, which is not named"
        findings.error(place, "missing-key", message, hint="write `time: COLUMN` beside it")


def refuse_encoding(name: str, place: Span, findings: Findings) -> None:
    """A finding for the name of no encoding of text."""
    try:
        "".encode(name)
    except (LookupError, ValueError):
        message = f'there is no encoding "{name}"'
        hint = "for example utf-8, utf-16, cp1252 or latin-1; Python lists all under its codecs"
        if name.lower() in ("ansi", "windows", "excel", "western"):
            hint = "write encoding: cp1252, which Windows calls ANSI in western languages"
        findings.error(place, "wrong-value", message, hint=hint)
