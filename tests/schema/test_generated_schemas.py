"""The schemas of Keras objects: valid, whole, and as wide as Keras itself."""

from __future__ import annotations

import importlib
import inspect
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

FOLDER = Path(__file__).resolve().parents[2] / "schemas"
BASE = "https://modelspec.invalid/"
DENSE = {"Dense": {"units": 3}}
RECURRENT = {"LSTM": {"units": 3}}
PIXELS = {"height": 4, "width": 4}
DECAY = {"initial_learning_rate": 0.1, "decay_steps": 100}

MINIMAL: dict[str, dict[str, Any]] = {
    "layers.Activation": {"activation": "relu"},
    "layers.AlphaDropout": {"rate": 0.5},
    "layers.Bidirectional": {"layer": RECURRENT},
    "layers.CategoryEncoding": {"num_tokens": 4},
    "layers.CenterCrop": PIXELS,
    "layers.CustomScaleLayer": {"scale": 0.1},
    "layers.Discretization": {"bin_boundaries": [0.0, 1.5]},
    "layers.Dot": {"axes": 1},
    "layers.Dropout": {"rate": 0.5},
    "layers.EinsumDense": {"equation": "abc,cd->abd", "output_shape": [None, 4]},
    "layers.Embedding": {"input_dim": 5, "output_dim": 2},
    "layers.GaussianDropout": {"rate": 0.5},
    "layers.GaussianNoise": {"stddev": 0.5},
    "layers.GroupQueryAttention": {"head_dim": 2, "num_query_heads": 4, "num_key_value_heads": 2},
    "layers.HashedCrossing": {"num_bins": 4},
    "layers.Hashing": {"num_bins": 4},
    "layers.LayerScale": {"init_values": 0.1, "projection_dim": 4},
    "layers.MaxNumBoundingBoxes": {"max_number": 4},
    "layers.MultiHeadAttention": {"num_heads": 2, "key_dim": 4},
    "layers.Permute": {"dims": [2, 1]},
    "layers.Pipeline": {"layers": [{"RandomFlip": None}]},
    "layers.RNN": {"cell": [{"LSTMCell": {"units": 3}}, {"GRUCell": {"units": 3}}]},
    "layers.RandomCrop": PIXELS,
    "layers.RandomPosterization": {"factor": 4},
    "layers.RandomTranslation": {"height_factor": 0.1, "width_factor": [-0.1, 0.1]},
    "layers.RandomZoom": {"height_factor": 0.1},
    "layers.RepeatVector": {"n": 2},
    "layers.Rescaling": {"scale": 0.5},
    "layers.Reshape": {"target_shape": [-1, 2]},
    "layers.Resizing": PIXELS,
    "layers.ReversibleEmbedding": {"input_dim": 5, "output_dim": 2},
    "layers.SpectralNormalization": {"layer": DENSE},
    "layers.StackedRNNCells": {"cells": [{"LSTMCell": {"units": 3}}]},
    "layers.StochasticDepth": {"drop_path_rate": 0.1},
    "layers.TimeDistributed": {"layer": DENSE},
    "callbacks.CSVLogger": {"filename": "log.csv"},
    "callbacks.ModelCheckpoint": {"filepath": "model.keras"},
    "dtype_policies.AWQDTypePolicy": {"mode": "awq/4/128", "source_name": "float32"},
    "dtype_policies.GPTQDTypePolicy": {"mode": "gptq/4/128", "source_name": "float32"},
    "dtype_policies.Int4DTypePolicy": {"mode": "int4/128", "source_name": "float32"},
    "dtype_policies.QuantizedDTypePolicy": {"mode": "int8", "source_name": "float32"},
    "dtype_policies.QuantizedFloat8DTypePolicy": {"mode": "float8"},
    "metrics.IoU": {"num_classes": 2, "target_class_ids": [0]},
    "metrics.MeanIoU": {"num_classes": 2},
    "metrics.OneHotIoU": {"num_classes": 2, "target_class_ids": [0]},
    "metrics.OneHotMeanIoU": {"num_classes": 2},
    "metrics.PrecisionAtRecall": {"recall": 0.5},
    "metrics.RecallAtPrecision": {"precision": 0.5},
    "metrics.SensitivityAtSpecificity": {"specificity": 0.5},
    "metrics.SpecificityAtSensitivity": {"sensitivity": 0.5},
    "optimizers.LossScaleOptimizer": {"inner_optimizer": {"Adam": None}},
    "optimizers.MultiOptimizer": {
        "optimizer_map": {"OptimizerMap": {"default_optimizer": {"Adam": None}}}
    },
    "optimizers.OptimizerMap": {
        "default_optimizer": {"Adam": None},
        "optimizer_map": {"head/.*": {"SGD": {"momentum": 0.9}}},
    },
    "schedules.CosineDecay": DECAY,
    "schedules.CosineDecayRestarts": {"initial_learning_rate": 0.1, "first_decay_steps": 100},
    "schedules.ExponentialDecay": {**DECAY, "decay_rate": 0.9},
    "schedules.InverseTimeDecay": {**DECAY, "decay_rate": 0.9},
    "schedules.PiecewiseConstantDecay": {"boundaries": [10, 20], "values": [1.0, 0.5, 0.1]},
    "schedules.PolynomialDecay": DECAY,
}
"""Smallest valid arguments of the classes that need any, as a spec writes them."""

