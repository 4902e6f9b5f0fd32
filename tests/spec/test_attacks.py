"""What is meant to run code, to fill the memory or never to end is a finding after bounded work."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from work import bounded_work, counted_work

from modelspec.api.validation import validate_file
from modelspec.compile.stages import compile_text
from modelspec.diagnostics.findings import Findings

HEAD = "modelspec: 1\n"
MODEL = "model:\n  sequential:\n    input: {shape: [8]}\n    layers:\n"


def dense(units: str) -> str:
    return f"{HEAD}{MODEL}      - Dense: {{units: '{units}'}}\n"


def stack(layer: str, before: str = "") -> str:
    return f"{HEAD}{before}{MODEL}      - {layer}\n"


def chain(length: int, body: str, last: str = "Flatten") -> str:
    """Blocks b0, b1, ..., each of which uses the next; `NEXT` in the body stands for its name."""
    blocks = [f"  b{i}: {{sequential: {{layers: [{body.replace('NEXT', f'b{i + 1}')}]}}}}\n"
              for i in range(length)]  # fmt: skip
    end = f"  b{length}: {{sequential: {{layers: [{last}]}}}}\n"
    return stack("b0", "blocks:\n" + "".join(blocks) + end)


def params(first: str, rule: str, count: int) -> str:
    lines = [f"  p{i + 1}: {rule.replace('LAST', f'p{i}')}\n" for i in range(count)]
    text = f"params:\n  p0: {first}\n" + "".join(lines)
    return stack(f"Dense: {{units: '${{p{count}}}'}}", text)


ATTACKS = {
    "a tag": (stack("!!python/object/apply:os.system [touch hit]"), "yaml-tag"),
    "a tag in a param": (stack("Flatten", "params: {a: !!python/name:os.system }\n"), "yaml-tag"),
    "import": (dense('${__import__("os")}'), "unknown-name"),
    "import and call": (dense('${__import__("os").system("touch hit")}'), "bad-expression"),
    "eval": (dense('${eval("1")}'), "unknown-name"),
    "a call of a param": (stack("Dense: {units: '${a()}'}", "params: {a: 1}\n"), "unknown-name"),
    "an attribute": (dense("${().__class__}"), "bad-expression"),
    "an attribute of a param": (
        stack("Dense: {units: '${a.__class__}'}", "params: {a: 1}\n"),
        "bad-expression",
    ),
    "a dunder by index": (
        stack("Dense: {units: '${a[\"__class__\"]}'}", "params: {a: {b: 1}}\n"),
        "bad-index",
    ),
    "a lambda": (dense("${lambda: 1}"), "bad-expression"),
    "a power of powers": (dense("${9**9**9}"), "too-large"),
    "a tower of powers": (dense("${" + "9**" * 15 + "9}"), "too-large"),
    "factors": (dense("${" + "*".join(["10**70"] * 20) + "}"), "too-large"),
    "rounding to many places": (dense("${round(1, 0-10**9)}"), "wrong-operand"),
    "a long expression": (dense("${" + "1+" * 100_000 + "1}"), "too-large"),
    "many brackets": (dense("${" + "(" * 400 + "1" + ")" * 400 + "}"), "too-large"),
    "many more brackets": (dense("${" + "(" * 100_000 + "}"), "too-large"),
    "many signs": (dense("${" + "-" * 900 + "1}"), "too-large"),
    "many negations": (dense("${" + "not " * 200 + "1}"), "too-large"),
    "many indices": (dense("${" + "a[" * 300 + "1" + "]" * 300 + "}"), "too-large"),
    "many choices": (dense("${" + "1 if 0 else " * 80 + "1}"), "too-large"),
    "many expressions": (dense("${1}" * 100_000), "too-large"),
    "an expression that does not end": (dense("${" * 4_000), "bad-expression"),
    "a block of itself": (
        stack("a", "blocks: {a: {sequential: {layers: [a, a]}}}\n"),
        "block-cycle",
    ),
    "a block of itself by an expression": (
        stack("a", "params: {x: a}\nblocks: {a: {sequential: {layers: ['${x}', '${x}']}}}\n"),
        "block-cycle",
    ),
    "blocks of each other": (chain(50, "NEXT, NEXT", "b0"), "block-cycle"),
    "a thousand blocks of each other": (chain(1000, "NEXT", "b0"), "block-cycle"),
    "doubling blocks": (chain(40, "NEXT, NEXT"), "too-large"),
    "a thousand doubling blocks": (chain(1000, "NEXT, NEXT"), "too-large"),
    "doubling blocks through repeat": (
        chain(40, "{repeat: {times: 2, layers: [NEXT]}}"),
        "too-large",
    ),
    "doubling blocks through a param": (
        chain(22, "{repeat: {times: '${n}', layers: [NEXT]}}").replace(
            HEAD, f"{HEAD}params: {{n: 2}}\n"
        ),
        "too-large",
    ),
    "deep blocks": (chain(1000, "NEXT"), "too-large"),
    "a thousand million turns": (
        stack("repeat: {times: 1000000000, layers: [Flatten]}"),
        "too-large",
    ),
    "a number of turns of 300 digits": (
        stack(f"repeat: {{times: {'9' * 300}, layers: [Flatten]}}"),
        "too-large",
    ),
    "turns in turns": (
        stack("repeat: {times: 9999, layers: [{repeat: {times: 9999, layers: [Flatten]}}]}"),
        "too-large",
    ),
    "turns in turns of nothing": (
        stack(
            "repeat: {times: 9999, layers: [{repeat: {times: 9999, layers: "
            "[{repeat: {times: '${0 * index}', layers: [Flatten]}}]}}]}"
        ),
        "too-large",
    ),
    "turns of a block": (
        stack(
            "repeat: {times: 9999, layers: [a]}",
            "blocks: {a: {sequential: {layers: [Flatten, Flatten, Flatten]}}}\n",
        ),
        "too-large",
    ),
    "laughing params": (
        params("[1, 2, 3, 4, 5, 6, 7, 8]", "[" + ", ".join(["'${LAST}'"] * 10) + "]", 12),
        "too-large",
    ),
    "doubling lists": (params("[1, 2, 3, 4]", "'${LAST + LAST}'", 60), "too-large"),
    "doubling texts": (params("aaaaaaaa", "'${LAST}${LAST}'", 60), "too-large"),
    "squared numbers": (params("10", "'${LAST * LAST}'", 60), "too-large"),
    "params in a circle": (
        stack(
            "Dense: {units: '${p0}'}",
            "params:\n" + "".join(f"  p{i}: '${{p{(i + 1) % 999}}}'\n" for i in range(999)),
        ),
        "param-cycle",
    ),
    "laughing aliases": (
        stack(
            "Dense: {units: *a9}",
            "params:\n  a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
            + "".join(f"  a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 10)),
        ),
        "alias-bomb",
    ),
    "merges of merges": (
        stack(
            "Flatten",
            "params:\n  a0: &a0 {k0: 1}\n"
            + "".join(f"  a{i}: &a{i} {{<<: *a{i - 1}, k{i}: 1}}\n" for i in range(1, 3000)),
        ),
        "alias-bomb",
    ),
    "lists of lists": (
        stack(
            "Flatten",
            "params:\n  a0: 1\n"
            + "".join(f"  a{i}: '${{[{', '.join([f'a{i - 1}'] * 100)}]}}'\n" for i in range(1, 9)),
        ),
        "too-large",
    ),
    "thousands of slips": (
        stack("Flatten\n" + "".join(f"      - Dens{i}\n" for i in range(600))),
        "too-many-faults",
    ),
    "a name without end": (stack("D" * 1_000_000), "unknown-layer"),
    "an edge without end": (
        HEAD + "model:\n  functional:\n    inputs: {x: {shape: [8]}}\n    layers: {a: Flatten}\n"
        f"    edges: ['x{' -> a' * 50_000}']\n    outputs: a\n",
        "too-large",
    ),
    "a vocabulary with a word twice": (
        stack(f"IntegerLookup: {{vocabulary: [{', '.join(map(str, range(30_000)))}, 7]}}"),
        "shape-mismatch",
    ),
    "laughing merges": (
        stack(
            "Flatten",
            "params:\n  a0: &a0 {k: 1}\n"
            + "".join(f"  a{i}: &a{i} {{x: *a{i - 1}, y: *a{i - 1}}}\n" for i in range(1, 40)),
        ),
        "alias-bomb",
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_a_finding_after_bounded_work(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, code = ATTACKS[name]
    monkeypatch.chdir(tmp_path)
    findings = Findings()
    with bounded_work():
        opened = compile_text(text, "attack.yaml", None, findings)
        found = findings.sorted()
    assert opened is None
    assert code in {finding.code for finding in found}, [str(f) for f in found][:3]
    assert list(tmp_path.iterdir()) == []


def test_many_turns_are_no_attack() -> None:
    text = stack("repeat: {times: 2000, layers: [{Dense: {units: '${index + 1}'}}]}")
    opened = compile_text(text, "many.yaml", None, Findings())
    assert opened is not None
    assert len(opened.graph.layers) == 2000


@pytest.mark.parametrize("length", [1, 2, 15, 200])
def test_files_that_extend_each_other_end(length: int, tmp_path: Path) -> None:
    for i in range(length):
        text = f"{HEAD}extends: f{(i + 1) % length}.yaml\n"
        (tmp_path / f"f{i}.yaml").write_text(text, encoding="utf-8")
    with bounded_work():
        codes = {finding.code for finding in validate_file(tmp_path / "f0.yaml")}
    assert codes == {"extends-cycle" if length < 20 else "too-large"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_base_that_is_no_plain_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for base in ("pipe", "/dev/zero", "."):
        spec = tmp_path / "spec.yaml"
        spec.write_text(f"{HEAD}extends: {base}\n", encoding="utf-8")
        assert [finding.code for finding in validate_file(spec)] == ["cannot-read"]


def test_an_extension_is_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MODELSPEC_ALLOW_EXTENSIONS", raising=False)
    module = tmp_path / "hostile_extension.py"
    module.write_text("import pathlib\npathlib.Path(__file__ + '.hit').touch()\n", encoding="utf-8")
    spec = tmp_path / "spec.yaml"
    text = stack("my>Layer: {a: 1}", "extensions: [hostile_extension]\n")
    spec.write_text(text, encoding="utf-8")
    assert [finding.code for finding in validate_file(spec)] == ["extension-on-trust"]
    assert "hostile_extension" not in sys.modules
    assert sorted(path.name for path in tmp_path.iterdir()) == [module.name, spec.name]


SILENT = f"{HEAD}{MODEL}      - Dense: {{units: 2}} # modelspec: ignore[{'a, ' * 100_000}]\n"


def test_a_comment_of_codes_without_end_takes_bounded_work(tmp_path: Path) -> None:
    path = tmp_path / "silent.yaml"
    path.write_text(SILENT, encoding="utf-8")
    with bounded_work():
        assert len(validate_file(path)) <= 102


def test_no_message_is_longer_than_a_page() -> None:
    findings = Findings()
    compile_text(stack("D" * 1_000_000), "long.yaml", None, findings)
    assert max(len(str(finding)) for finding in findings) < 5_000


@pytest.mark.parametrize("kind", ["zero", "pipe", "loop", "sparse", "folder"])
@pytest.mark.parametrize("extended", [False, True])
def test_what_is_no_regular_file_is_not_read(kind: str, extended: bool, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    if kind == "zero":
        path.symlink_to("/dev/zero")
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        with path.open("wb") as file:
            file.truncate(10**12)
    source = path
    if extended:
        source = tmp_path / "extending.yaml"
        source.write_text("modelspec: 1\nextends: s.yaml\n", encoding="utf-8")
    (finding,) = validate_file(source)
    assert finding.code in ("cannot-read", "file-too-large")


def test_layers_side_by_side_take_work_in_proportion() -> None:
    few, many = (calls_of(side_by_side(count)) for count in (250, 1000))
    assert many < 5 * few, "four times as many layers are four times the work"


def side_by_side(count: int) -> str:
    layers = "".join(f"      d{i}: {{Dense: {{units: 2}}}}\n" for i in range(count))
    edges = "".join(f"      - x -> d{i} -> all\n" for i in range(count))
    return (
        "modelspec: 1\nmodel:\n  functional:\n    inputs: {x: {shape: [4]}}\n"
        f"    layers:\n{layers}      all: Concatenate\n    edges:\n{edges}    outputs: all\n"
    )


def calls_of(text: str) -> int:
    with counted_work() as work:
        assert compile_text(text, "wide.yaml", None, Findings()) is not None
    return work.calls
