"""Converters and runtimes of other makers: are they installed, and keep them from printing."""

from __future__ import annotations

import contextlib
import logging
import sys
import warnings
from collections.abc import Iterator
from importlib.util import find_spec

from modelspec.diagnostics import CannotRunError
from modelspec.framework import CapturedText, silenced_stderr


@contextlib.contextmanager
def captured_stderr() -> Iterator[CapturedText]:
    """Capture standard error, and mute Python's warnings and logs."""
    disabled = logging.root.manager.disable
    with silenced_stderr() as captured, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        try:
            yield captured
        finally:
            logging.disable(disabled)


def disable_telemetry() -> None:
    """Call before `openvino` is imported, which `ai_edge_litert` does too on Windows.

    OpenVINO reports each import and the operators of each converted model to its makers if it can
    import `openvino_telemetry`, which is installed with it. Does nothing where the program has
    imported that package already.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]


def require_packages(form: str, packages: tuple[str, ...]) -> None:
    """Check that the packages of a format are installed.

    Args:
        form: name of the format, which is the name of the extra too.
        packages: their import names.

    Raises:
        CannotRunError: one is not installed.
    """
    missing = [name for name in packages if find_spec(name.partition(".")[0]) is None]
    if missing:
        names = " and ".join(f"`{name}`" for name in missing)
        verb = "is" if len(missing) == 1 else "are"
        install = f"pip install 'keras-modelspec[{form}]'"
        message = f"the format {form} needs {names}, which {verb} not installed: {install}"
        raise CannotRunError(message)
