"""Images and texts of a few rows for a report: as the files have them, small and shortened."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from modelspec.diagnostics import join_words

if TYPE_CHECKING:
    from modelspec.data import SplitColumns
    from modelspec.data.table import Column
    from modelspec.run_report import RunContent, ShownExample

PIXELS = 96
"""The longer side of a picture at most."""

LEAST_SIDE = 4
"""An array with shorter sides is no image."""

MOST_CHANNELS = 4

SMALL_BYTE = 127
"""Where no byte is larger, the largest one is white."""

LARGE = 4_096
"""Bytes of a PNG above which a picture is a JPEG."""

LETTERS = 400
"""Of a text, what is shown."""

LEAST_LETTERS = 25
"""The mean length of the values of a column that is shown as text."""

MOST_EXAMPLES = 40
"""Of a page, so that it stays small."""


def read_examples(content: RunContent, columns: SplitColumns | None, folder: Path) -> RunContent:
    """The content with examples of the rows that its section on mistakes shows.

    Args:
        content: with predictions.
        columns: of the files.
        folder: that paths in them are relative to.
    """
    from modelspec.run_report import chosen_rows

    if columns is None or not content.predictions:
        return content
    found: dict[str, Mapping[int, ShownExample]] = {}
    pictures = RowPictures(folder)
    for split, predictions in content.predictions.items():
        of_split = columns.columns.get(split, {})
        chosen = [row for one in predictions.outputs.values() for row in chosen_rows(one)]
        rows = list(dict.fromkeys(chosen))[:MOST_EXAMPLES]
        name = shown_column(columns, of_split)
        if name is None or len(of_split[name].missing) != len(predictions):
            continue  # of a series, several rows are an example
        found[split] = _examples(of_split[name], rows, predictions.places, pictures)
    if pictures.reasons:
        content = replace(content, reasons={**content.reasons, "examples": pictures.note()})
    return replace(content, examples={split: one for split, one in found.items() if one})


def shown_column(columns: SplitColumns, of_split: Mapping[str, Column]) -> str | None:
    """The column of an input that is an image or a text."""
    for name, uses in columns.uses.items():
        column = of_split.get(name)
        if column is None or not any(use.is_input for use in uses):
            continue
        if _is_image_file(column) or _is_image(column.values) or _is_long_text(column):
            return name
    return None


def _is_image_file(column: Column) -> bool:
    source = column.media_source
    return (
        source is not None
        and source.kind in ("images", "folders", "csv", "jsonl", "parquet")
        and not _is_sound(column)
    )


def _is_sound(column: Column) -> bool:
    first = column.values[0] if len(column.values) else ""
    return isinstance(first, str) and first.lower().endswith((".wav", ".flac", ".mp3", ".ogg"))


def _is_image(values: npt.NDArray[Any]) -> bool:
    if values.dtype.kind not in "uif" or values.ndim not in (3, 4):
        return False
    is_wide = min(values.shape[1:3]) >= LEAST_SIDE
    return is_wide and (values.ndim == 3 or values.shape[3] <= MOST_CHANNELS)


def _is_long_text(column: Column) -> bool:
    if not column.is_text or column.media_source is not None or column.values.ndim != 1:
        return False
    lengths = [len(one) for one in column.values[:200].tolist() if isinstance(one, str)]
    return bool(lengths) and sum(lengths) / len(lengths) >= LEAST_LETTERS


def _examples(
    column: Column,
    rows: list[int],
    places: Mapping[str, Any],
    pictures: RowPictures,
) -> dict[int, ShownExample]:
    from modelspec.run_report import ShownExample

    has_pictures = _is_image(column.values) or _is_image_file(column)
    made = {}
    for row in rows:
        place = ", ".join(f"{key} {values[row]}" for key, values in places.items())
        if column.missing[row]:
            continue
        if not has_pictures:
            text = str(column.values[row])
            shown = text if len(text) <= LETTERS else f"{text[: LETTERS - 1]}…"
            made[row] = ShownExample(place, text=shown)
        elif image := pictures.of_row(column, row):
            made[row] = ShownExample(place, image=image)
    return made


class RowPictures:
    """Makes pictures of the rows of columns.

    Args:
        folder: that paths are relative to.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reasons: list[str] = []
        """Why one could not be made."""
        self._ranges: dict[int, tuple[float, float]] = {}

    def note(self) -> str:
        """Why some are missing, as a sentence."""
        return f"Some examples are not shown: {join_words(dict.fromkeys(self.reasons), most=2)}."

    def of_row(self, column: Column, row: int) -> str:
        """A data URL of the picture that a row has; "" where it has none."""
        value = column.values[row]
        if column.missing[row]:
            return ""
        if _is_image(column.values):
            if id(column) not in self._ranges:
                self._ranges[id(column)] = _range(column.values)
            return picture_url(
                _bytes_of(np.asarray(value), *self._ranges[id(column)]), self.reasons
            )
        return _file_as_url(value, self.folder, self.reasons) if _is_image_file(column) else ""


