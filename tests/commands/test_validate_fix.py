"""`modelspec validate --fix` and `--diff`: only the words of the fixes change."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pytest

from modelspec.api import validate_file
from modelspec.cli import run

SPECS_BAD = Path(__file__).parent.parent / "specs_bad"

FAULTY = """\
# größe: kept
modelspec: 1
modle:
  sequential:
    input: {shape: [8]}   # kept too
    layers:
      - "Dens":   {unitz: 3, activation: reluu}
      - Dense: {units: 3.0}
"""
FIXED = (
    FAULTY.replace("modle", "model")
    .replace('Dens"', 'Dense"')
    .replace("unitz", "units")
    .replace("reluu", "relu")
    .replace("3.0", "3")
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text(FAULTY, encoding="utf-8")
    return tmp_path


def validate(*args: str) -> int:
    return run(["validate", *args])


def test_words_change_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert validate("--fix") == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "a.yaml:7:10: Dens is now Dense\n" in err
    assert "a.yaml:7:21: unitz is now units\n" in err  # seen once the class was known
    assert "changed 5 words in 1 file\n1 file: no problems found\n" in err
    assert Path("a.yaml").read_text(encoding="utf-8") == FIXED
    assert validate("--fix") == 0
    assert "changed 0 words in 0 files" in capsys.readouterr().err


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_bytes_that_are_no_words_stay_and_a_diff_does_the_same(
    mark: bytes, end: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    faulty, fixed = (
        mark + text.replace("\n", end).removesuffix(end).encode() for text in (FAULTY, FIXED)
    )
    path = Path("a.yaml")
    path.write_bytes(faulty)
    assert validate("--diff") == 1
    out, err = capsys.readouterr()
    assert "--fix would change 5 words in 1 file" in err
    assert path.read_bytes() == faulty
    if shutil.which("git") is not None:
        command = ["git", "apply", "--unsafe-paths", "--whitespace=nowarn", "-"]
        subprocess.run(command, input=out.encode(), cwd=here, check=True)
        assert path.read_bytes() == fixed
        path.write_bytes(faulty)
    path.chmod(0o640)
    assert validate("--fix") == 0
    assert path.read_bytes() == fixed
    assert path.stat().st_mode & 0o777 == 0o640
    capsys.readouterr()
    assert validate("--diff") == 0
    assert capsys.readouterr().out == ""


def test_what_is_hidden_is_not_fixed() -> None:
    assert validate("--fix", "--ignore", "unknown-layer") == 1
    text = Path("a.yaml").read_text(encoding="utf-8")
    assert "model:" in text
    assert '"Dens"' in text


def test_a_base_is_changed_only_if_it_is_given(capsys: pytest.CaptureFixture[str]) -> None:
    Path("bases").mkdir()
    Path("a.yaml").rename("bases/a.yaml")
    Path("heir.yaml").write_text("modelspec: 1\nextends: bases/a.yaml\n")
    assert validate("--fix", "heir.yaml") == 1
    assert "--fix changes given files only: give bases/a.yaml too" in capsys.readouterr().err
    assert Path("bases/a.yaml").read_text(encoding="utf-8") == FAULTY
    assert validate("--fix", "heir.yaml", "bases/a.yaml") == 0
    assert Path("bases/a.yaml").read_text(encoding="utf-8") == FIXED


def test_a_link_leads_to_the_file_that_is_changed() -> None:
    Path("link.yaml").symlink_to("a.yaml")
    assert validate("--fix", "link.yaml") == 0
    assert Path("link.yaml").is_symlink()
    assert Path("a.yaml").read_text(encoding="utf-8") == FIXED


def test_standard_input_cannot_be_changed_but_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(FAULTY))
    assert validate("--fix", "-") == 2
    assert "--fix changes files" in capsys.readouterr().err


def test_an_overridden_value_is_not_looked_for_in_the_file() -> None:
    Path("a.yaml").write_text(FIXED, encoding="utf-8")
    assert validate("--fix", "--set", "model.sequential.layers.0.Dense.activation=reluu") == 1
    assert Path("a.yaml").read_text(encoding="utf-8") == FIXED


@pytest.mark.slow
def test_nothing_is_left_to_fix_in_any_faulty_spec(here: Path) -> None:
    folder = here / "specs_bad"
    shutil.copytree(SPECS_BAD, folder)
    files = sorted(str(path) for path in folder.glob("*.yaml"))
    validate("--fix", *files)
    changed = 0
    for file in files:
        old = (SPECS_BAD / Path(file).name).read_bytes()
        changed += Path(file).read_bytes() != old
        left = [f for f in validate_file(file) if f.fixes and f.span.file == file]
        assert left == [], file
    assert changed > 20
