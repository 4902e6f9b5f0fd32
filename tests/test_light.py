"""Validating costs no framework: neither TensorFlow nor numpy is imported, or needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SPEC = HERE / "specs_ok" / "nested-models.yaml"
MISSED = HERE / "specs_bad" / "expect-missed.yaml"
NAMES = HERE / "specs_bad" / "data-unknown-names.yaml"
PENGUINS = HERE.parent / "specs" / "data" / "penguins.csv"

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
        ("plot", str(SPEC)),
        ("init", "--data", str(PENGUINS), "--target", "species", "-o", "-"),
    ],
)
def test_it_runs_where_no_framework_can_be_imported(args: tuple[str, ...]) -> None:
    done = without_frameworks(*args)
    assert done.returncode == 0, done.stderr


def test_expectations_are_decided_there() -> None:
    done = without_frameworks("validate", str(MISSED))
    assert done.returncode == 4, done.stderr
    assert done.stdout.count("[expectation-missed]") == 4


def test_names_are_held_against_the_model_there() -> None:
    done = without_frameworks("validate", str(NAMES))
    assert done.returncode == 1, done.stderr
    assert "the model has no input `rigth`" in done.stdout


@pytest.mark.parametrize(("name", "code"), [("quoted-newlines", 0), ("text-among-numbers", 1)])
def test_csv_is_checked_there(name: str, code: int) -> None:
    folder = "data_bad" if code else "data_ok"
    done = without_frameworks("validate", "--data", str(HERE / folder / name / "spec.yaml"))
    assert done.returncode == code, done.stderr
    assert ("[not-a-number]" in done.stdout) == bool(code)


def test_other_data_says_which_package_it_needs() -> None:
    done = without_frameworks("validate", "--data", str(HERE.parent / "specs" / "digits.yaml"))
    assert done.returncode == 1, done.stderr
    assert "npz data need" in done.stdout
    assert "pip install" in done.stdout


def test_a_missed_expectation_is_said_before_tensorflow_is_missed() -> None:
    done = without_frameworks("train", str(MISSED))
    assert done.returncode == 4, done.stderr
    assert "[expectation-missed]" in done.stdout


def test_to_build_needs_tensorflow_and_says_so() -> None:
    done = without_frameworks("validate", "--build", str(SPEC), str(SPEC))
    assert done.returncode == 3
    assert done.stderr.count("keras-modelspec[tensorflow]") == 1
    assert "Traceback" not in done.stderr


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


def test_no_public_function_has_the_name_of_a_package() -> None:
    """Importing a package makes it an attribute, which would then hide the function."""
    import modelspec

    packages = {path.stem for path in Path(modelspec.__file__).parent.iterdir()}
    assert packages.isdisjoint(modelspec.__all__)


@pytest.mark.parametrize(
    ("source", "package"),
    [("npz: t.npz", "numpy"), ("parquet: t.parquet", "pyarrow")],
)
def test_data_that_need_a_package_name_it(tmp_path: Path, source: str, package: str) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(
        "modelspec: 1\nmodel: {sequential: {input: {shape: [2]}, layers: [Dense: {units: 1}]}}\n"
        f"data: {{train: {{{source}}}, targets: y}}\ntraining: {{loss: mse, optimizer: adam}}\n"
    )
    done = without_frameworks("validate", "--data", str(spec))
    assert f"need the package {package} [needs-package]" in done.stdout
    assert f"or pip install {package}" in done.stdout
