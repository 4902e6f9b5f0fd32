"""Validating costs no framework: neither TensorFlow nor numpy is imported, or needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SPEC = Path(__file__).parent / "specs_ok" / "nested-models.yaml"

HEAVY = ("tensorflow", "keras", "numpy", "pyarrow", "matplotlib", "rich", "h5py", "pandas")
"""What the checks must do without."""

PROGRAM = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {heavy!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Absent())
from modelspec.cli import run
code = run({args!r})
loaded = [name for name in {heavy!r} if name in sys.modules]
commands = [name for name in sys.modules if name.startswith("modelspec.commands.")]
print(loaded, commands, file=sys.stderr)
sys.exit(code if not loaded else 99)
"""


def without_frameworks(*args: str) -> subprocess.CompletedProcess[str]:
    program = PROGRAM.format(heavy=HEAVY, args=list(args))
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    "args",
    [
        ("--help",),
        ("validate", "--help"),
        ("validate", str(SPEC)),
        ("summarize", str(SPEC)),
        ("expand", str(SPEC)),
    ],
)
def test_it_runs_where_no_framework_can_be_imported(args: tuple[str, ...]) -> None:
    done = without_frameworks(*args)
    assert done.returncode == 0, done.stderr


def test_the_absence_is_real() -> None:
    done = without_frameworks("doctor")
    assert done.returncode == 3
    assert "TensorFlow is not installed" in done.stdout


def test_validate_imports_no_command_but_its_own() -> None:
    done = without_frameworks("validate", str(SPEC))
    for other in ("train", "summarize", "export", "doctor"):
        assert f"modelspec.commands.{other}" not in done.stderr
    assert "modelspec.commands.validate" in done.stderr


@pytest.mark.parametrize("command", ["train", "export"])
def test_what_needs_tensorflow_says_so(command: str) -> None:
    options = ["--format", "keras"] if command == "export" else []
    done = without_frameworks(command, str(SPEC), *options)
    assert done.returncode == 3
    assert "keras-modelspec[tensorflow]" in done.stderr
    assert "Traceback" not in done.stderr
