"""Which model is fitted: the one that is saved, or one around its layers that a spec asks for.

A fitted model is a `keras.Model`, whose class may have steps, a `compile` and metrics of another
kind than Keras's. Nothing else of it is known to the fit loop, the checkpoints and the rest.
"""

from __future__ import annotations

from typing import Any

from modelspec.building import KerasError, policy_of_layers
from modelspec.diagnostics import Findings
from modelspec.graph import Graph
from modelspec.spec.training import TrainingSpec


def model_to_fit(model: Any, graph: Graph, training: TrainingSpec, findings: Findings) -> Any:
    """The model that is fitted, not compiled.

    Args:
        model: the saved model, built from `graph.for_outputs()`.
        graph: with what `training.losses` depend on.
        training: what is asked for, and the dtype policy of layers that the saved model lacks.
        findings: takes what Keras refuses.

    Returns:
        A model that takes all inputs of `graph` and shares the weights of `model`; its `save`
        saves `model`. It is `model` itself where nothing else is asked for, and where Keras
        refuses something.
    """
    if not graph.losses and training.trainer is None and training.gan is None:
        return model
    try:
        with policy_of_layers(training.precision):
            fitted = _make(model, graph, training)
    except KerasError as error:
        findings.error(error.span, "keras-refused", error.message)
        return model
    fitted.save, fitted.save_weights = model.save, model.save_weights
    return fitted


def _make(model: Any, graph: Graph, training: TrainingSpec) -> Any:
    if training.trainer is not None:
        from .trainer import make_trainer

        return make_trainer(training.trainer, model)
    if training.gan is not None:
        from .gan import make_gan

        return make_gan(model, graph, training)
    from .graph_losses import with_graph_losses

    return with_graph_losses(model, graph, training.losses)
