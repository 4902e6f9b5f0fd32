"""One step of training on synthetic data: whether a spec would train at all, without its data."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from modelspec.building import build_model
from modelspec.diagnostics import Findings, SpecError, join_words
from modelspec.graph import Graph
from modelspec.spec import Spec
from modelspec.spec.data import SYNTHETIC, DataSpec, Source, options_of
from modelspec.spec.extensions import extension_objects, extensions_allowed
from modelspec.training.prepare import Step, prepare_training

from .train import set_seed

EXAMPLES = 8


def try_step(spec: Spec, graph: Graph, findings: Findings) -> None:
    """Build, compile and take one step; whatever fails becomes a finding.

    Args:
        spec: without errors. Where it has no `training` nothing is tried.
        graph: of its model.
        findings: takes what fails, and a note where nothing can be tried.

    Raises:
        CannotRunError: TensorFlow is missing, or memory is not enough.
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
    training = replace(
        training, class_weight=None, initial_weights=None, callbacks=(), checkpoint=None
    )
    tried = replace(spec, training=training, data=_synthetic(spec), expect=None)
    own = Findings()
    set_seed(tried)
    with _without_advice():
        try:
            model = build_model(tried, graph, own)
            if model is not None:
                _step(tried, graph, model, own)
        except SpecError as error:
            own.extend(error.findings)
    findings.extend(own)
    keras.backend.clear_session()  # a thousand models of a thousand files would not fit


@contextmanager
def _without_advice() -> Iterator[None]:
    """TensorFlow warns of many models that are traced once each, which is what is wanted here."""
    logger = logging.getLogger("tensorflow")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def _synthetic(spec: Spec) -> DataSpec:
    options = {**options_of(SYNTHETIC), "examples": EXAMPLES}
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
        batch_size=EXAMPLES,
        span=spec.span,
    )


def _step(spec: Spec, graph: Graph, model: object, findings: Findings) -> None:
    assert spec.training is not None
    ready = prepare_training(spec, graph, model, findings)
    batches = ready.training_feed(EXAMPLES).in_order()
    try:
        (batch,) = batches.take(1)
        found = ready.model.train_on_batch(*batch, return_dict=True)
    except Exception as error:  # Keras and TensorFlow raise all kinds
        step = Step(ready.model, graph, ready.structure, ready.outputs, spec.training)
        step.blame(error, batches, findings)
        return
    if not math.isfinite(float(found["loss"])):
        message = f"the loss is {float(found['loss'])} after one step on random numbers"
        hint = "look for a logarithm or a division in the model or the loss"
        findings.warning(spec.training.loss.span, "loss-not-finite", message, hint=hint)
