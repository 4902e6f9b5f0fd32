"""Further files of each example, such as the mask of an image: matched by name.

Only matching the files needs no numpy.
"""

from __future__ import annotations

import glob
import hashlib
import os
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, NamedTuple

from modelspec.diagnostics import Findings, Related, Span, join_words
from modelspec.spec.data import LABEL_COLUMN, Source, source_of_column

from .files import WILDCARDS, DataFile, find_files
from .folders import FolderFile, folder_columns, folder_files, label_column
from .source import OpenSource, open_files

if TYPE_CHECKING:
    from modelspec.data.media import ImageHeader
    from modelspec.data.table import Column, ColumnUse, Table

MOST_NAMED = 5

Keyed = Mapping[str, FolderFile]
"""What a file is matched by, to the file."""


class PairedFiles(NamedTuple):
    """The files of all examples.

    Attributes:
        first: the files of the source itself, in order.
        others: for each paired column its files, in the same order.
    """

    first: list[FolderFile]
    others: dict[str, list[FolderFile]]


def open_pairs(source: Source, folder: Path, findings: Findings) -> OpenSource | None:
    """Find the files of a source with pairs and its columns; None with findings."""
    opened = open_files(
        source, folder, findings, folder_columns, partial(find_files, takes_folders=True)
    )
    if opened is None:
        return None
    columns = list(dict.fromkeys(name for names in opened.columns for name in names))
    return opened._replace(columns=[columns] * len(opened.files))


def paths_below(source: Source, folder: Path, span: Span) -> Source | None:
    """The source whose files lie in another folder as its own lie in theirs.

    What all of its paths begin with is the folder of its own: for `data/images/*.jpg` and
    `data/masks/*.png` it is `data`.

    Args:
        source: with pairs, and paths.
        folder: the other folder.
        span: where findings point.

    Returns:
        None where no path leads to a file, as for a folder with images alone.
    """
    all_paths = [*source.paths, *(path for own in source.pairs.values() for path in own.paths)]
    parts = [PurePath(os.path.normpath(path)).parts[:-1] for path in all_paths]
    common = 0
    for level in zip(*parts, strict=False):
        if len(set(level)) > 1 or set(level[0]) & set(WILDCARDS):
            break
        common += 1

    def below(one: Source) -> Source:
        tails = [PurePath(os.path.normpath(path)).parts[common:] for path in one.paths]
        paths = tuple(str(folder.joinpath(*tail)) for tail in tails)
        return replace(one, paths=paths, path_spans=(span,) * len(paths), span=span)

    pairs = {name: below(own) for name, own in source.pairs.items()}
    found = replace(below(source), pairs=pairs)
    exists = any(glob.glob(path, recursive=True) for path in found.paths)  # noqa: PTH207
    return found if exists else None


def match_files(
    source: Source,
    folder: Path,
    columns: Iterable[str],
    suffixes: Sequence[str],
    findings: Findings,
) -> PairedFiles | None:
    """The files of some columns, example by example; None with findings.

    Files belong together where the wildcards of their paths stand for the same text, whatever the
    ending; in a folder, where they have the same path below it.

    Args:
        source: with pairs.
        folder: what paths are relative to.
        columns: the paired columns that are used.
        suffixes: of the files that are read, in lower case.
        findings: takes files without a partner, and two files of one name.
    """
    before, used = findings.error_count, set(columns)
    found = {
        name: _keyed_files(own, folder, suffixes, findings if name in used else Findings())
        for name, own in source.pairs.items()
    }
    taken = {file.path for files in found.values() for file in files.values()}
    first = _keyed_files(source, folder, suffixes, findings, without=taken)
    others = {name: files for name, files in found.items() if name in used}
    for name, files in others.items():
        if findings.error_count == before:
            _report_unmatched(first, files, (source, source.pairs[name]), findings)
    if findings.error_count > before:
        return None
    keys = list(first)
    return PairedFiles(
        [first[key] for key in keys],
        {name: [files[key] for key in keys] for name, files in others.items()},
    )


def warn_of_other_shapes(
    files: PairedFiles, targets: Iterable[str], source: Source, findings: Findings
) -> None:
    """Warn of images as targets whose sides are in another proportion than those of their image.

    Both are stretched to one size, where such a mask no longer lies on what it marks.

    Args:
        files: of the examples; those that cannot be read are passed over.
        targets: the columns that are targets.
        source: of images, with pairs.
        findings: takes one warning for each column.
    """
    from modelspec.data.media import read_image_header

    if source.kind != "images":
        return
    for name in [name for name in targets if name in files.others]:
        found: list[str] = []
        for image, target in zip(files.first, files.others[name], strict=True):
            try:
                left, right = read_image_header(image.path), read_image_header(target.path)
            except (OSError, EOFError):
                continue
            if left is None or right is None or _is_alike(left, right):
                continue
            sizes = (f"{one.width} x {one.height}" for one in (right, left))
            found.append("{} ({} pixels, its image {})".format(target.name, *sizes))
        if found:
            verb = "has" if len(found) == 1 else "have"
            shown = join_words(found, most=MOST_NAMED)
            message = f"{shown} {verb} another shape than the image of the same name"
            hint = "look whether they belong together: both are stretched to one size"
            findings.warning(source.pairs[name].path_spans[0], "unpaired-files", message, hint=hint)


def _is_alike(left: ImageHeader, right: ImageHeader) -> bool:
    """Whether two images have the same proportions, up to a pixel."""
    difference = abs(left.height * right.width - right.height * left.width)
    return difference <= max(left.height, left.width, right.height, right.width)


