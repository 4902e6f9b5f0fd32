"""The spec that a run began with, read strictly: what resuming needs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from modelspec.diagnostics import Findings, SpecError, UsageError
from modelspec.document import LocatedDict, load, read
from modelspec.spec import Spec, fill_defaults
from modelspec.value_classes import value_class

from .layout import RunFile
from .record import read_status


@value_class
class RecordedSpec:
    """The spec of a run.

    Attributes:
        spec: where the spec file lies now; it may have been deleted.
        text: spec.expanded.yaml.
        document: the same, loaded.
        overrides: how the run differs from its spec file, by dotted path.
    """

    spec: Path
    text: str
    document: LocatedDict
    overrides: Mapping[str, Any]

    def has_callbacks(self, spec: Spec) -> bool:
        """Whether the callbacks of `spec` are those that the run began with."""
        now = fill_defaults(spec.document, spec.name)["training"]
        return _callbacks(now) == _callbacks(self.document["training"])


def _callbacks(training: Mapping[str, Any]) -> list[Any]:
    """Those of the training, then those of each phase."""
    return [part.get("callbacks", []) for part in (training, *training.get("phases", ()))]


def has_begun(run: Path) -> bool:
    """Whether a folder has a run that can be resumed: its spec has been recorded."""
    files = (RunFile.STATUS, RunFile.DATA, RunFile.EXPANDED_SPEC, RunFile.OVERRIDES)
    return all((run / name).is_file() for name in files)


def read_recorded_spec(run: Path) -> RecordedSpec:
    """Read the spec that a run began with.

    Raises:
        UsageError: the folder is not a run folder, or the run ended before its spec was recorded.
        SpecError: the recorded spec is damaged.
    """
    read_status(run)
    findings = Findings()
    try:
        spec = spec_location(json.loads((run / RunFile.DATA).read_text(encoding="utf-8")), run)
        document = _load_mapping(run / RunFile.EXPANDED_SPEC, findings)
        overrides = _load_mapping(run / RunFile.OVERRIDES, findings)
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"the run in {run} ended before it had begun to train"
        raise UsageError(f"{message}. Train the spec again, with --force to replace it") from error
    text = read(run / RunFile.EXPANDED_SPEC, findings)
    if findings.has_errors or document is None or overrides is None or text is None:
        raise SpecError(findings.sorted())
    return RecordedSpec(spec, text, document, overrides)


def spec_location(data: Mapping[str, Any], start: Path) -> Path:
    """Where the spec file lies now.

    Args:
        data: the content of a data.json. Its absolute path counts if that folder still exists,
            else its relative path.
        start: the folder that the relative path starts from.
    """
    folder = Path(data["folder"]) if "folder" in data else None
    if (folder is None or not folder.is_dir()) and data["folder_from_run"]:
        folder = start / data["folder_from_run"]
    return (start if folder is None else folder) / str(data["spec"])


def _load_mapping(file: Path, findings: Findings) -> LocatedDict | None:
    """Load a YAML file whose top is a mapping; None with findings if it is not YAML.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: its top is something else.
    """
    if not file.is_file():
        raise FileNotFoundError(file)
    text = read(file, findings)
    document = None if text is None else load(text, str(file), findings)
    if document is not None and not isinstance(document, LocatedDict):
        raise ValueError(f"{file} is not a mapping")
    return document
