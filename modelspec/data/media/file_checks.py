"""Files that are examples: what a kind of them is, and one finding for all with the same problem.

Needs no numpy.
"""

from __future__ import annotations

import glob
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from modelspec.diagnostics import Findings, join_words
from modelspec.spec.data import Source

BAD_FILE = "bad-data-file"

ELSEWHERE = "write `folder: PATH` where paths are not relative to the folder of the table"

MOST_NAMED = 5
"""Files that one finding names; more are counted."""

Decode = Callable[[Any], Any]
"""The bytes of a file, a scalar string tensor, to the tensor of an example; runs in a graph."""


class FileProblem(NamedTuple):
    """What is wrong with some files.

    Attributes:
        code: of the finding.
        text: the rest of a sentence that begins with the names of the files.
        hint: what to do.
        is_warning: whether the files can be read all the same.
    """

    code: str
    text: str
    hint: str
    is_warning: bool = False


ReadFile = Callable[[Path, Source], str | FileProblem]


@dataclass(frozen=True, slots=True)
class MediaKind:
    """A kind of files that are examples, such as images.

    Attributes:
        suffixes: of the files' names.
        read: a file that is not empty, under the options of its source, to the value that a
            column has for it, its text or its checked path; or to what is wrong with it. It may
            raise OSError.
        decoder: from the source, the shape of an example and its dtype to what decodes a file;
            None for text, which is read at once.
    """

    suffixes: tuple[str, ...]
    read: ReadFile
    decoder: Callable[[Source, tuple[int, ...], str], Decode] | None = None


EMPTY = FileProblem(
    BAD_FILE, "cannot be read: empty", "replace it with an intact copy, or remove it"
)


def read_files(
    paths: Sequence[Path],
    names: Sequence[str],
    source: Source,
    read: ReadFile,
    findings: Findings,
) -> dict[Path, str] | None:
    """The value of each file; None with a finding for each problem that some files have.

    Args:
        paths: the files.
        names: what messages call them.
        source: its options, and where findings point.
        read: as in `MediaKind`.
        findings: takes the problems.
    """
    values: dict[Path, str] = {}
    problems: dict[FileProblem, list[str]] = {}
    for path, name in zip(paths, names, strict=True):
        value = _read(path, name, source, read)
        if isinstance(value, FileProblem):
            problems.setdefault(value, []).append(name)
            value = str(path)
        values[path] = value
    for problem, files in problems.items():
        message = f"{join_words(files, most=MOST_NAMED)} {problem.text}"
        report = findings.warning if problem.is_warning else findings.error
        hint = problem.hint
        if hint == ELSEWHERE and len(files) < len(names):
            hint = "bring the missing files there, or take their rows out of the table"
        report(source.path_spans[0], problem.code, message, hint=hint)
    return values if all(problem.is_warning for problem in problems) else None


def _read(path: Path, name: str, source: Source, read: ReadFile) -> str | FileProblem:
    try:
        return EMPTY if path.stat().st_size == 0 else read(path, source)
    except OSError as error:
        is_missing = isinstance(error, FileNotFoundError)
        hint = _hint_of_tables(path, name, source) if is_missing else ""
        return FileProblem(BAD_FILE, f"cannot be read: {error.strerror or error}", hint)


def _hint_of_tables(path: Path, name: str, source: Source) -> str:
    """Why a table's path may lead to no file; nothing for found files."""
    if source.table is None:
        return ""
    if "://" in name:
        return "fetch these files, and write their paths: no address in a table is followed"
    if "\\" in name:
        return "write / between the folders of a path"
    if not path.suffix and any(path.parent.glob(f"{glob.escape(path.name)}.*")):
        return "write the ending of each file too, such as .png"
    if source.span.file in source.paths:  # new data, which was given by hand
        return "the paths in a new table are relative to the folder of the table"
    return ELSEWHERE
