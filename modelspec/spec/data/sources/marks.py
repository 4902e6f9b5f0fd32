"""The marks of a csv that others imply, and those that mean two things."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from modelspec.diagnostics import Findings
from modelspec.document import LocatedDict, value_span

from .kinds import CSV


def with_implied_marks(section: Any) -> Any:
    """A part of `data` with the marks of its csv files that others imply written out."""
    if isinstance(section, list):
        return [with_implied_marks(item) for item in section]
    if not isinstance(section, dict):
        return section
    made = {key: with_implied_marks(item) for key, item in section.items()}
    table = made.get(CSV)
    if isinstance(table, dict) and "path" in table:
        path = table["path"]
        marks = implied_marks(table, (path,) if isinstance(path, str) else tuple(path))
        made[CSV] = {**table, **marks}
    return made


def implied_marks(given: Mapping[str, Any], paths: Sequence[str]) -> dict[str, str]:
    """The marks of a csv that others imply: tabs in a .tsv, a decimal comma where points group, and
    quotes that are text where several marks separate."""
    found = {}
    names = [path.lower().split("?")[0] for path in paths]
    if names and "delimiter" not in given and all(map(_TAB_SEPARATED.search, names)):
        found["delimiter"] = "\t"
    if given.get("thousands") == "." and "decimal" not in given:
        found["decimal"] = ","
    delimiter = given.get("delimiter")
    if isinstance(delimiter, str) and len(delimiter) > 1 and "quote" not in given:
        found["quote"] = "none"
    return found


_TAB_SEPARATED = re.compile(r"\.(tsv|tab)(\.(gz|bz2|xz|zst))?$")


def refuse_same_marks(given: LocatedDict, options: Mapping[str, Any], findings: Findings) -> None:
    """Findings for marks of a csv that mean two things."""
    delimiter = options["delimiter"]
    if options["decimal"] == options.get("thousands"):
        mark = options["decimal"]
        message = f'`decimal` and `thousands` are both "{mark}"'
        hint = "remove `decimal`: a comma stands before the decimals where a point marks thousands"
        if mark == ",":
            hint = "remove `decimal`: it is a point where commas mark thousands"
        place = value_span(given, "thousands", given.span)
        findings.error(place, "wrong-value", message, hint=hint)
    if delimiter == options["decimal"] and given.get("thousands") != ".":
        message = f'`delimiter` and `decimal` are both "{delimiter}"'
        findings.error(given.span, "wrong-value", message, hint='write `delimiter: ";"`')
    if len(delimiter) > 1 and given.get("quote", "none") != "none":
        message = "with a `delimiter` of several marks, quotes are text"
        hint = "remove `quote`, or write `quote: none`"
        findings.error(given.value_spans["quote"], "wrong-value", message, hint=hint)
    for key in ("quote", "comment"):
        if options.get(key) == delimiter:
            message = f'`delimiter` and `{key}` are both "{delimiter}"'
            place = value_span(given, key, given.span)
            hint = "files with such rows cannot be told apart: check which mark is which"
            findings.error(place, "wrong-value", message, hint=hint)
