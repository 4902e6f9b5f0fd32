"""Other programs' packages, kept quiet: they print much, to any stream, and some report home."""

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
def quiet() -> Iterator[CapturedText]:
    """Silence standard error, Python's warnings and its logs; yields what standard error got."""
    disabled = logging.root.manager.disable
    with silenced_stderr() as captured, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        try:
            yield captured
        finally:
            logging.disable(disabled)


def report_nothing() -> None:
    """Call before `openvino` is imported, which `ai_edge_litert` does too on Windows.

    OpenVINO tells its makers of each import and of each converted model's ops, if it can import
    `openvino_telemetry`, which is installed with it. Where a program has imported that before,
    it has its way.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]


def need(form: str, packages: tuple[str, ...]) -> None:
    """Hold a format to the packages that write it and run it.

    Args:
        form: the format, which is the name of the extra too.
        packages: their import names.

    Raises:
        CannotRunError: one is not installed.
    """
    missing = [name for name in packages if find_spec(name.partition(".")[0]) is None]
    if missing:
        names = " and ".join(f"`{name}`" for name in missing)
        verb = "is" if len(missing) == 1 else "are"
        install = f"pip install 'keras-modelspec[{form}]'"
        raise CannotRunError(f"the format {form} needs {names}, which {verb} missing: {install}")
