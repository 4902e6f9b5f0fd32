"""The `tune` section to its typed form."""

from __future__ import annotations

from modelspec.diagnostics import Findings
from modelspec.document import LocatedDict, value_span
from modelspec.spec.data import whole_number

from .space import parse_space
from .tune import JOURNAL, Goal, Halving, Sampler, TuneSpec


def parse_tune(section: LocatedDict, findings: Findings) -> TuneSpec:
    """The `tune` section, already checked against its schema.

    Args:
        section: the located mapping.
        findings: takes dimensions that make no sense, each at its line.
    """
    objective, seed = section["objective"], whole_number(section, "seed", 0, findings)
    return TuneSpec(
        tuple(Goal(name, way, objective.key_spans[name]) for name, way in objective.items()),
        whole_number(section, "trials", 1, findings),
        parse_space(section["space"], findings),
        _sampler(section),
        _halving(section, findings),
        str(section.get("storage", JOURNAL)),
        seed,
        section.key_spans,
        section.span,
    )


def _sampler(section: LocatedDict) -> Sampler:
    given = section.get("sampler", "tpe")
    span = value_span(section, "sampler", section.span)
    if isinstance(given, str):
        return Sampler(given, {}, span)
    name, arguments = next(iter(given.items()))
    return Sampler(name, dict(arguments or {}), given.key_spans[name])


def _halving(section: LocatedDict, findings: Findings) -> Halving | None:
    keys = [key for key in ("halving", "hyperband") if section.get(key) is not None]
    if not keys:
        return None
    if len(keys) > 1:
        message = "`hyperband` is `halving` in several brackets: a search has one of them"
        place = section.key_spans["hyperband"]
        findings.error(place, "search-mismatch", message, hint="remove `halving` or `hyperband`")
    given = section[keys[-1]]
    span = value_span(given, "from", given.span)
    return Halving(given["from"], given.get("factor", 3), span, keys[-1])
