"""Gaps in new data where training had none: left out, or filled with what training learned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from modelspec.data.examples import Preprocessing
from modelspec.data.prepare import CheckedTable, columns_that_need_values
from modelspec.data.table import ColumnUse
from modelspec.diagnostics import Findings, Span, UsageError, join_words
from modelspec.spec.data import DROP, EMPTY, MEDIAN


class NewGaps(NamedTuple):
    """What happens to the gaps of new data.

    Attributes:
        preprocessing: with a rule for every column.
        columns: those that have a rule for new data alone.
        rule: "empty", "drop" or "median".
    """

    preprocessing: Preprocessing
    columns: Sequence[str]
    rule: str

    def report(self, checked: CheckedTable, place: Span, findings: Findings) -> None:
        """A warning with the counts of the gaps that have a rule for new data alone."""
        counts = {name: checked.missing[name] for name in self.columns if name in checked.missing}
        found = {name: count for name, count in counts.items() if count.count}
        if not found:
            return
        columns = ", ".join(f"`{name}` {count.count}" for name, count in found.items())
        first = checked.table.locate(min(count.first_row for count in found.values()))
        message = (
            "values are missing that the training data had everywhere:"
            f" {columns} (the first in {first}); {self._outcome(list(found))}"
        )
        findings.warning(place, "missing-values", message)

    def _outcome(self, names: Sequence[str]) -> str:
        """What happens to these gaps."""
        fills = self.preprocessing.learned.fills
        filled = [f"`{name}` {_shown(fills[name])}" for name in names if name in fills]
        left = [f"`{name}`" for name in names if name not in fills]
        rows = "their rows have no prediction (--missing drop leaves them out)"
        if self.preprocessing.data.train.traits.is_series:
            rows = "windows that take one have no prediction"
        elif self.rule == DROP:
            rows = "their rows are left out"
        parts = [f"the medians of the training data take their place: {', '.join(filled)}"]
        if filled and left:
            return f"{parts[0]}; rows without {join_words(left, 'or')} have no prediction"
        return parts[0] if filled else rows


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else "its own for each place"


def rule_for_gaps(preprocessing: Preprocessing, given: str | None) -> str:
    """What happens to gaps: as given, else as the spec says."""
    return given or preprocessing.data.missing_new or EMPTY


def allow_gaps(
    preprocessing: Preprocessing, given: str | None, uses: Sequence[ColumnUse]
) -> NewGaps:
    """Rules for the columns that have none.

    Args:
        preprocessing: of the trained model.
        given: "empty", "drop" or "median"; None for what the spec says.
        uses: of the columns of the new data.

    Raises:
        UsageError: the training learned no medians.
    """
    data, learned = preprocessing.data, preprocessing.learned
    rule = rule_for_gaps(preprocessing, given)
    if rule == MEDIAN and data.missing_new != MEDIAN:
        message = "--missing median: the training learned no medians"
        raise UsageError(f"{message}; write `missing_new: median` under `data`, and train again")
    names = [name for name in columns_that_need_values(uses) if name not in data.missing]
    fills = {n: learned.medians[n] for n in names if n in learned.medians and rule == MEDIAN}
    rules = {name: MEDIAN if name in fills else DROP for name in names}
    filling = preprocessing._replace(
        data=replace(data, missing={**data.missing, **rules}),
        learned=replace(learned, fills={**learned.fills, **fills}),
    )
    return NewGaps(filling, names, rule)
