"""The section `data` against a model. What few sections have is imported for these alone."""

from __future__ import annotations

from modelspec.analysis.facts import Analysis, shape_text
from modelspec.diagnostics import Findings, Related, Span
from modelspec.spec.data import DATASET, Columns, DataSpec, Source, path_columns, sources_of

from .matching import FedInputs
from .shapes import takes_shape


def check_targets(data: DataSpec, targets: tuple[Columns, ...], findings: Findings) -> None:
    """Check what the spec says of targets, without looking at the model.

    Args:
        data: the section.
        targets: as `match_targets` returns them.
        findings: takes targets that no column of the source can be, and options that do not suit
            them.
    """
    if data.train.kind == DATASET:
        from .data_sets import check_data_set_target

        for columns in targets:
            check_data_set_target(data.train, columns, findings)
    for columns in targets:
        _check_label_names(columns, findings)
    files = path_columns(data.train)
    if files:
        from .media import check_recordings

        check_recordings(targets, data, findings)
    if files or _have_options(targets):
        from .image_targets import check_image_options

        check_image_options(targets, data, findings)


def _check_label_names(target: Columns, findings: Findings) -> None:
    """Report `{setosa: 0, virginica: 1}`: numbers of the classes where names of them are meant."""
    names, labels = target.label_names, target.labels
    if names is None or labels is None or isinstance(labels, str):
        return
    numbers = {str(number) for number in range(len(labels))}
    if set(names) != numbers or any(map(str.isdecimal, labels)):
        return
    ordered = [label for _, label in sorted(zip(map(int, names), labels, strict=True))]
    message = f"`labels` maps labels to the names that users read, and `{ordered[0]}` would be 0"
    hint = f"classes are numbered in the order of a list: write labels: [{', '.join(ordered)}]"
    span = target.labels_span or target.span
    findings.error(span, "wrong-value", message, hint=hint)


def check_columns(
    data: DataSpec,
    inputs: FedInputs,
    targets: tuple[Columns, ...],
    analysis: Analysis,
    findings: Findings,
) -> None:
    """Check inputs and targets against a model whose shapes are known.

    Args:
        data: the section.
        inputs: as `match_inputs` returns them.
        targets: as `match_targets` returns them.
        analysis: of the model.
        findings: takes shapes, dtypes and options that do not fit.
    """
    _check_repeats(data, inputs, targets, findings)
    sources = sources_of(data).values()
    for source in sources:
        _check_source(source, data, inputs, findings)
    if data.indicators:
        _check_indicators(data, inputs, findings)
    if data.tokens:
        from .tokens import check_tokens

        check_tokens(data, inputs, analysis.graph, findings)
    if any(map(path_columns, sources)):
        from .image_targets import check_image_sizes

        check_image_sizes(targets, data, analysis, findings)
    fed = tuple(columns for _, columns in inputs if columns is not None)
    if _have_options((*fed, *targets)):
        from .dates import check_dates
        from .lists import check_lists

        check_dates(data, inputs, findings)
        check_lists(data, inputs, targets, findings)


def _check_repeats(
    data: DataSpec, inputs: FedInputs, targets: tuple[Columns, ...], findings: Findings
) -> None:
    """Warn of a column that an input takes twice, and of a target that an input takes.

    An autoencoder has all columns of an input as its target, and a series takes its own past.
    """
    plain = [columns for _, columns in inputs if columns is not None and not columns.options]
    for columns in (*plain, *targets):
        places = zip(columns.columns, columns.column_spans, strict=True)
        twice = [
            span for index, (name, span) in enumerate(places) if name in columns.columns[:index]
        ]
        for span in twice[:1]:
            what = "input" if columns in plain else "target"
            name = next(
                n for n, at in zip(columns.columns, columns.column_spans, strict=True) if at == span
            )
            message = f"the {what} `{columns.name or name}` has the column `{name}` twice"
            findings.warning(span, "column-twice", message, hint="remove one of the two")
    if not data.train.traits.is_table or data.train.traits.is_series:
        return
    if data.derive:
        _check_derived(data, inputs, targets, findings)
    for target in targets:
        if target.tokens is not None or set(target.options) & {"drop", "divide"}:
            continue
        for columns in plain:
            shared = [name for name in target.columns if name in columns.columns]
            if not shared or set(columns.columns) == set(target.columns):
                continue
            place = columns.column_spans[columns.columns.index(shared[0])]
            message = (
                f"the input `{columns.name or shared[0]}` has the target `{shared[0]}` among its"
                " columns, so the model is told what it has to predict"
            )
            hint = f"remove `{shared[0]}` from the input: new data does not have it"
            related = (Related(target.span, "the target is here"),)
            findings.warning(place, "target-among-inputs", message, hint=hint, related=related)


