"""The weights alone, in Keras's `.weights.h5`."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from modelspec.diagnostics import CannotRunError

from .format import METADATA_NAME, ExportFormat, ExportSettings, LoadRequest, MetadataStore, Runtime
from .keras import import_extensions, predictor

if TYPE_CHECKING:
    from modelspec.exporting.export_source import ExportSource

    from .arrays import Predict


def write_weights(source: ExportSource, _: ExportSettings, path: Path) -> None:
    """Write what `training.initial_weights` and `Model.load_weights` read."""
    source.model.save_weights(path)


def load_weights(path: Path, request: LoadRequest) -> Predict:
    """The model of `request.architecture` with the weights of the file."""
    import_extensions(request.extensions)
    import keras

    model = keras.models.load_model(Path(request.architecture), compile=False)
    for variable in model.weights:  # so that a weight which the file lacks is noticed
        variable.assign(keras.ops.full_like(variable, 7))
    model.load_weights(path)
    return predictor(model, request)


def _write_data_set(path: Path, text: str) -> None:
    import h5py

    with h5py.File(path, "a") as file:
        file.create_dataset(METADATA_NAME, data=text)


def _read_data_set(path: Path) -> str | None:
    if find_spec("h5py") is None:
        install = "pip install 'keras-modelspec[tensorflow]'"
        raise CannotRunError(f"reading {path} needs `h5py`, which is not installed: {install}")
    import h5py

    with h5py.File(path) as file:
        found = file.get(METADATA_NAME)
        if not isinstance(found, h5py.Dataset) or found.shape != () or found.is_virtual:
            return None
        return str(found.asstr()[()])


FORMAT = ExportFormat(
    name="weights",
    suffix=".weights.h5",
    write=write_weights,
    load=load_weights,
    runtime=Runtime.KERAS,
    metadata=MetadataStore(_write_data_set, _read_data_set),
    tolerance=1e-5,
    needs_architecture=True,
)