def _range(values: npt.NDArray[Any]) -> tuple[float, float]:
    """What is black and what is white: 0 and 255 of bytes, unless all are small; else the least
    and the largest."""
    if values.dtype == np.uint8 and values.size and int(values.max()) > SMALL_BYTE:
        return 0.0, 255.0
    finite = values[np.isfinite(values)] if values.dtype.kind == "f" else values
    if not finite.size:
        return 0.0, 1.0
    least, most = float(finite.min()), float(finite.max())
    return (min(0.0, least), most) if most > least else (least, least + 1)


def _bytes_of(pixels: npt.NDArray[Any], least: float, most: float) -> npt.NDArray[np.uint8]:
    """The values of an image [height, width] or [height, width, channels] as bytes."""
    shares = np.nan_to_num((pixels.astype(np.float64) - least) / (most - least))
    grey = (np.clip(shares, 0, 1) * 255).round().astype(np.uint8)
    return grey[..., 0] if grey.ndim == 3 and grey.shape[2] in (1, 2) else grey


def picture_url(
    pixels: npt.NDArray[np.uint8], reasons: list[str], *, is_exact: bool = False
) -> str:
    """A data URL of an image [height, width] or [height, width, 3 or 4]; "" with a reason where
    there is no Pillow.

    Args:
        pixels: of the image.
        reasons: takes why there is none.
        is_exact: whether no pixel may change its colour.
    """
    try:
        from PIL import Image
    except ImportError:
        reasons.append(NO_PILLOW)
        return ""
    return _encoded(Image.fromarray(np.ascontiguousarray(pixels)), is_exact=is_exact)


def _file_as_url(value: Any, folder: Path, reasons: list[str]) -> str:
    """A picture of an image file, by its path or its bytes."""
    try:
        from PIL import Image
    except ImportError:
        reasons.append(NO_PILLOW)
        return ""
    source = io.BytesIO(value) if isinstance(value, bytes) else folder / str(value)
    try:
        with Image.open(source) as image:
            image.draft("RGB", (PIXELS * 2, PIXELS * 2))
            return _encoded(image)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        reasons.append(f"an image cannot be read ({type(error).__name__})")
        return ""


NO_PILLOW = "pictures need Pillow, which `pip install 'keras-modelspec[tensorflow]'` brings"


def _encoded(image: Any, *, is_exact: bool = False) -> str:
    """A data URL of a picture of at most `PIXELS`: PNG, or JPEG where that is much smaller."""
    if image.mode not in ("L", "RGB", "RGBA"):
        image = image.convert("RGB")
    image.thumbnail((PIXELS, PIXELS))
    form, written = "png", _saved(image, "png", optimize=True)
    if len(written) > LARGE and not is_exact:
        form = "jpeg"
        written = _saved(image.convert("L" if image.mode == "L" else "RGB"), form, quality=75)
    return f"data:image/{form};base64,{base64.b64encode(written).decode()}"


def _saved(image: Any, form: str, **how: Any) -> bytes:
    written = io.BytesIO()
    image.save(written, form, **how)
    return written.getvalue()
