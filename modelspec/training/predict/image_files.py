"""Predictions that are images: a PNG file for each row, called as the file that it is made from."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import Any, NamedTuple

import numpy as np

from modelspec.data import NewDataChunk
from modelspec.data.table import Table
from modelspec.diagnostics import UsageError
from modelspec.files import cannot_write, draft_of, write_atomically

from .output_columns import OutputColumn, is_image
from .prediction_files import (
    Predictions,
    file_class,
    no_folder,
    refuse_unwritable,
    write_chunks,
)

SUFFIX = ".png"

TABLE_NAME = "predictions.csv"
"""The table in a folder of images."""


def image_outputs(meanings: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The outputs whose predictions are images, of the meaning of each."""
    return [name for name, meaning in meanings.items() if is_image(meaning)]


class ImagePlace(NamedTuple):
    """Where predictions with images go: the images into a folder, the rest into a table.

    Attributes:
        folder: of the images.
        table: the file of the table, beside the folder, or in it.
    """

    folder: Path
    table: Path

    @staticmethod
    def of(output: Path) -> ImagePlace:
        """The place of an output: a name without a suffix is that of the folder.

        Raises:
            UsageError: it has another suffix than tables have.
        """
        if not output.suffix:
            return ImagePlace(output, output / TABLE_NAME)
        file_class(output)
        return ImagePlace(output.with_suffix(""), output)

    @property
    def shown(self) -> str:
        """What the table calls the folder."""
        return "" if self.table.parent == self.folder else self.folder.name

    def refuse_existing(self, *, force: bool) -> None:
        """Refuse to overwrite, before the work of predicting.

        Raises:
            UsageError: the table, a folder with files, or a file in its place exists.
            CannotRunError: there is no folder to write into.
        """
        if self.folder.exists() and not self.folder.is_dir():
            raise UsageError(f"{self.folder} is a file, and images go into a folder of this name")
        if self.folder.exists() and not force and any(self.folder.iterdir()):
            raise UsageError(f"{self.folder} exists; choose another name, or give --force")
        if self.shown:
            refuse_unwritable(self.table, force=force)
        elif not self.folder.parent.is_dir():
            raise no_folder(self.folder)


def refuse_images(images: list[str]) -> None:
    """Refuse images for a stream.

    Raises:
        UsageError: there are some.
    """
    if images:
        message = f"`{images[0]}` is an image for each row, which standard output cannot take"
        raise UsageError(f"{message}: name a folder for PNG files, such as `-o predicted`")


def write_with_images(
    predictions: Predictions, images: list[str], place: ImagePlace, *, escape_formulas: bool
) -> int:
    """Write the images, then the table with their names; how many rows there are."""
    file_type = file_class(place.table, escape_formulas=escape_formulas)
    with image_folder(place.folder) as draft:
        files = ImageFiles(draft, images, place.shown)
        table = draft / place.table.name
        with table.open("wb") as file:
            made = ((files.add(columns, chunk), chunk) for columns, chunk in predictions)
            rows = write_chunks(made, file_type(file))
        if place.shown:
            write_atomically(place.table, table.replace)
    return rows


class ImageFiles:
    """Writes the images of predictions, chunk by chunk.

    Args:
        folder: where they are written.
        outputs: the outputs that are images; where there are several, each gets a folder.
        shown: what the table calls the folder; "" where the table lies in it.
    """

    def __init__(self, folder: Path, outputs: Sequence[str], shown: str) -> None:
        self.folder = folder
        self.outputs = outputs
        self.shown = shown
        self._names: Sequence[str] | None = None

    def add(
        self, columns: Mapping[str, OutputColumn], chunk: NewDataChunk
    ) -> dict[str, OutputColumn]:
        """Write the images of a chunk; the columns with their paths in place of the pixels."""
        if self._names is None:
            self._names = image_names(chunk.examples.table)
        names = [self._names[row] for row in chunk.examples.rows.tolist()]
        kept: dict[str, OutputColumn] = {}
        for name, column in columns.items():
            if column.pixels is not None:
                kept[name] = self._write(name, column.pixels, names)
            elif column.output not in self.outputs:
                kept[name] = column
        return kept

    def _write(self, output: str, pixels: Any, names: Sequence[str]) -> OutputColumn:
        import tensorflow as tf

        inner = PurePath(output) if len(self.outputs) > 1 else PurePath()
        paths = [inner / f"{name}{SUFFIX}" for name in names]
        for path, image in zip(paths, pixels, strict=True):
            file = self.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(tf.io.encode_png(image).numpy())
        shown = [PurePath(self.shown, path).as_posix() for path in paths]
        return OutputColumn(np.arange(len(shown)), shown, output=output)


def image_names(table: Table) -> Sequence[str]:
    """A name for the image of each row, each different: that of its file, without the ending.

    Files of one name in several folders keep these; a file that several rows have gets the number
    of the row, counted from 1.
    """
    files = table.files or next(
        (
            column.values.tolist()
            for column in table.columns.values()
            if column.media_source is not None and not column.holds_files
        ),
        [str(row + 1) for row in range(table.rows)],
    )
    paths = [PurePath(file) for file in files]
    below = [_below(path, _common(paths)) for path in paths]
    candidates = (
        [path.stem for path in paths],
        [path.with_suffix("").as_posix() for path in below],
        [path.as_posix() for path in below],
        [f"{path.stem}-{row + 1}" for row, path in enumerate(paths)],
    )
    return next((names for names in candidates if _are_different(names)), candidates[-1])


def _are_different(names: Sequence[str]) -> bool:
    """Whether names are those of different files, also where A.png is a.png."""
    return len({name.casefold() for name in names}) == len(names)


def _common(paths: Sequence[PurePath]) -> int:
    """How many folders all paths begin with."""
    levels = [set(level) for level in zip(*(path.parent.parts for path in paths), strict=False)]
    return next((i for i, level in enumerate(levels) if len(level) > 1), len(levels))


def _below(path: PurePath, folders: int) -> PurePath:
    """A path without its first folders, and without those that lead up."""
    return PurePath(*(part for part in path.parts[folders:] if part != ".."))


@contextmanager
def image_folder(folder: Path) -> Iterator[Path]:
    """A draft of a folder, which is moved to its place, or into it, where the block ends well.

    Raises:
        CannotRunError: something cannot be written.
    """
    draft = draft_of(folder)
    try:
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        yield draft
        for file in sorted(path for path in draft.rglob("*") if path.is_file()):
            place = folder / file.relative_to(draft)
            place.parent.mkdir(parents=True, exist_ok=True)
            file.replace(place)
    except OSError as error:
        raise cannot_write(folder, error) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
