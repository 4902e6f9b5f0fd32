"""Real configurations of public projects: imported as they are, or refused by name."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from modelspec.diagnostics import Findings
from modelspec.pipeline import build, validate_file

pytestmark = pytest.mark.tensorflow

FOLDER = Path(__file__).parents[3] / "shared" / "models"
MANIFEST = FOLDER / "MANIFEST.tsv"


def rows() -> list[dict[str, str]]:
    """The manifest; empty where the files do not lie beside the checkout."""
    if not MANIFEST.is_file():
        return []
    with MANIFEST.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["file"])
def test_it_is_imported_as_it_was_or_refused_by_name(row: dict[str, str], tmp_path: Path) -> None:
    import keras

    from modelspec.importing import import_file

    findings = Findings()
    imported = import_file(FOLDER / row["file"], findings)
    if not row["ref_params"] and imported is None:
        assert all(f.message for f in findings if f.severity == "error")
        assert findings.has_errors
        return
    assert imported is not None, findings.sorted()
    spec = tmp_path / "spec.yaml"
    spec.write_text(imported.text, encoding="utf-8")
    assert validate_file(spec) == []
    if row["ref_params"]:
        model = build(spec)
        assert model.count_params() == int(row["ref_params"])
        shapes = [tuple(tensor.shape) for tensor in model.outputs]
        assert str(shapes[0]) in row["ref_output_shape"]
    keras.backend.clear_session()
