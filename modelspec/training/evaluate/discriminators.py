"""The discriminator of a run with `training.gan`, which its losses need beside the generator."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from modelspec.building import extension_scope
from modelspec.diagnostics import CannotRunError, UsageError
from modelspec.framework import clean_message
from modelspec.runs import RunFile
from modelspec.training.trained_run import TrainedRun


def refuse_without_discriminator(trained: TrainedRun) -> None:
    """Refuse to measure a generator alone: its losses are those of two models.

    Raises:
        UsageError: the run is an exported file, or the model of an epoch.
    """
    if trained.runtime is None and trained.epoch_file is None and trained.path.is_dir():
        return
    message = (
        f"{trained.epoch_file or trained.path} is a generator alone, and the losses of a `gan` are"
        " measured with its discriminator"
    )
    raise UsageError(f"{message}: give the run folder, which has both")


def load_discriminator(fitted: Any, trained: TrainedRun) -> None:
    """Give the fitted model the weights of the discriminator of a run.

    Raises:
        CannotRunError: the file is damaged or missing.
    """
    import keras

    file: Path = trained.path / RunFile.DISCRIMINATOR
    try:
        with extension_scope(trained.spec):
            saved = keras.models.load_model(file, compile=False)
        fitted.discriminator.set_weights(saved.get_weights())
    except Exception as error:  # Keras, h5py and zipfile raise all kinds
        raise CannotRunError(f"{file} cannot be read: {clean_message(error)}") from error
