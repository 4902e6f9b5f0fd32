"""What Keras rejects, with the location in the spec that it belongs to."""

from __future__ import annotations

from modelspec.diagnostics import Span
from modelspec.framework import clean_message, is_out_of_memory


class KerasError(Exception):
    """Keras rejected an object or a call.

    Attributes:
        message: for a finding.
        span: the object or call in the spec.
    """

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.message = message
        self.span = span

    @classmethod
    def caused_by(cls, error: Exception, what: str, span: Span) -> KerasError:
        """The error for an exception that Keras raised.

        Args:
            error: what Keras raised.
            what: what failed, without a full stop: "Keras rejects Dense".
            span: the object or call in the spec.
        """
        reason = clean_message(error)
        if is_out_of_memory(error):
            reason = "there is not enough memory for it"
        return cls(f"{what}: {reason}", span)
