"""Sizes that inputs leave open: which are legal, what follows for the layers, at which work."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from unittest.mock import patch

import pytest
from drawn_sizes import draw_spec

from modelspec.analysis.sizes import SizeFacts, find_sizes
from modelspec.analysis.sizes import trials as trials_module
from modelspec.analysis.sizes.expressions import fit
from modelspec.analysis.sizes.patterns import Pattern, find_pattern
from modelspec.api.specs import summarize
from modelspec.compile import CompiledSpec, compile_text
from modelspec.diagnostics import Findings

CASES = Path(__file__).parent.parent / "whole_specs" / "cases"


def stack(shape: str, *layers: str) -> str:
    rows = "".join(f"      - {layer}\n" for layer in layers)
    model = f"  sequential:\n    input: {{shape: {shape}, name: x}}\n    layers:\n{rows}"
    return f"modelspec: 1\nname: stack\nmodel:\n{model}"


def compiled(text: str) -> CompiledSpec:
    findings = Findings()
    found = compile_text(text, "spec", None, findings)
    assert found is not None, findings.sorted()
    return found


def sizes_of(text: str) -> SizeFacts:
    return find_sizes(compiled(text).analysis, None)


def said(facts: SizeFacts) -> list[str]:
    return [size.legal.text([size.name]) for size in facts.open]


@pytest.mark.parametrize(
    ("shape", "layers", "expected"),
    [
        ("[null, 4]", ["Dense: {units: 2}"], ["any T"]),
        ("[null, 4]", ["Conv1D: {filters: 2, kernel_size: 9}"], ["T >= 9"]),
        ("[null, 4]", ["Conv1D: {filters: 2, kernel_size: 400}"], ["T >= 400"]),
        ("[null, 4]", ["Reshape: {target_shape: [-1, 24]}"], ["T a multiple of 6"]),
        ("[null, 3, 2]", ["Conv2D: {filters: 2, kernel_size: [5, 3]}"], ["H >= 5"]),
        ("[3, null, 3]", ["Conv2D: {filters: 2, kernel_size: [3, 5]}"], ["W >= 5"]),
        ("[null, null, 3]", ["Conv2D: {filters: 2, kernel_size: [4, 2]}"], ["H >= 4", "W >= 2"]),
        (
            "[null, null, null, 3]",
            ["AveragePooling3D: {pool_size: [2, 3, 4]}"],
            ["D >= 2", "H >= 3", "W >= 4"],
        ),
    ],
)
def test_the_legal_sizes_are_said(shape: str, layers: list[str], expected: list[str]) -> None:
    assert said(sizes_of(stack(shape, *layers))) == expected


@pytest.mark.parametrize(
    ("legal", "expected"),
    [
        (lambda n: n >= 1, "any T"),
        (lambda n: n >= 9, "T >= 9"),
        (lambda n: n >= 60, "T >= 60"),
        (lambda n: n >= 95, "T >= 95"),
        (lambda n: n >= 97, "T >= 97"),
        (lambda n: n >= 5000, "T >= 5000"),
        (lambda n: n % 16 == 4 and n > 60, "T = 68, 84, 100, ... (every 16)"),
        (lambda n: n % 16 == 0, "T a multiple of 16"),
        (lambda n: n % 32 == 0, "T a multiple of 32"),
        (lambda n: n % 16 == 0 and n > 40, "T a multiple of 16 from 48"),
        (lambda n: n == 1 or (n % 2 == 0), "T a multiple of 2, or 1"),
        (lambda n: n % 2 == 1, "T odd"),
        (lambda n: n % 4 == 3, "T = 3, 7, 11, ... (every 4)"),
        (lambda n: n % 5 in (1, 2), "T = 1, 2, 6, 7, 11, ... (repeating every 5)"),
        (lambda n: n <= 50, "T <= 50"),
        (lambda n: n <= 512, "T <= 512"),
        (lambda n: 9 <= n <= 600, "9 <= T <= 600"),
        (lambda n: n % 8 == 0 and n <= 256, "T a multiple of 8 up to 256"),
        (lambda n: n == 8, "T = 8"),
        (lambda n: n in (1, 8), "T = 1 or 8"),
        (lambda n: n >= 188 and n % 16 == 12, "T = 188, 204, 220, ... (every 16)"),
    ],
)
def test_a_pattern_is_found_and_worded(legal: object, expected: str) -> None:
    found = find_pattern(legal)  # type: ignore[arg-type]
    assert found is not None
    assert found.text(["T"]) == expected
    assert all((size in found) == legal(size) for size in range(1, 700))  # type: ignore[operator]
    assert find_pattern(legal, 40) == found  # type: ignore[arg-type]


@pytest.mark.parametrize("legal", [lambda n: False, lambda n: int(n**0.5) ** 2 == n])
def test_without_a_pattern_nothing_is_said(legal: object) -> None:
    assert find_pattern(legal) is None  # type: ignore[arg-type]


def test_the_nearest_legal_size() -> None:
    multiples = Pattern(12, None, 12, (0,))
    assert [multiples.nearest(n) for n in (1, 12, 32)] == [12, 12, 36]
    assert Pattern(1, 20, 1, (0,)).nearest(32) == 20
    assert Pattern(100, None, 1, (0,)).nearest(32) == 100


@pytest.mark.parametrize(
    "expected",
    [
        *("T", "T + 1", "T - 8", "2 * T", "2 * T - 1", "7"),
        *("T // 2", "(T + 1) // 2", "3 * ((T - 7) // 4)", "2 * (T // 2) + 1", "(3 * T) // 2"),
    ],
)
def test_an_expression_is_found_from_its_values(expected: str) -> None:
    series = {size: eval(expected, {"T": size}) for size in range(1, 65)}
    assert fit(series, "T") == expected


def test_an_expression_is_the_simplest_one_that_holds_at_legal_sizes() -> None:
    assert fit({size: (size + 3) // 4 for size in range(16, 160, 16)}, "T") == "T // 4"


def test_nothing_is_said_of_what_grows_otherwise() -> None:
    assert fit({size: size**2 for size in range(1, 65)}, "T") is None


def test_the_summary_has_names_expressions_and_legal_sizes() -> None:
    found = summarize(CASES / "two-inputs-of-equal-open-steps.yaml").to_dict()
    assert [layer["output_sizes"] for layer in found["layers"]] == [
        [None, "T1", 8],
        [None, "T1", 4],
        [None, "T1", 4],
        [None, "T1 + T2", 4],
    ]
    assert found["layers"][0]["output_shape"] == [None, None, 8]
    left, right, memory = ({"input": name, "axis": 1} for name in ("left", "right", "memory"))
    every = {"least": 1, "most": None, "period": 1, "residues": (0,), "also": ()}
    assert found["input_sizes"] == [
        {"name": "T1", "axes": [left, right], **every},
        {"name": "T2", "axes": [memory], **every},
    ]


def test_a_model_of_known_sizes_has_no_word_of_open_ones() -> None:
    found = summarize(CASES.parent.parent.parent / "specs" / "digits.yaml").to_dict()
    assert "input_sizes" not in found
    assert "output_sizes" not in found["layers"][0]


def test_a_model_that_is_too_large_to_try_is_said_to_be_unknown() -> None:
    spec = compiled(stack("[null, 4]", "Dense: {units: 2}"))
    with patch.object(trials_module, "MAX_CALLS", 3):
        assert find_sizes(spec.analysis, None) == SizeFacts()


def test_validate_asks_once_where_a_usual_size_runs() -> None:
    """And a spec without open sizes never."""
    with patch.object(trials_module, "analyze", wraps=trials_module.analyze) as asked:
        compiled((CASES / "skips-of-open-images-down-and-up.yaml").read_text(encoding="utf-8"))
        assert asked.call_count == 1
        compiled(stack("[8, 4]", "Dense: {units: 2}"))
        assert asked.call_count == 1


def test_the_work_of_a_summary_is_bounded() -> None:
    text = (CASES / "skips-of-open-images-down-and-up.yaml").read_text(encoding="utf-8")
    spec = compiled(text)
    with patch.object(trials_module, "analyze", wraps=trials_module.analyze) as asked:
        find_sizes(spec.analysis, None)
    assert asked.call_count < 250


def test_two_sizes_are_only_said_to_differ_always_where_one_input_decides_both() -> None:
    """`left` is longer by one than what is made of it, and `right` may be as long."""
    text = """
