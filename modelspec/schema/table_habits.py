"""What people write of tables and series from habit, led to the right place: see `habits`.

Imported only where a spec has an error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from modelspec.document import format_flow

from .habits import LEAST_PERCENT, PERCENT

_DATES = "remove it: an input reads dates by `{column: NAME, date: month}`, and `derive` does"
_UNUSED = "remove it: columns that neither inputs nor targets name are not read"
_SEES_BEFORE = (
    "only windows see the rows before: train: {timeseries: {csv: FILE, window: 12, time: COLUMN}}"
)
_LOG = "write derive: {NAME: {log1p: NAME}}: the model then learns and predicts the logarithm"
_SCALE = "remove it: end the model with {Rescaling: {scale: DEVIATION, offset: MEAN}} of the target"
_LATEST = (
    "write {share: 0.2, by: COLUMN} for the latest fifth; a column that tells the split of each row"
    " is named by `split`"
)
_LATEST_OF_SERIES = "write a share such as 0.2: of a series it is the latest rows"
_SERIES_ORDER = (
    "remove it: a series is split by time, the latest rows last, and only the windows that train"
    " are shuffled"
)

KEYS: dict[str, dict[str, str]] = {
    "csv": {
        **dict.fromkeys(("unit", "currency", "prefix", "suffix"), "write units: {COLUMN: VALUE}"),
        "sep": "write `delimiter: QUOTED`",
        **dict.fromkeys(("na_values", "null_values", "missing_values"), "write `na: QUOTED`"),
        **dict.fromkeys(
            ("skiprows", "skip_rows", "skip"),
            'delete the lines above the names of the columns, or mark them: comment: "#"',
        ),
        **dict.fromkeys(("usecols", "columns", "index_col", "drop"), _UNUSED),
        **dict.fromkeys(("parse_dates", "date_format", "date_parser"), _DATES),
        **dict.fromkeys(("dtype", "dtypes"), "write types: {COLUMN: text}, or number"),
        "names": "write `header: QUOTED`",
        "quotechar": "write `quote: QUOTED`",
        **dict.fromkeys(
            ("sheet", "sheet_name"),
            "a csv has no sheets; of a workbook: train: {excel: {path: FILE, sheet: QUOTED}}",
        ),
        **dict.fromkeys(("skipinitialspace", "trim"), "write `strip: true`"),
        "compression": "remove it: the name of the file says it, such as table.csv.gz",
        **dict.fromkeys(
            ("chunksize", "low_memory", "nrows"), "remove it: files of any size are read whole"
        ),
    },
    "timeseries": {
        **dict.fromkeys(
            (
                *("lookback", "look_back", "lags", "n_lags", "past", "input_width", "window_size"),
                *("sequence_length", "seq_length", "seq_len", "history_length", "timesteps"),
            ),
            "write `window: VALUE`",
        ),
        **dict.fromkeys(
            (
                *("forecast_horizon", "forecast", "steps_ahead", "n_ahead", "label_width"),
                *("prediction_length", "output_steps", "out_steps"),
            ),
            "write `horizon: VALUE`",
        ),
        "multi_step": "write `horizon: 2` for two rows ahead, with a unit of the output for each",
        **dict.fromkeys(
            ("date", "timestamp", "time_column", "time_col", "index", "datetime", "ds"),
            "write `time: VALUE`",
        ),
        **dict.fromkeys(
            ("id", "ids", "group_column", "group_by", "series_id", "unique_id", "item_id"),
            "write `group: VALUE`",
        ),
        "sampling_rate": "write `step: VALUE`",
        **dict.fromkeys(("sequence_stride", "shift"), "write `stride: VALUE`"),
        "shuffle": _SERIES_ORDER,
        **dict.fromkeys(("target", "targets"), "write it below `data:`, as `targets: VALUE`"),
        "batch_size": "write it below `data:`",
    },
    "data": {
        **dict.fromkeys(("n_splits", "cv", "kfold", "k_folds", "kfolds"), "write `folds: VALUE`"),
        "dropna": 'write missing: {"*": drop}',
        **dict.fromkeys(
            ("train_size", "train_split"),
            "write the shares of the others, such as `validation: 0.15` and `test: 0.15`",
        ),
        **dict.fromkeys(("sample_weights", "weights"), "write `sample_weight: VALUE`"),
        **dict.fromkeys(
            ("balance", "oversample", "smote", "class_weight"),
            "write `class_weight: balanced` below `training:`",
        ),
        **dict.fromkeys(
            ("categorical", "categories", "cat_features"),
            "a column of text is an input with `dtype: string`, and a StringLookup reads it:"
            " `modelspec init --data FILE --target COLUMN` writes such a spec",
        ),
        **dict.fromkeys(
            ("date_column", "time", "window", "horizon"),
            "a series is a source: train: {timeseries: {csv: FILE, window: 12, time: COLUMN}}",
        ),
        **dict.fromkeys(("index", "id", "id_column"), _UNUSED),
    },
    "training": {
        **dict.fromkeys(("cv", "folds", "n_splits"), "write `folds: VALUE` below `data:`"),
        "stratify": "write it below `data:`",
    },
    "derive": {
        **dict.fromkeys(("lag", "shift", "diff", "rolling"), _SEES_BEFORE),
        "ln": "write `log: VALUE`",
        **dict.fromkeys(("pow", "square", "power"), 'write it as an expression: "${VALUE ** 2}"'),
        **dict.fromkeys(("cut", "qcut", "bin"), "write {bins: VALUE, quantiles: 4}, or `edges`"),
        **dict.fromkeys(
            ("map", "replace", "categories", "one_hot"),
            "a StringLookup layer takes text; a comparison gives 0 or 1: \"${color == 'red'}\"",
        ),
        **dict.fromkeys(("month", "year", "weekday", "hour"), "write {date: VALUE, part: KEY}"),
        **dict.fromkeys(("expression", "expr", "formula"), 'write it without the key: "${VALUE}"'),
    },
    "targets": {
        **dict.fromkeys(("log", "log1p", "transform"), _LOG),
        **dict.fromkeys(("scale", "normalize", "standardize", "scaler"), _SCALE),
        **dict.fromkeys(("classes", "class_names", "categories"), "write `labels: VALUE`"),
        **dict.fromkeys(("onehot", "to_categorical"), "write `one_hot: true`"),
        **dict.fromkeys(("lag", "shift"), _SEES_BEFORE),
    },
    "inputs": {
        **dict.fromkeys(
            ("future", "known", "known_ahead"),
            "write rows: horizon for columns that are known for the rows to be predicted",
        ),
        "exclude": "write `except: VALUE`",
        **dict.fromkeys(("dtype", "shape"), "write it at the input of the model"),
    },
    "split": {
        **dict.fromkeys(("size", "fraction", "percent", "ratio"), "write `share: 0.2`"),
        **dict.fromkeys(("from", "after", "since", "start", "until", "before", "date"), _LATEST),
        **dict.fromkeys(("column", "time"), "write {share: 0.2, by: VALUE} for the latest rows"),
    },
}
"""Section to keys that it does not have. VALUE is what was written, KEY the key itself, QUOTED the
value with its texts in quotes, NAME the name of the mapping."""

STEPS = {
    **dict.fromkeys(("d", "daily", "day", "days", "b"), "1 day"),
    **dict.fromkeys(("h", "hourly", "hour", "hours"), "1 hour"),
    **dict.fromkeys(("t", "min", "minute", "minutes", "minutely"), "1 minute"),
    **dict.fromkeys(("s", "sec", "second", "secondly"), "1 second"),
    **dict.fromkeys(("w", "weekly", "week", "weeks"), "1 week"),
    **dict.fromkeys(("m", "ms", "me", "monthly", "month", "months"), "1 month"),
    **dict.fromkeys(("q", "qs", "qe", "quarterly", "quarter"), "3 months"),
    **dict.fromkeys(("y", "a", "ys", "ye", "yearly", "year", "annual", "annually"), "1 year"),
}
"""What pandas and people call steps of time, in lower case, to what `every` takes."""

WORDS: dict[str, dict[str, str]] = {
    "types": dict.fromkeys(("float", "int", "integer", "float32", "float64", "double"), "number")
    | dict.fromkeys(("str", "string", "object", "category"), "text"),
    "rows": dict.fromkeys(("future", "known", "ahead", "target"), "horizon")
    | dict.fromkeys(("past", "history"), "window"),
}
"""Keys whose values have other names elsewhere."""


def hint_for_step(value: Any) -> str:
    """What `every` takes in place of a step as pandas writes it; "" where unknown."""
    found = re.match(r"([0-9]*)\s*([a-zA-Z]+)\Z", str(value))
    step = STEPS.get(found[2].lower()) if found else None
    if found is None or step is None:
        return ""
    count, unit = step.split()
    number = int(found[1] or 1) * int(count)
    return f"write every: {number} {unit.removesuffix('s')}{'s' * (number > 1)}"


def section_of(path: tuple[Any, ...]) -> str:
    """The section of a mapping within `data` that has a name of its own; "" for others."""
    if path[:1] != ("data",) or len(path) < 2:
        return ""
    if path[1] in ("validation", "test") and len(path) == 2:
        return "split"
    if path[1] in ("derive", "targets", "inputs") and len(path) == 3:
        return str(path[1])
    return str(path[-1])


def hint_for_table_key(path: tuple[Any, ...], key: str, value: Any, data: Any) -> str:
    """What to write in place of a key of a table or a series; "" where unknown.

    Args:
        path: of the mapping that has the key.
        key: the key.
        value: what stands there.
        data: the section `data`.
    """
    section = section_of(path) or (str(path[-1]) if path else "")
    if section == "data" and key == "shuffle" and _is_series(data):
        return _SERIES_ORDER
    if section == "timeseries" and key in ("freq", "frequency", "interval", "resolution"):
        return f"write `every: {STEPS.get(str(value).lower(), '1 day')}`"
    hint = KEYS.get(section, {}).get(key, "")
    if hint == _LATEST and _is_series(data):
        return _LATEST_OF_SERIES
    if section == "targets":
        target = data["targets"][path[-1]]
        hint = hint.replace("NAME", str(target.get("column", path[-1])))
    hint = hint.replace("QUOTED", json.dumps(value, ensure_ascii=False, default=str))
    return hint.replace("KEY", key).replace("VALUE", format_flow(value))


def _is_series(data: Any) -> bool:
    train = data.get("train") if isinstance(data, Mapping) else None
    return isinstance(train, Mapping) and "timeseries" in train


def hint_for_table_value(path: tuple[Any, ...], value: Any) -> str:
    """What to write in place of a value of a table or a series; "" where unknown.

    Args:
        path: of the value, with the number of an item of a list.
        value: what was written.
    """
    if not path:
        return ""
    name = str(path[-1])
    if path[:1] != ("data",):
        return _OF_TRAINING[name](value) if name in _OF_TRAINING else ""
    if len(path) > 1 and path[-2] in WORDS and isinstance(value, str):
        meant = WORDS[str(path[-2])].get(value.lower(), "")
        return f"write {name}: {meant}" if meant else ""
    if name in WORDS and isinstance(value, str):
        meant = WORDS[name].get(value.lower(), "")
        return f"write {name}: {meant}" if meant else ""
    if isinstance(path[-1], int) and len(path) > 2 and path[-2] in ("inputs", "columns"):
        return _column_number(value)
    return _VALUES[name](value) if name in _VALUES else ""


def _column_number(value: Any) -> str:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if not is_number:
        return ""
    return f'write the name of the column; without names (`header: false`) it is "{value}"'


def _quantiles(value: Any) -> str:
    """Percents as shares."""
    given = value if isinstance(value, list) else [value]
    are_numbers = all(isinstance(one, (int, float)) and not isinstance(one, bool) for one in given)
    if not given or not are_numbers or not all(0 < one < PERCENT for one in given):
        return ""
    if all(one < 1 for one in given):
        return ""
    shares = [f"{one / PERCENT:g}" for one in given]
    shown = f"[{', '.join(shares)}]" if isinstance(value, list) else shares[0]
    return f"they are shares, not percents: write quantiles: {shown}"


_AMOUNT = re.compile(r"([0-9]+)\s*([a-z]+?)s?\Z", re.IGNORECASE)


def _rows(key: str) -> Callable[[Any], str]:
    """Of `window` and the like, which count rows."""

    def hint(value: Any) -> str:
        found = _AMOUNT.match(value.strip()) if isinstance(value, str) else None
        if found is not None:
            step = STEPS.get(found[2].lower(), "")
            return f"it counts rows: write {key}: {found[1]}" + f", and every: {step}" * bool(step)
        whole = [one for one in value if isinstance(one, int)] if isinstance(value, list) else []
        if whole and len(whole) == len(value):
            last = max(whole)
            return f"write {key}: {last} for {last} rows; the output has a unit for each of them"
        if value == 0 and key == "horizon":
            return "write horizon: 1 for the next row"
        return ""

    return hint


def _season(value: Any) -> str:
    if not isinstance(value, str):
        return ""
    step = STEPS.get(value.lower(), "")
    rows = {"1 week": "7 where rows are days", "1 year": "12 where rows are months"}
    rows["1 day"] = "24 where rows are hours"
    return f"it counts rows: write season: {rows.get(step, '7 where rows are days')}"


def _share(value: Any) -> str:
    is_percent = isinstance(value, (int, float)) and LEAST_PERCENT <= value < PERCENT
    return f"write share: {value / PERCENT:g}" if is_percent else ""


def _edges(value: Any) -> str:
    return f"for bins of as many rows each write quantiles: {value}" * isinstance(value, int)


def _as_mapping(value: Any) -> str:
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        return "write a mapping, such as derive: {month: {date: COLUMN, part: month}}"
    return "write a mapping, in which each column stands without a dash before its name"


def _missing(value: Any) -> str:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        return ""
    return f"write missing: {{{', '.join(f'{name}: median' for name in value)}}}"


def _train(value: Any) -> str:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return ""
    rest = f"{1 - value:g}" if 0 < value < 1 else "0.2"
    return f"write train: {{csv: FILE}}; it has the rows that the others leave, as of test: {rest}"


def _header(value: Any) -> str:
    if value in (0, 1) and not isinstance(value, bool):
        return "write header: true, or leave it out: the first row names the columns"
    return "write header: false where no row names them" * (value is None)


def _labels(value: Any) -> str:
    if isinstance(value, (list, Mapping)):
        return ""
    return "write labels: auto, or a list of the classes in their order"


def _seeds(value: Any) -> str:
    if not isinstance(value, list) or not value:
        return ""
    return f"write seeds: {len(value)}, with `seed: {value[0]}` for the first of them"


def _calibration(value: Any) -> str:
    if isinstance(value, Mapping):
        return ""
    return "write calibration: temperature, the one method that there is"


def _tracking(value: Any) -> str:
    known = value if value in ("mlflow", "tensorboard") else "mlflow"
    return "" if isinstance(value, Mapping) else f"write tracking: {{{known}: null}}"


def _tensorboard(value: Any) -> str:
    del value
    return "write tensorboard: null; Keras's callback TensorBoard, under `callbacks`, has settings"


def _thousands(value: Any) -> str:
    del value
    return 'write thousands: "," for 1,234.5, or "." for 1.234,5'


_VALUES: dict[str, Callable[[Any], str]] = {
    "window": _rows("window"),
    "horizon": _rows("horizon"),
    "season": _season,
    "share": _share,
    "edges": _edges,
    "derive": _as_mapping,
    "missing": _missing,
    "train": _train,
    "header": _header,
    "labels": _labels,
    "thousands": _thousands,
    "units": lambda _: "write units: {COLUMN: kg}, or another unit",
}
_OF_TRAINING: dict[str, Callable[[Any], str]] = {
    "calibration": _calibration,
    "tracking": _tracking,
    "tensorboard": _tensorboard,
    "quantiles": _quantiles,
    "seeds": _seeds,
}
"""Key of `data`, or of another section, to what to write in place of its value."""
