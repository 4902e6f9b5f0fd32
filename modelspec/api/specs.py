"""Create, expand, convert, summarize and draw spec files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelspec.analysis.memory import largest_needs, needs_of_phases, trained_analysis
from modelspec.compile import CompiledSpec, Source, SpecParts, compile_parts, policy_of_spec
from modelspec.diagnostics import (
    Finding,
    Findings,
    SpecError,
    UsageError,
    did_you_mean,
    join_words,
)
from modelspec.document import STDIN, STDIN_NAME, model_format, read, read_stdin
from modelspec.files import choose_format, refuse_existing, similar_name, write_atomically
from modelspec.report import Summary, summary_of
from modelspec.runs import RunFile, is_run, run_of_model
from modelspec.spec import expanded_text, move_paths
from modelspec.spec.data import is_remote

from .building import GivenSpec, import_extensions, open_spec, open_text

if TYPE_CHECKING:
    from modelspec.exporting import Metadata


def init(  # noqa: PLR0913  # all but the first two by name, as options are
    data: Path | str | None = None,
    target: str | None = None,
    *,
    template: str | None = None,
    task: str | None = None,
    group: str | None = None,
    time: str | None = None,
    output: Path | str | None = None,
    force: bool = False,
    notes: list[str] | None = None,
) -> str:
    """Create a spec: for a table, whose columns determine inputs, model and loss, for a folder of
    images, sound or texts, or from a template.

    Args:
        data: a csv or parquet file, or its address; a folder, with a folder of files for each class
            or with one of images and one of masks; or a text.
        target: the column of a table to predict.
        template: one of `modelspec.drafting.TEMPLATES`, instead of `data`.
        task: "classification" or "regression"; by default inferred from the target's values.
        group: the column of a table whose values stay together in a split; by default the ids of
            whom the rows are about, where these recur. With `time`, the column that tells series
            apart.
        time: the column with the time of a series, whose next values are to be forecast.
        output: the file to write, if any; the path to the data is relative to its folder.
        force: overwrite the file.
        notes: takes a line for each thing that was left out of the spec or found in the data.

    Returns:
        The YAML text.

    Raises:
        SpecError: the data file has errors, or nothing to learn.
        UsageError: the file has an unknown format, `output` exists, there is no such template, or
            a table comes without `target`, a folder with it; or neither `data` nor `template` is
            given.
        CannotRunError: the file is parquet, and pyarrow is missing; or the folder has masks, and
            TensorFlow is missing.
    """
    path = None if output is None else Path(output)
    if data is not None and path is not None and Path(data) == path:
        raise UsageError(f"{path} is a spec; --data takes a table or a folder")
    if path is not None:
        refuse_existing(path, force=force)
    folder = Path() if path is None else path.parent
    if template is not None:
        if data is not None:
            raise UsageError("--data and --template exclude each other: give one of the two")
        if (target, task, group, time) != (None,) * 4:
            options = "--target, --task, --group and --time"
            raise UsageError(f"{options} belong to --data; a template has its own")
        text = _of_template(template)
    else:
        text, said = _drafted(data, (target, task, group, time), folder)
        if notes is not None:
            notes.extend(said)
    if path is not None:
        write_atomically(path, text)
    return text


def _of_template(template: str) -> str:
    from modelspec.drafting import TEMPLATES, template_text

    if template not in TEMPLATES:
        close = did_you_mean(template, TEMPLATES) or f"; there are {join_words(TEMPLATES)}"
        raise UsageError(f'there is no template "{template}"{close}')
    return template_text(template)


def _drafted(
    data: Path | str | None,
    wanted: tuple[str | None, str | None, str | None, str | None],
    folder: Path,
) -> tuple[str, Sequence[str]]:
    """The text for a table or a folder, and what to tell of it.

    `wanted` has the target, the task, the group and the time.
    """
    from modelspec.data.remote import local_path
    from modelspec.drafting import TEMPLATES, Asked, draft_spec

    from .folder_drafts import takes_folder

    if data is None:
        names = "\n".join(f"  {name:12} {what}" for name, what in TEMPLATES.items())
        message = "give --data FILE --target COLUMN, or --template with one of"
        raise UsageError(f"{message}\n{names}")
    findings = Findings()
    address = data if isinstance(data, str) and is_remote(data) else None
    path = None if address else Path(data)
    target, *_ = wanted
    if path is not None and path.exists() and takes_folder(path):
        if path.is_dir() and wanted != (None,) * 4:
            message = f"{path} is a folder, and --target, --task, --group and --time are for tables"
            raise UsageError(f"{message}: the classes of a folder are the folders in it")
        if target is None:
            return _of_files(path, folder, findings), ()
    if target is None:
        if path is not None and not path.exists():
            raise UsageError(f"{path} does not exist{similar_name(path)}")
        raise UsageError(_which_target(local_path(data)))
    local = local_path(data)
    try:
        made = draft_spec(local, Asked(target, *wanted[1:]), folder, findings, address)
    except UsageError as error:
        raise UsageError(str(error).replace(str(local), address or str(local))) from error
    if made is None:
        found = findings.sorted()
        raise SpecError([_of_address(one, local, address) for one in found] if address else found)
    return made.text, made.notes


def _which_target(path: Path) -> str:
    """The message for a table without a target, with its columns where they are text."""
    from modelspec.tabular import TEXT_ERRORS, csv_rows, guess_dialect, open_bytes

    message = "--data needs --target: the column of the table to predict"
    if not path.name.lower().endswith((".csv", ".csv.gz", ".tsv")):
        return message
    try:
        with open_bytes(path) as stream:
            names = next(csv_rows(stream, guess_dialect(path, "utf-8")), [])
    except TEXT_ERRORS:
        return message
    return f"{message}, one of {join_words((f'`{name}`' for name in names), 'or', most=20)}"


def _of_address(finding: Finding, local: Path, address: str) -> Finding:
    """A finding of a remote table, which names its address in place of the copy that was read."""
    message, hint = (text.replace(str(local), address) for text in (finding.message, finding.hint))
    span = finding.span
    span = span._replace(file=address) if span.file == str(local) else span
    return finding._replace(span=span, message=message, hint=hint)


def _of_files(path: Path, folder: Path, findings: Findings) -> str:
    """The text of a spec for a folder or for a text.

    Raises:
        SpecError: there is nothing to learn from.
    """
    from .folder_drafts import draft_folder

    text = draft_folder(path, folder, findings)
    if text is None:
        raise SpecError(findings.sorted())
    return text


def expand_file(
    source: GivenSpec, overrides: Mapping[str, Any] | None = None, *, folder: Path | None = None
) -> str:
    """Expand a spec file into YAML text without blocks, params and repeats, with all defaults.

    Args:
        source: the spec as a path or a dict, or the path of an exported model, which contains it.
        overrides: dotted paths to values, as `--set` gives them.
        folder: the folder the text is for, if another one; relative paths are rewritten for it.

    Raises:
        SpecError: the spec has errors.
    """
    return expanded_text(open_source(source, overrides)[0].spec, folder)


def convert_file(
    source: Source,
    to: str,
    output: Path | str | None = None,
    *,
    overrides: Mapping[str, Any] | None = None,
    force: bool = False,
) -> str:
    """Convert the model of a spec file to sequential or functional form; returns YAML text.

    Args:
        source: the path of the spec.
        to: "sequential" or "functional".
        output: the file to write, if any; relative paths are rewritten for its folder.
        overrides: dotted paths to values, as `--set` gives them.
        force: overwrite the file.

    Raises:
        SpecError: the spec has errors, or its graph is not a chain and cannot become sequential.
        UsageError: there is no such form, or the file exists.
    """
    from modelspec.document import emit
    from modelspec.graph import FORMS, convert

    if to not in FORMS:
        raise UsageError(f"a model is {' or '.join(FORMS)}, got {to}")
    opened = open_spec(source, overrides)
    document = convert(opened.spec, opened.graph, to, opened.findings)
    if document is None:
        raise SpecError(opened.findings.sorted())
    path = None if output is None else Path(output)
    if path is not None and opened.spec.path is not None:
        move_paths(document, opened.spec.path.parent, path.parent)
    text = emit(document)
    if path is not None:
        refuse_existing(path, force=force)
        write_atomically(path, text)
    return text


def summarize(
    source: GivenSpec,
    overrides: Mapping[str, Any] | None = None,
    *,
    batch_size: int | None = None,
    workers: int | None = None,
    expand: bool = False,
) -> Summary:
    """Summarize the layers of a spec's model: shapes, parameters, FLOPs and memory.

    Args:
        source: a spec as a path or a dict, or an exported model, which contains its spec.
        overrides: dotted paths to values, as `--set` gives them.
        batch_size: for the memory estimate; by default the spec's `data.batch_size`, or 32.
        workers: how many divide each batch; the summary then has what one of them needs.
        expand: give the layers of nested models separate rows.

    Raises:
        SpecError: the spec has errors.
        UsageError: there are more workers than examples in a batch.
    """
    opened, exported = open_source(source, overrides)
    found = summary_of_opened(opened, batch_size, expand=expand)
    if workers is not None:
        size = found.memory["batch_size"]
        assert size is not None
        found = replace(found, workers=_worker(opened, workers, size))
    return found if exported is None else replace(found, exported=exported.to_dict())


def summary_of_opened(
    opened: CompiledSpec, batch_size: int | None = None, *, expand: bool = False
) -> Summary:
    """The summary of a compiled spec; the arguments are those of `summarize`."""
    memory = largest_needs(opened.spec, opened.analysis, batch_size)
    trained = trained_analysis(opened.spec, opened.analysis)
    sizes = None
    if opened.analysis.has_open_sizes:
        from modelspec.analysis.sizes import find_sizes

        sizes = find_sizes(opened.analysis, policy_of_spec(opened.spec))
    found = summary_of(opened.spec.name, trained, memory, sizes, expand=expand)
    needs = needs_of_phases(opened.spec, opened.analysis, batch_size)
    return replace(found, training=[one.to_dict() for one in needs])


def _worker(opened: CompiledSpec, workers: int, batch_size: int) -> dict[str, Any]:
    """What each of several workers needs."""
    from modelspec.analysis.distribute import needs_of_worker

    if workers > batch_size:
        message = f"a batch of {batch_size} has no example for each of {workers} workers"
        raise UsageError(f"{message}; choose fewer, or a larger --batch-size")
    return needs_of_worker(opened.spec, opened.analysis, workers, batch_size).to_dict()


def plot(  # noqa: PLR0913  # all but the first two by name, as options are
    source: Source,
    output: Path | str | None = None,
    *,
    form: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    theme: str = "auto",
    unfold: bool = False,
    depth: int | None = None,
    findings: list[Finding] | None = None,
) -> str | bytes:
    """Draw the model of a spec: its layers, what flows between them, and what is wrong with it.

    Args:
        source: a spec file, a run folder, or an exported model, which contains its spec.
        output: the file to write, if any; one that is there is replaced.
        form: one of `modelspec.plotting.PICTURE_FORMATS`; by default what the ending of `output`
            says, or "svg".
        overrides: dotted paths to values, as `--set` gives them.
        theme: "light", "dark", or "auto" for an svg or html that follows the reader's setting.
        unfold: show every layer, in every repetition.
        depth: how many levels of models, blocks and repeats are open; by default as many as can
            be read at once.
        findings: takes what was found in the spec. A spec with errors is drawn as far as it can
            be.

    Returns:
        The picture: text, or the bytes of a png.

    Raises:
        SpecError: no model can be read from the spec.
        UsageError: there is no such format or theme, `unfold` and `depth` are both given, or the
            model was not exported by modelspec.
        CannotRunError: the package that draws png is missing.
    """
    from modelspec.plotting import PICTURE_FORMATS, Folding, Theme, draw

    chosen = choose_format(PICTURE_FORMATS, form, output, "a picture")
    if theme not in list(Theme):
        raise UsageError(f"a theme is {join_words(list(Theme), 'or')}, got {theme}")
    if unfold and depth is not None:
        raise UsageError("--depth and --unfold exclude each other: give one of the two")
    parts = _open_parts(source, overrides or {})
    if findings is not None:
        findings.extend(parts.findings.sorted())
    picture = chosen.write(draw(parts), Folding(unfold, depth), Theme(theme))
    if output is not None:
        write_atomically(Path(output), picture)
    return picture


def _open_parts(source: Source, overrides: Mapping[str, Any]) -> SpecParts:
    path, findings = Path(source), Findings()
    run = path if is_run(path) else run_of_model(path)
    if run is not None:
        path = run / RunFile.EXPANDED_SPEC
    text: str | None
    from_stdin = str(source) == STDIN
    if model_format(path) is not None:
        from modelspec.exporting import read_metadata

        text = read_metadata(path).spec
    elif from_stdin:
        text = read_stdin(findings)
    else:
        text = read(path, findings)
    parts = None
    if text is not None:
        name, file = (STDIN_NAME, None) if from_stdin else (str(path), path)
        parts = compile_parts(
            text, name, file, findings, overrides, import_extensions=import_extensions
        )
    if parts is None:
        raise SpecError(findings.sorted())
    return parts


def open_source(
    source: GivenSpec, overrides: Mapping[str, Any] | None
) -> tuple[CompiledSpec, Metadata | None]:
    """Open a spec, or the spec inside an exported model, which also has metadata."""
    if isinstance(source, Mapping):
        return open_spec(source, overrides), None
    path = Path(source)
    run = run_of_model(path)
    if run is not None:
        return open_spec(run / RunFile.EXPANDED_SPEC, overrides), None
    if model_format(path) is None:
        return open_spec(source, overrides), None
    from modelspec.exporting import read_metadata

    metadata = read_metadata(path)
    return open_text(metadata.spec, str(path), path, overrides), metadata
