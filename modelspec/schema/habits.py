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

from .catalogue import class_schema
from .files import Schema, definition

_EARLY = "write callbacks: [EarlyStopping: {{patience: {}}}]"
_RATE = "it is an argument of the optimizer: optimizer: {{{}: {{learning_rate: {}}}}}"
_NORMALIZE = "put a `Normalization` layer first: it learns mean and variance from the training data"
_SERIES = "windows are of a time series: train: {timeseries: {csv: FILE, window: 12, time: COLUMN}}"
_TRAIN = "write `train: {{{}}}`"
_BELOW_TRAINING = ("optimizer", "loss", "losses", "epochs", "phases", "freeze", "trainer", "gan")
_TRAINER = "write `trainer: my_package>MyTrainer`, which a module under `extensions` registers"
_ADAPTERS = "write initial_weights: {from: FILE, adapters: VALUE}"
_LORA = "it is an argument of layers, as in Dense: {units: 64, lora_rank: 4}"
_BELOW_EXPECT = ("trained_params", "params", "flops", "memory")

KEYS: dict[str, dict[str, str]] = {
    "csv": dict.fromkeys(("window", "horizon", "every", "history", "season"), _SERIES),
    "": {
        "layers": "write it below `model:` and `sequential:`",
        "sequential": "write it below `model:`",
        "functional": "write it below `model:`",
        "network": "write `model:`",
        "compile": "optimizer, loss and metrics stand under `training:`",
        "fit": "epochs and callbacks stand under `training:`",
        "train": "epochs, optimizer and loss stand under `training:`, data under `data:`",
        **dict.fromkeys(_BELOW_TRAINING, "write it below `training:`"),
        "version": "write `modelspec: 1`",
    },
    "model": {
        "input": "write it below `sequential:`",
        "layers": "write it below `sequential:`",
        "inputs": "write it below `functional:`",
        "edges": "write it below `functional:`",
        "outputs": "write it below `functional:`",
        "type": "write `sequential:` or `functional:`, with the layers below it",
    },
    "training": {
        "batch_size": "write `batch_size: VALUE` below `data:`",
        "validation_split": "write `validation: VALUE` below `data:`",
        "validation_data": "write `validation: {csv: FILE}` below `data:`",
        "shuffle": "remove it: the training examples are shuffled in each epoch, by `seed`",
        "save_best_only": "write checkpoint: {monitor: val_loss}",
        "random_state": "write `seed: VALUE`",
        "random_seed": "write `seed: VALUE`",
        "dropout": "write it as a layer of the model: `Dropout: {rate: VALUE}`",
        "verbose": "remove it: `modelspec train` shows its progress on a terminal",
        "metric": "write metrics: VALUE",
        "momentum": "it is an argument of the optimizer: optimizer: {SGD: {momentum: VALUE}}",
        "weight_decay": "it is an argument of the optimizer: {AdamW: {weight_decay: VALUE}}",
        **dict.fromkeys(
            ("max_epochs", "nb_epoch", "iterations"),
            "write `epochs: VALUE`",
        ),
        **dict.fromkeys(
            ("device", "gpu", "gpus", "cuda"), "remove it: TensorFlow takes the GPU that it finds"
        ),
        **dict.fromkeys(
            ("scheduler", "lr_scheduler"), "write it as the `learning_rate` of the optimizer"
        ),
        **dict.fromkeys(("train_step", "trainer_class", "custom_training"), _TRAINER),
        **dict.fromkeys(("adapters", "adapter", "lora_weights"), _ADAPTERS),
        **dict.fromkeys(("lora", "lora_rank", "lora_alpha"), _LORA),
        **dict.fromkeys(_BELOW_EXPECT, "write it below `expect:`"),
        **dict.fromkeys(
            ("generator", "discriminator", "noise", "gradient_penalty"),
            "write it below `gan:`",
        ),
    },
    "gan": {
        **dict.fromkeys(
            ("latent_dim", "latent", "noise_dim", "z_dim", "latent_size"), "write `noise: VALUE`"
        ),
        **dict.fromkeys(
            ("n_critic", "critic_steps", "d_steps", "discriminator_extra_steps", "disc_steps"),
            "write `discriminator_steps: VALUE`",
        ),
        **dict.fromkeys(("gp_weight", "gp", "lambda_gp"), "write `gradient_penalty: VALUE`"),
        **dict.fromkeys(("clip", "clip_value", "clipvalue"), "write `weight_clip: VALUE`"),
        **dict.fromkeys(
            ("generator_optimizer", "g_optimizer", "gen_optimizer", "optimizer"),
            "the generator's is `optimizer`, which stands beside `gan` below `training:`",
        ),
        **dict.fromkeys(
            ("d_optimizer", "disc_optimizer"), "write `discriminator_optimizer: VALUE`"
        ),
        "critic": "write `discriminator: VALUE`",
    },
    "data": {
        "shuffle": "remove it: the rows are shuffled before they are split, and in each epoch",
        "test_size": "write `test: VALUE`",
        "test_split": "write `test: VALUE`",
        "val_split": "write `validation: VALUE`",
        "validation_split": "write `validation: VALUE`",
        "validation_data": "write `validation: {csv: FILE}`",
        "val": "write `validation: VALUE`",
        "epochs": "write it below `training:`",
        "classes": "write them below the target: targets: {OUTPUT: {column: NAME, labels: VALUE}}",
        "classes_names": "write `labels` below the target",
        "augmentation": "write `augment: [RandomFlip: {mode: horizontal}]`",
        **dict.fromkeys(("features", "X", "x", "input", "columns"), "write `inputs: VALUE`"),
        **dict.fromkeys(("label", "labels", "y", "Y", "output", "outputs"), "write `targets:`"),
        **dict.fromkeys(
            ("normalize", "scaler", "standardize", "scale", "normalization"), _NORMALIZE
        ),
        **dict.fromkeys(("fillna", "impute", "imputer"), "write `missing: {COLUMN: median}`"),
        **dict.fromkeys(("drop", "drop_columns", "exclude"), "name the others under `inputs`"),
        **dict.fromkeys(
            ("sep", "delimiter", "encoding"), "write it beside the path: {csv: {path: FILE, …}}"
        ),
    },
    "train": {
        **dict.fromkeys(("xlsx", "xls", "ods", "workbook"), "write `excel: VALUE`"),
        **dict.fromkeys(("tsv", "txt", "table", "pandas"), "write `csv: VALUE`"),
        "json": "write `jsonl: VALUE`, with an object in each line of the file",
        **dict.fromkeys(("npy", "numpy"), "write `npz: VALUE`"),
        **dict.fromkeys(("folder", "directory", "image_folder"), "write `images: VALUE`"),
    },
    "expect": {
        **dict.fromkeys(
            ("accuracy", "val_accuracy", "test_accuracy", "auc", "AUC"),
            "write metrics: {test_accuracy: {min: VALUE}}",
        ),
        **dict.fromkeys(
            ("loss", "val_loss", "test_loss"), "write metrics: {test_loss: {max: VALUE}}"
        ),
    },
}
"""Section to keys that it does not have, with what to write; VALUE is what was written."""

