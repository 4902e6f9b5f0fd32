"""`ExportSource`: the model that is exported, with what is known of its inputs and outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelspec.data.feed import Structure, structure_of
from modelspec.diagnostics import Finding, Findings, SpecError
from modelspec.framework import functional_of
from modelspec.graph import Graph
from modelspec.spec import Spec
from modelspec.training import Run, TrainedRun, reopen
from modelspec.training.prepare import UNTRAINED, match_outputs, output_meaning, output_shapes
from modelspec.weights import LoadingReport, load_initial_weights


@dataclass(frozen=True, slots=True)
class ExportSource:
    """What is exported.

    Attributes:
        name: what files are called where the user gives no name.
        model: the Keras model, not compiled.
        spec: as it was understood.
        graph: of its model.
        structure: how the model takes its inputs and gives its outputs.
        meanings: output to what `modelspec.training.prepare.output_meaning` says of it.
        run: the finished run, or None for a bare spec.
        preprocessing: the preprocessing that was split off, a Keras model from a dict by input
            name to a dict by the input names of `model`; None where it was not split off.
        unsplit: the source before the split; None where there was none.
        weights_report: of a bare spec, what became of each layer by `initial_weights`; None without
            it.
        findings: warnings of the loading.
    """

    name: str
    model: Any
    spec: Spec
    graph: Graph
    structure: Structure
    meanings: Mapping[str, Mapping[str, Any]]
    run: TrainedRun | None = None
    preprocessing: Any = None
    unsplit: ExportSource | None = None
    weights_report: LoadingReport | None = None
    findings: Sequence[Finding] = ()

    @property
    def complete(self) -> ExportSource:
        """The source with its preprocessing."""
        return self if self.unsplit is None else self.unsplit

    @property
    def tensors(self) -> dict[str, Any]:
        """Input name to Keras's symbolic tensor, in the order of the model."""
        names = self.structure.input_names
        keras_order = sorted(names) if self.structure.input_kind == "dict" else names
        found = dict(zip(keras_order, functional_of(self.model).inputs, strict=True))
        return {name: found[name] for name in names}

    @property
    def batch_size(self) -> int | None:
        """The fixed batch size of the model; None where it takes any."""
        size: int | None = next(iter(self.tensors.values())).shape[0]
        return size

    def labels(self) -> dict[str, list[str]]:
        """Output to its class names, for the outputs that have some."""
        found = {name: meaning.get("labels") for name, meaning in self.meanings.items()}
        return {name: list(labels) for name, labels in found.items() if labels}


def source_of_run(run: Run | Path) -> ExportSource:
    """The model of a finished run; raises as `modelspec.training.reopen` does."""
    opened = reopen(run)
    name, epoch_file = opened.path.resolve().name, opened.epoch_file
    return ExportSource(
        name if epoch_file is None else f"{name}-{epoch_file.stem}",
        opened.model,
        opened.spec,
        opened.graph,
        opened.structure,
        opened.data_record.outputs,
        opened,
    )


def source_of_spec(
    spec: Spec, graph: Graph, model: Any, *, with_weights: bool = True
) -> ExportSource:
    """A model that was built from a spec, which takes the weights of its `initial_weights`.

    Args:
        spec: the spec.
        graph: of its model.
        model: the Keras model.
        with_weights: whether what is exported has weights.

    Raises:
        SpecError: the weights do not fit the model.
    """
    graph, findings, report = graph.for_outputs(), Findings(), None
    if with_weights:
        report = load_initial_weights(spec, graph, model, {}, findings)
    if findings.has_errors:
        raise SpecError(findings.sorted())
    structure = structure_of(graph)
    outputs = None
    if spec.training is not None:
        outputs = match_outputs(spec.training, output_shapes(model, graph), Findings())
    known = {output.name: output_meaning(output, None, None) for output in outputs or ()}
    meanings = {name: known.get(name, UNTRAINED) for name in structure.output_names if known}
    return ExportSource(
        spec.name,
        model,
        spec,
        graph,
        structure,
        meanings,
        weights_report=report,
        findings=findings.sorted(),
    )
