"""Sources whose files have been found and looked at: which columns there are. Needs no numpy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from modelspec.data.table import ColumnUse
from modelspec.diagnostics import Findings, Related, did_you_mean, join_words
from modelspec.spec.data import DataSpec, Source, sources_of

from .csv_files import separator_hint
from .files import DataFile, common_file


class OpenSource(NamedTuple):
    """A source whose files are there: each with its columns; and what paths are relative to."""

    source: Source
    files: list[DataFile]
    columns: list[list[str]]
    folder: Path


Open = Callable[[Source, Path, Findings], OpenSource | None]


def open_sources(
    data: DataSpec, folder: Path, open_one: Open, findings: Findings
) -> dict[str, OpenSource] | None:
    """Open every source; None with findings, also where a file stands in two.

    Args:
        data: the section.
        folder: what paths are relative to.
        open_one: finds the files of one source and looks at their columns.
        findings: takes what is wrong.
    """
    sources = sources_of(data)
    found = {name: open_one(source, folder, findings) for name, source in sources.items()}
    opened = {name: item for name, item in found.items() if item is not None}
    if len(opened) < len(found):
        return None
    names = list(opened)
    sound = True
    for index, name in enumerate(names):
        for earlier in names[:index]:
            sound = _check_apart(opened[earlier], opened[name], earlier, name, findings) and sound
    return opened if sound else None


def _check_apart(
    first: OpenSource, second: OpenSource, one: str, two: str, findings: Findings
) -> bool:
    shared = common_file(first.files, second.files)
    if shared is None:
        return True
    message = (
        f"{shared.name} stands in `{one}` and in `{two}`: what is measured there would be known"
    )
    span = first.files[0].span
    related = (Related(span, f"`{one}` is here"),)
    hint = f"give `{two}` files of its own, or a share such as 0.15"
    findings.error(shared.span, "leaking-split", message, hint=hint, related=related)
    return False


def check_columns(opened: OpenSource, needs: Sequence[ColumnUse], findings: Findings) -> bool:
    """Whether all files have all columns; a finding for each that is not there."""
    before = len(findings)
    for file, names in zip(opened.files, opened.columns, strict=True):
        _check_file(file, names, needs, findings)
    return len(findings) == before


def _check_file(
    file: DataFile, names: Sequence[str], needs: Sequence[ColumnUse], findings: Findings
) -> None:
    hint = separator_hint(file, names)
    missing = [need for need in needs if need.column not in names]
    if hint and missing:
        message = f'{file.name} has a single column, "{names[0]}"'
        findings.error(file.span, "unknown-column", message, hint=hint)
        return
    for need in missing:
        message = f"{file.name} has no column `{need.column}`{did_you_mean(need.column, names)}"
        hint = f"its columns are {join_words(f'`{name}`' for name in names)}"
        findings.error(need.span, "unknown-column", message, hint=hint)
