"""Examples as a reader sees them: images and texts that the model is right and wrong about."""

from __future__ import annotations

from modelspec.run_report.content import RunContent
from modelspec.run_report.elements import Markup, missing


def examples_section(content: RunContent) -> Markup:
    """A few that are right, and the wrong ones that the model is most certain of."""
    return missing(content.reason("examples", "No input of the model is an image or a text."))
