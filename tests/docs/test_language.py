"""What docs/language.md and README.md show is what the tool does: every example is run.

A comment before a fence says how: `<!-- file: NAME -->` puts the example under that name beside
the others, `<!-- part: NAME -->` completes it by one of the frames below, `<!-- needs: tensorflow
-->` marks what needs the extra. A fence of YAML without a comment is a whole spec. In a fence of
the console, the lines after a command are all that it prints; `...` stands for any lines.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "language.md"
README = ROOT / "README.md"
FENCE = re.compile(
    r"(?:^<!-- (?P<role>\w+): (?P<value>\S+) -->\n)?^```(?P<kind>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)

FRAMES = {
    "top": "modelspec: 1\n@\n",
    "graph": "modelspec: 1\nmodel:\n  functional:\n    @\n",
    "layers": "modelspec: 1\nmodel:\n  sequential:\n    input: {shape: [16, 16, 3]}\n"
    "    layers:\n      @\n",
}
"""How a part is completed; it takes the place, and the indentation, of `@`."""

MODEL_OF = {"penguins": "penguins.yaml"}
"""Parts that are a section: it takes the place of the same one in an example that is a file."""


@dataclass(frozen=True)
class Example:
    """One fence of a page: its language, its text, its line, and what the comment says of it."""

    kind: str
    text: str
    line: int
    role: str | None
    value: str | None

    @property
    def needs_tensorflow(self) -> bool:
        return self.role == "needs" and self.value == "tensorflow"


def examples(page: Path) -> list[Example]:
    text = page.read_text(encoding="utf-8")
    return [
        Example(m["kind"], m["text"], text[: m.start("text")].count("\n"), m["role"], m["value"])
        for m in FENCE.finditer(text)
    ]


SHOWN = examples(PAGE)
FILES = {str(e.value): e.text for e in SHOWN if e.role == "file"}


def commands(example: Example) -> list[tuple[str, str]]:
    """The commands of a console fence, each with what it prints."""
    pieces = re.split(r"^\$ ", example.text, flags=re.MULTILINE)[1:]
    return [(p.partition("\n")[0], p.partition("\n")[2]) for p in pieces]


CONSOLE = [e for e in SHOWN if e.kind == "console"]
SAID_FAULTY = {
    command.split()[-1]
    for e in CONSOLE
    for command, _ in commands(e)
    if command.startswith("modelspec validate")
}
"""Files whose findings the page shows: these are compared in full."""


def where(example: Example) -> str:
    return f"line {example.line}"


def is_light(example: Example) -> bool:
    return not example.needs_tensorflow


def chosen(kind: str, wanted: Callable[[Example], bool]) -> list[Example]:
    return [e for e in SHOWN if e.kind == kind and e.role != "file" and wanted(e)]


@pytest.fixture
def beside(tmp_path: Path) -> Path:
    """A folder with all files of the page, and the data that they read."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "data").mkdir()
    shutil.copy(ROOT / "specs" / "data" / "penguins.csv", tmp_path / "data")
    return tmp_path


