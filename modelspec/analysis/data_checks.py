"""The section `data` against a model: names of inputs and targets, sizes of files and windows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from modelspec.diagnostics import Findings, Related, Span, did_you_mean, join_words
from modelspec.graph import Graph
from modelspec.spec.data import (
    DATA_SETS,
    DATASET,
    IMAGES,
    SERIES,
    SYNTHETIC,
    Columns,
    DataSpec,
    Source,
    check_date_options,
    data_set_shape,
    date_options,
    path_columns,
    source_of_column,
    sources_of,
)
from modelspec.spec.model import ExampleShape, InputSpec
from modelspec.spec.training import TrainingSpec

from .facts import shape_text
from .image_targets import CHANNELS
from .losses import has_unknown_loss, names_with_loss

AUDIO_CHANNELS = {"mono": 1, "stereo": 2}


def check_media(
    data: DataSpec, inputs: tuple[tuple[InputSpec, Columns | None], ...], findings: Findings
) -> None:
    """Check the options of every source of files against the model's inputs.

    Args:
        data: the section.
        inputs: the model's inputs with their columns, as `match_inputs` returns them.
        findings: takes sizes, color modes and dtypes that an input does not take.
    """
    for source in sources_of(data).values():
        own = path_columns(source)
        for entry, columns in inputs:
            if columns is not None and columns.tokens is not None:  # `check_tokens` checks these
                continue
            if source.traits.is_series:
                _check_steps(source, entry, findings)
                continue
            if source.kind == DATASET:
                _check_data_set(source, entry, columns, findings)
                continue
            used = unnamed_files(data, source) if columns is None else columns.columns
            for name in used:
                if name in own:
                    check_input(source_of_column(source, name), entry, findings)


def unnamed_files(data: DataSpec, source: Source) -> tuple[str, ...]:
    """The columns of files that an input takes which names none: those that are no target.

    Where all are targets, as in an autoencoder, it takes the first.
    """
    files = path_columns(source)
    targets = {name for columns in data.targets for name in columns.columns}
    return tuple(name for name in files if name not in targets) or files[:1]


def check_dates(
    data: DataSpec, inputs: tuple[tuple[InputSpec, Columns | None], ...], findings: Findings
) -> None:
    """Check the options of dates, and that their inputs take as many numbers as these make.

    Args:
        data: the section.
        inputs: the model's inputs with their columns, as `match_inputs` returns them.
        findings: takes options that make no sense, and inputs of other shapes or dtypes.
    """
    for entry, columns in inputs:
        if columns is None:
            continue
        check_date_options(columns, findings)
        options = date_options(columns)
        if options is None:
            continue
        related = (Related(entry.span, f"`{entry.name}` is declared here"),)
        place = columns.place("date")
        if "float" not in (entry.dtype or "float32"):
            message = f"the input `{entry.name}` takes {entry.dtype}, and dates become floats"
            hint = "remove `dtype` from the input"
            findings.error(place, "wrong-column-type", message, hint=hint, related=related)
        count = options.values_each * len(columns.columns)
        made = (data.train.options["window"],) if data.train.kind == SERIES else ()
        if entry.shape is None or _agree((*made, count), entry.shape):
            continue
        message = (
            f"the input `{entry.name}` takes shape {shape_text(entry.shape)}, but its dates make"
            f" {shape_text((*made, count))}"
        )
        hint = f"give the input `shape: {shape_text((*made, count))}`"
        findings.error(place, "input-shape", message, hint=hint, related=related)


def check_targets_are_values(
    targets: tuple[Columns, ...], data: DataSpec, findings: Findings
) -> None:
    """Report targets that no column of the source can be.

    Recordings are among these: their paths would be read as class names.

    Args:
        targets: as `match_targets` returns them.
        data: the section.
        findings: takes an error for each such target.
    """
    kind = data.train.kind
    for columns in targets:
        check_data_set_columns(data.train, columns.columns, columns.column_spans, findings)
        _check_target_lists(data.train, columns, findings)
    if kind not in _SHAPES or kind == IMAGES:
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


def _check_target_lists(source: Source, target: Columns, findings: Findings) -> None:
    """Report a target that is the lists of a data set by name, and says no length of them."""
    known = DATA_SETS.get(str(source.options.get("name"))) if source.kind == DATASET else None
    if known is None or known.columns[0] not in target.columns:
        return
    if data_set_shape(source) is None and target.width is None and not target.is_multi_hot:
        values = known.columns[0]
        message = f"`{values}` of {source.options['name']} is lists of unlike lengths; "
        message += "a target takes one length"
        hint = f"write `targets: {{{target.name}: {{column: {values}, pad: 200}}}}`"
        findings.error(target.span, "column-shape", message, hint=hint)


def _check_steps(source: Source, entry: InputSpec, findings: Findings) -> None:
    """Check that the first axis of an input has the size of the window."""
    shape, window = entry.shape, source.options["window"]
    if shape is None or (shape and shape[0] in (None, window)):
        return
    message = (
        f"the input `{entry.name}` takes shape {shape_text(shape)}; the first axis of a"
        f" {'time series' if source.kind == SERIES else 'text'} is its window, {window}"
        f" {'rows' if source.kind == SERIES else 'tokens'}"
    )
    made = f"such as [{window}, COLUMNS]" if source.kind == SERIES else f"[{window}]"
    hint = f"give the input a shape {made}, or change `window`"
    related = (Related(entry.span, f"`{entry.name}` is declared here"),)
    findings.error(source.place("window"), "input-shape", message, hint=hint, related=related)


def _check_data_set(
    source: Source, entry: InputSpec, columns: Columns | None, findings: Findings
) -> None:
    """Check that a data set by name has the columns of an input, in its shape."""
    name = str(source.options["name"])
    if name not in DATA_SETS:  # already reported
        return
    if columns is not None:
        check_data_set_columns(source, columns.columns, columns.column_spans, findings)
    values, shape = DATA_SETS[name].columns[0], data_set_shape(source)
    if (columns is not None and columns.columns != (values,)) or entry.shape is None:
        return
    related = (Related(entry.span, f"`{entry.name}` is declared here"),)
    if columns is not None and "pad" in columns.options:  # compared with the input as all lists are
        if shape:
            message = f"`{values}` of {name} has one `length` already, so there is nothing to pad"
            findings.error(source.place("length"), "input-shape", message, hint="remove `length`")
        return
    if shape is None:
        message = f"`{values}` of {name} is lists of unlike lengths; an input takes one length"
        hint = (
            f"write `inputs: {{{entry.name}: {{column: {values}, pad: 200}}}}`, or `words: true`"
            " for a TextVectorization"
        )
        findings.error(source.place("name"), "input-shape", message, hint=hint, related=related)
    elif not takes_shape(entry.shape, shape):
        message = (
            f"the input `{entry.name}` takes shape {shape_text(entry.shape)}, the examples of"
            f" {name} have {shape_text(shape)}"
        )
        shown = (*shape, 1) if len(shape) == len(entry.shape) - 1 else shape
        hint = f"give the input `shape: {shape_text(shown)}`"
        findings.error(source.place("name"), "input-shape", message, hint=hint, related=related)


def check_data_set_columns(
    source: Source, columns: Sequence[str], spans: Sequence[Span], findings: Findings
) -> None:
    """Report columns that a data set by name does not have; of other sources, files tell."""
    name = str(source.options.get("name"))
    if source.kind != DATASET or name not in DATA_SETS:
        return
    known = DATA_SETS[name].columns
    for column, span in zip(columns, spans, strict=True):
        if column not in known:
            message = f"{name} has no column `{column}`{did_you_mean(column, known)}"
            hint = f"its columns are {join_words(f'`{each}`' for each in known)}"
            findings.error(span, "unknown-column", message, hint=hint)


def takes_shape(wanted: ExampleShape, found: tuple[int, ...]) -> bool:
    """Whether an input of a shape takes examples of another, give or take a last axis of size 1."""
    found = with_rank_of(found, wanted)
    return len(found) == len(wanted) and all(
        size is None or size == given for given, size in zip(found, wanted, strict=True)
    )


def with_rank_of(found: tuple[int, ...], wanted: ExampleShape) -> tuple[int, ...]:
    """A shape with the rank of another, where a last axis of size 1 makes the difference."""
    if len(found) == len(wanted) - 1 and wanted[-1] in (1, None):
        return (*found, 1)
    if len(found) == len(wanted) + 1 and found[-1] == 1:
        return found[:-1]
    return found


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
    if _agree(made, entry.shape):
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


def _agree(made: ExampleShape, wanted: ExampleShape) -> bool:
    return len(made) == len(wanted) and all(
        None in (size, other) or size == other for size, other in zip(made, wanted, strict=True)
    )


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


def match_inputs(
    data: DataSpec, graph: Graph, findings: Findings
) -> tuple[tuple[InputSpec, Columns | None], ...]:
    """The model's inputs with the columns that feed each.

    Columns are None for a single input that takes all columns that nothing else uses.

    Args:
        data: the section.
        graph: of the model.
        findings: takes unknown inputs, and inputs without columns.
    """
    if data.train.kind == SYNTHETIC:
        return tuple((entry, _named(entry.name, data)) for entry in graph.inputs)
    known = {entry.name: entry for entry in graph.inputs}
    if data.inputs is None or data.inputs[0].name is None:
        if len(known) == 1:
            given = None if data.inputs is None else data.inputs[0]
            return ((graph.inputs[0], given),)
        span = data.span if data.inputs is None else data.inputs[0].span
        names = join_words(f"`{name}`" for name in known)
        message = (
            f"the model has {len(known)} inputs, {names}; `data` must say which columns feed each"
        )
        findings.error(
            span, "input-without-columns", message, hint="write `inputs: {NAME: COLUMNS}`"
        )
        return ()
    given_names = {columns.name for columns in data.inputs}
    for columns in data.inputs:
        _check_name(columns, list(known), "input", findings)
    misspelt = given_names - known.keys()
    for name in known if not misspelt else ():
        if name not in given_names:
            message = f"no columns feed the model's input `{name}`"
            findings.error(data.inputs[0].span, "input-without-columns", message)
    return tuple((known[c.name], c) for c in data.inputs if c.name in known)


def match_targets(data: DataSpec, graph: Graph, findings: Findings) -> tuple[Columns, ...]:
    """The target columns of the model's outputs, each with its output's name filled in.

    Args:
        data: the section.
        graph: of the model.
        findings: takes unknown outputs, and one column for several outputs.
    """
    known = list(graph.output_names)
    if data.train.kind == SYNTHETIC:
        return tuple(_named(name, data) for name in known)
    if not data.targets:  # already reported
        return ()
    only = data.targets[0]
    if only.name is None:
        if len(known) == 1:
            return (replace(only, name=known[0]),)
        names = join_words(f"`{name}`" for name in known)
        message = (
            f"the model has {len(known)} outputs, {names}; `targets` must name a column for each"
        )
        findings.error(
            only.span, "output-without-target", message, hint="write `targets: {NAME: COLUMN}`"
        )
        return ()
    for columns in data.targets:
        _check_name(columns, known, "output", findings)
    return data.targets


def check_targets_given(
    data: DataSpec, training: TrainingSpec | None, graph: Graph, findings: Findings
) -> None:
    """Check that the outputs with a loss have a target column, and no others.

    Args:
        data: the section.
        training: which outputs have a loss; without it, all of them may get one.
        graph: of the model.
        findings: takes outputs without a column, and a warning for a column that nothing uses.
    """
    named = {columns.name: columns for columns in data.targets}
    names = graph.output_names
    if data.train.kind == SYNTHETIC or None in named or not named.keys() <= set(names):
        return
    if training is not None and has_unknown_loss(training, names):  # which one is meant is unknown
        return
    trained = names_with_loss(training, names)
    missing = [name for name in trained if name not in named]
    if missing and named:
        shown = join_words(f"`{name}`" for name in missing)
        message = f"`targets` has no column for the model's output {shown}"
        hint = f"write targets: {{{missing[0]}: COLUMN}}"
        findings.error(data.targets[0].span, "output-without-target", message, hint=hint)
    for name, columns in named.items():
        if name not in trained:
            message = f"the output `{name}` has no loss, so nothing is compared with its target"
            hint = f"give it a loss, or leave `{name}` out of `targets`"
            findings.warning(columns.span, "output-without-loss", message, hint=hint)


def _named(name: str, data: DataSpec) -> Columns:
    """The column that has the name of an input or output."""
    span = data.train.span
    return Columns(name, (name,), (span,), True, span)


def _check_name(columns: Columns, known: Sequence[str], what: str, findings: Findings) -> None:
    name = columns.name or ""
    if name in known:
        return
    message = f"the model has no {what} `{name}`{did_you_mean(name, known)}"
    hint = f"its {what}s are {join_words(f'`{n}`' for n in known)}"
    findings.error(columns.span, f"unknown-{what}", message, hint=hint)
