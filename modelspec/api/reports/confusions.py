"""The confusion matrices of masks and steps for a report, and the masks that are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from modelspec.api.predicting import confusions_of
from modelspec.diagnostics import ModelspecError, join_words

from .examples import RowPictures, picture_url, shown_column
from .predictions import (
    WITH_CLASS,
    sentence,
    split_of_report,
    why_no_predictions,
    why_output_not_kept,
)

if TYPE_CHECKING:
    from modelspec.data import SplitColumns
    from modelspec.data.table import Column
    from modelspec.evaluation import Confusion, MaskExample
    from modelspec.run_report import RunContent, ShownMask

NOT_COUNTED = (255, 255, 255)
"""The colour of pixels that count nowhere."""

PICTURE_SIDE = 96
"""Small masks are enlarged up to it, each pixel to a square."""


def read_confusions(
    content: RunContent, *, predict: bool, say: Callable[[str], None]
) -> RunContent:
    """The content with the confusion matrices of outputs with classes that have no predictions
    there; with the reason where there are none.

    Args:
        content: of a run, with the predictions that there are.
        predict: whether TensorFlow may count them where they are not kept.
        say: takes that it does.
    """
    wanted = _wanted(content)
    if not wanted:
        return content
    split, folder = split_of_report(content), content.record.path
    named = join_words(f"`{name}`" for name in wanted)
    try:
        found = confusions_of(folder, split, wanted, predict=False)
        if found is None and predict:
            said = f"the classes of {named} on the {split} split are not counted yet"
            say(f"{said}: TensorFlow predicts them once")
            found = confusions_of(folder, split, wanted)
    except ModuleNotFoundError as error:
        return _without(content, f"They could not be read, as `{error.name}` is not installed.")
    except (ModelspecError, OSError) as error:
        return _without(content, sentence(str(error)))
    if found is None:
        why = f"The classes of {named} on the {split} split are not counted in the run folder, and "
        how = f"the page was written with --no-predict; `modelspec report {content.name}` does it."
        return _without(content, why + how)
    if len(found) < len(wanted):
        left = join_words(f"`{name}`" for name in wanted.keys() - {one.output for one in found})
        content = _without(
            content, f"There is no confusion matrix of {left}: it has too many classes."
        )
    return replace(content, confusions={split: found}) if found else content


def read_masks(content: RunContent, columns: SplitColumns | None, folder: Path) -> RunContent:
    """The content with pictures of the masks that the model predicts worst.

    Args:
        content: with confusion matrices.
        columns: of the files; None where they cannot be read.
        folder: that paths in them are relative to.
    """
    pictures = RowPictures(folder)
    found = {
        split: {one.output: _shown(one, split, columns, pictures) for one in several if one.worst}
        for split, several in content.confusions.items()
    }
    if pictures.reasons and not content.reasons.get("examples"):
        content = replace(content, reasons={**content.reasons, "examples": pictures.note()})
    return replace(content, masks={split: one for split, one in found.items() if one})


def _wanted(content: RunContent) -> dict[str, Mapping[str, Any]]:
    """The outputs with classes whose predictions are not kept, with what data.json says of them."""
    if why_no_predictions(content):
        return {}
    left = {name for one in content.predictions.values() for name in one.left_out}
    return {
        name: meaning
        for name, meaning in content.meanings.items()
        if meaning.get("kind") in WITH_CLASS
        and (name in left if content.predictions else why_output_not_kept(content, name))
    }


def _without(content: RunContent, why: str) -> RunContent:
    return replace(content, reasons={**content.reasons, "confusions": why})


def _shown(
    confusion: Confusion, split: str, columns: SplitColumns | None, pictures: RowPictures
) -> list[ShownMask]:
    from modelspec.run_report import ShownMask

    of_split = {} if columns is None else columns.columns.get(split, {})
    name = None if columns is None else shown_column(columns, of_split)
    column = None if name is None else of_split[name]
    if column is not None and len(column.missing) != confusion.examples:
        column = None  # not of the same examples
    made = []
    for one in confusion.worst:
        image = "" if column is None else pictures.of_row(column, one.row)
        truth, predicted = (_mask_url(mask, pictures) for mask in _masks(one))
        if truth and predicted:
            place = f"example {one.row + 1}{_file_name(column, one.row)}"
            made.append(ShownMask(place, one.iou, truth, predicted, image))
    return made


def _file_name(column: Column | None, row: int) -> str:
    """The name of the file of a row, after a comma; "" where it is of none."""
    value = None if column is None or column.missing[row] else column.values[row]
    return f", {Path(value).name}" if isinstance(value, str) else ""


def _masks(example: MaskExample) -> Iterable[npt.NDArray[np.int16]]:
    """The truth, and the prediction; where the truth counts nowhere, neither does that."""
    return example.truth, np.where(example.truth < 0, np.int16(-1), example.predicted)


def _mask_url(mask: npt.NDArray[np.int16], pictures: RowPictures) -> str:
    from modelspec.run_report import class_colours

    classes = int(mask.max(initial=0)) + 1
    colours = np.array([*class_colours(classes), NOT_COUNTED], dtype=np.uint8)
    scale = max(1, PICTURE_SIDE // max(mask.shape))
    pixels = colours[mask].repeat(scale, axis=0).repeat(scale, axis=1)
    return picture_url(pixels, pictures.reasons, is_exact=True)
