"""What a run folder says of the spec that it began with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from modelspec.diagnostics import Findings, SpecError, UsageError
from modelspec.document import LocatedDict, load, read
from modelspec.spec import Spec, fill_defaults

from .folder import status_of
from .spec_place import read_place


@dataclass(frozen=True, slots=True)
class RecordedSpec:
    """The spec of a run.

    Attributes:
        spec: where it lies now; the file may be gone.
        text: spec.expanded.yaml.
        document: the same, read.
        overrides: what the run differs in from its spec, by dotted path.
    """

    NAME: ClassVar[str] = "spec.expanded.yaml"

    spec: Path
    text: str
    document: LocatedDict
    overrides: Mapping[str, Any]

    @property
    def folds(self) -> int | None:
        """How many folds have a run below this one; None where it is a run itself."""
        data = self.document["data"]
        return None if data.get("fold") else data.get("folds")

    def has_callbacks(self, spec: Spec) -> bool:
        """Whether the run began with the callbacks of a spec."""
        now = fill_defaults(spec.document, spec.name)["training"].get("callbacks", [])
        then = self.document["training"].get("callbacks", [])
        return bool(now == then)


def recorded(run: Path) -> RecordedSpec:
    """Read the record of a run.

    Raises:
        UsageError: the folder holds no run, or one that was ended before its record was whole.
        SpecError: the record is damaged.
    """
    status_of(run)
    findings = Findings()
    try:
        spec = read_place(run)
        found = [_mapping(run / name, findings) for name in (RecordedSpec.NAME, "overrides.yaml")]
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"the run in {run} was ended before it had begun to learn"
        raise UsageError(f"{message}. Train the spec again, with --force to replace it") from error
    text = read(run / RecordedSpec.NAME, findings)
    document, overrides = found
    if findings.has_errors or document is None or overrides is None or text is None:
        raise SpecError(findings.sorted())
    return RecordedSpec(spec, text, document, overrides)


def _mapping(file: Path, findings: Findings) -> LocatedDict | None:
    if not file.is_file():
        raise FileNotFoundError(file)
    text = read(file, findings)
    document = None if text is None else load(text, str(file), findings)
    if document is not None and not isinstance(document, LocatedDict):
        raise ValueError(f"{file} is no mapping")
    return document