for _family, _needed in {
    "Conv{}D": {"filters": 4, "kernel_size": 3},
    "Conv{}DTranspose": {"filters": 4, "kernel_size": 3},
    "ConvLSTM{}D": {"filters": 4, "kernel_size": 3},
    "DepthwiseConv{}D": {"kernel_size": 3},
    "SeparableConv{}D": {"filters": 4, "kernel_size": 3},
    "AveragePooling{}D": {"pool_size": 2},
    "AdaptiveAveragePooling{}D": {"output_size": 2},
    "AdaptiveMaxPooling{}D": {"output_size": 2},
    "SpatialDropout{}D": {"rate": 0.5},
}.items():
    MINIMAL |= {f"layers.{_family.format(rank)}": _needed for rank in (1, 2, 3)}
MINIMAL["losses.Quantile"] = {"quantiles": [0.5]}
for _name in ("LSTM", "GRU", "SimpleRNN", "LSTMCell", "GRUCell", "SimpleRNNCell", "Dense"):
    MINIMAL[f"layers.{_name}"] = {"units": 3}
for _name in "Brightness ColorDegeneration Contrast Hue Rotation Saturation Sharpness".split():  # noqa: SIM905
    MINIMAL[f"layers.Random{_name}"] = {"factor": 0.5}

NOT_BUILT = {
    "layers.TFSMLayer": "loads a SavedModel",
    "layers.STFTSpectrogram": "needs the package scipy",
    "initializers.STFT": "needs the package scipy",
    "callbacks.OrbaxCheckpoint": "needs the package orbax-checkpoint",
}
SPACES = {
    "layers": "layer",
    "initializers": "initializer",
    "regularizers": "regularizer",
    "constraints": "constraint",
    "optimizers": "optimizer",
    "schedules": "schedule",
    "losses": "loss",
    "metrics": "metric",
    "callbacks": "callback",
    "dtype_policies": "dtype_policy",
}
OWN = {("losses", "Quantile"): "modelspec.building.own_losses"}
"""Classes that Keras has not, and the module of each."""
NEEDED = {"CategoryEncoding": ["num_tokens"]}
"""Arguments with a default that Keras refuses: the schema requires them."""


@cache
def files() -> dict[str, dict[str, Any]]:
    """Every schema file by its path within the folder."""
    return {
        path.relative_to(FOLDER).as_posix(): json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(FOLDER.rglob("*.json"))
    }


def pages() -> dict[str, dict[str, Any]]:
    """The files that hold one entry for each class or function."""
    hand_written = ("types.json", "keras.json")
    return {n: f for n, f in files().items() if n not in hand_written and ".schema." not in n}


@cache
def registry() -> Registry[Any]:
    # A spec's own schema may be missing; what refers to it then accepts anything.
    found = {"modelspec.schema.json": {"$defs": {}}, **files()}
    own = found["modelspec.schema.json"].setdefault("$defs", {})
    for name in ("nested_sequential", "nested_functional", "weight", "block_use"):
        own.setdefault(name, {})
    resources = [(BASE + n, DRAFT202012.create_resource(f)) for n, f in found.items()]
    empty: Registry[Any] = Registry()
    return empty.with_resources(resources)


def faults_of(page: str, name: str, value: Any) -> list[str]:
    """What the schema `#/$defs/name` of a page has against a value."""
    validator = Draft202012Validator({"$ref": f"{BASE}{page}#/$defs/{name}"}, registry=registry())
    return [f"{e.json_path}: {e.message}" for e in validator.iter_errors(value)]


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "$ref":
                yield item
            elif key not in ("default", "enum", "const"):
                yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def classes() -> list[str]:
    """All classes as `space.Name`."""
    found = []
    for page, content in pages().items():
        space = "layers" if page.startswith("layers/") else page.removesuffix(".json")
        if space in SPACES:
            found += [f"{space}.{name}" for name in content["$defs"]]
    return sorted(found)


@pytest.mark.parametrize("name", sorted(files()))
def test_a_file_is_a_schema_whose_references_resolve(name: str) -> None:
    Draft202012Validator.check_schema(files()[name])
    resolver = registry().resolver(BASE + name)
    for reference in sorted(set(references(files()[name]))):
        try:
            resolver.lookup(reference)
        except Unresolvable:
            pytest.fail(f"{name} refers to {reference}, which is not there")