def _keyed_files(
    source: Source,
    folder: Path,
    suffixes: Sequence[str],
    findings: Findings,
    *,
    without: Container[Path] = (),
) -> dict[str, FolderFile]:
    """The files of a source by what they are matched by; a finding for two of one name.

    `without` are files that other columns have: `*.png` means images where `*_mask.png` are masks.
    """
    keyed: dict[str, FolderFile] = {}
    twice: list[str] = []
    for text, span in zip(source.paths, source.path_spans, strict=True):
        one = replace(source, paths=(text,), path_spans=(span,))
        for file in find_files(one, folder, findings, takes_folders=True):
            for found in folder_files(file, suffixes, findings):
                if found.path in without:
                    continue
                key = _key(found, file, text, folder)
                other = keyed.setdefault(key, found)
                if other is not found and other.path != found.path:
                    twice += [f"{other.name} and {found.name}"]
    if twice:
        message = f"{join_words(twice, most=MOST_NAMED)} have one name, and are matched by it"
        hint = "keep one of them, or rename it together with the file that it belongs to"
        findings.error(source.path_spans[0], "unpaired-files", message, hint=hint)
    return keyed


def _key(found: FolderFile, file: DataFile, text: str, folder: Path) -> str:
    """What a file is matched by: what the wildcards stand for, or its path below the folder."""
    if file.path.is_dir():
        return found.path.relative_to(file.path).with_suffix("").as_posix()
    path = found.path if Path(text).is_absolute() else Path(os.path.relpath(found.path, folder))
    name = path.as_posix()
    match = re.fullmatch(_pattern(text), _without_ending(name))
    if match is None or not match.groups():
        return found.path.stem
    return "/".join(part or "" for part in match.groups())


def _without_ending(name: str) -> str:
    folder, mark, last = name.rpartition("/")
    return f"{folder}{mark}{last.rpartition('.')[0] or last}"


_MARKS = {"*": "([^/]*)", "?": "([^/])"}


def _pattern(text: str) -> str:
    """A path with wildcards, without its ending, as a regular expression with groups for these."""
    stem = _without_ending(Path(os.path.normpath(text)).as_posix())
    parts = re.split(r"(\*\*/|\*|\?|\[[^\]]*\])", stem)
    made = []
    for part in parts:
        if part == "**/":
            made.append("(?:(.*)/)?")
        elif part.startswith("["):
            made.append(f"({part.replace('[!', '[^')})")
        else:
            made.append(_MARKS.get(part) or re.escape(part))
    return "".join(made)


def _report_unmatched(
    first: Keyed, other: Keyed, sources: tuple[Source, Source], findings: Findings
) -> None:
    """Report the files of both sides that have no partner."""
    one, two = sources
    for own, theirs, source, partner in ((first, other, one, two), (other, first, two, one)):
        alone = [file.name for key, file in own.items() if key not in theirs]
        if not alone or not own or not theirs:
            continue
        message = (
            f"{join_words(alone, most=MOST_NAMED)} {'has' if len(alone) == 1 else 'have'} no file"
            f" of the same name among {_shown(partner)}"
        )
        hint = "add the missing files, or remove these"
        if len(alone) == len(own):
            hint = (
                "no names agree: files are matched by what the wildcards stand for, so write what"
                ' all names share, such as "masks/*_mask.png"'
            )
        related = (Related(partner.path_spans[0], "the others are here"),)
        place = source.path_spans[0]
        findings.error(place, "unpaired-files", message, hint=hint, related=related)
        return


def _shown(source: Source) -> str:
    return join_words(f'"{path}"' for path in source.paths)


def read_pairs(opened: OpenSource, uses: Sequence[ColumnUse], findings: Findings) -> Table | None:
    """The files of each example, each checked; None with findings.

    Args:
        opened: of a source with pairs.
        uses: which columns are read.
        findings: takes files that cannot be read, have no partner, or no class.
    """
    from modelspec.data.media import MEDIA, media_column
    from modelspec.data.table import Purpose, Table, TablePart, column_names

    source, columns = opened.source, column_names(uses)
    suffixes = MEDIA[source.kind].suffixes
    paired = [name for name in source.pairs if name in columns]
    matched = match_files(source, opened.folder, paired, suffixes, findings)
    if matched is None:
        return None
    targets = dict.fromkeys(use.column for use in uses if use.purpose is Purpose.TARGET)
    warn_of_other_shapes(matched, targets, source, findings)
    made: dict[str, Column] = {}
    for name in columns:
        if name == LABEL_COLUMN:
            labels = label_column(matched.first, source.path_spans[0], findings)
            if labels is not None:
                made[name] = labels
            continue
        files = matched.others.get(name, matched.first)
        paths, names = [str(file.path) for file in files], [file.name for file in files]
        found = media_column(paths, names, source_of_column(source, name), findings)
        if found is not None:
            made[name] = found
    if len(made) < len(columns):
        return None
    names = [file.name for file in matched.first]
    digest = _fingerprint(matched.others)
    return Table(made, len(names), [TablePart(_shown(source), len(names), 1, names, digest)])


def _fingerprint(others: Mapping[str, Sequence[FolderFile]]) -> bytes:
    """A hash of the names and sizes of the paired files, which tells whether they changed."""
    found = hashlib.sha256()
    for name, files in others.items():
        for file in files:
            found.update(f"{name}\0{file.name}\0{file.path.stat().st_size}\n".encode())
    return found.digest()
