"""What the commands do, as functions of paths: the door for notebooks and scripts.

`validate`, `open_spec` and `build` are in `pipeline.py`, which is the stages themselves.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypedDict, Unpack

from modelspec.analysis import memory_of_spec
from modelspec.diagnostics import (
    Finding,
    Findings,
    ModelspecError,
    SpecError,
    UsageError,
    did_you_mean,
    listed,
)
from modelspec.document import find_one
from modelspec.pipeline import Opened, Source, build_opened, open_spec, open_text
from modelspec.report import Summary, summary_of
from modelspec.spec import allowing, expanded_text, refuse_changes, refuse_extensions

if TYPE_CHECKING:
    from modelspec.export import Settings
    from modelspec.export.export import Exported
    from modelspec.export.subject import Subject
    from modelspec.importing import Imported
    from modelspec.records import Comparison, Record
    from modelspec.training import Evaluation, Miss, Order, Run
    from modelspec.training.folds import Folds

WEIGHTS = ".weights.h5"


def init(
    data: Path | str | None = None,
    target: str | None = None,
    *,
    template: str | None = None,
    task: str | None = None,
    output: Path | str | None = None,
    force: bool = False,
) -> str:
    """The YAML text of a first spec: for a table, whose columns decide inputs, model and loss; or
    from a template.

    Args:
        data: a csv or parquet file.
        target: the column of `data` that the model is to tell.
        template: one of `modelspec.drafting.TEMPLATES`, in place of `data`.
        task: "classification" or "regression"; by default the target's values decide.
        output: the file to write, if any; the path to the data leads from its folder.
        force: overwrite the file.

    Raises:
        SpecError: the data file has faults, or nothing to learn.
        UsageError: the file is none that can be read, `output` exists, there is no such
            template, or not one of `data` with `target` and `template` is given.
        CannotRunError: a parquet file, and pyarrow is missing.
    """
    path = None if output is None else Path(output)
    if path is not None and os.path.lexists(path) and not force:
        raise UsageError(f"{path} exists; --force overwrites it")
    text = _drafted(data, target, template, task, Path() if path is None else path.parent)
    if path is not None:
        from modelspec.export import write_text

        write_text(path, text, force=force)
    return text


def _drafted(
    data: Path | str | None,
    target: str | None,
    template: str | None,
    task: str | None,
    folder: Path,
) -> str:
    from modelspec.drafting import TEMPLATES, draft, text_of_template

    if template is not None:
        if data is not None:
            raise UsageError("a template and a data file each begin a spec: give one of the two")
        if target is not None or task is not None:
            raise UsageError("--target and --task say something of --data; a template has its own")
        if template not in TEMPLATES:
            close = did_you_mean(template, TEMPLATES) or f"; there are {listed(TEMPLATES)}"
            raise UsageError(f'there is no template "{template}"{close}')
        return text_of_template(template)
    if data is None:
        names = "\n".join(f"  {name:12} {what}" for name, what in TEMPLATES.items())
        message = "give --data FILE --target COLUMN, or --template with one of"
        raise UsageError(f"{message}\n{names}")
    if target is None:
        raise UsageError("--data needs --target: the column that the model is to tell")
    findings = Findings()
    made = draft(Path(data), target, folder, task, findings)
    if made is None:
        raise SpecError(findings.sorted())
    return made.text


def expand_file(
    source: Source, overrides: Mapping[str, Any] | None = None, *, folder: Path | None = None
) -> str:
    """A spec file written out, as YAML text: no blocks, params and repeats, and all defaults.

    Args:
        source: the path of the spec.
        overrides: dotted paths to values, as `--set` gives them.
        folder: where the text will stand, if elsewhere; relative paths then lead from there.

    Raises:
        SpecError: the spec has faults.
    """
    return expanded_text(open_spec(source, overrides).spec, folder)


def convert_file(
    source: Source,
    to: str,
    output: Path | str | None = None,
    *,
    overrides: Mapping[str, Any] | None = None,
    force: bool = False,
) -> str:
    """The YAML text of a spec file with its model in the other form.

    Args:
        source: the path of the spec.
        to: "sequential" or "functional".
        output: the file to write, if any; relative paths in the text lead from its folder.
        overrides: dotted paths to values, as `--set` gives them.
        force: overwrite the file.

    Raises:
        SpecError: the spec has faults, or its graph is no chain and cannot become a stack.
        UsageError: there is no such form, or the file exists.
    """
    from modelspec.document.emit import emit
    from modelspec.graph.convert import FORMS, convert, move_paths

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
        from modelspec.export import write_text

        write_text(path, text, force=force)
    return text


def summarize(
    source: Source,
    overrides: Mapping[str, Any] | None = None,
    *,
    batch_size: int | None = None,
    expand: bool = False,
) -> Summary:
    """The layers of a spec's model, with their shapes, parameters, FLOPs and memory.

    Args:
        source: a spec file.
        overrides: dotted paths to values, as `--set` gives them.
        batch_size: the examples that the memory is for; by default the spec's `data.batch_size`,
            or 32.
        expand: give the layers of nested models rows of their own.

    Raises:
        SpecError: the spec has faults.
    """
    opened = open_spec(source, overrides)
    memory = memory_of_spec(opened.spec, opened.analysis, batch_size)
    return summary_of(opened.spec.name, opened.analysis, memory, expand=expand)


def train(  # noqa: PLR0913  # all but the first by name, as options are
    source: Source | None = None,
    *,
    resume: Path | str | None = None,
    output: Path | str | None = None,
    overrides: Mapping[str, Any] | None = None,
    force: bool = False,
    command: str = "",
    log_format: str = "auto",
    allow_extensions: bool = False,
) -> Run | Folds:
    """Fit the model of a spec file to its data, into a run folder.

    With `data.folds` it is one model for each fold, into the folders `fold-1`, `fold-2` ... of it.

    Args:
        source: a spec with `data` and `training`. A run that is resumed knows its own.
        resume: the folder of a run that goes on from its last checkpoint.
        output: the run folder; by default the first free one of runs/NAME, runs/NAME-2, ...
        overrides: dotted paths to values, as `--set` gives them.
        force: replace the run that is in the folder.
        command: what started the training, for the run's records.
        log_format: how progress is shown on standard error: "auto" is a bar on a terminal and
            else "lines", one an epoch; "json" is an object on a line for each event.
        allow_extensions: import the modules that the spec names, which runs their code.

    Raises:
        SpecError: the spec or its data has faults.
        UsageError: the folder is taken, or the run to resume has nothing left to do.
        CannotRunError: TensorFlow is missing, or disk or memory is not enough.
        modelspec.training.InterruptedRunError: a signal came.
    """
    from modelspec.building import extension_scope, start

    if resume is None and source is None:
        raise UsageError("give a spec to train, or a run to resume")
    where = Path(output) if output is not None else None
    told: dict[str, Any] = {"command": command, "log_format": log_format}
    with allowing(allow_extensions):
        if resume is not None:
            return _resume(Path(resume), source, overrides, told)
        assert source is not None
        opened = open_spec(source, overrides).hold()
        _refuse(opened)
        start()
        from modelspec.training import Order, set_seed, train_spec

        order = Order(where, force, overrides=dict(overrides or {}), **told)
        if opened.spec.data is not None and opened.spec.data.folds and not opened.spec.data.fold:
            return _train_folds(source, opened, order)
        set_seed(opened.spec)
        with extension_scope(opened.spec):
            return train_spec(opened.spec, opened.graph, build_opened(opened), order)


def _train_folds(source: Source, opened: Opened, order: Order) -> Folds:
    """One run for each fold: as if the spec named the fold."""
    from dataclasses import replace

    from modelspec.building import extension_scope
    from modelspec.training import set_seed, train_spec
    from modelspec.training.folds import train_folds

    def train_one(number: int, path: Path) -> Run:
        overrides = {**order.overrides, "data.fold": number}
        chosen = open_spec(source, overrides).hold()
        own = replace(order, output=path, force=False, overrides=overrides)
        set_seed(chosen.spec)
        with extension_scope(chosen.spec):
            return train_spec(chosen.spec, chosen.graph, build_opened(chosen), own)

    assert opened.spec.data is not None and opened.spec.data.folds is not None
    return train_folds(opened.spec, opened.spec.data.folds, order, train_one)


def smoke(
    source: Source,
    overrides: Mapping[str, Any] | None = None,
    *,
    allow_extensions: bool = False,
) -> dict[str, float]:
    """Take one step of training on a spec's own data, and keep nothing; loss and metrics of it.

    Args:
        source: a spec with `data` and `training`.
        overrides: dotted paths to values, as `--set` gives them.
        allow_extensions: import the modules that the spec names, which runs their code.

    Raises:
        SpecError: the spec or its data has faults, or the loss is no number.
        CannotRunError: TensorFlow is missing, or memory is not enough.
    """
    from modelspec.building import extension_scope, start

    with allowing(allow_extensions):
        opened = open_spec(source, overrides).hold()
        if opened.spec.data is not None and opened.spec.data.folds and not opened.spec.data.fold:
            opened = open_spec(source, {**(overrides or {}), "data.fold": 1}).hold()
        _refuse(opened)
        start()
        from modelspec.training import set_seed
        from modelspec.training.one_step import one_step

        set_seed(opened.spec)
        with extension_scope(opened.spec):
            return one_step(opened.spec, opened.graph, build_opened(opened))


def _refuse(opened: Opened) -> None:
    """Refuse extensions that are not allowed before anything is built for them."""
    findings = Findings()
    for part in (opened.spec.model, opened.spec.training):
        refuse_extensions(opened.spec, part, findings)
    if findings.has_errors:
        raise SpecError(findings.sorted())


def _resume(
    run: Path, source: Source | None, overrides: Mapping[str, Any] | None, told: dict[str, Any]
) -> Run:
    """Go on with a run, by its spec as it is now, which may differ in what `refuse_changes` says.

    The overrides of the run hold on; new ones are added to them.
    """
    from modelspec.building import extension_scope, start

    start()
    from modelspec.training import Order, recorded, set_seed, train_spec

    record = recorded(run)
    changed = {**record.overrides, **(overrides or {})}
    file = record.spec if source is None else Path(source)
    if source is None and not file.is_file():  # the spec is gone: the run has all that it said
        findings = Findings()
        opened = open_text(record.text, str(run / record.NAME), file, findings, overrides)
        if opened is None:
            raise SpecError(findings.sorted())
    else:
        opened = open_spec(file, changed)
    refuse_changes(record.document, opened.spec, opened.findings)
    _refuse(opened.hold())
    set_seed(opened.spec)
    same = record.has_callbacks(opened.spec)
    order = Order(run, True, overrides=changed, resume=True, same_callbacks=same, **told)
    with extension_scope(opened.spec):
        return train_spec(opened.spec, opened.graph, build_opened(opened), order)


def evaluate(
    run: Run | Path | str,
    data: Path | str | None = None,
    *,
    split: str = "test",
    allow_extensions: bool = False,
) -> tuple[dict[str, float], list[Miss]]:
    """Measure a run on one of its splits or on a file; the values, and what is missed.

    Args:
        run: a run, or its folder.
        data: a file with inputs and targets; None takes one of the run's own splits.
        split: "train", "validation" or "test".
        allow_extensions: import the modules that the spec names, which runs their code.
    """
    with allowing(allow_extensions):
        found = assess(run, data, split=split)
    return found.metrics, found.missed


def assess(
    run: Run | Path | str,
    data: Path | str | None = None,
    *,
    split: str = "test",
    threshold: float = 0.5,
    picture: Path | str | None = None,
    force: bool = False,
) -> Evaluation:
    """Measure a run as `evaluate` does, and tell how classes were told apart.

    Args:
        run: a run, or its folder.
        data: a file with inputs and targets; None takes one of the run's own splits.
        split: "train", "validation" or "test".
        threshold: from which probability on the second of two classes is said.
        picture: a PNG file for the confusion matrices, if any.
        force: overwrite the file.

    Raises:
        UsageError: there is no such split or run; the picture exists, or no output has classes.
        SpecError: the file does not fit the spec, or the data changed since the training.
        CannotRunError: TensorFlow is missing, or a file of the run is damaged.
    """
    from modelspec.building import start

    to = None if picture is None else Path(picture)
    if to is not None and to.suffix.lower() != ".png":
        raise UsageError(f"the picture is a file that ends in .png, got {to}")
    if to is not None and os.path.lexists(to) and not force:
        raise UsageError(f"{to} exists; --force overwrites it")
    start()
    from modelspec.training import Wanted, evaluate_run

    where = Path(run) if isinstance(run, str) else run
    wanted = Wanted(None if data is None else Path(data), split, threshold)
    found = evaluate_run(where, wanted)
    if to is not None:
        _draw(to, found, f"{where if isinstance(where, Path) else where.path}, {data or split}")
    return found


def _draw(path: Path, found: Evaluation, title: str) -> None:
    from modelspec.export import write_file
    from modelspec.training.confusion_picture import draw_confusions

    if not found.confusions:
        raise UsageError("no output of the run tells classes apart: there is no confusion to draw")
    write_file(path, lambda draft: draw_confusions(draft, found.confusions, title), force=True)


class Asking(TypedDict, total=False):
    """What `predict` is to say of classes; see there."""

    every_class: bool
    threshold: float


def predict(
    run: Run | Path | str,
    data: Path | str,
    output: Path | str | IO[bytes] | None = None,
    *,
    keep: Sequence[str] = (),
    force: bool = False,
    allow_extensions: bool = False,
    **asked: Unpack[Asking],
) -> dict[str, Any]:
    """Predict for every row of a file.

    Args:
        run: a run, or its folder.
        data: a csv, parquet, jsonl or npz file with the columns of the inputs.
        output: a csv, jsonl, parquet or npz file to write, or a binary stream that takes csv. The
            answers go there piece by piece, and are not returned.
        keep: columns of the file that stand beside the answers.
        force: overwrite `output`.
        allow_extensions: let the modules that the spec names be imported, which runs their code.
        asked: `every_class` gives each class a column of its own with its probability;
            `threshold` is from which probability on the second of two classes is said.

    Returns:
        Columns by name, see `modelspec.training.predict_run`; none where they were written.

    Raises:
        UsageError, SpecError, CannotRunError: as `modelspec.training.predict_into` does.
    """
    from modelspec.building import start

    start()
    from modelspec.training import Asked, predict_into, predict_run

    where = Path(run) if isinstance(run, str) else run
    to = Path(output) if isinstance(output, (str, os.PathLike)) else output
    with allowing(allow_extensions):
        if to is None:
            return predict_run(where, Path(data), keep=keep, asked=Asked(**asked))
        predict_into(where, Path(data), to, keep=keep, asked=Asked(**asked), force=force)
    return {}


def list_runs(folder: Path | str = "runs") -> tuple[list[Record], dict[str, int | None]]:
    """The runs in or below a folder, the oldest first, and the parameters of each one's model.

    Raises:
        UsageError: there is no such folder, or no run in it.
    """
    from modelspec.records import find_runs, read_record

    found = [read_record(path) for path in find_runs(Path(folder))]
    params: dict[str, int | None] = {}
    for record in found:
        try:
            opened = open_spec(record.path / "spec.expanded.yaml")
            memory = memory_of_spec(opened.spec, opened.analysis, 1)
            summary = summary_of(opened.spec.name, opened.analysis, memory, expand=False)
            params[str(record.path)] = summary.params["total"]
        except (ModelspecError, OSError):
            params[str(record.path)] = None
    return sorted(found, key=lambda record: record.started), params


def compare_runs(
    runs: Sequence[Path | str], output: Path | str | None = None, *, force: bool = False
) -> Comparison:
    """Where the specs of runs differ, and what each reached.

    Args:
        runs: run folders, two or more.
        output: a PNG file to draw the curves into, if any.
        force: overwrite the file.

    Raises:
        UsageError: a folder holds no run, `output` exists, or there is nothing to draw.
        CannotRunError: a picture is wanted, and matplotlib is missing.
    """
    from modelspec.records import compare, read_record

    found = compare([read_record(Path(run)) for run in runs])
    if output is not None:
        from modelspec.export import write_file
        from modelspec.records.picture import draw_runs

        if Path(output).suffix.lower() != ".png":
            raise UsageError(f"curves are drawn into a file that ends in .png, got {output}")
        write_file(Path(output), lambda draft: draw_runs(draft, found.runs), force=force)
    return found


EXPORTS = ("keras", "weights", "saved_model", "onnx", "litert", "json", "python")
"""The formats of `export`; a test holds them to the table of `modelspec.export`."""


def export(  # noqa: PLR0913  # all but the first three by name, as options are
    source: Source | Run | None,
    form: str,
    output: Path | str | None = None,
    *,
    overrides: Mapping[str, Any] | None = None,
    force: bool = False,
    allow_extensions: bool = False,
    settings: Settings | None = None,
) -> Path:
    """Write the model of a spec file (with fresh weights) or of a run in another format.

    Formats that hold no weights and need no TensorFlow are written from the spec, a run's too.
    The others are run in a process of their own and compared with the Keras model before they
    get their name; PATH.check.json says what was found.

    Args:
        source: a spec file, a run folder, or a run.
        form: one of `EXPORTS`.
        output: what to write; by default the model's name with the format's ending.
        overrides: dotted paths to values, as `--set` gives them; for a spec.
        force: overwrite what is there.
        allow_extensions: import the modules that the spec names, which runs their code.
        settings: what else can be asked, such as the tolerance.

    Raises:
        SpecError, UsageError, CannotRunError: as `build` does; also where the file exists.
        modelspec.export.export.RejectedError: what was written answers otherwise than the model.
    """
    with allowing(allow_extensions):
        exported = export_checked(source, form, output, (force, settings), overrides)
    if isinstance(exported, Path):
        return exported
    if not exported.accepted:
        from modelspec.export.export import RejectedError

        raise RejectedError(exported)
    return exported.path


def export_checked(
    source: Source | Run | None,
    form: str,
    output: Path | str | None,
    how: tuple[bool, Settings | None],
    overrides: Mapping[str, Any] | None = None,
) -> Exported | Path:
    """As `export`, but what is rejected is returned as the rest is.

    Args:
        source: a spec file, a run folder, or a run.
        form: one of `EXPORTS`.
        output: what to write.
        how: whether to overwrite what is there, and what else is asked.
        overrides: dotted paths to values.

    Returns:
        What was written, with its check; only the path of what is written from a spec.
    """
    from modelspec.export import FORMATS, Settings, check_path, check_settings, write_spec

    force, settings = how[0], how[1] or Settings()
    suffix = FORMATS[form].suffix
    check_settings(form, settings)
    if output is not None:
        check_path(Path(output), form, force=force)
    if FORMATS[form].write_spec is not None:
        opened, name = _spec_of(source, overrides)
        path = Path(output) if output is not None else Path(name + suffix)
        return write_spec(opened.spec, opened.graph, form, path, force=force)
    subject = _subject_of(source, form, overrides)
    from modelspec.export.export import export_subject

    path = Path(output) if output is not None else Path(subject.name + suffix)
    return export_subject(subject, form, path, settings, force=force)


def _spec_of(
    source: Source | Run | None, overrides: Mapping[str, Any] | None
) -> tuple[Opened, str]:
    if source is None or (isinstance(source, (str, os.PathLike)) and not Path(source).is_dir()):
        opened = open_spec(find_one(None if source is None else str(source)), overrides)
        return opened.hold(), opened.spec.name
    if overrides:
        raise UsageError("a trained run is what it is; --set takes a spec")
    folder = Path(source) if isinstance(source, (str, os.PathLike)) else source.path
    file = folder / "spec.expanded.yaml"
    if not file.is_file():
        raise UsageError(f"{folder} is no run folder: it has no {file.name}")
    return open_spec(file), folder.resolve().name


def _subject_of(
    source: Source | Run | None, form: str, overrides: Mapping[str, Any] | None
) -> Subject:
    """What is exported, where the format takes it."""
    from modelspec.building import start
    from modelspec.export import refuse

    if source is not None and (not isinstance(source, (str, os.PathLike)) or Path(source).is_dir()):
        if overrides:
            raise UsageError("a trained run is what it is; --set takes a spec")
        start()
        from modelspec.export.subject import subject_of_run

        run = Path(source) if isinstance(source, (str, os.PathLike)) else source
        subject = subject_of_run(run)
        refuse(subject.spec.model, form, learned=True)
        return subject
    opened = open_spec(find_one(None if source is None else str(source)), overrides)
    refuse(opened.hold().spec.model, form, learned=False)
    model = build_opened(opened)
    from modelspec.export.subject import subject_of_spec

    return subject_of_spec(opened.spec, opened.graph, model)


def import_model(
    source: Source,
    output: Path | str | None = None,
    *,
    weights: Path | str | None = None,
    force: bool = False,
) -> tuple[str, list[Finding]]:
    """A spec from a Keras model in a file; nothing in the file is executed.

    Args:
        source: a `.keras` file, a whole model in `.h5`, or the JSON of `model.to_json()`.
        output: the spec to write, if any.
        weights: a `.weights.h5` file to write the model's weights to, if any. It loads into what
            the spec builds, so `training.initial_weights` can name it.
        force: overwrite the files.

    Returns:
        The YAML text, and the notes on what could not be said.

    Raises:
        SpecError: the model cannot be said in a spec; each finding names the layer.
        UsageError: a file exists, or there is no model, or it holds no weights.
        CannotRunError: TensorFlow is missing.
    """
    from modelspec.building import start

    path, findings = Path(source), Findings()
    if not path.is_file():
        raise UsageError(f"there is no file {path}")
    for given in (output, weights):
        if given is not None and os.path.lexists(given) and not force:
            raise UsageError(f"{given} exists; --force overwrites it")
    start()
    from modelspec.importing import import_file

    imported = import_file(path, findings)
    if imported is None:
        raise SpecError(findings.sorted())
    if weights is not None:
        _import_weights(imported, Path(weights), findings)
    if output is not None:
        from modelspec.export import write_text

        write_text(Path(output), imported.text, force=force)
    return imported.text, findings.sorted()


def _import_weights(imported: Imported, output: Path, findings: Findings) -> None:
    """Write the weights of an imported file as those of the model that its spec builds."""
    from modelspec.export import write_file
    from modelspec.importing import extract_weights

    source = imported.weights_source
    if source is None:
        raise UsageError("the file holds no weights: a JSON is a configuration alone")
    if not output.name.endswith(WEIGHTS):
        raise UsageError(f"Keras writes weights to files that end in {WEIGHTS}, got {output}")
    opened = open_text(imported.text, str(source.path), None, findings)
    if opened is None:
        raise SpecError(findings.sorted())
    model = build_opened(opened)

    def write(draft: Path) -> None:
        if not extract_weights(source, model, draft, findings):
            raise SpecError(findings.sorted())

    write_file(output, write, force=True)


def from_keras(model: Any) -> str:
    """The YAML text of a spec of a Keras model in memory; raises as `import_model` does."""
    from modelspec.building import start

    start()
    from modelspec.importing import from_keras as text_of

    return text_of(model)
