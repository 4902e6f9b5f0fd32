"""The predictions of a run for its report: those that are saved, or made once by TensorFlow."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from modelspec.api.predicting import predictions_of
from modelspec.diagnostics import ModelspecError, join_words
from modelspec.runs import OutputKind, RunFile, RunStatus

from .run_data import folder_of_spec

if TYPE_CHECKING:
    from modelspec.evaluation import Array, SplitPredictions
    from modelspec.run_report import RunContent

MOST_OUTPUTS = 8
"""Outputs whose predictions a page shows, so that it stays below 1.5 MB."""

WITH_CLASS = (OutputKind.CLASSES, OutputKind.BINARY)
"""Kinds of outputs that have one class for each row, or each place in it."""

RANK_OF_ROWS = 2
"""The rank of an output with one class for each row; of more there are classes of places."""

SPLITS = ("test", "validation")
"""The split that a run is judged by: the first of these that it has."""


def read_predictions(
    content: RunContent, *, predict: bool, say: Callable[[str], None]
) -> RunContent:
    """The content with the predictions of a split; with the reason where there are none.

    Args:
        content: of a run.
        predict: whether TensorFlow may make them where they are not saved.
        say: takes that it does.
    """
    try:
        found = _read(content, predict=predict, say=say)
    except ModuleNotFoundError as error:
        found = f"The predictions could not be read, as `{error.name}` is not installed."
    except (ModelspecError, OSError) as error:
        found = f"{sentence(str(error))}"
    if isinstance(found, str):
        return replace(content, reasons={**content.reasons, "predictions": found})
    outputs = dict(list(found.outputs.items())[:MOST_OUTPUTS])
    left = len(found.outputs) - len(outputs)
    if left:
        why = f"The first {MOST_OUTPUTS} outputs have sections here, and {left} more have none."
        content = replace(content, reasons={**content.reasons, "outputs": why})
    found = replace(found, outputs=outputs, columns=_with_short_paths(found.columns, content))
    return without_stale_importance(replace(content, predictions={found.split: found}))


def without_stale_importance(content: RunContent) -> RunContent:
    """The content without an importance.json of other weights."""
    from modelspec.data.sources import fingerprint

    weights = content.importance.get("weights")
    try:
        is_current = weights == fingerprint(content.record.path / RunFile.MODEL).hex()
    except OSError:
        is_current = False
    if not content.importance or is_current:
        return content
    why = f"{RunFile.IMPORTANCE} is of other weights than {RunFile.MODEL}."
    return replace(content, importance={}, reasons={**content.reasons, "importance": why})


def _read(
    content: RunContent, *, predict: bool, say: Callable[[str], None]
) -> SplitPredictions | str:
    why = why_no_predictions(content) or _why_not_kept(content)
    if why:
        return why
    split = split_of_report(content)
    from modelspec.training.saved_predictions import current_predictions

    folder = content.record.path
    kept = current_predictions(folder, split)
    if kept is not None:
        return kept
    if not predict:
        return (
            f"The predictions of the {split} split are not saved in the run folder, and the page "
            f"was written with --no-predict; `modelspec report {content.name}` makes them once."
        )
    say(f"the predictions of the {split} split are not saved yet: TensorFlow makes them once")
    return predictions_of(folder, split)


def split_of_report(content: RunContent) -> str:
    """The split that a run is judged by, of one that has some: see `why_no_predictions`."""
    return next(one for one in SPLITS if one in content.record.digests)


def _with_short_paths(columns: Mapping[str, Array], content: RunContent) -> dict[str, Array]:
    """The columns, with paths of files in the spec's folder relative to it: a page that is sent
    to others says nothing of this machine's folders."""
    start = f"{folder_of_spec(content)}{os.sep}"
    return {name: _relative(values, start) for name, values in columns.items()}


def _relative(values: Array, start: str) -> Array:
    """The values, where they are paths below a folder without that folder."""
    first = values[:8].tolist() if values.dtype == object else []
    if not any(isinstance(one, str) and one.startswith(start) for one in first):
        return values
    shown = [one.removeprefix(start) if isinstance(one, str) else one for one in values.tolist()]
    return np.array([*shown, None], dtype=object)[:-1]  # of one axis whatever the values are


def why_no_predictions(content: RunContent) -> str:
    """Why nothing is predicted for a report, without a look for it; "" where something may be."""
    if content.record.state is not RunStatus.COMPLETE:
        return "Predictions are made of a complete run, and this one is not."
    if content.members:
        return "There are predictions of each fold or seed; the report of one of them has them."
    if not any(one in content.record.digests for one in SPLITS):
        return "The run has neither a test split nor a validation split to predict."
    if not (content.record.path / RunFile.MODEL).is_file():
        return f"{RunFile.MODEL} is missing, so that nothing can be predicted."
    spec = None if content.parts is None else content.parts.spec
    if spec is not None and spec.training is not None and spec.training.gan is not None:
        return "The model is a generator, whose examples have no truth beside them."
    return ""


def why_output_not_kept(content: RunContent, name: str) -> str:
    """Why an output has no predictions that can be kept, without a look at its values; "" if it may
    have some."""
    from modelspec.training.saved_predictions import why_not_saved

    meaning = content.meanings[name]
    why = why_not_saved(meaning)
    if why or meaning.get("kind") not in WITH_CLASS or content.parts is None:
        return why
    analysis = content.parts.analysis
    rank = 0 if analysis is None else getattr(analysis.outputs.get(name), "rank", 0)
    return "has a class for each of several places" if rank > RANK_OF_ROWS else ""


def _why_not_kept(content: RunContent) -> str:
    """Why no output has predictions that can be kept; "" if one may have some."""
    reasons = {name: why_output_not_kept(content, name) for name in content.meanings}
    if not reasons or not all(reasons.values()):
        return ""
    said = join_words(f"`{name}` {reason}" for name, reason in reasons.items())
    return f"No output of the run has predictions that are measured row by row: {said}."


def sentence(text: str) -> str:
    """The first line of a message as a sentence."""
    first = text.splitlines()[0] if text else "the predictions cannot be made"
    return first[0].upper() + first[1:] + ("" if first.endswith(".") else ".")
