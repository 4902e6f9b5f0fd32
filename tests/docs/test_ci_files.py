"""The action, the hook and the pages about them say what works."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from blocks import ROOT, blocks

from modelspec.cli import run
from modelspec.report.findings import FORMATS

SPEC = """\
modelspec: 1
params: {width: 64}
model:
  sequential:
    input: {shape: [8]}
    layers:
      - Dense: {units: 3}
"""


def read(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


ACTION = read("action.yml")
DIFFERENCES, STEP = ACTION["runs"]["steps"][-2:]


def validate_step(folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the action's last step with its defaults and these inputs, as a runner does."""
    given = {name: entry["default"] for name, entry in ACTION["inputs"].items()}
    given |= {name.replace("_", "-"): value for name, value in inputs.items()}
    command = folder / "modelspec-command"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m modelspec "$@"\n')
    command.chmod(0o755)
    runner = folder / "runner"
    runner.mkdir(exist_ok=True)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "GITHUB_ACTION_PATH": str(ROOT)}
    environment |= {"RUNNER_TEMP": str(runner), "GITHUB_OUTPUT": str(runner / "output")}
    environment["GITHUB_STEP_SUMMARY"] = str(runner / "summary.md")
    installed = {"command": str(command), "python": sys.executable}
    for name, value in STEP["env"].items():
        kind, used = re.fullmatch(
            r"\$\{\{ (inputs|steps\.install\.outputs)\.([a-z-]+) \}\}", value
        ).groups()
        environment[name] = given[used] if kind == "inputs" else installed[used]
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", STEP["run"]],
        cwd=folder / given["working-directory"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def program(folder: Path, name: str, script: str) -> Path:
    """A program of a shell script."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize("comment", ["true", "false"])
@pytest.mark.slow
def test_the_action_shows_what_a_pull_request_changes(tmp_path: Path, comment: str) -> None:
    def git(*arguments: str) -> str:
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    (tmp_path / "a spec.yaml").write_text(SPEC)
    (tmp_path / "same.yaml").write_text(SPEC)
    (tmp_path / "other.yaml").write_text("a: 1\n")
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "base")
    git("remote", "add", "origin", str(tmp_path))
    (tmp_path / "a spec.yaml").write_text(SPEC.replace("units: 3", "units: 4"))
    (tmp_path / "same.yaml").write_text(f"# a comment\n{SPEC}")
    (tmp_path / "other.yaml").write_text("a: 2\n")
    (tmp_path / "bin").mkdir()
    program(tmp_path / "bin", "gh", f'echo "$@" > "{tmp_path / "comment.txt"}"')
    command = program(tmp_path, "modelspec-command", f'exec "{sys.executable}" -m modelspec "$@"')
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
        "MODELSPEC": str(command),
        "BASE": git("rev-parse", "HEAD"),
        "NUMBER": "7",
        "COMMENT": comment,
        "GH_TOKEN": "",
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
    }
    assert set(DIFFERENCES["env"]) <= set(environment)
    subprocess.run(
        ["bash", "-eo", "pipefail", "-c", DIFFERENCES["run"]],
        cwd=tmp_path,
        env=environment,
        check=True,
    )
    summary = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert "~ dense  Dense  units: 3 → 4" in summary
    assert "same.yaml" not in summary
    assert (tmp_path / "comment.txt").is_file() == (comment == "true")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "a spec.yaml").write_text(SPEC)
    (tmp_path / "broken.yaml").write_text(SPEC.replace("3", "three"))
    return tmp_path


def test_the_action_uses_every_input_and_no_other() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    used = set(re.findall(r"\binputs\.([a-z-]+)", text))
    assert used == set(ACTION["inputs"])
    scripts = [step["run"] for step in ACTION["runs"]["steps"] if "run" in step]
    assert "${{" not in "".join(scripts), "an input in a script could be read as a command"
    assert all(step.get("shell") == "bash" for step in ACTION["runs"]["steps"] if "run" in step)


def test_the_action_checks_everything_by_default(repository: Path) -> None:
    done = validate_step(repository)
    assert done.returncode == 1
    assert "::error file=broken.yaml,line=7," in done.stdout
    assert "::warning file=models/a spec.yaml,line=2," in done.stdout


@pytest.mark.slow
def test_the_action_takes_several_paths(repository: Path) -> None:
    assert validate_step(repository, paths="models\n").returncode == 0
    assert validate_step(repository, paths="models\nbroken.yaml").returncode == 1
    assert "a spec.yaml" in validate_step(repository, paths="mod*").stdout
    assert validate_step(repository, paths="no-such*").returncode == 2


@pytest.mark.slow
def test_the_action_passes_its_options_on(repository: Path) -> None:
    assert validate_step(repository, paths="models", strict="true").returncode == 1
    done = validate_step(repository, paths="models", strict="true", ignore="unused-param,cycle")
    assert (done.returncode, done.stdout) == (0, "")
    assert validate_step(repository, select="no-such-code").returncode == 2


def test_an_input_is_never_a_command(repository: Path) -> None:
    done = validate_step(repository, paths="models\n$(touch harmed); touch harmed")
    assert done.returncode == 2
    assert not (repository / "harmed").exists()


def outputs_of(folder: Path) -> dict[str, str]:
    """What the step told the runner, since the first run in this folder."""
    lines = (folder / "runner" / "output").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines)


@pytest.mark.slow
def test_the_action_writes_sarif_even_where_there_are_faults(repository: Path) -> None:
    done = validate_step(repository, sarif_file="out.sarif", format="text")
    assert done.returncode == 1
    assert "broken.yaml:7:" in done.stdout
    log = json.loads((repository / "out.sarif").read_text(encoding="utf-8"))
    assert len(log["runs"][0]["results"]) == 3
    assert outputs_of(repository) == {"errors": "1", "warnings": "2", "sarif": "./out.sarif"}


def test_the_action_fails_where_sarif_cannot_be_written(repository: Path) -> None:
    done = validate_step(repository, paths="models", sarif_file="broken.yaml/out.sarif")
    assert done.returncode == 3
    assert "out.sarif cannot be written" in done.stderr


@pytest.mark.slow
def test_the_action_runs_in_a_folder_with_its_configuration(repository: Path) -> None:
    (repository / "models" / "modelspec.toml").write_text("strict = true\n")
    done = validate_step(repository, working_directory="models", sarif_file="out.sarif")
    assert done.returncode == 1
    assert "::warning file=a spec.yaml,line=2," in done.stdout
    assert outputs_of(repository)["sarif"] == "models/out.sarif"
    assert validate_step(repository, working_directory="models", strict="false").returncode == 0


@pytest.mark.slow
def test_the_action_checks_data_when_asked(repository: Path) -> None:
    text = SPEC + "data: {train: {csv: [no.csv]}, targets: y}\n"
    (repository / "models" / "a spec.yaml").write_text(text)
    assert "no-data-file" not in validate_step(repository, paths="models").stdout
    done = validate_step(repository, paths="models", data="true")
    assert done.returncode == 1
    assert "no-data-file" in done.stdout


@pytest.mark.slow
def test_the_action_summarizes_findings_and_sound_specs(repository: Path) -> None:
    (repository / "broken.yaml").write_text(SPEC.replace("3", "'|<b>`a`'"))
    validate_step(repository)
    summary = (repository / "runner" / "summary.md").read_text(encoding="utf-8")
    assert summary.startswith("## modelspec: 1 error, 2 warnings in 2 specs\n")
    assert re.search(r"\| broken.yaml:7:\d+ \| error \|", summary)
    assert "&#124;&#60;b&#62;" in summary
    assert "<details><summary>models/a spec.yaml</summary>\n\n## a spec\n" in summary
    assert "| `dense` | Dense | (None, 3) | 27 |" in summary
    assert "<summary>broken.yaml" not in summary
    (repository / "runner" / "summary.md").unlink()
    validate_step(repository, summary="false")
    assert not (repository / "runner" / "summary.md").exists()


def test_every_action_that_is_used_is_pinned_to_a_commit() -> None:
    for step in ACTION["runs"]["steps"]:
        if "uses" in step:
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step["uses"])
            if "setup-python" in step["uses"]:
                assert step["with"]["update-environment"] is False


def test_the_scripts_of_the_action_are_sound(tmp_path: Path) -> None:
    scripts = [step["run"] for step in ACTION["runs"]["steps"] if "run" in step]
    for number, script in enumerate(scripts):
        path = tmp_path / f"{number}.sh"
        path.write_text(f"#!/usr/bin/env bash\nset -eo pipefail\n{script}")
        done = subprocess.run(["shellcheck", path], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_the_hook_is_a_command_that_works(repository: Path, monkeypatch: Any) -> None:
    (hook,) = read(".pre-commit-hooks.yaml")
    assert hook["id"] == "modelspec-validate"
    assert hook["types_or"] == ["yaml", "json"]
    program, *arguments = hook["entry"].split()
    assert program == "modelspec"
    monkeypatch.chdir(repository)
    (repository / "compose.yaml").write_text("services: {}\n")
    assert run([*arguments, "compose.yaml", "models/a spec.yaml"]) == 0
    assert run([*arguments, "compose.yaml", "broken.yaml"]) == 1
    (repository / "blocks.yaml").write_text("blocks: {}\n")  # no spec, but a part of one
    (repository / "models" / "heir.yaml").write_text("extends: [../blocks.yaml, ../broken.yaml]\n")
    assert run([*arguments, "models/a spec.yaml"]) == 0
    assert run([*arguments, "blocks.yaml"]) == 1


def test_the_page_on_ci_names_what_there_is() -> None:
    pages = [yaml.safe_load(text) for text in blocks("ci.md", "yaml")]
    text = "\n".join(blocks("ci.md", "yaml"))
    uses = [
        step
        for page in pages
        if isinstance(page, dict)
        for job in page.get("jobs", {}).values()
        for step in job["steps"]
        if "OWNER/modelspec" in step.get("uses", "")
    ]
    assert len(uses) == 3
    for step in uses:
        assert set(step["with"]) <= set(ACTION["inputs"])
    (hook,) = read(".pre-commit-hooks.yaml")
    assert f"- id: {hook['id']}" in text
    assert (ROOT / ".github" / "modelspec-matcher.json").is_file()
    for form in re.findall(r"--format (\w+)", text):
        assert form in FORMATS


def test_the_page_on_findings_shows_what_is_printed(
    tmp_path: Path, monkeypatch: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("digits.yaml").write_text(SPEC)
    (shown,) = blocks("findings.md", "json")
    assert run(["validate", "--format", "json", "digits.yaml"]) == 0
    assert capsys.readouterr().out == shown
    Path("models").mkdir()
    Path("digits.yaml").rename("models/digits.yaml")
    command, *said = blocks("findings.md", "console")[0].splitlines(keepends=True)
    assert run(command.removeprefix("$ modelspec ").split()) == 1
    out, err = capsys.readouterr()
    assert "".join(said) == out + err


def test_the_page_on_findings_shows_what_is_fixed(
    tmp_path: Path, monkeypatch: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("typo.yaml").write_text(
        SPEC.replace("params: {width: 64}\n", "").replace("units", "unitz")
    )
    command, *said = blocks("findings.md", "console")[1].splitlines(keepends=True)
    assert run(command.removeprefix("$ modelspec ").split()) == 0
    assert "".join(said) == capsys.readouterr().err


def test_the_page_on_findings_has_every_format() -> None:
    page = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")
    assert [f"| `{form}` |" in page for form in FORMATS] == [True] * len(FORMATS)


def test_the_page_on_editors_holds_a_sound_spec_and_a_matcher(
    tmp_path: Path, monkeypatch: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (spec,) = blocks("editors.md", "yaml")
    Path("a.yaml").write_text(spec)
    assert run(["validate", "--strict", "a.yaml"]) == 0
    settings, tasks = (json.loads(text) for text in blocks("editors.md", "json"))
    assert set(settings) == {"yaml.schemas", "json.schemas"}
    pattern = tasks["tasks"][0]["problemMatcher"]["pattern"]["regexp"]
    Path("a.yaml").write_text(SPEC)
    capsys.readouterr()
    run(["validate", "a.yaml"])
    assert re.match(pattern, capsys.readouterr().out.splitlines()[0])


def test_every_link_leads_to_a_file() -> None:
    for page in (ROOT / "docs").glob("*.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