_CONSTANT = "write ops.array: {x: VALUES}, or ops.full: {shape: SIZES, fill_value: NUMBER}"

NAMES: dict[str, dict[str, str]] = {
    "layer": dict.fromkeys(("ops.constant", "tf.constant"), _CONSTANT),
    "metric": {
        "smape": "write mean_absolute_percentage_error",
        **dict.fromkeys(
            ("mase", "rmsse", "skill"),
            "write mean_absolute_error: `evaluate` compares a series with its last value, and with"
            " its last season",
        ),
        "rmse": "write RootMeanSquaredError",
        "root_mean_squared_error": "write RootMeanSquaredError",
        "r2": "write R2Score",
        "r2_score": "write R2Score",
        "f1": "write F1Score; for a target of class numbers write accuracy",
        "roc_auc": "write AUC; for a target of class numbers write accuracy",
        "mean_iou": "write {MeanIoU: {num_classes: COUNT}}",
    },
}
"""Kind of object to names that Keras does not have, with what to write."""

_WHICH_CROSSENTROPY = (
    "write sparse_categorical_crossentropy for one class of several, categorical_crossentropy for "
    "rows with a 1 at the class, or binary_crossentropy for yes or no"
)
_WITH_LOGITS = "write BinaryCrossentropy: {from_logits: true}"
_QUANTILES = "write {Quantile: {quantiles: [0.1, 0.5, 0.9]}}, with one unit for each quantile"
_WITHOUT_ROOT = "write mean_squared_error, and the metric RootMeanSquaredError for its root"

