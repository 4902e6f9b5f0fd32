"""Whether the targets are what each loss can compare with what its output gives.

Keras would broadcast some of these mistakes silently, and fail on others inside a compiled step
with a message about an operation that no spec names.
"""

from __future__ import annotations

import numpy as np

from modelspec.analysis.losses import TargetRequirement, check_target_shape, report_out_of_range
from modelspec.data.examples import Examples
from modelspec.diagnostics import Findings, Related
from modelspec.graph import Graph

from .outputs import Output


def check_targets(
    output: Output,
    examples: Examples,
    labels: tuple[str, ...] | None,
    graph: Graph,
    findings: Findings,
) -> None:
    """Findings for one output on one split.

    Args:
        output: the output with its loss.
        examples: the split.
        labels: the target's classes, or None.
        graph: says where the output's layer stands.
        findings: takes what does not fit.
    """
    requirement = requirement_of(output, graph)
    target = examples.targets[output.name]
    if not check_target_shape(requirement, labels, target.shape[1:], findings):
        return
    bad = (target < 0) | (target > requirement.largest)
    if requirement.takes_class_numbers:
        bad |= target != np.floor(target)
    if bad.any():
        position = tuple(int(i) for i in np.argwhere(bad)[0])
        place = examples.table.locate(int(examples.rows[position[0]]))
        report_out_of_range(requirement, float(target[position]), place, findings)


def requirement_of(output: Output, graph: Graph) -> TargetRequirement:
    """An output with where it stands."""
    span = graph.output_spans[graph.output_names.index(output.name)]
    place = (Related(span, f"the output `{output.name}` is here"),)
    return TargetRequirement(output.name, output.loss, output.loss_class, output.shape, place)
