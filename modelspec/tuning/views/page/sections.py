"""The page of a study, section after section."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from modelspec.diagnostics import join_words
from modelspec.markup import Content, Markup, element
from modelspec.spec.tune import STATIC

from ...record import Objective, ProposalState, RecordedDimension, StudyRecord, StudyStatus
from ..order import best_trials
from ..wording import counts_text, number_text, objective_values, seconds_text, short_names
from .importance import GOOD_PART, NoImportanceError, importance_of
from .parallel import parallel_picture, shown_dimensions
from .pictures import front_picture, history_picture, rungs_of, rungs_picture
from .style import SCRIPT, STYLE
from .tables import facts_table, failed_table, refused_table, trial_facts, trials_table

POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
"""Nothing is loaded from anywhere."""

COMPARED = 5
"""So many of the best trials are compared."""

HISTORY = (
    "Each dot is a trial, in the order of their start; the line is the best value of a whole"
    " training so far, and a cross is a trial that failed."
)
PART = " A hollow dot is the value of a trial that was trained for some epochs only."
PARALLEL = (
    "Each line is a trial: it crosses each axis at its setting and ends at its value; the thick"
    " line is the best trial, and the stronger the colour of a line, the better its value."
)
FRONT = (
    "Each dot is a whole trial; to those on the line no other one is better in one objective and"
    " as good in all."
)
RUNGS = (
    "Each dot is a trial above the epoch that it was trained to; the best of each column went on"
    " to the next one, from where they were."
)
REFUSED = (
    "Points of the space that the analysis refused before any training; they do not count as"
    " trials, and the sampler was told."
)


def study_page(record: StudyRecord) -> str:
    """The HTML of a study: one file that needs no network.

    Args:
        record: all that is known of it.
    """
    importance = _importance(record)
    sections = [
        _overview(record),
        _best(record),
        *_histories(record),
        *_fronts(record),
        *_parallels(record, importance),
        _important(record, importance),
        _rungs(record),
        _refused(record),
        _failed(record),
        _trials(record),
        _reproduce(record),
    ]
    body = element("main", element("h1", record.name), *[one for one in sections if one])
    head = [
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("title", f"{record.name}: search"),
        element("style", Markup(STYLE)),
    ]
    script = element("script", Markup(SCRIPT))
    page = element("html", element("head", head), element("body", body, script), lang="en")
    return f"<!DOCTYPE html>\n{page}\n"


def _section(title: str, note: str, *content: Content) -> Markup:
    text = [element("p", note, class_="note")] if note else []
    return element("section", element("h2", title), text, *content)


def _overview(record: StudyRecord) -> Markup:
    objectives = ", ".join(f"{one.name} ({one.direction})" for one in record.objectives)
    seconds = sum(one.seconds for one in record.counted)
    epochs = sum(one.epochs for one in record.counted)
    facts: dict[str, Content] = {
        "found": counts_text(record) + (f": {record.ended}" if record.ended else ""),
        "objective": objectives,
        "sampler": f"{record.sampler}, seed {record.seed}",
        "trained": f"{epochs:,} epochs in {seconds_text(seconds)} of the workers",
        "spec": element("code", record.spec),
    }
    if record.halving:
        facts["hyperband" if "brackets" in record.halving else "halving"] = _halving(record)
    if record.status is not StudyStatus.COMPLETE:
        facts["status"] = f"{record.status} when this page was written"
    space: dict[str, Content] = {d.name: _range(d) for d in record.dimensions}
    parts = [
        element("div", facts_table(facts)),
        element("div", element("h3", "Space"), facts_table(space)),
    ]
    return element("section", element("div", parts, class_="pair"))


def _halving(record: StudyRecord) -> str:
    """`1 of 3 goes on after epoch 1, and after epoch 3; a whole training has 9`."""
    after = join_words([f"after epoch {rung}" for rung in rungs_of(record)[:-1]], "and")
    factor = record.halving["factor"]
    text = f"1 of {factor} goes on {after}; a whole training has {record.epochs} epochs"
    if "brackets" not in record.halving:
        return text
    counts = [
        f"{sum(one.bracket == number for one in record.counted)} to epoch {rung}"
        for number, rung in enumerate(rungs_of(record))
    ]
    return f"{text}; first trained: {join_words(counts, 'and')}"


def _range(dimension: RecordedDimension) -> Markup:
    if dimension.low is None or dimension.high is None:
        return element("code", ", ".join(map(str, dimension.labels)))
    scale = ", log" if dimension.log else ""
    low, high = number_text(dimension.low), number_text(dimension.high)
    return element("code", f"{low} to {high}{scale}")


def _best(record: StudyRecord) -> Markup | None:
    best = record.best
    if len(record.objectives) > 1 and record.front:
        first = record.objectives[0]
        front = sorted(record.front, key=lambda one: one.objectives[first.name])
        title = f"The front: {len(front)} trials"
        note = "No other trial is better in one objective and as good in all; the table has them."
        names = short_names(one.name for one in record.dimensions)
        items = [
            element(
                "li",
                f"trial {one.number}: {objective_values(record, one)}; ",
                ", ".join(f"{names[n]} {number_text(v)}" for n, v in one.values.items()),
            )
            for one in front
        ]
        return _section(title, note, element("ul", items))
    if best is None:
        return None
    title = f"Best: trial {best.number}, {objective_values(record, best)}"
    return _section(title, "", trial_facts(record, best))


def _trained_for(record: StudyRecord) -> list[Objective]:
    """The objectives that a training decides; the others follow from the settings."""
    return [one for one in record.objectives if one.name not in STATIC] or [*record.objectives]


def _histories(record: StudyRecord) -> list[Markup]:
    found = []
    has_parts = any(one.state is ProposalState.PAUSED for one in record.counted)
    for objective in _trained_for(record):
        picture = history_picture(record, objective)
        if picture:
            note = HISTORY + PART * has_parts
            found.append(_section(f"{objective.name} over the trials", note, picture))
    return found


def _fronts(record: StudyRecord) -> list[Markup]:
    first, *others = record.objectives
    pictures = [(one, front_picture(record, one, first)) for one in others]
    return [
        _section(f"{first.name} against {one.name}", FRONT, picture)
        for one, picture in pictures
        if picture
    ]


Importance = dict[str, dict[str, float] | str]
"""By objective: each dimension's part, or why it is not known."""


