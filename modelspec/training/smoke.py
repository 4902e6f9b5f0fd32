"""One step of training: on a spec's own data, or on synthetic data without reading any."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from modelspec.analysis.sizes import fixed_batch_size
from modelspec.building import build_model, extension_scope
from modelspec.data.examples import report_undecodable_files
from modelspec.diagnostics import Findings, SpecError, join_words
from modelspec.graph import Graph
from modelspec.spec import Spec
from modelspec.spec.data import SYNTHETIC, DataSpec, Source, options_of
from modelspec.spec.extensions import extension_objects, extensions_allowed
from modelspec.spec.phases import TRIED, with_job_values
from modelspec.spec.training import TrainingSpec
from modelspec.training.fitted import has_own_steps
from modelspec.training.prepare import PreparedTraining, prepare_training

from .logs import flatten_logs
from .train import set_seed

EXAMPLES = 8
"""The size of the synthetic batch, where the inputs state none."""


def step_on_data(spec: Spec, graph: Graph, model: Any) -> dict[str, float]:
    """Load and check the data, compile, adapt, and take one step on the first batch.

    Args:
        spec: with `data` and `training`.
        graph: of its model.
        model: the Keras model, built after `set_seed`.

    Returns:
        Loss and metrics of the batch by name.

    Raises:
        SpecError: the spec or its data has errors, Keras fails on them, or the loss is not finite.
        CannotRunError: memory does not suffice.
    """
    findings = Findings()
    prepared = prepare_training(spec, graph, model, findings)
    batches = prepared.training_feed().shuffled(prepared.training.seed)
    logs = _take_step(prepared, batches, findings)
    if logs is None:
        raise SpecError(findings.sorted())
    if not math.isfinite(logs.get("loss", 0.0)):
        message = f"the loss is {logs['loss']} after one step"
        hint = "try a smaller learning rate, and look for a logarithm or a division in the model"
        findings.error(prepared.training.loss.span, "loss-not-finite", message, hint=hint)
        raise SpecError(findings.sorted())
    return logs


def try_synthetic_step(spec: Spec, graph: Graph, findings: Findings) -> None:
    """Build, compile and take one step on random numbers; whatever fails becomes a finding.

    Args:
        spec: without errors. Without `training` nothing is tried.
        graph: of its model.
        findings: takes what fails, or a note that nothing can be tried.

    Raises:
        CannotRunError: TensorFlow is missing, or memory does not suffice.
    """
    import keras

    training = spec.training
    classes = extension_objects(spec)
    if training is None:
        message = "no step was tried: the spec has no `training`"
        findings.note(spec.span, "not-tried", message)
        return
    if classes and not extensions_allowed():
        names = join_words(
            f"`{name}`" for name in dict.fromkeys(item.class_name for item in classes)
        )
        message = f"no step was tried: the model needs {names} of an extension"
        findings.note(classes[0].span, "not-tried", message, hint="add --allow-extensions")
        return
    if training.trainer is not None and not _has_known_targets(spec):
        message = "no step was tried: only the trainer knows what its targets are like"
        hint = "`modelspec train --smoke` takes a step on the data"
        findings.note(training.trainer.span, "not-tried", message, hint=hint)
        return
    training = _tried(training)
    data = _synthetic_data(spec, fixed_batch_size(graph) or EXAMPLES)
    tried = replace(spec, training=training, data=data, expect=None)
    step_findings = Findings()
    set_seed(tried)
    with _without_tensorflow_warnings():
        try:
            model = build_model(tried, graph, step_findings)
            if model is not None:
                with extension_scope(spec):
                    _step_on_synthetic_data(tried, graph, model, step_findings)
        except SpecError as error:
            step_findings.extend(error.findings)
    findings.extend(step_findings)
    keras.backend.clear_session()  # a thousand models of a thousand files would not fit


def _has_known_targets(spec: Spec) -> bool:
    """Whether each target has a loss, which tells what its values are like."""
    assert spec.training is not None
    given = {} if spec.data is None else {target.name for target in spec.data.targets}
    losses = spec.training.loss.by_name
    return losses is None or all(name in losses for name in given)


def _tried(training: TrainingSpec) -> TrainingSpec:
    """A training without what needs files or real labels; of phases, the first one is tried."""
    phases = tuple(map(_tried, training.phases))
    training = with_job_values(training, TRIED, Findings())  # those of real data
    return replace(
        training,
        class_weight=None,
        initial_weights=None,
        callbacks=(),
        checkpoint=None,
        phases=phases,
    )


def _step_on_synthetic_data(spec: Spec, graph: Graph, model: Any, findings: Findings) -> None:
    prepared = prepare_training(spec, graph, model, findings)
    logs = _take_step(prepared, prepared.training_feed().in_order(), findings)
    if logs is not None and not math.isfinite(logs.get("loss", 0.0)):
        message = f"the loss is {logs['loss']} after one step on random numbers"
        hint = "look for a logarithm or a division in the model or the loss"
        findings.warning(prepared.training.loss.span, "loss-not-finite", message, hint=hint)


def _take_step(
    prepared: PreparedTraining, batches: Any, findings: Findings
) -> dict[str, float] | None:
    """Train on the first batch; loss and metrics by name, or None with a finding if Keras fails.

    Raises:
        SpecError: a file of the batch cannot be decoded.
        CannotRunError: memory does not suffice.
    """
    try:
        with report_undecodable_files(prepared.data_spec.train.span, prepared.data.train):
            (batch,) = batches.take(1)
            logs = _step(prepared.fitted, batch)
    except SpecError:
        raise
    except Exception as error:  # Keras and TensorFlow raise all kinds
        prepared.failure_locator.report(error, batches, findings)
        return None
    return flatten_logs(logs, prepared.evaluator.log_names)


def _step(fitted: Any, batch: Any) -> Any:
    """Train on a batch; what is logged."""
    if not has_own_steps(fitted):
        return fitted.train_on_batch(*batch, return_dict=True)
    import tensorflow as tf

    return tf.function(fitted.train_step, autograph=False)(batch)


def _synthetic_data(spec: Spec, examples: int) -> DataSpec:
    """One batch of so many examples."""
    options = {**options_of(SYNTHETIC), "examples": examples}
    source = Source(SYNTHETIC, (), (), spec.span, options)
    weight = None if spec.data is None else spec.data.sample_weight
    return DataSpec(
        train=source,
        validation=None,
        test=None,
        stratify=None,
        stratify_span=spec.span,
        inputs=None,
        targets=(),
        sample_weight=weight,
        sample_weight_span=spec.span,
        missing={},
        missing_spans={},
        batch_size=examples,
        span=spec.span,
        augment=() if spec.data is None else spec.data.augment,
    )


@contextmanager
def _without_tensorflow_warnings() -> Iterator[None]:
    """TensorFlow warns of many models that are traced once each, which is what is wanted here."""
    logger = logging.getLogger("tensorflow")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
