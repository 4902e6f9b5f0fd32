"""The table of formats, and what `modelspec export` does for all of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from modelspec.actions import EXPORTS, export
from modelspec.cli import run
from modelspec.export import FORMATS
from modelspec.pipeline import open_spec

from .models import ROOT, built_from, plain

CHAIN = ROOT / "tests" / "specs_ok" / "chain.yaml"


def test_the_command_offers_what_the_table_has() -> None:
    assert tuple(FORMATS) == EXPORTS


@pytest.mark.parametrize("form", FORMATS)
def test_a_format_is_written_from_a_model_or_from_a_spec(form: str) -> None:
    assert (FORMATS[form].write is None) != (FORMATS[form].write_spec is None)


def test_a_file_is_never_overwritten_unasked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "model.py"
    args = ["export", str(CHAIN), "--format", "python", "-o", str(out)]
    out.write_text("mine", encoding="utf-8")
    assert run(args) == 2
    assert "--force overwrites it" in capsys.readouterr().err
    assert out.read_text(encoding="utf-8") == "mine"
    assert run([*args, "--force"]) == 0
    assert "def build_model():" in out.read_text(encoding="utf-8")
    assert [p.name for p in tmp_path.iterdir()] == ["model.py"]


def test_another_ending_is_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "model.txt"
    assert run(["export", str(CHAIN), "--format", "python", "-o", str(out)]) == 2
    assert "a file of the format python ends in .py" in capsys.readouterr().err


def test_a_folder_without_a_run_is_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["export", str(tmp_path), "--format", "python"]) == 2
    assert "is no run folder" in capsys.readouterr().err


@pytest.mark.tensorflow
def test_keras_reads_its_json_back(tmp_path: Path) -> None:
    import keras

    spec = ROOT / "tests" / "specs_ok" / "several-results.yaml"
    text = export(spec, "json", tmp_path / "model.json").read_text(encoding="utf-8")
    assert json.loads(text)["class_name"] == "Functional"
    read = keras.models.model_from_json(text)
    assert plain(read.get_config()) == plain(built_from(open_spec(spec)).get_config())
