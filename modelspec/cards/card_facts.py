"""What the files of a run say that a card tells: gathered once, for every format."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from modelspec.compile import CompiledSpec
from modelspec.diagnostics import UsageError
from modelspec.report import Summary
from modelspec.runs import (
    METRIC_PREFIXES,
    RunFile,
    RunRecord,
    RunStatus,
    json_of,
    member_folders,
    read_record,
    read_status,
    why_incomplete,
)
from modelspec.spec.data import sources_of

from .task import ModelTask, find_task

RUN_FILES: Mapping[str, str] = {
    RunFile.MODEL: "the trained model",
    RunFile.DISCRIMINATOR: "the trained discriminator",
    RunFile.TRAINER: "the weights that its trainer has beside the model",
    RunFile.SPEC: "the spec as written",
    RunFile.EXPANDED_SPEC: "the spec with all defaults, blocks and overrides written out",
    RunFile.OVERRIDES: "what `--set` changed",
    RunFile.DATA: "what was learned from the data, and what the outputs mean",
    RunFile.METRICS: "the metrics by split",
    RunFile.HISTORY: "the metrics of each epoch",
    RunFile.ENVIRONMENT: "the command, versions and hardware",
    RunFile.STATUS: "the state of the run",
    RunFile.REPRODUCTION: "what decides the bits of the training",
}
"""The files of a run that a card names, with what each has."""


MEMBER_FILES = (RunFile.MODEL, RunFile.EXPANDED_SPEC, RunFile.DATA, RunFile.STATUS)
"""Those that `predict` needs of each of several trainings."""


def about_file(name: str) -> str:
    """What a file of a run has, or that of one of several trainings in a subfolder."""
    return RUN_FILES[name.rpartition("/")[2]]


_LICENSE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*")
_LANGUAGE = re.compile(r"[a-z]{2,3}|code|multilingual")


@dataclass(frozen=True, slots=True)
class CardOptions:
    """What a card says that no run knows.

    Attributes:
        license: the identifier of the model's licence, such as "apache-2.0"; None says none.
        languages: codes of ISO 639, such as "en", or "code" or "multilingual".
    """

    license: str | None = None
    languages: tuple[str, ...] = ()

    def check(self) -> None:
        """Refuse what is no identifier.

        Raises:
            UsageError: the licence or a language is none.
        """
        if self.license is not None and not _LICENSE.fullmatch(self.license):
            message = f'a licence is an identifier such as apache-2.0 or mit, got "{self.license}"'
            raise UsageError(f"{message}; for another one write other")
        for language in self.languages:
            if not _LANGUAGE.fullmatch(language):
                message = f'a language is a code of ISO 639 such as en or deu, got "{language}"'
                raise UsageError(f"{message}; code and multilingual are taken too")


@dataclass(frozen=True, slots=True)
class UsedFile:
    """A file that examples come from.

    Attributes:
        path: from the folder of the spec, or its address.
        splits: that come from it, where they are known.
        sha256: in hex; None of a large one.
    """

    path: str
    splits: tuple[str, ...] = ()
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class MetExpectation:
    """A bound of `expect.metrics`, beside what was measured; `value` is None where nothing was.

    `where` are the rows that it is of: "" for all, "each `island`", or those that miss it.
    """

    name: str
    bounds: str
    value: float | None
    is_met: bool
    where: str = ""


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """How well one class of an output is told from the others; a fraction of nothing is None."""

    output: str
    label: str
    precision: float | None
    recall: float | None
    f1: float | None
    examples: int


@dataclass(frozen=True, slots=True)
class SliceFigure:
    """A measure of the rows with one value of a column, with the ends of its interval."""

    output: str
    column: str
    value: str
    examples: int
    measure: str
    figure: float
    ends: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class MeasuredSplit:
    """What the predictions that a run keeps say of a split.

    Attributes:
        split: its name; "" where no predictions are kept.
        intervals: metric, with the prefix of its split, to the ends of its interval of 95 %.
        classes: of each output with classes.
        slices: by the columns for which the spec has bounds.
    """

    split: str = ""
    intervals: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    classes: tuple[ClassFigures, ...] = ()
    slices: tuple[SliceFigure, ...] = ()


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What a card tells of a run.

    Attributes:
        record: the files of the run.
        compiled: its expanded spec.
        summary: of its model.
        task: what the model does, as far as that is known.
        data: the content of data.json; of folds or seeds that of the first.
        environment: the content of environment.json; of folds or seeds that of the first.
        picture: the model as a Mermaid flowchart; "" where none was drawn.
        members: the subfolders of the runs of folds or seeds, each with a model of its own.
        files: those of the run that are there, by their names.
        options: what no run knows.
        measured: what its kept predictions say.
        missed: the expectations that metrics.json calls missed.
    """

    record: RunRecord
    compiled: CompiledSpec
    summary: Summary
    task: ModelTask
    data: Mapping[str, Any]
    environment: Mapping[str, Any]
    picture: str = ""
    members: tuple[str, ...] = ()
    files: Mapping[str, Path] = field(default_factory=dict)
    options: CardOptions = CardOptions()
    measured: MeasuredSplit = MeasuredSplit()
    missed: Sequence[Mapping[str, Any]] = ()

    @property
    def name(self) -> str:
        """The model's name."""
        return self.compiled.spec.name

    @property
    def description(self) -> str:
        """What the spec says of it; "" for nothing."""
        return str(self.compiled.spec.document.get("description") or "").strip()

    @property
    def is_gan(self) -> bool:
        """Whether the model is the generator of two that were trained in turn."""
        training = self.compiled.spec.training
        return training is not None and training.gan is not None

    @property
    def inputs(self) -> list[dict[str, Any]]:
        """The inputs of the saved model, as the summary has them; without those of a
        discriminator."""
        taken = {entry.name for entry in self.compiled.graph.for_outputs().inputs}
        return [one for one in self.summary.inputs if one["name"] in taken]

    @property
    def outputs(self) -> Mapping[str, Mapping[str, Any]]:
        """Output name to what data.json says of its numbers."""
        found = self.data.get("outputs")
        return found if isinstance(found, dict) else {}

    @property
    def examples(self) -> dict[str, int]:
        """Split to its number of examples; none for runs of a modelspec that kept none."""
        found = self.data.get("examples")
        counted = found if isinstance(found, dict) else {}
        return {split: counted[split] for split in METRIC_PREFIXES if split in counted}

    @property
    def data_files(self) -> list[UsedFile]:
        """The files that examples come from, as far as the run names them."""
        files = [
            UsedFile(str(one["path"]), tuple(one.get("splits", ())), one.get("sha256"))
            for one in self.data.get("files", ())
        ]
        remote = [
            UsedFile(str(one["address"]), (), one.get("sha256"))
            for one in self.data.get("remote", ())
        ]
        return [*files, *remote]

    @property
    def source_names(self) -> dict[str, str]:
        """Split to what its data are called: the name of a data set, or the files; "" for none."""
        section = self.compiled.spec.data
        if section is None:
            return {}
        named = {split: source_name(one) for split, one in sources_of(section).items()}
        return {split: named.get(split, named["train"]) for split in METRIC_PREFIXES}

    @property
    def expectations(self) -> list[MetExpectation]:
        """The bounds of `expect.metrics`, each beside what was measured."""
        expect, measured = self.compiled.spec.expect, self.record.flat_metrics
        found = []
        for bounds in () if expect is None else expect.metrics:
            value = measured.get(bounds.name)
            is_met = value is not None and bounds.contains(value)
            if bounds.least is not None or bounds.most is not None:
                found.append(MetExpectation(bounds.name, str(bounds), value, is_met))
            for one in bounds.slices:
                found += self._of_slices(bounds.name, one.column, str(one.bounds))
        return found

    def _of_slices(self, name: str, column: str, bounds: str) -> list[MetExpectation]:
        """Those of each value of a column that miss a bound; one for all where none does."""
        missed = [
            MetExpectation(name, bounds, one.get("value"), False, _where(column, one["slice"]))
            for one in self.missed
            if one.get("name") == name and (one.get("slice") or {}).get("column") == column
        ]
        return missed or [MetExpectation(name, bounds, None, True, f"each `{column}`")]


