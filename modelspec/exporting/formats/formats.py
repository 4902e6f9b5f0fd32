"""The table of export formats. A new one is a module here with a `FORMAT`, and its line below."""

from __future__ import annotations

from collections.abc import Iterable

from modelspec.diagnostics import UsageError

from . import adapter, json, keras, litert, onnx, openvino, python, saved_model, weights
from .format import ExportFormat, ExportSettings
from .packages import require_packages

FORMATS: dict[str, ExportFormat] = {
    entry.name: entry
    for entry in (
        keras.FORMAT,
        weights.FORMAT,
        adapter.FORMAT,
        saved_model.FORMAT,
        onnx.FORMAT,
        litert.FORMAT,
        openvino.FORMAT,
        json.FORMAT,
        python.FORMAT,
    )
}
"""Name to format, in the order in which the help lists them."""


def check_settings(form: str, settings: ExportSettings) -> None:
    """Check that the settings fit the format and that its packages are installed.

    Raises:
        UsageError: an option is for another format.
        CannotRunError: a package that the format needs is not installed.
    """
    entry = FORMATS[form]
    if settings.quantize is not None and not entry.quantizations:
        names = _names(other for other in FORMATS.values() if other.quantizations)
        raise UsageError(f"--quantize is for the format {names}, not for {form}")
    if settings.opset is not None and not entry.has_opset:
        names = _names(other for other in FORMATS.values() if other.has_opset)
        raise UsageError(f"--opset is for the format {names}, not for {form}")
    if settings.tolerance is not None and not entry.computes:
        raise UsageError(f"--tolerance: a file of the format {form} computes nothing to compare")
    if settings.without_preprocessing and not entry.computes:
        raise UsageError(f"--without-preprocessing is for formats that compute, not for {form}")
    require_packages(form, entry.packages)


def _names(formats: Iterable[ExportFormat]) -> str:
    return ", ".join(entry.name for entry in formats)


def tolerance_of(form: str, settings: ExportSettings) -> float:
    """The largest accepted relative difference for a format that computes."""
    entry = FORMATS[form]
    if settings.tolerance is not None:
        return settings.tolerance
    if settings.quantize is not None:
        return entry.quantizations[settings.quantize]
    assert entry.tolerance is not None, f"{form} does not compute"
    return entry.tolerance
