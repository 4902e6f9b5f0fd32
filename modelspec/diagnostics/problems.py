"""The exceptions that leave modelspec, each with the exit code that the command line gives it."""

from __future__ import annotations

from collections.abc import Sequence

from .finding import Finding


class ModelspecError(Exception):
    """Base of all that modelspec raises on purpose; its text is meant for the user."""

    exit_code = 1


class SpecError(ModelspecError):
    """A spec, or the data that it names, has faults. `findings` holds them."""

    exit_code = 1

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = list(findings)
        super().__init__("\n".join(str(f) for f in self.findings))


class UsageError(ModelspecError):
    """The command or the function was used wrongly."""

    exit_code = 2


class CannotRunError(ModelspecError):
    """The work cannot be done here: a package is missing, the disk is full."""

    exit_code = 3
