"""Layers that encode categories as integers: what they return, and how many integers."""

from __future__ import annotations

from modelspec.analysis.arguments import complete, keras_class
from modelspec.graph import Call
from modelspec.layers import classes_with
from modelspec.spec.model import KerasObject

from .model_view import ModelView

ENCODERS = classes_with("is_lookup") | {"CategoryEncoding", "Discretization"}


def find_encoder(model: ModelView, call: Call) -> Call | None:
    """The encoder whose output a call reads, past layers that only move values."""
    source = model.source(call)
    while source is not None and _moves_values(model.kind(source)):
        source = model.source(source)
    return source if model.kind(source) in ENCODERS else None


def _moves_values(kind: str) -> bool:
    return kind in classes_with("keeps_values") or kind == "ops.cast"


def returns_integers(item: KerasObject) -> bool:
    """Whether an encoder returns integers rather than columns or text."""
    args = complete(item)
    return args["output_mode"] == "int" and not args.get("invert")


def token_count(item: KerasObject) -> int | None:
    """How many different integers an encoder may return; None where the spec does not say."""
    args = complete(item)
    kind = keras_class(item)
    if kind in ("Hashing", "HashedCrossing"):
        return _number(args["num_bins"])
    if kind == "Discretization":
        bounds = args["bin_boundaries"]
        return len(bounds) + 1 if isinstance(bounds, list) else _number(args["num_bins"])
    vocabulary = args.get("vocabulary")
    if isinstance(vocabulary, list):
        return len(vocabulary) + _special(kind, args, vocabulary)
    return _number(args.get("max_tokens")) if vocabulary is None else None


def _special(kind: str, args: dict[str, object], vocabulary: list[object]) -> int:
    """How many integers come before those of the vocabulary: mask and out-of-vocabulary."""
    if kind == "TextVectorization":
        return 0 if "[UNK]" in vocabulary else 2
    if args["oov_token"] in vocabulary:
        return 0
    unknown = args["num_oov_indices"]
    assert isinstance(unknown, int)
    return unknown + (args["mask_token"] is not None)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None
