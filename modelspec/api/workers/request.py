"""A training as one process tells it to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class TrainRequest:
    """The arguments of `train`, as plain data.

    Attributes:
        source: the path of the spec, or the spec, or None to resume a run with its own.
        resume: the run to resume, or None.
        output: the run folder.
        overrides: dotted paths to values.
        force: replace the run in the folder.
        command: the command that started the training.
        log_format: how progress is shown.
        allow_extensions: import the modules that the spec names.
        pause_after: leave the training after so many epochs.
        fetch: first fetch the data sets that the spec names.
        resume_existing: resume the run that is in `output`, if one is.
        loads_complete: of a group with nothing left to do, the members are loaded.
    """

    source: str | dict[str, Any] | None
    resume: str | None = None
    output: str | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)
    force: bool = False
    command: str = ""
    log_format: str = "auto"
    allow_extensions: bool = False
    pause_after: int | None = None
    fetch: bool = False
    resume_existing: bool = False
    loads_complete: bool = False

    @property
    def paths(self) -> dict[str, Any]:
        """Those in it, by attribute."""
        own = {} if isinstance(self.source, dict) else {"source": self.source}
        return {**own, "resume": self.resume, "output": self.output}

    def to_dict(self) -> dict[str, Any]:
        """For `TrainRequest(**...)` in another process."""
        return asdict(self)
