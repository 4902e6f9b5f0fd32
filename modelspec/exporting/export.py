"""An export from its first check to its last: written aside, run, compared, and only then named."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from modelspec.diagnostics import EXIT_MISSED, ModelspecError
from modelspec.exporting.formats import FORMATS, Settings, embed
from modelspec.exporting.verify import Check, check_export, samples_of

from .export_source import ExportSource
from .model_split import cut, front_of, preprocessing_of
from .precision import prepared
from .write import (
    beside,
    check_path,
    check_settings,
    forget_check,
    label_files,
    write_check,
    write_file,
)


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What was written.

    Attributes:
        path: where it is; with `.rejected` behind its name where the check failed.
        check: how it compares with the Keras model; None for a format that computes nothing.
    """

    path: Path
    check: Check | None = None

    @property
    def accepted(self) -> bool:
        """Whether it answers as the Keras model does, as far as that can be asked."""
        return self.check is None or self.check.accepted


class RejectedError(ModelspecError):
    """An export answers otherwise than the Keras model. `exported` has the check."""

    exit_code = EXIT_MISSED

    def __init__(self, exported: ExportResult) -> None:
        self.exported = exported
        said = "" if exported.check is None else exported.check.to_text()
        super().__init__(f"the export is rejected, and left as {exported.path}\n{said}")


def export_subject(
    subject: ExportSource, form: str, path: Path, settings: Settings, *, force: bool = False
) -> ExportResult:
    """Write a model, and prove it.

    Args:
        subject: what to export.
        form: one of the `FORMATS` that are written from a model.
        path: the file or folder to write.
        settings: what else the user asked for.
        force: overwrite what is there.

    Raises:
        UsageError: the file exists, or has another ending.
        CannotRunError: it cannot be written.
    """
    check_path(path, form, force=force)
    check_settings(form, settings)
    subject, note = prepared(subject, form)
    if settings.without_preprocessing:
        subject = cut(subject)
    checks: list[Check] = []

    def accept(made: Path) -> bool:
        if FORMATS[form].tolerance is not None:
            samples = samples_of(subject.whole, measured=settings.quantize is not None)
            found = check_export(subject, form, made, samples, settings)
            notes = [note, "" if found.accepted else _advice(subject, settings)]
            checks.append(
                replace(found, note="\n".join(filter(None, notes))) if any(notes) else found
            )
        accepted = all(check.accepted for check in checks)
        if accepted:
            forget_check(path)
        return accepted

    written = write_file(
        path,
        lambda made: draft(subject, form, settings, made, path),
        force=True,  # what may not be there was asked for above
        accept=accept,
        others=(*beside(path, form), *_labels(subject, form, path), *_before(subject, path)),
    )
    found = checks[-1] if checks else None
    if found is not None:
        write_check(path, {"file": written.name, **found.to_dict()})
    return ExportResult(written, found)


def draft(subject: ExportSource, form: str, settings: Settings, made: Path, path: Path) -> None:
    """Write a model with its metadata, and the files that belong to it beside it.

    Args:
        subject: what to export.
        form: one of the `FORMATS` that are written from a model.
        settings: what else the user asked for.
        made: where to write.
        path: where that will lie.
    """
    write = FORMATS[form].write
    assert write is not None, f"{form} is written from a spec"
    write(subject, settings, made)
    embed(made, form, subject.metadata(form, settings, path).to_json())
    for file, text in _labels(subject, form, made).items():
        file.write_text(text, encoding="utf-8")
    if subject.before is not None:
        subject.before.model.save(preprocessing_of(made))


def _advice(subject: ExportSource, settings: Settings) -> str:
    """What may mend an export that is rejected, or ""."""
    if settings.quantize != "int8" or subject.before is not None or not front_of(subject.graph):
        return ""
    return (
        "int8 keeps all raw values of an input in one scale, where large ones leave no room for "
        "small ones: --without-preprocessing exports what comes after they are brought to one size"
    )


def _before(subject: ExportSource, path: Path) -> tuple[Path, ...]:
    """The file of the preprocessing that was cut off."""
    return () if subject.before is None else (preprocessing_of(path),)


def _labels(subject: ExportSource, form: str, path: Path) -> dict[Path, str]:
    """The files of labels beside a file that has no place for them."""
    entry = FORMATS[form]
    return (
        {} if entry.tolerance is None or entry.has_labels else label_files(path, subject.labels())
    )
