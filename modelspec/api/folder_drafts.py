"""Looking at folders of images, sound or texts, and at long texts, to draft a first spec."""

from __future__ import annotations

import math
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from modelspec.data.media import MEDIA, read_image_header, read_wav_header
from modelspec.diagnostics import Findings, Span, join_words
from modelspec.drafting import (
    Folder,
    PicturePairs,
    Pictures,
    Sounds,
    Texts,
    draft_corpus,
    draft_lines,
    draft_pairs,
    draft_pictures,
    draft_sounds,
    draft_texts,
)
from modelspec.framework import start_keras
from modelspec.tabular import open_text, possible_encodings

IMAGES, SOUND, TEXTS = "images", "audio", "texts"
MASKS = re.compile(r"mask|label|annotation|segmentation|trimap|target|ground.?truth|^gt$|^y$", re.I)
SPLITS = re.compile(r"(train|val|valid|validation|test)(ing)?$", re.IGNORECASE)
SEEN = 500
"""Files that are opened, evenly among all."""
MOST_CLASSES_OF_PIXELS = 32
FEW_LINES, LONG_LINE = 20, 300
"""A text with fewer lines, or longer ones, is one long text."""
MOST_CHARACTERS = 150


class _Looked(NamedTuple):
    """A folder, or a text file, and its files by class folder; those in no class under ""."""

    path: Path
    span: Span
    files: dict[str, list[Path]]
    folder: Folder

    @property
    def all_files(self) -> list[Path]:
        """All files, class after class."""
        return [path for files in self.files.values() for path in files]


def takes_folder(path: Path) -> bool:
    """Whether these are files that are examples, rather than a table."""
    return path.is_dir() or path.suffix.lower() == ".txt"


def draft_folder(path: Path, folder: Path, findings: Findings) -> str | None:
    """Draft a spec for a folder, or for a text; None with a finding.

    Args:
        path: the folder or the file.
        folder: where the spec will stand.
        findings: takes why there is nothing to learn from.

    Raises:
        CannotRunError: TensorFlow, which reads masks, is missing.
    """
    span = Span(str(path), 1, 1, 1, 1)
    found = {"": [path]} if path.is_file() else _files_by_class(path)
    kind = _kind_of(found)
    if kind is None:
        suffixes = join_words(
            sorted({s for media in MEDIA.values() for s in media.suffixes}), "or", most=20
        )
        message = f"{path} has no image, recording or text"
        hint = f"their names end in {suffixes}; of a folder of tables, give one table"
        findings.error(span, "empty-data", message, hint=hint)
        return None
    files = {name: _of_kind(paths, kind) for name, paths in found.items()}
    files = {name: paths for name, paths in files.items() if paths}
    counts = {name: len(paths) for name, paths in files.items() if name}
    place = Path(os.path.relpath(path, folder)).as_posix()
    looked = _Looked(
        path, span, files, Folder(str(path), place, counts, sum(map(len, files.values())))
    )
    if kind == IMAGES and (pairs := _find_pairs(looked)) is not None:
        return _draft_pairs(looked, *pairs, findings)
    if kind == TEXTS and not counts:
        return _draft_long_text(looked, findings)
    if not _check_classes(looked, kind, findings):
        return None
    return {IMAGES: _draft_images, SOUND: _draft_sounds, TEXTS: _draft_texts}[kind](
        looked, findings
    )


def _files_by_class(path: Path) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for parent, folders, files in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        inside = Path(parent).relative_to(path).parts
        names = sorted(name for name in files if not name.startswith("."))
        found.setdefault(inside[0] if inside else "", []).extend(Path(parent, n) for n in names)
    return found


def _kind_of(found: dict[str, list[Path]]) -> str | None:
    """The kind that most files are of."""
    endings = Counter(path.suffix.lower() for paths in found.values() for path in paths)
    counts = {kind: sum(endings[s] for s in media.suffixes) for kind, media in MEDIA.items()}
    most = max(counts, key=counts.__getitem__)
    return most if counts[most] else None


def _of_kind(paths: Iterable[Path], kind: str) -> list[Path]:
    return [path for path in paths if path.suffix.lower() in MEDIA[kind].suffixes]


