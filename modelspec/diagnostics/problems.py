"""The exceptions that leave modelspec, each with the exit code that the command line gives it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .finding import Finding, Severity

EXIT_ERRORS, EXIT_MISSED = 1, 4
"""Exit codes: errors in the spec or the data; only missed expectations."""

EXPECTATION_MISSED = "expectation-missed"
"""The code of a missed expectation."""


def exit_code_of(findings: Iterable[Finding]) -> int:
    """The exit code of the command line; 0 where no finding is an error."""
    codes = {finding.code for finding in findings if finding.severity is Severity.ERROR}
    if not codes:
        return 0
    return EXIT_MISSED if codes == {EXPECTATION_MISSED} else EXIT_ERRORS


def first_line(error: BaseException) -> str:
    """The first line of an exception's message; its class where it has none."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


class ModelspecError(Exception):
    """Base of all that modelspec raises on purpose; its text is meant for the user."""

    exit_code = 1


class SpecError(ModelspecError):
    """A spec, or the data that it names, has errors. `findings` has them.

    The exit code is 4 where missed expectations are the only errors.
    """

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = list(findings)
        self.exit_code = exit_code_of(self.findings) or EXIT_ERRORS
        super().__init__("\n".join(str(f) for f in self.findings))

    def __reduce__(self) -> tuple[type[SpecError], tuple[list[Finding]]]:
        """A process that trains can send it to another one."""
        return type(self), (self.findings,)


class UsageError(ModelspecError):
    """The command or the function was used wrongly."""

    exit_code = 2


class ConfigurationError(UsageError):
    """The configuration of a project has errors. `findings` has them; the text shows them."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = list(findings)
        super().__init__("\n".join(str(f) for f in self.findings))


class CannotRunError(ModelspecError):
    """The environment does not allow the work: a package is missing, the disk is full."""

    exit_code = 3
