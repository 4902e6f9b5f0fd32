"""The whole spec."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from modelspec.diagnostics import Findings, Span
from modelspec.document import LocatedDict
from modelspec.spec.data import DataSpec, parse_data
from modelspec.spec.model import ModelSpec, TensorName, parse_model
from modelspec.spec.training import TrainingSpec, parse_training, refuse_seeds_of_folds
from modelspec.value_classes import value_class

from .expect import Expect, parse_expect
from .object_paths import paths_lead_from
from .workers import known_workers

if TYPE_CHECKING:
    from modelspec.spec.tune import TuneSpec


@value_class
class Spec:
    """One spec file, complete and typed.

    Attributes:
        name: the model's name; the file's stem where the spec gives none.
        path: the file, or None for a text. All paths are relative to its folder.
        document: the located document that all of this was read from.
        span: the start of the file.
        workers: how many workers divide each batch, where that is known (`divided_among`).
    """

    name: str
    path: Path | None
    document: LocatedDict
    span: Span
    model: ModelSpec
    data: DataSpec | None
    training: TrainingSpec | None
    expect: Expect | None
    tune: TuneSpec | None = None
    workers: int | None = None

    @property
    def is_divided(self) -> bool:
        """Whether several workers, or devices, train on a share of each batch."""
        if self.training is None:
            return False
        return self.training.distribute is not None or (self.workers or 1) > 1

    @property
    def tensors_of_losses(self) -> dict[str, TensorName]:
        """The tensors that `training.losses` names, by the names of the losses."""
        if self.training is None or self.training.gan is not None:
            return {}
        return {name: loss.of for name, loss in self.training.losses.items()}

    @property
    def each_phase(self) -> tuple[Spec, ...]:
        """A spec for each phase of its training; itself without phases."""
        if self.training is None or not self.training.phases:
            return (self,)
        return tuple(replace(self, training=phase) for phase in self.training.phases)


def parse_spec(
    document: LocatedDict, path: Path | None, findings: Findings, *, is_recorded: bool = False
) -> Spec:
    """The typed spec of a document that the schema has passed.

    Args:
        document: the document, written out.
        path: its file, if any.
        findings: takes what is wrong.
        is_recorded: whether it was recorded in a run or an exported model, away from its files.
    """
    data, training, expect = (document.get(key) for key in ("data", "training", "expect"))
    stem = path.stem if path is not None else "model"
    folder = Path() if path is None else path.parent
    with paths_lead_from(None if is_recorded else folder):
        trained = None if training is None else parse_training(training, findings)
        compares = trained is None or trained.loss.by_name != {}
        section = None if data is None else parse_data(data, findings, needs_targets=compares)
        if section is not None and trained is not None:
            section = replace(section, losses=trained.loss)
            refuse_seeds_of_folds(trained, section.folds, findings)
        return Spec(
            str(document.get("name", stem)),
            path,
            document,
            document.span,
            parse_model(document["model"], findings),
            section,
            trained,
            None if expect is None else parse_expect(expect, findings),
            _tune(document, findings),
            known_workers(),
        )


def _tune(document: LocatedDict, findings: Findings) -> TuneSpec | None:
    """Few specs have a search; the first imports what reads it."""
    if "tune" not in document:
        return None
    from modelspec.spec.tune import parse_tune

    return parse_tune(document["tune"], findings)
