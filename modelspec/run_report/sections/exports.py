"""The exports of a run, and whether they predict what its model does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from modelspec.report import memory_text
from modelspec.run_report.content import ExportFacts, RunContent
from modelspec.run_report.elements import (
    NONE_TEXT,
    Content,
    Markup,
    joined,
    missing,
    number,
    table,
    tag,
)


def exports_section(content: RunContent) -> Markup:
    """A row for each export."""
    exports = content.exports
    if exports is None:
        return missing(content.reason("exports", "Nobody looked for exports."))
    if not exports:
        return missing(
            "No export of this run lies in its folder or beside it; `modelspec export "
            f"{content.name} --format onnx` writes one."
        )
    rows = [_row(one) for one in exports]
    head = (
        "file",
        "format",
        "size",
        "parity",
        "largest relative difference",
        "same decision",
        "compared on",
        "note",
    )
    said = (
        "Each export was run in another process and compared with the Keras model; parity is "
        "given where no output differs by more than the tolerance of the format."
    )
    shown = table(head, rows, caption="Exports of this run", numeric=(2, 4, 5))
    return joined([shown, tag("p", said, class_="reading")])


def _row(export: ExportFacts) -> list[Content]:
    check = export.check
    outputs = _mappings(check.get("outputs"))
    relative = [one["relative"] for one in outputs if isinstance(one.get("relative"), (int, float))]
    same = [one["decisions"] for one in outputs if isinstance(one.get("decisions"), (int, float))]
    samples = check.get("samples")
    samples = samples if isinstance(samples, dict) else {}
    accepted = check.get("accepted")
    parity: Content = "not checked"
    if accepted is not None:
        word, look = ("yes", "good") if accepted else ("no", "bad")
        parity = tag("span", word, class_=f"word {look}")
    notes = [export.note, str(check.get("error") or ""), str(check.get("note") or "")]
    count = samples.get("count")
    return [
        export.file,
        export.form,
        memory_text(export.size),
        parity,
        number(max(relative)) if relative else NONE_TEXT,
        f"{min(same):.2%}" if same else NONE_TEXT,
        f"{count} {samples.get('from', '')}" if count is not None else NONE_TEXT,
        " ".join(note for note in notes if note) or NONE_TEXT,
    ]


def _mappings(value: Any) -> Sequence[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
