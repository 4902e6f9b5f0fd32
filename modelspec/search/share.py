"""How many points there are, and how many of some drawn ones can be trained."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from time import process_time

from modelspec.diagnostics import Findings, Related, join_words
from modelspec.spec.tune import Choice, Dimension, FloatRange, Scalar

from .groups import RefusalGroup, group_refusals
from .points import Point, Refusal, SearchSpec, judge
from .space import Space, Values

DRAWS = 200
"""Points that are drawn; a space of no more is looked at whole."""

SECONDS = 3.0
"""Of processor time, after which no more are drawn."""

TRIES = 8
"""Points that can be trained in which a value that was refused everywhere is tried once more."""

MOST_VALUES = 50
"""Values of a range of whole numbers that are looked at one by one."""


def check_share(search: SearchSpec, findings: Findings, seconds: float = SECONDS) -> None:
    """Say how large a space is and how much of it can be trained.

    Args:
        search: the spec.
        findings: takes a note; an error where no point can be trained; warnings for values that
            are refused wherever they stand, for dimensions of one value, and for more trials
            than there are points.
        seconds: of processor time for all of it.
    """
    sample = Sample(search, process_time() + seconds)
    sample.draw()
    _say_single(search.space, findings)
    if not sample.accepted:
        _say_none(sample, findings)
        return
    _say_share(sample, findings)
    _say_few(sample, findings)
    _say_refused(sample, findings)


def check_able(search: SearchSpec, findings: Findings, seconds: float = SECONDS) -> None:
    """Look for one point that can be trained, which is all that a study needs to know.

    Args:
        search: the spec.
        findings: takes an error where there is none.
        seconds: of processor time for all of it.
    """
    sample = Sample(search, process_time() + seconds)
    sample.draw(enough=1)
    if not sample.accepted:
        _say_none(sample, findings)


@dataclass
class Sample:
    """Points of a space, judged.

    Attributes:
        search: the spec.
        until: the processor time after which no more are judged.
        is_whole: whether it has all points of the space.
        accepted: those that can be trained.
        refused: the others, each with why.
    """

    search: SearchSpec
    until: float
    is_whole: bool = False
    accepted: list[Values] = field(default_factory=list)
    refused: list[tuple[Values, Refusal]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)

    def draw(self, enough: int = DRAWS) -> None:
        """Judge all points of a small space, or DRAWS random ones; fewer where time is over, or
        where enough of them can be trained."""
        size = self.search.space.size()
        whole = size is not None and size <= DRAWS
        points = self.search.space.grid() if whole else self._random()
        for values in points:
            if self.count and process_time() > self.until:
                return
            self.judge(values)
            if len(self.accepted) == enough < DRAWS:
                return
        self.is_whole = whole

    def _random(self) -> Iterator[Values]:
        chance = random.Random(self.search.tune.seed)
        for _ in range(DRAWS):
            yield self.search.space.draw(chance)

    def judge(self, values: Values) -> Point:
        """Judge a point and add it."""
        point = judge(self.search, self.search.space.overrides(values))
        if point.refusal is None:
            self.accepted.append(values)
            self.keys.add(point.key)
        else:
            self.refused.append((values, point.refusal))
        return point

    @property
    def count(self) -> int:
        """How many points were judged."""
        return len(self.accepted) + len(self.refused)

    def reasons(self, most: int = 4) -> tuple[Related, ...]:
        """The most frequent refusals, where they stand."""
        groups = group_refusals(refusal for _, refusal in self.refused)
        return tuple(
            Related(group.span, f"{group.count} of {self.count} are refused: {group.message}")
            for group in groups[:most]
        )


def _say_share(sample: Sample, findings: Findings) -> None:
    size = sample.search.space.size()
    points = "infinitely many points" if size is None else _points(size)
    good, count = len(sample.accepted), sample.count
    if sample.is_whole:
        message = f"the space has {points}, of which {good} can be trained"
        same = good - len(sample.keys)
        if same:
            message += f"; only {len(sample.keys)} of these are different specs"
    else:
        share = f"{100 * good / count:.0f} %"
        message = f"the space has {points}; {share} of {count} drawn ones can be trained"
    place = sample.search.tune.place("space")
    findings.note(place, "search-space", message, related=sample.reasons())


def _points(size: int) -> str:
    if size >= 10**9:
        return f"{size:.2g} points".replace("e+", "e")
    return f"{size:,} point{'' if size == 1 else 's'}"


def _say_none(sample: Sample, findings: Findings) -> None:
    if sample.is_whole:
        one = sample.count == 1
        message = f"none of the {sample.count} points of the space can be trained"
        message = "the only point of the space cannot be trained" if one else message
    else:
        message = f"none of {sample.count} drawn points of the space can be trained"
    groups = group_refusals(refusal for _, refusal in sample.refused)
    hint = "change the space, or what refuses its points"
    if groups[0].hint:
        hint = f"where most are refused: {groups[0].hint}"
    place = sample.search.tune.place("space")
    findings.error(place, "empty-space", message, hint=hint, related=sample.reasons())


def _say_single(space: Space, findings: Findings) -> None:
    for dimension in space.flat():
        only = _only_value(dimension)
        if only is None:
            continue
        message = f"`{dimension.name}` has a single value, {only}: there is nothing to search"
        hint = "add values, or remove it and write the value into the spec"
        findings.warning(dimension.key_span, "single-value", message, hint=hint)


def _only_value(dimension: Dimension) -> str | None:
    """The only value of a dimension; None where there are more, or others inside of it."""
    if not isinstance(dimension, Choice):
        return f"{dimension.low}" if dimension.size == 1 else None
    if len(dimension.items) > 1 or dimension.items[0].dimensions:
        return None
    return _shown(dimension.items[0].label)


def _say_few(sample: Sample, findings: Findings) -> None:
    tune, size = sample.search.tune, sample.search.space.size()
    if size is None:
        return
    able = len(sample.keys) if sample.is_whole else size
    if tune.trials <= able:
        return
    can = "that can be trained " if sample.is_whole and able < size else ""
    message = (
        f"{tune.trials} trials are asked for, and the space has {_points(able)} {can}".rstrip()
    )
    hint = f"the study ends when all are tried; write trials: {able}, or add values"
    findings.warning(tune.place("trials"), "few-points", message, hint=hint)


def _say_refused(sample: Sample, findings: Findings) -> None:
    """Warn of values with which no point can be trained."""
    for dimension in sample.search.space.flat():
        if isinstance(dimension, FloatRange):
            continue
        found = [
            (value, *result)
            for value in _discrete(dimension)
            if (result := _always_refused(sample, dimension, value)) is not None
        ]
        if found and len(found) < len(_discrete(dimension)):
            _say_values(dimension, found, findings)


def _discrete(dimension: Dimension) -> Sequence[Scalar]:
    if isinstance(dimension, Choice):
        return dimension.labels
    size = dimension.size
    if size is None or size > MOST_VALUES:
        return ()
    return [dimension.value(index) for index in range(size)]


def _always_refused(
    sample: Sample, dimension: Dimension, value: Scalar
) -> tuple[int, RefusalGroup] | None:
    """How many points with a value were tried, and what refused most; None where one can be
    trained, or none was tried."""
    name = dimension.name

    def has_value(values: Values) -> bool:
        return name in values and values[name] == value

    if any(map(has_value, sample.accepted)):
        return None
    refusals = [refusal for values, refusal in sample.refused if has_value(values)]
    again = [] if sample.is_whole else _try_again(sample, dimension, value)
    if again is None or not (refusals or again):
        return None
    # points that can be trained but for this value tell more than those with other reasons
    return len(refusals) + len(again), group_refusals(again or refusals)[0]


def _try_again(sample: Sample, dimension: Dimension, value: Scalar) -> list[Refusal] | None:
    """Put a value into points that can be trained; None where one of them still can."""
    space, chance = sample.search.space, random.Random(0)
    refusals = []
    fitting = [values for values in sample.accepted if dimension.name in values]
    for values in fitting[:TRIES]:
        if process_time() > sample.until:
            return None
        changed = space.changed(values, dimension.name, value, chance)
        refusal = judge(sample.search, space.overrides(changed)).refusal
        if refusal is None:
            return None
        refusals.append(refusal)
    return refusals


def _say_values(
    dimension: Dimension, found: Sequence[tuple[Scalar, int, RefusalGroup]], findings: Findings
) -> None:
    values = join_words((_shown(value) for value, _, _ in found), "or", most=6)
    tried = sum(count for _, count, _ in found)
    message = (
        f"no point with `{dimension.name}` {values} can be trained: {tried} were tried"
        if tried > 1
        else f"no point with `{dimension.name}` {values} can be trained"
    )
    group = found[0][2]
    related = (Related(group.span, f"refused here: {group.message}"),)
    place = dimension.span
    if isinstance(dimension, Choice) and len(found) == 1:
        place = dimension.item(found[0][0]).span
    hint = "remove it" if len(found) == 1 else "remove them"
    findings.warning(place, "refused-value", message, hint=hint, related=related)


def _shown(value: Scalar) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return str(value)
