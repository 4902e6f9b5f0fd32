"""What a report is written from: what the files of a run say, and what was found out besides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from modelspec.compile import SpecParts
from modelspec.evaluation import Confusion, SplitPredictions
from modelspec.plotting import Drawing
from modelspec.runs import RunRecord

from .profile import ProfiledColumn


@dataclass(frozen=True, slots=True)
class ExportFacts:
    """An exported model that lies in a run folder or beside it.

    Attributes:
        file: its name, with the folder where it is not in the run.
        form: the format.
        size: in bytes.
        check: the content of its check.json; empty where it has none.
        note: what else is known of it, such as why it may be of another run.
    """

    file: str
    form: str
    size: int
    check: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class ShownExample:
    """A row of a split as a reader sees it.

    Attributes:
        place: where it is, such as `penguins.csv, row 18`.
        text: what is in it; empty for an image.
        image: a data URL of a picture of it; empty for a text.
    """

    place: str
    text: str = ""
    image: str = ""


@dataclass(frozen=True, slots=True)
class ShownMask:
    """An example of masks as a reader sees it: pictures, as data URLs.

    Attributes:
        place: where it is, such as `row 18`.
        iou: the mean IoU of its classes.
        truth: the mask of the data, where each class has a colour.
        predicted: that of the model.
        image: what it is of; empty where no input is an image.
    """

    place: str
    iou: float
    truth: str
    predicted: str
    image: str = ""


@dataclass(frozen=True, slots=True)
class RunContent:
    """All that is known of a run.

    Attributes:
        name: of its folder.
        record: what the files of the folder say.
        status: the content of run.json; as those below empty where it cannot be read.
        metrics: that of metrics.json.
        data: that of data.json.
        environment: that of environment.json.
        spec_text: the expanded spec.
        parts: the same, compiled; None where that fails.
        drawing: the picture of its model; None where there is none.
        files: name to the SHA-256 of the spec, the weights and the like.
        log_end: the last lines of train.log, where the run is not complete.
        members: the runs of folds or seeds.
        columns: a profile of each column that the spec reads.
        counts: split to its number of examples.
        predictions: by split.
        confusions: by split, those of outputs with a class for each pixel or step, of which there
            are no predictions.
        masks: split to output to the examples of the smallest IoU.
        importance: the content of importance.json.
        exports: of the run; None where nobody looked.
        examples: split to the examples of some of its rows, by the position in the predictions.
        reasons: why a part is missing, by its name: "picture", "columns", "predictions",
            "confusions", "outputs", "examples", "importance", "training", "environment", "exports".
    """

    name: str
    record: RunRecord
    status: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, Any] = field(default_factory=dict)
    spec_text: str = ""
    parts: SpecParts | None = None
    drawing: Drawing | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    log_end: str = ""
    members: Sequence[RunRecord] = ()
    columns: Sequence[ProfiledColumn] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    predictions: Mapping[str, SplitPredictions] = field(default_factory=dict)
    confusions: Mapping[str, Sequence[Confusion]] = field(default_factory=dict)
    masks: Mapping[str, Mapping[str, Sequence[ShownMask]]] = field(default_factory=dict)
    importance: Mapping[str, Any] = field(default_factory=dict)
    exports: Sequence[ExportFacts] | None = None
    examples: Mapping[str, Mapping[int, ShownExample]] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)

    @property
    def meanings(self) -> Mapping[str, Mapping[str, Any]]:
        """Output name to what its numbers mean, as data.json has it."""
        found = self.data.get("outputs")
        return found if isinstance(found, dict) else {}

    @property
    def slice_columns(self) -> tuple[str, ...]:
        """The columns that the spec has expectations of slices for."""
        expect = None if self.parts is None else self.parts.spec.expect
        return () if expect is None else expect.slice_columns

    @property
    def group(self) -> str | None:
        """The column of groups of rows that are not independent, or None."""
        spec = None if self.parts is None else self.parts.spec
        if spec is None or spec.data is None:
            return None
        found = spec.data.group or spec.data.train.options.get("group")
        return found if isinstance(found, str) else None

    def reason(self, part: str, otherwise: str) -> str:
        """Why a part is missing."""
        return self.reasons.get(part, otherwise)
