"""A Keras layer that changes images at random, applied to a batch, each image by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from modelspec.analysis.augmentation import IMAGE, MASK
from modelspec.framework import all_layers

from .draws import Draws, LayerBackend, SharedDrawError, example_seeds


@dataclass(frozen=True, slots=True)
class ImageStep:
    """One layer of `augment`.

    Attributes:
        layer: Keras's.
        moves: whether it moves what the images show, so that arrays of the same places follow.
    """

    layer: Any
    moves: bool

    def apply(
        self, values: Mapping[Any, Any], kinds: Mapping[Any, str], draws: Draws
    ) -> dict[Any, Any]:
        """Images, and what follows them, changed alike.

        Most layers draw a number for each image of a batch, and the batch is one call. A layer
        that draws one for the whole batch is called on each image.

        Args:
            values: arrays [b, height, width, channels], float32, of one height and width.
            kinds: for each of these IMAGE, MASK or VALUES. A layer that moves nothing leaves all
                but images as they are.
            draws: of the images.
        """
        taken = {key: one for key, one in values.items() if self.moves or kinds[key] == IMAGE}
        before = draws.stream
        try:
            found = self._on_batch(taken, kinds, draws)
        except SharedDrawError:
            draws.stream = before
            found = self._on_each(taken, kinds, draws)
        return {**values, **found}

    def _on_batch(
        self, values: Mapping[Any, Any], kinds: Mapping[Any, str], draws: Draws
    ) -> dict[Any, Any]:
        equip(self.layer, LayerBackend(draws), example_seeds())
        return self._transform(values, kinds, lambda: None)

    def _on_each(
        self, values: Mapping[Any, Any], kinds: Mapping[Any, str], draws: Draws
    ) -> dict[Any, Any]:
        import tensorflow as tf

        names = list(values)

        def one(parts: Any) -> Any:
            seed, *arrays = parts
            seeds = example_seeds(seed)
            equip(self.layer, LayerBackend(), seeds)
            given = {name: value[tf.newaxis] for name, value in zip(names, arrays, strict=True)}
            drawn = None

            def again() -> None:
                """All is drawn as for the first images."""
                nonlocal drawn
                drawn = seeds.drawn if drawn is None else drawn
                seeds.drawn = drawn

            moved = self._transform(given, kinds, again)
            return tuple(moved[name][0] for name in names)

        parts = (draws.seeds(), *values.values())
        signature = tuple(tf.TensorSpec(value.shape[1:], tf.float32) for value in values.values())
        found = tf.map_fn(one, parts, fn_output_signature=signature)
        return dict(zip(names, found, strict=True))

    def _transform(
        self, values: Mapping[Any, Any], kinds: Mapping[Any, str], again: Callable[[], None]
    ) -> dict[Any, Any]:
        """Call the layer's functions, `again` before each that may draw."""
        import tensorflow as tf

        layer, moved = self.layer, {}
        first = next(key for key in values if kinds[key] == IMAGE)
        transformation = layer.get_random_transformation(values[first], training=True)
        for key, value in values.items():
            again()
            transform = layer.transform_images
            if kinds[key] == MASK:
                transform = layer.transform_segmentation_masks
            made = tf.cast(transform(value, transformation), tf.float32)
            moved[key] = tf.ensure_shape(made, value.shape)
        return moved


@dataclass(frozen=True, slots=True)
class Cropping:
    """`RandomCrop`: a part of each image, at a place drawn for it.

    Keras's layer draws one place for all images of a batch.

    Attributes:
        height: of the part.
        width: of the part.
    """

    height: int
    width: int

    def apply(
        self, values: Mapping[Any, Any], kinds: Mapping[Any, str], draws: Draws
    ) -> dict[Any, Any]:
        """The parts of images and of what follows them; arguments as for `ImageStep`."""
        import tensorflow as tf

        del kinds
        whole = next(iter(values.values())).shape[1:3]
        parts = dict(values)
        for axis, size in enumerate((self.height, self.width), start=1):
            spare = whole[axis - 1] - size
            start = tf.cast(tf.floor(draws.uniform() * (spare + 1.0)), tf.int32)
            places = start[:, tf.newaxis] + tf.range(size)[tf.newaxis]
            parts = {
                key: tf.gather(value, places, axis=axis, batch_dims=1)
                for key, value in parts.items()
            }
        return parts


def equip(layer: Any, backend: Any, seeds: Any) -> None:
    """Let a layer and those inside it compute with a backend, and draw from seeds."""
    for part in (layer, *all_layers(layer, include_self=False)):
        part.backend = backend
        if hasattr(part, "generator"):
            part.generator = seeds
