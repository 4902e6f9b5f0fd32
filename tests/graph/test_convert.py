"""A model in its other form, there and back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from modelspec.api.specs import convert_file
from modelspec.api.validation import validate_file
from modelspec.cli import run
from modelspec.compile.stages import CompiledSpec, compile_file, compile_text
from modelspec.diagnostics.findings import Findings
from modelspec.diagnostics.problems import SpecError, UsageError
from modelspec.graph.graph import Graph, TensorRef
from modelspec.report.findings import render_findings
from modelspec.spec.model.model import KerasObject

ROOT = Path(__file__).parent.parent.parent
SPECS = [
    *sorted((ROOT / "specs").glob("*.yaml")),
    *sorted((ROOT / "tests" / "specs_ok").iterdir()),
    *sorted((ROOT / "tests" / "exporting" / "cases").glob("*.yaml")),
]
NOT_CHAINS = sorted((ROOT / "tests" / "graph" / "not_chains").glob("*.yaml"))
OTHER = {"sequential": "functional", "functional": "sequential"}

CHAIN = """\
modelspec: 1
name: chain
model:
  functional:
    inputs: {x: {shape: [8]}}
    layers:
      first: {Dense: {units: 3}}
      dense: {Dense: {units: 3}}
      wide: {Dense: {units: 3}}
    edges: [x -> first -> wide, wide -> dense]
    outputs: dense
