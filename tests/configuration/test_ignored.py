"""Which files git ignores: git itself is the oracle."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from modelspec.cli import run
from modelspec.diagnostics import UsageError
from modelspec.document import find_specs

SPEC = "modelspec: 1\nmodel: {sequential: {input: {shape: [8]}, layers: [Flatten]}}\n"

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(folder: Path, *arguments: str) -> str:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    environment["HOME"] = environment["XDG_CONFIG_HOME"] = str(folder)
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    return done.stdout


def untracked(folder: Path) -> list[str]:
    """The specs that git would add."""
    listed = git(folder, "ls-files", "-z", "--others", "--exclude-standard", "--", "*.yaml")
    return sorted(filter(None, listed.split("\0")))


NAMES = ("a", "b", "old", "x y")
PATTERNS = """\
old/ | /a | a/ | *.yaml | !a.yaml | b.* | a/** | **/old | old/**/b.yaml | !old/ | a/* | !a/b.yaml
[ab].yaml | ?.yaml | a/b | /old/* | !/old/a.yaml | # comment | x\\ y/ | **/a/b.yaml | !*/
b.yaml\x20 | /* | !/b | foo[z-a] | \\!a.yaml | a/b/ | old/** | !old/b/** | **/b/**"""
LINES = PATTERNS.replace("\n", " | ").split(" | ")


@needs_git
@pytest.mark.parametrize("seed", range(12))
def test_what_git_ignores_is_left_out(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = random.Random(seed)
    monkeypatch.chdir(tmp_path)
    git(tmp_path, "init", "-q")
    folders = [Path()]
    for _ in range(2):
        folders += [folder / name for folder in folders for name in NAMES]
    for folder in set(folders):
        folder.mkdir(exist_ok=True, parents=True)
        for name in NAMES:
            Path(folder, f"{name}.yaml").write_text(SPEC)
    for folder in drawn.sample(sorted(set(folders)), 4):
        Path(folder, ".gitignore").write_text("\n".join(drawn.sample(LINES, 4)) + "\n")
    Path(".git/info/exclude").write_text(f"{drawn.choice(LINES)}\n")
    expected = untracked(tmp_path)
    try:
        found = find_specs(())
    except UsageError:
        found = []
    assert sorted(found) == expected


def test_files_that_are_named_are_checked_and_folders_that_are_named_are_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".git").mkdir()
    Path("built/deep").mkdir(parents=True)
    for name in ("a.yaml", "built/b.yaml", "built/deep/c.yaml", "built/d.yaml"):
        Path(name).write_text(SPEC)
    Path(".gitignore").write_text("built/\n")
    Path("built/.gitignore").write_text("/d.yaml\n")
    assert find_specs(()) == ["a.yaml"]
    assert find_specs(["built"]) == ["built/b.yaml", "built/deep/c.yaml"]
    assert find_specs(["built/d.yaml"]) == ["built/d.yaml"]
    assert find_specs(["**/*.yaml"]) == ["a.yaml", "built/b.yaml", "built/deep/c.yaml"]
    monkeypatch.chdir("built")
    assert find_specs(()) == ["b.yaml", "deep/c.yaml"]


def test_outside_of_a_repository_nothing_is_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text(SPEC)
    Path(".gitignore").write_text("*\n")
    assert find_specs(()) == ["a.yaml"]


def test_where_all_is_ignored_this_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".git").mkdir()
    Path("a.yaml").write_text(SPEC)
    Path(".gitignore").write_text("*.yaml\n")
    assert run(["validate"]) == 2
    assert "a.yaml is left out by .gitignore" in capsys.readouterr().err
    Path("modelspec.toml").write_text("respect-gitignore = false\n")
    assert run(["validate"]) == 0
