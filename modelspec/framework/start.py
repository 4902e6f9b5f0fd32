"""Importing TensorFlow and Keras: once, silently, with a clear error where they are missing."""

from __future__ import annotations

import os
import sys

from modelspec.diagnostics import CannotRunError
from modelspec.machine import keep_what_is_loaded

from .late_modules import quick_imports
from .stderr import silenced_stderr

INSTALL = "pip install 'keras-modelspec[tensorflow]'"

TENSORFLOW = "2.21"
LAST_PYTHON = (3, 13)
"""The last Python for which this TensorFlow has packages; the extra in pyproject.toml has the same
bound, so that the base install needs none."""


def how_to_install(python: tuple[int, int] = sys.version_info[:2]) -> str:
    """What brings TensorFlow to a Python: a command, or which Pythons it takes.

    Args:
        python: major and minor version, by default of this process.
    """
    if python <= LAST_PYTHON:
        return INSTALL
    this, last = (".".join(map(str, version)) for version in (python, LAST_PYTHON))
    return f"TensorFlow {TENSORFLOW} has no version for Python {this}; use Python 3.11 to {last}"


def start_keras() -> None:
    """Import Keras on TensorFlow. Call it before anything that builds or trains.

    Raises:
        CannotRunError: TensorFlow or Keras is not installed, too old, or does not start; or
            another backend is asked for, or was imported.
    """
    if "keras" in sys.modules:
        _need_tensorflow_backend()
        if "tensorflow" in sys.modules:
            return
    wanted = os.environ.get("KERAS_BACKEND", "tensorflow")
    if wanted != "tensorflow":
        message = f"KERAS_BACKEND is {wanted}, and modelspec builds and trains on TensorFlow alone"
        raise CannotRunError(f"{message}: remove the variable, or set KERAS_BACKEND=tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    try:
        # TensorFlow prints before its log level is in force
        with quick_imports(), silenced_stderr(replay_on_error=True):
            import tensorflow  # noqa: F401  # isort: skip
            import keras
        keep_what_is_loaded()
    except ModuleNotFoundError as error:
        name = str(error.name).partition(".")[0]
        message = f"this needs TensorFlow, and `{name}` is not installed: {how_to_install()}"
        raise CannotRunError(message) from error
    except Exception as error:
        raise CannotRunError(f"TensorFlow does not start: {error}") from error
    if int(keras.__version__.split(".")[0]) < 3:
        message = f"this needs Keras 3, and Keras {keras.__version__} is installed: {INSTALL}"
        raise CannotRunError(message)


def _need_tensorflow_backend() -> None:
    """Refuse a Keras that was imported, by a notebook say, on another backend."""
    import keras

    backend = keras.config.backend()
    if backend != "tensorflow":
        message = f"Keras runs on {backend} in this process, and modelspec needs TensorFlow"
        raise CannotRunError(f"{message}: set KERAS_BACKEND=tensorflow before Keras is imported")
