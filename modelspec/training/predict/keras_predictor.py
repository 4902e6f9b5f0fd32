"""Predicting with a Keras model: the compiled call alone, in batches as large as memory allows.

Imports TensorFlow: import this module only where TensorFlow is loaded already.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from modelspec.data.examples import Examples
from modelspec.data.feed import Feed, Structure, padded_rows
from modelspec.data.table import LazyArray
from modelspec.framework import functional_of, mask_of

Array = npt.NDArray[Any]

Parts = tuple[dict[str, Array], dict[str, Array]]
"""The outputs of a batch, and the masks of those that have one."""

BUDGET = 256 << 20
"""Bytes that the values inside the model may take for one batch."""

MIN_BATCH, MAX_BATCH = 32, 1 << 16
DEFAULT_BATCH = 256
"""Examples in a batch if a size inside the model is unknown."""

WORKING_FACTOR = 4
"""How many times the size of its output a layer may need while it works."""


class KerasPredictor:
    """Returns what `model.predict` returns, without its overhead between batches.

    Args:
        model: built.
        structure: how it takes its inputs and returns its outputs.
        is_compiled: trace the model into a graph, which pays from a few batches on.
    """

    def __init__(self, model: Any, structure: Structure, *, is_compiled: bool = True) -> None:
        self.model = model
        self.structure = structure
        self.fixed_batch = functional_of(model).inputs[0].shape[0]
        self.batch_size = self.fixed_batch or batch_size_of(model)
        self._call: Any = None if is_compiled else self._forward

    def __call__(self, examples: Examples) -> dict[str, Array]:
        """Output name to array [n, ...] for n examples."""
        return self.with_masks(examples)[0]

    def with_masks(self, examples: Examples) -> tuple[dict[str, Array], dict[str, Array]]:
        """The outputs by name, and by name the mask of each that has one: false is padding."""
        if len(examples) == 0:
            tensors = self.structure.by_output(functional_of(self.model).output)
            return {name: _empty_array(tensor) for name, tensor in tensors.items()}, {}
        if any(isinstance(values, LazyArray) for values in examples.inputs.values()):
            feed = Feed(examples, self.structure, self.batch_size)
            parts = [self._predict(inputs) for inputs, *_ in feed.in_order()]
        else:
            starts = range(0, len(examples), self.batch_size)
            parts = [self._predict_slice(examples, start) for start in starts]
        return self.joined(parts)

    def batches(self, examples: Examples) -> Iterator[Any]:
        """The batches of at least one example in numpy arrays, for whoever predicts them."""
        if any(isinstance(values, LazyArray) for values in examples.inputs.values()):
            for inputs, *_ in Feed(examples, self.structure, self.batch_size).arrays_in_order():
                yield inputs
            return
        for start in range(0, len(examples), self.batch_size):
            yield self.structure.inputs(self._arrays(examples, start))

    def predict_batch(self, batch: Any) -> Parts:
        """The outputs of a batch, and the masks of those that have one."""
        with tf.device("CPU"):  # text cannot be on a GPU; numbers are copied there by TensorFlow
            inputs = tf.nest.map_structure(tf.convert_to_tensor, batch)
        return self._predict(inputs)

    def joined(self, parts: Sequence[Parts]) -> Parts:
        """Those of all batches."""
        outputs, masks = zip(*parts, strict=True)
        return _joined(outputs), _joined(masks)

    def _predict_slice(self, examples: Examples, start: int) -> Parts:
        with tf.device("CPU"):  # text cannot be on a GPU; numbers are copied there by TensorFlow
            arrays = {
                name: tf.convert_to_tensor(values)
                for name, values in self._arrays(examples, start).items()
            }
        return self._predict(self.structure.inputs(arrays))

    def _arrays(self, examples: Examples, start: int) -> dict[str, Array]:
        """The inputs of the batch that begins there, of arrays in memory."""
        return {
            name: values[start : start + self.batch_size]
            for name, values in examples.inputs.items()
            if isinstance(values, np.ndarray)
        }

    def _predict(self, inputs: Any) -> Parts:
        """Predict one batch, padded with its last example if the model takes one size only."""
        rows = int(tf.nest.flatten(inputs)[0].shape[0])
        size = self.fixed_batch
        if size is not None and rows < size:
            padded = padded_rows(rows, size)
            inputs = tf.nest.map_structure(lambda values: tf.gather(values, padded), inputs)
        if self._call is None:
            signature = tf.nest.map_structure(_any_batch, inputs)
            self._call = tf.function(self._forward, input_signature=[signature], autograph=False)
        outputs, masks = (
            {name: _to_numpy(values)[:rows] for name, values in found.items()}
            for found in self._call(inputs)
        )
        return outputs, masks

    def _forward(self, inputs: Any) -> Any:
        outputs = self.structure.by_output(self.model(inputs, training=False))
        masks = {name: mask_of(tensor) for name, tensor in outputs.items()}
        return outputs, {name: mask for name, mask in masks.items() if mask is not None}


def _joined(parts: Sequence[dict[str, Array]]) -> dict[str, Array]:
    if len(parts) == 1:
        return parts[0]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def batch_size_of(model: Any) -> int:
    """How many examples go through a model at once within `BUDGET`: a power of two."""
    size = _model_size(functional_of(model))
    if size is None:
        return DEFAULT_BATCH
    fitting = BUDGET // (WORKING_FACTOR * 4 * max(1, size))  # of 4 bytes each
    return 1 << int(math.log2(min(max(fitting, MIN_BATCH), MAX_BATCH)))


def _model_size(functional: Any) -> int | None:
    """How many values all layers return for one example; None if a size is unknown."""
    total = 0
    for operation in functional.operations:
        inner = getattr(operation, "operations", None)
        size = _output_size(operation) if inner is None else _model_size(operation)
        if size is None:
            return None
        total += size
    return total


def _output_size(operation: Any) -> int | None:
    total = 0
    for tensor in tf.nest.flatten(operation.output):
        if any(size is None for size in tensor.shape[1:]):
            return None
        total += math.prod(tensor.shape[1:])
    return total


def _empty_array(tensor: Any) -> Array:
    return np.zeros([0, *(size or 0 for size in tensor.shape[1:])], np.float32)


def _any_batch(values: Any) -> Any:
    return tf.TensorSpec((None, *values.shape[1:]), values.dtype)


def _to_numpy(values: Any) -> Array:
    """A tensor as numpy; types that numpy does not have, such as bfloat16, as float32."""
    array: Array = np.asarray(values)
    return array if array.dtype.kind in "biufSUO" else array.astype(np.float32)
