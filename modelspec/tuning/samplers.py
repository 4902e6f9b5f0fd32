"""Which point is proposed next: a function of the seed, and of what the storage has.

Each proposal has a sampler of its own, seeded by its number, on a copy of the study in memory. So a
study that was killed proposes what it would have proposed, and writes it in one go.
"""

from __future__ import annotations

import hashlib
import random
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from typing import Any

from modelspec.diagnostics import CannotRunError, UsageError, join_words
from modelspec.search import Space, Values
from modelspec.spec.tune import GRID, Choice, Dimension, FloatRange, TuneSpec

from .record import Direction, Objective, ProposalState
from .storages import import_optuna
from .trials import StudyTrial

REPEATED = 50
"""After so many proposals in a row that were there before, points are drawn at random."""

LISTED = 100_000
"""A space with more points is not listed, to find those that are left."""

_CLASSES = {
    "tpe": "TPESampler",
    "gp": "GPSampler",
    "cmaes": "CmaEsSampler",
    "nsga2": "NSGAIISampler",
}

_PACKAGES = {"gp": ("torch", "scipy"), "cmaes": ("cmaes",)}
"""What Optuna imports for a sampler when it is used."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A point to try.

    Attributes:
        values: the active dimensions.
        distributions: the same names to Optuna's distributions.
        notes: what the sampler wants to find again in the trial.
    """

    values: Values
    distributions: Mapping[str, Any]
    notes: Mapping[str, Any]


