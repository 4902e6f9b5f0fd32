"""Reading `training.losses`: tensors of the model whose means are made small."""

from __future__ import annotations

from collections.abc import Mapping

from modelspec.diagnostics import Findings
from modelspec.document import LocatedDict
from modelspec.spec.data import number
from modelspec.spec.model import parse_refs

from .training import GraphLoss


def parse_graph_losses(section: LocatedDict, findings: Findings) -> Mapping[str, GraphLoss]:
    """The losses by name.

    Args:
        section: `training.losses`, already checked against its schema.
        findings: takes what is not the name of a tensor.
    """
    found = {}
    for name, given in section.items():
        of = parse_refs(given["of"], given.value_spans["of"], findings)
        weight = 1.0
        if "weight" in given:
            weight = number(given["weight"], "weight", given.value_spans["weight"], findings)
        if of is not None:
            found[name] = GraphLoss(name, of, weight, section.key_spans[name])
    return found
