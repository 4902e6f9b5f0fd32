"""Targets that are images against the section `data` and the outputs of the model."""

from __future__ import annotations

from modelspec.analysis.facts import Analysis, shape_text
from modelspec.diagnostics import Findings, Related, join_words
from modelspec.spec.data import (
    Columns,
    DataSpec,
    Source,
    path_columns,
    source_of_column,
    sources_of,
)

from .images import (
    DIVIDE,
    IGNORE,
    LARGEST_PIXEL,
    Shapes,
    ignored_pixels,
    image_targets,
    is_image_target,
    output_shapes,
)

LIST_OPTIONS = ("multi_hot", "pad")


def check_image_options(targets: tuple[Columns, ...], data: DataSpec, findings: Findings) -> None:
    """Check what the spec says of targets that are images, without looking at the model.

    Args:
        targets: as `match_targets` returns them.
        data: the section.
        findings: takes options of images for other targets, and options that exclude each other.
    """
    _check_strata(data, findings)
    for columns in targets:
        if not is_image_target(columns, data.train):
            for option in (one for one in (DIVIDE, IGNORE) if one in columns.options):
                column = columns.columns[0]
                message = f"`{option}` is for images, and `{column}` is not a column of images"
                findings.error(columns.place(option), "wrong-value", message, hint="remove it")
        elif any(map(columns.options.get, LIST_OPTIONS)):
            option = next(one for one in LIST_OPTIONS if columns.options.get(one))
            message = f"`{option}` is for lists, and `{columns.columns[0]}` is a column of images"
            findings.error(columns.place(option), "wrong-value", message, hint="remove it")
        elif len(columns.columns) > 1:
            message = (
                f"the target `{columns.name}` has {len(columns.columns)} columns;"
                " an image is a target by itself"
            )
            hint = "give the model an output for each image"
            findings.error(columns.span, "wrong-column-type", message, hint=hint)
        elif columns.labels is None:
            _check_numbers(columns, findings)
        else:
            _check_mask(columns, data, findings)


def _check_strata(data: DataSpec, findings: Findings) -> None:
    if data.stratify is None or data.stratify not in path_columns(data.train):
        return
    message = f"`stratify` takes a column of classes, and `{data.stratify}` holds files"
    hint = "name a column such as `label`, or remove it"
    findings.error(data.stratify_span, "wrong-column-type", message, hint=hint)


def _check_numbers(columns: Columns, findings: Findings) -> None:
    if IGNORE in columns.options:
        message = f"`ignore` is for masks of classes, and `{columns.columns[0]}` has no `labels`"
        hint = "write `labels: auto`, or the pixel value of each class"
        findings.error(columns.place(IGNORE), "wrong-value", message, hint=hint)


def _check_mask(columns: Columns, data: DataSpec, findings: Findings) -> None:
    if DIVIDE in columns.options:
        message = "`divide` is for pixels as numbers, and `labels` turn them into class numbers"
        findings.error(columns.place(DIVIDE), "wrong-value", message, hint="remove one of them")
    labels = columns.labels if isinstance(columns.labels, tuple) else ()
    place = columns.labels_span or columns.span
    for label in labels:
        if not (label.isdecimal() and int(label) <= LARGEST_PIXEL):
            message = f"the label {label} is not a pixel value, a whole number from 0 to 255"
            hint = "for names of classes write `labels: {1: cat, 2: dog}`"
            findings.error(place, "wrong-value", message, hint=hint)
            return
    both = [str(value) for value in ignored_pixels(columns) if str(value) in labels]
    if both:
        message = f"the pixel value {join_words(both)} is a label, and to be ignored as well"
        findings.error(columns.place(IGNORE), "wrong-value", message, hint="remove it from one")
    for source in sources_of(data).values():
        if is_image_target(columns, source):
            _check_reading(columns, source_of_column(source, columns.columns[0]), findings)


_READINGS = {
    "color": ("grayscale", "a mask has one channel, whose values are the classes"),
    "interpolation": ("nearest", "others mix the classes of neighbouring pixels"),
}
"""How a mask must be read, and why."""


def _check_reading(columns: Columns, source: Source, findings: Findings) -> None:
    for option, (wanted, reason) in _READINGS.items():
        given = source.options[option]
        if given != wanted:
            message = (
                f"`{columns.columns[0]}` is a mask with `labels`, and `{option}: {given}` does not"
                f" keep them: {reason}"
            )
            hint = f"write `{option}: {wanted}`, which is the default of masks"
            findings.error(source.place(option), "wrong-value", message, hint=hint)


def check_image_sizes(
    targets: tuple[Columns, ...],
    data: DataSpec,
    analysis: Analysis,
    findings: Findings,
) -> None:
    """Check that each target that is an image has a size, and its output the axes of an image.

    Args:
        targets: as `match_targets` returns them.
        data: the section.
        analysis: of the model.
        findings: takes outputs that are no images, and sizes that nothing sets.
    """
    outputs = output_shapes(analysis)
    spans = dict(zip(analysis.graph.output_names, analysis.graph.output_spans, strict=True))
    for target in image_targets(targets, data, outputs):
        name = str(target.columns.name)
        output = outputs.get(name)
        if output is None or len(output) in (2, 3):
            continue
        message = (
            f"the target `{name}` is an image, and its output has shape {shape_text(output)},"
            " which has no height and width"
        )
        hint = "end in a Conv2D, with one filter for each class or channel"
        related = (Related(spans[name], f"the output `{name}` is here"),)
        findings.error(target.columns.span, "target-shape", message, hint=hint, related=related)
        return
    check_sizes_known(targets, data, outputs, findings, skip_unknown=True)


def check_sizes_known(
    targets: tuple[Columns, ...],
    data: DataSpec,
    outputs: Shapes,
    findings: Findings,
    *,
    skip_unknown: bool = False,
) -> None:
    """Check that each target that is an image has a size.

    Args:
        targets: as `match_targets` returns them.
        data: the section.
        outputs: the shapes of the outputs.
        findings: takes sizes that nothing sets.
        skip_unknown: whether outputs of an unknown shape may still set it.
    """
    for target in image_targets(targets, data, outputs):
        name = str(target.columns.name)
        if None not in target.shape or (skip_unknown and name not in outputs):
            continue
        message = (
            f"neither `{target.columns.columns[0]}` nor the output `{name}` sets the size of the"
            " target"
        )
        hint = "write its height and width, such as `size: [64, 64]`"
        findings.error(target.source.span, "target-shape", message, hint=hint)
