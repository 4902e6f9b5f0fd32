"""A spec or a run as a file of another program, checked, as a function of paths."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelspec.compile import CompiledSpec, Source
from modelspec.diagnostics import UsageError
from modelspec.document import find_one
from modelspec.spec.extensions import permit_extensions

from .building import build_opened
from .opening import open_spec

if TYPE_CHECKING:
    from modelspec.exporting import ExportResult, ExportSource
    from modelspec.exporting.formats import Settings
    from modelspec.training import Run


EXPORTS = ("keras", "weights", "saved_model", "onnx", "litert", "openvino", "json", "python")
"""The formats of `export`; a test holds them to the table of `modelspec.exporting`."""


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
        modelspec.exporting.export.RejectedError: what was written answers otherwise than the model.
    """
    with permit_extensions(allow_extensions):
        exported = export_checked(source, form, output, (force, settings), overrides)
    if isinstance(exported, Path):
        return exported
    if not exported.accepted:
        from modelspec.exporting import RejectedError

        raise RejectedError(exported)
    return exported.path


def export_checked(
    source: Source | Run | None,
    form: str,
    output: Path | str | None,
    how: tuple[bool, Settings | None],
    overrides: Mapping[str, Any] | None = None,
) -> ExportResult | Path:
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
    from modelspec.exporting import check_path, check_settings, write_spec
    from modelspec.exporting.formats import FORMATS, Settings

    force, settings = how[0], how[1] or Settings()
    suffix = FORMATS[form].suffix
    check_settings(form, settings)
    if output is not None:
        check_path(Path(output), form, force=force)
    if FORMATS[form].write_spec is not None:
        opened, name = _spec_of(source, overrides)
        path = Path(output) if output is not None else Path(name + suffix)
        return write_spec(opened.spec, opened.graph, form, path, force=force)
    subject = subject_of(source, form, overrides, cut=settings.without_preprocessing)
    from modelspec.exporting import export_subject

    path = Path(output) if output is not None else Path(subject.name + suffix)
    return export_subject(subject, form, path, settings, force=force)


def _spec_of(
    source: Source | Run | None, overrides: Mapping[str, Any] | None
) -> tuple[CompiledSpec, str]:
    if source is None or (isinstance(source, (str, os.PathLike)) and not Path(source).is_dir()):
        opened = open_spec(find_one(None if source is None else str(source)), overrides)
        return opened.require_expectations(), opened.spec.name
    if overrides:
        raise UsageError("a trained run is what it is; --set takes a spec")
    folder = Path(source) if isinstance(source, (str, os.PathLike)) else source.path
    file = folder / "spec.expanded.yaml"
    if not file.is_file():
        raise UsageError(f"{folder} is no run folder: it has no {file.name}")
    return open_spec(file), folder.resolve().name


def subject_of(
    source: Source | Run | None,
    form: str,
    overrides: Mapping[str, Any] | None,
    *,
    cut: bool = False,
) -> ExportSource:
    """What is exported, where the format takes it; with `cut`, all but its preprocessing."""
    from modelspec.exporting import refuse
    from modelspec.framework import start_keras

    if source is not None and (not isinstance(source, (str, os.PathLike)) or Path(source).is_dir()):
        if overrides:
            raise UsageError("a trained run is what it is; --set takes a spec")
        start_keras()
        from modelspec.exporting import subject_of_run

        run = Path(source) if isinstance(source, (str, os.PathLike)) else source
        subject = subject_of_run(run)
        refuse(subject.spec, subject.graph, form, learned=True, cut=cut)
        return subject
    opened = open_spec(find_one(None if source is None else str(source)), overrides)
    refuse(opened.require_expectations().spec, opened.graph, form, learned=False, cut=cut)
    model = build_opened(opened)
    from modelspec.exporting import subject_of_spec

    return subject_of_spec(opened.spec, opened.graph, model)