def _check_classes(looked: _Looked, kind: str, findings: Findings) -> bool:
    """Whether there are two classes or more."""
    classes, path = list(looked.folder.classes), looked.path
    if len(classes) >= 2 and not all(map(SPLITS.match, classes)):
        return True
    if classes and all(map(SPLITS.match, classes)):
        message = f"{path} has folders of splits ({join_words(classes)}) and not of classes"
        first = next((name for name in classes if name.startswith("train")), classes[0])
        hint = f"give --data {path / first}, and write the others into the spec:"
        hint += f" `test: {{{kind}: FOLDER}}` in place of the share"
        findings.error(looked.span, "one-class", message, hint=hint)
        return False
    what = f"the single class folder {classes[0]}" if classes else "no class folders"
    hint = "make a folder for each class, or list the files in a table and write"
    hint += f" `train: {{{kind}: {{csv: TABLE, column: COLUMN}}}}` with a target of it"
    findings.error(
        looked.span, "one-class", f"{path} has {what}: there is nothing to learn", hint=hint
    )
    return False


def _some(paths: Sequence[Path]) -> Sequence[Path]:
    return paths[:: max(1, len(paths) // SEEN)]


def _look_at_pictures(paths: Sequence[Path]) -> Pictures | None:
    sizes, are_grey = [], True
    for path in _some(paths):
        header = None
        with suppress(OSError, EOFError):
            header = read_image_header(path)
        if header is not None:
            sizes.append((header.height, header.width))
            are_grey = are_grey and header.channels == 1
    if not sizes:
        return None
    (height, width), count = Counter(sizes).most_common(1)[0]
    if count * 2 < len(sizes):
        height, width = (sorted(sides)[len(sizes) // 2] for sides in zip(*sizes, strict=True))
    return Pictures(height, width, are_grey)


def _report_unreadable(looked: _Looked, what: str, findings: Findings) -> None:
    message = f"{looked.path} has no {what} that can be read"
    findings.error(looked.span, "bad-data-file", message)


def _draft_images(looked: _Looked, findings: Findings) -> str | None:
    pictures = _look_at_pictures(looked.all_files)
    if pictures is None:
        _report_unreadable(looked, "image", findings)
        return None
    return draft_pictures(looked.folder, pictures)


def _find_pairs(looked: _Looked) -> tuple[str, str] | None:
    """The folders of images and of masks, where these are all that there is."""
    names = list(looked.files)
    masks = [name for name in names if MASKS.search(name)]
    if len(names) != 2 or "" in names or len(masks) != 1:
        return None
    [images] = (name for name in names if name not in masks)
    return images, masks[0]


def _draft_pairs(looked: _Looked, images: str, masks: str, findings: Findings) -> str | None:
    paths, others = looked.files[images], looked.files[masks]
    pictures = _look_at_pictures(paths)
    if pictures is None:
        _report_unreadable(looked, "image", findings)
        return None
    stems = {path.stem for path in paths}
    ends = {
        other.stem[len(stem) :] for other in others for stem in stems if other.stem.startswith(stem)
    }
    fits = (
        end for end in sorted(ends, key=len) if {s + end for s in stems} == {o.stem for o in others}
    )
    end = next(fits, None)
    if end is None:
        odd = min({o.stem for o in others} ^ stems)
        message = f"the images in {images} and {masks} do not have the same names, such as {odd}"
        hint = "give each mask the name of its image, or that name and one ending such as _mask"
        findings.error(looked.span, "no-data-file", message, hint=hint)
        return None
    place = looked.folder.place
    patterns = (f"{place}/{images}/*{_ending(paths)}", f"{place}/{masks}/*{end}{_ending(others)}")
    is_grey = all(map(_is_one_channel, _some(others)))
    values = _mask_values(others, looked.span) if is_grey else ()
    found = PicturePairs(*patterns, pictures, values, is_grey)
    counted = Folder(looked.folder.given, place, {}, len(paths))
    return draft_pairs(counted, found)


def _ending(paths: Sequence[Path]) -> str:
    endings = {path.suffix for path in paths}
    return endings.pop() if len(endings) == 1 else ".*"


def _is_one_channel(path: Path) -> bool:
    """Whether an image is grey, or a PNG with a palette."""
    with suppress(OSError, EOFError):
        header = read_image_header(path)
        with path.open("rb") as file:
            start = file.read(26)
        has_palette = header is not None and header.form == "png" and start[25] == 3
        return header is not None and (header.channels == 1 or has_palette)
    return False


def _mask_values(paths: Sequence[Path], span: Span) -> tuple[int, ...]:
    """The pixel values of masks; none where there are too many to be classes.

    Raises:
        CannotRunError: TensorFlow is missing.
    """
    start_keras()
    import numpy as np

    from modelspec.data.media import pixel_values
    from modelspec.data.table import Column
    from modelspec.spec.data import Columns

    names = np.asarray([str(path) for path in paths], dtype=object)
    column = Column(names, np.zeros(len(names), np.bool_))
    values = pixel_values(column, Columns("mask", ("mask",), (span,), True, span))
    return tuple(map(int, values)) if 2 <= len(values) <= MOST_CLASSES_OF_PIXELS else ()


def _draft_sounds(looked: _Looked, findings: Findings) -> str | None:
    rates: Counter[int] = Counter()
    longest = 0.0
    for path in _some(looked.all_files):
        header = None
        with suppress(OSError, EOFError):
            header = read_wav_header(path)
        if header is not None and header.rate:
            rates[header.rate] += 1
            longest = max(longest, header.samples / header.rate)
    if not rates:
        _report_unreadable(looked, "wav file", findings)
        return None
    rate = rates.most_common(1)[0][0]
    sounds = Sounds(rate, len(rates) > 1, max(1, math.ceil(longest * rate)))
    return draft_sounds(looked.folder, sounds)


def _contents(paths: Sequence[Path]) -> tuple[str, list[str]] | None:
    """The encoding of some files and their texts; None where they have none that is known."""
    encodings = [UTF_8, *possible_encodings(paths[0])]
    for encoding in dict.fromkeys(encodings):
        with suppress(UnicodeError, OSError):
            return encoding, [_read(path, encoding) for path in paths]
    return None


UTF_8 = "utf-8"


def _read(path: Path, encoding: str) -> str:
    with open_text(path, encoding) as file:
        return file.read()


def _draft_texts(looked: _Looked, findings: Findings) -> str | None:
    read = _contents(_some(looked.all_files))
    if read is None:
        _report_unreadable(looked, "text", findings)
        return None
    encoding, texts = read
    words = [re.findall(r"\w+", text.lower()) for text in texts]
    known = Counter(word for one in words for word in set(one))
    vocabulary = sum(1 for times in known.values() if times > 1)
    if not vocabulary:
        message = f"the texts in {looked.path} have no word in common: there is nothing to learn"
        findings.error(looked.span, "empty-data", message)
        return None
    length = max(10, -(-_most(map(len, words)) // 10) * 10)
    found = Texts(encoding, vocabulary, min(length, 500), sum(map(len, texts)))
    return draft_texts(looked.folder, found)


def _draft_long_text(looked: _Looked, findings: Findings) -> str | None:
    read = _contents(looked.all_files)
    if read is None:
        _report_unreadable(looked, "text", findings)
        return None
    encoding, texts = read
    lines = [line for text in texts for line in _lines(text)]
    total = sum(map(len, texts))
    characters = min(MOST_CHARACTERS, len({mark for text in texts for mark in text}))
    if total < 500:
        message = f"{looked.path} has {total} characters: too few to learn from"
        findings.error(looked.span, "empty-data", message)
        return None
    length = _most(map(len, lines))
    is_lines = len(lines) >= FEW_LINES and length <= LONG_LINE
    folder = looked.folder._replace(files=len(lines))
    if looked.path.is_dir():
        folder = folder._replace(place=f"{folder.place}/*.txt")
    return (draft_lines if is_lines else draft_corpus)(
        folder, Texts(encoding, characters, length, total)
    )


def _lines(text: str) -> Iterator[str]:
    return (line for line in text.splitlines() if line)


def _most(lengths: Iterable[int]) -> int:
    """What 95 of 100 lengths are at most."""
    ordered = sorted(lengths)
    return ordered[min(len(ordered) - 1, len(ordered) * 95 // 100)] if ordered else 0
