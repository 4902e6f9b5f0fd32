"""The analysis at numbers in place of the sizes that inputs leave open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from modelspec.analysis.facts import Analysis, TensorStructure, tensors_of
from modelspec.analysis.shapes import analyze
from modelspec.diagnostics import Findings
from modelspec.layers.rule import Policy, Tensor

MAX_CALLS = 60_000
"""So many calls of layers are tried for a model; about two seconds."""


class TooMuchWorkError(Exception):
    """The model is too large for as many trials."""


class OpenAxis(NamedTuple):
    """An axis of an input whose size the spec leaves open; the batch is axis 0."""

    input: str
    axis: int


class Place(NamedTuple):
    """An axis of a tensor.

    Attributes:
        source: the name of an input or a call.
        path: the keys that lead to the tensor among the results; empty for a single one.
        axis: counted from the batch, which is 0.
    """

    source: str
    path: tuple[str | int, ...]
    axis: int


class Trial(NamedTuple):
    """What the analysis says at some sizes.

    Attributes:
        failed: the name of the first call that does not take them, or gives nothing; None if all
            is well.
        message: what it says.
        sizes: of the axes that the spec leaves open, as far as known.
    """

    failed: str | None
    message: str
    sizes: Mapping[Place, int]


class Trials:
    """The analysis of a model with open sizes, asked at sizes; each is asked once.

    Attributes:
        axes: the open axes, in the order of the inputs.
        calls: how many calls of layers the trials made: the work.
    """

    def __init__(self, analysis: Analysis, policy: Policy | None) -> None:
        self.axes = tuple(open_axes(analysis))
        self.calls = 0
        self._analysis = analysis
        self._policy = policy
        self._places = {
            place for name, value in analysis.tensors.items() for place in open_places(name, value)
        }
        self._weight = _count_calls(analysis)
        self._made: dict[tuple[int, ...], Trial] = {}

    @property
    def legal(self) -> list[Trial]:
        """Those so far in which all is well."""
        return [trial for trial in self._made.values() if trial.failed is None]

    def at(self, sizes: tuple[int, ...]) -> Trial:
        """The analysis with these sizes of the open axes.

        Raises:
            TooMuchWorkError: the trials so far were as much work as is allowed.
        """
        found = self._made.get(sizes)
        if found is None:
            found = self._made[sizes] = self._try(sizes)
        return found

    def _try(self, sizes: tuple[int, ...]) -> Trial:
        if self.calls > MAX_CALLS:
            raise TooMuchWorkError
        self.calls += self._weight
        given = dict(self._analysis.inputs)
        for (name, axis), size in zip(self.axes, sizes, strict=True):
            tensor = given[name]
            shape = (*tensor.shape[:axis], size, *tensor.shape[axis + 1 :])
            given[name] = replace(tensor, shape=shape)
        findings = Findings()
        seen = analyze(self._analysis.graph, findings, self._policy, given, self._analysis)
        found = ((place, _size_at(place, seen.tensors)) for place in self._places)
        known = {place: size for place, size in found if size is not None}
        failed = _failing(self._analysis, seen)
        errors = [each for each in findings.sorted() if each.severity == "error"]
        message = errors[0].message if errors else ""
        if failed is None and (findings.has_errors or has_empty(seen)):
            failed = ""
        return Trial(failed, message, known)


def open_axes(analysis: Analysis) -> Iterator[OpenAxis]:
    """The axes that the inputs of a model leave open, the batch apart."""
    for name, tensor in analysis.inputs.items():
        if isinstance(tensor, Tensor):
            for axis, size in enumerate(tensor.shape):
                if axis and size is None:
                    yield OpenAxis(name, axis)


def open_places(
    name: str, value: TensorStructure, path: tuple[str | int, ...] = ()
) -> Iterator[Place]:
    """The axes of unknown size among the results of an input or call, the batch apart."""
    if isinstance(value, Tensor):
        for axis, size in enumerate(value.shape):
            if axis and size is None:
                yield Place(name, path, axis)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from open_places(name, item, (*path, key))
    elif value is not None:
        for index, item in enumerate(value):
            yield from open_places(name, item, (*path, index))


def _size_at(place: Place, tensors: Mapping[str, TensorStructure]) -> int | None:
    value = tensors.get(place.source)
    for key in place.path:
        if value is None:
            return None
        value = value[key]
    return value.shape[place.axis] if isinstance(value, Tensor) else None


def _failing(open_sizes: Analysis, seen: Analysis) -> str | None:
    """The first call that gives something at open sizes and nothing at these."""
    return next(
        (
            call.name
            for call in seen.graph.calls
            if seen.tensors[call.name] is None and open_sizes.tensors[call.name] is not None
        ),
        None,
    )


def has_empty(analysis: Analysis) -> bool:
    """Whether a tensor has no elements: what computes on it gives no numbers."""
    return any(0 in tensor.shape for tensor in _all_tensors(analysis))


def _all_tensors(analysis: Analysis) -> Iterator[Tensor]:
    for value in analysis.tensors.values():
        yield from (tensor for tensor in tensors_of(value) if tensor is not None)
    for facts in analysis.layers.values():
        for call in facts.calls:
            if call.nested is not None:
                yield from _all_tensors(call.nested)


def _count_calls(analysis: Analysis) -> int:
    """The calls of layers in a model, those in nested models included."""
    return sum(
        1 if call.nested is None else 1 + _count_calls(call.nested)
        for facts in analysis.layers.values()
        for call in facts.calls
    )