_LOSS_WORDS = {
    **dict.fromkeys(("ce", "crossentropy", "xent", "nll", "log", "logistic"), _WHICH_CROSSENTROPY),
    **dict.fromkeys(("softmaxcrossentropy", "logsoftmax"), _WHICH_CROSSENTROPY),
    "negativeloglikelihood": _WHICH_CROSSENTROPY,
    **dict.fromkeys(("bcewithlogits", "sigmoidcrossentropy"), _WITH_LOGITS),
    **dict.fromkeys(("l2", "squarederror", "squared"), "write mean_squared_error"),
    **dict.fromkeys(("l1", "absoluteerror", "absolute"), "write mean_absolute_error"),
    **dict.fromkeys(("rmse", "rootmeansquarederror"), _WITHOUT_ROOT),
    "smoothl1": "write huber",
    **dict.fromkeys(("quantile", "quantiles", "pinball"), _QUANTILES),
}
"""Names that losses have elsewhere, folded, to what to write here."""

FOREIGN = {
    "Linear": "Dense",
    "FullyConnected": "Dense",
    "BatchNorm": "BatchNormalization",
    "LayerNorm": "LayerNormalization",
    "GroupNorm": "GroupNormalization",
    "Concat": "Concatenate",
    "MaxPool": "MaxPooling2D",
    "AvgPool": "AveragePooling2D",
    "AveragePool": "AveragePooling2D",
    **dict.fromkeys(("Parameter", "nn.Parameter", "Variable", "tf.Variable"), "Weight"),
    "keras.Variable": "Weight",
}
"""Names of layers in other frameworks, without the number of dimensions, to those of Keras."""

ARGUMENTS = {
    "lr": "learning_rate",
    "input_shape": "",
    "input_dim": "",
    "batch_input_shape": "",
    "weights": "",
    "in_features": "",
    "out_features": "units",
    "out_channels": "filters",
    "in_channels": "",
    "nb_filter": "filters",
    "size": "",
    "p": "rate",
    "decay": "",
    "stride": "strides",
}
"""Arguments of other versions and frameworks to those of Keras; "" for none."""

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
        return _RATE.format(_optimizer(around), yaml_text(value))
    if section == "training" and key in ("early_stopping", "patience", "earlystopping"):
        patience = value.get("patience", 5) if isinstance(value, Mapping) else value
        known = isinstance(patience, int) and not isinstance(patience, bool)
        return _EARLY.format(patience if known else 5)
    if section == "data" and key in ("file", "path", "source", "csv", "filename"):
        return _TRAIN.format(_source(value))
    if section == "train" and key in ("path", "file", "filename", "name"):
        return f"write `{_source(value)}`"
    if value is None and key.isdecimal() and (hint := _decimal_comma(key, around)):
        return hint
    hint = KEYS.get(section, {}).get(key, "")
    return hint.replace("VALUE", yaml_text(value))


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
    text, training = yaml_text(value), document.get("training")
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
        text, known = yaml_text(value), {"model": {k: v for k, v in model.items() if k != key}}
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
        return _WHEN.replace("VALUE", f'"{value}"' if isinstance(value, str) else yaml_text(value))
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
        return _LOSS_WORDS.get(_folded_loss(name), "")
    if kind == "schedule" and name[:1].isdigit():
        return "write a number, such as 0.001"
    if kind == "activation" and name.lower() in ("none", "no", "false"):
        return "leave `activation` out, or write null"
    return NAMES.get(kind, {}).get(name, "")


def _folded_loss(name: str) -> str:
    """A name as `_LOSS_WORDS` has it: `CrossEntropyLoss` and `cross_entropy` are one."""
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
    return f"{{{name}: {yaml_text(dict(arguments))}}}"


