"""Edited models of `keras.applications`, built and loaded without the work that no edit changes.

Building such a model anew, and reading its file, takes seconds; for a hundred edits of forty models
that is hours. What is left out here decides nothing about where a tensor goes:

- Keras's `from_config` builds each edited model. A layer whose config and whose input shapes are
  those of the model before is not made again: it is taken over with its variables. Layers that an
  edit changes, and those behind them as far as shapes differ, are made and called by Keras.
- A file is read once. Then Keras's own walk (`saving_lib._load_state`, behind `load_weights`) and
  modelspec's `load_files` get its arrays from memory. What a kept layer holds is looked up once.
- Assignments are recorded by Keras's `StatelessScope`, after its own checks of shapes, instead of
  copied. So a tensor in place is told from another by being the same object, not by its values.
"""

from __future__ import annotations

import functools
import pickle
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import numpy as np

Config = dict[str, Any]


def look_up_once() -> None:
    """Let Keras keep which attributes it leaves out of a walk; it means to, under another key."""
    from keras.src.saving import saving_lib

    if not hasattr(saving_lib.get_attr_skipset, "cache_info"):
        saving_lib.get_attr_skipset = functools.lru_cache(saving_lib.get_attr_skipset)


class KeptLayers:
    """The layers of a model, for the models that edits make of it.

    Args:
        model: functional, without models inside; not to be used afterwards.
    """

    def __init__(self, model: Any) -> None:
        import keras
        from keras.src.saving import saving_lib

        self._walk = saving_lib._walk_saveable
        self.kind = type(model)
        self.raw: dict[str, tuple[Any, Any]] = {}
        self.kept: dict[int, Any] = {}
        """`id` of a layer to it."""
        self.calls: dict[int, tuple[Any, list[Any]]] = {}
        """`id` of a layer to the shapes that it was called with, and its outputs."""
        self.children: dict[int, list[tuple[str, Any]]] = {}
        self.trees: dict[int, Any] = {}
        self.values: dict[int, list[Any]] = {}
        layers = {layer.name: layer for layer in model.layers}
        for raw in model.get_config()["layers"]:
            layer = layers.get(raw["name"])  # none of a plain operation
            nodes = [] if layer is None else layer._inbound_nodes
            if isinstance(layer, keras.layers.InputLayer) or len(nodes) != 1:
                continue
            shapes = _shapes(nodes[0].input_tensors)
            outputs = [(tensor.shape, tensor.dtype) for tensor in nodes[0].outputs]
            self.raw[raw["name"]] = (raw["class_name"], copy_of(raw["config"]))
            self.kept[id(layer)] = layer
            self.calls[id(layer)] = (shapes, outputs)
        self.by_name = {layer.name: layer for layer in self.kept.values()}
        self._forget_calls()

    def _forget_calls(self) -> None:
        for layer in self.kept.values():
            layer._inbound_nodes.clear()
            layer._outbound_nodes.clear()

    def build(self, config: Config) -> Any:
        """The model of an edited config; whatever Keras raises where it makes none."""
        from keras.src.layers.layer import Layer
        from keras.src.saving import serialization_lib

        self._forget_calls()
        make, call = serialization_lib.deserialize_keras_object, Layer.__call__

        def make_layer(raw: Any, **options: Any) -> Any:
            name = raw.get("name") if isinstance(raw, dict) else None
            is_kept = isinstance(name, str) and name in self.raw
            if is_kept and self.raw[name] == (raw.get("class_name"), raw.get("config")):
                return self.by_name[name]
            return make(raw, **options)

        def call_layer(layer: Any, *args: Any, **options: Any) -> Any:
            if id(layer) not in self.kept:
                return call(layer, *args, **options)
            return self._call_kept(layer, args, options)

        with (
            patch.object(serialization_lib, "deserialize_keras_object", make_layer),
            patch.object(Layer, "__call__", call_layer),
        ):
            return self.kind.from_config(config)

    def _call_kept(self, layer: Any, args: Any, options: Any) -> Any:
        """Note the call where shapes are as before; else let a new layer of its config make it."""
        from keras import KerasTensor, tree
        from keras.src.ops.node import Node

        given = [item for item in tree.flatten((args, options)) if isinstance(item, KerasTensor)]
        shapes, outputs = self.calls[id(layer)]
        if _shapes(given) == shapes:
            tensors = [KerasTensor(shape, dtype) for shape, dtype in outputs]
            Node(operation=layer, call_args=args, call_kwargs=options, outputs=tensors)
            return tensors[0] if len(tensors) == 1 else tensors
        other = type(layer).from_config(layer.get_config())
        made = other(*args, **options)
        layer._inbound_nodes.append(other._inbound_nodes[-1])  # where `from_config` looks for it
        return made

    def layers_of(self, model: Any) -> tuple[Any, ...]:
        """As `layers_of_keras`: kept layers are looked into once."""
        from modelspec.weights.model_tree import layers_of_keras

        found = []
        for layer in model.layers:
            tree = self.trees.get(id(layer))
            if tree is None:
                (tree,) = layers_of_keras(SimpleNamespace(layers=[layer]))
                if id(layer) in self.kept:
                    self.trees[id(layer)] = tree
            found.append(tree)
        return tuple(found)

    def saved_values(self, layer: Any, seen: set[int]) -> Iterator[Any]:
        """As modelspec's `saved_values`: kept layers are looked into once."""
        from modelspec.weights.model_tree import saved_values

        if id(layer) not in self.kept:
            return saved_values(layer, seen)
        if id(layer) not in self.values:
            self.values[id(layer)] = list(saved_values(layer, seen))
        return iter(self.values[id(layer)])

    def walk(self, saveable: Any) -> Iterator[tuple[str, Any]]:
        """As Keras's `_walk_saveable`: kept layers are looked into once."""
        from keras.src.saving.keras_saveable import KerasSaveable

        if id(saveable) not in self.kept:
            return self._walk(saveable)
        if id(saveable) not in self.children:
            wanted = (KerasSaveable, list, dict, tuple)
            pairs = [pair for pair in self._walk(saveable) if isinstance(pair[1], wanted)]
            self.children[id(saveable)] = [pair for pair in pairs if not _is_empty(pair[1])]
        return iter(self.children[id(saveable)])


