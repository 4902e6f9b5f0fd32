"""Real model files of Keras 1 to 3, where they lie beside the repository.

Those whose manifest gives `ref_params` become specs that validate and build with that many
parameters and that output shape; every other is refused with a finding that names a layer.
"""

from __future__ import annotations

import ast
import csv
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from modelspec.api.validation import validate_text
from modelspec.compile.stages import compile_text
from modelspec.diagnostics.finding import Severity
from modelspec.diagnostics.findings import Findings
from modelspec.importing.model_files import import_file

FOLDER = Path(__file__).parents[3] / "shared" / "models"


def rows() -> list[dict[str, str]]:
    if not (FOLDER / "MANIFEST.tsv").is_file():
        return []
    with (FOLDER / "MANIFEST.tsv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


SAID = [row for row in rows() if row["ref_params"]]
REFUSED = [row for row in rows() if not row["ref_params"]]
REASONS = {"python-code", "unknown-class", "removed-class", "foreign-class", "old-keras"}

pytestmark = pytest.mark.skipif(not SAID, reason="the model files are not there")


@pytest.mark.parametrize("row", SAID, ids=lambda row: row["file"])
def test_a_file_becomes_a_spec_that_validates_silently(row: dict[str, str]) -> None:
    findings = Findings()
    imported = import_file(FOLDER / row["file"], findings)
    assert imported is not None, findings.sorted()
    assert not findings.has_errors
    assert validate_text(imported.text, "spec.yaml") == []


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row["file"])
def test_any_other_file_is_refused_with_the_layer_and_the_reason(row: dict[str, str]) -> None:
    findings = Findings()
    assert import_file(FOLDER / row["file"], findings) is None
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    assert errors
    assert {finding.code for finding in errors} <= REASONS
    assert all("layer " in finding.message for finding in errors)


def test_the_reasons_are_those_that_there_are() -> None:
    found: Counter[str] = Counter()
    for row in REFUSED:
        findings = Findings()
        import_file(FOLDER / row["file"], findings)
        found.update({finding.code for finding in findings if finding.severity is Severity.ERROR})
    assert set(found) == REASONS


@pytest.mark.tensorflow
@pytest.mark.parametrize("row", SAID, ids=lambda row: row["file"])
def test_it_builds_with_the_parameters_and_shape_of_the_file(row: dict[str, str]) -> None:
    import keras

    from modelspec.building.build import build_model

    keras.utils.clear_session()
    findings = Findings()
    imported = import_file(FOLDER / row["file"], findings)
    assert imported is not None
    opened = compile_text(imported.text, "spec.yaml", None, findings)
    assert opened is not None
    model = build_model(opened.spec, opened.graph, findings)
    assert model is not None, findings.sorted()
    assert model.count_params() == int(row["ref_params"])
    assert shapes(model.output_shape) == shapes(ast.literal_eval(row["ref_output_shape"]))


def shapes(value: Any) -> Any:
    return [tuple(shape) for shape in value] if isinstance(value, list) else tuple(value)