def run(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """Python with these arguments, in a folder, as a pipe of 80 columns sees it."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80", "NO_COLOR": "1"}
    environment.pop("MODELSPEC_ALLOW_EXTENSIONS", None)
    return subprocess.run(
        [sys.executable, *args],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def whole(example: Example) -> str:
    """The example as a whole spec."""
    if example.role != "part":
        return example.text
    if example.value in MODEL_OF:
        section = example.text.partition(":")[0]
        old = re.compile(rf"^{section}:\n(?:(?: .*)?\n)*", re.MULTILINE)
        text, count = old.subn(lambda _: example.text + "\n", FILES[MODEL_OF[example.value]])
        assert count == 1, f"{example.value} has no section {section}"
        return text
    frame = FRAMES[str(example.value)]
    indent = frame.partition("@")[0].rpartition("\n")[2]
    return frame.replace("@", example.text.rstrip().replace("\n", "\n" + indent))


def matches(printed: str, shown: str) -> bool:
    """Whether what was printed is what a page shows, where a line `...` stands for any lines."""
    pattern = "".join(
        r"(?:.*\n)*" if line == "..." else re.escape(line) + r"\n" for line in shown.splitlines()
    )
    return re.fullmatch(pattern, printed) is not None


def hold(example: Example, printed_by: Callable[..., str]) -> None:
    """Each command prints what is shown below it; `printed_by` takes the words of a command."""
    for command, shown in commands(example):
        program, *args = command.split()
        assert program == "modelspec"
        printed = printed_by(*args)
        assert matches(printed, shown), f"$ {command}\n{printed}"


def hold_in_processes(folder: Path, example: Example) -> None:
    def printed_by(*args: str) -> str:
        done = run(folder, "-m", "modelspec", *args)
        return done.stdout + done.stderr

    hold(example, printed_by)


def test_the_page_is_read() -> None:
    assert len(CONSOLE) >= 8
    assert len(SHOWN) >= 30
    assert {e.kind for e in SHOWN} == {"yaml", "python", "console"}
    assert "slips.yaml" in SAID_FAULTY


@pytest.mark.parametrize(
    "example",
    [e for e in SHOWN if e.kind == "yaml" and e.value not in SAID_FAULTY],
    ids=where,
)
def test_specs_have_no_findings(
    example: Example,
    beside: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from modelspec import cli

    file = beside / (str(example.value) if example.role == "file" else "example.yaml")
    file.write_text(whole(example), encoding="utf-8")
    monkeypatch.chdir(beside)
    monkeypatch.delenv("MODELSPEC_ALLOW_EXTENSIONS", raising=False)
    code = cli.run(["validate", "--strict", file.name])
    assert (capsys.readouterr().out, code) == ("", 0)


@pytest.mark.parametrize("example", chosen("console", is_light), ids=where)
def test_commands_print_what_is_shown(example: Example, beside: Path) -> None:
    hold_in_processes(beside, example)


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    "example", chosen("console", lambda example: example.needs_tensorflow), ids=where
)
@pytest.mark.slow
def test_heavy_commands_print_what_is_shown(
    example: Example,
    beside: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In the process of the tests, which has imported TensorFlow once for all of them."""
    from modelspec import cli

    def printed_by(*args: str) -> str:
        cli.run(args)
        printed = capsys.readouterr()
        return printed.out + printed.err

    monkeypatch.chdir(beside)
    monkeypatch.setenv("COLUMNS", "80")
    hold(example, printed_by)


@pytest.mark.parametrize("example", chosen("python", is_light), ids=where)
def test_python_runs(example: Example, beside: Path) -> None:
    check = "\nimport sys\nassert 'tensorflow' not in sys.modules\n"
    done = run(beside, "-c", example.text + check)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.tensorflow
@pytest.mark.parametrize(
    "example", chosen("python", lambda example: example.needs_tensorflow), ids=where
)
def test_python_with_tensorflow_runs(
    example: Example, beside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(beside)
    exec(compile(example.text, where(example), "exec"), {})


@pytest.mark.parametrize(
    ("args", "code"),
    [("penguins.yaml", 0), ("slips.yaml", 1), ("nosuch.yaml", 2), ("--format=tsv", 2)],
)
def test_exit_codes_are_those_of_the_table(args: str, code: int, beside: Path) -> None:
    assert run(beside, "-m", "modelspec", "validate", args).returncode == code


def test_all_top_level_keys_and_commands_are_told() -> None:
    text = PAGE.read_text(encoding="utf-8")
    helped = run(ROOT, "-m", "modelspec", "--help").stdout
    listed = re.findall(r"^  (\w+)  ", helped.partition("Commands:")[2], re.MULTILINE)
    assert "validate" in listed
    assert [name for name in listed if name not in text] == []
    from modelspec.schema.files import ROOT as TOP
    from modelspec.schema.files import definition

    keys = definition(TOP, "")["properties"]
    assert [key for key in keys if f"| `{key}` |" not in text] == []


@pytest.mark.parametrize("section", ["data", "training"])
def test_all_keys_of_a_section_are_told(section: str) -> None:
    from modelspec.schema.files import definition

    text = PAGE.read_text(encoding="utf-8").partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    first_cells = " ".join(re.findall(r"^\| (`.*?`) \|", text, re.MULTILINE))
    keys = definition(f"{section}.schema.json", "")["properties"]
    assert set(re.findall(r"`(\w+)`", first_cells)) == set(keys)


def test_links_lead_somewhere() -> None:
    for page in (PAGE, ROOT / "docs" / "README.md"):
        text = page.read_text(encoding="utf-8")
        heads = re.findall(r"^## (.*)$", text, re.MULTILINE)
        anchors = {re.sub(r"[^\w -]", "", head).lower().replace(" ", "-") for head in heads}
        for target in re.findall(r"\]\(([^)]+)\)", text):
            if target.startswith("#"):
                assert target[1:] in anchors, target
            else:
                assert (page.parent / target.split("#")[0]).exists(), target


def test_the_spec_of_the_readme_has_no_findings(tmp_path: Path) -> None:
    [spec] = [e for e in examples(README) if e.kind == "yaml"]
    (tmp_path / "digits.yaml").write_text(spec.text, encoding="utf-8")
    done = run(tmp_path, "-m", "modelspec", "validate", "--strict", "digits.yaml")
    assert (done.stdout, done.returncode) == ("", 0)


def test_the_readme_shows_what_validate_prints() -> None:
    shown = [
        e
        for e in examples(README)
        if e.kind == "console" and e.text.startswith("$ modelspec validate")
    ]
    assert shown
    for example in shown:
        hold_in_processes(ROOT, example)
