"""What no engine can divide so that it stays what one device computes, by the model that is fitted.

`analysis.distribute` finds most of it before, in the spec; what the code of extensions does, and
how many devices `--workers auto` takes, is known here only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from modelspec.analysis.distribute import SUMS_OVER_ROWS
from modelspec.diagnostics import Findings, Span
from modelspec.framework import all_layers
from modelspec.spec.training import TrainingSpec
from modelspec.training.fitted import has_own_steps

if TYPE_CHECKING:
    from .engines import Engine


def check_divisible(model: Any, training: TrainingSpec, engine: Engine, findings: Findings) -> None:
    """Report what of a training is not the same among several replicas.

    Args:
        model: that is fitted.
        training: the section.
        engine: of this process.
        findings: takes the errors, at `training.distribute`.
    """
    if engine.replicas == 1:
        return
    for reason, hint in _reasons(model, training):
        message = f"`distribute: {engine.name}` cannot train it as one device does: {reason}"
        findings.error(_span(training), "cannot-be-divided", message, hint=hint)


def _span(training: TrainingSpec) -> Span:
    return training.span if training.distribute is None else training.distribute.span


def _reasons(model: Any, training: TrainingSpec) -> Iterator[tuple[str, str]]:
    """Each reason with what helps."""
    fewer = "train it with one worker, or set `distribute: none`"
    if has_own_steps(model):
        key = "gan" if training.gan is not None else "trainer"
        yield f"the steps of `{key}` see no other rows than their own", fewer
        return
    if training.jit_compile is True:
        yield (
            "XLA does not compile what replicas exchange within a step",
            "leave out `jit_compile: true`",
        )
    sizes = {None, *(tensor.shape[0] for tensor in model.inputs)}  # of a batch
    for name, shape in _shapes_of_graph_losses(model):
        if not shape or shape[0] not in sizes:
            yield (
                f'"{name}" of `losses` is one value for all rows that a replica has',
                "let it have a value for each row: training takes the mean",
            )
    for layer in all_layers(model):
        if getattr(layer, "stateful", False):
            yield (
                f'"{layer.name}" is stateful: it keeps a state for each row of a batch',
                "leave out `stateful: true`",
            )
        if _adds_losses(layer):
            yield (
                f'the call of "{layer.name}" adds a loss, which need not be a mean over the rows',
                fewer,
            )
        regularizer = getattr(layer, "activity_regularizer", None)
        if regularizer is not None and not _is_sum(regularizer):
            yield (
                f'the activity regularizer of "{layer.name}" need not be a sum over the rows',
                "use L1, L2 or L1L2",
            )


def _shapes_of_graph_losses(model: Any) -> list[tuple[str, tuple[int | None, ...]]]:
    graph = getattr(model, "graph_with_losses", None)
    if graph is None:
        return []
    return [(name, tuple(term.shape)) for name, term in graph.output[1].items()]


def _adds_losses(layer: Any) -> bool:
    """Whether the code of a class that is not Keras's, or of one before it, adds losses."""
    kinds = [kind for kind in type(layer).__mro__ if not kind.__module__.startswith("keras.")]
    methods = [getattr(found, "__code__", None) for kind in kinds for found in vars(kind).values()]
    return any(code is not None and "add_loss" in code.co_names for code in methods)


def _is_sum(regularizer: Any) -> bool:
    kind = type(regularizer)
    return kind.__module__.startswith("keras.") and kind.__name__ in SUMS_OVER_ROWS
