"""Which codes the sources give to findings, by reading them.

A code is the first text in kebab-case among the arguments of `....error(...)`, `.warning(...)`,
`.note(...)`, `.failure(...)`, of the exceptions that expressions raise, and
of the faults of files; or the constant CODE of a module.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "modelspec"
_METHODS = {"error", "warning", "note", "failure", "lost"}
_EXCEPTIONS = {"ExpressionError", "OperationError", "FileProblem"}
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")


def codes() -> dict[str, str]:
    """Code to the place of one finding that has it."""
    found: dict[str, str] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for code, line in codes_of(path):
            found.setdefault(code, f"{path.relative_to(ROOT)}:{line}")
    return found


def codes_of(path: Path) -> Iterator[tuple[str, int]]:
    """The codes in one file, each with its line."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, str)
    }
    if "CODE" in constants and path.parent.name != "lints":
        yield constants["CODE"], 1
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _makes_a_finding(node.func):
            for code in _codes_among(node.args[:2], constants):
                yield code, node.lineno


def _makes_a_finding(called: ast.expr) -> bool:
    if isinstance(called, ast.Attribute):
        return called.attr in _METHODS
    return isinstance(called, ast.Name) and called.id in _EXCEPTIONS


def _codes_among(arguments: list[ast.expr], constants: dict[str, str]) -> list[str]:
    for argument in arguments:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            return [argument.value] if _CODE.match(argument.value) else []
        if isinstance(argument, ast.Name) and argument.id in constants:
            return [constants[argument.id]]
        if isinstance(argument, ast.JoinedStr):
            return _formatted(argument)
    return []


def _formatted(text: ast.JoinedStr) -> list[str]:
    """`f"unknown-{kind}"`: one code for each kind of Keras object; `{what}` by the sources."""
    head, *rest = text.values
    if not isinstance(head, ast.Constant) or not _CODE.match(str(head.value).rstrip("-")):
        return []
    assert isinstance(rest[0], ast.FormattedValue)
    if any(isinstance(n, ast.Name) and n.id == "kind" for n in ast.walk(rest[0])):
        return [f"{head.value}{kind}" for kind in kinds()]
    return [f"{head.value}{what}" for what in ("argument", "key", "input", "output")]


def kinds() -> list[str]:
    """The kinds of object that a value can be said to be no known one of."""
    folder = ROOT / "schemas"
    files = [folder / name for name in ("keras.json", "training.schema.json")]
    found = {kind for file in files for kind in _marked(json.loads(file.read_text("utf-8")))}
    return sorted(kind.replace("_", "-") for kind in found - {"application", "op"} if kind)


def _marked(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("x-object"), str):
            yield schema["x-object"]
        for value in schema.values():
            yield from _marked(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _marked(value)
