"""The trials of a search in Optuna's storage: proposed, claimed, and told what they gave.

Whatever is decided is decided by what the storage has, and each change of it is one write. So a
study can be killed between any two writes: the next process that opens it decides the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from modelspec.diagnostics import UsageError
from modelspec.search import Point, SearchSpec, judge
from modelspec.spec.tune import Choice, Dimension, Halving, IntRange

from .brackets import Decision, Rungs, decide
from .record import Direction, Objective, ProposalState, RecordedDimension, StudyRecord
from .samplers import PointSampler, Proposed, directions_of
from .storages import import_optuna
from .trials import CLAIM, POINT, RESULT, RUNG, Claim, Outcome, PointRecord, StudyTrial

FINGERPRINT = "fingerprint"
BARREN = 1000
"""After so many proposals in a row that none can be trained of, the study ends."""

MOST = 1e9
"""What databases keep of a violation that is infinite."""


class Study:
    """The trials of a search.

    Args:
        storage: of Optuna's, see `open_storage`.
        name: of the study in the storage.
        search: the spec and its space.
        fingerprint: of the spec that the study began with.

    Raises:
        UsageError: the storage has a study of this name that began with another spec.
    """

    def __init__(self, storage: Any, name: str, search: SearchSpec, fingerprint: str) -> None:
        tune = search.tune
        self.search = search
        self.objectives = objectives_of(search)
        self.rungs = _rungs(search)
        self.sampler = PointSampler(tune, search.space, self.objectives)
        self.storage = storage
        self._known: dict[int, StudyTrial] = {}
        self._study = self._open(name)
        self._require_same(name, fingerprint)

    def _open(self, name: str) -> Any:
        optuna = import_optuna()
        try:
            return optuna.create_study(
                storage=self.storage,
                study_name=name,
                directions=directions_of(self.objectives),
                load_if_exists=True,
            )
        except ValueError as error:
            raise UsageError(f"the storage has a study {name} of another kind: {error}") from error

    def _require_same(self, name: str, fingerprint: str) -> None:
        found = self._study.user_attrs.get(FINGERPRINT)
        if found is None:
            self._study.set_user_attr(FINGERPRINT, fingerprint)
        elif found != fingerprint:
            message = f"the study {name} began with another spec: its trials cannot be compared"
            raise UsageError(f"{message}. Undo the changes, or start another study in a new folder")

    def trials(self) -> list[StudyTrial]:
        """All proposals so far, in order."""
        # not `study.get_trials`, which copies them
        frozen = self.storage.get_all_trials(self._study._study_id, deepcopy=False)
        try:
            return [self._read(one) for one in frozen]
        except (KeyError, TypeError, ValueError) as error:
            message = "the storage has trials in this study that modelspec has not made"
            raise UsageError(f"{message}: start another study") from error

    def _read(self, frozen: Any) -> StudyTrial:
        """A trial of the storage, which has another object for one that has changed."""
        known = self._known.get(frozen.number)
        if known is None or known.frozen is not frozen:
            known = self._known[frozen.number] = StudyTrial.of(frozen)
        return known

    def decide(self, trials: Sequence[StudyTrial], *, is_full: bool) -> Decision:
        """Which trials go on, see `brackets.decide`."""
        counted = [one for one in trials if one.is_counted]
        return decide(counted, self.rungs, self.objectives[0], is_full=is_full)

    def why_barren(self, trials: Sequence[StudyTrial]) -> str:
        """Why nothing more is proposed, in a sentence; "" where more can come."""
        last = trials[-BARREN:]
        if len(last) == BARREN and not any(one.is_counted for one in last):
            return f"the last {BARREN:,} proposals cannot be trained, or were there before"
        size = self.sampler.size
        if size is not None and self.sampler.is_exhausted(trials):
            counted = sum(one.is_counted for one in trials)
            return f"all {size:,} points of the space are tried; {counted:,} could be trained"
        return ""

    def propose(self, trials: Sequence[StudyTrial], owner: str) -> StudyTrial:
        """Propose a point and write it down, claimed if it is to be trained.

        Args:
            trials: all so far; nobody else may write meanwhile.
            owner: who is to train it.
        """
        bracket = None
        if self.rungs.brackets > 1:
            counted = sum(one.is_counted for one in trials)
            bracket = self.rungs.bracket_of(counted, self.search.tune.trials)
        proposed = self.sampler.propose(trials, bracket)
        record = replace(self._record(proposed, trials), bracket=bracket)
        self._write(proposed, record, trials, owner)
        return self.trials()[len(trials)]

    def _record(self, proposed: Proposed, trials: Sequence[StudyTrial]) -> PointRecord:
        """What is known of a proposed point: what an earlier one with its values has, or what the
        analysis says."""
        same = next((one.point for one in trials if one.point.values == proposed.values), None)
        overrides = self.search.space.overrides(proposed.values)
        if same is None:
            same = _judged(proposed, judge(self.search, overrides), self.search.path)
        earlier = next((n for n, one in enumerate(trials) if one.point.key == same.key), None)
        return PointRecord(
            proposed.values,
            overrides,
            same.key,
            same.cost,
            same.kind,
            same.finding,
            same.violation,
            earlier,
        )

    def _write(
        self, proposed: Proposed, record: PointRecord, trials: Sequence[StudyTrial], owner: str
    ) -> None:
        """Write the trial in one go; one that is not trained is finished already."""
        optuna = import_optuna()
        states = optuna.trial.TrialState
        attrs: dict[str, Any] = {POINT: record.to_dict()}
        state, values = states.RUNNING, None
        violation = min(record.violation, MOST)
        if record.kind:
            state = states.PRUNED
        elif record.duplicate_of is not None:
            result = trials[record.duplicate_of].result
            state = states.FAIL
            if result is not None and result.state is ProposalState.COMPLETE:
                state, values = states.COMPLETE, self._values(result.objectives)
        else:
            attrs[CLAIM] = Claim(owner, self.rungs.epochs[record.bracket or 0]).to_dict()
        self.storage.create_new_trial(
            self._study._study_id,
            optuna.trial.create_trial(
                state=state,
                values=values,
                params=proposed.values,
                distributions=dict(proposed.distributions),
                user_attrs=attrs,
                system_attrs=dict(proposed.notes),
                constraints={"violation": violation},
            ),
        )

    def claim(self, trial: StudyTrial, claim: Claim) -> None:
        """Note who trains a trial."""
        self.storage.set_trial_user_attr(trial.id, CLAIM, claim.to_dict())

    def add_outcome(self, trial: StudyTrial, until: int, outcome: Outcome) -> None:
        """Write down what training a trial to an epoch gave."""
        is_paused = outcome.state is ProposalState.PAUSED
        name = f"{RUNG}{until}" if is_paused else RESULT
        self.storage.set_trial_user_attr(trial.id, name, outcome.to_dict())

    def end_paused(self, trial: StudyTrial) -> None:
        """Write down that a paused trial does not go on."""
        assert trial.newest is not None
        last = Outcome(ProposalState.PAUSED, trial.newest.objectives, trial.newest.epochs, 0.0, "")
        self.storage.set_trial_user_attr(trial.id, RESULT, last.to_dict())

    def tell_results(self, trials: Sequence[StudyTrial]) -> None:
        """Tell Optuna the results that it does not know; who uses the storage with Optuna's own
        tools sees them."""
        states = import_optuna().trial.TrialState
        for one in trials:
            if one.is_told or one.result is None:
                continue
            if len(self.objectives) == 1:
                name = self.objectives[0].name
                for epochs, rung in one.rungs.items():
                    value = rung.objectives[name]
                    self.storage.set_trial_intermediate_value(one.id, epochs, value)
            state, values = states.FAIL, None
            if one.result.state is ProposalState.COMPLETE:
                state, values = states.COMPLETE, self._values(one.result.objectives)
            elif one.result.state is ProposalState.PAUSED:
                state = states.PRUNED
            self.storage.set_trial_state_values(one.id, state, values)

    def _values(self, objectives: Mapping[str, float]) -> list[float]:
        return [objectives[one.name] for one in self.objectives]


def objectives_of(search: SearchSpec) -> tuple[Objective, ...]:
    """The objectives of a spec's `tune` section."""
    return tuple(Objective(o.name, Direction(o.direction)) for o in search.tune.objectives)