@pytest.mark.parametrize("page", sorted(pages()))
def test_every_argument_is_one_reference_and_its_default_fits(page: str) -> None:
    for name, entry in pages()[page]["$defs"].items():
        for argument, schema in entry["properties"].items():
            assert set(schema) <= {"$ref", "default", "x-default-note"}, (name, argument)
            if "default" in schema:
                value = {argument: schema["default"]}
                only = {**entry, "required": []}
                validator = Draft202012Validator(
                    {"$id": f"{BASE}{page}#", **only}, registry=registry()
                )
                assert [e.message for e in validator.iter_errors(value)] == [], (name, argument)


def test_every_named_type_takes_an_expression_and_has_a_title() -> None:
    types = files()["types.json"]["$defs"]
    for name, schema in types.items():
        assert schema["title"], name
        assert faults_of("types.json", name, "${width * 2}") == [], name


ACCEPTED = [
    ("initializer", "he_normal"),
    ("initializer", {"he_normal": {"seed": 7}}),
    ("initializer", {"HeNormal": None}),
    ("initializer", None),
    ("activation", {"leaky_relu": {"negative_slope": 0.1}}),
    ("activation", {"PReLU": {"shared_axes": [1, 2]}}),
    ("layer", "Flatten"),
    ("layer", "residual"),
    ("layer", {"residual": {"filters": 3}}),
    ("layer", {"mypackage>Swirl": {"anything": [1]}}),
    ("layer", "mypackage.layers>Swirl"),
    ("layer", {"Convolution2D": {"filters": "${width}", "kernel_size": ["${k}", 3]}}),
    ("layer", {"ops.multiply": {"x2": 0.5}}),
    ("layer", {"ops.nn.softmax": None}),
    ("layer", {"ops.get_item": {"key": ":, -1, ..."}}),
    ("layer", {"applications.ResNet50": {"weights": None, "include_top": False}}),
    ("layer", {"Bidirectional": {"layer": RECURRENT}}),
    ("layer", {"ZeroPadding2D": {"padding": [[1, 2], 3]}}),
    ("learning_rate", 0.1),
    ("learning_rate", {"CosineDecay": {"initial_learning_rate": 1e-3, "decay_steps": 1000}}),
    ("learning_rate", "${rate}"),
    ("dtype_policy", "mixed_bfloat16"),
    ("dtype_policy", "int8_from_mixed_bfloat16"),
    ("metric", "acc"),
    ("loss", "mse"),
    ("optimizer", {"adam": {"learning_rate": 0.1}}),
]


@pytest.mark.parametrize(("kind", "value"), ACCEPTED, ids=str)
def test_a_kind_takes(kind: str, value: Any) -> None:
    assert faults_of("keras.json", kind, value) == []


REJECTED = [
    ("layer", "Lambda", "$"),
    ("layer", {"Lambda": {}}, "$"),
    ("layer", {"Dense": {"units": 0}}, "$.Dense.units"),
    ("layer", {"Dense": {"units": 3, "unitz": 3}}, "$.Dense"),
    ("layer", {"Conv1D": {"filters": 1, "kernel_size": [3, 3]}}, "$.Conv1D.kernel_size"),
    (
        "layer",
        {"Conv2D": {"filters": 1, "kernel_size": 3, "padding": "causal"}},
        "$.Conv2D.padding",
    ),
    ("layer", {"Dropout": {"rate": 1.5}}, "$.Dropout.rate"),
    ("layer", {"Flatten": {}, "Add": {}}, "$"),
    ("layer", {}, "$"),
    ("layer", None, "$"),
    ("layer", {"ops.get_item": {"key": "x"}}, "$['ops.get_item'].key"),
    ("initializer", {"HeNormal": {"seed": 0.5}}, "$.HeNormal.seed"),
    ("activation", "reluu", "$"),
    ("optimizer", {"Adam": {"learning_rate": {"Cosine": {}}}}, "$.Adam.learning_rate"),
    ("metric", {"acc": {}}, "$"),
]


@pytest.mark.parametrize(("kind", "value", "place"), REJECTED, ids=str)
def test_a_kind_rejects_at_the_place_of_the_fault(kind: str, value: Any, place: str) -> None:
    assert {fault.partition(": ")[0] for fault in faults_of("keras.json", kind, value)} == {place}


def keras_class(page: str, name: str) -> type:
    """The class of Keras that an entry of a page describes."""
    entry = files()[page]["$defs"][name]
    space = "layers" if page.startswith("layers/") else page.removesuffix(".json")
    module = {"schedules": "optimizers.schedules"}.get(space, space)
    found = importlib.import_module(entry.get("x-module", f"keras.{module}"))
    if (space, name) in OWN:
        found = importlib.import_module(OWN[space, name])
    cls = getattr(found, name)
    assert isinstance(cls, type)
    return cls


