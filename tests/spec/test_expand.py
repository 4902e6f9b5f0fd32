"""What params, blocks and repeats come to, and what findings in them say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.compile.stages import CompiledSpec, compile_text
from modelspec.diagnostics.finding import Finding
from modelspec.diagnostics.findings import Findings

HEAD = "modelspec: 1\n"


def opened(text: str, overrides: Mapping[str, Any] | None = None) -> CompiledSpec:
    findings = Findings()
    made = compile_text(HEAD + text, "spec.yaml", None, findings, overrides)
    assert made is not None, findings.sorted()
    return made


def found(text: str, overrides: Mapping[str, Any] | None = None) -> list[Finding]:
    findings = Findings()
    compile_text(HEAD + text, "spec.yaml", None, findings, overrides)
    return findings.sorted()


def layers(text: str) -> list[Any]:
    made: list[Any] = opened(text).spec.document["model"]["sequential"]["layers"]
    return made


def stack(*items: str) -> str:
    lines = "".join(f"      - {item}\n" for item in items)
    return f"model:\n  sequential:\n    input: {{shape: [8, 8, 3]}}\n    layers:\n{lines}"


CELL = (
    "blocks:\n  cell:\n    params: {n: 1}\n    sequential: {layers: [{Dense: {units: '${n}'}}]}\n"
)


def test_a_block_becomes_a_nested_model_and_keeps_both_places() -> None:
    document = opened(CELL + stack("cell: {n: 3, name: first, trainable: false}")).spec.document
    assert "blocks" not in document
    layer = document["model"]["sequential"]["layers"][0]
    assert layer == {
        "Sequential": {"name": "first", "trainable": False, "layers": [{"Dense": {"units": 3}}]}
    }
    inner = layer["Sequential"]["layers"][0]["Dense"].value_spans["units"]
    assert (inner.line, inner.via.line, inner.via.via) == (5, 10, None)
    assert layer.key_spans["Sequential"].line == 10


def test_uses_without_a_name_are_called_after_their_block() -> None:
    text = CELL + stack("cell", "cell: {name: cell_1}", "Dense: {units: 2, name: cell_2}", "cell")
    names = [layer.name for layer in opened(text).spec.model.layers]
    assert names == ["cell", "cell_1", "cell_2", "cell_3"]


def test_a_null_that_a_use_gives_is_a_value() -> None:
    text = (
        "blocks:\n  cell:\n    params: {act: , n: 2}\n"
        "    sequential: {layers: [{Dense: {units: '${n}', activation: '${act}'}}]}\n"
    )
    made = layers(text + stack("cell: {act: null}"))
    assert made[0]["Sequential"]["layers"] == [{"Dense": {"units": 2, "activation": None}}]
    assert [f.code for f in found(text + stack("cell"))] == ["missing-param"]


def test_names_are_looked_up_where_the_text_stands() -> None:
    text = (
        "params: {n: 10, m: 4}\n"
        "blocks:\n"
        "  inner: {params: {n: '${m}'}, sequential: {layers: [{Dense: {units: '${n + m}'}}]}}\n"
        "  outer: {params: {m: 100}, sequential: {layers: [inner, {inner: {n: '${m}'}}]}}\n"
    )
    made = layers(text + stack("outer: {m: '${n}'}"))
    inner = made[0]["Sequential"]["layers"]
    units = [use["Sequential"]["layers"][0]["Dense"]["units"] for use in inner]
    assert units == [4 + 4, 10 + 4]


def test_the_index_of_a_repeat_does_not_reach_into_blocks() -> None:
    text = "blocks: {cell: {sequential: {layers: [{Dense: {units: '${index + 1}'}}]}}}\n"
    codes = [
        (f.code, f.span.line) for f in found(text + stack("repeat: {times: 2, layers: [cell]}"))
    ]
    assert codes == [("unknown-name", 2)]


def test_an_inner_repeat_hides_the_outer_index() -> None:
    inner = "{repeat: {times: 2, layers: [{Dense: {units: '${index + 1}'}}]}}"
    made = layers(
        stack(f"repeat: {{times: 2, layers: [{inner}, Dense: {{units: '${{index + 8}}'}}]}}")
    )
    assert [layer["Dense"]["units"] for layer in made] == [1, 2, 8, 1, 2, 9]


def test_repeat_stands_in_nested_stacks_and_in_lists_of_cells() -> None:
    cells = "{repeat: {times: 2, layers: [{LSTMCell: {units: '${index + 1}'}}]}}"
    made = layers(
        stack(
            "Sequential: {layers: [{repeat: {times: 2, layers: [Dense: {units: 2}, ReLU]}}]}",
            "Reshape: {target_shape: [64, 2]}",
            f"RNN: {{cell: [{cells}]}}",
        )
    )
    assert made[0]["Sequential"]["layers"] == [{"Dense": {"units": 2}}, "ReLU"] * 2
    assert [cell["LSTMCell"]["units"] for cell in made[2]["RNN"]["cell"]] == [1, 2]


def test_a_param_may_hold_a_layer_a_list_or_a_mapping() -> None:
    text = (
        "params:\n  norm: BatchNormalization\n  kernel: [3, '${three}']\n  three: 3\n"
        "  use: {cell: {n: '${three}'}}\n"
    )
    layer = "Conv2D: {filters: 1, kernel_size: '${kernel}'}"
    made = layers(text + CELL + stack(layer, "'${norm}'", "'${use}'"))
    assert made[0]["Conv2D"]["kernel_size"] == [3, 3]
    assert made[1] == "BatchNormalization"
    assert made[2]["Sequential"]["name"] == "cell"
    assert made[2]["Sequential"]["layers"] == [{"Dense": {"units": 3}}]


def test_texts_of_a_param_are_not_evaluated_twice() -> None:
    text = "params: {a: '$${b}', layer: {Dense: {units: '${a}'}}}\n"
    (finding,) = found(text + stack("'${layer}'"))
    assert finding.code == "wrong-value"
    assert '"${b}"' in finding.message


def test_an_expression_that_gives_an_escaped_text_is_checked_as_text() -> None:
    (finding,) = found(stack("Dense: {units: '$${width}'}"))
    assert (finding.code, finding.span.line) == ("wrong-value", 6)
    assert '"${width}"' in finding.message


def test_a_fault_that_hangs_on_no_param_is_said_once_for_the_block() -> None:
    text = (
        "blocks:\n  cell:\n    params: {n: 1}\n    sequential:\n      layers:\n"
        "        - Dense: {units: '${n + widht}'}\n"
    )
    (finding,) = found(text + stack(*["cell: {n: 2}"] * 16))
    assert (finding.code, finding.span.line, finding.related) == ("unknown-name", 7, ())


def test_a_fault_that_hangs_on_a_param_is_said_for_the_first_use_and_counts_the_others() -> None:
    (finding,) = found(CELL + stack(*["cell: {n: x}"] * 16))
    assert (finding.code, finding.span.line) == ("wrong-value", 5)
    (place,) = finding.related
    assert (place.span.line, place.message) == (10, "used here, and in 15 more places")


def test_faults_of_one_place_in_many_turns_are_one_finding() -> None:
    (finding,) = found(stack("repeat: {times: 9, layers: [{Dense: {units: '${-index}'}}]}"))
    assert "got 0" in finding.message
    assert "8 other expansions" in finding.hint


def test_a_fault_in_a_block_in_a_block_names_both_uses() -> None:
    text = CELL + "  outer: {sequential: {layers: [{cell: {n: -1}}]}}\n" + stack("outer")
    (finding,) = found(text)
    assert [place.span.line for place in finding.related] == [6, 11]


def test_a_faulty_block_makes_its_uses_unknown_and_not_undefined() -> None:
    text = (
        "blocks:\n  cell: {params: {n: 1}, functional: {inputs: {x: {}}}}\n"
        "  next: {sequential: {layers: [cell]}}\n"
    )
    codes = [finding.code for finding in found(text + stack("cell: {other: 2}", "next"))]
    assert codes == ["missing-key"] * 3


def test_faulty_params_make_no_name_undefined() -> None:
    (finding,) = found("params: {a-b: 1, c: 2}\n" + stack("Dense: {units: '${c}'}"))
    assert (finding.code, finding.span.line) == ("bad-name", 2)


def test_an_unused_block_is_checked_with_its_defaults() -> None:
    text = (
        "blocks:\n  spare: {params: {n: 0}, sequential: {layers: [{Dense: {units: '${n}'}}]}}\n"
        "  open: {params: {n: }, sequential: {layers: [{Dense: {units: '${n // 0}'}}]}}\n"
    )
    codes = sorted(finding.code for finding in found(text + stack("Flatten")))
    assert codes == ["division-by-zero", "unused-block", "unused-block", "wrong-value"]


def test_a_graph_fault_in_a_block_is_found_without_a_use() -> None:
    text = (
        "blocks:\n  cell:\n    functional:\n      inputs: {x: {}}\n"
        "      layers: {a: Flatten}\n      edges: [x -> b]\n      outputs: a\n"
    )
    alone = {finding.code for finding in found(text + stack("Flatten"))}
    used = {finding.code for finding in found(text + stack("cell", "cell"))}
    assert alone - {"unused-block"} == used
    assert "undefined-name" in used


def test_set_reaches_params_and_names_the_nearest_one() -> None:
    text = "params: {width: 3}\n" + stack("Dense: {units: '${width}'}")
    made = opened(text, {"params.width": 7}).spec.document
    assert made["model"]["sequential"]["layers"][0]["Dense"]["units"] == 7
    (finding,) = found(text, {"params.widht": 7})
    assert finding.code == "unknown-param"
    assert 'did you mean "width"?' in finding.message
    (finding,) = found(text, {"params.width": "x"})
    assert [place.span.file for place in finding.related] == ["--set params.width"]


def test_a_spec_without_any_of_it_is_left_as_it_is() -> None:
    text = stack("Flatten", "Dense: {units: 2}")
    document = opened(text).spec.document
    assert document["model"]["sequential"]["layers"] == ["Flatten", {"Dense": {"units": 2}}]


def test_deep_blocks_within_the_bounds_can_be_written_and_read_again() -> None:
    from modelspec.spec.fill import expanded_text

    blocks = "".join(f"  b{i}: {{sequential: {{layers: [b{i + 1}]}}}}\n" for i in range(20))
    text = f"blocks:\n{blocks}  b20: {{sequential: {{layers: [{{Dense: {{units: 2}}}}]}}}}\n"
    written = expanded_text(opened(text + stack("b0")).spec)
    findings = Findings()
    assert compile_text(written, "again.yaml", None, findings) is not None, findings.sorted()
