"""Whether a saved model is the one in memory: Keras loads it, and it predicts the same.

Keras writes some models that it cannot read, and reads some without a part of their state. So a
run is complete only once its model was loaded and compared, on a batch of the run's own data.
"""

from __future__ import annotations

import dataclasses
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from modelspec.building import extension_scope
from modelspec.data.examples import noise_of, report_undecodable_files
from modelspec.data.feed import Feed
from modelspec.diagnostics import CannotRunError, Findings, Span, SpecError
from modelspec.framework import all_layers, clean_message, is_out_of_memory
from modelspec.spec import Spec
from modelspec.training.predict import KerasPredictor
from modelspec.training.prepare import PreparedTraining

from .stop_signals import InterruptedRunError
from .trained_run import load_model

Arrays = Mapping[str, npt.NDArray[Any]]
"""Output name to array [n, ...]."""

EXAMPLES = 32
"""How many examples are predicted, at most."""

SMALL = 1 << 24
"""Weights up to which a model is saved and loaded before the training too, as a trial."""

TOLERANCES = {"float64": 1e-9, "float32": 1e-4, "float16": 1e-2, "bfloat16": 8e-2}
"""Layer dtype to the accepted difference, relative to the largest value of an output.

A file has the same bits as the memory, and one machine computes both predictions. But threads and
GPUs may add numbers in another order, and each sum rounds: these are about a thousand units in the
last place of float32 and float64, and ten of the two short types. A weight that was not saved
differs by far more.
"""

CODE = "saved-model-differs"

HINT = (
    "change the arguments of a layer of Keras; a class of an extension needs `get_config`, and "
    "keeps all of its state in Keras variables"
)


class SavedModelCheck:
    """Compares files of a model with the model in memory.

    Args:
        spec: of the model.
        prepared: the model, and its data.
    """

    def __init__(self, spec: Spec, prepared: PreparedTraining) -> None:
        self.spec = spec
        self.prepared = prepared
        self.model = prepared.model
        self.graph = prepared.graph.for_outputs()
        self.structure = prepared.saved_structure
        first = prepared.data.train.take(slice(0, min(EXAMPLES, prepared.data_spec.batch_size)))
        noise = noise_of(self.graph, prepared.training)
        first = first if noise is None else noise.added_to(first, prepared.training.seed)
        self.examples = dataclasses.replace(first, targets={}, weights=None)

    def try_before_training(self, findings: Findings) -> None:
        """Save and load the model as it is now, in a temporary folder, unless it is large.

        Raises:
            SpecError: as `compare` does.
        """
        if self.model.count_params() > SMALL:
            return
        with tempfile.TemporaryDirectory(prefix="modelspec-") as folder:
            file = Path(folder, "model.keras")
            try:
                self.model.save(file)
            except OSError:  # there is no room for temporary files, which a training does not need
                return
            except Exception as error:  # Keras and classes of extensions raise all kinds
                self._refuse(f"cannot be saved: {clean_message(error)}", findings, error)
            self.compare(file, findings, is_compiled=False)

    def compare(self, file: Path, findings: Findings, *, is_compiled: bool = True) -> None:
        """Load a file of the model, and compare its predictions with those of the model in memory.

        Args:
            file: a .keras file.
            findings: takes what is wrong, at the layer if one layer is to blame.
            is_compiled: predict in a graph, as every user of the run will; it takes longer, and
                shows nothing new of a model that has been measured.

        Raises:
            SpecError: the model in memory cannot predict, the file cannot be loaded, or it
                predicts other values.
            CannotRunError: memory does not suffice to check.
        """
        predictor = KerasPredictor(self.model, self.structure, is_compiled=is_compiled)
        expected = self._predict(predictor, "the model cannot predict", findings)
        reader = KerasPredictor(self._load(file, findings), self.structure, is_compiled=is_compiled)
        found = self._predict(reader, "the model, saved and loaded, cannot predict", findings)
        tolerance = _tolerance(self.model)
        name = _different_output(expected, found, tolerance)
        if name is None:
            return
        again = self._predict(predictor, "the model cannot predict", findings)
        if _different_output(expected, again, tolerance) is None:  # else it is random by itself
            self._refuse(f"predicts other values of `{name}` once it is loaded", findings)

    def _load(self, file: Path, findings: Findings) -> Any:
        try:
            return load_model(file, self.spec)
        except CannotRunError as error:
            cause = error.__cause__ or error
            if is_out_of_memory(cause):
                raise
            if isinstance(cause, InterruptedRunError):  # a signal came meanwhile
                raise cause from None
            self._refuse(f"cannot be loaded: {clean_message(cause)}", findings, cause)

    def _predict(self, predictor: KerasPredictor, what: str, findings: Findings) -> Arrays:
        """The outputs for the examples; recurrent states begin at zero, and the model keeps its."""
        with extension_scope(self.spec), report_undecodable_files(self._data_span, self.examples):
            states = _reset_states(predictor.model)
            try:
                return predictor(self.examples)
            except SpecError:
                raise
            except Exception as error:  # Keras and TensorFlow raise all kinds
                if is_out_of_memory(error):
                    message = f"there is not enough memory to check the model: {what}"
                    raise CannotRunError(f"{message}: {clean_message(error)}") from error
                if predictor.model is self.model:
                    feed = Feed(self.examples, self.prepared.structure, EXAMPLES)
                    self.prepared.failure_locator.report(error, feed.in_order(), findings)
                else:
                    findings.error(self.graph.span, CODE, f"{what}: {clean_message(error)}")
                raise SpecError(findings.sorted()) from error
            finally:
                for variable, value in states:
                    variable.assign(value)

    @property
    def _data_span(self) -> Span:
        return self.prepared.data_spec.train.span

    def _refuse(
        self, problem: str, findings: Findings, cause: BaseException | None = None
    ) -> NoReturn:
        span, subject = self.graph.span, "the model"
        failed = self._unsaved_layer()
        if failed is not None:
            layer, error = failed
            span = self.graph.layers[layer.name].object.span
            subject = f'"{layer.name}" ({type(layer).__name__})'
            problem = f"cannot be saved and loaded: {clean_message(error)}"
        findings.error(span, CODE, f"{subject} {problem}", hint=HINT)
        raise SpecError(findings.sorted()) from cause

    def _unsaved_layer(self) -> tuple[Any, Exception] | None:
        """The first layer that cannot be saved and loaded by itself, with what Keras says of it."""
        with extension_scope(self.spec):
            for layer in self.model.layers:
                if layer.name not in self.graph.layers:
                    continue
                try:
                    _copy_through_file(layer)
                except Exception as error:  # whatever it is, it is what we look for
                    return layer, error
        return None


