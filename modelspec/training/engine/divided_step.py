"""A step of Keras whose rows are divided among replicas.

Imports TensorFlow: import this module only where TensorFlow is loaded already.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any, NamedTuple

import keras
import tensorflow as tf

from modelspec.framework import mask_of, set_mask, track_loss, undivided_losses

from .engines import Engine, Replica
from .whole_batch import gather_rows, gather_slices, sum_common_slices, sum_over_replicas

SEED_STEP = 0x9E3779B9
"""The seeds of replicas are so far apart: 2 ** 32 by the golden ratio, in steps of uint32."""


def step_of(model: Any, engine: Engine, *, trains: bool) -> Callable[..., Any]:
    """The step that a loop takes: Keras's own on one device, else one that is divided."""
    if engine.replicas == 1:
        step: Callable[..., Any] = model.train_step if trains else model.test_step
        return step
    return DividedStep(model, engine, trains=trains)


class _Whole(NamedTuple):
    """A batch as losses and metrics take it, with the rows of all replicas."""

    targets: Any
    predictions: Any
    weights: Any


class _Gradient(Enum):
    """How the gradient of a weight comes."""

    NONE = 0
    DENSE = 1
    SLICES_OF_ROWS = 2
    COMMON_SLICES = 3


class DividedStep:
    """`train_step` or `test_step` of a compiled model, for the whole batch.

    On a replica the model sees its own rows only, and changes nothing: what its layers would
    write (statistics, seeds) is brought together and written once. Loss and metrics are those that
    Keras computes for the whole batch; so is the gradient, as the gradients of a loss by the
    predictions of each replica are its part of it.

    Args:
        model: compiled, of a class of Keras's, with all variables made.
        engine: with several replicas.
        trains: whether the weights are changed.
    """

    def __init__(self, model: Any, engine: Engine, *, trains: bool) -> None:
        self.model = model
        self.engine = engine
        self.trains = trains
        self._weights = list(model.trainable_weights) if trains else []
        self._gradients: list[_Gradient] = []
        self._changed: list[Any] = []
        self._layout: Any = None

    def __call__(self, batch: Any, rows: Any, most_rows: int) -> Any:
        """Take the step, in a graph; what Keras logs.

        Args:
            batch: the rows of this process: (inputs, targets) or (inputs, targets, weights).
            rows: of the whole batch, a scalar int64.
            most_rows: of any batch.
        """
        found = self.engine.run(self._on_replica, batch, rows, most_rows)
        whole, added, values, gradients = self._unpack(found)
        model = self.model
        for variable, value in zip(self._changed, values, strict=True):
            variable.assign(value)
        with tf.GradientTape() as tape:
            loss = self._loss(whole)
            total = loss + tf.cast(added, loss.dtype)
            scaled = self._scale(loss)
        track_loss(model, total, rows)
        if self._weights:
            # what the loss takes from the weights themselves counts once: regularization
            own = tape.gradient(scaled, [weight.value for weight in self._weights])
            complete = [_added(a, b) for a, b in zip(gradients, own, strict=True)]
            model.optimizer.apply_gradients(zip(complete, self._weights, strict=True))
        return model.compute_metrics(None, whole.targets, whole.predictions, whole.weights)

    def _on_replica(self, batch: Any, replica: Replica) -> Any:
        """Predictions, changes and gradients; every tensor is the same in all replicas."""
        inputs, targets, weights = keras.utils.unpack_x_y_sample_weight(batch)
        with tf.GradientTape() as tape:
            predictions, scope = self._predict(inputs, replica)
            whole = self._gather(_Whole(targets, predictions, weights), replica)
            own_loss = _added_losses(scope) * _share_of(replica)
            loss = self._loss(whole, is_divided=True)
            scaled = self._scale(loss + tf.cast(own_loss, loss.dtype))
        added, values = self._sum_changes(own_loss, scope, replica)
        gradients: list[Any] = []
        if self._weights:
            found = tape.gradient(scaled, [_used(weight, scope) for weight in self._weights])
            gradients = self._gather_gradients(found, replica)
        flat = tf.nest.flatten((whole.targets, whole.predictions, whole.weights))
        masks = [mask_of(one) for one in tf.nest.flatten(whole.predictions)]
        self._layout = whole, [mask is not None for mask in masks]
        present = [one for one in flat if one is not None]
        return present, [m for m in masks if m is not None], [added], values, gradients

    def _gather_gradients(self, found: Sequence[Any], replica: Replica) -> list[Any]:
        """The gradients of the whole batch, as tensors: two for one that is slices.

        Keras's optimizers take the slices of an embedding one by one: the square of two that are
        of one row is not that of their sum. So those of the rows of a batch are brought together,
        and not added; of those that do not depend on the rows each replica has the same ones, whose
        values are added.
        """
        self._gradients = [_kind(one) for one in found]
        dense = [
            tf.convert_to_tensor(one)
            for one, kind in zip(found, self._gradients, strict=True)
            if kind is _Gradient.DENSE
        ]
        sums = iter(sum_over_replicas(dense, replica))
        gathered: list[Any] = []
        for weight, one, kind in zip(self._weights, found, self._gradients, strict=True):
            if kind is _Gradient.DENSE:
                gathered.append(next(sums))
            elif kind is _Gradient.SLICES_OF_ROWS:
                gathered += gather_slices(one, replica, weight.path)
            elif kind is _Gradient.COMMON_SLICES:
                gathered += sum_common_slices(one, replica, weight.path)
        return gathered

    def _predict(self, inputs: Any, replica: Replica) -> tuple[Any, Any]:
        """Call the model on a replica's rows; what it would write is in the scope."""
        scope = keras.StatelessScope(
            [(seed, _folded(seed.value, replica)) for seed in self._seeds()], collect_losses=True
        )
        with scope:
            return self.model(inputs, training=self.trains), scope

    def _gather(self, own: _Whole, replica: Replica) -> _Whole:
        """A batch with the rows of all replicas, and the masks of its predictions."""
        flat = tf.nest.flatten(tuple(own))
        masks = [mask_of(one) for one in tf.nest.flatten(own.predictions)]
        given = [one for one in [*flat, *masks] if one is not None]
        found = iter(gather_rows(given, replica))
        whole = [None if one is None else next(found) for one in flat]
        targets, predictions, weights = tf.nest.pack_sequence_as(tuple(own), whole)
        for one, mask in zip(tf.nest.flatten(predictions), masks, strict=True):
            if mask is not None:
                set_mask(one, next(found))
        return _Whole(targets, predictions, weights)

    def _loss(self, whole: _Whole, *, is_divided: bool = False) -> Any:
        """The loss of the whole batch, without those that layers add.

        On a replica nothing is recorded, and what it takes from the weights has no gradient.
        """
        if self.model.loss is None and not self.model.losses:
            return tf.zeros(())  # all is added by layers, or by `losses` of the graph
        compute = self.model.compute_loss
        given = (None, whole.targets, whole.predictions, whole.weights)
        if not is_divided:
            return compute(*given, training=self.trains)
        fixed = [(one, tf.stop_gradient(one.value)) for one in self.model.trainable_variables]
        with keras.StatelessScope(fixed, collect_losses=True), undivided_losses():
            return compute(*given, training=self.trains)

    def _scale(self, loss: Any) -> Any:
        optimizer = self.model.optimizer
        return optimizer.scale_loss(loss) if self.trains and optimizer is not None else loss

    def _sum_changes(self, own_loss: Any, scope: Any, replica: Replica) -> tuple[Any, list[Any]]:
        """The sum of the losses that layers add, and what is to be written into variables."""
        self._changed, parts = [], [own_loss]
        seeds = {id(seed) for seed in self._seeds()}
        model = self.model
        for variable in (*model.non_trainable_variables, *model.trainable_variables):
            value = scope.get_current_value(variable)
            if value is None or (id(variable) in seeds and not self.trains):
                continue
            self._changed.append(variable)
            if value.dtype.is_floating:
                wide = tf.cast(value, _at_least_float32(value.dtype))
                parts.append(wide * tf.cast(_share_of(replica), wide.dtype))
            else:
                parts.append(tf.where(tf.equal(replica.number, 0), value, tf.zeros_like(value)))
        for variable in model.metrics_variables:  # those of losses within the model
            value = scope.get_current_value(variable)
            if value is not None:
                self._changed.append(variable)
                before = variable.value / self.engine.replicas
                parts.append(value - variable.value + before)
        added, *values = sum_over_replicas(parts, replica)
        return added, values

    def _seeds(self) -> Sequence[Any]:
        """The states of the seed generators of all layers."""
        return [
            one for one in self.model.non_trainable_variables if one.name == "seed_generator_state"
        ]

    def _unpack(self, found: Any) -> tuple[_Whole, Any, list[Any], list[Any]]:
        flat, masks, (added,), values, given = found
        structure, has_mask = self._layout
        present = iter(flat)
        whole = [
            None if one is None else next(present) for one in tf.nest.flatten(tuple(structure))
        ]
        packed = _Whole(*tf.nest.pack_sequence_as(tuple(structure), whole))
        given_masks = iter(masks)
        for one, is_masked in zip(tf.nest.flatten(packed.predictions), has_mask, strict=True):
            if is_masked:
                set_mask(one, next(given_masks))
        gradients, every = iter(given), []
        for weight, kind in zip(self._weights, self._gradients, strict=True):
            if kind in (_Gradient.SLICES_OF_ROWS, _Gradient.COMMON_SLICES):
                shape = tf.constant([*weight.shape], tf.int64)
                every.append(tf.IndexedSlices(next(gradients), next(gradients), shape))
            else:
                every.append(next(gradients) if kind is _Gradient.DENSE else None)
        return packed, added, values, every


