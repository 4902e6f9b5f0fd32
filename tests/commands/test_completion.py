"""Completion: what is offered for a word, and the scripts in the shells themselves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from modelspec.cli import COMMANDS, run
from modelspec.commands.completion import SHELLS

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Specs, a table, a run and an exported model, in the folder where the command runs."""
    for path in ("a.yaml", "my specs/b.yml", "table.csv", "runs/one/run.json", "runs/two.keras"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    binaries = tmp_path / ".bin"
    binaries.mkdir()
    for name in ("modelspec", "keras-modelspec"):
        (binaries / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" -m modelspec "$@"\n')
        (binaries / name).chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{binaries}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "ZDOTDIR"):
        monkeypatch.delenv(variable, raising=False)
    (tmp_path / "home").mkdir()
    return tmp_path


def offered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str
) -> list[str]:
    """What is offered for the last word of a line."""
    words = line.split(" ")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
    monkeypatch.setenv("_MODELSPEC_COMPLETE", "bash_complete")
    with pytest.raises(SystemExit):
        run([])
    return [one.partition(",")[2] for one in capsys.readouterr().out.split()]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("modelspec vali", ["validate"]),
        ("modelspec validate ./a", ["./a.yaml"]),
        ("modelspec train a", ["a.yaml"]),
        ("modelspec train t", []),
        ("modelspec train runs/", ["runs/one/"]),
        ("modelspec summarize runs/", ["runs/one", "runs/two.keras"]),
        ("modelspec evaluate r", ["runs/"]),
        ("modelspec predict runs/o", ["runs/one"]),
        ("modelspec runs compare runs/o", ["runs/one"]),
        ("modelspec train --resume runs/o", ["runs/one"]),
        ("modelspec runs b", ["best"]),
        ("modelspec explain Conv2DT", ["Conv2DTranspose"]),
        ("modelspec explain cycl", ["cycle"]),
        ("modelspec validate --ignore cycl", ["cycle"]),
        ("modelspec validate --select cycle,unknown-k", ["cycle,unknown-key"]),
        ("modelspec export --format onn", ["onnx"]),
        ("modelspec init --template tran", ["transformer"]),
        ("modelspec predict --esc", ["--escape-formulas"]),
        ("modelspec completion f", ["fish"]),
        ("modelspec validate nowhere/", []),
    ],
)
def test_what_is_offered(
    line: str,
    wanted: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert offered(monkeypatch, capsys, line) == wanted


@pytest.mark.usefixtures("folder")
def test_runs_are_offered_before_anything_is_typed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = offered(monkeypatch, capsys, "modelspec evaluate ")
    assert found[:2] == ["runs/one", "runs/two.keras"]


def test_every_command_is_offered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert offered(monkeypatch, capsys, "modelspec ") == list(COMMANDS)


PROBES = {
    # the function as the shell calls it, and what it would offer
    "bash": "COMP_WORDS=({line}) COMP_CWORD={last}; _modelspec_completion {name}; "
    'printf "%s\\n" "${{COMPREPLY[@]}}"',
    "zsh": "words=({line}) CURRENT={last}+1; compadd() {{ print -l ${{(P)@[-1]}} }}; "
    "_modelspec_completion",
    "fish": "complete --do-complete '{line}'",
}


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("modelspec vali", "validate"),
        ("keras-modelspec validate a", "a.yaml"),
        ("modelspec evaluate r", "runs/"),
        ("modelspec explain Conv2DT", "Conv2DTranspose"),
    ],
)
def test_the_scripts_work_in_their_shells(
    folder: Path, capsys: pytest.CaptureFixture[str], shell: str, line: str, wanted: str
) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    assert run(["completion", shell]) == 0
    script = folder / "script"
    script.write_text(capsys.readouterr().out, encoding="utf-8")
    words = line.split()
    probe = PROBES[shell].format(line=line, last=len(words) - 1, name=words[0])
    stub = "compdef() { :; }\n" if shell == "zsh" else ""
    read = f"source {script}\n" if shell == "fish" else f"compopt() {{ :; }}\n. {script}\n"
    quiet = {"bash": ["--norc", "--noprofile"], "zsh": ["-f"], "fish": ["--no-config"]}[shell]
    done = subprocess.run(
        [shell, *quiet, "-c", stub + read + probe], capture_output=True, text=True, check=False
    )
    assert [one.partition("\t")[0] for one in done.stdout.split("\n") if one] == [wanted], done


@pytest.mark.parametrize("shell", SHELLS)
def test_install_writes_what_new_shells_read_once(
    folder: Path, capsys: pytest.CaptureFixture[str], shell: str
) -> None:
    home = folder / "home"
    (home / f".{shell}rc").write_text("before", encoding="utf-8")
    for _ in range(2):
        assert run(["completion", shell, "--install"]) == 0
    assert capsys.readouterr().err.endswith("new shells have it\n")
    start = (home / f".{shell}rc").read_text(encoding="utf-8")
    if shell == "fish":
        names = {path.name for path in (home / ".config/fish/completions").iterdir()}
        assert names == {"modelspec.fish", "keras-modelspec.fish"}
        assert start == "before"
    else:
        script = home / ".local/share/modelspec" / f"completion.{shell}"
        assert script.is_file()
        assert start == f'before\n[ -r "{script}" ] && . "{script}" # completion of modelspec\n'


def test_no_tab_imports_tensorflow_keras_or_numpy(folder: Path) -> None:
    environment = {
        **os.environ,
        "_MODELSPEC_COMPLETE": "bash_complete",
        "COMP_WORDS": "modelspec evaluate runs/",
        "COMP_CWORD": "2",
    }
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "modelspec"],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "runs/one" in done.stdout
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "modelspec.completions" in imported
    assert not imported & {"tensorflow", "keras", "numpy", "pyarrow"}
