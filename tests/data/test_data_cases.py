"""A case is a folder: `data_bad/NAME/` with `spec.yaml`, files and `out`; `data_ok/*` are sound.

`validate --data` says the same where Python alone reads, where numpy and pyarrow do, and a
training says it, too.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from modelspec.api.validation import validate_file
from modelspec.diagnostics.finding import Finding
from modelspec.diagnostics.problems import SpecError
from modelspec.report.findings import render_findings

HERE = Path(__file__).parents[1]
BAD = sorted((HERE / "data_bad").iterdir())
OK = sorted((HERE / "data_ok").iterdir())


def light(monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    """What is found without numpy and pyarrow."""
    monkeypatch.setattr("modelspec.api.validation.data_check._is_installed", lambda name: False)
    found = validate_file("spec.yaml", data=True)
    monkeypatch.undo()
    return found


@pytest.mark.parametrize("path", BAD, ids=lambda p: p.name)
def test_bad_data_gives_exactly_these_findings(
    path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path)
    actual = render_findings(light(monkeypatch), 1)
    expected = path / "out"
    if request.config.getoption("--update-out"):
        expected.write_text(actual, encoding="utf-8")
    assert actual == expected.read_text(encoding="utf-8")
    assert ": error: " in actual


@pytest.mark.tensorflow
@pytest.mark.parametrize("path", BAD, ids=lambda p: p.name)
def test_a_training_says_the_same(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from modelspec.api.training import train

    monkeypatch.chdir(path)
    expected = (path / "out").read_text(encoding="utf-8")
    assert render_findings(validate_file("spec.yaml", data=True), 1) == expected
    with pytest.raises(SpecError) as caught:
        train("spec.yaml", output="run")
    assert render_findings(caught.value.findings, 1) == expected
    assert not (path / "run").exists()


@pytest.mark.parametrize("path", OK, ids=lambda p: p.name)
def test_sound_data_is_silent_without_numpy(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path)
    assert light(monkeypatch) == []


@pytest.mark.tensorflow
@pytest.mark.parametrize("path", OK, ids=lambda p: p.name)
def test_sound_data_is_silent_with_numpy(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path)
    assert validate_file("spec.yaml", data=True) == []
