"""Calls come after what they read, however the edges stand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from modelspec.compile.stages import compile_text
from modelspec.diagnostics.findings import Findings


@st.composite
def chains_of_additions(draw: st.DrawFn) -> tuple[list[str], int]:
    count = draw(st.integers(1, 12))
    lines = []
    for index in range(count):
        sources = draw(st.lists(st.integers(-1, index - 1), min_size=2, max_size=3, unique=False))
        sources[0] = index - 1
        names = ", ".join("x" if s < 0 else f"n{s}" for s in sources)
        lines.append(f"{names} -> n{index}")
    return draw(st.permutations(lines)), count


@given(chains_of_additions())
def test_sources_come_first(case: tuple[list[str], int]) -> None:
    lines, count = case
    text = "modelspec: 1\nmodel:\n  functional:\n    inputs: {x: {shape: [2]}}\n    layers:\n"
    text += "".join(f"      n{i}: Add\n" for i in range(count))
    text += "    edges:\n" + "".join(f"      - {line}\n" for line in lines)
    text += f"    outputs: n{count - 1}\n"
    findings = Findings()
    opened = compile_text(text, "f", None, findings)
    assert opened is not None, findings.sorted()
    seen = {"x"}
    for call in opened.graph.calls:
        assert {ref.source for ref in call.reads()} <= seen
        seen.add(call.name)
    assert len(opened.graph.calls) == count
