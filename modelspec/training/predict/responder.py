"""What a model gives for examples: the bare compiled call, in batches as large as memory allows.

Imports TensorFlow: import this module only where a model is there already.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from modelspec.data.examples import Examples
from modelspec.data.feed import Feed, Structure
from modelspec.data.table import LazyArray
from modelspec.framework import functional_of

Array = npt.NDArray[Any]

BUDGET = 256 << 20
"""Bytes that the values inside the model may take for one batch."""

LEAST, MOST, UNKNOWN = 32, 1 << 16, 256
"""Examples in a batch: bounds, and what is taken where a size inside the model is not known."""

SPARE = 4
"""How many times the size of its result a layer may need while it works."""


class Responder:
    """Gives what `model.predict` gives, without its work between batches."""

    def __init__(self, model: Any, structure: Structure) -> None:
        self.model = model
        self.structure = structure
        self.fixed = functional_of(model).inputs[0].shape[0]
        self.batch = self.fixed or batch_size_of(model)
        self._call: Any = None

    def __call__(self, examples: Examples) -> dict[str, Array]:
        """Output name to array [n, ...] for n examples."""
        if len(examples) == 0:
            given = self.structure.by_output(functional_of(self.model).output)
            return {name: _none_of(tensor) for name, tensor in given.items()}
        if any(isinstance(values, LazyArray) for values in examples.inputs.values()):
            feed = Feed(examples, self.structure, self.batch)
            found = [self._answer(inputs) for inputs, *_ in feed.in_order()]
        else:
            found = [self._slice(examples, start) for start in range(0, len(examples), self.batch)]
        return {
            name: found[0][name] if len(found) == 1 else np.concatenate([f[name] for f in found])
            for name in self.structure.output_names
        }

    def _slice(self, examples: Examples, start: int) -> dict[str, Array]:
        with tf.device("CPU"):  # text cannot live on a GPU; numbers go there by themselves
            arrays = {
                name: tf.convert_to_tensor(values[start : start + self.batch])
                for name, values in examples.inputs.items()
                if isinstance(values, np.ndarray)
            }
        return self._answer(self.structure.inputs(arrays))

    def _answer(self, inputs: Any) -> dict[str, Array]:
        """One batch; filled up with its last example where the model takes one size only."""
        rows = int(tf.nest.flatten(inputs)[0].shape[0])
        if self.fixed is not None and rows < self.fixed:
            inputs = tf.nest.map_structure(lambda values: _padded(values, self.fixed), inputs)
        if self._call is None:
            signature = tf.nest.map_structure(_any_batch, inputs)
            self._call = tf.function(self._forward, input_signature=[signature], autograph=False)
        given = self.structure.by_output(self._call(inputs))
        return {name: _array(values)[:rows] for name, values in given.items()}

    def _forward(self, inputs: Any) -> Any:
        return self.model(inputs, training=False)


def batch_size_of(model: Any) -> int:
    """How many examples go through a model at once within `BUDGET`: a power of two."""
    size = _values(functional_of(model))
    if size is None:
        return UNKNOWN
    fits = BUDGET // (SPARE * 4 * max(1, size))
    return 1 << min(max(int(math.log2(max(fits, 1))), int(math.log2(LEAST))), int(math.log2(MOST)))


def _values(functional: Any) -> int | None:
    """How many values all layers give for one example; None where a size is not known."""
    total = 0
    for operation in functional.operations:
        inner = getattr(operation, "operations", None)
        size = _size(operation) if inner is None else _values(operation)
        if size is None:
            return None
        total += size
    return total


def _size(operation: Any) -> int | None:
    total = 0
    for tensor in tf.nest.flatten(operation.output):
        if any(size is None for size in tensor.shape[1:]):
            return None
        total += math.prod(tensor.shape[1:])
    return total


def _none_of(tensor: Any) -> Array:
    return np.zeros([0, *(size or 0 for size in tensor.shape[1:])], np.float32)


def _any_batch(values: Any) -> Any:
    return tf.TensorSpec((None, *values.shape[1:]), values.dtype)


def _padded(values: Any, size: int) -> Any:
    last = tf.repeat(values[-1:], size - values.shape[0], axis=0)
    return tf.concat([values, last], axis=0)


def _array(values: Any) -> Array:
    """As numpy; what numpy has no type for, such as bfloat16, as float32."""
    array: Array = np.asarray(values)
    return array if array.dtype.kind in "biufSUO" else array.astype(np.float32)