def _rungs(search: SearchSpec) -> Rungs:
    training, halving = search.base.spec.training, search.tune.halving
    assert training is not None
    if halving is None:
        return Rungs.of(training.epochs)
    return Rungs.of(
        training.epochs, halving.first, halving.factor, has_brackets=halving.has_brackets
    )


def _judged(proposed: Proposed, point: Point, spec: Path | None) -> PointRecord:
    """What the analysis says of a point; its finding names the file as a later process would."""
    refusal = point.refusal
    finding = {} if refusal is None else refusal.finding.to_dict()
    if finding and spec is not None and finding["file"] == str(spec):
        finding["file"] = str(spec.absolute())
    cost = {} if point.cost is None else asdict(point.cost)
    return PointRecord(
        proposed.values,
        point.overrides,
        point.key,
        {name: value for name, value in cost.items() if value is not None},
        "" if refusal is None else str(refusal.kind),
        finding,
        0.0 if refusal is None else refusal.violation,
    )


def new_record(spec: Path, search: SearchSpec, overrides: Mapping[str, Any]) -> StudyRecord:
    """The record of a study without proposals.

    Args:
        spec: the absolute path of the spec file.
        search: the spec and its space.
        overrides: what `--set` changed for the whole study.
    """
    tune, training = search.tune, search.base.spec.training
    assert training is not None
    halving = tune.halving
    return StudyRecord(
        search.base.spec.name,
        str(spec),
        dict(overrides),
        objectives_of(search),
        tune.trials,
        training.epochs,
        tune.sampler.name,
        tune.seed,
        tuple(_recorded(one) for one in search.space.flat()),
        halving=_recorded_halving(halving, _rungs(search)),
    )


def _recorded_halving(halving: Halving | None, rungs: Rungs) -> dict[str, int]:
    if halving is None:
        return {}
    brackets = {"brackets": rungs.brackets} if halving.has_brackets else {}
    return {"from": halving.first, "factor": halving.factor, **brackets}


def _recorded(dimension: Dimension) -> RecordedDimension:
    if isinstance(dimension, Choice):
        return RecordedDimension(dimension.name, "choice", dimension.labels)
    kind = "int" if isinstance(dimension, IntRange) else "float"
    return RecordedDimension(dimension.name, kind, (), dimension.low, dimension.high, dimension.log)
