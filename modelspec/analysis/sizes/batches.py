"""Calls that need several examples in a batch."""

from __future__ import annotations

from modelspec.analysis.facts import Analysis
from modelspec.diagnostics import Findings, Related
from modelspec.spec import Spec

CODE = "batch-too-small"


def check_batches(spec: Spec, analysis: Analysis, findings: Findings) -> None:
    """Check that the batches have as many examples as each call needs.

    Args:
        spec: its section `data` has the number of examples in a batch.
        analysis: of its model.
        findings: takes an error where it is too small, a warning where the last batch may be.
    """
    data = spec.data
    for facts in analysis.layers.values():
        for call in facts.calls:
            least = call.least_batch
            if least < 2:
                continue
            layer = facts.layer
            message = (
                f'"{layer.name}" ({layer.object.class_name}) looks along the batch, and needs at'
                f" least {least} examples in it"
            )
            hint = "name an axis from 1 on, which each example has by itself"
            if data is not None and data.batch_size < least:
                related = (Related(data.span, f"`batch_size` is {data.batch_size}"),)
                findings.error(call.call.span, CODE, message, hint=hint, related=related)
            else:
                message += ": the last batch of an epoch may have fewer, and then fails"
                findings.warning(call.call.span, CODE, message, hint=hint)
