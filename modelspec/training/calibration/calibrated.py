"""The last step of a training with `calibration`: temperatures behind the outputs of its model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from modelspec.analysis import with_temperatures
from modelspec.analysis.losses import by_output
from modelspec.building import at_temperatures, extension_scope, temperature_layers
from modelspec.data.examples import report_undecodable_files
from modelspec.data.feed import Structure, structure_of
from modelspec.diagnostics import Findings, SpecError
from modelspec.evaluation import FittedTemperature, NoTemperature, fit_temperature
from modelspec.framework import functional_of
from modelspec.graph import Graph
from modelspec.runs import OutputKind, RunFile, RunFolder
from modelspec.spec import Spec
from modelspec.training.data_record import read_data_record, write_into_outputs
from modelspec.training.fit import Evaluator, decided_by_chief
from modelspec.training.fitted import model_to_fit
from modelspec.training.prepare import PreparedTraining, compile_model
from modelspec.weights import save_model

from .logits import OutputLogits, collect_logits

TEMPERATURE = "temperature"
"""The key of what data.json says of an output."""

WHY = {
    NoTemperature.ALL_RIGHT: "all of its {count} validation examples are right, so any smaller"
    " temperature is better",
    NoTemperature.NOTHING_LEARNED: "its logits say no more of the {count} validation examples than"
    " chance, so any larger temperature is better",
    NoTemperature.NOTHING_COUNTS: "no validation example of it counts",
}


@dataclass(frozen=True, slots=True)
class FittedOutput:
    """The temperature of an output.

    Attributes:
        output: its name.
        fitted: what the validation split says.
    """

    output: str
    fitted: FittedTemperature

    def __str__(self) -> str:
        """One line for people."""
        found = self.fitted
        if found.reason is not None:
            return f"`{self.output}` keeps its probabilities"
        return (
            f"`{self.output}` has the temperature {found.value:.4g}: the negative log likelihood of"
            f" {found.count:,} validation predictions falls from {found.before:.4f} to"
            f" {found.after:.4f}"
        )

    def to_dict(self) -> dict[str, Any]:
        """As metrics.json has it."""
        found = self.fitted
        return {
            "temperature": found.value,
            "count": found.count,
            "nll_before": found.before,
            "nll_after": found.after,
            "undetermined": None if found.reason is None else str(found.reason),
        }


def calibrate(
    spec: Spec, prepared: PreparedTraining, folder: RunFolder, findings: Findings
) -> tuple[PreparedTraining, tuple[FittedOutput, ...]]:
    """The training with its model calibrated, as `training.calibration` says; and what was fitted.

    The layers are shared with the model that was trained, whose last activations move behind the
    temperatures: it predicts logits from then on. All processes get the same temperatures.

    Args:
        spec: what was trained.
        prepared: with the trained model.
        folder: of the run: takes model.keras anew, and what data.json says of the outputs.
        findings: takes a warning for each output whose temperature the split does not say.

    Raises:
        SpecError: a file of the validation split cannot be decoded, or Keras refuses the model.
    """
    given = prepared.training.calibration
    names = by_output(given, prepared.structure.output_names)
    if not names:
        if folder.writes:  # the run may have been calibrated before it was resumed
            write_into_outputs(folder, TEMPERATURE, {})
        return prepared, ()
    meanings = decided_by_chief(lambda: read_data_record(folder.path).outputs)
    unscaled = {
        name: {**meaning, "temperature": 1.0} for name, meaning in meanings.items() if name in names
    }
    graph = with_temperatures(prepared.graph, unscaled)
    left_out = _leave_out_activations(prepared.model, graph)
    fitted = decided_by_chief(lambda: _fit(prepared, graph, meanings))
    found = {one.output: one.fitted for one in fitted if one.fitted.reason is None}
    if folder.writes:
        _warn(prepared, fitted, findings)
        values = {name: one.value for name, one in found.items()}
        write_into_outputs(folder, TEMPERATURE, values)
    for name, (layer, activation) in left_out.items():
        if name not in found:
            layer.activation = activation
    if not found:
        return prepared, fitted
    scaled = {name: {**unscaled[name], "temperature": one.value} for name, one in found.items()}
    graph = with_temperatures(prepared.graph, scaled)
    with extension_scope(spec):
        model = _calibrated_model(prepared.model, graph)
        made = _compiled(prepared, graph, model, findings)
    if findings.has_errors:
        raise SpecError(findings.sorted())
    folder.write(RunFile.MODEL, partial(save_model, made.model))
    return made, fitted


def _fit(
    prepared: PreparedTraining, graph: Graph, meanings: Mapping[str, Mapping[str, Any]]
) -> tuple[FittedOutput, ...]:
    """Fit a temperature to the validation split for each output that gets one."""
    from modelspec.training.predict import KerasPredictor

    examples = prepared.data.validation
    assert examples is not None  # which `validate` has seen
    outputs = {
        output.name: OutputLogits(
            output, OutputKind(meanings[output.name]["kind"]), graph.temperatures[output.name]
        )
        for output in prepared.outputs
        if output.name in graph.temperatures
    }
    predictor = KerasPredictor(prepared.model, prepared.saved_structure)
    with report_undecodable_files(prepared.data_spec.train.span, examples):
        collect_logits(predictor, examples, outputs)
    return tuple(
        FittedOutput(
            name,
            fit_temperature(*map(np.concatenate, (one.logits, one.truth, one.weights))),
        )
        for name, one in outputs.items()
    )


def _warn(prepared: PreparedTraining, fitted: tuple[FittedOutput, ...], findings: Findings) -> None:
    given = prepared.training.calibration
    assert given is not None
    for one in fitted:
        if one.fitted.reason is not None:
            span = given.name_spans.get(one.output, given.span)
            why = WHY[one.fitted.reason].format(count=f"{one.fitted.count:,}")
            message = f"no temperature was fitted for `{one.output}`, which keeps its probabilities"
            hint = "give `validation` a larger fraction, or leave `calibration` out"
            findings.warning(span, "calibration-undetermined", f"{message}: {why}", hint=hint)


def _leave_out_activations(model: Any, graph: Graph) -> dict[str, tuple[Any, Any]]:
    """Have the last layers of a model give logits, where its graph moves their activations.

    Returns:
        Output name to such a layer, and the activation that it had.
    """
    import keras

    found = {}
    for name, temperature in graph.temperatures.items():
        if temperature.head is not None:
            layer = model.get_layer(temperature.head)
            while type(layer).__name__ == "TimeDistributed":
                layer = layer.layer
            found[name] = (layer, layer.activation)
            layer.activation = keras.activations.linear
    return found


def _calibrated_model(model: Any, graph: Graph) -> Any:
    """A model with the layers of another, and behind them those of its temperatures."""
    import keras

    saved = graph.for_outputs()
    structure, functional = structure_of(saved), functional_of(model)
    inputs = dict(zip(_in_keras_order(structure), functional.inputs, strict=True))
    stays_sequential = isinstance(model, keras.Sequential) and not any(
        one.of_probabilities for one in saved.temperatures.values()
    )
    if stays_sequential:
        ((name, temperature),) = saved.temperatures.items()
        (tensor,) = inputs.values()
        start = keras.Input(batch_shape=tensor.shape, dtype=tensor.dtype, name=tensor.name)
        dtype, taken = str(functional.outputs[0].dtype), {layer.name for layer in model.layers}
        tail = temperature_layers(name, temperature, dtype, taken)
        return keras.Sequential([start, *model.layers, *tail], name=model.name)
    outputs = structure.by_output(functional.output)
    behind = at_temperatures(saved, _listed(structure.targets(outputs)))
    return keras.Model(_listed(structure.inputs(inputs)), behind, name=model.name)


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _in_keras_order(structure: Structure) -> list[str]:
    """Input names in the order in which Keras flattens the inputs: of a dict by sorted key."""
    names = structure.input_names
    return sorted(names) if structure.input_kind == "dict" else list(names)


def _compiled(
    prepared: PreparedTraining, graph: Graph, model: Any, findings: Findings
) -> PreparedTraining:
    """The training with another model, compiled as the last phase was, with the same optimizer."""
    training = prepared.training.each_phase[-1]
    fitted = model_to_fit(model, graph, prepared.training, findings)
    compile_model(
        fitted,
        training,
        prepared.outputs,
        prepared.structure,
        findings,
        step_weighted=prepared.data.train.step_weighted,
    )
    fitted.optimizer = prepared.fitted.optimizer
    before = prepared.evaluator
    evaluator = Evaluator(
        fitted,
        prepared.structure,
        before.log_names,
        before.batch_size,
        prepared.training.steps_per_execution,
    )
    return replace(prepared, graph=graph, model=model, fitted=fitted, evaluator=evaluator)
