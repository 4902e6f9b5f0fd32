"""Try the base install of a wheel on several Pythons.

    python -m tools.base_install WHEEL PYTHON...

For each Python a fresh environment gets the wheel and pytest, and nothing else. Every module is
compiled with warnings as errors, both commands start, and the tests of the base install run on
what is installed. Exit code 1 names the Pythons on which something failed. The pip of the Python
that runs this installs into the others, so it must be recent enough for them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
TESTS = ("tests/test_golden.py", "tests/test_mutations.py")

Command = list[str | Path]


def try_base_install(wheel: Path, python: str, folder: Path) -> str:
    """Try one Python; returns "" or what failed.

    Args:
        wheel: the file, or what pip takes in its place.
        python: the interpreter's path or name.
        folder: for the environment; an empty one.
    """
    binaries = folder / ("Scripts" if os.name == "nt" else "bin")
    own = binaries / "python"
    package = "import modelspec, pathlib; print(pathlib.Path(modelspec.__file__).parent)"
    pip: Command = [sys.executable, "-m", "pip", "--python", own]  # Debian's Pythons bring none
    steps: dict[str, Command] = {
        "venv": [python, "-m", "venv", "--without-pip", folder],
        "pip": [*pip, "install", "--quiet", wheel, "pytest>=8.3"],
    }
    for name, command in steps.items():
        if not _runs(command):
            return name
    where = subprocess.run(
        [own, "-P", "-c", package], capture_output=True, text=True, env=_outside(), check=False
    )
    installed = Path(where.stdout.strip())
    if folder not in installed.parents:
        return f"the package is imported from {installed}, not from the environment"
    steps = {
        "compileall": [own, "-W", "error", "-m", "compileall", "-q", "-f", installed],
        "modelspec": [binaries / "modelspec", "validate", "specs"],
        "keras-modelspec": [binaries / "keras-modelspec", "--version"],
        "python -m modelspec": [own, "-P", "-W", "error", "-m", "modelspec", "--version"],
        "tests": [binaries / "pytest", "-q", "-p", "no:cacheprovider", *TESTS],
    }
    return next((name for name, command in steps.items() if not _runs(command)), "")


def _runs(command: Command) -> bool:
    return subprocess.run(command, cwd=ROOT, env=_outside(), check=False).returncode == 0


def _outside() -> dict[str, str]:
    """The environment without what would lead to the package of this folder."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def main(arguments: list[str]) -> int:
    """Try every Python that is named; by default the one that runs this."""
    if not arguments:
        print(__doc__)
        return 2
    wheel, pythons = Path(arguments[0]).resolve(), arguments[1:] or [sys.executable]
    failures = {}
    for python in pythons:
        print(f"== {python}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            failures[python] = try_base_install(wheel, python, Path(folder).resolve())
    for python, failure in failures.items():
        print(f"{python}: {'failed: ' + failure if failure else 'ok'}")
    return 1 if any(failures.values()) else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
