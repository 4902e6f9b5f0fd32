"""Patterns of layer names, with exceptions: which layers are frozen, and how fast each one learns.

A pattern is compared with the name of a layer, and with its path through the models around it
(`backbone/block1/conv`). What is inside a layer that matches is meant too. Of several patterns that
match, the last one counts, as in a .gitignore.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import NamedTuple

from modelspec.diagnostics import Span, did_you_mean, join_words
from modelspec.value_classes import value_class

LayerPath = tuple[str, ...]
"""The names of the models around a layer, from the outermost, then that of the layer."""

EXCEPTION = "!"


def matches(pattern: str, path: LayerPath) -> bool:
    """Whether a pattern without `!` means this layer itself."""
    return fnmatchcase(path[-1], pattern) or fnmatchcase("/".join(path), pattern)


class Unmatched(NamedTuple):
    """A pattern that does nothing: where it is, and what is said of it."""

    span: Span
    message: str
    hint: str = "`modelspec summarize --expand` lists the names"


@value_class
class FreezePatterns:
    """The patterns under `freeze`, each with its location; with `!` before it an exception."""

    patterns: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.patterns)

    def freezes(self, path: LayerPath, *, inside: bool = False) -> bool:
        """Whether a layer is frozen.

        Args:
            path: of the layer.
            inside: whether the model or layer around it is.
        """
        frozen = inside
        for pattern in self.patterns:
            if matches(pattern.removeprefix(EXCEPTION), path):
                frozen = not pattern.startswith(EXCEPTION)
        return frozen

    def unmatched(
        self, paths: Iterable[LayerPath], left_out: frozenset[str] = frozenset()
    ) -> Iterator[Unmatched]:
        """Each pattern that means no layer, or that is an exception from nothing.

        Args:
            paths: of all layers, those of nested models after the model.
            left_out: the names of layers that are not there because of their `when`.
        """
        known = list(paths)
        for number, (pattern, span) in enumerate(zip(self.patterns, self.spans, strict=True)):
            name = pattern.removeprefix(EXCEPTION)
            met = [path for path in known if matches(name, path)]
            if not met:
                yield _unmatched(name, span, known, left_out)
            elif pattern.startswith(EXCEPTION):
                before = FreezePatterns(self.patterns[:number], self.spans[:number])
                frozen = before.frozen_paths(known)
                if frozen.isdisjoint(met):
                    message = f'"{pattern}" is an exception from nothing: no pattern before it'
                    message = f'{message} freezes a layer called "{name}"'
                    hint = f'an exception stands behind what it excepts, such as ["*", "{pattern}"]'
                    yield Unmatched(span, message, hint)

    def frozen_paths(self, paths: Iterable[LayerPath]) -> set[LayerPath]:
        """The paths of the frozen layers.

        Args:
            paths: as `unmatched` takes them.
        """
        found = set[LayerPath]()
        for path in paths:
            if self.freezes(path, inside=path[:-1] in found):
                found.add(path)
        return found


@value_class
class RateFactors:
    """The patterns under `learning_rates`, each with the factor of its layers' learning rate."""

    factors: Mapping[str, float]
    spans: Mapping[str, Span]
    span: Span

    def factor(self, path: LayerPath, around: float = 1.0) -> float:
        """The factor of a layer; `around` is that of the model or layer around it."""
        for pattern, factor in self.factors.items():
            if matches(pattern, path):
                around = factor
        return around

    def unmatched(
        self, paths: Iterable[LayerPath], left_out: frozenset[str] = frozenset()
    ) -> Iterator[Unmatched]:
        """Each pattern that means no layer; see `FreezePatterns.unmatched`."""
        known = list(paths)
        for pattern, span in self.spans.items():
            if not any(matches(pattern, path) for path in known):
                yield _unmatched(pattern, span, known, left_out)


@value_class
class DecayExclusions:
    """The patterns under `exclude_from_weight_decay`, each with its location.

    A pattern is compared with the path of a weight, `backbone/conv/bias`, and with the name and the
    path of its layer.
    """

    patterns: tuple[str, ...]
    spans: tuple[Span, ...]

    def excludes(self, layer: LayerPath, weight: str) -> bool:
        """Whether a weight of a layer is not decayed."""
        return any(_means_weight(pattern, layer, weight) for pattern in self.patterns)

    def unmatched(
        self, weights: Iterable[tuple[LayerPath, str]], left_out: frozenset[str] = frozenset()
    ) -> Iterator[Unmatched]:
        """Each pattern that means no weight; `weights` has the layer and the name of each."""
        known = list(weights)
        for pattern, span in zip(self.patterns, self.spans, strict=True):
            if any(_means_weight(pattern, *weight) for weight in known):
                continue
            gone = left_out.intersection(pattern.split("/"))
            if gone:
                yield _left_out(gone, span)
            else:
                message = f'no weight is called "{pattern}"'
                shown = ["/".join((*layer, weight)) for layer, weight in known]
                hint = f"there is {join_words(shown, most=4)}" if shown else ""
                yield Unmatched(span, message, hint)


def _means_weight(pattern: str, layer: LayerPath, weight: str) -> bool:
    parts = [layer[: n + 1] for n in range(len(layer))]
    return fnmatchcase("/".join((*layer, weight)), pattern) or any(
        matches(pattern, part) for part in parts
    )


def _unmatched(
    pattern: str, span: Span, paths: Collection[LayerPath], left_out: frozenset[str]
) -> Unmatched:
    gone = left_out.intersection(pattern.split("/"))
    if gone:
        return _left_out(gone, span)
    return Unmatched(span, unmatched_message(pattern, paths))


def _left_out(names: Collection[str], span: Span) -> Unmatched:
    message = f'the layer "{min(names)}" is left out: its `when` is false'
    return Unmatched(span, message, "name a layer that is there")


def unmatched_message(pattern: str, paths: Collection[LayerPath]) -> str:
    """What is said of a pattern that means no layer."""
    names = {path[-1] for path in paths}
    if "/" in pattern:
        names |= {"/".join(path) for path in paths}
    return f'no layer is called "{pattern}"{did_you_mean(pattern, sorted(names))}'
