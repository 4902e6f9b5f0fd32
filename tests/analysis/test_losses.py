"""Losses, metrics and targets of sound specs, and the tables behind the checks."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelspec.analysis.losses import kinds
from modelspec.api.validation import validate_file
from modelspec.diagnostics.finding import Severity
from modelspec.schema.catalogue import class_schema, names_of_kind

UNCHECKED = {"CosineSimilarity", "Hinge", "Poisson", "SquaredHinge"}
"""Losses that take targets and outputs of any values and of one shape."""

SOUND = sorted((Path(__file__).parent / "losses_ok").iterdir())


NEEDED = {
    "IoU": {"num_classes": 2, "target_class_ids": [0]},
    "MeanIoU": {"num_classes": 2},
    "OneHotIoU": {"num_classes": 2, "target_class_ids": [0]},
    "OneHotMeanIoU": {"num_classes": 2},
    "PrecisionAtRecall": {"recall": 0.5},
    "RecallAtPrecision": {"precision": 0.5},
    "SensitivityAtSpecificity": {"specificity": 0.5},
    "SpecificityAtSensitivity": {"sensitivity": 0.5},
}
"""The arguments without which Keras makes no metric of these classes."""


def classes(kind: str) -> set[str]:
    """Keras's classes of a kind, as the schemas have them."""
    found = (class_schema(kind, name) for name in names_of_kind(kind))
    return {known.name for known in found if known is not None}


@pytest.mark.parametrize("path", SOUND, ids=lambda path: path.stem)
def test_a_sound_training_is_silent(path: Path) -> None:
    assert [str(f) for f in validate_file(path) if f.severity is not Severity.NOTE] == []


def test_every_loss_in_the_tables_is_keras_s() -> None:
    assert classes("loss") >= kinds.PROBABILITY_LOSSES | kinds.ONE_HOT_LOSSES | kinds.NUMBER_LOSSES
    assert classes("loss") >= kinds.OTHER_SHAPES


def test_every_loss_is_in_a_table_or_unchecked() -> None:
    tables = (
        kinds.CLASS_NUMBER_LOSSES,
        kinds.ONE_HOT_LOSSES,
        kinds.BINARY_LOSSES,
        kinds.NUMBER_LOSSES,
        kinds.PROBABILITY_LOSSES,
        kinds.OTHER_SHAPES,
        kinds.OWN_LOSSES,
    )
    assert classes("loss") - frozenset().union(*tables) == UNCHECKED


def test_every_metric_in_the_tables_is_keras_s() -> None:
    twins = {*kinds.ONE_HOT_METRICS.values(), *kinds.CLASS_NUMBER_METRICS.values()}
    named = kinds.CLASS_METRICS | kinds.NUMBER_METRICS | kinds.LARGER_IS_BETTER | kinds.NO_DIRECTION
    assert twins | named | kinds.ELEMENT_METRICS <= classes("metric")


@pytest.mark.parametrize("name", sorted(kinds.PROBABILITIES | kinds.NOT_PROBABILITIES))
def test_every_activation_in_the_tables_is_keras_s(name: str) -> None:
    assert class_schema("activation", name) is not None