def page_of(full_name: str) -> str:
    space, _, name = full_name.partition(".")
    prefix = "layers/" if space == "layers" else f"{space}.json"
    return next(p for p, c in pages().items() if p.startswith(prefix) and name in c["$defs"])


def make(page: str, name: str, arguments: dict[str, Any]) -> Any:
    """An object of a class, with the objects among its arguments made first."""
    properties = files()[page]["$defs"][name]["properties"]
    made = {}
    for argument, value in arguments.items():
        target = properties[argument]["$ref"]
        made[argument] = (
            _made(target.rpartition("/")[2], value) if "keras.json" in target else value
        )
    return keras_class(page, name)(**made)


def _made(kind: str, value: Any) -> Any:
    schema = files()["keras.json"]["$defs"][kind]
    if isinstance(value, list):
        return [_made(schema["x-object"], item) for item in value]
    if not isinstance(value, dict):
        return value
    if schema.get("x-mapping"):
        return {key: _made(schema["x-object"], item) for key, item in value.items()}
    ((name, arguments),) = value.items()
    table = files()["keras.json"]["$defs"][schema["x-object"]]["else"]["then"]["properties"]
    page, _, target = table[name]["$ref"].partition("#/$defs/")
    return make(page, target, arguments or {})


def as_written(value: Any) -> Any:
    """A value out of `get_config` as a spec writes it."""
    if isinstance(value, dict) and "class_name" in value and "config" in value:
        if isinstance(value["config"], str):
            return value["config"]
        return {value["class_name"]: as_written(value["config"] or {})}
    if isinstance(value, dict):
        return {key: as_written(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_written(item) for item in value]
    return value.item() if type(value).__module__ == "numpy" else value


@pytest.mark.tensorflow
@pytest.mark.slow
def test_what_is_committed_is_what_the_generator_gives() -> None:
    command = [sys.executable, "-m", "tools.schemas", "--check"]
    run = subprocess.run(command, cwd=FOLDER.parent, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, ""), run.stderr[-2000:]


@pytest.mark.tensorflow
def test_every_public_name_of_keras_is_described_or_refused() -> None:
    kinds, refused = files()["keras.json"]["$defs"], files()["keras.json"]["x-refused"]
    missing = []
    spaces = {**SPACES, "activations": "activation", "ops": "op", "applications": "application"}
    for space, kind in spaces.items():
        module = {"schedules": "optimizers.schedules"}.get(space, space)
        members = vars(importlib.import_module(f"keras.{module}"))
        known = set(kinds[kind]["else"]["then"]["properties"]) | {"OptimizerMap"}
        functions_too = space in ("activations", "ops", "applications")
        for name, member in members.items():
            if inspect.isclass(member) or (functions_too and inspect.isfunction(member)):
                machinery = name in ("serialize", "deserialize", "get") or name.startswith("_")
                if not machinery and name not in known and f"{space}.{name}" not in refused:
                    missing.append(f"{space}.{name}")
    assert missing == []


@pytest.mark.tensorflow
@pytest.mark.parametrize("name", classes())
def test_a_class_requires_what_its_signature_requires(name: str) -> None:
    page, name = page_of(name), name.partition(".")[2]
    cls = keras_class(page, name)
    own = [] if cls.__init__ is object.__init__ else inspect.signature(cls).parameters.values()
    required = [p.name for p in own if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD]
    assert files()[page]["$defs"][name]["required"] == required + NEEDED.get(name, [])


@pytest.mark.tensorflow
@pytest.mark.parametrize("name", [name for name in classes() if name not in NOT_BUILT])
def test_a_class_builds_and_its_config_fits_its_schema(name: str) -> None:
    page, arguments = page_of(name), MINIMAL.get(name, {})
    name = name.partition(".")[2]
    assert faults_of(page, name, arguments) == []
    made = make(page, name, arguments)
    properties = files()[page]["$defs"][name]["properties"]
    if hasattr(made, "get_config"):
        config = as_written(made.get_config())
        own = {key: value for key, value in config.items() if key in properties}
        assert faults_of(page, name, {**own, **arguments}) == []
        assert {key for key in arguments if key not in config} <= {"vocabulary"}


@pytest.mark.tensorflow
@pytest.mark.parametrize("name", [name for name in classes() if name not in NOT_BUILT])
def test_a_class_takes_every_argument_of_its_schema(name: str) -> None:
    page, arguments = page_of(name), MINIMAL.get(name, {})
    name = name.partition(".")[2]
    properties = files()[page]["$defs"][name]["properties"]
    every = {key: item["default"] for key, item in properties.items() if "default" in item}
    make(page, name, {**every, **arguments})
