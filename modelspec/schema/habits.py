"""What people write from habit, of Keras in Python and of other tools, led to the right place.

Imported only where a spec has an error.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import PurePath
from typing import Any

from modelspec.diagnostics import nearest
from modelspec.document import format_flow

from .catalogue import class_schema
from .files import Schema, definition
from .habit_words import ARGUMENTS, EARLY, FORMS, KEYS, LOSS_WORDS, NAMES, RATE, TRAIN

_INPUT = "remove it: the shape stands once, at the `input` of the model"
_WHEN = "write it beside the layer, not among its arguments: {Dropout: {rate: 0.1}, when: VALUE}"
_CALL = re.compile(r"[\w.]+\(.*\)\Z", re.DOTALL)
_DIVISION = re.compile(r"\s*([0-9.]+)\s*/\s*([0-9.]+)\s*\Z")
_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_PERCENT = re.compile(r"\s*([0-9.]+)\s*%\s*\Z")
_PARAM = re.compile(r"\$(\w+)\Z|\{\{\s*(\w+)\s*\}\}\Z|\$\{\{\s*(\w+)\s*\}\}\Z|\$\((\w+)\)\Z")


def hint_for_key(section: str, key: str, value: Any, around: Mapping[str, Any]) -> str:
    """What to write in place of a key that a section does not have; empty where unknown.

    Args:
        section: its name; "" for the whole spec.
        key: the key.
        value: what stands there.
        around: the section.
    """
    if section == "training" and key in ("lr", "learning_rate"):
        return RATE.format(_optimizer(around), format_flow(value))
    if section == "training" and key in ("early_stopping", "patience", "earlystopping"):
        patience = value.get("patience", 5) if isinstance(value, Mapping) else value
        known = isinstance(patience, int) and not isinstance(patience, bool)
        return EARLY.format(patience if known else 5)
    if section == "data" and key in ("file", "path", "source", "csv", "filename"):
        return TRAIN.format(_source(value))
    if section == "train" and key in ("path", "file", "filename", "name"):
        return f"write `{_source(value)}`"
    if value is None and key.isdecimal() and (hint := _decimal_comma(key, around)):
        return hint
    hint = KEYS.get(section, {}).get(key, "")
    return hint.replace("VALUE", format_flow(value))


def _decimal_comma(key: str, around: Mapping[str, Any]) -> str:
    """What to write for `{rate: 0,5}`, whose comma begins a key."""
    keys = list(around)
    before = keys[keys.index(key) - 1] if keys.index(key) else ""
    whole = around.get(before)
    is_whole = isinstance(whole, int) and not isinstance(whole, bool)
    return f"write {before}: {whole}.{key}, with a point" if is_whole else ""


def hint_for_override(
    section: str, key: str, value: Any, document: Mapping[str, Any], wanted: str = ""
) -> str:
    """The whole path for a key that `--set` looks for in the wrong place; empty where unknown.

    Args:
        section: where it was looked for; "" for the whole spec.
        key: the key.
        value: what was to be set.
        document: the spec.
        wanted: the path that was written.
    """
    text, training = format_flow(value), document.get("training")
    optimizer = _optimizer(training if isinstance(training, Mapping) else {})
    if key in ("lr", "learning_rate"):
        return f"write --set 'training.optimizer={{{optimizer}: {{learning_rate: {text}}}}}'"
    if section == "optimizer":
        return f"write --set 'training.optimizer={{{optimizer}: {{{key}: {text}}}}}'"
    for other in ("training", "data"):
        keys = list(definition(f"{other}.schema.json", "")["properties"])
        meant = key if key in keys else nearest(key, keys) if section == other else None
        if meant is not None:
            return f"write --set {other}.{meant}={text}"
    if section not in ("", "model"):
        return ""
    last = (wanted or key).rpartition(".")[2]
    known = {name: item for name, item in document.items() if name != key}
    if isinstance(model := known.get("model"), Mapping) and section == "model":
        value = model.get(key)
        while isinstance(value, Mapping):
            value = value.get(next(iter(value), ""))
        text, known = format_flow(value), {"model": {k: v for k, v in model.items() if k != key}}
    paths = list(islice(_paths_to(last, known, ""), MOST_PATHS))
    if paths:
        return f"write --set {paths[0]}={text}" + "".join(f", or {path}" for path in paths[1:])
    return "write the whole path, such as training.epochs or model.sequential.layers.0.Dense.units"


MOST_PATHS = 3


def _paths_to(key: str, value: Any, path: str) -> Iterator[str]:
    """The dotted paths to a key, as `--set` takes them."""
    if not isinstance(value, (Mapping, list)):
        return
    pairs = value.items() if isinstance(value, Mapping) else enumerate(value)
    for name, item in pairs:
        place = f"{path}.{name}" if path else str(name)
        if name == key and not isinstance(item, Mapping):
            yield place
        yield from _paths_to(key, item, place)


def _optimizer(training: Mapping[str, Any]) -> str:
    """The optimizer of a section as the name of a class."""
    written = training.get("optimizer")
    name = next(iter(written), "") if isinstance(written, Mapping) else written
    schema = class_schema("optimizer", name) if isinstance(name, str) else None
    return "Adam" if schema is None else schema.name


def _source(path: Any) -> str:
    """The source of a path, by its suffix."""
    name = path if isinstance(path, str) else "FILE"
    kinds = {
        ".parquet": "parquet",
        ".xlsx": "excel",
        ".jsonl": "jsonl",
        ".npz": "npz",
        ".npy": "npz",
    }
    return f"{kinds.get(PurePath(name).suffix.lower(), 'csv')}: {name}"


def hint_for_argument(argument: str, known: Sequence[str], around: Mapping[str, Any]) -> str:
    """What to write in place of an argument that a class does not have; empty where unknown.

    Args:
        argument: its name.
        known: those of the class.
        around: all that are written.
    """
    if around.get(argument) is None and argument.isdecimal():
        return _decimal_comma(argument, around)
    if argument in ("input_shape", "input_dim", "batch_input_shape"):
        return _INPUT
    if argument == "when":
        value = around[argument]
        return _WHEN.replace(
            "VALUE", f'"{value}"' if isinstance(value, str) else format_flow(value)
        )
    meant = ARGUMENTS.get(argument)
    return f"write `{meant}`" if meant and meant in known else ""


def hint_for_name(kind: str, name: str) -> str:
    """What to write in place of the name of no class; empty where unknown.

    Args:
        kind: "layer", "optimizer", "metric" ...
        name: as written, such as `Adam(1e-3)`.
    """
    if _CALL.match(name):
        return _hint_for_call(kind, name)
    if kind == "loss":
        return LOSS_WORDS.get(_folded_loss(name), "")
    if kind == "schedule" and name[:1].isdigit():
        return "write a number, such as 0.001"
    if kind == "activation" and name.lower() in ("none", "no", "false"):
        return "leave `activation` out, or write null"
    return NAMES.get(kind, {}).get(name, "")


def _folded_loss(name: str) -> str:
    """A name as `LOSS_WORDS` has it: `CrossEntropyLoss` and `cross_entropy` are one."""
    return name.replace("_", "").replace("-", "").replace(" ", "").lower().removesuffix("loss")


def _hint_for_call(kind: str, written: str) -> str:
    """A call of Python as YAML."""
    try:
        call = ast.parse(written, mode="eval").body
    except (SyntaxError, ValueError):
        return ""
    if not isinstance(call, ast.Call):
        return ""
    name = ast.unparse(call.func).rpartition(".")[2]
    schema = class_schema(kind, name)
    if schema is None:
        return ""
    names = list(schema.properties)
    try:
        given = dict(zip(names, (ast.literal_eval(value) for value in call.args), strict=False))
        given |= {str(word.arg): ast.literal_eval(word.value) for word in call.keywords}
    except ValueError:
        return f"write its arguments as a mapping: {{{schema.name}: {{{names[0]}: …}}}}"
    if not given:
        return f"write {schema.name}"
    return f"write {_object(schema.name, given)}"


def _object(name: str, arguments: Mapping[str, Any]) -> str:
    return f"{{{name}: {format_flow(dict(arguments))}}}"


def hint_for_value(name: str, schema: Schema, value: Any) -> str:
    """What to write in place of a value; empty where unknown.

    Args:
        name: its key, or the name of a class.
        schema: what is expected.
        value: what was written.
    """
    if hint := _hint_for_form(name, value):
        return hint
    if list(schema.get("properties", ())) == ["of", "weight"] and isinstance(value, str):
        return f"write {name}: {{of: {value}}}"
    is_short = names_class(name, schema) and not name.startswith("applications.")
    arguments = schema.get("properties") if is_short else None
    if arguments and isinstance(value, (int, float, str, list)) and not isinstance(value, bool):
        first = next(iter(schema.get("required") or _constants_of(schema) or arguments))
        return f"write {name}: {{{first}: {format_flow(value)}}}"
    if isinstance(value, str):
        return _hint_for_text(name, value.strip())
    if name == "input" and isinstance(value, (int, list)):
        return (
            f"write input: {{shape: {format_flow(value if isinstance(value, list) else [value])}}}"
        )
    return _hint_for_number(name, value) if isinstance(value, (int, float)) else ""


def names_class(name: Any, schema: Schema) -> bool:
    """Whether a key is the name of the class, or of the function, that a schema is of."""
    return isinstance(name, str) and name.rpartition(".")[2] == schema.get("title")


_FLOWS_IN = ("x", "x1")
"""What the parameter of a function is called into which an edge leads."""


def _constants_of(schema: Schema) -> list[str]:
    """The parameters of a function that must be given, without that of an edge; none of a class.

    Where the function computes from numbers alone, that is its first one.
    """
    required: list[str] = schema.get("x-required", [])
    others = [key for key in schema.get("properties", {}) if key not in _FLOWS_IN]
    takes_one = others[:1] in ([], ["dtype"])
    return required if takes_one else others if "x-call" in schema else []


def _hint_for_form(name: str, value: Any) -> str:
    """What to write in place of a value of another form than the key takes."""
    if name == "group" and isinstance(value, list) and len(value) == 1:
        return f"write group: {format_flow(value[0])}"
    text = format_flow(value)
    if isinstance(value, Mapping):
        text = text[1:-1]
    return FORMS.get(f"{name}: {_form(value)}", "").format(text)


def _form(value: Any) -> str:
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, Mapping):
        return "mapping"
    return "list" if isinstance(value, list) else "text"


LEAST_PERCENT, PERCENT = 5, 100


def _hint_for_number(name: str, value: float) -> str:
    """What to write in place of a number."""
    is_percent = LEAST_PERCENT <= value < PERCENT
    hints = {
        "shape": f"write shape: [{value}]" * (value > 0),
        "padding": "write padding: same, which keeps the size, or padding: valid",
        "rate": f"write rate: {value / PERCENT:g}" * is_percent,
    }
    if name in ("validation", "test") and is_percent:
        return f"write {name}: {value / PERCENT:g} for {value:g} percent of the rows"
    if name.endswith("initializer"):
        return f"write {name}: {{Constant: {{value: {value}}}}}"
    if name.endswith("_regularizer"):
        return f"write {name}: {{L2: {{l2: {value}}}}}"
    return hints.get(name, "")


MISSING_RULES = ("drop", "mean", "median")
"""What `missing` says of a column, but for a value; others call them `dropna` or `drop_row`."""

_NAMED = {
    "missing": 'write missing: {"*": {}} for all columns, or {COLUMN: {}} for one',
    "na": 'write na: ["{}"]',
    "callbacks": "write callbacks: [{}]",
}


def _hint_for_text(name: str, text: str) -> str:
    """What to write in place of a text."""
    if text.startswith("("):
        return _hint_for_tuple(name, text)
    if name in _NAMED:
        text = (nearest(text, MISSING_RULES) or text) if name == "missing" else text
        return _NAMED[name].replace("{}", text)
    if name == "train":
        return f"write train: {{{_source(text)}}}"
    meant = "null" if text == "None" else ""
    if found := _PARAM.match(text):
        meant = f'"${{{next(filter(None, found.groups()))}}}"'
    elif found := _DIVISION.match(text):
        meant = f'"${{{found[1].rstrip(".")} / {found[2].rstrip(".")}}}"'
    elif name in ("validation", "test") and (found := _PERCENT.match(text)):
        meant = f"{float(found[1]) / PERCENT:g}"
    elif _INTEGER.match(text):
        meant = f"{text}, without quotes"
    return f"write {name}: {meant}" if meant else ""


def _hint_for_tuple(name: str, text: str) -> str:
    """A tuple as a list; in a flow mapping, its commas have cut it, see `tuple_of`."""
    values = ", ".join(part.strip() for part in text.strip("()").split(",") if part.strip())
    return f"YAML has no tuples: write a list, {name}: [{values}]" if text.endswith(")") else ""


def tuple_of(key: str, value: Any, around: Mapping[str, Any]) -> list[str]:
    """The keys that the commas of a tuple made of its values: of `{shape: (28, 28, 1)}`, the last.

    Args:
        key: whose value begins with the bracket.
        value: its value.
        around: the mapping.
    """
    if not isinstance(value, str) or not value.startswith("(") or value.endswith(")"):
        return []
    found: list[str] = []
    keys = list(around)
    for other in keys[keys.index(key) + 1 :]:
        if around[other] is not None:
            return []
        found.append(str(other))
        if str(other).endswith(")"):
            return found
    return []
