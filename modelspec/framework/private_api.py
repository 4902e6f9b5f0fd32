"""Everything that modelspec uses of Keras's private API: each name once, behind a public function.

Tried with Keras 3.15, and `tests/framework/test_private_api.py` shows for each that it still does
what is needed here. A new Keras is supported when that file passes. Nothing else in this project
may read an attribute of Keras's that begins with an underscore, or import from `keras.src`.
"""

from __future__ import annotations

import importlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

TRIED_WITH = ("3.15",)
"""Minor versions of Keras."""

APPLICATION_LAYERS = {
    "CustomScaleLayer": "keras.src.applications.inception_resnet_v2",
    "LayerScale": "keras.src.applications.convnext",
    "StochasticDepth": "keras.src.applications.convnext",
}
"""Layers that only `keras.applications` uses, to the modules that define them."""


def application_layer(name: str) -> Any:
    """The class of one of `APPLICATION_LAYERS`, which Keras does not export."""
    return getattr(importlib.import_module(APPLICATION_LAYERS[name]), name)


def functional_of(model: Any) -> Any:
    """The `keras.Model` with the graph of layers: a built Sequential model has one inside."""
    return getattr(model, "_functional", None) or model


@contextmanager
def fresh_names() -> Iterator[None]:
    """Objects made inside get the names that Keras gives in a new process; afterwards it counts on
    from where it was."""
    from keras.src.backend.common import global_state

    before = global_state.get_global_attribute("object_name_uids")
    global_state.set_global_attribute("object_name_uids", defaultdict(int))
    try:
        yield
    finally:
        global_state.set_global_attribute("object_name_uids", before)


def all_layers(layer: Any, *, include_self: bool = True) -> list[Any]:
    """The layers inside a layer or model at any depth; none for an operation of `keras.ops`."""
    if not hasattr(layer, "_flatten_layers"):
        return []
    return list(layer._flatten_layers(include_self=include_self))


def layers_inside(layer: Any) -> list[Any]:
    """The layers that a layer or model holds itself; none for an operation of `keras.ops`."""
    if not hasattr(layer, "_flatten_layers"):
        return []
    return list(layer._flatten_layers(include_self=False, recursive=False))


