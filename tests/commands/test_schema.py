"""`modelspec schema`: valid, complete with texts, and the same language as `validate` checks."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
from mutate import SOURCES, mutate

from modelspec.cli import run
from modelspec.diagnostics.findings import Findings
from modelspec.document import LocatedDict, find_specs
from modelspec.document.find import is_spec_file
from modelspec.document.load import load
from modelspec.schema import names_of_kind
from modelspec.schema.bundle import bundle
from modelspec.schema.editor import editor_schema
from modelspec.spec.expansion import take_conditions

ROOT = Path(__file__).parents[2]
EDITOR_SCHEMA = ROOT / "specs/modelspec.schema.json"
SOUND = [*sorted((ROOT / "specs").glob("*.yaml")), *sorted((ROOT / "tests/specs_ok").iterdir())]

DRAFT_7 = {
    *("$schema", "$ref", "title", "description", "default", "type", "enum", "const", "not"),
    *("properties", "patternProperties", "additionalProperties", "propertyNames", "required"),
    *("minProperties", "items", "minItems", "maxItems", "uniqueItems", "pattern", "minLength"),
    *("maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("if", "then", "else", "anyOf", "oneOf", "allOf", "$defs"),
}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return editor_schema()


def test_it_is_valid_json_schema(schema: dict[str, Any]) -> None:
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft7Validator.check_schema(schema)


def schemas_in(schema: Any) -> Iterator[dict[str, Any]]:
    """A schema and every one below it."""
    if isinstance(schema, list):
        for item in schema:
            yield from schemas_in(item)
    elif isinstance(schema, dict):
        yield schema
        for key, value in schema.items():
            if key in ("properties", "patternProperties", "$defs"):
                yield from schemas_in(list(value.values()))
            elif key not in ("default", "enum", "const", "required"):
                yield from schemas_in(value)


def test_it_uses_no_keyword_that_editors_do_not_know(schema: dict[str, Any]) -> None:
    used = {key for part in schemas_in(schema) for key in part}
    assert used - DRAFT_7 == {"doNotSuggest"}  # which is for editors, and changes no verdict


def test_every_reference_leads_somewhere(schema: dict[str, Any]) -> None:
    references = {part["$ref"] for part in schemas_in(schema) if "$ref" in part}
    assert len(references) > 500
    for reference in references:
        assert reference.removeprefix("#/$defs/") in schema["$defs"]


def test_every_key_and_every_class_has_a_text(schema: dict[str, Any]) -> None:
    for name, part in schema["$defs"].items():
        if name.startswith(("layers.", "ops.", "optimizers.", "losses.", "metrics.")):
            assert part.get("description"), name
        for key, value in part.get("properties", {}).items():
            assert name.startswith("keras.") or value.get("description"), (name, key)
    for key, value in schema["properties"].items():
        assert value.get("description"), key


def test_texts_say_purpose_type_and_default(schema: dict[str, Any]) -> None:
    dense = schema["$defs"]["layers.core.Dense"]["properties"]
    assert dense["use_bias"]["description"] == (
        "Whether a bias vector is learned and added. True or false. By default true."
    )
    select = schema["$defs"]["ops.select"]["properties"]
    assert "$defs" in select["default"]["$ref"]
    axis = schema["$defs"]["ops.sum"]["properties"]
    assert axis["x"]["description"].startswith("A tensor of an edge")
    assert axis["axis"]["description"].startswith("Which axis it works along")


@pytest.mark.parametrize("path", SOUND, ids=lambda path: path.name)
def test_it_accepts_every_sound_spec(path: Path, schema: dict[str, Any]) -> None:
    document = load(path.read_text(encoding="utf-8"), path.name, Findings())
    errors = list(jsonschema.Draft202012Validator(schema).iter_errors(document))
    assert [error.message for error in errors] == []


def test_it_accepts_and_refuses_what_validate_does(schema: dict[str, Any]) -> None:
    ours = jsonschema_rs.Draft202012Validator(bundle(None))
    new, old = jsonschema_rs.Draft202012Validator(schema), jsonschema_rs.Draft7Validator(schema)
    random_ = random.Random(20261124)
    texts = [path.read_text(encoding="utf-8") for path in SOURCES]
    texts += [mutate(random_.choice(texts), random_) for _ in range(600)]
    answers = []
    for text in texts:
        findings = Findings()
        document = load(text, "a", findings)
        if document is None or findings.has_errors:
            continue
        if isinstance(document, dict) and "extends" in document:
            continue
        offered = new.is_valid(document), old.is_valid(document)
        if isinstance(document, LocatedDict):
            take_conditions(document, findings)
        answers.append(ours.is_valid(document) and not findings.has_errors)
        assert offered == (answers[-1], answers[-1]), text
    assert answers.count(True) > 50 < answers.count(False)


def test_a_spec_that_extends_another_may_leave_out_what_its_base_has(
    schema: dict[str, Any],
) -> None:
    validator = jsonschema_rs.Draft202012Validator(schema)
    part: dict[str, Any] = {"modelspec": 1, "training": {"epochs": 3}}
    assert not validator.is_valid(part)
    assert validator.is_valid({**part, "extends": "base.yaml"})
    assert not validator.is_valid({**part, "extends": "base.yaml", "trainning": {}})


def test_the_command_prints_or_writes_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], schema: dict[str, Any]
) -> None:
    assert run(["schema"]) == 0
    assert json.loads(capsys.readouterr().out) == schema
    path = tmp_path / "modelspec.schema.json"
    path.write_text("old")
    assert run(["schema", "-o", str(path)]) == 0
    assert json.loads(path.read_text(encoding="utf-8")) == schema
    assert capsys.readouterr() == ("", f"wrote {path}\n")


def offered(part: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    """The names that yaml-language-server offers at an empty place: it looks into `anyOf` and
    `allOf` and not into `if`, and offers constants and keys."""
    if "$ref" in part:
        return offered(schema["$defs"][part["$ref"].removeprefix("#/$defs/")], schema)
    names = [part["const"]] if "const" in part else list(part.get("enum", ()))
    names += [k for k, v in part.get("properties", {}).items() if not v.get("doNotSuggest")]
    for inner in (*part.get("anyOf", ()), *part.get("allOf", ())):
        names += offered(inner, schema)
    return names


@pytest.mark.parametrize("kind", ["layer", "optimizer", "loss", "metric", "callback", "activation"])
def test_each_name_is_offered_once(kind: str, schema: dict[str, Any]) -> None:
    names = offered(schema["$defs"][f"keras.{kind}"], schema)
    assert set(names_of_kind(kind)) <= set(names)
    assert sorted(names) == sorted(set(names))


def test_a_loss_is_offered_where_one_stands(schema: dict[str, Any]) -> None:
    losses = offered(schema["$defs"]["training.losses"], schema)
    assert {"mse", "BinaryCrossentropy"} <= set(losses)
    assert "accuracy" in offered(schema["$defs"]["training.metrics"], schema)


def test_a_name_shows_its_own_text(schema: dict[str, Any]) -> None:
    """What an editor shows of a value is the text and all values of what it matches."""
    choices = schema["$defs"]["keras.layer"]["anyOf"]
    (flatten,) = [choice for choice in choices if choice.get("const") == "Flatten"]
    assert flatten["description"] == "Flattens each example into one axis."
    for name, part in schema["$defs"].items():
        for inner in schemas_in(part):
            assert len(inner.get("enum", ())) < 60, name
    constants = sum("const" in choice for choice in choices)
    assert constants < 100  # a language server tries them all at every layer


def test_the_shipped_specs_name_the_schema_of_this_version(schema: dict[str, Any]) -> None:
    """Not `schemas/`, whose many files a language server reads for ten seconds, and then errs."""
    for path in sorted((ROOT / "specs").glob("*.yaml")):
        first = path.read_text(encoding="utf-8").partition("\n")[0]
        assert first == f"# yaml-language-server: $schema={EDITOR_SCHEMA.name}", path.name
    command = "modelspec schema -o specs/modelspec.schema.json"
    assert json.loads(EDITOR_SCHEMA.read_text(encoding="utf-8")) == schema, f"run {command}"


def test_the_schema_beside_specs_is_no_spec() -> None:
    assert not is_spec_file(EDITOR_SCHEMA)
    assert str(EDITOR_SCHEMA) not in find_specs([str(ROOT / "specs")])