def _copy_through_file(layer: Any) -> None:
    """Save and load a model of one layer; raises what Keras raises."""
    import keras

    model = keras.Model(layer.input, layer.output)
    with tempfile.TemporaryDirectory(prefix="modelspec-") as folder:
        file = Path(folder, "model.keras")
        model.save(file)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a model that fails has been reported already
            keras.models.load_model(file, compile=False)


def _reset_states(model: Any) -> list[tuple[Any, Any]]:
    """Set recurrent states to zero; their variables with the values that they had."""
    import keras

    found = [getattr(layer, "states", None) for layer in all_layers(model)]
    states = [item for item in keras.tree.flatten(found) if isinstance(item, keras.Variable)]
    held = [(state, state.numpy()) for state in states]
    for state, value in held:
        state.assign(np.zeros_like(value))
    return held


def _tolerance(model: Any) -> float:
    """That of the shortest float type that a layer computes in."""
    dtypes = {layer.compute_dtype for layer in all_layers(model)} | {"float64"}
    return max(TOLERANCES.get(dtype, 0.0) for dtype in dtypes)


def _different_output(expected: Arrays, found: Arrays, tolerance: float) -> str | None:
    """The first output whose values differ; None if there is none."""
    for name, values in expected.items():
        if not _is_close(values, found[name], tolerance):
            return name
    return None


def _is_close(left: npt.NDArray[Any], right: npt.NDArray[Any], tolerance: float) -> bool:
    if left.shape != right.shape:
        return False
    if left.dtype.kind != "f":
        return bool((left == right).all())
    finite = np.abs(left[np.isfinite(left)]).astype(np.float64)
    scale = finite.max(initial=0.0)
    return np.allclose(left, right, rtol=0, atol=tolerance * scale, equal_nan=True)
