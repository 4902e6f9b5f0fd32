"""The low-rank adapters of a run, and what else its training changed; nothing that is frozen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from modelspec.diagnostics import UsageError
from modelspec.runs import RunFile

from .format import ExportFormat, ExportSettings

if TYPE_CHECKING:
    from modelspec.exporting.export_source import ExportSource
    from modelspec.training import TrainedRun


def write_adapter_file(source: ExportSource, _: ExportSettings, path: Path) -> None:
    """Write what `training.initial_weights: {adapters: PATH}` reads."""
    from modelspec.weights import has_adapters, write_adapter

    run = source.run
    if run is None:
        message = "--format adapter is for a run: a model that was not trained has fresh adapters"
        raise UsageError(f"{message}. Train the spec, and export its run folder")
    saved = run.epoch_file or run.path / RunFile.MODEL
    if not has_adapters(saved):
        message = f"{saved} has no low-rank adapters"
        raise UsageError(f"{message}: `lora_rank` in a layer gives it some, and trains them")
    write_adapter(source.model, saved, path, _unchanged(run))


def _unchanged(run: TrainedRun) -> list[str]:
    """The paths of the layers that no phase of the training changed."""
    from modelspec.framework import layers_by_path

    training, by_path = run.spec.training, dict(layers_by_path(run.model))
    assert training is not None
    frozen = [phase.freeze.frozen_paths(by_path) for phase in training.each_phase]
    always = set.intersection(*frozen)
    return [
        "/".join(path)
        for path, layer in by_path.items()
        if not layer.trainable and (path in always or path not in frozen[-1])
    ]


FORMAT = ExportFormat(
    name="adapter", suffix=".adapter.h5", write=write_adapter_file, keeps_adapters=True
)
