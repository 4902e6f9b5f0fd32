"""The changes of training examples in order: layers on images, what follows them, and mixing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from modelspec.analysis.augmentation import IMAGE, MASK

from .affine import AffineSteps
from .draws import STREAMS, Draws
from .layers import Cropping, ImageStep
from .mixing import Mixing

INPUT_STREAMS = 2**14
"""More than the draws of all layers of one input."""


Step = ImageStep | AffineSteps | Cropping
"""A change of single examples."""


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
class ChangedInputs:
    """What happens to inputs that are changed alike.

    Attributes:
        inputs: their names, at least one.
        steps: in order.
        follow: output name to MASK or VALUES, for targets that have a value for each pixel.
    """

    inputs: tuple[str, ...]
    steps: tuple[Step | Mixing, ...]
    follow: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Augmentation:
    """What happens to the examples of a batch: a function of seed, epoch and place.

    Attributes:
        seed: of the training.
        changed: of the inputs that are changed.
    """

    seed: int
    changed: tuple[ChangedInputs, ...]

    def apply(self, own: Example, partners: Callable[[], Example], places: Places) -> Example:
        """The examples of a batch, changed.

        Args:
            own: the batch.
            partners: as many other examples, to be mixed with; asked once where there is mixing.
            places: those of the batch.
        """
        for number, changed in enumerate(self.changed):
            own = self._on_inputs(number, changed, own, partners, places)
        return own

    def _on_inputs(
        self,
        number: int,
        changed: ChangedInputs,
        own: Example,
        partners: Callable[[], Example],
        places: Places,
    ) -> Example:
        dtypes = {name: own.inputs[name].dtype for name in changed.inputs}
        draws = Draws(self.seed, *places, number * INPUT_STREAMS)
        own = _with_floats(own, changed.inputs)
        done: list[Step] = []
        for step in changed.steps:
            if not isinstance(step, Mixing):
                done.append(step)
                own = _moved(own, changed, step, draws)
                continue
            other = _with_floats(partners(), changed.inputs)
            theirs = Draws(self.seed, *places, STREAMS // 2 + number * INPUT_STREAMS)
            for before in done:
                other = _moved(other, changed, before, theirs)
            own = _mixed(own, other, changed, step, draws)
        whole = {name: _cast(own.inputs[name], dtype) for name, dtype in dtypes.items()}
        return own._replace(inputs={**own.inputs, **whole})


def _with_floats(example: Example, names: tuple[str, ...]) -> Example:
    import tensorflow as tf

    floats = {name: tf.cast(example.inputs[name], tf.float32) for name in names}
    return example._replace(inputs={**example.inputs, **floats})


Key = tuple[str, str]
"""A part of an example, "inputs", "targets" or "weights", and a name in it."""


def _with_places(example: Example, changed: ChangedInputs) -> dict[Key, Any]:
    """What has a value for each pixel: the images, and what follows them."""
    found = {("inputs", name): example.inputs[name] for name in changed.inputs}
    found |= {("targets", name): example.targets[name] for name in changed.follow}
    found |= {
        ("weights", name): value
        for name, value in example.weights.items()
        if name in changed.follow and value.shape[1:3] == example.targets[name].shape[1:3]
    }
    return found


def _with_parts(example: Example, parts: Mapping[Key, Any]) -> Example:
    """The example with other values in some places."""
    made = {kind: dict(getattr(example, kind)) for kind in Example._fields}
    for (kind, name), value in parts.items():
        made[kind][name] = value
    return Example(**made)


def _moved(example: Example, changed: ChangedInputs, step: Step, draws: Draws) -> Example:
    """The examples after one layer; targets and weights of the same places with them."""
    import tensorflow as tf

    values = _with_places(example, changed)
    given = {key: tf.cast(_with_channels(value), tf.float32) for key, value in values.items()}
    kinds = {"inputs": dict.fromkeys(changed.inputs, IMAGE), "targets": changed.follow}
    kinds["weights"] = dict.fromkeys(changed.follow, MASK)
    moved = step.apply(given, {key: kinds[key[0]][key[1]] for key in values}, draws)
    return _with_parts(
        example,
        {key: _cast(_like(value, values[key]), values[key].dtype) for key, value in moved.items()},
    )


def _mixed(
    own: Example, other: Example, changed: ChangedInputs, mixing: Mixing, draws: Draws
) -> Example:
    """The examples with a share of their partners."""
    import tensorflow as tf

    with_places = _with_places(own, changed)
    keys = [*with_places] + [
        (kind, name)
        for kind in ("targets", "weights")
        for name in getattr(own, kind)
        if (kind, name) not in with_places
    ]

    def floats(example: Example, key: Key) -> Any:
        value = tf.cast(getattr(example, key[0])[key[1]], tf.float32)
        return _with_channels(value) if key in with_places else value

    pairs = {key: (floats(own, key), floats(other, key)) for key in keys}
    mixed = mixing.apply(pairs, {key: key in with_places for key in keys}, draws)
    before = {key: getattr(own, key[0])[key[1]] for key in keys}
    return _with_parts(
        own,
        {key: _cast(_like(value, before[key]), before[key].dtype) for key, value in mixed.items()},
    )


def _with_channels(value: Any) -> Any:
    """Images [b, height, width] with an axis of one channel."""
    return value[..., None] if value.shape.rank == 3 else value


def _like(images: Any, given: Any) -> Any:
    """Without the axis that `_with_channels` gave them."""
    return images[..., 0] if images.shape.rank > given.shape.rank else images


def _cast(value: Any, dtype: Any) -> Any:
    """To whole numbers by rounding: interpolation and mixing leave fractions."""
    import tensorflow as tf

    if dtype.is_integer and value.dtype.is_floating:
        value = tf.clip_by_value(tf.round(value), dtype.min, dtype.max)
    return tf.cast(value, dtype)
