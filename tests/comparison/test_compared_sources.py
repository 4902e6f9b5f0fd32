"""What `modelspec diff` takes, and what git shows through it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from modelspec.api import diff, git_setup
from modelspec.cli import run
from modelspec.comparison import Fit
from modelspec.diagnostics import SpecError, UsageError

SPECS = Path(__file__).parents[2] / "specs"

BASE = """\
modelspec: 1
model:
  functional:
    inputs: {x: {shape: [4]}}
    layers:
      hidden: {Dense: {units: 8}}
      encoder:
        Sequential: {layers: [{Dense: {units: 6, name: inner}}, ReLU]}
      y: {Dense: {units: 2}}
    edges: [x -> hidden -> encoder -> y]
    outputs: y
"""

CHILD = "extends: base.yaml\nmodelspec: 1\nname: child\n"


def git(*arguments: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    command = ["git", *identity, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One with a base and a spec that extends it, of which the base has changed since."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    (tmp_path / "specs").mkdir()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "specs" / "base.yaml").write_text(BASE)
    (tmp_path / "specs" / "child.yaml").write_text(CHILD)
    (tmp_path / "specs" / "notes.yaml").write_text("a: 1\n")
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "first")
    text = BASE.replace("units: 8", "units: 9").replace("units: 6", "units: 5")
    (tmp_path / "specs" / "base.yaml").write_text(text)
    (tmp_path / "specs" / "notes.yaml").write_text("a: 2\n")
    return tmp_path


def test_a_revision_has_its_own_base(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = diff("HEAD:specs/child.yaml", "specs/child.yaml")
    assert [change.name for change in found.layers] == ["hidden", "encoder/inner"]
    assert found.layers[0].arguments["units"].old == 8
    monkeypatch.chdir(repository / "specs")
    assert diff("HEAD:./child.yaml", "HEAD:specs/child.yaml").is_same


EACH = """\
modelspec: 1
model:
  functional:
    each:
      words:
        input: {shape: [1], dtype: string}
        layers: {look: StringLookup, code: {Embedding: {input_dim: "${categories + 1}"}}}
        edges: [input -> look -> code]
    layers: {join: Concatenate, flat: Flatten, y: {Dense: {units: 1}}}
    edges: [words -> join -> flat -> y]
    outputs: y
data: {train: {csv: ../tables/t.csv}, inputs: {words: [p, q]}, targets: {y: y}}
"""


def test_a_revision_is_read_with_the_tables_of_today(repository: Path) -> None:
    each = repository / "specs" / "each.yaml"
    each.write_text(EACH.replace("Embedding: {", "Embedding: {output_dim: 3, "))
    git("add", ".")
    git("commit", "-qm", "second")
    (repository / "tables").mkdir()
    (repository / "tables" / "t.csv").write_text("p,q,y\na,b,1\nb,b,2\n")
    each.write_text(each.read_text().replace("units: 1", "units: 2"))
    found = diff("HEAD:specs/each.yaml", "specs/each.yaml")
    assert [change.name for change in found.layers] == ["y"]
    assert (repository / "tables" / "t.csv").is_file()
    (repository / "specs" / "base.yaml").unlink()
    git("commit", "-qam", "third")
    (repository / "specs" / "base.yaml").write_text(BASE)
    with pytest.raises(SpecError) as raised:  # the base of today is not that of the revision
        diff("HEAD:specs/child.yaml", "specs/child.yaml")
    assert raised.value.findings[0].code == "cannot-read"


@pytest.mark.parametrize(
    ("old", "message"),
    [
        ("nothing:specs/base.yaml", "git has no nothing:specs/base.yaml: invalid object name"),
        ("HEAD:specs/none.yaml", "git has no HEAD:specs/none.yaml: path 'specs/none.yaml' does"),
        ("specs/none.yaml", "there is no file specs/none.yaml"),
        ("specs", "specs is a folder without a run"),
        ("HEAD:specs", "HEAD:specs is a folder: give a spec in it"),
        ("--output=made:specs/base.yaml", "git has no --output=made:specs/base.yaml: "),
    ],
)
def test_what_is_not_there_is_told(repository: Path, old: str, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        diff(old, "specs/base.yaml")
    assert str(raised.value).startswith(message)
    assert not list(repository.glob("*made*"))


def test_git_shows_models_until_that_is_removed(repository: Path) -> None:
    assert git_setup()[0] == "git diff shows the models of specs/*.yaml"
    git_setup(["specs/*.yaml"])
    shown = git("diff")
    assert "~ hidden  Dense  units: 8 → 9" in shown
    assert "\n-a: 1\n+a: 2\n" in shown
    assert "\n--- a/specs/notes.yaml\n+++ b/specs/notes.yaml\n" in shown
    assert "units: 8" in git("diff", "--no-ext-diff")
    assert git_setup(remove=True) == ["git shows text again"]
    assert "→" not in git("diff")
    assert git_setup(remove=True) == ["git was not set up: nothing to remove"]


def test_a_spec_with_errors_cannot_be_compared(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = repository / "bad.yaml"
    bad.write_text(BASE.replace("hidden: {Dense", "hidden: {Dnse"))
    assert run(["diff", str(bad), "specs/base.yaml"]) == 2
    assert "unknown-layer" in capsys.readouterr().out
    assert run(["diff", "specs/base.yaml"]) == 2


def test_json_says_which_tensors_fit(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / "renamed.yaml").write_text(BASE.replace("hidden", "first"))
    (repository / "old.yaml").write_text(BASE)
    assert run(["diff", "old.yaml", "renamed.yaml", "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert [change["kinds"] for change in found["layers"]] == [["renamed"]]
    assert {tensor["fit"] for tensor in found["tensors"]} == {"fits"}
    assert run(["diff", "old.yaml", "renamed.yaml"]) == 1
    assert "rename: {hidden: first}" in capsys.readouterr().out
    changed = diff("old.yaml", "specs/base.yaml")
    assert [tensor.name for tensor in changed.tensors_that(Fit.FITS)] == ["bias"]


@pytest.mark.parametrize("path", sorted(SPECS.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_spec_does_not_differ_from_itself(path: Path) -> None:
    found = diff(path, path)
    assert found.is_same
    assert not found.tensors_that(Fit.OTHER_SHAPE)


def test_markdown_has_a_table_and_lists(capsys: pytest.CaptureFixture[str]) -> None:
    paths = [str(SPECS / "digits.yaml"), str(SPECS / "digits_mixup.yaml")]
    assert run(["diff", *paths, "--format", "markdown"]) == 1
    shown = capsys.readouterr().out
    assert "| params | 67,562 | 30,634 | -54.7 % |" in shown
    assert "```diff\n- conv2d_3  Conv2D" in shown
