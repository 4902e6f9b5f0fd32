"""`modelspec doctor`."""

from __future__ import annotations

import importlib.util
import json
import platform
import sys
from importlib.metadata import PackageNotFoundError, version

import click

from modelspec.configuration import current_configuration
from modelspec.console import config_options, show
from modelspec.framework import how_to_install
from modelspec.installation import look_at_installation
from modelspec.machine import core_count
from modelspec.report import table
from modelspec.version import __version__

PACKAGES = {
    "pyyaml": "base",
    "click": "base",
    "jsonschema-rs": "base",
    "tensorflow": "[tensorflow]",
    "keras": "[tensorflow]",
    "numpy": "[tensorflow]",
    "pyarrow": "[tensorflow]",
    "matplotlib": "[tensorflow]",
    "rich": "[tensorflow]",
    "scipy": "[audio]",
    "soundfile": "[audio]",
    "tensorboard": "[tensorboard]",
    "mlflow-skinny": "[mlflow]",
    "tokenizers": "[tokens]",
    "sentencepiece": "[tokens]",
    "fsspec": "[remote]",
    "aiohttp": "[remote]",
    "s3fs": "[remote]",
    "python-calamine": "[excel]",
    "resvg-py": "[plot]",
    "ai-edge-litert": "[litert]",
    "onnx": "[onnx]",
    "onnxruntime": "[onnx]",
    "tf2onnx": "[onnx]",
    "openvino": "[openvino]",
    "optuna": "[tune]",
    "cmaes": "[tune]",
    "ray": "[ray]",
}
"""Distribution package to the extra of modelspec that needs it."""


@click.command("doctor", epilog="Example: modelspec doctor")
@config_options
def command() -> int:
    """Show installed versions, devices and optional extras, and the project's configuration.

    Exit code 0: everything works; 2: the configuration has errors; 3: TensorFlow is missing or does
    not start, or files of modelspec are not as installed.
    """
    rows = [("python", platform.python_version(), "", sys.executable)]
    note = "" if _version("keras-modelspec") else "not installed, run from its source"
    rows.append(("modelspec", __version__, "", note))
    for name, part in PACKAGES.items():
        found = _version(name)
        rows.append((name, found or "missing", part, "" if found else _remedy(name, part)))
    show(table(("package", "version", "part", "note"), rows))
    problem = look_at_installation().problem()
    if problem:
        show(f"\n{problem}\n")
    _show_configuration()
    if _version("tensorflow") is None or not _importable("tensorflow"):
        show("\nTensorFlow is not installed: `validate` works, `train` and `export` do not.\n")
        return 3
    return _devices() or (3 if problem else 0)


def _show_configuration() -> None:
    settings = current_configuration().of_call
    if settings.file is None:
        show("\nno configuration: no modelspec.toml, or [tool.modelspec], here or above\n")
        return
    show(f"\nconfiguration: {settings.shown}\n")
    for key, value in settings.values._asdict().items():
        shown = dict(value) if key == "per_file_ignores" else value
        show(f"  {key.replace('_', '-')} = {json.dumps(shown, ensure_ascii=False)}\n")


def _version(name: str) -> str | None:
    for candidate in (name, f"{name}-cpu"):
        try:
            return version(candidate)
        except PackageNotFoundError:
            continue
    return None


def _importable(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ImportError:
        return False


def _remedy(name: str, part: str) -> str:
    if name in ("tensorflow", "keras"):
        return how_to_install()
    return f"pip install 'keras-modelspec{part if part != 'base' else ''}'"


def _devices() -> int:
    from modelspec.framework import start_keras

    start_keras()
    import tensorflow as tf

    devices = tf.config.list_physical_devices()
    show(f"\n{core_count()} cores\n")
    for device in devices:
        show(f"device {device.name.removeprefix('/physical_device:')}\n")
    return 0
