"""Bills of materials, against the schema of CycloneDX."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from card_runs import KIND, METRICS, SPEC, make_run

import modelspec

pytest.importorskip("cyclonedx")

SPECS = Path(__file__).parents[2] / "specs"


def checked(text: str) -> dict[str, Any]:
    """The document, which the strict schema of 1.6 takes, and whose references lead somewhere."""
    from cyclonedx.model.bom import Bom
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    document: dict[str, Any] = json.loads(text)
    assert str(Bom.from_json(document).serial_number) in document["serialNumber"]  # type: ignore[attr-defined]
    refs = list(_refs(document))
    assert len(refs) == len(set(refs))
    used = [ref for one in document["dependencies"] for ref in (one["ref"], *one["dependsOn"])]
    parameters = document["metadata"]["component"]["modelCard"]["modelParameters"]
    used += [one["ref"] for one in parameters["datasets"]]
    assert set(used) <= set(refs)
    return document


def _refs(value: Any) -> Any:
    if isinstance(value, dict):
        if "bom-ref" in value:
            yield value["bom-ref"]
        for item in value.values():
            yield from _refs(item)
    elif isinstance(value, list):
        for item in value:
            yield from _refs(item)


def test_the_schema_takes_it(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run")
    found = checked(modelspec.card(folder, form="cyclonedx", license="apache-2.0"))
    model = found["metadata"]["component"]
    assert model["licenses"] == [{"license": {"id": "Apache-2.0"}}]
    digest = hashlib.sha256((folder / "model.keras").read_bytes()).hexdigest()
    assert model["hashes"] == [{"alg": "SHA-256", "content": digest}]
    metrics = model["modelCard"]["quantitativeAnalysis"]["performanceMetrics"]
    assert {(one["slice"], one["type"]): float(one["value"]) for one in metrics} == {
        (f"{split} split", name): value
        for split, values in METRICS.items()
        for name, value in values.items()
    }
    parameters = model["modelCard"]["modelParameters"]
    assert parameters["approach"] == {"type": "supervised"}
    assert parameters["inputs"] == [{"format": "measures: float32 [batch, 2]"}]
    by_ref = {one["bom-ref"]: one for one in found["components"]}
    assert by_ref["data-train"]["hashes"] == [{"alg": "SHA-256", "content": "ab" * 32}]
    assert by_ref["library-tensorflow"]["purl"] == "pkg:pypi/tensorflow@2.21.0"
    for one in found["components"]:
        if one["bom-ref"].startswith("file-"):
            content = (folder / one["name"]).read_bytes()
            assert one["hashes"][0]["content"] == hashlib.sha256(content).hexdigest()


def test_the_same_run_has_the_same_text(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run")
    first = modelspec.card(folder, form="cyclonedx")
    assert modelspec.card(folder, form="cyclonedx") == first
    (folder / "model.keras").write_bytes(b"other weights")
    other = modelspec.card(folder, form="cyclonedx")
    assert json.loads(other)["serialNumber"] != json.loads(first)["serialNumber"]


def test_a_licence_without_an_identifier_is_a_name(tmp_path: Path) -> None:
    text = modelspec.card(make_run(tmp_path / "run"), form="cyclonedx", license="openrail")
    licenses = checked(text)["metadata"]["component"]["licenses"]
    assert licenses == [{"license": {"name": "openrail"}}]


def test_every_known_licence_is_one_of_spdx(tmp_path: Path) -> None:
    from modelspec.cards.cyclonedx import _LICENSES

    folder = make_run(tmp_path / "run")
    for name in _LICENSES:
        checked(modelspec.card(folder, form="cyclonedx", license=name))


def test_several_files_are_parts_of_a_split(tmp_path: Path) -> None:
    files = [
        {"path": "a.csv", "splits": ["train"], "sha256": "ab" * 32},
        {"path": "b.csv", "splits": ["train", "test"]},
    ]
    found = checked(modelspec.card(make_run(tmp_path / "run", files=files), form="cyclonedx"))
    train = next(one for one in found["components"] if one["bom-ref"] == "data-train")
    assert [one["name"] for one in train["components"]] == ["a.csv", "b.csv"]
    assert "hashes" not in train["components"][1]


def test_folds_and_what_is_missing(tmp_path: Path) -> None:
    text = SPEC.replace("  test: 0.2\n", "  test: 0.2\n  folds: 2\n")
    folder = make_run(tmp_path / "run", text, members=["fold-1", "fold-2"])
    found = checked(modelspec.card(folder, form="cyclonedx"))
    names = [one["name"] for one in found["components"]]
    assert {"fold-1/model.keras", "fold-2/model.keras"} <= set(names)
    assert "hashes" not in found["metadata"]["component"]
    bare = make_run(tmp_path / "bare")
    for name in ("data.json", "environment.json", "metrics.json"):
        (bare / name).unlink()
    checked(modelspec.card(bare, form="cyclonedx"))


@pytest.mark.parametrize("path", sorted(SPECS.glob("*.yaml")), ids=lambda path: path.stem)
@pytest.mark.slow
def test_every_spec_of_the_repository_has_one(path: Path, tmp_path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace("../docs", "docs")
    folder = make_run(tmp_path / "run", text, outputs={"kind": KIND})
    checked(modelspec.card(folder, form="cyclonedx"))
    assert modelspec.card(folder).startswith("---\n")


def test_the_architecture_is_that_of_the_layers(tmp_path: Path) -> None:
    text = SPEC.replace("shape: [2]", "shape: [9, 2]").replace(
        "      - Dense", "      - LSTM: {units: 4}\n      - Dense"
    )
    found = checked(modelspec.card(make_run(tmp_path / "run", text), form="cyclonedx"))
    parameters = found["metadata"]["component"]["modelCard"]["modelParameters"]
    assert parameters["architectureFamily"] == "recurrent neural network"
