"""`modelspec validate --fix`: replacements that are enough to make a finding go away, applied.

A file is fixed in memory and checked again until nothing is left to fix: a right name shows what is
wrong behind it. Only the words of the fixes change: comments and layout stay.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from modelspec.diagnostics import Finding, Findings, Fix
from modelspec.document import read
from modelspec.files import write_atomically
from modelspec.spec import confine_to, divided_among

from .validate import validate_text

MAX_PASSES = 10
_LINE_END = re.compile("(\r\n|[\n\r\x85\u2028\u2029])")
_LINE = re.compile("[^\n]*\n|[^\n]+")
"""A line as a diff has it."""

_BOM = b"\xef\xbb\xbf"

Shows = Callable[[Finding], bool]


class FixedFile(NamedTuple):
    """A file, and what it is with its fixes.

    Attributes:
        name: as findings have it.
        before: its text.
        after: its text with the fixes.
        fixes: in the order in which they were applied.
    """

    name: str
    before: str
    after: str
    fixes: tuple[Fix, ...]

    def diff(self) -> str:
        """A unified diff, as `git apply` takes it."""
        from difflib import unified_diff

        path, mark = Path(os.path.normpath(self.name)).as_posix(), _mark(Path(self.name)).decode()
        before, after = (_LINE.findall(mark + text) for text in (self.before, self.after))
        lines = unified_diff(before, after, f"a/{path}", f"b/{path}")
        ended = (
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
            for line in lines
        )
        return "".join(ended)

    def write(self) -> None:
        """Replace the file, or the one that it links to, whole or not at all.

        Raises:
            CannotRunError: the file cannot be written.
        """
        path = Path(os.path.realpath(self.name))
        mode = path.stat().st_mode
        write_atomically(path, _mark(path) + self.after.encode())
        path.chmod(mode)


def _mark(path: Path) -> bytes:
    """The byte order mark that a file begins with, which its text does not have."""
    with path.open("rb") as file:
        return _BOM if file.read(len(_BOM)) == _BOM else b""


def fix_files(  # noqa: PLR0913 - as validate_files
    files: Sequence[str],
    findings: Iterable[Finding],
    is_shown: Shows,
    overrides: Mapping[str, Any] | None = None,
    *,
    data: bool = False,
    root: Path | None = None,
    workers: int | None = None,
) -> list[FixedFile]:
    """The files that have fixes, with these; nothing is written.

    Args:
        files: that were checked; no other is changed, such as a base that they extend.
        findings: of all of them.
        is_shown: whether a finding may be fixed.
        overrides: as those of `validate_files`, and so are the others.
        data: see there.
        root: see there.
        workers: see there.
    """
    wanted = {finding.span.file for finding in findings if finding.fixes and is_shown(finding)}
    fixed = []
    for name in files:
        if name not in wanted:
            continue
        check = partial(validate_text, name=name, path=Path(name), overrides=overrides, data=data)
        with confine_to(root), divided_among(workers):
            done = _fix_file(name, check, is_shown)
        if done is not None:
            fixed.append(done)
    return fixed


def _fix_file(
    name: str, check: Callable[[str], list[Finding]], is_shown: Shows
) -> FixedFile | None:
    before = text = read(Path(name), Findings())
    applied: list[Fix] = []
    for _ in range(MAX_PASSES):
        if text is None:
            break
        fixes = _applicable((f for f in check(text) if is_shown(f)), name, text)
        if not fixes:
            break
        text = _apply(text, fixes)
        applied += fixes
    if before is None or text is None or not applied:
        return None
    return FixedFile(name, before, text, tuple(applied))


def _applicable(findings: Iterable[Finding], name: str, text: str) -> list[Fix]:
    """The fixes of a file whose words stand there; none of two that contradict each other."""
    lines = _LINE_END.split(text)[::2]
    by_place: dict[tuple[int, int], set[Fix]] = {}
    for finding in findings:
        for fix in finding.fixes:
            span = fix.span
            there = lines[span.line - 1 : span.line]
            if span.file == name and [
                line[span.column - 1 : span.end_column - 1] for line in there
            ] == [fix.wrong]:
                by_place.setdefault((span.line, span.column), set()).add(fix)
    return [next(iter(by_place[place])) for place in sorted(by_place) if len(by_place[place]) == 1]


def _apply(text: str, fixes: Sequence[Fix]) -> str:
    """Replace from the end on, so that no place moves before its turn."""
    parts = _LINE_END.split(text)
    for fix in reversed(fixes):
        index = 2 * (fix.span.line - 1)
        line = parts[index]
        parts[index] = line[: fix.span.column - 1] + fix.text + line[fix.span.end_column - 1 :]
    return "".join(parts)
