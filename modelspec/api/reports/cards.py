"""Write the card of a run, with what its kept predictions say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from modelspec.api.building import open_spec
from modelspec.diagnostics import ModelspecError, UsageError
from modelspec.files import choose_format, refuse_existing, write_atomically
from modelspec.runs import OutputKind, RunFile, run_of_model

if TYPE_CHECKING:
    from modelspec.cards import ClassFigures, MeasuredSplit, SliceFigure
    from modelspec.evaluation import OutputPredictions, Slices, SplitPredictions
    from modelspec.spec import Spec

SPLITS = ("test", "validation")
"""The split that is told of: the first of these whose predictions are kept."""


def card(  # all but the first two by name, as options are
    run: Path | str,
    output: Path | str | None = None,
    *,
    form: str | None = None,
    license: str | None = None,
    languages: Sequence[str] = (),
    force: bool = False,
) -> str:
    """Write the card of a complete run, without TensorFlow.

    Args:
        run: its folder; that of folds or seeds has the means.
        output: the file to write, if any.
        form: "huggingface", a model card in markdown, or "cyclonedx", a bill of materials in JSON;
            by default what the ending of `output` says, or "huggingface".
        license: the identifier of the model's licence, such as "apache-2.0".
        languages: codes of ISO 639, such as "en".
        force: overwrite the file.

    Returns:
        The text.

    Raises:
        UsageError: the folder is not a run, the run is not complete, `output` exists, or an option
            is none.
        SpecError: the recorded spec is damaged.
        CannotRunError: a file of the run cannot be read, or `output` not be written.
    """
    from modelspec.api.specs import plot, summary_of_opened
    from modelspec.cards import CARD_FORMATS, CardOptions, gather_facts, require_complete

    options = CardOptions(license, tuple(languages))
    options.check()
    path, to = Path(run), None if output is None else Path(output)
    folder = run_of_model(path) or path
    if to is not None and to.is_dir():
        raise UsageError(f"{to} is a folder: name a file in it, such as {to / 'README.md'}")
    chosen = choose_format(CARD_FORMATS, form, to, "a card")
    require_complete(folder)
    if to is not None:
        refuse_existing(to, force=force)
    opened = open_spec(folder / RunFile.EXPANDED_SPEC)
    picture = plot(folder, form="mermaid")
    assert isinstance(picture, str)
    measured = measured_split(folder, opened.spec)
    facts = gather_facts(folder, opened, summary_of_opened(opened), picture, options, measured)
    text = chosen.write(facts)
    if to is not None:
        write_atomically(to, text)
    return text


def measured_split(run: Path, spec: Spec) -> MeasuredSplit:
    """What the predictions that a run keeps say, without TensorFlow; nothing where it keeps none,
    where they are of other weights or data, or where numpy or pyarrow is not installed."""
    from modelspec.cards import MeasuredSplit

    if not (run / RunFile.PREDICTIONS).is_file():
        return MeasuredSplit()
    columns = () if spec.expect is None else spec.expect.slice_columns
    for split in SPLITS:
        try:
            from modelspec.training.saved_predictions import current_predictions

            kept = current_predictions(run, split)
            if kept is not None:
                return _measured(run, kept, [one for one in columns if one in kept.columns])
        except (ModelspecError, OSError, ModuleNotFoundError):  # then it is left out
            continue
    return MeasuredSplit()


def _measured(run: Path, kept: SplitPredictions, columns: Sequence[str]) -> MeasuredSplit:
    from modelspec.cards import MeasuredSplit
    from modelspec.training.measures import MeasureOptions, measure_predictions, run_facts

    options = MeasureOptions(tuple(columns), intervals=True)
    outputs, _ = measure_predictions(run_facts(run, kept.split), kept, options)
    intervals = {
        name: (one.low, one.high)
        for output in outputs
        for name, one in output.intervals.items()
        if one.low is not None and one.high is not None
    }
    classes = [one for output in kept.outputs.values() for one in _classes(output)]
    slices = [one for output in outputs for parts in output.slices for one in _slices(parts)]
    return MeasuredSplit(kept.split, intervals, tuple(classes), tuple(slices))


def _classes(output: OutputPredictions) -> Iterator[ClassFigures]:
    """The figures of each class, the most frequent first."""
    from modelspec.cards import ClassFigures
    from modelspec.evaluation import scores_of_classes

    if output.kind not in (OutputKind.CLASSES, OutputKind.BINARY):
        return
    for one in sorted(scores_of_classes(output), key=lambda one: -one.support):
        yield ClassFigures(output.name, one.label, one.precision, one.recall, one.f1, one.support)


def _slices(found: Slices) -> Iterator[SliceFigure]:
    from modelspec.cards import SliceFigure

    for one in found.slices:
        for name, interval in one.measures.items():
            ends = None
            if interval.low is not None and interval.high is not None:
                ends = (interval.low, interval.high)
            yield SliceFigure(
                found.output, found.column, one.value, one.n, name, interval.value, ends
            )
