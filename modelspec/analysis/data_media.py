"""What the sources of images give, against the inputs that take it."""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.diagnostics import Findings, Related
from modelspec.spec import InputSpec
from modelspec.spec.data import Columns, DataSpec, Source, path_columns

from .facts import shape_text

CHANNELS = {"grayscale": 1, "rgb": 3, "rgba": 4}
"""The channels of each colour mode."""


def check_media(
    data: DataSpec,
    inputs: tuple[tuple[InputSpec, Columns | None], ...],
    findings: Findings,
) -> None:
    """Hold the options of every source of images against the model's inputs.

    Args:
        data: the section.
        inputs: the model's inputs with their columns, as `match_inputs` gives them.
        findings: takes sizes and colours that an input does not take.
    """
    for source in sources_of(data):
        own = path_columns(source)
        for entry, columns in inputs:
            if own and (columns is None or set(columns.columns) & set(own)):
                check_input(source, entry, findings)


def sources_of(data: DataSpec) -> Iterator[Source]:
    """All sources of the section."""
    yield data.train
    for split in (data.validation, data.test):
        if split is not None and split.source is not None:
            yield split.source


def image_size(source: Source, entry: InputSpec) -> tuple[int, int] | None:
    """Height and width: those of the source, else those of the input; None where neither has."""
    size = source.options.get("size")
    if size is None and entry.shape is not None and len(entry.shape) == 3:
        size = entry.shape[:2]
    if size is None or None in size:
        return None
    return int(size[0]), int(size[1])


def check_input(source: Source, entry: InputSpec, findings: Findings) -> bool:
    """Whether an input takes what a source of images makes; a finding where it does not."""
    if source.kind != "images" or entry.shape is None:
        return True
    size, color = image_size(source, entry), source.options["color"]
    related = (Related(entry.span, f"`{entry.name}` is declared here"),)
    if size is None and len(entry.shape) == 3:
        message = f"the images have no size: neither `size` nor the input `{entry.name}` fixes it"
        hint = "write the height and the width, such as `size: [64, 64]`"
        findings.error(source.span, "input-shape", message, hint=hint, related=related)
        return False
    made = (*(size or (None, None)), CHANNELS[color])
    if len(entry.shape) == 3 and all(
        wanted in (None, given) for wanted, given in zip(entry.shape, made, strict=True)
    ):
        return True
    wanted = shape_text(entry.shape)
    wrong = len(entry.shape) == 3 and entry.shape[2] not in (None, made[2])
    message = f"the input `{entry.name}` takes shape {wanted}, the images have {shape_text(made)}"
    hint = _hint(entry, color) if wrong else f"give the input `shape: {shape_text(made)}`"
    place = source.place("color" if wrong else "size")
    findings.error(place, "input-shape", message, hint=hint, related=related)
    return False


def _hint(entry: InputSpec, color: str) -> str:
    assert entry.shape is not None
    fitting = next((name for name, count in CHANNELS.items() if count == entry.shape[2]), None)
    if fitting is None:
        return f"`color: {color}` makes {CHANNELS[color]} channels"
    return f"write `color: {fitting}`; {color} makes {CHANNELS[color]} channels"
