"""docs/tutorial.md, followed to the letter in an empty folder."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from modelspec.cli import run

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
STEP = re.compile(
    r"^(?:<!-- (?P<what>\w+): (?P<about>[^\n]*?) -->\n)?```(?P<kind>\w+)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
NUMBER = re.compile(r"\d+\.\d+|\b[01]\b")


@pytest.mark.tensorflow
@pytest.mark.slow
def test_every_step_does_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(ROOT / "specs" / "data" / "penguins.csv", tmp_path)
    code = 0
    for step in STEP.finditer(PAGE):
        what, about, text = step["what"], step["about"], step["text"]
        if what == "file":
            Path(about).parent.mkdir(parents=True, exist_ok=True)
            Path(about).write_text(text, encoding="utf-8")
        elif what == "append":
            with Path(about).open("a", encoding="utf-8") as file:
                file.write(text)
        elif what == "shown":
            assert yaml.safe_load(Path(about).read_text()) == yaml.safe_load(text)
        elif what == "replace":
            correct(*about.split(": "))
        if step["kind"] == "console":
            code = follow(text, code, capfd)


def correct(name: str, old: str, new: str, line: str) -> None:
    """Correct a word where the page says."""
    lines = Path(name).read_text(encoding="utf-8").split("\n")
    assert old in lines[int(line) - 1]
    assert f"in line {line} to `{new}`" in PAGE
    lines[int(line) - 1] = lines[int(line) - 1].replace(old, new)
    Path(name).write_text("\n".join(lines), encoding="utf-8")


def follow(text: str, code: int, capfd: pytest.CaptureFixture[str]) -> int:
    """Run the commands of a block, and hold what they print to what it shows."""
    for block in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, *shown = block.splitlines()
        if command == "echo $?":
            assert [str(code)] == shown
            continue
        capfd.readouterr()
        words = shlex.split(command)
        code = do(words)
        printed = "".join(reversed(capfd.readouterr()))  # notes, then what is asked for
        assert "Traceback" not in printed
        expect(printed.splitlines(), shown, command)
    return code


def do(words: list[str]) -> int:
    if words[0] == "modelspec":
        return run(words[1:])
    if words[0] == "sed":
        _, change, name, _, output = words
        old, new = change.split("/")[1:3]
        text = Path(name).read_text(encoding="utf-8")
        Path(output).write_text(text.replace(old, new), encoding="utf-8")
        return 0
    if words[0] == "cat":
        print(Path(words[1]).read_text(encoding="utf-8"), end="")
        return 0
    assert words[0] == "python"
    return subprocess.run([sys.executable, *words[1:]], check=False).returncode


def expect(printed: list[str], shown: list[str], command: str) -> None:
    """Every line that is shown, in its order; `...` stands for others. What a processor rounds
    may differ in its digits."""
    lines = iter(map(plain, printed))
    for line in shown:
        if line != "...":
            assert plain(line) in lines, f"{command}: {line}\n" + "\n".join(printed)


def plain(line: str) -> str:
    return " ".join(NUMBER.sub("N", line).split())


def test_the_hook_and_the_action_are_there() -> None:
    files: dict[str, Any] = {
        step["about"]: yaml.safe_load(step["text"])
        for step in STEP.finditer(PAGE)
        if step["what"] == "file" and step["about"].startswith(".")
    }
    (repository,) = files[".pre-commit-config.yaml"]["repos"]
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert {one["id"] for one in repository["hooks"]} <= {one["id"] for one in hooks}
    job = files[".github/workflows/specs.yml"]["jobs"]["specs"]
    inputs = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["inputs"]
    assert set(job["steps"][1]["with"]) <= set(inputs)
