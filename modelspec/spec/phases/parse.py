"""The phases of a training, each as the training that it is."""

from __future__ import annotations

from dataclasses import replace

from modelspec.diagnostics import Findings
from modelspec.document import LocatedDict
from modelspec.spec.data import whole_number
from modelspec.spec.training import TrainingSpec, changeable_parts


def with_phases(section: LocatedDict, whole: TrainingSpec, findings: Findings) -> TrainingSpec:
    """A training with its phases, each with the parts of `training` that it does not change.

    Args:
        section: `training`, with `phases`.
        whole: what it says apart from these.
        findings: takes `epochs` beside `phases`, and a phase without an optimizer.
    """
    phases = []
    for number, part in enumerate(section["phases"], 1):
        epochs = whole_number(part, "epochs", 1, findings)
        changes = changeable_parts(part, findings)
        phases.append(replace(whole, epochs=epochs, span=part.span, phase=number, **changes))
        if "optimizer" not in part and "optimizer" not in section:
            message = f"phase {number} has no `optimizer`, and `training` has none for all phases"
            hint = f"add `optimizer: adam` to phase {number}, or to `training`"
            findings.error(part.span, "missing-key", message, hint=hint)
    total = sum(phase.epochs for phase in phases)
    if "epochs" in section:
        _refuse_epochs(section, total, findings)
    return replace(whole, epochs=total, optimizer=phases[0].optimizer, phases=tuple(phases))


def _refuse_epochs(section: LocatedDict, total: int, findings: Findings) -> None:
    message = f"`epochs` stands beside `phases`, which have {total} epochs together"
    hint = "remove it: each phase has its own, which `--set training.phases.0.epochs=N` changes"
    findings.error(section.key_spans["epochs"], "wrong-value", message, hint=hint)
