"""`--output [FORMAT:]FILE`: findings in files, each in its own format."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from modelspec.diagnostics import UsageError, join_words, nearest
from modelspec.files import cannot_write, write_atomically

from .findings import FORMATS
from .report import Report

_PREFIX = re.compile(r"([A-Za-z]{2,}):(.*)", re.DOTALL)
"""A word of one letter before a colon is a drive of Windows."""


class ReportFile(NamedTuple):
    """A file that findings are written to.

    Attributes:
        form: a key of `FORMATS`.
        path: of the file.
    """

    form: str
    path: Path

    def write(self, report: Report) -> None:
        """Write the file, whole or not at all; a pipe or a device is written as it is.

        Raises:
            CannotRunError: the file cannot be written.
        """
        text = FORMATS[self.form](report._replace(colour=False))
        content = text.encode("utf-8", "backslashreplace")
        if self.path.exists() and not self.path.is_file():
            try:
                self.path.write_bytes(content)
            except OSError as error:
                raise cannot_write(self.path, error) from error
        else:
            write_atomically(self.path, content)


def report_files(
    outputs: Iterable[str], form: str, specs: Iterable[str]
) -> tuple[list[ReportFile], str]:
    """The files that findings are to be written to, and the format of what is printed beside them:
    text where a file takes the format that would be printed.

    Args:
        outputs: each a file, or a format, a colon and a file.
        form: that of `--format`, which files without a format have.
        specs: the files that are checked, which none of them may be.

    Raises:
        UsageError: a format is not known, or a file is given twice, a folder or a spec.
    """
    files: list[ReportFile] = []
    printed = form
    checked = {os.path.realpath(spec) for spec in specs}
    for output in outputs:
        found = _report_file(output, form)
        place = os.path.realpath(found.path)
        if place in checked:
            raise UsageError(f"{found.path} is a spec that is checked; name another file")
        if any(os.path.realpath(other.path) == place for other in files):
            raise UsageError(f"{found.path} is given twice with --output; name another file")
        if found.path.is_dir():
            raise UsageError(f"{found.path} is a folder; name a file in it")
        files.append(found)
        printed = "text" if _PREFIX.fullmatch(output) is None else printed
    return files, printed


def _report_file(output: str, form: str) -> ReportFile:
    match = _PREFIX.fullmatch(output)
    word, path = (form, output) if match is None else match.groups()
    if word not in FORMATS:
        near = nearest(word, FORMATS)
        hint = f'did you mean "{near}"?' if near else f"there are {join_words(FORMATS, most=20)}"
        raise UsageError(
            f'there is no format "{word}"; {hint} (a file of this name is --output ./{output})'
        )
    if path in ("", "-"):
        raise UsageError(
            f"--output {output} names no file; --format {word} writes to standard output"
        )
    return ReportFile(word, Path(path))
