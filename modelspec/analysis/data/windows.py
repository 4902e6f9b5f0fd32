"""Windows over time series and long texts."""

from __future__ import annotations

from modelspec.analysis.facts import shape_text
from modelspec.diagnostics import Findings, Related
from modelspec.spec.data import SERIES, Source
from modelspec.spec.model import InputSpec


def check_steps(source: Source, entry: InputSpec, findings: Findings) -> None:
    """Check that the first axis of an input has the size of the window."""
    shape, window = entry.shape, source.options["window"]
    if shape is None or (shape and shape[0] in (None, window)):
        return
    message = (
        f"the input `{entry.name}` takes shape {shape_text(shape)}; the first axis of a"
        f" {'time series' if source.kind == SERIES else 'text'} is its window, {window}"
        f" {'rows' if source.kind == SERIES else 'tokens'}"
    )
    made = f"such as [{window}, COLUMNS]" if source.kind == SERIES else f"[{window}]"
    hint = f"give the input a shape {made}, or change `window`"
    related = (Related(entry.span, f"`{entry.name}` is declared here"),)
    findings.error(source.place("window"), "input-shape", message, hint=hint, related=related)
