"""A model on its way out, with what is known of its inputs and outputs."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelspec.data.feed import Structure, structure_of
from modelspec.diagnostics import Findings
from modelspec.exporting.formats import Settings
from modelspec.framework import functional_of
from modelspec.graph import Graph
from modelspec.runs import DATA
from modelspec.spec import Spec, expanded_text
from modelspec.training import EXPANDED, METRICS, Run, TrainedRun, relative_path, reopen
from modelspec.training.prepare import meaning, outputs_of, shapes_of

from .metadata import Metadata
from .model_split import Before


@dataclass(frozen=True, slots=True)
class ExportSource:
    """What is exported.

    Attributes:
        name: what files are called where the user gives no name.
        model: the Keras model, not compiled.
        spec: as it was understood.
        graph: of its model.
        structure: how the model takes its inputs and gives its outputs.
        meanings: output to what `modelspec.training.prepare.outputs.meaning` says of it.
        run: the finished run, or None for a bare spec.
        before: the preprocessing that was cut off the model; None where it was not.
    """

    name: str
    model: Any
    spec: Spec
    graph: Graph
    structure: Structure
    meanings: Mapping[str, Mapping[str, Any]]
    run: TrainedRun | None = None
    before: Before | None = None

    @property
    def whole(self) -> ExportSource:
        """What it was before its preprocessing was cut off."""
        return self if self.before is None else self.before.whole

    @property
    def tensors(self) -> dict[str, Any]:
        """Input name to Keras's symbolic tensor, in the order of the model."""
        names = self.structure.input_names
        by_place = sorted(names) if self.structure.input_kind == "dict" else names  # as Keras does
        found = dict(zip(by_place, functional_of(self.model).inputs, strict=True))
        return {name: found[name] for name in names}

    def labels(self) -> dict[str, list[str]]:
        """Output to the names of its classes, for the outputs that have some."""
        found = {name: said.get("labels") for name, said in self.meanings.items()}
        return {name: list(labels) for name, labels in found.items() if labels}

    def metadata(self, form: str, settings: Settings, path: Path) -> Metadata:
        """What a file says of itself.

        Args:
            form: its format.
            settings: what was asked of the export.
            path: where it will lie; the way to the data leads from there.
        """
        about = Metadata(self.name, form, expanded_text(self.spec), settings.asked())
        if self.run is None:
            return about
        folder = self.run.path
        data = json.loads((folder / DATA).read_text(encoding="utf-8"))
        del data["folder"]
        data["folder_from_run"] = relative_path(self.run.kept.folder, path.parent)
        return dataclasses.replace(
            about,
            spec=(folder / EXPANDED).read_text(encoding="utf-8"),
            metrics=json.loads((folder / METRICS).read_text(encoding="utf-8")),
            data=data,
        )


def subject_of_run(run: Run | Path) -> ExportSource:
    """The model of a finished run; raises as `modelspec.training.trained_run.reopen` does."""
    opened = reopen(run)
    return ExportSource(
        opened.path.resolve().name,
        opened.model,
        opened.spec,
        opened.graph,
        opened.structure,
        opened.kept.outputs,
        opened,
    )


def subject_of_spec(spec: Spec, graph: Graph, model: Any) -> ExportSource:
    """A model that was built from a spec."""
    structure = structure_of(graph)
    outputs = None
    if spec.training is not None:
        outputs = outputs_of(spec.training, shapes_of(model, structure), Findings())
    meanings = {output.name: meaning(output, None, ()) for output in outputs or ()}
    return ExportSource(spec.name, model, spec, graph, structure, meanings)
