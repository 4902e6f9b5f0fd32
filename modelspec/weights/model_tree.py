"""The layers of a model with their variables, by its analysis or as Keras built it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from modelspec.analysis import Analysis, LayerFacts, complete, keras_class
from modelspec.layers import saved_key, saved_places, traits_of, variable_names
from modelspec.layers.rule import Weight
from modelspec.spec.model import snake_case

from .trees import RANDOM_STATE, ModelLayer, ModelTensor

if TYPE_CHECKING:
    from modelspec.framework import LowRank

ADAPTED = ("kernel", "embeddings")
"""What low-rank adapters are added to."""


def layers_of_analysis(analysis: Analysis, around: str = "") -> tuple[ModelLayer, ...]:
    """The layers of an analysed model; those without variables too.

    Args:
        analysis: of the model.
        around: the path of the model, with a slash at its end; "" for the whole.
    """
    return tuple(
        _of_facts(f"{around}{name}", facts)
        for name, facts in analysis.layers.items()
        if not facts.layer.object.class_name.startswith("ops.")
    )


def _of_facts(path: str, facts: LayerFacts) -> ModelLayer:
    item, span = facts.layer.object, facts.layer.span
    inner = facts.calls[0].nested if facts.calls else None
    if inner is not None:
        model = inner.built or inner
        kind = model.graph.kind.capitalize()
        below = layers_of_analysis(model, f"{path}/")
        return ModelLayer(path, kind, kind.lower(), {}, inner=below, span=span)
    known = keras_class(item)
    if not known or facts.weights is None:
        name = item.class_name.rpartition(">")[2].rpartition(".")[2]
        return ModelLayer(path, known, snake_case(name), None, span=span)
    places = saved_places(item, facts.weights)
    tensors = None
    if places is not None:
        tensors = {
            at: ModelTensor(_name(at, weight.name), weight.shape) for at, weight in places.items()
        }
    args = complete(item)
    names = variable_names(known, args)
    argument = _learned_argument(known)
    learned = argument if args.get(argument) is None else ""
    return ModelLayer(
        path,
        known,
        saved_key(known),
        tensors,
        names,
        adapters=_adapters(facts.weights, tensors or {}),
        learned=learned,
        span=span,
    )


def _adapters(
    weights: Iterable[Weight], tensors: Mapping[str, ModelTensor]
) -> tuple[ModelTensor, ...]:
    """The low-rank adapters among the weights of a layer, which stand beside their kernel."""
    kernels = [one.name for one in tensors.values() if one.name.endswith(ADAPTED)]
    group = kernels[0].rpartition("/")[0] if kernels else ""
    return tuple(
        ModelTensor("/".join(filter(None, (group, name))), weight.shape)
        for weight in weights
        if (name := weight.name.rpartition("/")[2]).startswith("lora_")
    )


def _learned_argument(class_name: str) -> str:
    """The argument of a layer for what it learns, if that is no variable."""
    argument = traits_of(class_name).adapted_argument
    return argument if argument in ("vocabulary", "bin_boundaries") else ""


def _name(place: str, name: str) -> str:
    """A variable's name in its layer: `kernel`, `query_dense/kernel`, `cell/bias`."""
    group = place.rpartition("/")[0].rpartition("/")[0]
    last = name.rpartition("/")[2]
    return f"{group}/{last}" if group else last


def layers_of_keras(model: Any) -> tuple[ModelLayer, ...]:
    """The layers of a built model, in the order and with the places in which Keras saves them."""
    return tuple(_of_keras(model, "", set()))


def _of_keras(model: Any, around: str, seen: set[int]) -> Iterator[ModelLayer]:
    import keras

    for layer in model.layers:
        path, key, name = f"{around}{layer.name}", keras_key(layer), type(layer).__name__
        if id(layer) in seen:  # Keras saves it where it met it first, and counts it all the same
            yield ModelLayer(path, name, key, {}, layer=layer)
            continue
        if isinstance(layer, keras.Sequential) or name == "Functional":
            seen.add(id(layer))
            below = tuple(_of_keras(layer, f"{path}/", seen))
            yield ModelLayer(path, name, key, {}, inner=below, layer=layer)
            continue
        tensors = {
            at: ModelTensor(_name(at, getattr(value, "name", "") or at), tuple(value.shape))
            for _, at, value in saved_values(layer, seen)
        }
        args = layer.get_config() if variable_names(name, {}) is not None else {}
        yield ModelLayer(
            path,
            name,
            key,
            tensors,
            variable_names(name, args),
            adapters=tuple(
                ModelTensor(name, tuple(variable.shape))
                for name, variable, _ in adapter_variables(layer)
            ),
            learned=_learned(layer),
            layer=layer,
        )


def adapter_variables(layer: Any) -> Iterator[tuple[str, Any, LowRank]]:
    """The low-rank adapters in a layer and all that it holds: name in the layer, and variable."""
    from modelspec.framework import low_rank_of, saved_objects

    for holder, group in saved_objects(layer, set()):
        found = low_rank_of(holder)
        if found is None:
            continue
        for name, variable in found.adapters.items():
            yield "/".join(filter(None, (group, name))), variable, found


def _learned(layer: Any) -> str:
    from modelspec.framework import has_vocabulary_argument

    argument = _learned_argument(type(layer).__name__)
    if not argument or not type(layer).__module__.startswith("keras."):
        return ""
    if argument == "vocabulary":
        return "" if has_vocabulary_argument(layer) else argument
    return argument if layer.num_bins is not None else ""


def keras_key(layer: Any) -> str:
    """How Keras begins the name of a layer's group in a file."""
    return snake_case(type(layer).__name__)


def saved_values(layer: Any, seen: set[int]) -> Iterator[tuple[Any, str, Any]]:
    """What Keras saves of a layer and of all that it holds, random states apart.

    Yields:
        The object that saves it, the place in the layer's group, and the variable or array.
    """
    from modelspec.framework import saved_objects

    for holder, group in saved_objects(layer, seen):
        if RANDOM_STATE in group.split("/"):
            continue
        store: dict[str, Any] = {}
        holder.save_own_variables(store)
        for number, value in store.items():
            if hasattr(value, "shape"):
                yield holder, "/".join(filter(None, (group, "vars", number))), value