def _check_derived(
    data: DataSpec, inputs: FedInputs, targets: tuple[Columns, ...], findings: Findings
) -> None:
    """Warn of an input that is made of a target, or of the one column that a target is made of."""
    plain = [columns for _, columns in inputs if columns is not None and not columns.options]
    for target in targets:
        for name in target.columns:
            told = _made_of(name, data)
            bases = told - set(data.derive)
            if len(bases) > 1:  # a date may well be known that a length of time is counted to
                told = {name}
            for columns in plain:
                pairs = zip(columns.columns, columns.column_spans, strict=True)
                taken = [(one, span) for one, span in pairs if one not in target.columns]
                shared = [(one, span) for one, span in taken if told & _made_of(one, data)]
                if shared and set(columns.columns) != set(target.columns):
                    _report_derived(name, shared[0], columns, target, findings)


def _made_of(name: str, data: DataSpec) -> set[str]:
    """A column and those that it is made of, at any remove."""
    found, left = set[str](), [name]
    while left:
        one = left.pop()
        found.add(one)
        left += [] if one not in data.derive else data.derive[one].takes
    return found


def _report_derived(
    name: str, taken: tuple[str, Span], columns: Columns, target: Columns, findings: Findings
) -> None:
    one, span = taken
    message = (
        f"the input `{columns.name or one}` has `{one}`, which tells the target `{name}`: one is"
        " made of the other, or both of the same column"
    )
    hint = f"remove `{one}` from the input: new data does not have it"
    related = (Related(target.span, "the target is here"),)
    findings.warning(span, "target-among-inputs", message, hint=hint, related=related)


def _check_indicators(data: DataSpec, inputs: FedInputs, findings: Findings) -> None:
    """Check that inputs have a place for whether values were missing."""
    for entry, columns in inputs:
        names = () if columns is None else columns.indicators
        taking = columns is None or bool(names)
        if entry.dtype == "string" and taking:
            name = names[0] if names else data.indicators[0]
            message = f"`{entry.name}` takes text, and the indicator of `{name}` is a number"
            hint = f"remove `indicator`, or put in a word that says so: `{name}: unknown`"
            findings.error(data.missing_spans[name], "missing-rule", message, hint=hint)
            continue
        if columns is None or not names or entry.shape is None:
            continue
        window = (data.train.options["window"],) if data.train.traits.is_series else ()
        made = (*window, columns.size)
        if takes_shape(entry.shape, made):
            continue
        message = (
            f"the input `{entry.name}` takes shape {shape_text(entry.shape)}, but its"
            f" {_counted(len(columns.columns), 'column')} and"
            f" {_counted(len(names), 'indicator')} make {shape_text(made)}"
        )
        related = (
            Related(entry.span, f"`{entry.name}` is declared here"),
            *(Related(data.missing_spans[n], f"`{n}` has an indicator") for n in names[:3]),
        )
        hint = f"give the input `shape: {shape_text(made)}`"
        findings.error(columns.span, "input-shape", message, hint=hint, related=related)


def _counted(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count} {noun}s"


def _have_options(columns: tuple[Columns, ...]) -> bool:
    return any(each.options for each in columns)


def _check_source(source: Source, data: DataSpec, inputs: FedInputs, findings: Findings) -> None:
    """Check what is known of a source without its files against the inputs that take no tokens."""
    fed = [(entry, columns) for entry, columns in inputs if columns is None or not columns.tokens]
    if source.traits.is_series:
        from .windows import check_steps

        for entry, columns in fed:
            check_steps(source, entry, columns, findings)
    elif source.kind == DATASET:
        from .data_sets import check_data_set

        for entry, columns in fed:
            check_data_set(source, entry, columns, findings)
    elif path_columns(source):
        from .media import check_files

        check_files(source, data, fed, findings)
