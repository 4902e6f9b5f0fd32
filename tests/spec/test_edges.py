"""Edges as text and as mappings, with the places of their parts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from modelspec.diagnostics.finding import Span
from modelspec.diagnostics.findings import Findings
from modelspec.document.load import load
from modelspec.spec.model.edges import parse_edge
from modelspec.spec.model.model import Edge, TensorName


def edges(yaml: str) -> list[Edge]:
    findings = Findings()
    document = load(f"e: {yaml}\n", "f", findings)
    found = parse_edge(document["e"], document.value_spans["e"], findings)
    assert not list(findings), findings.sorted()
    return found


def bare(edge: Edge) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    return tuple(map(str, edge.positional)), edge.layer, edge.names


def test_a_chain_is_one_edge_after_another() -> None:
    assert [bare(e) for e in edges("a -> b -> c")] == [(("a",), "b", ()), (("b",), "c", ())]


def test_names_of_results_feed_the_next_step() -> None:
    found = edges('"x -> lstm as seq, h -> dense"')
    assert [bare(e) for e in found] == [
        (("x",), "lstm", ("seq", "h")),
        (("seq", "h"), "dense", ()),
    ]


def test_indices_are_numbers_or_keys() -> None:
    (edge,) = edges('"lstm[1], inner[score] -> add"')
    assert [ref.index for ref in edge.positional] == [1, "score"]


def test_a_mapping_says_the_same_as_text() -> None:
    assert bare(edges("{from: a, to: b}")[0]) == bare(edges("a -> b")[0])
    assert bare(edges("{from: [a, b], to: c, as: [p, q]}")[0]) == bare(
        edges('"a, b -> c as p, q"')[0]
    )


def test_a_mapping_names_the_arguments_of_the_call() -> None:
    (edge,) = edges("{from: {sequences: x, initial_state: [h, c]}, to: l, call: {training: true}}")
    assert str(edge.named["sequences"]) == "x"
    assert [str(ref) for ref in edge.named["initial_state"]] == ["h", "c"]
    assert edge.call == {"training": True}


names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,6}[A-Za-z0-9]", fullmatch=True)


@given(st.lists(names, min_size=1, max_size=3), st.lists(names, min_size=1, max_size=4), st.data())
def test_every_part_knows_its_place(
    refs: list[str], layers: list[str], data: st.DataObject
) -> None:
    space = st.sampled_from(["", " ", "  "])
    text = f"{data.draw(space)},{data.draw(space)}".join(refs)
    for layer in layers:
        text += f"{data.draw(space)} ->{data.draw(space)} {layer}"
    findings = Findings()
    span = Span("f", 3, 7, 3, 7 + len(text))
    found = parse_edge(text, span, findings)
    assert not list(findings)
    places = [ref for e in found[:1] for ref in e.positional]
    assert [ref.name for ref in places] == refs
    for ref in places:
        assert isinstance(ref, TensorName)
        start = ref.span.column - 7
        assert text[start : start + len(ref.name)] == ref.name
    for edge, layer in zip(found, layers, strict=True):
        start = edge.span.column - 7
        assert text[start : start + len(layer)] == layer
