"""Files of images, recordings and texts against the inputs that take them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from modelspec.analysis.facts import shape_text
from modelspec.diagnostics import Findings, Related
from modelspec.spec.data import Columns, DataSpec, Source, path_columns, source_of_column
from modelspec.spec.model import ExampleShape, InputSpec

from .images import CHANNELS
from .shapes import agree

AUDIO_CHANNELS = {"mono": 1, "stereo": 2}


def check_files(
    source: Source,
    data: DataSpec,
    inputs: Sequence[tuple[InputSpec, Columns | None]],
    findings: Findings,
) -> None:
    """Check how the files of a source are read against the inputs that take them.

    Args:
        source: with columns of files.
        data: the section.
        inputs: with their columns, as `match_inputs` returns them.
        findings: takes sizes, color modes and dtypes that an input does not take.
    """
    files = path_columns(source)
    for entry, columns in inputs:
        used = unnamed_files(data, source) if columns is None else columns.columns
        for name in used:
            if name in files:
                check_input(source_of_column(source, name), entry, findings)


def check_recordings(targets: tuple[Columns, ...], data: DataSpec, findings: Findings) -> None:
    """Report targets that are recordings: their paths would be read as class names.

    Args:
        targets: as `match_targets` returns them.
        data: the section.
        findings: takes an error for each such target.
    """
    kind = data.train.kind
    if kind != "audio":
        return
    files = set(path_columns(data.train))
    for columns in targets:
        for name in columns.columns:
            if name not in files:
                continue
            message = (
                f"`{name}` is a column of `{kind}`, which are inputs only: it would be read as"
                " class names"
            )
            hint = (
                "name a column of labels or numbers; targets of any shape come from `npz`, or from"
                " `python`"
            )
            related = (Related(data.train.span, f"the `{kind}` are here"),)
            findings.error(columns.span, "wrong-column-type", message, hint=hint, related=related)


def unnamed_files(data: DataSpec, source: Source) -> tuple[str, ...]:
    """The columns of files that an input takes which names none: those that are no target.

    Where all are targets, as in an autoencoder, it takes the first.
    """
    files = path_columns(source)
    targets = {name for columns in data.targets for name in columns.columns}
    return tuple(name for name in files if name not in targets) or files[:1]


def media_shape(source: Source, entry: InputSpec) -> ExampleShape:
    """The shape of an example that a source yields for an input; None for unknown sizes.

    Sizes that the source leaves out are those of the input.
    """
    return _SHAPES[source.kind](source, entry)


def _image_shape(source: Source, entry: InputSpec) -> ExampleShape:
    size = source.options.get("size")
    if size is None:
        known = entry.shape is not None and len(entry.shape) == 3
        size = entry.shape[:2] if entry.shape is not None and known else (None, None)
    return (size[0], size[1], CHANNELS[source.options["color"]])


def _audio_shape(source: Source, entry: InputSpec) -> ExampleShape:
    shape = entry.shape or (None,)
    mono = source.options["channels"] == "mono"
    length = source.options.get("length", shape[0])
    return (length,) if mono and len(shape) == 1 else (length, 1 if mono else 2)


_SHAPES: dict[str, Callable[[Source, InputSpec], ExampleShape]] = {
    "images": _image_shape,
    "audio": _audio_shape,
}


def check_input(source: Source, entry: InputSpec, findings: Findings) -> bool:
    """Whether an input takes the examples of a source; reports it where not."""
    related = (Related(entry.span, f"`{entry.name}` is declared here"),)
    if source.kind == "texts" and (entry.dtype or "float32") != "string":
        message = f"the input `{entry.name}` takes {entry.dtype or 'float32'}, the source has text"
        hint = "give the input `dtype: string`, and a TextVectorization after it"
        findings.error(source.span, "wrong-column-type", message, hint=hint, related=related)
        return False
    if source.kind not in _SHAPES or entry.shape is None:
        return True
    made = media_shape(source, entry)
    if agree(made, entry.shape):
        if None not in made:
            return True
        message = f"neither `{source.kind}` nor the input `{entry.name}` sets the size of examples"
        hint = f"write {_EXAMPLES[source.kind]}"
        findings.error(source.span, "input-shape", message, hint=hint, related=related)
        return False
    wanted, noun = shape_text(entry.shape), source.kind
    message = f"the input `{entry.name}` takes shape {wanted}, {noun} yields {shape_text(made)}"
    option, hint = _suggest_option(source, entry.shape, made)
    findings.error(source.place(option), "input-shape", message, hint=hint, related=related)
    return False


_EXAMPLES = {
    "images": "the height and the width, such as `size: [64, 64]`",
    "audio": "the samples of an example, such as `length: 16000`",
}


def _suggest_option(source: Source, wanted: ExampleShape, made: ExampleShape) -> tuple[str, str]:
    """The option to change, and a hint with what to write."""
    option = "color" if source.kind == "images" else "channels"
    if len(made) == len(wanted) and wanted[-1] not in (None, made[-1]) and len(made) > 1:
        modes = CHANNELS if source.kind == "images" else AUDIO_CHANNELS
        fitting = next((name for name, count in modes.items() if count == wanted[-1]), None)
        many = "1 channel" if made[-1] == 1 else f"{made[-1]} channels"
        now = f"`{option}: {source.options[option]}` yields {many}"
        return option, now if fitting is None else f"write `{option}: {fitting}`; {now}"
    option = "size" if source.kind == "images" else "length"
    return option, f"give the input `shape: {shape_text(made)}`"