modelspec: 1
model:
  functional:
    inputs:
      left: {shape: [null, 4]}
      right: {shape: [null, 4]}
    layers:
      short: {Cropping1D: {cropping: [0, 1]}}
      join: Concatenate
    edges:
      - left -> short
      - short, right -> join
    outputs: join
"""
    assert compile_text(text, "spec", None, Findings()) is not None
    wrong = text.replace("short, right", "short, left").replace(
        "outputs: join", "outputs: [join, right]"
    )
    findings = Findings()
    assert compile_text(wrong, "spec", None, findings) is None
    assert [found.code for found in findings.sorted()] == ["shape-mismatch"]


@pytest.mark.tensorflow
@pytest.mark.slow
@pytest.mark.parametrize("index", range(30))
def test_drawn_models_run_at_the_legal_sizes_and_at_no_other(index: int) -> None:
    """Each layer on what the ones before it really gave: for sizes 1 to 40, those said to be legal
    are those at which each layer runs and gives something, and each size is as its expression says.
    What is refused runs at none of them.
    """
    import tensorflow as tf

    from modelspec.building import build_model
    from modelspec.compile.stages import load_document
    from modelspec.graph import build_graph
    from modelspec.spec import parse_spec

    text = json.dumps(draw_spec(Random(f"sizes/{index}")))
    document = load_document(text, "drawn", {}, Findings())
    assert document is not None
    spec = parse_spec(document, None, Findings())
    graph = build_graph(spec.model, Findings())
    assert graph is not None
    model = build_model(spec, graph, Findings())
    found = compile_text(text, "drawn", None, Findings())
    facts = SizeFacts() if found is None else find_sizes(found.analysis, None)
    last = facts.open[-1].legal.nearest(30) if facts.open else None
    is_flat = graph.inputs[0].shape == (None, 3)
    for size in range(1, 41):
        sides = (size,) if is_flat else (size, last or size)
        made = run(model, graph.calls, tf.ones((2, *sides, 3)))
        assert (made is not None) == (bool(facts.open) and size in facts.open[0].legal), size
        for place, expression in (facts.places or {}).items():
            if made is not None:
                values = {"T": sides[0], "H": sides[0], "W": sides[-1]}
                assert made[place.source].shape[place.axis] == eval(expression, values), place


def run(model: object, calls: object, images: object) -> dict[str, object] | None:
    """What each call gives; None where one cannot run, or gives a tensor without elements."""
    made = {"x": images}
    for call in calls:  # type: ignore[attr-defined]
        layer = model.get_layer(call.layer)  # type: ignore[attr-defined]
        read = [made[ref.source] for ref in call.reads()]
        if is_too_short(layer, read[0]):
            return None
        try:
            made[call.name] = layer(read if len(read) > 1 else read[0])
        except Exception:  # whatever TensorFlow raises
            return None
        if 0 in made[call.name].shape:
            return None
    return made


def is_too_short(layer: object, tensor: object) -> bool:
    """Whether a window does not fit: TensorFlow's kernels then give numbers from anywhere, or end
    the process."""
    window = getattr(layer, "kernel_size", getattr(layer, "pool_size", None))
    if window is None or layer.padding == "same" or "Transpose" in type(layer).__name__:  # type: ignore[attr-defined]
        return False
    steps = getattr(layer, "dilation_rate", (1,) * len(window))
    sizes = tensor.shape[1:-1]  # type: ignore[attr-defined]
    return any((a - 1) * b + 1 > size for a, b, size in zip(window, steps, sizes, strict=True))
