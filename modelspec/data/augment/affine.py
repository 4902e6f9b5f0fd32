"""Layers that turn, move, stretch and shear images one after another, as one interpolation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modelspec.analysis.augmentation import MASK
from modelspec.framework import tensorflow_backend

from .draws import Draws, LayerBackend, example_seeds
from .layers import equip


@dataclass(frozen=True, slots=True)
class AffineSteps:
    """Layers that follow one another, each with one affine map for an image.

    Interpolation takes most of the time of such a layer, and blurs. So the maps are multiplied,
    and the images interpolated once.

    Attributes:
        layers: Keras's, in order, with equal `fill_mode`, `fill_value` and `interpolation`.
    """

    layers: tuple[Any, ...]

    def apply(
        self, values: Mapping[Any, Any], kinds: Mapping[Any, str], draws: Draws
    ) -> dict[Any, Any]:
        """What the layers make of images and of what follows them.

        Args:
            values: arrays [b, height, width, channels], float32, of one height and width.
            kinds: for each of these IMAGE, MASK or VALUES.
            draws: of the images.
        """
        import tensorflow as tf

        record, found = _MapRecord(), {}
        images = next(iter(values.values()))
        drawn = []
        for layer in self.layers:
            equip(layer, LayerBackend(draws, record), example_seeds())
            drawn.append(layer.get_random_transformation(images, training=True))
        for key, value in values.items():
            record.maps.clear()
            for layer, transformation in zip(self.layers, drawn, strict=True):
                if kinds[key] == MASK:
                    layer.transform_segmentation_masks(value, transformation)
                else:
                    layer.transform_images(value, transformation)
            made = record.real.affine_transform(value, _product(record.maps), **record.options)
            found[key] = tf.ensure_shape(tf.cast(made, tf.float32), value.shape)
        return found


class _MapRecord:
    """Keras's functions on images, which notes the affine maps and leaves the images alone."""

    def __init__(self) -> None:
        self.real = tensorflow_backend().image
        self.maps: list[Any] = []
        self.options: dict[str, Any] = {}

    def affine_transform(self, images: Any, transform: Any, **options: Any) -> Any:
        """The images as they are."""
        self.maps.append(transform)
        self.options = options
        return images

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


def _product(maps: list[Any]) -> Any:
    """The map that does what several do in order, as Keras has them: [b, 8]."""
    import tensorflow as tf

    # a map leads from the places of its result to those of what it is made of
    whole = _matrices(maps[0])
    for one in maps[1:]:
        whole = tf.linalg.matmul(whole, _matrices(one))
    return tf.reshape(whole, (-1, 9))[:, :8]


def _matrices(affine: Any) -> Any:
    """[b, 8] as [b, 3, 3]."""
    import tensorflow as tf

    affine = tf.cast(affine, tf.float32)
    return tf.reshape(tf.concat([affine, tf.ones_like(affine[:, :1])], axis=1), (-1, 3, 3))