def layers_by_path(
    layer: Any, around: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The layers inside a layer or model at any depth, each before those inside it: path, layer."""
    for inner in layers_inside(layer):
        path = (*around, inner.name)
        yield path, inner
        yield from layers_by_path(inner, path)


def scale_rates(optimizer: Any, factors: Sequence[tuple[Any, float]]) -> None:
    """Have an optimizer update some variables at a share of its learning rate.

    The optimizer stays one of Keras, with the configuration that it had: what is saved loads
    anywhere. It decays weights by rate as well, so the decay is scaled as the updates are.

    Args:
        optimizer: not built yet; one that scales losses passes on to what it wraps.
        factors: variables of the model, each with its factor.
    """
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    by_key = {inner._var_key(variable): factor for variable, factor in factors}
    update, decay = inner.update_step, inner._apply_weight_decay

    def update_step(gradient: Any, variable: Any, learning_rate: Any) -> Any:
        factor = by_key.get(inner._var_key(variable))
        rate = learning_rate if factor is None else learning_rate * factor
        return update(gradient, variable, rate)

    def apply_weight_decay(variables: Sequence[Any]) -> None:
        whole, groups = inner.weight_decay, dict[float, list[Any]]()
        if whole is None:
            return
        for variable in variables:
            groups.setdefault(by_key.get(inner._var_key(variable), 1.0), []).append(variable)
        try:
            for factor, group in groups.items():
                inner.weight_decay = whole * factor
                decay(group)
        finally:
            inner.weight_decay = whole

    inner.update_step, inner._apply_weight_decay = update_step, apply_weight_decay


def tensorflow_backend() -> Any:
    """The module of what Keras's layers compute with and draw from."""
    from keras.src.backend import tensorflow

    return tensorflow


def nodes_in_order(functional: Any) -> Iterator[Any]:
    """The nodes of a functional model's graph, sources before what reads them."""
    for depth in sorted(functional._nodes_by_depth, reverse=True):
        yield from functional._nodes_by_depth[depth]


def call_nodes(operation: Any) -> list[Any]:
    """One node for each symbolic call of a layer, in the order of the calls."""
    return list(operation._inbound_nodes)


def name_operation(tensor: Any, name: str) -> None:
    """Rename the operation that a symbolic tensor comes from; `keras.ops` take no name."""
    history = getattr(tensor, "_keras_history", None)
    if history is not None:
        history.operation.name = name


def mask_of(tensor: Any) -> Any:
    """The mask that Keras has put to a tensor, which its losses and metrics count by; or None."""
    return getattr(tensor, "_keras_mask", None)


def set_mask(tensor: Any, mask: Any) -> None:
    """Put a mask to a tensor, as `mask_of` reads it."""
    tensor._keras_mask = mask


@contextmanager
def undivided_losses() -> Iterator[None]:
    """Losses computed inside are those of the rows that they are given.

    Among replicas Keras would divide a mean, and no sum, by their number.
    """
    from keras.src.losses import loss

    scale = loss.scale_loss_for_distribution
    loss.scale_loss_for_distribution = lambda value: value
    try:
        yield
    finally:
        loss.scale_loss_for_distribution = scale


def track_loss(model: Any, loss: Any, rows: Any) -> None:
    """Record the loss of a batch, as Keras's own steps do.

    Args:
        model: compiled.
        loss: of the batch.
        rows: of the batch.
    """
    model._loss_tracker.update_state(loss, sample_weight=rows)


def add_loss(model: Any, value: Any) -> None:
    """Add a loss to a functional model while it is called, as a layer does; Keras refuses its
    `add_loss`, which was once for symbolic tensors."""
    import keras

    keras.layers.Layer.add_loss(model, value)


def run_graph(functional: Any, inputs: Any, wrap: Callable[[Any], Callable[..., Any]]) -> None:
    """Call a functional model layer by layer.

    Args:
        functional: what `functional_of` returns.
        inputs: a batch, in the structure that the model takes.
        wrap: operation to what is called in its place.
    """
    functional._run_through_graph(functional._standardize_inputs(inputs), operation_fn=wrap)


def make_training_variables(model: Any, batch: Any) -> None:
    """Create the variables of optimizer, loss and metrics, which Keras does in its first step.

    Args:
        model: built and compiled.
        batch: one batch of the data, as `fit` takes it.
    """
    model._symbolic_build(data_batch=batch)


class OutputMetrics(NamedTuple):
    """The metrics of one output of a compiled model, and what they compare, as tensors."""

    metrics: Sequence[Any]
    weighted_metrics: Sequence[Any]
    target: Any
    prediction: Any
    weights: Any


def metrics_by_output(
    model: Any, targets: Any, predictions: Any, weights: Any
) -> list[OutputMetrics]:
    """The metrics of each output, in the order in which Keras flattens the outputs.

    Args:
        model: compiled; its metrics are made at the first call.
        targets: a batch, in the structure of the outputs.
        predictions: the same.
        weights: the same, or None.
    """
    compiled = model._compile_metrics
    if compiled is None:
        return []
    if not compiled.built:
        compiled.build(targets, predictions)
    flat = compiled._flatten_y(targets), compiled._flatten_y(predictions)
    flat_weights = [None] * len(flat[0]) if weights is None else compiled._flatten_y(weights)
    lists = (
        [() if found is None else found.metrics for found in compiled._flat_metrics],
        [() if found is None else found.metrics for found in compiled._flat_weighted_metrics],
    )
    return [OutputMetrics(*parts) for parts in zip(*lists, *flat, flat_weights, strict=True)]


def all_metrics(model: Any) -> list[Any]:
    """All metrics of a compiled model whose variables are made, with those inside of others."""
    found, left = [], list(model.metrics)
    while left:
        metric = left.pop()
        found.append(metric)
        left += getattr(metric, "metrics", ())
    return found


def overrides_hook(callback: Any, hook: str) -> bool:
    """Whether a callback's class has its own version of a hook such as `on_train_batch_end`."""
    return not getattr(getattr(callback, hook), "_is_default", False)


def traces_batches(tensorboard: Any) -> bool:
    """Whether a `TensorBoard` callback profiles a range of batches."""
    return bool(tensorboard._should_trace)


def has_vocabulary_argument(layer: Any) -> bool:
    """Whether a lookup layer or `TextVectorization` was given its vocabulary when it was made."""
    return bool(layer._has_input_vocabulary)


def own_variables(layer: Any) -> Sequence[Any]:
    """The variables that a layer itself holds: trainable ones first, none of nested layers."""
    return [*layer._trainable_variables, *layer._non_trainable_variables]


class LowRank(NamedTuple):
    """The low-rank adapters of a layer with `lora_rank`: variables by name, and what they change.

    Attributes:
        frozen: the variable that they are added to.
        adapters: name to variable, such as `lora_kernel_a` and `lora_kernel_b`: the second one is
            the product's right side.
        scale: what the product of the two is multiplied with.
    """

    frozen: Any
    adapters: dict[str, Any]
    scale: float


def low_rank_of(layer: Any) -> LowRank | None:
    """The adapters of a built layer; None where it has none."""
    if not getattr(layer, "lora_enabled", False):
        return None
    kernel = hasattr(layer, "lora_kernel_a")
    names = [f"lora_{'kernel' if kernel else 'embeddings'}_{side}" for side in "ab"]
    frozen = layer._kernel if kernel else layer._embeddings
    adapters = {name: getattr(layer, name) for name in names}
    return LowRank(frozen, adapters, layer.lora_alpha / layer.lora_rank)


def random_seed_variable() -> Any:
    """The variable with the state of Keras's global seed generator: two uint32."""
    from keras.src.random.seed_generator import global_seed_generator

    return global_seed_generator().state


def saved_objects(saveable: Any, seen: set[int], path: str = "") -> Iterator[tuple[Any, str]]:
    """The objects in a layer that save variables, each with its path in a file of weights.

    Args:
        saveable: the layer.
        seen: the `id` of each object that is saved already, and no second time.
        path: of the layer in what is saved.
    """
    from keras.src.saving.keras_saveable import KerasSaveable
    from keras.src.saving.saving_lib import _walk_saveable

    if id(saveable) in seen:
        return
    seen.add(id(saveable))
    yield saveable, path
    for name, child in _walk_saveable(saveable):
        below = f"{path}/{name}" if path else name
        if isinstance(child, KerasSaveable):
            yield from saved_objects(child, seen, below)
        elif isinstance(child, (list, tuple, dict)):
            yield from _saved_items(child, seen, below, set())


def _saved_items(
    container: Any, seen: set[int], path: str, containers: set[int]
) -> Iterator[tuple[Any, str]]:
    from keras.src.saving.keras_saveable import KerasSaveable
    from keras.src.utils.naming import to_snake_case

    if id(container) in containers:
        return
    containers.add(id(container))
    counts: dict[str, int] = {}
    for item in container.values() if isinstance(container, dict) else container:
        is_one = isinstance(item, KerasSaveable)
        if not is_one and not isinstance(item, (list, tuple, dict)):
            continue
        stem = to_snake_case(type(item).__name__) if is_one else "container"
        number = counts.get(stem, 0)
        counts[stem] = number + 1
        below = f"{path}/{stem}_{number}" if number else f"{path}/{stem}"
        if is_one:
            yield from saved_objects(item, seen, below)
        else:
            yield from _saved_items(item, seen, below, containers)
