"""Faults of files that are examples of their own: one finding for all files of one fault."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from modelspec.diagnostics import Findings, join_words
from modelspec.spec.data import Source

BROKEN = "bad-data-file"

MOST_NAMED = 5
"""Files that one finding names; more are counted."""


class FileProblem(NamedTuple):
    """What some files have in common: the finding's code, the sentence of which they are the
    subject, what to do, and whether they can be read all the same."""

    code: str
    words: str
    hint: str
    is_warning: bool = False


EMPTY = FileProblem(BROKEN, "cannot be read: empty", "take a sound copy, or remove it")


def check_files(
    paths: Sequence[Path],
    names: Sequence[str],
    source: Source,
    look: Callable[[Path], FileProblem | None],
    findings: Findings,
) -> bool:
    """Whether all files can be read; a finding for each kind of fault.

    Args:
        paths: the files.
        names: what messages call them.
        source: where findings point.
        look: finds the fault of one file. It may raise OSError, which becomes one.
        findings: takes the faults.
    """
    found: dict[FileProblem, list[str]] = {}
    for path, name in zip(paths, names, strict=True):
        fault = _look(path, look)
        if fault is not None:
            found.setdefault(fault, []).append(name)
    for fault, files in found.items():
        message = f"{join_words(files, most=MOST_NAMED)} {fault.words}"
        say = findings.warning if fault.is_warning else findings.error
        say(source.path_spans[0], fault.code, message, hint=fault.hint)
    return all(fault.is_warning for fault in found)


def _look(path: Path, look: Callable[[Path], FileProblem | None]) -> FileProblem | None:
    try:
        return EMPTY if path.stat().st_size == 0 else look(path)
    except OSError as error:
        return FileProblem(BROKEN, f"cannot be read: {error.strerror or error}", "")
