"""Preprocessing by numpy gives the bits of Keras, or is left to Keras."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("tensorflow")

import keras
import numpy as np

from modelspec.exporting.formats import preprocess
from modelspec.exporting.numpy_preprocessing import numpy_preprocessing

pytestmark = [
    pytest.mark.tensorflow,
    pytest.mark.filterwarnings("ignore:Skipping nested container"),  # Keras, of what has no weights
]

WORDS = np.asarray([["Ulm"], ["Köln"], ["-"], [""], ["x y"]] * 20, dtype=object)


def _saved(layer: Any, path: Path, *, dtype: str, shape: tuple[int, ...] = (1,)) -> Any:
    """A model of one layer, saved and loaded again: Keras loses an empty word on that way."""
    given = keras.Input(shape, dtype=dtype, name="given")
    model = keras.Model({"given": given}, {"made": layer(given)})
    model.save(path)
    return keras.models.load_model(path)


def _adapted(layer: Any, values: Any) -> Any:
    layer.adapt(values)
    return layer


def _words(**options: Any) -> Any:
    return _adapted(keras.layers.StringLookup(**options), WORDS)


CASES = {
    "StringLookup": lambda: (_words(), WORDS),
    "masked": lambda: (_words(mask_token="-"), WORDS),
    "one_hot": lambda: (
        _words(output_mode="one_hot", max_tokens=9, pad_to_max_tokens=True),
        WORDS,
    ),
    "IntegerLookup": lambda: (
        _adapted(keras.layers.IntegerLookup(), np.arange(5)[:, None]),
        np.arange(-3, 9, dtype=np.int64)[:, None],
    ),
    "Normalization": lambda: (
        _adapted(keras.layers.Normalization(), _numbers(1) * 3000),
        _numbers(1) * 3000,
    ),
    "wide": lambda: (_adapted(keras.layers.Normalization(), _numbers(5)), _numbers(5)),
    "whole": lambda: (_adapted(keras.layers.Normalization(axis=None), _numbers(5)), _numbers(5)),
    "Rescaling": lambda: (keras.layers.Rescaling(1 / 255, 0.1), _numbers(3) * 255),
    "Discretization": lambda: (
        keras.layers.Discretization(bin_boundaries=[-1.0, 0.1, 2.5]),
        np.concatenate([_numbers(1), np.float32([[-1.0], [0.1], [2.5]])]),
    ),
}


def _numbers(width: int) -> Any:
    return np.random.default_rng(0).normal(size=(1000, width)).astype(np.float32)


@pytest.mark.parametrize("name", CASES)
def test_numpy_gives_the_bits_of_keras(name: str, tmp_path: Path) -> None:
    layer, values = CASES[name]()
    path = tmp_path / "front.keras"
    dtype = "string" if values.dtype == object else values.dtype.name
    model = _saved(layer, path, dtype=dtype, shape=values.shape[1:])
    found = numpy_preprocessing(path)
    assert found is not None and found.output_names == ("made",)
    given = values.astype(str) if values.dtype == object else values
    expected = preprocess(model, {"given": given})["made"]
    made = found.predict({"given": given})["made"]
    assert made.dtype == expected.dtype
    np.testing.assert_array_equal(made, expected)


OTHERS = {
    "another layer": lambda: keras.layers.Hashing(num_bins=3),
    "hashed words": lambda: _words(num_oov_indices=2),
    "given words": lambda: keras.layers.StringLookup(vocabulary=["a"]),
    "counts": lambda: _words(output_mode="count", max_tokens=9, pad_to_max_tokens=True),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_numpy_does_not_compute_is_left_to_keras(name: str, tmp_path: Path) -> None:
    path = tmp_path / "front.keras"
    _saved(OTHERS[name](), path, dtype="string")
    assert numpy_preprocessing(path) is None


def test_a_damaged_file_is_left_to_keras(tmp_path: Path) -> None:
    (tmp_path / "front.keras").write_bytes(b"PK\x03\x04 no archive")
    assert numpy_preprocessing(tmp_path / "front.keras") is None
    assert numpy_preprocessing(tmp_path / "none.keras") is None
