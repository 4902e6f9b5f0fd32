"""The changes of training examples in order: layers on images, what follows them, and mixing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from modelspec.analysis.augmentation import MASK

from .draws import STREAMS, Draws
from .layers import ImageStep
from .mixing import Mixing

INPUT_STREAMS = 2**14
"""More than the draws of all layers of one input."""


class Example(NamedTuple):
    """A batch of examples by name: inputs, targets and weights of the outputs."""

    inputs: dict[str, Any]
    targets: dict[str, Any]
    weights: dict[str, Any]


class Places(NamedTuple):
    """Consecutive places of an epoch: scalars int64."""

    epoch: Any
    first: Any
    count: Any


@dataclass(frozen=True, slots=True)
class ChangedInput:
    """What happens to one input.

    Attributes:
        input: its name.
        steps: in order.
        follow: output name to MASK or VALUES, for targets that have a value for each pixel.
    """

    input: str
    steps: tuple[ImageStep | Mixing, ...]
    follow: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Augmentation:
    """What happens to the examples of a batch: a function of seed, epoch and place.

    Attributes:
        seed: of the training.
        changed: of the inputs that are changed.
    """

    seed: int
    changed: tuple[ChangedInput, ...]

    def apply(self, own: Example, partners: Callable[[], Example], places: Places) -> Example:
        """The examples of a batch, changed.

        Args:
            own: the batch.
            partners: as many other examples, to be mixed with; asked once where there is mixing.
            places: those of the batch.
        """
        for number, changed in enumerate(self.changed):
            own = self._on_input(number, changed, own, partners, places)
        return own

    def _on_input(
        self,
        number: int,
        changed: ChangedInput,
        own: Example,
        partners: Callable[[], Example],
        places: Places,
    ) -> Example:
        dtype = own.inputs[changed.input].dtype
        draws = Draws(self.seed, *places, number * INPUT_STREAMS)
        own = _with_floats(own, changed.input)
        done: list[ImageStep] = []
        for step in changed.steps:
            if isinstance(step, ImageStep):
                done.append(step)
                own = _moved(own, changed, step, draws)
                continue
            other = _with_floats(partners(), changed.input)
            theirs = Draws(self.seed, *places, STREAMS // 2 + number * INPUT_STREAMS)
            for before in done:
                other = _moved(other, changed, before, theirs)
            own = _mixed(own, other, changed, step, draws)
        inputs = {**own.inputs, changed.input: _cast(own.inputs[changed.input], dtype)}
        return own._replace(inputs=inputs)


def _with_floats(example: Example, name: str) -> Example:
    import tensorflow as tf

    return example._replace(
        inputs={**example.inputs, name: tf.cast(example.inputs[name], tf.float32)}
    )


def _moved(example: Example, changed: ChangedInput, step: ImageStep, draws: Draws) -> Example:
    """The examples after one layer; targets and weights of the same places with them."""
    import tensorflow as tf

    images = _with_channels(example.inputs[changed.input])
    values = {("target", name): example.targets[name] for name in changed.follow}
    values |= {
        ("weight", name): value
        for name, value in example.weights.items()
        if name in changed.follow and value.shape.rank > 2
    }
    given = {key: tf.cast(_with_channels(value), tf.float32) for key, value in values.items()}
    kinds = {key: MASK if key[0] == "weight" else changed.follow[key[1]] for key in values}
    found, moved = step.apply(images, given, kinds, draws)
    back = {
        key: _cast(value if values[key].shape.rank == 4 else value[..., 0], values[key].dtype)
        for key, value in moved.items()
    }
    inputs = {**example.inputs, changed.input: _like(found, example.inputs[changed.input])}
    targets = {name: back.get(("target", name), value) for name, value in example.targets.items()}
    weights = {name: back.get(("weight", name), value) for name, value in example.weights.items()}
    return Example(inputs, targets, weights)


def _mixed(
    own: Example, other: Example, changed: ChangedInput, mixing: Mixing, draws: Draws
) -> Example:
    """The examples with a share of their partners."""
    import tensorflow as tf

    def pair(mine: Any, theirs: Any) -> tuple[Any, Any]:
        return tf.cast(mine, tf.float32), tf.cast(theirs, tf.float32)

    values, places, ranks = {}, {}, {}
    for kind in ("targets", "weights"):
        mine, theirs = getattr(own, kind), getattr(other, kind)
        for name, value in mine.items():
            key = kind, name
            places[key] = name in changed.follow and value.shape.rank > 2
            ranks[key] = value.shape.rank
            values[key] = pair(value, theirs[name])
            if places[key]:
                values[key] = tuple(_with_channels(one) for one in values[key])
    mine, theirs = own.inputs[changed.input], other.inputs[changed.input]
    images = _with_channels(mine), _with_channels(theirs)
    found, mixed = mixing.apply(images, values, places, draws)
    back: dict[str, dict[str, Any]] = {"targets": {}, "weights": {}}
    for (kind, name), value in mixed.items():
        whole = value[..., 0] if places[kind, name] and ranks[kind, name] == 3 else value
        back[kind][name] = _cast(whole, getattr(own, kind)[name].dtype)
    return Example({**own.inputs, changed.input: _like(found, mine)}, **back)


def _with_channels(value: Any) -> Any:
    """Images [b, height, width] with an axis of one channel."""
    return value[..., None] if value.shape.rank == 3 else value


def _like(images: Any, given: Any) -> Any:
    """Without the axis that `_with_channels` gave them."""
    return images[..., 0] if given.shape.rank == 3 else images


def _cast(value: Any, dtype: Any) -> Any:
    """To whole numbers by rounding: interpolation and mixing leave fractions."""
    import tensorflow as tf

    if dtype.is_integer and value.dtype.is_floating:
        value = tf.clip_by_value(tf.round(value), dtype.min, dtype.max)
    return tf.cast(value, dtype)
