"""An export from its first check to its last: written as a draft, run, compared, published."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from modelspec.diagnostics import EXIT_MISSED, Finding, ModelspecError
from modelspec.exporting.formats import FORMATS, ExportSettings, check_settings
from modelspec.exporting.verify import Check, check_export, samples_of
from modelspec.runs import RunFile
from modelspec.spec import expanded_text
from modelspec.training import relative_path
from modelspec.weights import LoadingReport, names_file, write_names

from .export_source import ExportSource
from .merged import as_exported
from .metadata import Metadata, embed_metadata
from .model_split import front_calls, split_preprocessing
from .output_files import (
    check_path,
    delete_check,
    label_files,
    preprocessing_file,
    publish,
    second_files,
    write_check,
)


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What was written.

    Attributes:
        path: where it is; with `.rejected` appended if the check failed.
        check: how it compares with the Keras model; None for a format that does not compute.
        weights_report: of a bare spec, what became of each layer by `initial_weights`; None without
            it.
        findings: warnings of the loading.
    """

    path: Path
    check: Check | None = None
    weights_report: LoadingReport | None = None
    findings: Sequence[Finding] = ()

    @property
    def accepted(self) -> bool:
        """Whether its outputs are those of the Keras model, if it has any."""
        return self.check is None or self.check.accepted


class RejectedError(ModelspecError):
    """The outputs of an export differ from the Keras model. `result` has the check."""

    exit_code = EXIT_MISSED

    def __init__(self, result: ExportResult) -> None:
        self.result = result
        table = "" if result.check is None else result.check.to_text()
        message = f"outputs differ from the Keras model; the export was left as {result.path}"
        super().__init__(f"{message}\n{table}")


def export_model(
    source: ExportSource, form: str, path: Path, settings: ExportSettings, *, force: bool = False
) -> ExportResult:
    """Write a model in a format, and compare the file with the Keras model.

    Args:
        source: what to export.
        form: one of the `FORMATS` that are written from a model.
        path: the file or folder to write.
        settings: what else the user set.
        force: overwrite what is there.

    Raises:
        UsageError: the file exists, or has another suffix, or a setting does not fit the format.
        CannotRunError: a package is missing, or the model cannot be converted or written.
    """
    check_settings(form, settings)
    check_path(path, form, force=force)
    source, note = as_exported(source, form)
    if settings.without_preprocessing:
        source = split_preprocessing(source)
    check: Check | None = None

    def accept(draft: Path) -> bool:
        nonlocal check
        check = _check(source, form, draft, settings, note)
        if check is not None and not check.accepted:
            return False
        delete_check(path)
        return True

    published = publish(
        path,
        lambda draft: write_draft(source, form, settings, draft, path),
        accept=accept,
        others=_companion_files(source, form, path),
    )
    if check is not None:
        write_check(path, {"file": published.name, **check.to_dict()})
    return ExportResult(published, check, source.weights_report, source.findings)


def write_draft(
    source: ExportSource, form: str, settings: ExportSettings, draft: Path, path: Path
) -> None:
    """Write a model with its metadata, and the files next to it.

    Args:
        source: what to export.
        form: one of the `FORMATS` that are written from a model.
        settings: what else the user set.
        draft: where to write.
        path: where that will be moved.
    """
    FORMATS[form].write_model(source, settings, draft)
    embed_metadata(draft, form, _metadata(source, form, settings, path).to_json())
    if FORMATS[form].needs_architecture:  # after the metadata: the names hold for the file's bytes
        write_names(draft, source.model)
    for file, text in _label_files(source, form, draft).items():
        file.write_text(text, encoding="utf-8", newline="\n")
    if source.preprocessing is not None:
        source.preprocessing.save(preprocessing_file(draft))


def _metadata(source: ExportSource, form: str, settings: ExportSettings, path: Path) -> Metadata:
    """The metadata of an export; relative paths to the data begin at `path`."""
    metadata = Metadata(source.name, form, expanded_text(source.spec), settings.to_dict())
    if source.run is None:
        return metadata
    folder = source.run.path
    data = json.loads((folder / RunFile.DATA).read_text(encoding="utf-8"))
    del data["folder"]
    metrics = None  # the run's are those of its last model
    if source.run.epoch_file is None:
        metrics = json.loads((folder / RunFile.METRICS).read_text(encoding="utf-8"))
    data["folder_from_run"] = relative_path(source.run.data_record.folder, path.parent)
    return dataclasses.replace(
        metadata,
        spec=(folder / RunFile.EXPANDED_SPEC).read_text(encoding="utf-8"),
        metrics=metrics,
        data=data,
    )


def _companion_files(source: ExportSource, form: str, path: Path) -> tuple[Path, ...]:
    """The files next to an export that are published with it."""
    preprocessing = () if source.preprocessing is None else (preprocessing_file(path),)
    names = (names_file(path),) if FORMATS[form].needs_architecture else ()
    return (*second_files(path, form), *_label_files(source, form, path), *preprocessing, *names)


def _label_files(source: ExportSource, form: str, path: Path) -> dict[Path, str]:
    """The files of class names next to a file of a format that does not store them."""
    entry = FORMATS[form]
    return label_files(path, source.labels()) if entry.computes and not entry.stores_labels else {}


def _check(
    source: ExportSource, form: str, draft: Path, settings: ExportSettings, note: str
) -> Check | None:
    """Compare a draft with the Keras model; None for a format that does not compute."""
    if not FORMATS[form].computes:
        return None
    samples = samples_of(source.complete, with_metrics=settings.quantize is not None)
    check = check_export(source, form, draft, samples, settings)
    hint = "" if check.accepted else _hint(source, settings)
    notes = "\n".join(filter(None, (note, hint)))
    return dataclasses.replace(check, note=notes) if notes else check


def _hint(source: ExportSource, settings: ExportSettings) -> str:
    """What may fix an export that is rejected, or ""."""
    if settings.quantize != "int8" or source.preprocessing or not front_calls(source.graph):
        return ""
    return (
        "int8 stores all raw values of an input with one scale, in which small ones are lost next "
        "to large ones: --without-preprocessing exports the layers after they are normalized"
    )