def _where(column: str, rows: Mapping[str, Any]) -> str:
    value = rows.get("value")
    return f"each `{column}`" if value is None else f"`{column}` {value}"


def source_name(source: Any) -> str:
    """What the data of a source are called: the name of a data set, or the files as written."""
    inner = source.table or source
    return ", ".join(inner.paths) or str(inner.options.get("name") or source.kind)


def gather_facts(  # what a card is made of
    run: Path,
    compiled: CompiledSpec,
    summary: Summary,
    picture: str,
    options: CardOptions,
    measured: MeasuredSplit,
) -> CardFacts:
    """Read what a card tells of a run.

    Args:
        run: its folder.
        compiled: its expanded spec.
        summary: of its model.
        picture: the model as a Mermaid flowchart.
        options: what no run knows.
        measured: what its kept predictions say.
    """
    record, status = read_record(run), read_status(run)
    members = tuple(member_folders(status))
    first = run / members[0] if members else run
    data = json_of(first / RunFile.DATA)
    files = {name: run / name for name in RUN_FILES if (run / name).is_file()}
    for member in members:
        names = [f"{member}/{name}" for name in MEMBER_FILES]
        files |= {name: run / name for name in names if (run / name).is_file()}
    return CardFacts(
        record,
        compiled,
        summary,
        find_task(compiled, summary, data.get("outputs") or {}),
        data,
        json_of(first / RunFile.ENVIRONMENT),
        picture,
        members,
        files,
        options,
        measured,
        [
            one
            for one in json_of(run / RunFile.METRICS).get("missed") or ()
            if isinstance(one, dict)
        ],
    )


