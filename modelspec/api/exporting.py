"""Exporting a spec or a run, as a function of paths."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelspec.compile import CompiledSpec, Source
from modelspec.diagnostics import CannotRunError, UsageError
from modelspec.document import find_one
from modelspec.exporting.formats import FORMATS, ExportSettings, check_settings
from modelspec.runs import RunFile, read_status, run_of_model
from modelspec.spec.extensions import permit_extensions

from .building import build_opened, open_spec, require_weights

if TYPE_CHECKING:
    from modelspec.exporting import ExportResult, ExportSource
    from modelspec.training import Run


EXPORTS = tuple(FORMATS)
"""The formats of `export`."""


def export(  # noqa: PLR0913  # all but the first three by name, as options are
    source: Source | Run | None,
    form: str,
    output: Path | str | None = None,
    *,
    overrides: Mapping[str, Any] | None = None,
    force: bool = False,
    allow_extensions: bool = False,
    settings: ExportSettings | None = None,
) -> Path:
    """Write the model of a spec file or of a run in another format.

    The model of a spec is not trained: it has the weights of `training.initial_weights`, where the
    spec has it, and fresh ones elsewhere.

    The `python` format is written from the spec, without TensorFlow and without weights. A file
    of a format that computes is run in a separate process and compared with the Keras model
    before it is moved to its path; PATH.check.json has the result.

    Args:
        source: a spec file, a run folder, a model in one, or a run.
        form: one of `EXPORTS`.
        output: what to write; by default the model's name with the format's suffix.
        overrides: dotted paths to values, as `--set` gives them; for a spec.
        force: overwrite what is there.
        allow_extensions: import the modules that the spec names, which runs their code.
        settings: what else can be set, such as the tolerance.

    Raises:
        SpecError, UsageError, CannotRunError: as `build` does; also where the file exists, or
            initial weights do not fit.
        modelspec.exporting.export.RejectedError: the outputs differ from the Keras model.
    """
    with permit_extensions(allow_extensions):
        result = export_checked(
            source, form, output, overrides=overrides, force=force, settings=settings
        )
    if isinstance(result, Path):
        return result
    if not result.accepted:
        from modelspec.exporting import RejectedError

        raise RejectedError(result)
    return result.path


def export_checked(
    source: Source | Run | None,
    form: str,
    output: Path | str | None = None,
    *,
    overrides: Mapping[str, Any] | None = None,
    force: bool = False,
    settings: ExportSettings | None = None,
) -> ExportResult | Path:
    """As `export`, but a rejected export is returned and not raised.

    Returns:
        What was written, with its check; only the path of what is written from a spec.
    """
    from modelspec.exporting import check_path, write_spec

    settings, suffix = settings or ExportSettings(), FORMATS[form].suffix
    check_settings(form, settings)
    if output is not None:
        check_path(Path(output), form, force=force)
    if FORMATS[form].write_spec is not None:
        compiled, name = _compile(source, overrides)
        path = Path(output) if output is not None else Path(name + suffix)
        return write_spec(compiled.spec, compiled.graph, form, path, force=force)
    model = export_source(
        source, form, overrides, without_preprocessing=settings.without_preprocessing
    )
    path = Path(output) if output is not None else Path(model.name + suffix)
    from modelspec.exporting import export_model  # imports numpy, which `python` does not need

    return export_model(model, form, path, settings, force=force)


def _run_of(source: Source | Run | None, overrides: Mapping[str, Any] | None) -> Path | Run | None:
    """The run, or its folder, that a source is; None where it is a spec.

    Raises:
        UsageError: values are overridden in a run.
    """
    if isinstance(source, (str, os.PathLike)):
        source = Path(source)
        if not source.is_dir() and run_of_model(source) is None:
            return None
    if source is not None and overrides:
        raise UsageError("--set changes a spec, not a trained run")
    return source


def _compile(
    source: Source | Run | None, overrides: Mapping[str, Any] | None
) -> tuple[CompiledSpec, str]:
    """The spec of a source, and the name of its model."""
    run = _run_of(source, overrides)
    if run is None:
        compiled = _compile_spec(source, overrides)
        return compiled, compiled.spec.name
    folder = run if isinstance(run, Path) else run.path
    folder = run_of_model(folder) or folder
    file = folder / RunFile.EXPANDED_SPEC
    if not file.is_file():
        read_status(folder)  # says what the folder is, if no run
        raise UsageError(f"{folder} is not a run folder: {file.name} is missing")
    compiled = open_spec(file)
    if not isinstance(run, Path) or run.name == RunFile.MODEL or run.is_dir():
        compiled = _with_temperatures(compiled, folder)
    return compiled, folder.resolve().name


def _with_temperatures(compiled: CompiledSpec, folder: Path) -> CompiledSpec:
    """The spec of a run with the temperatures of its outputs, where it was calibrated; not with
    losses of the graph, around whose model the Python file builds another."""
    training = compiled.spec.training
    if training is None or training.calibration is None or compiled.graph.losses:
        return compiled
    from modelspec.analysis import with_temperatures

    try:
        outputs = json.loads((folder / RunFile.DATA).read_text(encoding="utf-8"))["outputs"]
        graph = with_temperatures(compiled.graph, outputs)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CannotRunError(f"{folder / RunFile.DATA} cannot be read: {error}") from error
    return replace(compiled, graph=graph)


def _compile_spec(source: Source | Run | None, overrides: Mapping[str, Any] | None) -> CompiledSpec:
    path = find_one(None if source is None else str(source))
    return open_spec(path, overrides).require_expectations()


def export_source(
    source: Source | Run | None,
    form: str,
    overrides: Mapping[str, Any] | None,
    *,
    without_preprocessing: bool = False,
) -> ExportSource:
    """The model that is exported, once it is known that the format supports it.

    Raises:
        SpecError: the format does not support it.
    """
    from modelspec.exporting import check_supported
    from modelspec.framework import start_keras

    run = _run_of(source, overrides)
    if run is not None:
        start_keras()
        from modelspec.exporting import source_of_run

        found = source_of_run(run)
        check_supported(found.spec, found.graph, form, without_preprocessing=without_preprocessing)
        return found
    compiled = _compile_spec(source, overrides)
    has_weights = FORMATS[form].computes
    check_supported(
        compiled.spec,
        compiled.graph,
        form,
        without_preprocessing=without_preprocessing,
        loaded=require_weights(compiled) if has_weights else None,
    )
    model = build_opened(compiled)
    from modelspec.exporting import source_of_spec

    return source_of_spec(compiled.spec, compiled.graph, model, with_weights=has_weights)
