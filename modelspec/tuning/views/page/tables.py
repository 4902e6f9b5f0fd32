"""The tables of the page: settings, refused points, and all trials."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from modelspec.diagnostics import bytes_text
from modelspec.markup import Content, Markup, element

from ...record import Proposal, ProposalState, StudyRecord
from ..order import best_trials
from ..wording import group_refused, number_text, seconds_text, settings_text, short_names

KINDS = {"invalid": "cannot be built", "budget": "exceeds a bound of `expect`"}


def facts_table(facts: Mapping[str, Content]) -> Markup:
    """Names and values below each other."""
    rows = [
        element("tr", element("th", name, scope="row"), element("td", value))
        for name, value in facts.items()
    ]
    return element("table", element("tbody", rows), class_="facts")


def trial_facts(record: StudyRecord, one: Proposal) -> Markup:
    """The settings of a trial, then what it gave."""
    settings: dict[str, Content] = {
        name: element("code", number_text(value)) for name, value in one.values.items()
    }
    values: dict[str, Content] = {name: number_text(v) for name, v in one.objectives.items()}
    values["epochs"] = f"{one.epochs} of {record.epochs}"
    values |= {name: _cost(name, v) for name, v in one.cost.items() if name not in values}
    values |= {"time": seconds_text(one.seconds), "run": element("code", one.run)}
    parts = [
        element("div", element("h3", "Settings"), facts_table(settings)),
        element("div", element("h3", "Result"), facts_table(values)),
    ]
    return element("div", parts, class_="pair")


def _cost(name: str, value: float) -> str:
    return bytes_text(value) if name == "memory" else number_text(value)


def refused_table(record: StudyRecord) -> Markup:
    """The refused points by reason, with the settings of one of each."""
    names = short_names(one.name for one in record.dimensions)
    rows = []
    for group in group_refused(record.proposals):
        cells = [
            element("td", f"{group.count:,}", class_="number"),
            element("td", element("code", f"{group.file.rsplit('/', 1)[-1]}:{group.line}")),
            element("td", KINDS.get(group.kind, group.kind)),
            element("td", group.message),
            element("td", element("code", settings_text(group.values, names))),
        ]
        rows.append(element("tr", cells))
    return _table(("points", "line", "what is wrong", "message", "one of them"), rows)


def failed_table(record: StudyRecord) -> Markup | None:
    """The trials that failed, with their reasons; None without any."""
    failed = [one for one in record.counted if one.state is ProposalState.FAILED]
    names = short_names(one.name for one in record.dimensions)
    rows = [
        element(
            "tr",
            element("td", str(one.number), class_="number"),
            element("td", one.reason),
            element("td", element("code", settings_text(one.values, names))),
        )
        for one in failed
    ]
    return _table(("trial", "reason", "settings"), rows) if rows else None


def trials_table(record: StudyRecord) -> Markup:
    """All trials, the best first; a press on a head sorts by its column."""
    ordered = best_trials(record)
    numbers = {one.number for one in ordered}
    ordered += [one for one in record.counted if one.number not in numbers]
    names = short_names(one.name for one in record.dimensions)
    heads = ["trial", *(one.name for one in record.objectives), "state", "epochs", "time"]
    titles = {names[one.name]: one.name for one in record.dimensions}
    cells = [
        element(
            "th",
            element("button", head, type="button", title=titles.get(head)),
            scope="col",
        )
        for head in [*heads, *titles]
    ]
    best = [] if record.best is None else [record.best]
    good = {one.number for one in (record.front if len(record.objectives) > 1 else best)}
    rows = [_row(record, one, is_good=one.number in good) for one in ordered]
    table = element(
        "table",
        element("thead", element("tr", cells)),
        element("tbody", rows),
        id="trials",
    )
    return element(
        "div", table, class_="wide", tabindex="0", role="region", aria_label="all trials"
    )


def _row(record: StudyRecord, one: Proposal, *, is_good: bool) -> Markup:
    show = element("button", str(one.number), type="button", aria_pressed="false")
    values = [one.objectives.get(objective.name) for objective in record.objectives]
    settings = [one.values.get(dimension.name) for dimension in record.dimensions]
    cells = [
        element("th", show, scope="row", data_v=one.number),
        *(_cell(value) for value in values),
        element("td", str(one.state), title=one.reason or None),
        _cell(one.epochs),
        element("td", seconds_text(one.seconds), class_="number", data_v=f"{one.seconds:.6g}"),
        *(_cell(value) for value in settings),
    ]
    return element("tr", cells, class_="good" if is_good else None, data_t=one.number)


def _cell(value: object) -> Markup:
    """A value; the exact number, by which the table is sorted, is with it."""
    if value is None:
        return element("td", "")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return element("td", number_text(value), class_="number", data_v=f"{value:.9g}")
    return element("td", str(value))


def _table(heads: Iterable[str], rows: Iterable[Markup]) -> Markup:
    cells = [element("th", head, scope="col") for head in heads]
    table = element("table", element("thead", element("tr", cells)), element("tbody", rows))
    return element("div", table, class_="wide")