def require_complete(run: Path) -> None:
    """Refuse a run that has no trained model to describe.

    Raises:
        UsageError: the folder is not a run, or the run is not complete.
    """
    status = read_status(run)
    if status.get("status") == RunStatus.COMPLETE:
        return
    message = f"the run in {run} {why_incomplete(status)}, so there is no trained model to describe"
    hint = f"`modelspec train --resume {run}` finishes it"
    raise UsageError(f"{message}; {hint}")


def limitations(facts: CardFacts) -> Sequence[str]:
    """What the files of a run show that its model cannot, as sentences."""
    record, section = facts.record, facts.compiled.spec.data
    found = []
    if not record.metrics.get("test"):
        found.append(
            "It was not evaluated on a test split, so nothing here says how it does on "
            "data that had no part in its making."
        )
    missed = list(dict.fromkeys(one.name for one in facts.expectations if not one.is_met))
    if missed:
        found.append(f"It misses what its spec expects of {', '.join(missed)}.")
    for name, meaning in facts.outputs.items():
        if meaning.get("kind") in ("classes", "binary") and meaning.get("labels"):
            count = len(meaning["labels"])
            found.append(
                f"Its output {name} is one of {count} classes for every input, also for "
                "one that belongs to none of them."
            )
    if section is not None and section.where:
        rows = ", ".join(condition.text for condition in section.where)
        found.append(f"It was trained on the rows that meet {rows}, and on no others.")
    if section is not None and section.train.kind == "synthetic":
        found.append("It was trained on synthetic data: its figures say nothing of real ones.")
    if facts.compiled.spec.document.get("extensions"):
        modules = ", ".join(map(str, facts.compiled.spec.document["extensions"]))
        found.append(f"It needs the Python code of {modules}.")
    return found
