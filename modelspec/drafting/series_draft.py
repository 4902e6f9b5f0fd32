"""A spec that forecasts a series: its next value from the rows before."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from modelspec.diagnostics import Findings, UsageError, did_you_mean, join_words
from modelspec.spec.data import step_text

from .branches import DraftNames
from .data_lines import source_text
from .draft_parts import Asked, copies_notes
from .model_size import round_to_unit
from .profile import ColumnProfile, TableProfile, file_span
from .splits import time_of
from .yaml_lines import comment_lines, commented_line, flow_list, yaml_key, yaml_value

DAY = 86_400
STEPS = ((0.1 * DAY, 48), (2 * DAY, 28), (10 * DAY, 26), (45 * DAY, 24), (120 * DAY, 8))
"""The longest step of time, in seconds, and the rows of a window: days, weeks, a year or two."""

OTHER_WINDOW = 12
ROWS_A_WINDOW = 8
"""The rows of a series for each of its window; of a shorter series the window is shorter."""

UNITS = 32


class _Series(NamedTuple):
    """What the spec says of a series."""

    found: TableProfile
    time: ColumnProfile
    group: ColumnProfile | None
    inputs: tuple[ColumnProfile, ...]
    left_out: dict[str, str]
    window: int
    every: str


def draft_series(
    found: TableProfile, asked: Asked, place: str, command: str, findings: Findings
) -> tuple[str, dict[str, str], tuple[str, ...]] | None:
    """The text, the columns that are left out, and what to tell; None with findings.

    Args:
        found: the table; its target is what is forecast.
        asked: the column with the time, and the one that tells series apart if there are several.
        place: the path of the table, as the spec says it.
        command: that asks for it.
        findings: takes what keeps the table from being a series.

    Raises:
        UsageError: there is no such column.
    """
    when = _column(found, "--time", asked.time or "")
    apart = None if asked.group is None else _column(found, "--group", asked.group)
    if not _check(found, when, apart, place, findings):
        return None
    left_out: dict[str, str] = {}
    inputs = [found.target]
    for column in found.others:
        if column in (when, apart):
            continue
        if not column.is_number or column.is_infinite:
            left_out[column.name] = "it is not a number, and windows are of numbers"
        elif column.distinct < 2:
            left_out[column.name] = "every row has the same value"
        else:
            inputs.append(column)
    rows = found.rows // (apart.distinct if apart else 1)
    window = max(1, min(_usual_window(found, when, apart), rows // ROWS_A_WINDOW))
    every, said = _every(found, when, apart)
    series = _Series(found, when, apart, tuple(inputs), left_out, window, every)
    notes = [f"left out {name} ({why})" for name, why in left_out.items()]
    count = f"{apart.distinct} series" if apart else "one series"
    notes.append(f"{count} of about {rows} rows, in windows of {window}")
    notes += [said] if said else []
    notes += copies_notes(found)
    return _text(series, place, command), left_out, tuple(notes)


def _column(found: TableProfile, option: str, name: str) -> ColumnProfile:
    columns = {column.name: column for column in found.others}
    if name == found.target.name:
        raise UsageError(f"{option}: `{name}` is the target")
    if name not in columns:
        near = did_you_mean(name, columns)
        known = "" if near else f"; it has {join_words((f'`{one}`' for one in columns), most=20)}"
        raise UsageError(f"{option}: the table has no column `{name}`{near}{known}")
    return columns[name]


def _check(
    found: TableProfile,
    when: ColumnProfile,
    apart: ColumnProfile | None,
    place: str,
    findings: Findings,
) -> bool:
    span, target = file_span(Path(place)), found.target
    if not target.is_number:
        message = f"`{target.name}` is not a number in every row, so it cannot be forecast"
        findings.error(span, "wrong-column-type", message, hint="remove --time, or fix the file")
        return False
    times = _in_order(found, when, apart)
    if times is None or when.missing:
        message = f"`{when.name}` does not say the time of every row"
        hint = "a series needs numbers, or dates such as 2024-05-31, in each row"
        findings.error(span, "wrong-column-type", message, hint=hint)
        return False
    if any(one > other for rows in times for one, other in pairwise(rows)):
        what = f"the rows of each `{apart.name}` are" if apart else "the rows are"
        message = f"{what} not in the order of `{when.name}`"
        hint = "sort the file by it"
        if apart is None:
            hint += ", or name the column that tells several series apart with --group"
        findings.error(span, "bad-data-file", message, hint=hint)
        return False
    return True


def _in_order(
    found: TableProfile, when: ColumnProfile, apart: ColumnProfile | None
) -> list[list[float]] | None:
    """The times of some rows, for each series; None where a value is no known time."""
    groups = found.sample[apart.name] if apart else [""] * len(found.sample[when.name])
    series: dict[str, list[float]] = {}
    for text, group in zip(found.sample[when.name], groups, strict=True):
        value = time_of(text)
        if value is None:
            return None
        series.setdefault(group, []).append(value)
    return list(series.values())


REGULAR, LEAST, MOST = 0.9, 0.5, 1.5
"""The share of steps that are about as long as the usual one, and what is about as long: as the
training has it."""


def _every(
    found: TableProfile, when: ColumnProfile, apart: ColumnProfile | None
) -> tuple[str, str]:
    """The step of time as `every` says it, "" where it is not known; and what to tell of it."""
    times = _in_order(found, when, apart) or []
    steps = [(b - a) / found.sampled for rows in times for a, b in pairwise(rows)]
    if found.sampled == 1 and (same := steps.count(0.0)):
        rows = "1 row has" if same == 1 else f"{same} rows have"
        hint = "" if apart else "; --group names a column that tells series apart"
        return "", f"{rows} the same time as the row before: `every` is left out{hint}"
    moving = sorted(step for step in steps if step > 0)
    if len(moving) < FEWEST_STEPS or _are_written_dates(when):
        return "", ""
    usual = moving[(len(moving) - 1) // 2]
    near = sum(LEAST <= step / usual <= MOST for step in moving)
    if near < REGULAR * len(moving):
        return "any", f"the steps of `{when.name}` differ: windows take the rows as they come"
    every = step_text(usual, not when.is_number)
    longer = sum(step > MOST * usual for step in moving) if found.sampled == 1 else 0
    holes = "1 step is" if longer == 1 else f"{longer} steps are"
    return every, f"{holes} longer than {every}: no window crosses these holes" if longer else ""


FEWEST_STEPS = 10
WRITTEN = ((1800_00, 2200_00), (1800_00_00, 2200_00_00))
"""Where dates lie that are written as numbers, such as 202405 or 20240531."""


def _are_written_dates(when: ColumnProfile) -> bool:
    """Whether numbers may be dates, so that their differences are no steps."""
    if not when.is_whole:
        return False
    numbers = [int(value) for value in when.counts]
    return any(low <= min(numbers) <= max(numbers) < high for low, high in WRITTEN)


def _usual_window(found: TableProfile, when: ColumnProfile, apart: ColumnProfile | None) -> int:
    """By the time between two rows: days of hours, weeks of days, a year or two of months."""
    span = [rows[-1] - rows[0] for rows in _in_order(found, when, apart) or [] if len(rows) > 1]
    if when.is_number or not span:
        return OTHER_WINDOW
    step = max(span) / max(1, found.rows / (apart.distinct if apart else 1))
    return next((window for most, window in STEPS if step <= most), OTHER_WINDOW)


def _text(series: _Series, place: str, command: str) -> str:
    found, target = series.found, series.found.target
    names = DraftNames()
    spec = names.unique(PurePosixPath(place).name.partition(".")[0])
    output = DraftNames().unique(target.name)
    raw = output + "_raw"
    unit = round_to_unit(target.deviation)
    lines = [
        *comment_lines(0, f"A first spec, written by {command} from all {found.rows} rows."),
        *comment_lines(0, "Change it as you like."),
        "modelspec: 1",
        f"name: {spec}",
        "",
        "model:",
        "  sequential:",
        f"    input: {{shape: [{series.window}, {len(series.inputs)}], name: past}}",
        "    layers:",
        *commented_line(6, "- Normalization", "gives each column mean 0 and deviation 1"),
        *commented_line(6, f"- GRU: {{units: {UNITS}}}", "reads the window, row after row"),
        f"      - Dense: {{units: 1, name: {raw}}}",
        *commented_line(
            6,
            f"- Rescaling: {{scale: {unit}, offset: {round_to_unit(target.mean)}, name: {output}}}",
            "about the deviation and mean of the target",
        ),
        "",
        "data:",
        *_data(series, place),
        "",
        "training:",
        *commented_line(2, "epochs: 100", "at most; EarlyStopping may stop earlier"),
        "  optimizer: {Adam: {learning_rate: 3e-3, clipnorm: 1.0}}",
        *commented_line(2, "loss: mean_squared_error", "large errors count most"),
        "  metrics: [mean_absolute_error]",
        "  callbacks:",
        "    - EarlyStopping: {monitor: val_loss, patience: 12, restore_best_weights: true}",
        "  seed: 7",
    ]
    return "\n".join(lines) + "\n"


def _data(series: _Series, place: str) -> list[str]:
    found = series.found
    source, why = source_text(found, place, {})
    group = f", group: {yaml_value(series.group.name)}" if series.group else ""
    every = f", every: {series.every}" if series.every else ""
    time = f"time: {yaml_value(series.time.name)}{every}"
    options = f"window: {series.window}, horizon: 1{group}, {time}"
    lines = commented_line(2, f"train: {{timeseries: {{{source}, {options}}}}}", why)
    lines += commented_line(2, "validation: 0.15", "the rows after those of training")
    lines += commented_line(2, "test: 0.2", "the last rows")
    lines += flow_list(2, "inputs:", (yaml_value(column.name) for column in series.inputs))
    for name, why in series.left_out.items():
        lines += comment_lines(2, f"  left out: {yaml_value(name)} ({why})")
    lines += commented_line(
        2, f"targets: {yaml_value(found.target.name)}", "in the row after the window"
    )
    gaps = [column for column in series.inputs if column.missing]
    if gaps:
        lines.append("  missing:")
        for column in gaps:
            rule = "drop" if column is found.target else "median"
            count = f"{column.missing} of {column.rows} rows have no value"
            lines += commented_line(4, f"{yaml_key(column.name)}: {rule}", count)
    return [*lines, "  batch_size: 32"]
