"""What is known of the sizes that a model's inputs leave open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations, product
from math import prod

from modelspec.analysis.facts import Analysis
from modelspec.layers.rule import Policy, Tensor
from modelspec.value_classes import value_class

from .expressions import fit
from .patterns import WINDOW, Pattern, find_pattern
from .trials import OpenAxis, Place, TooMuchWorkError, Trials

MAX_AXES = 6
"""With more open axes nothing is said."""

MAX_PARTS = 3
"""The size of a result is a product or sum of no more sizes."""


@value_class
class OpenSize:
    """One size that inputs leave open; axes that have to be equal share one.

    Attributes:
        name: such as `T`, or `H` and `W` of images.
        axes: the axes of this size.
        legal: the sizes at which the model runs.
    """

    name: str
    axes: tuple[OpenAxis, ...]
    legal: Pattern


@value_class
class SizeFacts:
    """The open sizes of a model, and what follows for its tensors.

    Attributes:
        open: the sizes that inputs leave open; empty where their legal numbers are not known.
        places: the size of a tensor's axis as an expression of these.
    """

    open: tuple[OpenSize, ...] = ()
    places: Mapping[Place, str] | None = None

    def expression(self, place: Place) -> str | None:
        """The size as an expression; None where none is known."""
        return None if self.places is None else self.places.get(place)

    def number_for(self, axis: OpenAxis, usual: int) -> int:
        """A legal size of an open axis: the usual one, or one near it."""
        found = (size for size in self.open if axis in size.axes)
        return next((size.legal.nearest(usual) for size in found), usual)


Row = tuple[tuple[int, int], ...]
"""Pairs of an open size and a size that follows from it."""


def find_sizes(analysis: Analysis, policy: Policy | None) -> SizeFacts:
    """The legal sizes of the open axes, and the sizes of results as expressions of them.

    Args:
        analysis: of a model without errors.
        policy: the dtype policy of the analysis.
    """
    trials = Trials(analysis, policy)
    if not 0 < len(trials.axes) <= MAX_AXES:
        return SizeFacts()
    try:
        return _Search(analysis, trials).run()
    except TooMuchWorkError:
        return SizeFacts()


class _Search:
    """The search for legal sizes: all axes equal first, then each with the others at a good size.

    Attributes:
        good: a size at which the model runs, of all axes.
        asked: the sizes that were tried of axes that change together.
    """

    def __init__(self, analysis: Analysis, trials: Trials) -> None:
        self.analysis = analysis
        self.trials = trials
        self.good: tuple[int, ...] = ()
        self.asked: dict[tuple[int, ...], set[int]] = {}

    def run(self) -> SizeFacts:
        count = len(self.trials.axes)
        every = tuple(range(count))
        together = find_pattern(partial(self.is_legal, every))
        if together is None:
            return SizeFacts()
        good, other = _two_sizes(together)
        self.good = (good,) * count
        groups = self.groups(other) if count > 1 else [every]
        window = _window_after(together)
        patterns = [find_pattern(partial(self.is_legal, group), window) for group in groups]
        known = [pattern for pattern in patterns if pattern is not None]
        if len(known) < len(groups) or not self.holds(groups, known):
            return SizeFacts()
        names = _names(self.analysis, [[self.trials.axes[i] for i in group] for group in groups])
        found = tuple(
            OpenSize(name, tuple(self.trials.axes[i] for i in group), pattern)
            for name, group, pattern in zip(names, groups, known, strict=True)
        )
        return SizeFacts(found, dict(self.expressions(groups, found)))

    def sizes(self, group: Sequence[int], size: int) -> tuple[int, ...]:
        """The sizes of all axes with that of a group set."""
        good = self.good or (size,) * len(self.trials.axes)
        return tuple(size if i in group else known for i, known in enumerate(good))

    def is_legal(self, group: Sequence[int], size: int) -> bool:
        self.asked.setdefault(tuple(group), set()).add(size)
        return self.trials.at(self.sizes(group, size)).failed is None

    def groups(self, other: int) -> list[tuple[int, ...]]:
        """The axes, those together that have to be equal."""
        axes = range(len(self.trials.axes))
        bound = [i for i in axes if not self.is_legal((i,), other)]
        free = [(i,) for i in axes if i not in bound]
        pairs = [pair for pair in combinations(bound, 2) if self.is_legal(pair, other)]
        if not pairs and bound:
            return sorted([*free, tuple(bound)])
        merged: list[tuple[int, ...]] = []
        for pair in pairs:
            apart = [group for group in merged if not set(group) & set(pair)]
            joined = set(pair).union(*(group for group in merged if group not in apart))
            merged = [*apart, tuple(sorted(joined))]
        left = tuple(i for i in bound if not any(i in group for group in merged))
        return sorted([*free, *merged, *([left] if left else [])])

    def holds(self, groups: list[tuple[int, ...]], patterns: list[Pattern]) -> bool:
        """Whether the patterns of single sizes say what happens at several that change."""
        if len(groups) == 1:
            return True
        for shift in range(12):
            chosen = [
                _sample(pattern, 5 * i + shift * (i + 1)) for i, pattern in enumerate(patterns)
            ]
            sizes = list(self.good)
            for group, size in zip(groups, chosen, strict=True):
                for i in group:
                    sizes[i] = size
            if self.trials.at(tuple(sizes)).failed is not None:
                return False
        return True

    def expressions(
        self, groups: list[tuple[int, ...]], found: Sequence[OpenSize]
    ) -> Iterator[tuple[Place, str]]:
        """Each place whose size one open size decides, or is a product or sum of such sizes."""
        series = [
            {
                size: self.trials.at(self.sizes(group, size)).sizes
                for size in sorted(self.asked[group])
                if (self.is_legal(group, size) and size in known.legal)
                or known.legal.single_sizes is not None  # too few to see how sizes follow
            }
            for group, known in zip(groups, found, strict=True)
        ]
        simple: list[dict[str, Place]] = [{} for _ in found]
        joint: dict[Place, list[int]] = {}
        fitted: dict[tuple[int, Row], str | None] = {}
        for place in self.trials.at(self.good).sizes:
            rows = [_row(sizes, place) for sizes in series]
            moving = [i for i, row in enumerate(rows) if len({value for _, value in row}) > 1]
            if len(moving) != 1:
                joint[place] = moving
                continue
            index = moving[0]
            key = (index, rows[index])
            if key not in fitted:
                fitted[key] = fit(dict(key[1]), found[index].name)
            text = fitted[key]
            if text is not None:
                simple[index].setdefault(text, place)
                yield place, text
        for place, moving in joint.items():
            text = self.combined(place, [simple[index] for index in moving])
            if text is not None:
                yield place, text

    def combined(self, place: Place, parts: Sequence[Mapping[str, Place]]) -> str | None:
        """A size as the product or the sum of sizes that others have."""
        if not 2 <= len(parts) <= MAX_PARTS:
            return None
        seen = [trial.sizes for trial in self.trials.legal if place in trial.sizes]
        for chosen in product(*(part.items() for part in parts)):
            rows = [[sizes[other] for _, other in chosen] for sizes in seen]
            texts = [text for text, _ in chosen]
            if all(prod(row) == sizes[place] for row, sizes in zip(rows, seen, strict=True)):
                return " * ".join(f"({text})" if " " in text else text for text in texts)
            if all(sum(row) == sizes[place] for row, sizes in zip(rows, seen, strict=True)):
                return " + ".join(texts)
        return None


def _row(series: Mapping[int, Mapping[Place, int]], place: Place) -> Row:
    """The size of a place for each of an open size."""
    return tuple((size, sizes[place]) for size, sizes in series.items() if place in sizes)


def _window_after(together: Pattern) -> int:
    """How many sizes of one axis show its pattern, where that of all axes is known."""
    if together.least > WINDOW:
        return WINDOW
    return min(WINDOW, max(32, together.least + max(16, 3 * together.period)))


def _two_sizes(pattern: Pattern) -> tuple[int, int]:
    """Two large legal sizes of a pattern, or one twice."""
    end = pattern.least + 64 if pattern.most is None else min(pattern.most, pattern.least + 64)
    found = [size for size in range(1, end + 1) if size in pattern]
    return found[-1], found[-2] if len(found) > 1 else found[-1]


def _sample(pattern: Pattern, index: int) -> int:
    """A legal size; others for other numbers."""
    end = pattern.least + 100 if pattern.most is None else min(pattern.most, pattern.least + 100)
    found = [size for size in range(1, end + 1) if size in pattern]
    return found[index % len(found)]


def _names(analysis: Analysis, groups: list[list[OpenAxis]]) -> list[str]:
    """A name for each size: T, or H and W; with a number where several have the same letter."""
    letters = [letter_of(analysis, group[0]) for group in groups]
    count = Counter(letters)
    seen: Counter[str] = Counter()
    names = []
    for letter in letters:
        seen[letter] += 1
        names.append(letter if count[letter] == 1 else f"{letter}{seen[letter]}")
    return names


def letter_of(analysis: Analysis, place: OpenAxis) -> str:
    """The usual letter of an axis: of steps, height, width, depth or channels."""
    tensor = analysis.inputs[place.input]
    assert isinstance(tensor, Tensor)
    spatial = {2: "T", 3: "T", 4: "HW", 5: "DHW"}.get(tensor.rank)
    if spatial is None:
        return "S"
    axes = [axis for axis in range(1, tensor.rank) if tensor.shape[axis] is None]
    first = tensor.shape[1] is not None and tensor.shape[-1] is None and tensor.rank > 2
    axis = place.axis - 2 if first else place.axis - 1
    return spatial[axis] if 0 <= axis < len(spatial) else "C" if axes else "S"
