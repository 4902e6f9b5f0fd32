"""The model that is fitted where a spec has `training.gan`: around the generator, which is saved,
and a discriminator, which is built here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.building import (
    make_input,
    make_object,
    pick_result,
    repeat_calls,
)
from modelspec.graph import Adversaries, Graph, TensorRef, needed_for
from modelspec.spec.training import TrainingSpec


def make_gan(model: Any, graph: Graph, training: TrainingSpec) -> Any:
    """The model that trains both models of a `gan`; not compiled.

    Args:
        model: the saved model, built from `graph.for_outputs()`: it has the generator.
        graph: with the discriminator.
        training: has the settings.

    Raises:
        KerasError: Keras refuses a layer or a call.
    """
    from .gan_model import Gan

    gan, settings = graph.gan, training.gan
    assert gan is not None and settings is not None
    names = [entry.name for entry in graph.fed_inputs]
    optimizer = settings.discriminator_optimizer or training.optimizer
    return Gan(
        gan_parts(model, graph, gan),
        settings,
        lambda inputs: _by_name(inputs, names),
        lambda: make_object(optimizer),
        training.seed,
    )


def _by_name(inputs: Any, names: list[str]) -> Mapping[str, Any]:
    if isinstance(inputs, Mapping):
        return inputs
    parts = inputs if isinstance(inputs, (list, tuple)) else (inputs,)
    return dict(zip(names, parts, strict=True))


def gan_parts(model: Any, graph: Graph, gan: Adversaries) -> Any:
    """The models that a `Gan` is made of.

    Raises:
        KerasError: Keras refuses a layer or a call.
    """
    import keras

    from .gan_model import GanParts

    inputs = {entry.name: make_input(entry) for entry in graph.inputs}
    tensors = repeat_calls(graph, graph.calls, model, inputs)
    made, scores = tensors[gan.generator.name], tensors[gan.discriminator.name]
    whole = keras.Model(list(inputs.values()), [made, scores])
    refs = list(dict.fromkeys(gan.discriminator.reads()))
    read = [pick_result(tensors, ref, gan.discriminator.span) for ref in refs]
    fed = {entry.name: inputs[entry.name] for entry in graph.fed_inputs}
    needed = needed_for(graph.calls, gan.generator.reads())
    noise = next(entry for entry in graph.inputs if entry.name == gan.noise)
    return GanParts(
        whole.get_layer(gan.generator.layer),
        whole.get_layer(gan.discriminator.layer),
        keras.Model({name: one for name, one in inputs.items() if name in needed}, made),
        _critic(whole, graph, gan, refs, read),
        keras.Model(fed, read),
        refs.index(gan.example),
        (gan.noise, tuple(size or 0 for size in noise.shape or ())),
        model,
    )


def _critic(
    whole: Any, graph: Graph, gan: Adversaries, refs: list[TensorRef], read: list[Any]
) -> Any:
    """The discriminator as a model of its own inputs, which are all tensors that it reads."""
    import keras

    inputs = [
        keras.Input(batch_shape=tensor.shape, dtype=tensor.dtype, name=f"read_{number}")
        for number, tensor in enumerate(read)
    ]
    given: dict[str, Any] = {}
    for ref, tensor in zip(refs, inputs, strict=True):
        _put(given, ref, tensor)
    made = repeat_calls(graph, (gan.discriminator,), whole, given)
    return keras.Model(inputs, made[gan.discriminator.name])


def _put(given: dict[str, Any], ref: TensorRef, tensor: Any) -> None:
    """Put a tensor where `pick_result` finds it."""
    if ref.index is None:
        given[ref.source] = tensor
    elif isinstance(ref.index, str):
        given.setdefault(ref.source, {})[ref.index] = tensor
    else:
        several = given.setdefault(ref.source, [])
        several += [None] * (ref.index + 1 - len(several))
        several[ref.index] = tensor