"""


def same(graph: Graph) -> dict[str, Any]:
    """A graph without places, and without the form: what there and back must keep."""
    layer_of = {call.name: call.layer for call in graph.calls}

    def ref(value: Any) -> Any:
        if isinstance(value, TensorRef):
            return (layer_of.get(value.source, value.source), value.index)
        if isinstance(value, Mapping):
            return {key: ref(item) for key, item in value.items()}
        return [ref(item) for item in value]

    return {
        "inputs": [
            (e.name, e.shape, e.dtype, e.batch_size, e.sparse, e.ragged) for e in graph.inputs
        ],
        "layers": {
            name: plain(layer.object, graph, top=True) for name, layer in graph.layers.items()
        },
        "calls": [
            (c.layer, ref(c.positional), ref(c.named), dict(c.arguments)) for c in graph.calls
        ],
        "outputs": ref(graph.outputs),
        "names": [layer_of.get(name, name) for name in graph.output_names],
        "structure": graph.input_structure,
    }


def plain(value: Any, graph: Graph, *, top: bool = False) -> Any:
    if isinstance(value, KerasObject):
        args = {k: plain(v, graph) for k, v in value.args.items() if not (top and k == "name")}
        nested = (
            None
            if value.model is None
            else (value.model.__class__, same(graph.nested_graph(value)))
        )
        return (value.kind, value.class_name, args, nested)
    if isinstance(value, Mapping):
        return {key: plain(item, graph) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item, graph) for item in value]
    return value


def opened(text: str, path: Path) -> CompiledSpec:
    findings = Findings()
    found = compile_text(text, "text", path, findings)
    assert found is not None, findings.sorted()
    return found


@pytest.mark.parametrize("path", SPECS, ids=lambda p: p.name)
def test_there_and_back_gives_the_same_graph(path: Path, tmp_path: Path) -> None:
    before = compile_file(path)
    kind = before.graph.kind
    if kind not in before.spec.document["model"]:  # a stack with functions of keras.ops
        assert same(opened(convert_file(path, kind), path).graph) == same(before.graph)
        return
    try:
        there = convert_file(path, OTHER[kind])
    except SpecError as error:
        assert kind == "functional"
        assert [f.code for f in error.findings if f.severity == "error"] == ["not-a-chain"]
        faults = [finding for finding in error.findings if finding.severity == "error"]
        assert len(faults[0].related) == 1
        return
    other = opened(there, path)
    assert other.graph.kind == OTHER[kind]
    assert same(other.graph) == same(before.graph)
    file = tmp_path / path.name
    file.write_text(there, encoding="utf-8")
    back = opened(convert_file(file, kind), path)
    assert back.graph.kind == kind
    assert same(back.graph) == same(before.graph)
    assert back.spec.name == before.spec.name
    rest = {k: v for k, v in before.spec.document.items() if k not in ("model", "name")}
    assert {k: v for k, v in back.spec.document.items() if k not in ("model", "name")} == rest


def test_enough_specs_are_stacks_or_chains() -> None:
    """The test above would prove nothing on branching graphs alone."""
    assert sum(compile_file(path).graph.kind == "sequential" for path in SPECS) >= 5


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    path = tmp_path / "chain.yaml"
    path.write_text(CHAIN, encoding="utf-8")
    return path


def test_a_stack_writes_the_names_that_it_would_not_make_up(chain: Path) -> None:
    text = convert_file(chain, "sequential")
    assert "input: {shape: [8], name: x}" in text
    assert "- Dense: {units: 3, name: first}" in text
    assert "- Dense: {units: 3, name: wide}" in text
    assert "- Dense: {units: 3}" in text
    assert same(opened(text, chain).graph) == same(compile_file(chain).graph)


def test_a_long_chain_stands_in_several_lines(tmp_path: Path) -> None:
    path = tmp_path / "long.yaml"
    layers = "".join(
        f"      - Dense: {{units: 2, name: a_rather_long_name_{i}}}\n" for i in range(20)
    )
    path.write_text(
        f"modelspec: 1\nmodel:\n  sequential:\n    input: {{shape: [2]}}\n    layers:\n{layers}",
        encoding="utf-8",
    )
    text = convert_file(path, "functional")
    assert max(map(len, text.splitlines())) <= 100
    assert text.count(" -> ") == 20
    assert same(opened(text, path).graph) == same(compile_file(path).graph)


def test_a_form_that_the_model_has_already_changes_nothing(chain: Path) -> None:
    text = convert_file(chain, "functional")
    assert same(opened(text, chain).graph) == same(compile_file(chain).graph)


def test_text_that_looks_like_an_expression_stays_text(tmp_path: Path) -> None:
    path = tmp_path / "text.yaml"
    path.write_text(CHAIN.replace("name: chain", 'name: chain\ndescription: "a $${x} b"'))
    assert compile_file(path).spec.document["description"] == "a ${x} b"
    text = convert_file(path, "sequential")
    assert opened(text, path).spec.document["description"] == "a ${x} b"


@pytest.mark.parametrize("path", NOT_CHAINS, ids=lambda p: p.name)
def test_a_graph_that_is_no_chain_is_refused_at_both_places(
    path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    assert not [f for f in validate_file(path.name) if f.severity == "error"]
    with pytest.raises(SpecError) as caught:
        convert_file(path.name, "sequential")
    errors = [f for f in caught.value.findings if f.severity == "error"]
    said = render_findings(errors, 1)
    expected = path.with_suffix(".out")
    if request.config.getoption("--update-out"):
        expected.write_text(said, encoding="utf-8")
    assert said == expected.read_text(encoding="utf-8")
    assert len(errors) == 1
    assert len(errors[0].related) == 1


def test_a_name_that_as_gave_may_go_where_nothing_uses_it(tmp_path: Path) -> None:
    text = CHAIN.replace("wide -> dense", "wide -> dense as y")
    path = tmp_path / "renamed.yaml"
    path.write_text(text.replace("outputs: dense", "outputs: y"), encoding="utf-8")
    assert opened(convert_file(path, "sequential"), path).graph.output_names == ("dense",)


def test_a_name_that_no_edge_can_hold_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "space.yaml"
    path.write_text(
        "modelspec: 1\nmodel:\n  sequential:\n    input: {shape: [2]}\n"
        "    layers:\n      - Dense: {units: 2, name: a->b}\n"
    )
    with pytest.raises(SpecError, match='the name "a->b" cannot be used in an edge'):
        convert_file(path, "functional")


def test_the_command_writes_to_standard_output(
    chain: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["convert", str(chain), "--to", "sequential"]) == 0
    assert capsys.readouterr().out == convert_file(chain, "sequential")


def test_a_file_is_never_overwritten_unasked(
    chain: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "deep" / "stack.yaml"
    args = ["convert", str(chain), "--to", "sequential", "-o", str(out)]
    assert run(args) == 0
    assert compile_file(out).graph.kind == "sequential"
    out.write_text("mine", encoding="utf-8")
    assert run(args) == 2
    assert out.read_text(encoding="utf-8") == "mine"
    assert "--force overwrites it" in capsys.readouterr().err
    assert run([*args, "--force"]) == 0
    assert compile_file(out).graph.kind == "sequential"
    assert sorted(p.name for p in out.parent.iterdir()) == ["stack.yaml"]


def test_paths_lead_from_where_the_new_file_stands(tmp_path: Path) -> None:
    spec = ROOT / "specs" / "digits.yaml"
    convert_file(spec, "functional", tmp_path / "digits.yaml")
    moved = compile_file(tmp_path / "digits.yaml").spec.document["data"]["train"]["npz"]
    assert (tmp_path / moved).resolve() == (ROOT / "specs" / "data" / "digits.npz").resolve()


def test_an_unknown_form_is_wrong_use(chain: Path) -> None:
    with pytest.raises(UsageError, match="sequential or functional, got subclassed"):
        convert_file(chain, "subclassed")
