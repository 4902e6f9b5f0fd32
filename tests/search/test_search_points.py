"""A point is what `--set` makes of the spec, and two points are one where they expand alike."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from search_specs import BASE, SPACES, with_space

from modelspec.compile import CompiledSpec, compile_text
from modelspec.diagnostics import Findings, Severity, exit_code_of
from modelspec.schema.check import _compiled
from modelspec.search import (
    RefusalKind,
    SearchSpec,
    check_search,
    group_refusals,
    judge,
    search_of,
)
from modelspec.spec import fill_defaults, parse_override


def search_in(text: str) -> SearchSpec:
    findings = Findings()
    compiled = compile_text(text, "drawn.yaml", None, findings)
    assert compiled is not None, findings.sorted()
    return search_of(compiled, "drawn.yaml")


def set_by_hand(text: str, overrides: dict[str, Any]) -> tuple[CompiledSpec | None, Findings]:
    """The spec with `--set PATH=VALUE` for each path, as a command would compile it."""
    findings = Findings()
    options = dict(parse_override(f"{path}={json.dumps(v)}") for path, v in overrides.items())
    return compile_text(text, "drawn.yaml", None, findings, options), findings


@settings(max_examples=25, deadline=None)
@given(SPACES, st.integers(0, 2**20))
def test_points_are_what_set_makes_of_the_spec(written: dict[str, Any], seed: int) -> None:
    text = with_space(written)
    search, chance = search_in(text), random.Random(seed)
    expansions: dict[str, str] = {}
    keys: dict[str, str] = {}
    for _ in range(4):
        overrides = search.space.overrides(search.space.draw(chance))
        point = judge(search, overrides)
        compiled, findings = set_by_hand(text, overrides)
        errors = [found for found in findings if found.severity is Severity.ERROR]
        if point.refusal is not None:
            said = {(found.code, found.message) for found in errors}
            assert (point.refusal.finding.code, point.refusal.finding.message) in said
            assert point.refusal.violation > 0
        missed = compiled is not None and exit_code_of(findings) != 0
        kind = RefusalKind.INVALID if compiled is None else RefusalKind.BUDGET if missed else None
        assert (None if point.refusal is None else point.refusal.kind) is kind
        if compiled is not None:
            expanded = json.dumps(fill_defaults(compiled.spec.document, compiled.spec.name))
            assert expansions.setdefault(point.key, expanded) == expanded
            assert keys.setdefault(expanded, point.key) == point.key
    assert judge(search, overrides) == point, "the document is as it was"


def test_points_that_expand_alike_have_one_key() -> None:
    search = search_in(with_space({"training.optimizer": {"choice": ["adam", "sgd"]}}))
    one, same, other = (
        judge(search, {"training.optimizer": value})
        for value in ("adam", {"Adam": {"learning_rate": 0.001}}, {"Adam": {"learning_rate": 0.1}})
    )
    assert one.key == same.key != other.key
    assert one.refusal is None and one.cost is not None and one.cost.params == 1443


@pytest.mark.parametrize(
    ("overrides", "code", "at", "kind", "violation"),
    [
        ({"params.width": 16}, "expectation-missed", "params: {max", RefusalKind.BUDGET, 0.29675),
        ({"params.kernel": 9}, "shape-mismatch", "Conv2D:", RefusalKind.INVALID, 1.0),
        ({"params.width": "wide"}, "wrong-operand", "width * 2", RefusalKind.INVALID, 1.0),
    ],
)
def test_a_refusal_has_a_finding_at_its_line(
    overrides: dict[str, Any], code: str, at: str, kind: RefusalKind, violation: float
) -> None:
    text = with_space({path: {"choice": [value]} for path, value in overrides.items()})
    refusal = judge(search_in(text), overrides).refusal
    assert refusal is not None
    assert (refusal.finding.code, refusal.kind) == (code, kind)
    assert at in text.splitlines()[refusal.finding.span.line - 1]
    assert refusal.violation == pytest.approx(violation)


def test_a_point_of_other_epochs_is_refused_beside_halving() -> None:
    text = with_space({"params.width": {"choice": [4, 8]}}, halving={"from": 1})
    for epochs, code in ((2, None), (3, "search-mismatch")):
        refusal = judge(
            search_in(text), {"training": {**BASE["training"], "epochs": epochs}}
        ).refusal
        assert (refusal and refusal.finding.code) == code


def test_refusals_are_grouped_by_code_and_line() -> None:
    search = search_in(
        with_space({"params.kernel": {"int": [1, 9]}, "params.width": {"int": [1, 32]}})
    )
    chance = random.Random(3)
    refusals = [
        point.refusal
        for point in (
            judge(search, search.space.overrides(search.space.draw(chance))) for _ in range(30)
        )
        if point.refusal is not None
    ]
    groups = group_refusals(refusals)
    assert sum(group.count for group in groups) == len(refusals) > 10
    assert [g.count for g in groups] == sorted((g.count for g in groups), reverse=True)
    assert len({(group.code, group.span.line) for group in groups}) == len(groups)
    assert groups[0].text(30).startswith(f"{groups[0].count} of 30: ")


def test_all_points_of_a_search_are_checked_with_the_same_compiled_schemas() -> None:
    items = [{name: {"learning_rate": 0.1}} for name in ("Adam", "SGD", "RMSprop", "Lion")]
    search = search_in(with_space({"training.optimizer": {"choice": items}}))
    before = _compiled.cache_info().misses
    keys = {judge(search, search.space.overrides(values)).key for values in search.space.grid()}
    assert len(keys) == 4
    assert _compiled.cache_info().misses - before <= 2, "one with expressions, one without"


def test_the_check_looks_at_one_point_at_least_where_time_is_short() -> None:
    search, findings = search_in(with_space({"params.width": {"int": [1, 9000]}})), Findings()
    check_search(search, findings, seconds=0.0)
    said = [finding for finding in findings if finding.code in ("search-space", "empty-space")]
    assert len(said) == 1 and "1 drawn" in said[0].message


def test_a_spec_without_a_search_imports_nothing_of_it(tmp_path: Path) -> None:
    import subprocess

    spec = tmp_path / "plain.yaml"
    spec.write_text(
        "modelspec: 1\nmodel: {sequential: {input: {shape: [4]}, layers: [{Dense: {units: 1}}]}}\n"
    )
    code = (
        "import sys; from modelspec.api.validation import validate_file;"
        f"assert validate_file({str(spec)!r}) == [];"
        "print([m for m in sys.modules if 'search' in m or m.startswith('modelspec.spec.tune')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
