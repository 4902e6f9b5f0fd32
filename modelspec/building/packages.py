"""Packages that Keras imports only when a certain object is made."""

from __future__ import annotations

from importlib.util import find_spec

from modelspec.analysis import complete
from modelspec.diagnostics import CannotRunError
from modelspec.schema import class_schema
from modelspec.spec import Spec
from modelspec.spec.model import objects_in

WINDOWED = ("STFTSpectrogram", "STFT")
"""What makes its `window` with scipy, where that is a name."""

INSTALL = "pip install 'keras-modelspec[audio]'"


def need_packages(spec: Spec) -> None:
    """Look for the packages that the model of a spec needs beside Keras.

    Raises:
        CannotRunError: one is not installed.
    """
    for item in objects_in(spec.model):
        known = class_schema(item.kind, item.class_name)
        if known is None or known.name not in WINDOWED or find_spec("scipy") is not None:
            continue
        window = complete(item)["window"]
        if isinstance(window, str):
            at = f"{item.span.file}:{item.span.line}:{item.span.column}"
            message = f"the window `{window}` of {known.name} is made by scipy, which is missing"
            raise CannotRunError(f"{at}: {message}: {INSTALL}, or `window: null`")
