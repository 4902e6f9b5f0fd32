"""Starting TensorFlow: once, quietly, and with a clear word where it is missing."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator

from modelspec.diagnostics import CannotRunError

INSTALL = "pip install 'keras-modelspec[tensorflow]'"


def start() -> None:
    """Import Keras on TensorFlow. Call it before anything that builds or trains.

    Raises:
        CannotRunError: TensorFlow or Keras is not installed, too old, or does not start.
    """
    if "keras" in sys.modules and "tensorflow" in sys.modules:
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    try:
        with _quiet_start():
            import tensorflow  # noqa: F401  # isort: skip
            import keras
    except ModuleNotFoundError as error:
        name = str(error.name).partition(".")[0]
        message = f"this needs TensorFlow, and `{name}` is not installed: {INSTALL}"
        raise CannotRunError(message) from error
    except Exception as error:
        raise CannotRunError(f"TensorFlow does not start: {error}") from error
    if int(keras.__version__.split(".")[0]) < 3:
        message = f"this needs Keras 3, and Keras {keras.__version__} is installed: {INSTALL}"
        raise CannotRunError(message)


@contextlib.contextmanager
def _quiet_start() -> Iterator[None]:
    """Keep what TensorFlow prints before its own log level is in force off standard error.

    It writes from C++, so the file descriptor is turned away, not Python's stream. Where the
    import fails, what was written is shown.
    """
    with tempfile.TemporaryFile() as kept:
        sys.stderr.flush()
        saved = os.dup(2)
        os.dup2(kept.fileno(), 2)
        try:
            yield
        except BaseException:
            os.dup2(saved, 2)
            kept.seek(0)
            os.write(2, kept.read())
            raise
        finally:
            os.dup2(saved, 2)
            os.close(saved)
