"""KERAS_BACKEND: models are built on TensorFlow, and another backend is refused."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SPEC = str(ROOT / "specs/penguins.yaml")


def modelspec(*args: str, backend: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from modelspec.cli import main; main()", *args],
        env={**os.environ, "KERAS_BACKEND": backend, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_check_without_keras_says_nothing_of_the_backend() -> None:
    done = modelspec("validate", SPEC, backend="jax")
    assert done.returncode == 0
    assert "KERAS_BACKEND" not in done.stdout + done.stderr


@pytest.mark.tensorflow
def test_a_build_is_refused_on_another_backend() -> None:
    done = modelspec("validate", SPEC, "--build", backend="jax")
    assert done.returncode == 3
    message = "KERAS_BACKEND is jax, and modelspec builds and trains on TensorFlow alone"
    assert f"{message}: remove the variable, or set KERAS_BACKEND=tensorflow" in done.stderr


@pytest.mark.tensorflow
def test_tensorflow_may_be_asked_for() -> None:
    done = modelspec("validate", SPEC, "--build", backend="tensorflow")
    assert done.returncode == 0, done.stderr
    assert "KERAS_BACKEND" not in done.stderr
