"""Names that Keras takes as text, and those that it does not."""

from __future__ import annotations

import importlib

import pytest

from modelspec.schema.catalogue import CLASS_ONLY, class_schema, is_identifier, names_of_kind

KINDS = {
    "constraint": "constraints",
    "initializer": "initializers",
    "loss": "losses",
    "metric": "metrics",
    "optimizer": "optimizers",
    "regularizer": "regularizers",
}
NEEDS_SCIPY = {"STFT", "STFTInitializer", "stft"}


@pytest.mark.tensorflow
@pytest.mark.parametrize("kind", KINDS)
def test_keras_makes_an_object_of_each_identifier_and_of_no_other_name(kind: str) -> None:
    get = importlib.import_module(f"keras.{KINDS[kind]}").get
    for name in names_of_kind(kind):
        known = class_schema(kind, name)
        if known is None or known.required or name in NEEDS_SCIPY:
            continue
        if is_identifier(kind, name):
            assert get(name) is not None, name
        else:
            with pytest.raises((KeyError, ValueError)):
                get(name)


@pytest.mark.parametrize("kind", CLASS_ONLY)
def test_every_name_in_the_table_is_one_of_a_class(kind: str) -> None:
    assert CLASS_ONLY[kind] <= set(names_of_kind(kind))
