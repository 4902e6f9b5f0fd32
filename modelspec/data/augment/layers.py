"""A Keras layer that changes images at random, applied to a batch, each image by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from modelspec.analysis.augmentation import MASK
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
        self, images: Any, followers: Mapping[Any, Any], kinds: Mapping[Any, str], draws: Draws
    ) -> tuple[Any, dict[Any, Any]]:
        """The images, and what follows them, changed.

        Most layers draw a number for each image of a batch, and the batch is one call. A layer
        that draws one for the whole batch is called on each image.

        Args:
            images: float32 [b, height, width, channels].
            followers: arrays [b, height, width, channels], float32.
            kinds: for each of these MASK or VALUES.
            draws: of the images.
        """
        followers = followers if self.moves else {}
        before = draws.stream
        try:
            return self._on_batch(images, followers, kinds, draws)
        except SharedDrawError:
            draws.stream = before
            return self._on_each(images, followers, kinds, draws)

    def _on_batch(
        self, images: Any, followers: Mapping[Any, Any], kinds: Mapping[Any, str], draws: Draws
    ) -> tuple[Any, dict[Any, Any]]:
        _equip(self.layer, LayerBackend(draws), example_seeds())
        return self._transform(images, followers, kinds, lambda: None)

    def _on_each(
        self, images: Any, followers: Mapping[Any, Any], kinds: Mapping[Any, str], draws: Draws
    ) -> tuple[Any, dict[Any, Any]]:
        import tensorflow as tf

        names = list(followers)

        def one(parts: Any) -> Any:
            image, seed, *rest = parts
            seeds = example_seeds(seed)
            _equip(self.layer, LayerBackend(), seeds)
            given = {name: value[tf.newaxis] for name, value in zip(names, rest, strict=True)}
            drawn = None

            def again() -> None:
                """What follows is drawn as the images were."""
                nonlocal drawn
                drawn = seeds.drawn if drawn is None else drawn
                seeds.drawn = drawn

            found, moved = self._transform(image[tf.newaxis], given, kinds, again)
            return (found[0], *(moved[name][0] for name in names))

        parts = (images, draws.seeds(), *followers.values())
        signature = tuple(
            tf.TensorSpec(value.shape[1:], tf.float32) for value in (images, *followers.values())
        )
        found, *moved = tf.map_fn(one, parts, fn_output_signature=signature)
        return found, dict(zip(names, moved, strict=True))

    def _transform(
        self,
        images: Any,
        followers: Mapping[Any, Any],
        kinds: Mapping[Any, str],
        again: Callable[[], None],
    ) -> tuple[Any, dict[Any, Any]]:
        """Call the layer's functions, `again` before each that may draw."""
        import tensorflow as tf

        layer, moved = self.layer, {}
        transformation = layer.get_random_transformation(images, training=True)
        for name, value in followers.items():
            again()
            transform = layer.transform_images
            if kinds[name] == MASK:
                transform = layer.transform_segmentation_masks
            moved[name] = tf.ensure_shape(transform(value, transformation), value.shape)
        again()
        found = layer.transform_images(images, transformation)
        return tf.ensure_shape(tf.cast(found, tf.float32), images.shape), moved


def _equip(layer: Any, backend: Any, seeds: Any) -> None:
    """Let a layer and those inside it compute with a backend, and draw from seeds."""
    for part in (layer, *all_layers(layer, include_self=False)):
        part.backend = backend
        if hasattr(part, "generator"):
            part.generator = seeds
