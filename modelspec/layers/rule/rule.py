"""What the rule of a layer is given, and what it must answer.

A rule is a function from complete arguments and tensors to facts. It knows nothing of files,
findings or graphs: it answers, or it raises a Mismatch that names the argument to blame.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Shape = tuple[int | None, ...]
"""Batch axis first. None is a size that is not known until data arrives."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """What flows along one edge of a graph."""

    shape: Shape
    dtype: str = "float32"

    @property
    def rank(self) -> int:
        """How many axes there are, the batch axis counted."""
        return len(self.shape)


Structure = Any
"""A Tensor, or tuples and dicts of them."""


@dataclass(frozen=True, slots=True)
class Weight:
    """A variable of a layer. Its size is known: Keras cannot make one of unknown size."""

    name: str
    shape: tuple[int, ...]
    dtype: str = "float32"
    trainable: bool = True


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of one call of a layer without running it.

    Attributes:
        output: a Tensor, or a tuple or dict of them, as the call returns them.
        weights: the layer's variables, in the order of Keras's `layer.weights`. Seed states and
            other variables that hold no parameter are not among them unless Keras counts them.
        flops: floating point operations of the call for one example, forward; a multiply-add is
            2. None where a size is not known.
    """

    output: Structure
    weights: tuple[Weight, ...] = ()
    flops: int | None = 0


class Mismatch(Exception):  # noqa: N818 - it is no error of the program
    """The layer cannot take what it is given.

    Args:
        message: what it needs and what it got: "needs 3 axes (batch, steps, features), got
            (None, 8)". The caller puts the layer's name before it.
        arg: the argument to blame, or None for the tensors.
        hint: how to mend it.
    """

    def __init__(self, message: str, arg: str | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.arg = arg
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Policy:
    """A dtype policy: what a layer computes in, and what its variables are kept in."""

    compute: str = "float32"
    variable: str = "float32"


@dataclass(frozen=True, slots=True)
class Given:
    """What a rule is given.

    Attributes:
        args: the layer's arguments, all of them: what the spec leaves out has Keras's default.
            Keras objects in them are `modelspec.spec.KerasObject`s.
        inputs: the call's positional arguments; for most layers one Tensor, for merging layers
            one tuple of them. Floating tensors have the compute dtype already, as Keras casts
            them.
        named: tensors by the name of the call's parameter (`mask`, `initial_state`, ...).
        call: plain arguments of the call (`training`, `return_attention_scores`, ...).
        policy: the layer's dtype policy.
        apply: the facts of another layer on the given tensors, for wrappers: called with a
            KerasObject and positional inputs.
    """

    args: Mapping[str, Any]
    inputs: tuple[Structure, ...]
    named: Mapping[str, Structure] = field(default_factory=dict)
    call: Mapping[str, Any] = field(default_factory=dict)
    policy: Policy = Policy()
    apply: Callable[..., Facts] | None = None

    @property
    def x(self) -> Tensor:
        """The one tensor of a layer that takes one.

        Raises:
            Mismatch: it was given several.
        """
        value = self.inputs[0] if self.inputs else next(iter(self.named.values()), None)
        if isinstance(value, Tensor):
            return value
        if isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], Tensor):
            return value[0]
        count = len(value) if isinstance(value, (tuple, dict)) else 0
        raise Mismatch(f"takes one tensor, got {count or 'none'}")


Rule = Callable[[Given], Facts]
