"""Another project's distribution `modelspec` beside this one: who has which files."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import modelspec
from modelspec.installation import look_at_installation

REAL = Path(modelspec.__file__).parent
OTHERS_INIT = f'__version__ = "0.4.0"\n__path__.append({str(REAL)!r})\n'
"""That of the other package; what it lacks is found in the package of this repository."""


def record(path: str, content: str) -> str:
    digest = hashlib.sha256(content.encode()).digest()
    value = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return f"{path},sha256={value},{len(content)}\n"


def install(folder: Path, name: str, version: str, files: dict[str, str]) -> None:
    """Write files and their record, as pip does."""
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    lines = [record(path, content) for path, content in files.items()]
    (info / "RECORD").write_text("".join(lines) + "modelspec/__pycache__/a.pyc,,\n")
    for path, content in files.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(content, encoding="utf-8", newline="")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of packages in which this package was installed."""
    folder = tmp_path / "site"
    install(folder, "keras-modelspec", "9.0", {"modelspec/__init__.py": "", "modelspec/a.py": "1"})
    monkeypatch.setattr(sys, "path", [str(folder)])
    return folder


def install_other(folder: Path) -> None:
    files = {"modelspec/__init__.py": OTHERS_INIT, "modelspec/base_types.py": ""}
    install(folder, "modelspec", "0.4.0", files)


def test_alone_there_is_no_problem(site: Path) -> None:
    assert look_at_installation() == ((), ())
    assert look_at_installation().problem() == ""


def test_the_other_after_this_one(site: Path) -> None:
    install_other(site)
    found = look_at_installation()
    assert found == (("modelspec 0.4.0",), ("modelspec/__init__.py",))
    assert found.problem().splitlines()[-1] == (
        "hint: pip uninstall modelspec, then pip install --force-reinstall --no-deps"
        " keras-modelspec; to use both, give each a virtual environment"
    )


def test_the_other_before_this_one(site: Path) -> None:
    install_other(site)
    (site / "modelspec" / "__init__.py").write_text("")
    assert look_at_installation() == (("modelspec 0.4.0",), ())


def test_a_file_that_is_gone(site: Path) -> None:
    (site / "modelspec" / "a.py").unlink()
    problem = look_at_installation().problem()
    assert problem.startswith("files of keras-modelspec that are not as installed: modelspec/a.py")
    assert problem.endswith("hint: pip install --force-reinstall --no-deps keras-modelspec")


def command(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    code = "from modelspec.cli import main; main()"
    environment = {**os.environ, "PYTHONPATH": str(site)}
    return subprocess.run(
        [sys.executable, "-P", "-c", code, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_does_not_run_with_the_init_of_the_other(site: Path) -> None:
    install_other(site)
    done = command(site, "--version")
    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr.startswith("modelspec: the distribution modelspec 0.4.0 is of another")
    assert "hint: pip uninstall modelspec, then" in done.stderr


def test_files_of_the_other_are_known_by_one_that_this_package_lacks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert not modelspec.shares_folder()
    with pytest.raises(AttributeError, match=r"no attribute 'Base'$"):
        _ = modelspec.Base  # type: ignore[attr-defined]
    (tmp_path / modelspec.OTHER_MODULE).touch()
    monkeypatch.setattr(modelspec, "__file__", str(tmp_path / "__init__.py"))
    assert modelspec.shares_folder()
    with pytest.raises(AttributeError, match=r"of another project .* modelspec doctor"):
        _ = modelspec.Base  # type: ignore[attr-defined]
