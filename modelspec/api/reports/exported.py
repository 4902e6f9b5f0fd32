"""The report of an exported model, which carries its spec and the metrics of its run."""

from __future__ import annotations

from pathlib import Path

from modelspec.diagnostics import Findings
from modelspec.document import load
from modelspec.run_report import RunContent
from modelspec.runs import METRIC_PREFIXES, RunRecord, RunStatus


def content_of_export(path: Path) -> RunContent:
    """What the metadata of an exported model say.

    Raises:
        UsageError: it was not exported by modelspec.
        CannotRunError: it is damaged, or the package that reads it is missing.
    """
    from modelspec.exporting import read_metadata
    from modelspec.run_report import read_spec

    metadata = read_metadata(path)
    spec = load(metadata.spec, path.name, Findings())
    metrics = dict(metadata.metrics or {})
    splits = {split: metrics.get(split) or {} for split in METRIC_PREFIXES}
    data = dict(metadata.data or {})
    digests = data.get("digests")
    record = RunRecord(
        path,
        RunStatus.COMPLETE,
        "",
        "",
        spec if isinstance(spec, dict) else {},
        {},
        {},
        [],
        0,
        splits,
        digests if isinstance(digests, dict) else {},
    )
    parts, drawing, reasons = read_spec(metadata.spec, path)
    exported = f"{path.name} is an exported model: it has"
    reasons |= {
        "columns": f"{exported} no data; the report of its run has it.",
        "predictions": f"{exported} no predictions; the report of its run has them.",
        "training": f"{exported} no history; the report of its run has it.",
        "exports": f"{exported} no word of other exports; the report of its run has them.",
        "environment": f"{exported} no environment; it was written by modelspec "
        f"{metadata.modelspec}.",
    }
    return RunContent(
        path.name,
        record,
        metrics=metrics,
        data=data,
        spec_text=metadata.spec,
        parts=parts,
        drawing=drawing,
        reasons=reasons,
    )