def copy_of(config: Config) -> Config:
    """A deep copy, several times as fast as by `copy`."""
    copied: Config = pickle.loads(pickle.dumps(config))
    return copied


def _shapes(tensors: Any) -> Any:
    return [(tuple(tensor.shape), tensor.dtype) for tensor in tensors]


def _is_empty(item: Any) -> bool:
    return isinstance(item, (list, dict, tuple)) and not item


class ReadFile:
    """The arrays of a file, in memory.

    Args:
        path: of a `.weights.h5` file or a `.keras` file.
    """

    def __init__(self, path: Path) -> None:
        import keras

        from modelspec.weights.saved import open_weights

        self.arrays: dict[str, Any] = {}
        with open_weights(path) as file:

            def visit(address: str, item: Any) -> None:
                if hasattr(item, "dtype"):
                    self.arrays[address] = keras.ops.convert_to_tensor(np.array(item))

            file.visititems(visit)

    def at(self, address: str) -> Any:
        """The array at an address of modelspec's."""
        return self.arrays[address.strip("/")]

    def store(self) -> Any:
        """For Keras's `_load_state`."""
        from keras.src.saving.saving_lib import NpzIOStore

        groups: dict[str, dict[str, Any]] = {}
        for address, array in self.arrays.items():
            group, _, number = address.rpartition("/")
            groups.setdefault(group.removesuffix("vars").strip("/"), {})[number] = array
        paths = {path for group in groups for path in (group, *_parents(group))}

        class Store(NpzIOStore):
            def __init__(self) -> None:
                pass

            def __bool__(self) -> bool:
                return True

            def get(self, path: str) -> dict[str, Any]:
                return groups.get(path, {})

            def has_path(self, path: str) -> bool:
                return path in paths

        return Store()


def _parents(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


@contextmanager
def from_memory(kept: KeptLayers, file: ReadFile) -> Iterator[None]:
    """Let modelspec take the arrays of a file, and what kept layers hold, from memory."""
    from modelspec.weights import check, load, saved

    @contextmanager
    def open_memory(_: Path) -> Iterator[Any]:
        yield file.arrays

    with ExitStack() as stack:
        for module, name, value in (
            (load, "open_weights", open_memory),
            (load, "array_of", lambda item: item),
            (load, "layers_of_keras", kept.layers_of),
            (load, "saved_values", kept.saved_values),
            (check, "read_saved", _read_once(saved.read_saved)),
        ):
            stack.enter_context(patch.object(module, name, value))
        yield


_READ: dict[Any, Any] = {}


def _read_once(read: Any) -> Any:
    @functools.wraps(read)
    def reads(path: Path) -> Any:
        if path not in _READ:
            _READ[path] = read(path)
        return _READ[path]

    return reads


def load_as_keras(model: Any, kept: KeptLayers, file: ReadFile) -> None:
    """What `model.load_weights` does once a file is open.

    Raises:
        ValueError: layers do not fit, as from `load_weights`.
    """
    from keras.src.saving import saving_lib

    failed: set[int] = set()
    messages: dict[int, Any] = {}
    with (
        patch.object(saving_lib, "_walk_saveable", kept.walk),
        np.printoptions(edgeitems=1, threshold=0),
    ):
        saving_lib._load_state(
            model,
            weights_store=file.store(),
            assets_store=None,
            inner_path="",
            visited_saveables=set(),
            failed_saveables=failed,
            error_msgs=messages,
        )
    if failed:
        saving_lib._raise_loading_failure(messages)
