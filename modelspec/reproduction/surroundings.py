"""Versions, hardware and variables of the environment that change the bits of a training."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from modelspec.machine import core_count

PACKAGES = (
    "keras-modelspec",
    "keras",
    "tensorflow",
    "numpy",
    "h5py",
    "ml-dtypes",
    "pyarrow",
    "tokenizers",
    "sentencepiece",
    "soundfile",
    "python-calamine",
    "scipy",
)
"""Packages that read data, or compute: those that are installed are recorded."""

PREFIXES = (
    "TF_",
    "XLA_",
    "OMP_",
    "KMP_",
    "MKL_",
    "DNNL_",
    "ONEDNN_",
    "KERAS_",
    "CUBLAS_",
    "CUDNN_",
)
"""Variables of TensorFlow, XLA, oneDNN and the libraries below them begin with these."""

OTHERS = ("CUDA_VISIBLE_DEVICES", "NVIDIA_TF32_OVERRIDE", "PYTHONHASHSEED")

HARMLESS = re.compile(
    r"TF_CPP_|TF_CONFIG$|KERAS_HOME$|KERAS_BACKEND$|TF_FORCE_GPU_ALLOW_GROWTH$|\w*_(DIR|PATH)$"
)
"""Variables that say what is printed, where files lie, or who the workers are."""

FLAGS = re.compile(r"(?:sse|ssse|avx|fma|f16c|amx|bf16|neon|asimd|sve|i8mm)\w*")
"""The abilities of a processor by which kernels are chosen."""


def describe_surroundings() -> dict[str, Any]:
    """All but what TensorFlow knows, as plain data."""
    return {
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in PACKAGES if _version(name) is not None},
        "system": f"{platform.system()} {platform.machine()}",
        "cores": core_count(),
        "processor": hardware_flags(),
        "variables": deciding_variables(os.environ),
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def hardware_flags(path: Path = Path("/proc/cpuinfo")) -> dict[str, Any]:
    """The processor and its abilities; nothing where the system does not say."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    model = re.search(r"^(?:model name|CPU part)\s*:\s*(.+)$", text, re.MULTILINE)
    flags = re.search(r"^(?:flags|Features)\s*:\s*(.+)$", text, re.MULTILINE)
    found = sorted(set(FLAGS.findall(flags[1]))) if flags else []
    return {"model": model[1].strip() if model else "", "flags": found}


def deciding_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that change bits, by name, sorted."""
    return {
        name: environment[name]
        for name in sorted(environment)
        if (name.startswith(PREFIXES) or name in OTHERS) and not HARMLESS.match(name)
    }


def restore_variables(recorded: Mapping[str, str]) -> list[str]:
    """Set the variables as they were recorded, before TensorFlow starts; what was changed.

    Which devices there are to see is left to the machine.
    """
    changed = []
    wanted = {name: value for name, value in recorded.items() if name != "CUDA_VISIBLE_DEVICES"}
    for name in deciding_variables(os.environ):
        if name not in wanted and name != "CUDA_VISIBLE_DEVICES":
            del os.environ[name]
            changed.append(f"{name} is left out")
    for name, value in wanted.items():
        if os.environ.get(name) != value:
            os.environ[name] = value
            changed.append(f"{name}={value}")
    return changed
