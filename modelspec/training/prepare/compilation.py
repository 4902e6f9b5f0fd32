"""Preparing a model for fitting: optimizer, losses, metrics, callbacks."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from modelspec.analysis.losses import OWN_LOSSES, describe_unlogged, logged_values
from modelspec.building import KerasError, make_object
from modelspec.data.feed import Structure
from modelspec.diagnostics import CannotRunError, Findings, Span, first_line
from modelspec.schema import class_schema
from modelspec.spec.model import KerasObject, UniqueNames
from modelspec.spec.training import TrainingSpec
from modelspec.training.fitted import place_in_module

from .counted_steps import count_steps
from .outputs import Output
from .spread_weights import spread_weights

CHANGED_METHODS = ("compute_loss", "compute_metrics", "get_metrics_result")
"""What a compiled model may have in place of methods of its class."""


def compile_model(
    model: Any,
    training: TrainingSpec,
    outputs: Sequence[Output],
    structure: Structure,
    findings: Findings,
    *,
    step_weighted: Collection[str] = (),
) -> bool:
    """Compile a model; False with findings if Keras refuses a part.

    Losses, weights and metrics are passed in the structure of the model's outputs, and Keras gets
    the spec's names of the outputs, so that the logs have them. An output without a loss has None.
    The loss of an output in `step_weighted`, which has weights for each step, is the weighted mean
    over the steps. A model that was compiled before, for another phase, begins anew.
    """
    import keras

    before = len(findings)
    for method in CHANGED_METHODS:
        vars(model).pop(method, None)
    optimizer = _make(training.optimizer, findings)
    losses = {}
    for output in outputs:
        loss = _mean_of_steps(output) if output.name in step_weighted else output.loss
        losses[output.name] = _make(loss, findings)
    metrics = {output.name: [_make(m, findings) for m in output.metrics] for output in outputs}
    weighted = {
        output.name: [_make(m, findings) for m in output.weighted_metrics]
        for output in outputs
        if output.weighted_metrics
    }
    if len(findings) > before:
        return False
    has_several = len(structure.output_names) > 1
    if has_several:
        _name_outputs(model, outputs, structure)
    weights = {output.name: output.loss_weight for output in outputs}
    has_weights = any(weight != 1.0 for weight in weights.values())
    try:
        model.compile(
            optimizer=optimizer,
            loss=_losses(losses, structure),
            loss_weights=_weights(weights, structure) if has_weights else None,
            metrics=_metrics(metrics, structure),
            weighted_metrics=_metrics(weighted, structure) if weighted else None,
            jit_compile=training.jit_compile,
        )
    except Exception as error:  # Keras raises all kinds
        _report_uncompiled(model, training, error, findings)
        return False
    if training.trainer is not None and not model.compiled:
        message = f"`compile` of `{training.trainer.class_name}` does not compile the model"
        hint = "call super().compile(optimizer=…, loss=…, …) in it, with all that it is given"
        findings.error(training.trainer.span, "cannot-compile", message, hint=hint)
        return False
    if any(output.loss_class in OWN_LOSSES for output in outputs):
        model.get_compile_config = _no_compile_config
    names = _in_keras_order(structure)
    if type(model).compute_metrics is keras.Model.compute_metrics:  # a trainer may have its own
        count_steps(model, outputs, names)
    if type(model).compute_loss is keras.Model.compute_loss:
        spread_weights(model, outputs, names)
    return True


def _report_uncompiled(
    model: Any, training: TrainingSpec, error: Exception, findings: Findings
) -> None:
    import keras

    message = f"Keras does not compile the model: {first_line(error)}"
    trainer = training.trainer
    if trainer is None or type(model).compile is keras.Model.compile:
        findings.error(training.span, "cannot-compile", message)
        return
    message = f"`compile` of `{trainer.class_name}` fails: {first_line(error)}"
    place = place_in_module(error, type(model))
    hint = "it is given what Model.compile takes, by name; take other values in `__init__`"
    findings.error(
        trainer.span, "cannot-compile", message, hint=hint if place is None else f"at {place}"
    )


def _no_compile_config() -> None:
    """What a file says of the compilation where Keras could not read it: nothing."""
    return


KERAS_REDUCTION = "sum_over_batch_size"
"""What a loss has where a spec says nothing, and what the expanded spec of a run has there."""


def _mean_of_steps(output: Output) -> KerasObject:
    """The loss, divided by the sum of the weights, so that the amount of padding changes nothing.

    Keras would divide by the number of steps, padding included.
    """
    loss = output.loss
    if not output.loss_class or loss.args.get("reduction", KERAS_REDUCTION) != KERAS_REDUCTION:
        return loss
    args = {**loss.args, "reduction": "mean_with_sample_weight"}
    return replace(loss, class_name=output.loss_class, args=args, as_text=False)


NOT_IN_SCOPES = re.compile(r"[^A-Za-z0-9_.\\/>-]")
"""What TensorFlow takes in no name of a scope. Keras opens one for the loss of each output."""


def _name_outputs(model: Any, outputs: Sequence[Output], structure: Structure) -> None:
    """Give Keras names for its logs: those of the spec, or, where one such as `lstm[0]` is no name
    of a scope, others that are turned back in what Keras logs."""
    names = UniqueNames()
    given = {name: names.unique(NOT_IN_SCOPES.sub("_", name)) for name in structure.output_names}
    model.output_names = [given[name] for name in _in_keras_order(structure)]
    renamed = [replace(output, name=given[output.name]) for output in outputs]
    wanted = dict(zip(logged_values(renamed), logged_values(outputs), strict=True))
    if all(name == given[name] for name in given):
        return
    get_results = model.get_metrics_result

    def get_results_by_written_names() -> Mapping[str, Any]:
        return {wanted.get(name, name): value for name, value in get_results().items()}

    model.get_metrics_result = get_results_by_written_names


def _in_keras_order(structure: Structure) -> list[str]:
    """Output names in the order in which Keras flattens the outputs: of a dict by sorted key."""
    if structure.output_kind == "dict":
        return sorted(structure.output_names)
    return list(structure.output_names)


def _losses(losses: Mapping[str, Any], structure: Structure) -> Any:
    """The losses in the structure of the outputs; None where losses of the graph are all."""
    if not losses:
        return None
    if len(structure.output_names) == 1:
        return next(iter(losses.values()))
    return structure.targets(losses)


def _metrics(metrics: Mapping[str, list[Any]], structure: Structure) -> Any:
    """The metrics in the structure of the outputs; [] for an output without any."""
    if len(structure.output_names) == 1:
        return metrics.get(structure.output_names[0], [])
    return _as_list(structure.targets(metrics, []))


def _weights(weights: dict[str, float], structure: Structure) -> Any:
    """The loss weights in the structure of the outputs. For one output Keras takes no integer."""
    if len(structure.output_names) == 1:
        return float(next(iter(weights.values())))
    return _as_list(structure.targets(weights, 1.0))


def _as_list(value: Any) -> Any:
    """Keras takes the weights and metrics of several outputs as a list, not as a tuple."""
    return list(value) if isinstance(value, tuple) else value


def make_callbacks(
    training: TrainingSpec, log_names: Sequence[str] | None, folder: Path, findings: Findings
) -> list[Any]:
    """The callbacks of the spec; findings for those that monitor a value which nothing logs.

    Args:
        training: the section.
        log_names: the names that an epoch logs; None where they are not known yet.
        folder: of the spec, from which a path that is a default leads too.
        findings: takes what is wrong.
    """
    callbacks = []
    for item in training.callbacks:
        callback = _make(_with_default_paths(item, folder), findings)
        if type(callback).__name__ == "TensorBoard":
            _require_tensorboard(item.span)
        callbacks.append(callback)
    if log_names is not None:
        check_monitors(training, callbacks, log_names, findings)
    return callbacks


def check_monitors(
    training: TrainingSpec, callbacks: Sequence[Any], log_names: Sequence[str], findings: Findings
) -> None:
    """Findings for callbacks that monitor a value which nothing logs.

    Args:
        training: the section that has the callbacks.
        callbacks: as they were made.
        log_names: the names that an epoch logs.
        findings: takes what is wrong.
    """
    for item, callback in zip(training.callbacks, callbacks, strict=True):
        monitor = getattr(callback, "monitor", None)
        if isinstance(monitor, str):
            span = item.arg_spans.get("monitor", item.span)
            check_monitor(monitor, log_names, span, findings)


def _with_default_paths(item: KerasObject, folder: Path) -> KerasObject:
    known = class_schema(item.kind, item.class_name)
    properties = {} if known is None else known.properties
    paths = {
        key: str(folder / schema["default"])
        for key, schema in properties.items()
        if known is not None and known.takes_path(key) and isinstance(schema.get("default"), str)
    }
    return replace(item, args={**paths, **item.args}, as_text=item.as_text and not paths)


def tensorboard_callback(span: Span, folder: Path) -> Any:
    """Keras's callback that writes the values of each epoch into a folder.

    Args:
        span: where the spec asks for it.
        folder: for the files of both splits.

    Raises:
        CannotRunError: TensorBoard is not installed.
    """
    import keras

    _require_tensorboard(span)
    return keras.callbacks.TensorBoard(str(folder), write_graph=False)


def _require_tensorboard(span: Span) -> None:
    """Refuse what needs TensorBoard where it is missing, which Keras would notice only at the end
    of the first epoch.

    Raises:
        CannotRunError: the package is not installed.
    """
    if importlib.util.find_spec("tensorboard") is None:
        install = "pip install 'keras-modelspec[tensorboard]'"
        location = f"{span.file}:{span.line}:{span.column}"
        message = f"TensorBoard needs a package that is not installed: {install}"
        raise CannotRunError(f"{location}: {message}")


def check_monitor(monitor: str, log_names: Sequence[str], span: Span, findings: Findings) -> None:
    """A finding for a monitor that nothing logs: Keras would only warn, and never act."""
    if monitor in log_names:
        return
    message, hint = describe_unlogged(monitor, log_names)
    if monitor.startswith("val_") and not any(name.startswith("val_") for name in log_names):
        hint = "add `validation: 0.15` to `data`, or monitor a value of the training split"
    findings.error(span, "unknown-metric", message, hint=hint)


def check_optimizer(training: TrainingSpec, findings: Findings) -> None:
    """A finding for an optimizer that Keras refuses, long before its phase begins."""
    _make(training.optimizer, findings)


def _make(item: Any, findings: Findings) -> Any:
    try:
        return make_object(item)
    except KerasError as error:
        findings.error(error.span, "keras-refused", error.message)
        return None
