"""KERAS_BACKEND: models are built on TensorFlow, and another wish is not passed over in silence."""

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
@pytest.mark.parametrize(("backend", "times"), [("jax", 1), ("tensorflow", 0)])
def test_a_build_says_once_that_another_backend_is_not_used(backend: str, times: int) -> None:
    done = modelspec("validate", SPEC, SPEC, "--build", backend=backend)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count(f"KERAS_BACKEND={backend} is not used") == times
