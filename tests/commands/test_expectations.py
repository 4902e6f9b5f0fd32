"""What `expect` asks of a model: which command refuses a miss, and with which exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelspec.api.validation import validate_text
from modelspec.cli import run
from modelspec.compile.stages import compile_file
from modelspec.diagnostics.problems import SpecError

SPEC = """\
modelspec: 1
model:
  sequential:
    input: {shape: [8]}
    layers:
      - Dense: {units: 4, name: out}
expect:
"""
MISSED = SPEC + "  params: {max: 35}\n"
"""The layer has 36."""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("missed.yaml").write_text(MISSED)


MET = [
    "outputs: [null, 4]",
    "outputs: [null, null]",
    "outputs: {out: [null, 4]}",
    "params: 36",
    "params: {min: 36, max: 36}",
    "flops: {max: 68}",
    "memory: {max: 1kB, batch_size: 1}",
    "memory: {max: 0.4KiB, batch_size: 4}",
    "memory: {max: 192, batch_size: 1}",
]


@pytest.mark.parametrize("line", MET)
def test_what_is_met_is_not_spoken_of(line: str) -> None:
    assert validate_text(f"{SPEC}  {line}\n", "a.yaml") == []


@pytest.mark.parametrize(
    "line",
    [
        "outputs: [null, 4, null]",
        "params: 35",
        "flops: {min: 69}",
        "memory: {max: 191, batch_size: 1}",
        "memory: {max: 0.3KiB, batch_size: 4}",
    ],
)
def test_what_is_missed_is_an_error(line: str) -> None:
    assert [f.code for f in validate_text(f"{SPEC}  {line}\n", "a.yaml")] == ["expectation-missed"]


def test_validate_leaves_with_4_where_nothing_else_is_wrong(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["validate", "missed.yaml"]) == 4
    assert "`params` must be at most 35, got 36 [expectation-missed]" in capsys.readouterr().out


def test_a_fault_beside_it_counts_more() -> None:
    Path("faulty.yaml").write_text(SPEC.replace("units: 4", "units: four") + "  params: 3\n")
    assert run(["validate", "missed.yaml", "faulty.yaml"]) == 1


def test_strict_counts_warnings_before_it() -> None:
    Path("warns.yaml").write_text(MISSED.replace("model:", "params: {a: 1}\nmodel:", 1))
    assert run(["validate", "warns.yaml"]) == 4
    assert run(["validate", "warns.yaml", "--strict"]) == 1


def test_what_is_not_shown_counts_all_the_same() -> None:
    assert run(["validate", "missed.yaml", "--ignore", "expectation-missed"]) == 4


def test_a_warning_that_it_cannot_be_decided_is_no_miss() -> None:
    text = SPEC.replace("Dense: {units: 4, name: out}", '"a>B": {}')
    Path("open.yaml").write_text(
        text.replace("model:", "extensions: [a]\nmodel:", 1) + "  params: 3"
    )
    assert run(["validate", "open.yaml"]) == 0
    assert run(["validate", "open.yaml", "--strict"]) == 1


@pytest.mark.parametrize("command", ["summarize", "expand"])
def test_one_can_still_look_at_it(command: str) -> None:
    assert run([command, "missed.yaml"]) == 0


@pytest.mark.parametrize(
    "args", [["export", "--format", "python"], ["export", "--format", "keras"], ["train"]]
)
def test_what_builds_or_trains_refuses_it(
    args: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """It is refused before TensorFlow is needed."""
    assert run([args[0], "missed.yaml", *args[1:]]) == 4
    assert "[expectation-missed]" in capsys.readouterr().out


def test_from_python_it_is_an_error_with_the_same_code() -> None:
    with pytest.raises(SpecError) as caught:
        compile_file("missed.yaml").require_expectations()
    assert caught.value.exit_code == 4
