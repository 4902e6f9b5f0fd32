"""Whether the targets are what each loss can compare with what its output gives.

Keras would broadcast some of these mistakes silently, and fail on others inside a compiled step
with a message about an operation that no spec names.
"""

from __future__ import annotations

import numpy as np

from modelspec.analysis.data_checks import Goal, check_goal, most, out_of_range, takes_class_numbers
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
    goal = goal_of(output, graph)
    target = examples.targets[output.name]
    if not check_goal(goal, labels, target.shape[1:], findings):
        return
    bad = (target < 0) | (target > most(goal))
    if takes_class_numbers(goal):
        bad |= target != np.floor(target)
    if bad.any():
        position = tuple(int(i) for i in np.argwhere(bad)[0])
        place = examples.table.locate(int(examples.rows[position[0]]))
        out_of_range(goal, float(target[position]), place, findings)


def goal_of(output: Output, graph: Graph) -> Goal:
    """An output with where it stands."""
    span = graph.output_spans[graph.output_names.index(output.name)]
    place = (Related(span, f"the output `{output.name}` is here"),)
    return Goal(output.name, output.loss, output.loss_class, output.shape, place)