def _kind(gradient: Any) -> _Gradient:
    if gradient is None:
        return _Gradient.NONE
    if not isinstance(gradient, tf.IndexedSlices):
        return _Gradient.DENSE
    # the number of rows is open, and with it that of what they use
    depends_on_rows = gradient.indices.shape[0] is None
    return _Gradient.SLICES_OF_ROWS if depends_on_rows else _Gradient.COMMON_SLICES


def _used(weight: Any, scope: Any) -> Any:
    """What a layer computed with: SpectralNormalization changes a weight before it uses it."""
    changed = scope.get_current_value(weight)
    return weight.value if changed is None else changed


def _added_losses(scope: Any) -> Any:
    """The sum of what layers add on one replica: means over its rows."""
    losses = [tf.cast(tf.reduce_sum(loss), tf.float64) for loss in scope.losses]
    return tf.add_n(losses) if losses else tf.zeros((), tf.float64)


def _at_least_float32(dtype: Any) -> Any:
    """In which floats are weighed: shares of three replicas rounded to bfloat16 are not 1."""
    return tf.float64 if dtype == tf.float64 else tf.float32


def _share_of(replica: Replica) -> Any:
    """How much of the batch a replica has, in float64."""
    own = tf.cast(replica.end - replica.first, tf.float64)
    return own / tf.cast(replica.rows, tf.float64)


def _folded(state: Any, replica: Replica) -> Any:
    """The state of a seed generator for one replica: the first one has that of one device."""
    step = tf.cast(replica.number * SEED_STEP % (1 << 32), state.dtype)
    return state + tf.stack([step, tf.zeros_like(step)])


def _added(gradient: Any, more: Any) -> Any:
    """The sum of two gradients, each of which may be None; slices stay what they are if alone."""
    if gradient is None or more is None:
        return more if gradient is None else gradient
    return tf.convert_to_tensor(gradient) + tf.convert_to_tensor(more)
