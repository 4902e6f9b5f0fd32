"""The schema is cut to the names that a document uses, and compiled once for the same names."""

from __future__ import annotations

import json

from modelspec.diagnostics.findings import Findings
from modelspec.document.load import load
from modelspec.schema.bundle import TABLES, bundle, cut_names
from modelspec.schema.check import _compiled, check
from modelspec.schema.files import folder, load_file

SPEC = """\
modelspec: 1
model:
  functional:
    inputs: {{x: {{shape: [8]}}}}
    layers: {{{name}: {{Dense: {{units: 3}}}}}}
    edges: [x -> {name}]
    outputs: {name}
"""


def test_only_one_file_has_tables_of_classes() -> None:
    for path in folder().rglob("*.json"):
        name = str(path.relative_to(folder()).as_posix())
        if name != TABLES:
            for definition in (load_file(name), *load_file(name).get("$defs", {}).values()):
                own = json.dumps({k: v for k, v in definition.items() if k != "$defs"})
                assert "x-object" not in definition or '"properties"' not in own, name


def test_names_outside_of_the_tables_do_not_change_the_schema() -> None:
    used = frozenset(("Dense", "units", "layers", "a_layer", "another"))
    assert bundle(used & cut_names()) == bundle(used)
    assert "layers.core.Dense" in bundle(used)["$defs"]
    assert "layers.core.Embedding" not in bundle(used)["$defs"]


def test_sections_that_are_not_there_are_not_compiled() -> None:
    without, with_search = bundle(frozenset(("Dense", "data"))), bundle(frozenset(("tune",)))
    assert "tune" not in without["properties"] and "data" in without["properties"]
    assert not any(name.startswith(("tune", "expect")) for name in without["$defs"])
    assert "tune.space" in with_search["$defs"]


def test_specs_of_the_same_classes_are_compiled_for_once() -> None:
    _compiled.cache_clear()
    for number in range(5):
        document = load(SPEC.format(name=f"layer{number}"), "a.yaml", Findings())
        findings = Findings()
        check(document, findings)
        assert len(findings) == 0
    assert _compiled.cache_info().misses == 1


def test_an_op_with_an_argument_called_default_is_checked() -> None:
    text = SPEC.format(name="pick").replace("Dense: {units: 3}", "ops.select: {default: 0}")
    findings = Findings()
    check(load(text, "a.yaml", Findings()), findings)
    assert len(findings) == 0