class PointSampler:
    """Proposes points of a space.

    Args:
        tune: the section.
        space: its space.
        objectives: of the study.
    """

    def __init__(self, tune: TuneSpec, space: Space, objectives: Sequence[Objective]) -> None:
        self.tune = tune
        self.space = space
        self.objectives = tuple(objectives)
        size = space.size()
        self.size = size if size is not None and size <= LISTED else None
        self._known: dict[int, tuple[Any, Any]] = {}
        """What of each trial was to be seen, and the trial of Optuna's that was made of it."""
        self.is_conditional = len(list(space.flat())) > len(space.dimensions)

    def is_exhausted(self, trials: Sequence[StudyTrial]) -> bool:
        """Whether all points of a finite space were proposed."""
        return self.size is not None and len(_tried(trials)) >= self.size

    def propose(self, trials: Sequence[StudyTrial], bracket: int | None = None) -> Proposed:
        """The next point of a space that is not exhausted.

        Args:
            trials: all that were proposed so far, in order.
            bracket: of hyperband that it is for: values of others are those of other epochs.

        Raises:
            UsageError: Optuna refuses the sampler's arguments.
        """
        number = len(trials)
        chance = random.Random(f"{self.tune.seed}:{number}")
        if self.tune.sampler.name == GRID:
            return self._plain(self._next_of_grid(_tried(trials), chance))
        if _is_stuck(trials) and self.size is not None:
            tried = _tried(trials)
            left = [one for one in self._points if _frozen(one) not in tried]
            return self._plain(chance.choice(left))
        if _is_stuck(trials) or self.tune.sampler.name == "random":
            return self._plain(self.space.draw(chance))
        return self._asked(trials, number, bracket)

    @cached_property
    def _points(self) -> list[Values]:
        """All points of a space that can be listed; a grid takes them in this order."""
        points = list(self.space.grid())
        if self.tune.sampler.name == GRID:
            random.Random(self.tune.seed).shuffle(points)
        return points

    def _next_of_grid(self, tried: set[Any], chance: random.Random) -> Values:
        """A point that was not proposed: the next one, or any of more points than are listed."""
        if self.size is not None:
            return next(one for one in self._points if _frozen(one) not in tried)
        while _frozen(values := self.space.draw(chance)) in tried:
            pass
        return values

    def _plain(self, values: Values) -> Proposed:
        by_name = {one.name: one for one in self.space.flat()}
        return Proposed(values, {name: distribution_of(by_name[name]) for name in values}, {})

    def _asked(self, trials: Sequence[StudyTrial], number: int, bracket: int | None) -> Proposed:
        """What Optuna's sampler proposes."""
        optuna = import_optuna()
        digest = hashlib.sha256(f"{self.tune.seed}:{number}".encode()).digest()
        study = self._copy(trials, self._sampler(int.from_bytes(digest[:4], "big")), bracket)
        distributions = {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            trial = study.ask()

            def ask(dimension: Dimension) -> Any:
                distribution = distribution_of(dimension)
                distributions[dimension.name] = distribution
                return _on_grid(dimension, trial._suggest(dimension.name, distribution))

            values = self.space.suggest(ask)
        frozen = study.get_trials(deepcopy=False)[-1]
        assert frozen.state == optuna.trial.TrialState.RUNNING
        return Proposed(values, distributions, dict(frozen.system_attrs))

    def _sampler(self, seed: int) -> Any:
        """A sampler of Optuna's with a seed."""
        optuna = import_optuna()
        given = self.tune.sampler
        arguments = dict(given.arguments)
        if given.name == "tpe":
            # without `group` it draws what is not in each trial as if nothing else were known
            more = {"multivariate": True, "group": True} if self.is_conditional else {}
            arguments = {**more, **arguments}
        elif given.name in ("gp", "cmaes"):
            arguments = {"warn_independent_sampling": False, **arguments}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return getattr(optuna.samplers, _CLASSES[given.name])(seed=seed, **arguments)
            except (TypeError, ValueError) as error:
                message = f"Optuna refuses the arguments of the sampler {given.name}: {error}"
                raise UsageError(message) from error

    def _copy(self, trials: Sequence[StudyTrial], sampler: Any, bracket: int | None) -> Any:
        """The study in memory, as the sampler is to see it."""
        optuna = import_optuna()
        storage = optuna.storages.InMemoryStorage()
        study = optuna.create_study(
            storage=storage, directions=directions_of(self.objectives), sampler=sampler
        )
        for one in trials:
            storage.create_new_trial(study._study_id, self._seen(one, trials, bracket))
        return study

    def _seen(
        self, one: StudyTrial, trials: Sequence[StudyTrial], bracket: int | None = None
    ) -> Any:
        """A trial as the sampler is to see it.

        A refused one is a violated constraint; one that equals another has what that one has; one
        that failed is worse than all others; a paused one has the value of its rung, as all trials
        that are proposed after it are compared there; one without a value is running, and so is one
        of another bracket, which is compared at other epochs.
        """
        states = import_optuna().trial.TrialState
        origin = one if one.point.duplicate_of is None else trials[one.point.duplicate_of]
        newest = origin.newest
        state, values, constraints = states.RUNNING, None, dict[str, float]()
        if origin.is_refused:
            state, constraints = states.PRUNED, {"violation": origin.point.violation}
        elif origin.point.bracket != bracket:
            pass
        elif newest is not None and newest.state is ProposalState.FAILED:
            state = states.PRUNED
        elif newest is not None:
            state, values = states.COMPLETE, [newest.objectives[o.name] for o in self.objectives]
        seen = (state, values, constraints)
        if one.number not in self._known or self._known[one.number][0] != seen:
            self._known[one.number] = (seen, _made(one, *seen))
        return self._known[one.number][1]


def _made(one: StudyTrial, state: Any, values: Any, constraints: dict[str, float]) -> Any:
    """A trial of Optuna's with the params and the notes of one in the storage."""
    attrs = one.frozen.system_attrs
    notes = {name: attrs[name] for name in attrs if not name.startswith("constraints")}
    return import_optuna().trial.create_trial(
        state=state,
        values=values,
        params=one.frozen.params,
        distributions=one.frozen.distributions,
        system_attrs=notes,
        constraints=constraints,
    )


def require_packages(sampler: str) -> None:
    """Refuse a sampler without the packages that it needs, before anything is written.

    Raises:
        CannotRunError: one is missing.
    """
    missing = [name for name in _PACKAGES.get(sampler, ()) if find_spec(name) is None]
    if missing:
        message = f"the sampler {sampler} needs {join_words(missing, 'and')}"
        raise CannotRunError(f"{message}: pip install {' '.join(missing)}; or take `tpe`")


def directions_of(objectives: Sequence[Objective]) -> list[str]:
    """Optuna's words for the directions of some objectives."""
    return ["minimize" if o.direction is Direction.MIN else "maximize" for o in objectives]


def distribution_of(dimension: Dimension) -> Any:
    """Optuna's distribution for a dimension."""
    distributions = import_optuna().distributions
    if isinstance(dimension, Choice):
        return distributions.CategoricalDistribution(dimension.labels)
    kind = distributions.IntDistribution
    if isinstance(dimension, FloatRange):
        kind = distributions.FloatDistribution
    return kind(dimension.low, dimension.high, step=dimension.step, log=dimension.log)


def _on_grid(dimension: Dimension, value: Any) -> Any:
    """The value of a float with a step in the decimals that it was written in."""
    if isinstance(dimension, FloatRange) and dimension.step is not None and dimension.size != 1:
        return dimension.value(round((value - dimension.low) / dimension.step))
    return value


def _tried(trials: Sequence[StudyTrial]) -> set[Any]:
    return {_frozen(one.point.values) for one in trials}


def _frozen(values: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(values.items()))


def _is_stuck(trials: Sequence[StudyTrial]) -> bool:
    last = trials[-REPEATED:]
    return len(last) == REPEATED and all(one.point.duplicate_of is not None for one in last)
