"""What became of a model in a format, as rows of a table that several benchmarks print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from modelspec.diagnostics.problems import ModelspecError, SpecError
from modelspec.exporting.verify.check import Check

HEADER = f"{'model':<18} {'format':<12} {'became':<9} {'relative':>9} {'decisions':>10}  reason"


class Row(NamedTuple):
    """One model in one format: exported, with the largest relative difference of an output and
    the smallest share of equal decisions; refused, with the reason; or rejected. `reason` also
    holds what else is to be known of the comparison."""

    model: str
    form: str
    became: str
    relative: str = ""
    decisions: str = ""
    reason: str = ""

    def __str__(self) -> str:
        return (
            f"{self.model:<18} {self.form:<12} {self.became:<9} {self.relative:>9} "
            f"{self.decisions:>10}  {self.reason}"
        ).rstrip()


def checked(model: str, form: str, check: Check) -> Row:
    """The row of what was written and run."""
    if check.error:
        return Row(model, form, "rejected", reason=check.error.splitlines()[0])
    shares = [one.decisions for one in check.differences if one.decisions is not None]
    relative = f"{max(one.relative for one in check.differences):.2g}"
    decisions = f"{min(shares):.1%}" if shares else ""
    became = "exported" if check.accepted else "rejected"
    notes = dict.fromkeys((check.note, *(one.note for one in check.differences)))
    return Row(model, form, became, relative, decisions, "; ".join(filter(None, notes)))


def refused(model: str, form: str, error: ModelspecError) -> Row:
    """The row of what was not written."""
    said = error.findings[0].message if isinstance(error, SpecError) else str(error)
    return Row(model, form, "refused", reason=said.strip().partition("\n")[0])


def show(rows: Iterable[Row]) -> int:
    """Print rows as they come, and how many became what; 1 where one is rejected."""
    print(HEADER, flush=True)
    became: Counter[str] = Counter()
    for row in rows:
        became[row.became] += 1
        print(row, flush=True)
    print(", ".join(f"{count} {what}" for what, count in became.items()))
    return int(became["rejected"] > 0)
