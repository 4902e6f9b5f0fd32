"""What each phase of a training trains and needs, with the layers that it freezes."""

from __future__ import annotations

from typing import Any, NamedTuple

from modelspec.analysis.facts import Analysis, count_parameters
from modelspec.analysis.frozen_weights import with_frozen_weights
from modelspec.diagnostics import Findings, bytes_text
from modelspec.spec import Spec
from modelspec.spec.training import TrainingSpec

from .memory import Memory, memory_of_spec


class PhaseNeeds(NamedTuple):
    """A phase, or a whole training.

    Attributes:
        training: the phase.
        trained: how many parameters it changes; None where weights are unknown.
        memory: with its optimizer and its frozen layers.
    """

    training: TrainingSpec
    trained: int | None
    memory: Memory

    def to_dict(self) -> dict[str, Any]:
        """Plain data: the phase is 0 where the training has none."""
        return {
            "phase": self.training.phase,
            "epochs": self.training.epochs,
            "trained": self.trained,
            "memory": self.memory.to_dict(),
        }


def needs_of_phases(
    spec: Spec, analysis: Analysis, batch_size: int | None = None
) -> tuple[PhaseNeeds, ...]:
    """The needs of each phase; of a training without phases where layers of it are frozen, else
    nothing: those are the model's.

    Args:
        spec: the spec.
        analysis: of its model.
        batch_size: by default the spec's `data.batch_size`, or 32.
    """
    training = spec.training
    if training is None or not (training.phases or training.freeze):
        return ()
    found = []
    for phase in spec.each_phase:
        assert phase.training is not None
        seen = with_frozen_weights(analysis, phase.training.freeze)
        weights = seen.weights
        trained = None if weights is None else count_parameters(w for w in weights if w.trainable)
        memory = memory_of_spec(phase, seen, batch_size)
        found.append(PhaseNeeds(phase.training, trained, memory))
    return tuple(found)


def trained_analysis(spec: Spec, analysis: Analysis) -> Analysis:
    """The analysis of a spec's model, with the weights that no phase of its training changes not
    trained."""
    if spec.training is None:
        return analysis
    return with_frozen_weights(analysis, *(one.freeze for one in spec.training.each_phase))


def largest_needs(spec: Spec, analysis: Analysis, batch_size: int | None = None) -> Memory:
    """The memory of a spec's model, for training that of the phase that needs most.

    Args:
        spec: the spec.
        analysis: of its model.
        batch_size: by default the spec's `data.batch_size`, or 32.
    """
    needs = [one.memory for one in needs_of_phases(spec, analysis, batch_size)]
    if not needs:
        return memory_of_spec(spec, analysis, batch_size)
    unknown = (one for one in needs if one.training is None)
    return next(unknown, None) or max(needs, key=lambda one: one.training or 0)


def state_needs(spec: Spec, analysis: Analysis, findings: Findings) -> None:
    """A note at each phase that says what it trains and needs, as far as that is known.

    Args:
        spec: without phases nothing is said.
        analysis: of its model.
        findings: takes the notes.
    """
    if spec.training is None or not spec.training.phases or analysis.weights is None:
        return
    params = count_parameters(analysis.weights)
    for needs in needs_of_phases(spec, analysis):
        phase, peak = needs.training, needs.memory.training
        message = f"phase {phase.phase} trains {needs.trained:,} of {params:,} params"
        if peak is not None:
            size = needs.memory.batch_size
            message = f"{message}, and needs {bytes_text(peak)} at batch size {size}"
        findings.note(phase.span, "phase-needs", message)