def hint_for_value(name: str, schema: Schema, value: Any) -> str:
    """What to write in place of a value; empty where unknown.

    Args:
        name: its key, or the name of a class.
        schema: what is expected.
        value: what was written.
    """
    if hint := _hint_for_form(name, value):
        return hint
    is_short = names_class(name, schema) and not name.startswith("applications.")
    arguments = schema.get("properties") if is_short else None
    if arguments and isinstance(value, (int, float, str, list)) and not isinstance(value, bool):
        first = next(iter(schema.get("required") or _constants_of(schema) or arguments))
        return f"write {name}: {{{first}: {yaml_text(value)}}}"
    if isinstance(value, str):
        return _hint_for_text(name, value.strip())
    if name == "input" and isinstance(value, (int, list)):
        return f"write input: {{shape: {yaml_text(value if isinstance(value, list) else [value])}}}"
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


_TRAINER_FORM = "write the name under which a module registers it: trainer: my_package>MyTrainer"
_GAN_FORM = "write gan: {{generator: NAME, discriminator: NAME}}"

_FORMS = {
    "Weight: list": "write Weight: {{shape: {}}}",
    "Weight: number": "write Weight: {{shape: [{}]}}",
    "extensions: text": "write it as a list: extensions: [{}]",
    "trainer: text": _TRAINER_FORM,
    "trainer: mapping": "write trainer: {{my_package>MyTrainer: {{ARGUMENT: VALUE}}}}",
    **dict.fromkeys(("gan: truth", "gan: list", "gan: text"), _GAN_FORM),
    **dict.fromkeys(
        ("noise: list", "noise: text"),
        "write how many numbers the generator takes, such as noise: 64",
    ),
    "gradient_penalty: truth": "write gradient_penalty: 10",
    "weight_clip: list": "write the bound on both sides as one number: weight_clip: 0.01",
    "callbacks: mapping": "write it as a list: callbacks: [{}]",
    "metrics: mapping": "write it as a list: metrics: [{}]",
    "layers: mapping": 'write a list, in which each layer begins with "- "',
    "sequential: list": "write `input: {{shape: [SIZE]}}` below it, and the layers below `layers:`",
    "model: text": "write `sequential:` below it, as `modelspec init --template mlp` does",
    "model: list": "write `sequential:` below it, with `input` and `layers`",
    "data: text": "write data: {{train: {{csv: {}}}, targets: COLUMN}}",
    "validation: truth": "write a fraction such as validation: 0.2",
    "test: truth": "write a fraction such as test: 0.2",
    "missing: number": 'for all columns write missing: {{"*": {}}}',
    "missing: truth": "write for example missing: {{COLUMN: median}}",
    "where: text": "write for example where: {{COLUMN: [VALUE, VALUE]}}, or {{COLUMN: {{min: 3}}}}",
    "split: list": "for fractions write validation: 0.1 and test: 0.1",
    "split: number": "for a fraction write test: {}",
    "augment: truth": "write for example augment: [RandomFlip: {{mode: horizontal}}]",
    "stratify: truth": "name the column of the classes",
    "group: list": "name one of them: all rows that share a value of it stay together",
    "folds: text": "write folds: 5",
    "folds: truth": "write folds: 5",
    "folds: number": "write folds: 5, or leave it out for a single training",
    "targets: list": "name one column; for several outputs {{OUTPUT: COLUMN, OUTPUT: COLUMN}}",
}
"""A key and what stands there, to what to write; {} is the value."""


def _hint_for_form(name: str, value: Any) -> str:
    """What to write in place of a value of another form than the key takes."""
    if name == "group" and isinstance(value, list) and len(value) == 1:
        return f"write group: {yaml_text(value[0])}"
    text = yaml_text(value)
    if isinstance(value, Mapping):
        text = text[1:-1]
    return _FORMS.get(f"{name}: {_form(value)}", "").format(text)


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


def yaml_text(value: Any) -> str:
    """A value as YAML in one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {yaml_text(item)}' for key, item in value.items())}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(yaml_text, value))}]"
    return str(value)
