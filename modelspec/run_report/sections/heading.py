"""What stands at the top: the name, when it was trained, and the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from modelspec.diagnostics import join_words
from modelspec.run_report.content import RunContent
from modelspec.run_report.elements import (
    Content,
    Markup,
    code_block,
    facts,
    joined,
    measured,
    table,
    tag,
)
from modelspec.runs import RunStatus
from modelspec.spec import SliceBounds


@dataclass(frozen=True, slots=True)
class ExpectationVerdict:
    """An expectation of a metric.

    Attributes:
        name: such as `test_accuracy`.
        bounds: such as "at least 0.95".
        value: what was measured; None where nothing was.
        is_met: None where it is not decided, as the run is not complete.
    """

    name: str
    bounds: str
    value: float | None
    is_met: bool | None

    @property
    def word(self) -> str:
        """For people."""
        return "not decided" if self.is_met is None else "met" if self.is_met else "missed"


def verdicts(content: RunContent) -> list[ExpectationVerdict]:
    """The expectations of the spec with what was measured."""
    spec = None if content.parts is None else content.parts.spec
    if spec is None or spec.expect is None:
        return []
    missed = _missed(content)
    whole = {one.get("name"): one.get("value") for one in missed if "slice" not in one}
    is_complete = content.record.state is RunStatus.COMPLETE and bool(content.metrics)
    found = []
    for bounds in spec.expect.metrics:
        if bounds.least is not None or bounds.most is not None:
            value = whole.get(bounds.name, content.record.flat_metrics.get(bounds.name))
            is_met = bounds.name not in whole if is_complete else None
            found.append(ExpectationVerdict(bounds.name, str(bounds), value, is_met))
        for slices in bounds.slices:
            found += _of_slices(bounds.name, slices, missed, is_complete)
    return found


def _of_slices(
    name: str, slices: SliceBounds, missed: Sequence[dict[str, Any]], is_complete: bool
) -> list[ExpectationVerdict]:
    """The slices in which a metric is missed; one verdict for all where none is."""
    expected = f"{slices.bounds}, with {slices.at_least} rows or more"
    found = []
    for one in missed:
        part = one.get("slice")
        if one.get("name") != name or not isinstance(part, dict):
            continue
        if part.get("column") == slices.column:
            where = "is empty" if part.get("value") is None else f"is {part['value']}"
            shown = f"{name} where {slices.column} {where}"
            found.append(ExpectationVerdict(shown, expected, one.get("value"), False))
    if found:
        return found
    shown = f"{name} for each {slices.column}"
    return [ExpectationVerdict(shown, expected, None, True if is_complete else None)]


def _missed(content: RunContent) -> Sequence[dict[str, Any]]:
    found = content.metrics.get("missed")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def verdict_badge(content: RunContent) -> Markup:
    """One sentence: whether the run is complete, and whether it is what is expected."""
    record = content.record
    if record.state is not RunStatus.COMPLETE:
        planned = "" if record.planned is None else f" of {record.planned}"
        after = f" after epoch {record.done}{planned}" if record.done else ""
        return _badge("warn", f"The run {state_text(record.state)}{after}")
    found = verdicts(content)
    if not found:
        return _badge("none", "The spec expects nothing of its metrics")
    missed = [one.name for one in found if one.is_met is False]
    if not missed:
        return _badge("good", _all_of(found, "met"))
    if len(missed) == len(found):
        return _badge("bad", f"{_all_of(found, 'missed')}: {join_words(missed, most=3)}")
    said = f"{len(missed)} of {len(found)} expectations missed: {join_words(missed, most=3)}"
    return _badge("bad", said)


def _all_of(found: Sequence[ExpectationVerdict], word: str) -> str:
    return (
        f"Its expectation is {word}" if len(found) == 1 else f"All {len(found)} expectations {word}"
    )


def state_text(state: RunStatus) -> str:
    """What follows "the run" of one that is not complete."""
    return _STATES.get(state, f"is {state}")


_STATES = {
    RunStatus.FAILED: "failed",
    RunStatus.INTERRUPTED: "was interrupted",
    RunStatus.DAMAGED: "is damaged: its run.json cannot be read",
}

_SIGNS = {"good": "✓", "bad": "✗", "warn": "!", "none": "–"}


def _badge(look: str, text: str) -> Markup:
    sign = tag("span", _SIGNS[look], aria_hidden="true", class_="sign")
    return tag("p", sign, " ", text, class_=f"verdict {look}")


def run_heading(content: RunContent) -> Markup:
    """The verdict, the description and when the run began."""
    record = content.record
    description = record.spec.get("description")
    pairs: list[tuple[Content, Content]] = [("run", content.name), ("state", str(record.state))]
    if record.started:
        pairs.append(("started", tag("time", _when(record.started), datetime=record.started)))
    if content.counts:
        said = ", ".join(f"{count:,} {split}" for split, count in content.counts.items())
        pairs.append(("examples", said))
    if record.done:
        planned = "" if record.planned is None else f" of {record.planned}"
        pairs.append(("epochs", f"{record.done}{planned}"))
    best = record.used
    if best is not None:
        pairs.append(("model of", f"epoch {best.epoch}, the best {best.name}"))
    if content.members:
        what = "seeds" if "seeds" in content.status else "folds"
        pairs.append(("trained with", f"{len(content.members)} {what}"))
    parts: list[Content] = [verdict_badge(content)]
    if isinstance(description, str) and description:
        parts.append(tag("p", description, class_="lead"))
    parts.append(facts(pairs))
    if content.log_end:
        parts.append(tag("p", "The end of its log:"))
        parts.append(code_block(content.log_end, "The end of train.log"))
    return joined(parts)


def _when(started: str) -> str:
    return started.replace("T", " ").replace("+00:00", " UTC")


def expectations_table(content: RunContent) -> Markup | None:
    """The expectations with what was measured; None without any."""
    found = verdicts(content)
    if not found:
        return None
    rows = [
        (
            one.name,
            one.bounds,
            measured(one.value),
            tag("span", one.word, class_=f"word {_LOOKS[one.is_met]}"),
        )
        for one in found
    ]
    head = ("metric", "expected", "measured", "verdict")
    return table(head, rows, caption="Expectations of the spec (expect.metrics)", numeric=(2,))


_LOOKS = {True: "good", False: "bad", None: "warn"}
