"""What the rule of a layer takes and returns.

A rule is a function from a LayerCall (complete arguments and tensors) to a RuleResult. It knows
nothing of files, findings or graphs: it returns a result, or raises a Mismatch that names the
argument at fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace
from typing import Any, NamedTuple

from modelspec.value_classes import value_class

Shape = tuple[int | None, ...]
"""Batch axis first. None is a size that is unknown until data arrives."""


@value_class
class Tensor:
    """The shape and dtype of what flows along one edge of a graph.

    Attributes:
        shape: the batch axis first.
        dtype: Keras's name of it.
        mask: the shape of the mask that Keras keeps with the tensor; None where it has none.
        built: the shape that Keras states while it builds the model, where a run gives another;
            what follows has its weights made for this one.
        sparse: whether it is a sparse tensor of TensorFlow in a run.
        trial: the shape in a run on TRIAL_BATCH examples, where an axis other than the first
            depends on the size of the batch, or the first is not the batch (see `batch.py`).
        padded_channels: whether a padding of the last of its 4 axes made it.
    """

    shape: Shape
    dtype: str = "float32"
    mask: Shape | None = field(default=None, compare=False)
    built: Shape | None = field(default=None, compare=False)
    sparse: bool = field(default=False, compare=False)
    trial: Shape | None = field(default=None, compare=False)
    padded_channels: bool = field(default=False, compare=False)

    @property
    def rank(self) -> int:
        """The number of axes, batch axis included."""
        return len(self.shape)

    def built_as(self, shape: Shape) -> Tensor:
        """The tensor, of which Keras states this shape while it builds the model."""
        return replace(self, built=None if shape == self.shape else shape)


Structure = Any
"""A Tensor, or nested tuples and dicts of them."""


def flat_tensors(value: Structure) -> Iterator[Tensor]:
    """All tensors of a structure, in order."""
    if isinstance(value, Tensor):
        yield value
    else:
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from flat_tensors(item)


@value_class
class Weight:
    """A variable of a layer. Its shape is known: Keras cannot make a variable of unknown size.

    Attributes:
        name: within its layer.
        shape: without unknown sizes.
        dtype: Keras's name of it.
        trainable: whether training changes it.
        folds_axes: whether its layer folds the axes of its input into rows: a graph then does not
            know the first size of its gradient.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str = "float32"
    trainable: bool = True
    folds_axes: bool = field(default=False, compare=False)


class GradientLimit(NamedTuple):
    """Why no gradient passes a call.

    Attributes:
        why: as a sentence about the layer: "has no gradient with `interpolation: area`".
        hint: the way out.
        fails: whether the backward pass fails; otherwise the gradient is cut there.
    """

    why: str
    hint: str
    fails: bool = True


@value_class
class RuleResult:
    """What is known of one call of a layer without running it.

    Attributes:
        output: a Tensor, or a tuple or dict of them, as the call returns them.
        weights: the layer's variables, in the order of Keras's `layer.weights`. Seed states and
            other variables without parameters are left out unless Keras counts them.
        flops: floating point operations of the forward pass for one example; a multiply-add
            counts as 2. None where a size is unknown.
        device_limit: which devices cannot run it, as a sentence about the layer; empty where all
            can. It becomes a warning, with `device_hint` as the way out.
        device_hint: see there.
        gradient_limit: why no gradient passes the call, if so.
        least_batch: the least number of examples that it works for.
        constants: arrays that Keras makes where it builds the layer, of the shapes that it then
            sees; they are not counted, and must fit each call as weights do.
    """

    output: Structure
    weights: tuple[Weight, ...] = ()
    flops: int | None = 0
    device_limit: str = ""
    device_hint: str = ""
    gradient_limit: GradientLimit | None = None
    least_batch: int = 1
    constants: tuple[Weight, ...] = ()


class Mismatch(Exception):  # noqa: N818 - not an error of the program
    """The layer cannot take its arguments, or the tensors that it is called on.

    Args:
        message: what it needs and what it got: "needs 3 axes (batch, steps, features), got
            (None, 8)". The caller puts the layer's name before it.
        arg: the argument at fault, or None for the tensors.
        hint: how to fix it.
    """

    def __init__(self, message: str, arg: str | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.arg = arg
        self.hint = hint


class UnknownSize(Mismatch):
    """The layer needs a size that is unknown; the hint is for one that an input leaves open."""


@value_class
class Policy:
    """A dtype policy.

    Attributes:
        compute: the dtype that a layer computes in.
        variable: the dtype of its variables.
        mode: how its kernel is quantized, as Keras writes it: "int8", "int4/128"; "" where not.
        history: for float8, how many past maxima it keeps; Keras's default.
    """

    compute: str = "float32"
    variable: str = "float32"
    mode: str = ""
    history: int = 1024


@value_class
class LayerCall:
    """One call of a layer, as its rule takes it.

    Attributes:
        args: the layer's arguments, all of them: what the spec leaves out has Keras's default.
            Keras objects among them are `modelspec.spec.model.KerasObject`s.
        inputs: the call's positional arguments; for most layers one Tensor, for merging layers
            one tuple of them. Floating tensors have the compute dtype already, as Keras casts
            them.
        named: tensors by the name of the call's parameter (`mask`, `initial_state`, ...).
        options: other arguments of the call (`training`, `return_attention_scores`, ...).
        policy: the layer's dtype policy.
        apply: for wrappers: the result of another layer, called with its KerasObject and with
            positional inputs.
        training: whether the model trains; in a model it overrides what `options` say.
    """

    args: Mapping[str, Any]
    inputs: tuple[Structure, ...]
    named: Mapping[str, Structure] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    policy: Policy = Policy()
    apply: Callable[..., RuleResult] | None = None
    training: bool = True

    @property
    def x(self) -> Tensor:
        """The tensor of a layer that takes one.

        Raises:
            Mismatch: it is called on several.
        """
        value = self.inputs[0] if self.inputs else next(iter(self.named.values()), None)
        if isinstance(value, Tensor):
            return value
        if isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], Tensor):
            return value[0]
        count = len(value) if isinstance(value, (tuple, dict)) else 0
        raise Mismatch(f"takes one tensor, got {count or 'none'}")


Rule = Callable[[LayerCall], RuleResult]