def _importance(record: StudyRecord) -> Importance:
    found: Importance = {}
    for one in _trained_for(record):
        try:
            found[one.name] = importance_of(record, one)
        except NoImportanceError as error:
            found[one.name] = str(error)
    return found


def _parallels(record: StudyRecord, importance: Importance) -> list[Markup]:
    found = []
    for objective in _trained_for(record):
        known = importance[objective.name]
        dimensions = shown_dimensions(record, {} if isinstance(known, str) else known)
        picture = parallel_picture(record, objective, dimensions)
        note = PARALLEL
        if any(one.state is ProposalState.PAUSED for one in record.counted):
            note += " A dashed line is a trial that was trained for some epochs only."
        left_out = len(record.dimensions) - len(dimensions)
        if left_out:
            note += f" {left_out} less important settings are left out."
        if picture:
            found.append(_section(f"Settings and {objective.name}", note, picture))
    return found


def _important(record: StudyRecord, importance: Importance) -> Markup:
    parts: list[Content] = []
    for objective in _trained_for(record):
        known = importance[objective.name]
        if len(importance) > 1:
            parts.append(element("h3", objective.name))
        parts.append(_bars(known))
    note = (
        "The longer a bar, the more its setting tells the best"
        f" {GOOD_PART:.0%} of the whole trials from the others (PED-ANOVA)."
    )
    return _section("Importance of the settings", note, *parts)


def _bars(known: dict[str, float] | str) -> Markup:
    if isinstance(known, str):
        return element("p", f"It {known}.")
    rows = []
    for name, part in known.items():
        bar = element("span", class_="bar", style=f"width:{part:.1%}")
        cells = [
            element("th", element("code", name), scope="row"),
            element("td", bar),
            element("td", f"{part:.0%}", class_="number"),
        ]
        rows.append(element("tr", cells))
    return element("table", element("tbody", rows), class_="bars")


def _rungs(record: StudyRecord) -> Markup | None:
    picture = rungs_picture(record, record.objectives[0]) if record.halving else None
    title = "Hyperband" if "brackets" in record.halving else "Halving"
    return _section(title, RUNGS, picture) if picture else None


def _refused(record: StudyRecord) -> Markup | None:
    count = sum(one.state is ProposalState.REFUSED for one in record.proposals)
    if not count:
        return None
    return _section(f"{count:,} refused points", REFUSED, refused_table(record))


def _failed(record: StudyRecord) -> Markup | None:
    table = failed_table(record)
    return None if table is None else _section("Trials that failed", "", table)


def _trials(record: StudyRecord) -> Markup:
    note = "Press the head of a column to sort by it, and the number of a trial to mark it above."
    return _section("All trials", note, trials_table(record))


def _reproduce(record: StudyRecord) -> Markup:
    lines = ["# in the folder of this page"]
    if record.best is not None:
        by = f" by {record.objectives[0].name}" if len(record.objectives) > 1 else ""
        lines.append(f"modelspec train best.yaml    # the best trial{by}, from the beginning")
    compared = [one.run for one in best_trials(record)[:COMPARED] if one.run]
    if len(compared) > 1:
        lines.append(f"modelspec runs compare {' '.join(compared)}")
    changes = [f"{path}={json.dumps(value)}" for path, value in record.overrides.items()]
    sets = "".join(f" --set {shlex.quote(change)}" for change in changes)
    spec = shlex.quote(Path(record.spec).name)
    lines.append(f"modelspec tune {spec}{sets}    # the whole search, in the folder of the spec")
    note = (
        f"With one worker on a CPU, seed {record.seed} gives the same trials with the same bits;"
        " several workers end in another order, which the sampler sees."
    )
    return _section("Do it again", note, element("pre", element("code", "\n".join(lines))))
